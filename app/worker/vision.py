"""Eyes for a model: its projector (llama.cpp's mtmd) turns the pixels of a page into the model's memory, all within the lock."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import llama_cpp as llama
import numpy as np

from app.catalog.fit import PICTURE_TOKENS
from app.domain.picture import PagePicture
from app.errors import CancelledError, ModelError, ModelFileError, ModelLoadError, ModelMemoryError
from app.tasks.asking.engine import PromptPart
from app.worker.native_log import log_callback, memory_fault
from app.worker.runtime import LlamaEngine

_ANSWER_TOKENS = 512
"""Context kept for the answer about a picture."""
_PICTURE_TOKEN = -1


class Projector:
    """One projector beside a loaded model."""

    def __init__(self, path: Path, model: Any, *, model_id: str, threads: int, graphics: bool) -> None:
        """Raises `ModelFileError` for a file that does not belong to the model, `ModelLoadError` where the engine has no eyes."""
        self._model_id = model_id
        try:
            from llama_cpp import mtmd_cpp as mtmd
        except (ImportError, OSError, AttributeError) as error:
            raise ModelLoadError(model=model_id, detail="the engine here was built without pictures.") from error
        self._mtmd: Any = mtmd
        mtmd.mtmd_helper_log_set(log_callback, ctypes.c_void_p(0))
        if not path.is_file():
            raise ModelFileError(file=path.name, detail="it is not there.")
        params = mtmd.mtmd_context_params_default()
        params.use_gpu = graphics
        params.print_timings = False
        params.n_threads = threads
        params.image_max_tokens = PICTURE_TOKENS
        self._context = mtmd.mtmd_init_from_file(str(path).encode(), model, params)
        if not self._context and memory_fault.is_set():
            raise ModelMemoryError(model=model_id)
        if not self._context or not mtmd.mtmd_support_vision(self._context):
            raise ModelFileError(file=path.name, detail="it is no projector for pictures of this model.")
        if mtmd.mtmd_decode_use_non_causal(self._context, None):
            # Such a picture must be computed as a whole, which takes batches, and memory, of its size.
            raise ModelFileError(file=path.name, detail="it is of a kind whose pictures are not read here.")

    def feed(self, context: Any, parts: Sequence[PromptPart], *, n_batch: int, room: int) -> int:
        """Compute words and pictures into the empty memory of a context; the position after them.

        Raises `ModelError` when they take more than `room` tokens, or the engine fails or is stopped.
        """
        with self._chunks_of(parts) as chunks:
            total = self._mtmd.mtmd_helper_get_n_tokens(chunks)
            if total > room:
                raise ModelError(model=self._model_id, detail=f"a picture takes {total} tokens and there is room for {room}.")
            position = llama.llama_pos(0)
            status = self._mtmd.mtmd_helper_eval_chunks(self._context, context, chunks, 0, 0, n_batch, True, ctypes.byref(position))
            if status != 0:
                raise ModelError(model=self._model_id, detail=f"it failed to compute a picture (code {status}).")
            return int(position.value)

    def close(self) -> None:
        self._mtmd.mtmd_free(self._context)

    @contextmanager
    def _chunks_of(self, parts: Sequence[PromptPart]) -> Iterator[Any]:
        kept: list[Any] = []
        bitmaps: list[Any] = []
        chunks = self._mtmd.mtmd_input_chunks_init()
        try:
            inputs = [self._input_of(part, kept, bitmaps) for part in parts]
            pointers = (ctypes.POINTER(self._mtmd.mtmd_input_part) * len(inputs))(*map(ctypes.pointer, inputs))
            if self._mtmd.mtmd_tokenize_from_parts(self._context, chunks, pointers, len(inputs), False) != 0:
                raise ModelError(model=self._model_id, detail="it does not take the picture.")
            yield chunks
        finally:
            self._mtmd.mtmd_input_chunks_free(chunks)
            for bitmap in bitmaps:
                self._mtmd.mtmd_bitmap_free(bitmap)

    def _input_of(self, part: PromptPart, kept: list[Any], bitmaps: list[Any]) -> Any:
        """The engine's form of a part. What it points at is appended to the lists, which must outlive it."""
        entry = self._mtmd.mtmd_input_part()
        if isinstance(part, PagePicture):
            pixels = packed_rows(part)
            bitmap = self._mtmd.mtmd_bitmap_init(part.width, part.height, pixels.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8)))
            if not bitmap:
                raise MemoryError
            bitmaps.append(bitmap)
            entry.bitmap = bitmap
        else:
            raw = part.text.encode("utf-8", errors="replace")
            text = self._mtmd.mtmd_input_text(raw, len(raw), False, part.special)
            kept.extend((raw, text))
            entry.text = ctypes.pointer(text)
        return entry


class SeeingLlamaEngine(LlamaEngine):
    """`app.tasks.asking.engine.SeeingEngine`: the engine with a projector beside its model."""

    def __init__(self, path: Path, projector: Path, *, threads: int, **options: Any) -> None:
        super().__init__(path, threads=threads, **options)
        self._projector = Projector(projector, self._model, model_id=self._info.id, threads=threads, graphics=self.uses_graphics)

    def look(self, parts: Sequence[PromptPart]) -> None:
        started = time.perf_counter()
        self._memory.clear()
        try:
            position = self._projector.feed(self._context, parts, n_batch=self._n_batch, room=self._info.n_ctx - _ANSWER_TOKENS)
        except ModelError:
            self._memory.clear()
            if self.should_stop():
                raise CancelledError(file="The document") from None
            raise
        # What a picture became can't be fed again as tokens: of what stands in memory only the length is known.
        self._memory.history = [_PICTURE_TOKEN] * position
        self._logits = self._rows(1)[0].copy()
        self._count(prompt=position)
        self._prefill_s += time.perf_counter() - started

    def close(self) -> None:
        self._projector.close()
        super().close()


def packed_rows(picture: PagePicture) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The pixels without the bytes between rows."""
    rows = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.stride)
    return np.ascontiguousarray(rows[:, : 3 * picture.width])
