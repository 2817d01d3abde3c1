"""What goes into the frozen program, and what stays out because Deskhand never runs it. Read by `deskhand.spec`."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

HIDDEN_IMPORTS = [
    # Imported by name.
    "liteparse.parser",
    "liteparse.types",
    "rapidocr.inference_engine.onnxruntime.main",
    "huggingface_hub.file_download",
    "huggingface_hub.utils._auth",
]
EXCLUDED_MODULES = [
    *("tkinter", "turtle", "turtledemo", "idlelib", "lib2to3", "readline", "ensurepip", "pip", "setuptools", "wheel"),
    *("pytest", "_pytest", "hypothesis", "mypy"),
    # What libraries would use if it were installed.
    *("torch", "tensorflow", "tensorrt", "openvino", "paddle", "MNN", "jax", "cupy", "dask", "numba", "pandas", "matplotlib"),
    *("IPython", "PyQt5", "PyQt6", "PySide2", "OpenGL", "fastapi", "uvicorn"),
    # Of scipy one special function is used, and of the hub its addresses.
    *(f"scipy.{part}" for part in ("linalg", "optimize", "sparse", "spatial", "stats", "interpolate", "integrate", "fft")),
    *(
        f"scipy.{part}"
        for part in ("ndimage", "signal", "io", "cluster", "fftpack", "constants", "datasets", "differentiate", "odr")
    ),
    "hf_xet",
    # The benchmark's peers.
    "xllamacpp",
    *("onnxruntime.transformers", "onnxruntime.quantization", "onnxruntime.tools", "onnxruntime.datasets"),
    *("PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtDesigner", "PySide6.QtHelp", "PySide6.QtSql", "PySide6.QtTest"),
    *("PySide6.QtPrintSupport", "PySide6.QtNetwork", "PySide6.QtUiTools", "PySide6.QtXml", "PySide6.QtConcurrent"),
]
NAMED_PACKAGES = (
    "llama-cpp-python",
    "llguidance",
    "kreuzberg",
    "liteparse",
    "rapidocr",
    "onnxruntime",
    "PySide6-Essentials",
    "apsw",
)
"""Their versions are shown by `deskhand doctor`."""
PACKAGES_WITH_DATA = ("rapidocr",)
PROGRAM_DATA = ("models.toml", "LICENSE")
RESOURCES_LEFT_OUT = {"screenshots"}

QT_PLUGINS = {
    "platforms": {"qxcb", "qwayland", "qoffscreen", "qwindows", "qcocoa"},
    "platformthemes": {"qxdgdesktopportal"},
    "platforminputcontexts": {"composeplatforminputcontextplugin", "ibusplatforminputcontextplugin"},
    "iconengines": {"qsvgicon"},
    "imageformats": {"qsvg", "qjpeg", "qico"},
    "styles": {"qwindowsvistastyle", "qmodernwindowsstyle", "qmacstyle"},
    "xcbglintegrations": {"qxcb-egl-integration", "qxcb-glx-integration"},
    "wayland-shell-integration": {"xdg-shell"},
    "wayland-decoration-client": {"adwaita", "bradient"},
    "wayland-graphics-integration-client": {"qt-plugin-wayland-egl"},
}
"""Plugins of Qt that are kept, by folder."""
_SYSTEM_FOLDERS = ("/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/")
_BUNDLED_SYSTEM = (
    "libpython",
    # Qt needs them, and desktops without other Qt programs often lack them.
    *("libxcb-cursor", "libxcb-icccm", "libxcb-image", "libxcb-keysyms", "libxcb-render-util", "libxcb-util"),
)


def data_files(root: Path) -> list[tuple[str, str]]:
    """Files that the program reads, with their folders in the bundle."""
    resources = [
        (str(path), str(path.parent.relative_to(root)))
        for path in sorted((root / "resources").rglob("*"))
        if path.is_file() and path.relative_to(root).parts[1] not in RESOURCES_LEFT_OUT
    ]
    return [*((str(root / name), ".") for name in PROGRAM_DATA), *resources]


def opened_libraries() -> list[tuple[str, str]]:
    """Libraries that are opened by name while no other library names them: variants of the engine, and a reader of PDF."""
    engine = _package_folder("llama_cpp") / "lib"
    pdf = _package_folder("liteparse")
    kinds = {".so", ".dll", ".dylib"}
    return [
        *((str(path), "llama_cpp/lib") for path in sorted(engine.iterdir()) if path.suffix in kinds),
        *((str(path), "liteparse") for path in sorted(pdf.iterdir()) if path.suffix in kinds),
    ]


def _package_folder(name: str) -> Path:
    found = find_spec(name)
    if found is None or found.origin is None:
        sys.exit(f"deskhand: {name} is not installed in the environment for builds.")
    return Path(found.origin).parent


def is_needed(target: str, source: str) -> bool:
    """Whether a collected file belongs into the bundle."""
    path = PurePosixPath(target.replace("\\", "/"))
    if sys.platform == "linux" and _is_system_library(path, source):
        return False
    if "Qt" in path.parts and "plugins" in path.parts:
        return _is_kept_plugin(path)
    if "Qt" in path.parts and ({"translations", "qml", "metatypes", "resources"} & set(path.parts)):
        return False
    return not (
        {"tests", "test", "testing"} & set(path.parts[:-1]) and path.suffix in {".so", ".py", ".npy", ".npz", ".txt", ".csv"}
    )


def needless_hooks() -> set[str]:
    """Steps of PyInstaller before the program that import Qt, and more, into every process, also into workers."""
    return {"pyi_rth_pyside6", "pyi_rth_multiprocessing", "pyi_rth_inspect"} if sys.platform == "linux" else set()


def icon(root: Path) -> str | None:
    """The picture of the executable, where the system wants one."""
    path = {"win32": root / "packaging" / "windows" / "deskhand.ico", "darwin": root / "packaging" / "macos" / "deskhand.icns"}
    file = path.get(sys.platform)
    return str(file) if file is not None and file.is_file() else None


def _is_system_library(path: PurePosixPath, source: str) -> bool:
    """Whether the system's package manager provides and renews this library."""
    return source.startswith(_SYSTEM_FOLDERS) and len(path.parts) == 1 and not path.name.startswith(_BUNDLED_SYSTEM)


def _is_kept_plugin(path: PurePosixPath) -> bool:
    kept = QT_PLUGINS.get(path.parent.name, set())
    return path.stem.removeprefix("lib") in kept
