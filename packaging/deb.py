"""Makes the Debian packages from the frozen folder: a small one, and one with the starter model for computers without a network.

Runs on Debian and Ubuntu, best on the oldest release to be served: a package needs at least the C library it was built with.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

from freeze import bundled_system_packages

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
LINUX = HERE / "linux"
MAINTAINER = "The Deskhand maintainers <maintainers@deskhand.invalid>"
COMPONENT_ID = "org.deskhand.Deskhand"
ICON_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
# What is opened by name or by Qt while no library names it.
MORE_DEPENDENCIES = ("ca-certificates", "xdg-utils", "libgl1", "libegl1", "libxkbcommon-x11-0")
RECOMMENDED = ("fonts-dejavu-core", "gnome-keyring | kwalletmanager | keepassxc", "xdg-desktop-portal")
_SUMMARY = "read, sort and sum up documents with a small model on this computer"
_DESCRIPTION = """\
 Deskhand reads invoices, receipts, letters and reports and fills in what
 one would otherwise type: numbers, dates, totals, the kind of a document,
 a summary of three points. Every value shows its place in the document.
 .
 Nothing is sent anywhere unless one asks for it. Documents are opened in
 a locked process that reaches neither other files nor the network."""


@dataclass(frozen=True)
class Flavour:
    package: str
    summary: str
    description: str
    model: Path | None = None

    @property
    def compression_level(self) -> int:
        """A model does not get smaller."""
        return 15 if self.model is None else 6


def build_packages(frozen: Path, target: Path, *, model: Path | None) -> list[Path]:
    """Both packages, or the small one alone when there is no model file."""
    target.mkdir(parents=True, exist_ok=True)
    flavours = [Flavour("deskhand", _SUMMARY, f"{_DESCRIPTION}\n .\n A model is downloaded when it is first needed.")]
    if model is not None:
        description = f"{_DESCRIPTION}\n .\n This package holds the starter model, so that no network is ever needed."
        flavours.append(Flavour("deskhand-offline", f"{_SUMMARY} (with the model)", description, model))
    depends = find_dependencies(frozen)
    return [_build(flavour, frozen, target, depends) for flavour in flavours]


def find_dependencies(frozen: Path) -> str:
    """What dpkg-shlibdeps finds for all programs and libraries, and `MORE_DEPENDENCIES`."""
    binaries = [path for path in sorted(frozen.rglob("*")) if path.is_file() and not path.is_symlink() and _is_elf(path)]
    own = sorted({str(path.parent) for path in binaries})
    with tempfile.TemporaryDirectory() as name:
        control = Path(name) / "debian" / "control"
        control.parent.mkdir()
        control.write_text("Source: deskhand\n\nPackage: deskhand\nArchitecture: any\n", encoding="ascii")
        command = ["dpkg-shlibdeps", "-O", "--ignore-missing-info", *(f"-l{folder}" for folder in own), *map(str, binaries)]
        found = subprocess.run(command, cwd=name, capture_output=True, text=True, check=False)
    if found.returncode != 0:
        sys.exit(f"deskhand: dpkg-shlibdeps failed:\n{found.stderr[-2000:]}")
    bundled = set(bundled_system_packages(frozen))
    listed = found.stdout.strip().removeprefix("shlibs:Depends=").split(", ")
    computed = [entry for entry in listed if entry.split()[0] not in bundled]
    known = {entry.split()[0] for entry in computed}
    return ", ".join(sorted([*computed, *(name for name in MORE_DEPENDENCIES if name not in known)]))


def starter() -> tuple[str, str]:
    """Id and file name of the starter model in the catalog."""
    catalog = tomllib.loads((ROOT / "models.toml").read_text(encoding="utf-8"))
    entry = next(entry for entry in catalog["model"] if entry["id"] == catalog["starter"])
    return entry["id"], next(file["filename"] for file in entry["files"] if file["role"] == "model")


def version() -> str:
    found = re.search(r'__version__ = "([^"]+)"', (ROOT / "app" / "__init__.py").read_text(encoding="utf-8"))
    return found.group(1) if found else sys.exit("deskhand: app/__init__.py names no version.")


def source_date() -> int:
    """SOURCE_DATE_EPOCH, else when the last change was taken, else now."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    shown = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return int(shown.strip() or time.time())


def _build(flavour: Flavour, frozen: Path, target: Path, depends: str) -> Path:
    with tempfile.TemporaryDirectory(dir=frozen.parent, prefix=f"{flavour.package}-") as name:
        root = Path(name)
        root.chmod(0o755)
        _lay_out(root, frozen, flavour)
        _write_control(root, flavour, depends)
        for path in root.rglob("*"):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        package = target / f"{flavour.package}_{version()}_{_architecture()}.deb"
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-Zzstd", f"-z{flavour.compression_level}", "--build", str(root), str(package)],
            check=True,
            stdout=subprocess.DEVNULL,
            env=os.environ | {"SOURCE_DATE_EPOCH": str(source_date())},
        )
    return package


