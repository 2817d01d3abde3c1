"""Describes a model file that no list knows, from its header alone."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from app.catalog.catalog_file import first_fault
from app.catalog.geometry import memory_of, require_model
from app.catalog.gguf import GgufHeader
from app.catalog.spec import License, ModelFile, ModelSpec, PathSource, PromptFamily
from app.errors import ModelFileError

_FAMILY_MARKS: tuple[tuple[str, PromptFamily], ...] = (
    ("<|startoftext|>", "lfm2"),
    ("</think>", "qwen3"),
    ("<|im_start|>", "chatml"),
    ("<start_of_turn>", "gemma"),
    ("<|turn>", "gemma4"),
    ("<|start_of_role|>", "granite"),
    ("<|start_header_id|>", "llama3"),
)
"""What a model's own template must contain for one of ours to fit. It is searched, never run."""
_FAMILY_OF_ARCHITECTURE: dict[str, PromptFamily] = {
    "qwen2": "chatml", "qwen2moe": "chatml", "qwen2vl": "chatml", "qwen3": "qwen3", "qwen3moe": "qwen3", "qwen3vl": "qwen3",
    "qwen35": "qwen3", "qwen35moe": "qwen3", "lfm2": "lfm2", "lfm2moe": "lfm2", "gemma": "gemma", "gemma2": "gemma",
    "gemma3": "gemma", "gemma3n": "gemma", "gemma4": "gemma4", "granite": "granite", "granitemoe": "granite",
    "granitehybrid": "granite", "llama": "llama3", "llama4": "llama3", "smollm3": "chatml", "internlm2": "chatml",
}  # fmt: skip
"""Where the file brings no template that is known here."""
_QUANTIZATIONS = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S", 12: "Q3_K_M", 13: "Q3_K_L",
    14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K", 25: "IQ4_NL", 30: "IQ4_XS", 32: "BF16",
}  # fmt: skip
_USUAL_CONTEXT = 8192
_WEIGHTS_PER_BYTE = 1.7
"""Of a file with about four and a half bits a weight; only to guess the speed before it is measured."""


def spec_of_file(path: Path, header: GgufHeader, sha256: str, size_bytes: int) -> ModelSpec:
    """Raises `ModelFileError` for a file that is no whole model."""
    try:
        require_model(header)
    except ValueError as error:
        raise ModelFileError(file=path, detail=error) from error
    context = header.number("context_length")
    try:
        return ModelSpec(
            id=_id_from(path.stem if not path.name.startswith("sha256-") else header.name),
            name=_shown_name(header, path),
            publisher=str(header.values.get("general.organization", "") or "imported")[:80],
            architecture=header.architecture,
            prompt_family=family_of(header),
            parameters_b=round(size_bytes * _WEIGHTS_PER_BYTE / 1e9, 2),
            context_max=context,
            context_default=min(context, _USUAL_CONTEXT),
            tasks=("extract", "classify", "summarize"),
            languages="unknown",
            turkish="unknown",
            rank=0,
            license=License(id=str(header.values.get("general.license", "") or "unknown")[:80], url="", commercial="unknown"),
            memory=memory_of(header),
            files=(
                ModelFile(
                    filename=path.name,
                    size_bytes=size_bytes,
                    sha256=sha256,
                    quantization=_QUANTIZATIONS.get(header.file_type, "unknown"),
                    checked="imported",
                    sources=(PathSource(kind="path", path=str(path)),),
                ),
            ),
        )
    except ValidationError as error:
        raise ModelFileError(file=path, detail=first_fault(error)) from error


def family_of(header: GgufHeader) -> PromptFamily:
    """The prompt template of ours that fits: by the words of the file's own one, else by its architecture."""
    by_words: PromptFamily | None = next((family for mark, family in _FAMILY_MARKS if mark in header.template), None)
    if by_words == "qwen3" and "<|im_start|>" not in header.template:
        by_words = next((family for mark, family in _FAMILY_MARKS if mark in header.template and family != "qwen3"), None)
    return by_words or _FAMILY_OF_ARCHITECTURE.get(header.architecture, "plain")


def _shown_name(header: GgufHeader, path: Path) -> str:
    name = "".join(char for char in header.name if char.isprintable()).strip()
    return name[:80] or path.stem


def _id_from(name: str) -> str:
    name = "".join(char if char.isalnum() and char.isascii() else "-" for char in name.lower())
    return "-".join(part for part in name.split("-") if part)[:80] or "imported"
