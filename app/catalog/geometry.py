"""What a model's header tells of its memory: the cache of each layer, and whether it is a model at all."""

from __future__ import annotations

import re

from app.catalog.gguf import GgufHeader
from app.catalog.spec import Memory

_ARCHITECTURE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}$")
_OTHER_KINDS = {
    "adapter": "an adapter, not a model",
    "mmproj": "a projector for pictures, not a model",
    "imatrix": "a table of weights' importance",
}
_WINDOW_EVERY = {"gemma2": 2, "gemma3": 6, "gemma3n": 5, "cohere2": 4, "llama4": 4, "exaone4": 4}
"""Of so many layers one sees everything, where a file does not say it."""
STATE_COPIES = 4
"""Texts that a model with states instead of a cache follows at once; each takes states of its own."""
_MAX_LAYERS = 1024
_BYTES_PER_NUMBER = 2
_BYTES_PER_STATE = 4


def require_model(header: GgufHeader) -> None:
    """Raise `ValueError` unless this is one whole model that reads text."""
    kind = str(header.values.get("general.type", "model"))
    if header.architecture == "clip":
        kind = "mmproj"
    if kind in _OTHER_KINDS:
        raise ValueError(f"it is {_OTHER_KINDS[kind]}")
    if int(header.values.get("split.count", 0) or 0) > 1:
        raise ValueError("it is one part of several; join them into one file first (llama-gguf-split --merge)")
    if not _ARCHITECTURE.match(header.architecture):
        raise ValueError("it does not name its architecture")
    for key in ("block_count", "embedding_length", "context_length"):
        if header.number(key) <= 0:
            raise ValueError(f"it does not tell its {key.replace('_', ' ')}")
    if header.number("block_count") > _MAX_LAYERS:
        raise ValueError("its header is not plausible")
    if not header.lengths.get("tokenizer.ggml.tokens"):
        raise ValueError("it has no vocabulary")


def memory_of(header: GgufHeader) -> Memory:
    """The figures for the estimate of memory, from the file itself."""
    n_layers = header.number("block_count")
    window = header.number("attention.sliding_window")
    full = swa = 0
    for layer, size in enumerate(_cache_bytes(header, n_layers)):
        if window and _is_windowed(header, layer, n_layers):
            swa += size[1]
        else:
            full += size[0]
    return Memory(
        kv_bytes_per_token=full,
        swa_bytes_per_cell=swa,
        swa_window=window if swa else 0,
        state_bytes=_state_bytes(header, n_layers),
        n_vocab=header.lengths.get("tokenizer.ggml.tokens", 0),
        n_embd=header.number("embedding_length"),
    )


def _cache_bytes(header: GgufHeader, n_layers: int) -> list[tuple[int, int]]:
    """Bytes for one token in each layer, as a layer that sees everything and as one with a window; 0 where it keeps none."""
    heads = header.per_layer("attention.head_count", n_layers)
    kv_heads = header.per_layer("attention.head_count_kv", n_layers)
    n_embd = header.number("embedding_length")
    every = header.number("full_attention_interval")
    n_own = n_layers - header.number("attention.shared_kv_layers")
    sizes = []
    for layer in range(n_layers):
        n_heads = kv_heads[layer] or (heads[layer] if "attention.head_count_kv" not in _keys(header) else 0)
        width = n_embd // heads[layer] if heads[layer] else 0
        key = header.number("attention.key_length") or width
        value = header.number("attention.value_length") or width
        key_swa = header.number("attention.key_length_swa") or key
        value_swa = header.number("attention.value_length_swa") or value
        keeps = layer < n_own and not (every and (layer + 1) % every)
        n_heads = n_heads if keeps else 0
        sizes.append((n_heads * (key + value) * _BYTES_PER_NUMBER, n_heads * (key_swa + value_swa) * _BYTES_PER_NUMBER))
    return sizes


def _keys(header: GgufHeader) -> set[str]:
    prefix = f"{header.architecture}."
    return {key.removeprefix(prefix) for key in (*header.values, *header.lists) if key.startswith(prefix)}


def _is_windowed(header: GgufHeader, layer: int, n_layers: int) -> bool:
    pattern = header.lists.get(f"{header.architecture}.attention.sliding_window_pattern")
    if pattern is not None and len(pattern) >= n_layers:
        return bool(pattern[layer])
    every = header.number("attention.sliding_window_pattern") or _WINDOW_EVERY.get(header.architecture, 0)
    # An unknown pattern is taken as the costlier one.
    return bool(every) and (layer + 1) % every != 0


def _state_bytes(header: GgufHeader, n_layers: int) -> int:
    """What layers that carry a state instead of a cache keep for all texts followed at once, whatever their length."""
    inner = header.number("ssm.inner_size")
    state = header.number("ssm.state_size")
    kernel = header.number("ssm.conv_kernel") or header.number("shortconv.l_cache")
    kv_heads = header.per_layer("attention.head_count_kv", n_layers)
    every = header.number("full_attention_interval")
    n_recurrent = sum(bool((every and (layer + 1) % every) or not kv_heads[layer]) for layer in range(n_layers))
    if not inner:
        return STATE_COPIES * n_recurrent * max(0, kernel - 1) * header.number("embedding_length") * _BYTES_PER_STATE
    convolved = inner + 2 * header.number("ssm.group_count") * state
    return STATE_COPIES * n_recurrent * (max(0, kernel - 1) * convolved + state * inner) * _BYTES_PER_STATE
