"""What an evaluation found out, case by case; this is what is saved and compared."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from app.domain.result import ModelUsed, Result


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Answer(_Part):
    """One value or class that was asked for. `value` None: none was given; `expected` empty: there is none."""

    name: str
    value: str | None
    expected: tuple[str, ...]
    right: bool
    confidence: float
    proof: str = ""


class ListAnswer(_Part):
    """A list or a table of rows: how many were given, expected, and both."""

    name: str
    found: int
    given: int
    expected: int

    @property
    def f1(self) -> float:
        return 2 * self.found / (self.given + self.expected) if self.given + self.expected else 1.0


class PointAnswer(_Part):
    """A point beside the expected summaries: right when most of its words are in one of them."""

    right: bool
    confidence: float


class SummaryAnswer(_Part):
    """The points of a summary."""

    points: int
    unsupported: tuple[str, ...] = ()
    """Numbers, dates and names in points that the document does not hold."""
    without_evidence: int = 0
    """Points whose words do not stand in the passages they name."""
    rouge_l: float | None = None
    """Overlap with the nearest expected summary; None where none is given."""
    judged: tuple[PointAnswer, ...] = ()


class CaseOutcome(_Part):
    """One case. A failed one has an error, and its answers count as missing with a confidence of 0."""

    key: str
    shown: str
    group: str
    error: str = ""
    answers: tuple[Answer, ...] = ()
    lists: tuple[ListAnswer, ...] = ()
    summary: SummaryAnswer | None = None
    not_asked: tuple[str, ...] = ()
    """Expected names that the task does not have."""
    n_values: int = 0
    """Values of all kinds that were given, also those that nobody asked for."""
    n_invented: int = 0
    """Those of them that are not printed at the place they name."""
    read_s: float = 0.0
    answer_s: float = 0.0
    result: Result | None = None
    """What was answered, so that it can be judged anew when what is expected changes."""


class Run(_Part):
    """All cases of one task with one model."""

    task: str
    task_version: int
    model: ModelUsed
    engine_version: str
    cases: tuple[CaseOutcome, ...]
