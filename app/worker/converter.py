"""What the converter child does: write a model file's weights in another number format with llama.cpp's own quantizer."""

from __future__ import annotations

import ctypes
from pathlib import Path

from app.errors import ModelFileError
from app.worker.protocol import Json


class ConverterHandler:
    """The work is done before the lock, for it writes one file; what can be written until then is that file alone."""

    def warm_up(self, args: Json) -> Json:
        source, target = Path(args["source"]), Path(args["target"])
        quantize(source, target, weights=args["weights"], threads=args["threads"])
        return {"size_bytes": target.stat().st_size}

    def handle(self, op: str, args: Json, blob: bytes, call: object) -> tuple[Json, bytes]:
        raise ValueError(op)


def quantize(source: Path, target: Path, *, weights: str, threads: int) -> None:
    """Write `source` to `target` with its weights as, for example, ``Q4_0``. Raises `ModelFileError`."""
    import llama_cpp as llama

    from app.worker.backends import load_backend
    from app.worker.native_log import silence_logs

    silence_logs()
    load_backend(source.name)
    llama.llama_backend_init()
    params = llama.llama_model_quantize_default_params()
    params.ftype = getattr(llama, f"LLAMA_FTYPE_MOSTLY_{weights}")
    params.nthread = threads
    # The publisher's file is itself rounded; without this only files of full precision are taken.
    params.allow_requantize = True
    if llama.llama_model_quantize(str(source).encode(), str(target).encode(), ctypes.byref(params)) != 0:
        raise ModelFileError(file=source.name, detail=f"its weights can't be written as {weights}.")
