"""Builds what people install: the frozen folder and, on Debian and Ubuntu, the packages. Called by `packaging/build`."""

from __future__ import annotations

import argparse
import shutil
import time
from pathlib import Path

import deb
import freeze
from engine import say


def main() -> None:
    parser = argparse.ArgumentParser(prog="packaging/build", description=__doc__)
    parser.add_argument("--frozen-only", action="store_true", help="make the folder and no packages")
    parser.add_argument("--model", type=Path, metavar="FILE", help="the starter model's file, for the package with the model")
    arguments = parser.parse_args()
    started = time.monotonic()
    say("Freezing the program")
    frozen = freeze.freeze()
    say(f"{frozen}: {folder_bytes(frozen) / 1e6:.0f} MB in {time.monotonic() - started:.0f} s")
    if arguments.frozen_only or shutil.which("dpkg-deb") is None:
        return
    started = time.monotonic()
    say("Making the packages")
    for package in deb.build_packages(frozen, deb.ROOT / "dist", model=arguments.model):
        say(f"{package}: {package.stat().st_size / 1e6:.0f} MB")
    say(f"Made in {time.monotonic() - started:.0f} s")


def folder_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


if __name__ == "__main__":
    main()
