"""Builds the inference engine for installers: one library a family of processors, chosen when the program runs. The wheel is kept.

llama.cpp lists the variants in a file of its own build and offers no option to choose among them, so unwanted ones are taken out of
that list: the one with AMX, in which this version crashes, and those that no processor of the last ten years needs.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tarfile
import tempfile
import time
from pathlib import Path

from engine import BUILD, ENGINE, SWITCHED_OFF, build_key, install, is_installed, read_arguments, run, say

VARIANTS = ("x64", "haswell", "skylakex", "cascadelake", "icelake", "cooperlake", "zen4", "alderlake")
"""`x64` is the slow way on processors without AVX2; `zen4` also serves Intel's processors with AMX."""
OPTIONS = (
    *("-DGGML_NATIVE=OFF", "-DGGML_BACKEND_DL=ON", "-DGGML_CPU_ALL_VARIANTS=ON", "-DMTMD_VIDEO=OFF"),
    # All beside one another; otherwise each library is installed in two places, and the variants in a third.
    *("-DCMAKE_INSTALL_LIBDIR=llama_cpp/lib", "-DCMAKE_INSTALL_BINDIR=llama_cpp/lib"),
    *(f"-D{option}=OFF" for option in SWITCHED_OFF),
)
_VARIANT_CALL = re.compile(r"^ *ggml_add_cpu_backend_variant\((\w+)[^)]*\)\n", re.MULTILINE)
_COMMON_FORCED = 'set(LLAMA_BUILD_COMMON ON CACHE BOOL "Build llama.cpp common library" FORCE)'


def choose_variants(text: str) -> str:
    """The list of variants with only the chosen ones left."""
    found = _VARIANT_CALL.findall(text)
    if not set(VARIANTS) <= set(found):
        sys.exit(f"deskhand: this llama.cpp does not know these variants: {', '.join(sorted(set(VARIANTS) - set(found)))}")
    return _VARIANT_CALL.sub(lambda call: call.group(0) if call.group(1) in VARIANTS else "", text)


def prepare_source(folder: Path) -> None:
    variants = folder / "vendor" / "llama.cpp" / "ggml" / "src" / "CMakeLists.txt"
    variants.write_text(choose_variants(variants.read_text(encoding="utf-8")), encoding="utf-8")
    package = folder / "CMakeLists.txt"
    text = package.read_text(encoding="utf-8")
    # The common library serves llama.cpp's own programs, and compiling it takes a minute.
    package.write_text(text.replace(_COMMON_FORCED, _COMMON_FORCED.replace(" ON ", " OFF ")), encoding="utf-8")


def build_wheel(folder: Path) -> Path:
    """Build in a folder of its own and publish the wheel in one step, so that an interrupted build leaves nothing half done."""
    say(f"Building the inference engine in {len(VARIANTS)} variants: about {12 // (os.cpu_count() or 1)} minutes, once")
    started = time.monotonic()
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="build-") as name:
        work = Path(name)
        log = folder.parent / "build-portable.log"
        log.unlink(missing_ok=True)
        python = work / "env" / "bin" / "python"
        tools = os.pathsep.join([str(python.parent), os.environ.get("PATH", "")])
        pinned = ("--no-deps", "--require-hashes", "--no-build-isolation", "--no-binary", "llama-cpp-python", "-r", str(ENGINE))
        run("environment for the build", [sys.executable, "-m", "venv", str(work / "env")], log)
        run("tools for the build", [str(python), "-m", "pip", "install", "--require-hashes", "--no-deps", "-r", str(BUILD)], log)
        run("source of the engine", [str(python), "-m", "pip", "download", *pinned, "-d", str(work / "sdist")], log, PATH=tools)
        with tarfile.open(next((work / "sdist").glob("*.tar.gz"))) as archive:
            archive.extractall(work / "source", filter="data")
        source = next((work / "source").iterdir())
        prepare_source(source)
        run(
            "building the inference engine",
            [
                *(str(python), "-m", "pip", "wheel", "--no-cache-dir", "--no-build-isolation", "--no-deps"),
                *(str(source), "--wheel-dir", str(work / "wheel")),
            ],
            log,
            CMAKE_ARGS=" ".join(OPTIONS),
            CMAKE_BUILD_PARALLEL_LEVEL=str(os.cpu_count() or 1),
            TMPDIR=str(work),
            PATH=tools,
        )
        shutil.rmtree(folder, ignore_errors=True)
        (work / "wheel").rename(folder)
    say(f"Built in {(time.monotonic() - started) / 60:.1f} minutes")
    return next(folder.glob("*.whl"))


def main() -> None:
    arguments = read_arguments(__doc__)
    key = f"portable-{build_key([*OPTIONS, *VARIANTS])}"
    if is_installed(arguments.into, key):
        return
    arguments.cache.mkdir(parents=True, exist_ok=True)
    wheel = next((arguments.cache / key).glob("*.whl"), None) or build_wheel(arguments.cache / key)
    install(wheel, arguments.into, key, arguments.cache)


if __name__ == "__main__":
    main()
