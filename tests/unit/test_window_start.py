"""What the window's program imports before it shows: each of these takes a tenth of a second or more, or much memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAVY = (
    *("llama_cpp", "onnxruntime", "kreuzberg", "liteparse", "rapidocr", "cv2", "numpy", "scipy", "pyqtgraph"),
    *("phonenumbers", "stdnum", "httpx", "huggingface_hub", "keyring", "cryptography", "PIL", "typer", "rich", "asyncio"),
)


def test_nothing_heavy_is_imported_before_the_window_shows():
    code = f"import app.__main__, app.ui.application, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    root = Path(__file__).resolve().parents[2]
    found = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert found.stdout.strip() == "[]", found.stderr
