"""A task: what to do with a document (extract, classify, summarize), as written in a task file."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
"""Names of tasks and fields: lower case letters, digits and underscores."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TaskKind(StrEnum):
    EXTRACT = "extract"
    CLASSIFY = "classify"
    SUMMARIZE = "summarize"
    AUTO = "auto"
    """Classify with `document_type` first, then run the task made for that type."""


CLASSES_OF_AUTO: Final = "document_type"
"""The task whose classes `auto` tells apart; what is known of the one holds for the other."""


class FieldType(StrEnum):
    TEXT = "text"
    NAME = "name"
    """Name of a person or organisation."""
    ADDRESS = "address"
    DATE = "date"
    TIME = "time"
    AMOUNT = "amount"
    NUMBER = "number"
    CURRENCY = "currency"
    IDENTIFIER = "identifier"
    """A token such as an invoice, order or contract number."""
    TAX_ID = "tax_id"
    IBAN = "iban"
    EMAIL = "email"
    PHONE = "phone"
    DURATION = "duration"
    CHOICE = "choice"
    """One of the field's `choices`, each recognised by the words listed for it."""


class TaskField(_Part):
    """A value to find. `labels` are words that documents print beside it, in any language; they guide, they never decide alone."""

    name: Name
    type: FieldType = FieldType.TEXT
    title: dict[str, str] = {}
    """Name for people by language code: ``{en = "Invoice number", tr = "Fatura no"}``."""
    description: str = ""
    required: bool = False
    many: bool = False
    """A list of values rather than one."""
    unsigned: bool = False
    """An amount or a number counts without its sign, for another field says the direction."""
    requests: bool = False
    """The values of a list of texts are the sentences that ask for something or promise it."""
    labels: tuple[str, ...] = ()
    not_labels: tuple[str, ...] = ()
    """Words beside values that are easily mistaken for this one."""
    examples: tuple[str, ...] = ()
    choices: dict[str, tuple[str, ...]] = {}


class TaskRows(_Part):
    """A repeated group of fields: line items, transactions, parties."""

    name: Name
    title: dict[str, str] = {}
    description: str = ""
    labels: tuple[str, ...] = ()
    """Words that stand at the head of the table."""
    fields: tuple[TaskField, ...] = Field(min_length=1)


class TaskLabel(_Part):
    """A class. `examples` teach a head; `task` names the task that `auto` runs for documents of this class."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    title: dict[str, str] = {}
    description: str = ""
    examples: tuple[str, ...] = ()
    task: str = ""


class TaskCheck(_Part):
    """An expression over field names that must hold, for example ``net_amount + tax_amount == total_amount``."""

    expression: str
    message: str = ""
    tolerance: str = "0.02"


class SummaryStyle(StrEnum):
    BULLETS = "bullets"
    ABSTRACT = "abstract"
    ACTION_ITEMS = "action_items"
    FAQ = "faq"


class EscalateIf(_Part):
    confidence_below: float = Field(default=0.85, ge=0, le=1)
    schema_invalid: bool = True
    check_failed: bool = True
    complexity_above: float = Field(default=0.8, ge=0, le=1)
    """Of what `Result.complexity` says; then all that no check proves is handed on."""


class Routing(_Part):
    """When an answer is handed to a frontier model; it is sent only if privacy, consent and budget allow it."""

    primary: Literal["local", "frontier"] = "local"
    escalate_to: Literal["frontier", "none"] = "frontier"
    send: Literal["fields", "document"] = "fields"
    """What is sent of a document: the lines that the failing fields need, or all of it."""
    pictures: bool = False
    """Whether a model that sees may be shown those lines as they are printed, once a person has looked at the picture."""
    escalate_if: EscalateIf = EscalateIf()


class Privacy(_Part):
    class_: Literal["never", "ask", "redacted", "allowed"] = Field(default="ask", alias="class")


class Task(_Part):
    """What to do with a document. `version` is raised whenever answers may change."""

    id: Name
    version: int = 1
    kind: TaskKind
    title: dict[str, str] = {}
    description: str = ""
    instructions: str = ""
    """Sentences added to the prompt."""
    fields: tuple[TaskField, ...] = ()
    rows: tuple[TaskRows, ...] = ()
    labels: tuple[TaskLabel, ...] = ()
    other_label: str = ""
    """The label that means 'none of these'; may be empty."""
    head_temperature: float | None = Field(default=None, gt=0)
    """Replaces the fitted temperature of the head where the examples are unlike the documents, for calibrated probabilities."""
    checks: tuple[TaskCheck, ...] = ()
    style: SummaryStyle = SummaryStyle.BULLETS
    max_points: int = Field(default=3, ge=1, le=50)
    language: Literal["document", "person"] = "document"
    routing: Routing = Routing()
    privacy: Privacy = Privacy()

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Task:
        if self.kind is TaskKind.EXTRACT and not (self.fields or self.rows):
            raise ValueError("an extraction task needs at least one field")
        if self.kind is TaskKind.CLASSIFY and len(self.labels) < 2:
            raise ValueError("a classification task needs at least two labels")
        names = [field.name for field in self.fields] + [group.name for group in self.rows]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"the name {name!r} is used twice")
        labels = [label.name for label in self.labels]
        for name in labels:
            if labels.count(name) > 1:
                raise ValueError(f"the label {name!r} is listed twice")
        return self
