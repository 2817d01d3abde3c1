"""Routing: one pure function says whether an answer stays as it is, may be asked about, or is sent at once, and why.

The order is fixed: policy, privacy, opt-in and key, budget, consent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from app.domain.policy import Policy
from app.domain.privacy import PrivacyClass
from app.domain.result import Result, Route
from app.domain.task import Task

RouteKind = Literal["local", "ask", "send"]
SignalCode = Literal["primary_frontier", "confidence_below", "schema_invalid", "check_failed", "complexity_above"]
"""Why something should be handed on."""
HoldCode = Literal[
    "nothing_fails",
    "escalation_off",
    "privacy_never",
    "offline",
    "not_opted_in",
    "provider_missing",
    "budget_used_up",
    "price_unknown",
    "found_in_text",
    "no_consent",
]
"""Why it stays, or why a person is asked first."""
GrantCode = Literal["consent"]
"""Why it may be sent at once."""


@dataclass(frozen=True)
class Failing:
    """One thing that the task's policy would hand on. `target` is a field, list, group of rows, ``label`` or ``points``."""

    target: str
    code: SignalCode
    detail: str = ""


@dataclass(frozen=True)
class Signals:
    """What a local answer, or the document before any answer, says about handing on."""

    failing: tuple[Failing, ...] = ()
    complexity: float = 0.0


@dataclass(frozen=True)
class Standing:
    """What holds at this moment beside the document."""

    offline: bool = True
    opted_in: bool = False
    provider_ready: bool = False
    """A provider is set up and has its key, or needs none."""
    privacy: PrivacyClass = PrivacyClass.ASK
    """The strictest of task, folder and file."""
    found: PrivacyClass = PrivacyClass.ALLOWED
    """What was found in the very lines that would be sent (`Enquiry.privacy`), once that is known."""
    has_consent: bool = False
    """The person's standing consent covers the document."""
    price_known: bool = True
    budget_left: bool = True


class Reason(BaseModel):
    model_config = ConfigDict(frozen=True)
    code: str
    """A `SignalCode`, `HoldCode` or `GrantCode`."""
    target: str = ""
    detail: str = ""

    def words(self) -> str:
        """An English sentence; windows translate by `code`."""
        raise NotImplementedError


class Decision(BaseModel):
    """`targets`, `whole_document` and `redact` say what would be sent; they are empty when nothing may be."""

    model_config = ConfigDict(frozen=True)
    kind: RouteKind
    targets: tuple[str, ...] = ()
    whole_document: bool = False
    redact: bool = True
    reasons: tuple[Reason, ...] = ()

    def route(self) -> Route:
        """As it stands in a result that was not sent."""
        raise NotImplementedError


def signals_of(result: Result, task: Task, policy: Policy, complexity: float = 0.0) -> Signals:
    """What of a local answer the policy hands on. `task` is the one that made `result.answer`. A person's values never fail."""
    raise NotImplementedError


def decide(policy: Policy, signals: Signals, standing: Standing) -> Decision:
    """The route. Called when an answer is there, and again with `Standing.found` once the lines are known; that only holds back."""
    raise NotImplementedError
