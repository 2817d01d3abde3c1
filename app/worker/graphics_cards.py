"""The graphics cards that the engine can compute on, as it tells of them itself."""

from __future__ import annotations

import ctypes
import sys
from typing import Any, Final

from llama_cpp.llama_cpp import _lib

from app.worker.protocol import Json

_WITH_MEMORY_OF_ITS_OWN: Final = 1
"""`GGML_BACKEND_DEVICE_TYPE_GPU`; a card within the processor shares the computer's memory, which is counted already."""


def graphics_cards(engine: Any = _lib) -> list[Json]:
    """Name and memory of each card that has memory of its own. Ask before a model is loaded: afterwards it is full."""
    if sys.platform == "darwin" or not hasattr(engine, "ggml_backend_dev_count"):
        return []
    engine.ggml_backend_dev_count.restype = ctypes.c_size_t
    engine.ggml_backend_dev_get.argtypes, engine.ggml_backend_dev_get.restype = [ctypes.c_size_t], ctypes.c_void_p
    engine.ggml_backend_dev_type.argtypes = [ctypes.c_void_p]
    devices = map(engine.ggml_backend_dev_get, range(engine.ggml_backend_dev_count()))
    return [_described(engine, device) for device in devices if engine.ggml_backend_dev_type(device) == _WITH_MEMORY_OF_ITS_OWN]


def _described(engine: Any, device: int) -> Json:
    engine.ggml_backend_dev_description.argtypes, engine.ggml_backend_dev_description.restype = [ctypes.c_void_p], ctypes.c_char_p
    size = ctypes.POINTER(ctypes.c_size_t)
    engine.ggml_backend_dev_memory.argtypes, engine.ggml_backend_dev_memory.restype = [ctypes.c_void_p, size, size], None
    free, total = ctypes.c_size_t(), ctypes.c_size_t()
    engine.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(total))
    name = (engine.ggml_backend_dev_description(device) or b"").decode("utf-8", errors="replace")
    return {"name": name, "total_bytes": total.value, "free_bytes": free.value}
