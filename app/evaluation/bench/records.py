"""What is measured: one answer of one system on one document, and the word for a system."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.result import TokenCounts


class SystemName(StrEnum):
    DESKHAND = "deskhand"
    CONVERTED = "converted"
    """Deskhand with a copy of the model whose weights are in a faster number format."""
    CHAT = "chat"
    """llama-cpp-python's chat completion."""
    SERVER = "server"
    """llama-server's code, by xllamacpp."""

    @property
    def is_ours(self) -> bool:
        return self in {SystemName.DESKHAND, SystemName.CONVERTED}


@dataclass(frozen=True)
class Reply:
    """One request to a peer: what it wrote and what that took."""

    text: str
    tokens: TokenCounts
    prompt_s: float
    decode_s: float


@dataclass(frozen=True)
class Measurement:
    """One system on one document. `answer_s` is the time from the document's text to the answer, as the caller sees it."""

    system: SystemName
    file: str
    round: int
    read_s: float
    answer_s: float
    prompt_s: float
    decode_s: float
    tokens: TokenCounts
    values: dict[str, str | None] = field(default_factory=dict)
    """Normalized; what can't be normalized stays as written."""
    right: dict[str, bool] = field(default_factory=dict)
    """Only fields with a known truth."""
    invented: int = 0
    was_cut: bool = False
    """The document did not fit into the context and its end was left out."""
    processor_s: float | None = None
    """Processor time of the process that holds the model; tells more than wall time while the computer is busy."""
    fault: str = ""
    """Why there is no usable answer; empty otherwise."""

    @property
    def key(self) -> tuple[SystemName, str, int]:
        """Each system answers each document once a round."""
        return self.system, self.file, self.round

    @property
    def total_s(self) -> float:
        return self.read_s + self.answer_s
