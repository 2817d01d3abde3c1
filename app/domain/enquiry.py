"""An enquiry: what another model would be asked about a document, and the lines it would be shown. Holds no local answers.

Its answers are JSON by target: a string as printed or None; a list of strings where `many`; objects by name of cell where there are
`cells`, in a list where `many`; the name of one of `labels` where there are such.
"""

from __future__ import annotations

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, JsonValue

from app.domain.cutout import Cutout
from app.domain.privacy import PrivacyClass, SensitiveKind
from app.domain.task import TaskKind

Answers = dict[str, JsonValue]
"""By target."""


class LabelOption(NamedTuple):
    """A class that may be the answer, and what it means."""

    name: str
    description: str


class Sensitive(NamedTuple):
    """A sensitive span of the document's text. `text` is what stands there."""

    start: int
    end: int
    kind: SensitiveKind
    text: str


class Excerpt(NamedTuple):
    """Whole lines of the document. Offsets are the document's, also when words of `text` are hidden."""

    page: int
    start: int
    end: int
    text: str


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Question(_Part):
    """One thing asked. `target` is a field, a list, a group of rows, ``label`` or ``points``; for a cell, its name."""

    target: str
    title: str
    type: str = "text"
    """A field type, ``rows``, ``label`` or ``points``."""
    description: str = ""
    many: bool = False
    max_count: int | None = None
    """Most members of the answer, where there is such a limit."""
    labels: tuple[LabelOption, ...] = ()
    cells: tuple[Question, ...] = ()


class Enquiry(_Part):
    task: str
    kind: TaskKind
    instructions: str = ""
    language: str = ""
    """Of worded answers, as a code; empty for the document's own."""
    questions: tuple[Question, ...]
    excerpts: tuple[Excerpt, ...]
    """In the order of the document."""
    cutouts: tuple[Cutout, ...] = ()
    """The words of the excerpts as they are printed, for models that see; at most one a page."""
    whole_document: bool = False
    sensitive: tuple[Sensitive, ...] = ()
    """Inside the excerpts only, in order, not overlapping."""
    privacy: PrivacyClass = PrivacyClass.ALLOWED
    """What was found in the excerpts asks for this."""
    complexity: float = 0.0
    complexity_reasons: tuple[str, ...] = ()

    @property
    def targets(self) -> tuple[str, ...]:
        return tuple(question.target for question in self.questions)

    @property
    def chars(self) -> int:
        """Characters of the document that are shown."""
        return sum(len(excerpt.text) for excerpt in self.excerpts)
