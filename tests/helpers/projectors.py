"""Projectors for pictures with weights of chance: small files with which loading and computing are tested, and nothing is seen."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

_UINT32, _FLOAT32, _BOOL, _STRING, _ARRAY = 4, 6, 7, 8, 9
_ALIGNMENT = 32


def write_projector(path: Path, *, n_embd: int, image_pixels: int = 56, patch_pixels: int = 14, width: int = 32) -> int:
    """A projector of the LLaVA kind for a model whose tokens have `n_embd` numbers; returns how many tokens a picture becomes."""
    n_patches = (image_pixels // patch_pixels) ** 2
    entries = [
        _text("general.architecture", "clip"),
        _text("general.type", "mmproj"),
        _text("clip.projector_type", "mlp"),
        _flag("clip.has_vision_encoder", value=True),
        _flag("clip.use_gelu", value=True),
        _number("clip.vision.image_size", image_pixels),
        _number("clip.vision.patch_size", patch_pixels),
        _number("clip.vision.embedding_length", width),
        _number("clip.vision.feed_forward_length", 2 * width),
        _number("clip.vision.block_count", 2),
        _number("clip.vision.attention.head_count", 2),
        _number("clip.vision.projection_dim", n_embd),
        _real("clip.vision.attention.layer_norm_epsilon", 1e-5),
        _reals("clip.vision.image_mean", (0.5, 0.5, 0.5)),
        _reals("clip.vision.image_std", (0.5, 0.5, 0.5)),
    ]
    path.write_bytes(_gguf(entries, list(_tensors(n_embd, n_patches, patch_pixels, width))))
    return n_patches


def _tensors(n_embd: int, n_patches: int, patch: int, width: int) -> Iterator[tuple[str, np.ndarray]]:
    chance = np.random.default_rng(0)

    def some(*shape: int) -> np.ndarray:
        return chance.normal(0, 0.02, shape).astype(np.float32)

    yield "v.patch_embd.weight", some(width, 3, patch, patch)
    yield "v.position_embd.weight", some(n_patches, width)
    for layer in range(2):
        for part in ("attn_q", "attn_k", "attn_v", "attn_out"):
            yield f"v.blk.{layer}.{part}.weight", some(width, width)
            yield f"v.blk.{layer}.{part}.bias", some(width)
        for part in ("ln1", "ln2"):
            yield f"v.blk.{layer}.{part}.weight", np.ones(width, np.float32)
            yield f"v.blk.{layer}.{part}.bias", some(width)
        yield f"v.blk.{layer}.ffn_up.weight", some(2 * width, width)
        yield f"v.blk.{layer}.ffn_up.bias", some(2 * width)
        yield f"v.blk.{layer}.ffn_down.weight", some(width, 2 * width)
        yield f"v.blk.{layer}.ffn_down.bias", some(width)
    yield "mm.0.weight", some(n_embd, width)
    yield "mm.0.bias", some(n_embd)
    yield "mm.2.weight", some(n_embd, n_embd)
    yield "mm.2.bias", some(n_embd)


def _gguf(entries: list[bytes], tensors: list[tuple[str, np.ndarray]]) -> bytes:
    table, data = b"", b""
    for name, values in tensors:
        shape = values.shape[::-1]
        table += _string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, len(data))
        data += values.tobytes()
        data += bytes(-len(data) % _ALIGNMENT)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(entries)) + b"".join(entries) + table
    return head + bytes(-len(head) % _ALIGNMENT) + data


def _string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def _text(key: str, value: str) -> bytes:
    return _string(key) + struct.pack("<I", _STRING) + _string(value)


def _number(key: str, value: int) -> bytes:
    return _string(key) + struct.pack("<II", _UINT32, value)


def _real(key: str, value: float) -> bytes:
    return _string(key) + struct.pack("<If", _FLOAT32, value)


def _flag(key: str, *, value: bool) -> bytes:
    return _string(key) + struct.pack("<I?", _BOOL, value)


def _reals(key: str, values: tuple[float, ...]) -> bytes:
    return _string(key) + struct.pack(f"<IIQ{len(values)}f", _ARRAY, _FLOAT32, len(values), *values)
