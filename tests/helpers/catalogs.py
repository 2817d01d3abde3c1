"""Catalogs of small models whose files the tests make themselves."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

import tomli_w

from app.catalog.catalog import Catalog
from app.catalog.spec import CatalogFile, License, Memory, ModelFile, ModelSpec


def gguf_bytes(*, architecture: str = "llama", template: str = "<|im_start|>", padding: int = 5000) -> bytes:
    """A file with a real GGUF header and no tensors."""

    def string(text: str) -> bytes:
        return struct.pack("<Q", len(text.encode())) + text.encode()

    def text_entry(key: str, value: str) -> bytes:
        return string(key) + struct.pack("<I", 8) + string(value)

    def number_entry(key: str, value: int) -> bytes:
        return string(key) + struct.pack("<II", 4, value)

    table = string("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, 2) + string("a") + string("b")
    scores = string("tokenizer.ggml.scores") + struct.pack("<IIQ", 9, 6, 2) + struct.pack("<ff", 0.5, 1.5)
    entries = [
        text_entry("general.architecture", architecture),
        text_entry("general.name", "Own Model"),
        number_entry(f"{architecture}.block_count", 2),
        number_entry(f"{architecture}.embedding_length", 64),
        number_entry(f"{architecture}.attention.head_count", 4),
        number_entry(f"{architecture}.attention.head_count_kv", 2),
        number_entry(f"{architecture}.context_length", 2048),
        table,
        scores,
        text_entry("tokenizer.chat_template", template),
    ]
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(entries)) + b"".join(entries) + bytes(index % 251 for index in range(padding))


def make_spec(data: bytes, *sources, model_id: str = "small", rank: int = 10, purpose: str = "product") -> ModelSpec:
    file = ModelFile(
        filename=f"{model_id}.gguf",
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        quantization="Q8_0",
        checked="downloaded",
        sources=sources,
    )
    return ModelSpec(
        id=model_id,
        name="Small",
        publisher="Someone",
        architecture="llama",
        prompt_family="chatml",
        parameters_b=0.1,
        context_max=2048,
        context_default=2048,
        tasks=("extract",),
        languages="en",
        turkish="no",
        rank=rank,
        purpose=purpose,
        license=License(id="MIT", url="", commercial="yes"),
        memory=Memory(kv_bytes_per_token=100, n_vocab=1000, n_embd=64),
        files=(file,),
    )


def make_catalog(folder: Path, *specs: ModelSpec) -> Catalog:
    return Catalog(CatalogFile(schema_version=1, starter=specs[0].id, model=specs), folder)


def write_own_list(path: Path, *specs: ModelSpec) -> None:
    """A list of a person's own, as a file."""
    content = {"schema_version": 1, "model": [spec.model_dump(mode="json", exclude_none=True) for spec in specs]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(tomli_w.dumps(content), encoding="utf-8")


def install(catalog: Catalog, spec: ModelSpec, data: bytes) -> Path:
    path = catalog.path_of(spec)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
