"""A result: the answer of one task for one document, every value with its place, proof and confidence."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from app.domain.document import Box


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Proof(StrEnum):
    VERIFIED = "verified"
    """A check or checksum confirms the value."""
    GROUNDED = "grounded"
    """The value stands in the document."""
    AMBIGUOUS = "ambiguous"
    """Several places could be meant, or the margin is small."""
    NOT_FOUND = "not_found"
    CONTRADICTED = "contradicted"
    """A check fails with this value."""


class Evidence(_Part):
    """Where something stands: characters of the document's text, and boxes on its page (empty without page geometry)."""

    page: int
    start: int
    end: int
    boxes: tuple[Box, ...] = ()


class Choice(_Part):
    """Another value that could have been meant, best first."""

    value: str
    text: str
    evidence: Evidence
    probability: float


class Opinion(_Part):
    """What one source said of a value, kept beside the answer. `value` is normalized; of a list or of rows it is JSON."""

    source: str
    """``local``, or the name of the larger model."""
    value: str | None = None
    text: str | None = None
    evidence: Evidence | None = None
    confidence: float | None = None
    accepted: bool = False
    """Whether the answer is this one, or equals it."""
    reason: str = ""
    """One sentence for the person: why it was taken or refused."""


class Value(_Part):
    """A field's answer. `value` is normalized, `text` is as printed; both are None when nothing was found."""

    value: str | None = None
    text: str | None = None
    evidence: Evidence | None = None
    confidence: float = 0.0
    """Probability that the value is right, 0–1; for an absent value, that the document has none."""
    rests_on: int = 0
    """Judged answers of this kind of field that the confidence was fitted on; 0 where it is a judgement."""
    uncalibrated: float | None = None
    """The confidence before a person's own reviews changed it; None where they did not."""
    plain_probability: float | None = None
    """What the model alone makes of the answer among those it was offered; the evidence alone where it was not asked.

    Never calibrated. None where a person or a larger model answered, and for members of lists and rows.
    """
    proof: Proof = Proof.NOT_FOUND
    reason: str = ""
    """One sentence for the person: why to check, or what confirms it."""
    alternatives: tuple[Choice, ...] = ()
    corrected: bool = False
    """Set by a person; such a value is final."""
    opinions: tuple[Opinion, ...] = ()
    """Who said what, where a larger model was asked; the local one first."""

    @property
    def raw_confidence(self) -> float:
        """The confidence before a person's reviews changed it."""
        return self.confidence if self.uncalibrated is None else self.uncalibrated


class LabelScore(_Part):
    value: str
    probability: float


class LabelAnswer(_Part):
    """The class of a document. Probabilities of `value` and all `alternatives` sum to one."""

    value: str
    confidence: float
    uncalibrated: float | None = None
    """The confidence before a person's own reviews changed it; None where they did not."""
    alternatives: tuple[LabelScore, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    """The lines that moved the decision most."""
    method: Literal["zero_shot", "few_shot", "head", "frontier", "person"] = "zero_shot"
    proof: Proof = Proof.GROUNDED
    reason: str = ""
    opinions: tuple[Opinion, ...] = ()

    @property
    def raw_confidence(self) -> float:
        """The confidence before a person's reviews changed it."""
        return self.confidence if self.uncalibrated is None else self.uncalibrated


class Point(_Part):
    """A point of a summary, with the sentences it rests on. `question` is set for the FAQ style."""

    text: str
    evidence: tuple[Evidence, ...]
    question: str = ""
    confidence: float = 0.0
    proof: Proof = Proof.GROUNDED
    reason: str = ""
    opinions: tuple[Opinion, ...] = ()


class CheckOutcome(_Part):
    expression: str
    passed: bool | None
    """None when a value it needs is missing."""
    fields: tuple[str, ...] = ()
    message: str = ""


class Timing(_Part):
    """Seconds of wall time."""

    read_s: float = 0.0
    prefill_s: float = 0.0
    decode_s: float = 0.0
    total_s: float = 0.0


class TokenCounts(_Part):
    prompt: int = 0
    cached: int = 0
    generated: int = 0
    forced: int = 0
    drafted: int = 0
    steps: int = 0


class ModelUsed(_Part):
    id: str = ""
    sha256: str = ""


class Route(_Part):
    kind: Literal["local", "frontier"] = "local"
    reasons: tuple[str, ...] = ()
    """Why the answer was, or should be, handed on: ``confidence_below:total_amount`` and the like."""


class Result(_Part):
    """The answer of one task for one document. Just the part that fits the task's kind is filled."""

    task: str
    task_version: int = 1
    engine_version: str = ""
    fields: dict[str, Value] = {}
    lists: dict[str, tuple[Value, ...]] = {}
    """Answers of fields with ``many``."""
    rows: dict[str, tuple[dict[str, Value], ...]] = {}
    label: LabelAnswer | None = None
    points: tuple[Point, ...] = ()
    checks: tuple[CheckOutcome, ...] = ()
    complexity: float = 0.0
    """How hard the document looked before anything was answered, 0–1."""
    complexity_reasons: tuple[str, ...] = ()
    """What made it so, as ``name:amount``."""
    pages_read: tuple[int, ...] = ()
    notices: tuple[str, ...] = ()
    opinions: dict[str, tuple[Opinion, ...]] = {}
    """Of lists, rows and points as a whole, by target; single values keep theirs themselves."""
    route: Route = Route()
    model: ModelUsed = ModelUsed()
    timing: Timing = Timing()
    tokens: TokenCounts = TokenCounts()
    then: Result | None = None
    """For `auto`: the result of the task chosen by the class in `label`."""

    @property
    def answer(self) -> Result:
        """The part a person came for: with `auto`, the chosen task's result, else this one."""
        return self.then if self.then is not None else self
