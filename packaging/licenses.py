"""Gathers the licences of what the frozen program holds: one folder a package, and a list of names for the copyright file."""

from __future__ import annotations

import shutil
import sys
import sysconfig
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

_NAMES = ("license", "licence", "copying", "notice", "authors", "copyright", "third")
_SYSTEM_DOCUMENTS = Path("/usr/share/doc")


@dataclass(frozen=True)
class Component:
    name: str
    version: str
    license: str
    has_texts: bool


def gather(frozen: Path, target: Path, system_packages: list[str]) -> list[Component]:
    """Copy licence texts of all Python packages that the frozen folder may hold code of, of Python, and of system libraries."""
    target.mkdir(parents=True)
    found = [_copy(package, target) for package in _packages()]
    python = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    found.append(Component("Python", sys.version.split()[0], "PSF-2.0", _copy_files([python], target / "Python")))
    for name in system_packages:
        texts = _copy_files([_SYSTEM_DOCUMENTS / name / "copyright"], target / name)
        found.append(Component(name, "", "see its licence text", texts))
    return sorted(found, key=lambda component: component.name.lower())


def _packages() -> list[Distribution]:
    """What is installed in the environment for builds, less its tools, which do not get into the program."""
    tools = {"pip", "setuptools", "wheel", "altgraph", "pyinstaller-hooks-contrib"}
    return [package for package in distributions() if package.name.lower() not in tools]


def _copy(package: Distribution, target: Path) -> Component:
    files = [Path(str(package.locate_file(file))) for file in package.files or [] if _is_licence(file.name)]
    metadata = package.metadata
    classifiers = [line.rsplit(" :: ", 1)[-1] for line in metadata.get_all("Classifier") or [] if line.startswith("License ::")]
    declared = metadata.get("License-Expression") or ", ".join(classifiers) or (metadata.get("License") or "").split("\n")[0]
    has_texts = _copy_files(files, target / package.name)
    return Component(package.name, package.version, declared or "see its licence text", has_texts)


def _is_licence(name: str) -> bool:
    return name.lower().startswith(_NAMES) and not name.endswith((".py", ".pyc", ".so"))


def _copy_files(files: list[Path], folder: Path) -> bool:
    present = [file for file in files if file.is_file()]
    for file in present:
        folder.mkdir(exist_ok=True)
        place = folder / file.name
        shutil.copyfile(file, place if not place.exists() else folder / f"{file.parent.name}-{file.name}")
    return bool(present)
