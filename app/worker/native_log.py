"""Keeps the engine's own messages out of the log, and notes when they tell of a lack of memory."""

from __future__ import annotations

import ctypes
import os
import re
import sys
import threading

import llama_cpp as llama

_NO_MEMORY = re.compile(rb"insufficient memory|bad_alloc|[Ff]ailed to allocate|unable to allocate|out of memory")

memory_fault = threading.Event()
"""Set once the engine could not get memory that it asked for."""


def _note(_level: int, text: bytes, _data: ctypes.c_void_p) -> None:
    """Native messages go nowhere, since they may quote untrusted metadata. A lack of memory is told in words of our own."""
    if _NO_MEMORY.search(text) and not memory_fault.is_set():
        memory_fault.set()
        # What follows may be an abort, after which only this line tells why.
        os.write(sys.stderr.fileno(), b"out of memory\n")


log_callback = llama.llama_log_callback(_note)


def silence_logs() -> None:
    """Keep native messages out of stderr, for this process."""
    llama.llama_log_set(log_callback, ctypes.c_void_p(0))
