"""How fast a model has worked through this person's own documents."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelPace:
    """`seconds` is the median of one document. Reading goes on while the model works, so the longer of both counts."""

    n_documents: int
    seconds: float

    @property
    def documents_per_minute(self) -> float:
        return 60 / max(self.seconds, 0.001)
