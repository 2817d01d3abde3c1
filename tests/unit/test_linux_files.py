"""What the Debian package tells the desktop about the program, checked with the desktop's own tools."""

from __future__ import annotations

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
