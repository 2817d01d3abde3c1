"""What comes with the recognizer keeps to itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.skipif(sys.platform != "linux", reason="its runtime counts its users on Linux in this folder")
def test_the_recognizers_runtime_marks_no_computer(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    program = "from app.documents.ocr import OcrEngine; OcrEngine()"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, check=True, timeout=120)
    assert not list((tmp_path / ".cache").glob("Microsoft*")), "an identifier of this computer was written"
