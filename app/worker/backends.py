"""Chooses, in builds for many computers, the library of llama.cpp that is compiled for this processor.

llama.cpp would look for it beside the executable and in the current folder only.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

import llama_cpp
from llama_cpp import _ggml
from llama_cpp.llama_cpp import _lib

from app.errors import ModelLoadError

FORCED_VARIABLE = "DESKHAND_ENGINE_VARIANT"
"""Names the variant to use, for a computer whose processor promises what its system does not keep, and for tests."""
_PREFIXES = ("libggml-cpu-", "ggml-cpu-")


def load_backend(model: str) -> str:
    """Load the fastest variant that runs here, once. Raises `ModelLoadError` about the model.

    Returns its name, such as ``haswell``; empty where the engine was compiled for this computer and has no variants.
    """
    # Elsewhere than on Windows a library gives what it is linked with; `_ggml` may be a second copy, with a list of its own.
    library = _lib if hasattr(_lib, "ggml_backend_load") else _ggml.libggml
    library.ggml_backend_load.argtypes, library.ggml_backend_load.restype = [ctypes.c_char_p], ctypes.c_void_p
    library.ggml_backend_reg_count.restype = ctypes.c_size_t
    variants = find_variants(Path(llama_cpp.__file__).parent / "lib")
    if not variants:
        return ""
    name = os.environ.get(FORCED_VARIABLE) or fastest(variants)
    if library.ggml_backend_reg_count() == 0 and not (name in variants and library.ggml_backend_load(os.fsencode(variants[name]))):
        raise ModelLoadError(model=model, detail=f"no part of the engine runs on this processor ({name or 'none fits'}).")
    return name


def find_variants(folder: Path) -> dict[str, Path]:
    """The libraries in a folder by the name of their variant."""
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        for prefix in _PREFIXES:
            if path.name.startswith(prefix) and path.suffix in {".so", ".dll"}:
                found[path.stem.removeprefix(prefix)] = path
    return found


def fastest(variants: dict[str, Path]) -> str:
    """The variant that rates itself highest on this processor; empty when none runs."""
    scores = {name: _score(path) for name, path in variants.items()}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > 0 else ""


def _score(path: Path) -> int:
    """What the library says of itself: 0 when the processor lacks something that it uses."""
    try:
        rate = ctypes.CDLL(str(path)).ggml_backend_score
    except (OSError, AttributeError):
        return 0
    return int(rate())
