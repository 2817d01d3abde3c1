"""Models and projectors with weights of chance: small files to test loading and computing with. They know and see nothing."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

_UINT32, _INT32, _FLOAT32, _BOOL, _STRING, _ARRAY = 4, 5, 6, 7, 8, 9
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
    some = _chance()
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


def write_hybrid_model(path: Path, *, n_embd: int = 64) -> None:
    """A model like the larger ones of the catalog: most layers carry a state, positions have several parts; tokens are bytes."""
    control = ["<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|image_pad|>", "<|vision_end|>"]
    tokens = [*(_byte_sign(byte) for byte in range(256)), "ab", *control]
    entries = [
        _text("general.architecture", "qwen35"),
        *(_number(f"qwen35.{key}", number) for key, number in _HYBRID.items()),
        _number("qwen35.embedding_length", n_embd),
        _real("qwen35.attention.layer_norm_rms_epsilon", 1e-6),
        _real("qwen35.rope.freq_base", 1e6),
        _numbers("qwen35.rope.dimension_sections", (2, 3, 3, 0)),
        _text("tokenizer.ggml.model", "gpt2"),
        _text("tokenizer.ggml.pre", "qwen35"),
        _texts("tokenizer.ggml.tokens", tokens),
        _numbers("tokenizer.ggml.token_type", tuple(3 if token in control else 1 for token in tokens)),
        _texts("tokenizer.ggml.merges", ["a b"]),
        _number("tokenizer.ggml.eos_token_id", tokens.index("<|im_end|>")),
    ]
    path.write_bytes(_gguf(entries, list(_hybrid_tensors(n_embd, len(tokens)))))


_HYBRID = {
    **{"block_count": 4, "context_length": 4096, "feed_forward_length": 96, "full_attention_interval": 4},
    **{"attention.head_count": 4, "attention.head_count_kv": 2, "attention.key_length": 32, "attention.value_length": 32},
    **{"rope.dimension_count": 16, "ssm.conv_kernel": 4, "ssm.inner_size": 64, "ssm.state_size": 16, "ssm.time_step_rank": 4},
    **{"ssm.group_count": 2},
}


def _hybrid_tensors(n_embd: int, n_vocab: int) -> Iterator[tuple[str, np.ndarray]]:
    some = _chance()
    state, groups, heads = _HYBRID["ssm.state_size"], _HYBRID["ssm.group_count"], _HYBRID["ssm.time_step_rank"]
    inner, convolved = state * heads, 2 * state * groups + state * heads
    head, n_heads, n_kv = _HYBRID["attention.key_length"], _HYBRID["attention.head_count"], _HYBRID["attention.head_count_kv"]
    yield "token_embd.weight", some(n_vocab, n_embd)
    yield "output_norm.weight", np.ones(n_embd, np.float32)
    for layer in range(_HYBRID["block_count"]):
        block = f"blk.{layer}"
        yield f"{block}.attn_norm.weight", np.ones(n_embd, np.float32)
        yield f"{block}.post_attention_norm.weight", np.ones(n_embd, np.float32)
        if (layer + 1) % _HYBRID["full_attention_interval"]:
            yield f"{block}.attn_qkv.weight", some(convolved, n_embd)
            yield f"{block}.attn_gate.weight", some(inner, n_embd)
            yield f"{block}.ssm_conv1d.weight", some(convolved, _HYBRID["ssm.conv_kernel"])
            yield f"{block}.ssm_dt.bias", some(heads)
            yield f"{block}.ssm_a", -np.abs(some(heads))
            yield f"{block}.ssm_beta.weight", some(heads, n_embd)
            yield f"{block}.ssm_alpha.weight", some(heads, n_embd)
            yield f"{block}.ssm_norm.weight", np.ones(state, np.float32)
            yield f"{block}.ssm_out.weight", some(n_embd, inner)
        else:
            yield f"{block}.attn_q.weight", some(2 * head * n_heads, n_embd)
            yield f"{block}.attn_k.weight", some(head * n_kv, n_embd)
            yield f"{block}.attn_v.weight", some(head * n_kv, n_embd)
            yield f"{block}.attn_output.weight", some(n_embd, head * n_heads)
            yield f"{block}.attn_q_norm.weight", np.ones(head, np.float32)
            yield f"{block}.attn_k_norm.weight", np.ones(head, np.float32)
        yield f"{block}.ffn_gate.weight", some(_HYBRID["feed_forward_length"], n_embd)
        yield f"{block}.ffn_up.weight", some(_HYBRID["feed_forward_length"], n_embd)
        yield f"{block}.ffn_down.weight", some(n_embd, _HYBRID["feed_forward_length"])


def write_windowed_model(path: Path, *, window: int, n_embd: int = 32) -> None:
    """A model most of whose layers look back no farther than a window; tokens are bytes."""
    tokens = [*(_byte_sign(byte) for byte in range(256)), "ab", "<|im_end|>"]
    entries = [
        _text("general.architecture", "gemma3"),
        *(_number(f"gemma3.{key}", number) for key, number in _WINDOWED.items()),
        _number("gemma3.embedding_length", n_embd),
        _number("gemma3.attention.sliding_window", window),
        _real("gemma3.attention.layer_norm_rms_epsilon", 1e-6),
        _text("tokenizer.ggml.model", "gpt2"),
        _text("tokenizer.ggml.pre", "qwen2"),
        _texts("tokenizer.ggml.tokens", tokens),
        _numbers("tokenizer.ggml.token_type", tuple(3 if token == "<|im_end|>" else 1 for token in tokens)),
        _texts("tokenizer.ggml.merges", ["a b"]),
        _number("tokenizer.ggml.eos_token_id", tokens.index("<|im_end|>")),
    ]
    path.write_bytes(_gguf(entries, list(_windowed_tensors(n_embd, len(tokens)))))


_WINDOWED = {
    **{"block_count": 6, "context_length": 4096, "feed_forward_length": 48},
    **{"attention.head_count": 2, "attention.head_count_kv": 1, "attention.key_length": 16, "attention.value_length": 16},
}


def _windowed_tensors(n_embd: int, n_vocab: int) -> Iterator[tuple[str, np.ndarray]]:
    some = _chance()
    head, width = _WINDOWED["attention.key_length"], _WINDOWED["feed_forward_length"]
    n_heads, n_kv = _WINDOWED["attention.head_count"], _WINDOWED["attention.head_count_kv"]
    yield "token_embd.weight", 20 * some(n_vocab, n_embd)
    yield "output_norm.weight", np.ones(n_embd, np.float32)
    for layer in range(_WINDOWED["block_count"]):
        block = f"blk.{layer}"
        for norm in ("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm"):
            yield f"{block}.{norm}.weight", np.ones(n_embd, np.float32)
        yield f"{block}.attn_q_norm.weight", np.ones(head, np.float32)
        yield f"{block}.attn_k_norm.weight", np.ones(head, np.float32)
        yield f"{block}.attn_q.weight", some(head * n_heads, n_embd)
        yield f"{block}.attn_k.weight", some(head * n_kv, n_embd)
        yield f"{block}.attn_v.weight", some(head * n_kv, n_embd)
        yield f"{block}.attn_output.weight", some(n_embd, head * n_heads)
        yield f"{block}.ffn_gate.weight", some(width, n_embd)
        yield f"{block}.ffn_up.weight", some(width, n_embd)
        yield f"{block}.ffn_down.weight", some(n_embd, width)


def write_scaling_projector(path: Path, *, n_embd: int, width: int = 32, patch_pixels: int = 16) -> None:
    """A projector of the kind that those models have: larger pictures become more tokens, placed by row and column."""
    entries = [
        _text("general.architecture", "clip"),
        _text("general.type", "mmproj"),
        _text("clip.projector_type", "qwen3vl_merger"),
        _flag("clip.has_vision_encoder", value=True),
        _flag("clip.use_gelu", value=True),
        _number("clip.vision.image_size", 64),
        _number("clip.vision.patch_size", patch_pixels),
        _number("clip.vision.embedding_length", width),
        _number("clip.vision.feed_forward_length", 2 * width),
        _number("clip.vision.block_count", 1),
        _number("clip.vision.attention.head_count", 2),
        _number("clip.vision.projection_dim", n_embd),
        _number("clip.vision.spatial_merge_size", 2),
        _real("clip.vision.attention.layer_norm_epsilon", 1e-6),
        _reals("clip.vision.image_mean", (0.5, 0.5, 0.5)),
        _reals("clip.vision.image_std", (0.5, 0.5, 0.5)),
    ]
    path.write_bytes(_gguf(entries, list(_scaling_tensors(n_embd, width, patch_pixels))))


def _scaling_tensors(n_embd: int, width: int, patch: int) -> Iterator[tuple[str, np.ndarray]]:
    some = _chance()
    yield "v.patch_embd.weight", some(width, 3, patch, patch)
    yield "v.patch_embd.weight.1", some(width, 3, patch, patch)
    yield "v.patch_embd.bias", some(width)
    yield "v.position_embd.weight", some((64 // patch) ** 2, width)
    yield "v.blk.0.attn_qkv.weight", some(3 * width, width)
    yield "v.blk.0.attn_qkv.bias", some(3 * width)
    yield "v.blk.0.attn_out.weight", some(width, width)
    yield "v.blk.0.attn_out.bias", some(width)
    for part in ("ln1", "ln2"):
        yield f"v.blk.0.{part}.weight", np.ones(width, np.float32)
        yield f"v.blk.0.{part}.bias", some(width)
    yield "v.blk.0.ffn_up.weight", some(2 * width, width)
    yield "v.blk.0.ffn_up.bias", some(2 * width)
    yield "v.blk.0.ffn_down.weight", some(width, 2 * width)
    yield "v.blk.0.ffn_down.bias", some(width)
    yield "v.post_ln.weight", np.ones(width, np.float32)
    yield "v.post_ln.bias", some(width)
    yield "mm.0.weight", some(4 * width, 4 * width)
    yield "mm.0.bias", some(4 * width)
    yield "mm.2.weight", some(n_embd, 4 * width)
    yield "mm.2.bias", some(n_embd)


def _chance() -> Callable[..., np.ndarray]:
    generator = np.random.default_rng(0)
    return lambda *shape: generator.normal(0, 0.02, shape).astype(np.float32)


def _byte_sign(byte: int) -> str:
    """The letter under which byte-level vocabularies list a byte."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    return chr(byte) if byte in printable else chr(0x100 + [other for other in range(256) if other not in printable].index(byte))


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


def _numbers(key: str, values: tuple[int, ...]) -> bytes:
    return _string(key) + struct.pack(f"<IIQ{len(values)}i", _ARRAY, _INT32, len(values), *values)


def _texts(key: str, values: list[str]) -> bytes:
    return _string(key) + struct.pack("<IIQ", _ARRAY, _STRING, len(values)) + b"".join(map(_string, values))