def _lay_out(root: Path, frozen: Path, flavour: Flavour) -> None:
    program = root / "usr" / "lib" / "deskhand"
    share = root / "usr" / "share"
    documents = share / "doc" / flavour.package
    shutil.copytree(frozen, program, symlinks=True, ignore=shutil.ignore_patterns("licenses"), copy_function=_link_or_copy)
    shutil.copytree(frozen / "licenses", documents / "licenses")
    _write(documents / "copyright", _copyright())
    changelog = (ROOT / "CHANGELOG.md").read_bytes()
    (documents / "changelog.gz").write_bytes(gzip.compress(changelog, mtime=0))
    _write(share / "applications" / "deskhand.desktop", (LINUX / "deskhand.desktop").read_text(encoding="utf-8"))
    types = (LINUX / f"{COMPONENT_ID}.mime.xml").read_text(encoding="utf-8")
    _write(share / "mime" / "packages" / f"{COMPONENT_ID}.xml", types)
    date = time.strftime("%Y-%m-%d", time.gmtime(source_date()))
    metainfo = (LINUX / f"{COMPONENT_ID}.metainfo.xml").read_text(encoding="utf-8")
    _write(share / "metainfo" / f"{COMPONENT_ID}.metainfo.xml", metainfo.replace("@VERSION@", version()).replace("@DATE@", date))
    manual = share / "man" / "man1" / "deskhand.1.gz"
    manual.parent.mkdir(parents=True)
    manual.write_bytes(gzip.compress((LINUX / "deskhand.1").read_bytes(), mtime=0))
    draw_icons(ROOT / "resources" / "icons" / "deskhand.svg", share / "icons" / "hicolor")
    (root / "usr" / "bin").mkdir()
    (root / "usr" / "bin" / "deskhand").symlink_to("../lib/deskhand/deskhand")
    if flavour.model is not None:
        model_id, filename = starter()
        place = share / "deskhand" / "models" / model_id / filename
        place.parent.mkdir(parents=True)
        _link_or_copy(str(flavour.model), str(place))


def _write_control(root: Path, flavour: Flavour, depends: str) -> None:
    folder = root / "DEBIAN"
    files = [path for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink()]
    folder.mkdir()
    fields = {
        "Package": flavour.package,
        "Version": version(),
        "Architecture": _architecture(),
        "Maintainer": MAINTAINER,
        "Installed-Size": str(sum(-(-path.stat().st_size // 1024) for path in files)),
        "Depends": depends,
        "Recommends": ", ".join(RECOMMENDED),
        "Section": "text",
        "Priority": "optional",
        "Description": f"{flavour.summary}\n{flavour.description}",
    }
    if flavour.model is not None:
        # Both hold the same program; installing one takes the place of the other.
        fields |= {"Provides": f"deskhand (= {version()})"}
    other = "deskhand" if flavour.model is not None else "deskhand-offline"
    fields |= {"Conflicts": other, "Replaces": other}
    _write(folder / "control", "".join(f"{name}: {value}\n" for name, value in fields.items()))
    sums = []
    for path in files:
        with path.open("rb") as file:
            sums.append(f"{hashlib.file_digest(file, 'md5').hexdigest()}  {path.relative_to(root)}\n")
    _write(folder / "md5sums", "".join(sums))


def draw_icons(source: Path, hicolor: Path) -> None:
    """The drawing itself, and pictures of it for desktops that show no drawings."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    _write(hicolor / "scalable" / "apps" / "deskhand.svg", source.read_text(encoding="utf-8"))
    renderer = QSvgRenderer(str(source))
    for size in ICON_SIZES:
        picture = QImage(size, size, QImage.Format.Format_ARGB32)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        renderer.render(painter)
        painter.end()
        place = hicolor / f"{size}x{size}" / "apps" / "deskhand.png"
        place.parent.mkdir(parents=True)
        if not picture.save(str(place)):
            sys.exit(f"deskhand: {place} could not be written.")


def _copyright() -> str:
    components = json.loads((ROOT / "build" / "components.json").read_text(encoding="utf-8"))
    lines = [
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/",
        "Upstream-Name: Deskhand",
        "Comment: The program holds the parts listed below. Their licence texts are in the folder licenses beside this file.",
        *(f" {part['name']} {part['version']}: {part['license']}".replace(" :", ":") for part in components),
        "",
        "Files: *",
        "Copyright: The Deskhand maintainers",
        "License: Apache-2.0",
        " On Debian systems the full text is in /usr/share/common-licenses/Apache-2.0.",
    ]
    return "\n".join(lines) + "\n"


def _architecture() -> str:
    return subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _link_or_copy(source: str, target: str) -> None:
    """A second name for the same bytes where that is possible: the files are large and only read."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
