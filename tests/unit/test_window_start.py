"""What the window's program imports before it shows: each of these takes a tenth of a second or more, or much memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    *("llama_cpp", "onnxruntime", "kreuzberg", "liteparse", "rapidocr", "cv2", "numpy", "scipy", "pyqtgraph"),
    *("phonenumbers", "stdnum", "httpx", "huggingface_hub", "keyring", "cryptography", "PIL", "typer", "rich", "asyncio"),
)


def test_nothing_heavy_is_imported_before_the_window_shows():
    code = f"import app.__main__, app.ui.application, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.stdout.strip() == "[]", found.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
@pytest.mark.parametrize("arguments", [[], ["open"], ["--offline"]])
def test_without_a_screen_it_says_so(arguments):
    screens = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    rest = {name: value for name, value in os.environ.items() if name not in screens}
    command = [sys.executable, "-m", "app", *arguments]
    ended = subprocess.run(command, cwd=ROOT, env=rest, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "deskhand: There is no screen to open the window on. The commands need none: deskhand --help.\n"
