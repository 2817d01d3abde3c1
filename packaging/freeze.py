"""Freezes the program into one folder. Run with the environment for builds; `packaging/build` makes it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import licenses

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BUILD = ROOT / "build"
FROZEN = BUILD / "frozen" / "deskhand"
COMPONENTS = BUILD / "components.json"
_LEAST_DUPLICATE_BYTES = 4096


def freeze() -> Path:
    """The frozen folder, with the licences of what it holds."""
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--workpath", str(BUILD / "pyinstaller"), "--distpath", str(FROZEN.parent), str(HERE / "deskhand.spec")]
    # The order in sets of strings gets into compiled code.
    subprocess.run(command, check=True, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": "1"})
    strip_python(FROZEN)
    if sys.platform == "linux":
        # Tells Qt where its plugins are; a variable would also reach programs that are opened.
        (FROZEN / "qt.conf").write_text("[Paths]\nPrefix = _internal/PySide6/Qt\n", encoding="ascii")
    link_duplicates(FROZEN)
    components = licenses.gather(FROZEN, FROZEN / "licenses", bundled_system_packages(FROZEN))
    COMPONENTS.write_text(json.dumps([asdict(component) for component in components], indent=1), encoding="utf-8")
    return FROZEN


def strip_python(folder: Path) -> None:
    """Take the symbols for debuggers out of Python itself, where it was compiled with them.

    Libraries of packages stay as they are: `strip` breaks those that were patched for other systems.
    """
    if shutil.which("strip") is None or sys.platform != "linux":
        return
    internal = folder / "_internal"
    own = [*internal.glob("libpython*.so.*"), *internal.glob("python3.*/lib-dynload/*.so")]
    subprocess.run(["strip", "--strip-unneeded", *map(str, own)], check=True)


def link_duplicates(folder: Path) -> None:
    """Replace equal files by links. An equal library under a second name would also be loaded a second time."""
    first: dict[str, Path] = {}
    for path in sorted(folder.rglob("*"), key=lambda path: (len(path.name), path)):
        if path.is_symlink() or not path.is_file() or path.stat().st_size < _LEAST_DUPLICATE_BYTES:
            continue
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        kept = first.setdefault(digest, path)
        if kept != path:
            path.unlink()
            path.symlink_to(os.path.relpath(kept, path.parent))


def bundled_system_packages(frozen: Path) -> list[str]:
    """Packages of this system whose libraries were taken into the folder, where dpkg knows."""
    if shutil.which("dpkg-query") is None:
        return []
    names = {path.name for path in (frozen / "_internal").glob("libxcb-*.so*")}
    found = set()
    for name in names:
        listed = subprocess.run(["dpkg-query", "--search", f"*/{name}"], capture_output=True, text=True, check=False).stdout
        found |= {line.split(":")[0] for line in listed.splitlines()}
    return sorted(found)


if __name__ == "__main__":
    print(freeze())
