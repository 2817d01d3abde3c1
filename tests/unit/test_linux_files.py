"""What the Debian package tells the desktop about the program, checked with the desktop's own tools."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
from pathlib import Path

import pytest

LINUX = Path(__file__).resolve().parents[2] / "packaging" / "linux"


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="desktop-file-utils is not installed")
def test_the_desktop_file_is_valid():
    checked = subprocess.run(
        ["desktop-file-validate", str(LINUX / "deskhand.desktop")], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.skipif(shutil.which("appstreamcli") is None, reason="appstream is not installed")
def test_the_description_for_software_centres_is_valid(tmp_path):
    (source,) = LINUX.glob("*.metainfo.xml")
    filled = tmp_path / source.name
    text = source.read_text(encoding="utf-8")
    filled.write_text(text.replace("@VERSION@", "1.0.0").replace("@DATE@", "2026-01-01"), encoding="utf-8")
    checked = subprocess.run(
        ["appstreamcli", "validate", "--no-net", "--no-color", str(filled)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.skipif(shutil.which("update-mime-database") is None, reason="shared-mime-info is not installed")
def test_every_type_that_is_opened_is_known_to_the_system(tmp_path):
    mime = tmp_path / "mime"
    packages = mime / "packages"
    packages.mkdir(parents=True)
    (own,) = LINUX.glob("*.mime.xml")
    for source in (own, Path("/usr/share/mime/packages/freedesktop.org.xml")):
        shutil.copy(source, packages / source.name)
    places = os.environ | {"XDG_DATA_DIRS": str(tmp_path)}
    made = subprocess.run(["update-mime-database", str(mime)], env=places, capture_output=True, text=True, check=False)
    assert (made.returncode, made.stderr) == (0, "")
    known = set((mime / "types").read_text(encoding="utf-8").split())
    known |= {line.split()[0] for line in (mime / "aliases").read_text(encoding="utf-8").splitlines()}
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(LINUX / "deskhand.desktop", encoding="utf-8")
    opened = entry["Desktop Entry"]["MimeType"].removesuffix(";").split(";")
    assert len(opened) == len(set(opened)) > 20
    assert set(opened) <= known
    assert "application/vnd.ms-outlook:*.msg" in (mime / "globs").read_text(encoding="utf-8").splitlines()
