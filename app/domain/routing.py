"""Routing: one pure function says whether an answer stays as it is, may be asked about, or is sent at once, and why.

The order is fixed: policy, privacy, opt-in and key, budget, consent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from app.domain.policy import Policy
from app.domain.privacy import PrivacyClass, strictest
from app.domain.result import Route

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

_WORDS: Final[Mapping[str, str]] = {
    "primary_frontier": "The task asks the larger model for every document.",
    "confidence_below": "The local answer is not sure enough.",
    "schema_invalid": "A required value is missing.",
    "check_failed": "A check fails.",
    "complexity_above": "The document is complex.",
    "nothing_fails": "The local answer is good enough.",
    "escalation_off": "The policy keeps this task on this computer.",
    "privacy_never": "These documents never leave this computer.",
    "offline": "Deskhand is offline.",
    "not_opted_in": "Asking a larger model is switched off.",
    "provider_missing": "No larger model is set up with its key.",
    "budget_used_up": "The budget is used up.",
    "price_unknown": "The price is not known.",
    "found_in_text": "The text holds words about health or the law.",
    "no_consent": "You have not agreed yet.",
    "consent": "You agreed to this beforehand.",
}


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

    @property
    def targets(self) -> tuple[str, ...]:
        """Each once, in their order."""
        return tuple(dict.fromkeys(failing.target for failing in self.failing))


@dataclass(frozen=True)
class Standing:
    """What holds at this moment beside the policy."""

    offline: bool = True
    opted_in: bool = False
    provider_ready: bool = False
    """A provider is set up and has its key, or needs none."""
    privacy: PrivacyClass = PrivacyClass.ALLOWED
    """What the person said of this very document, such as NEVER after a refusal; the policy's class holds as well."""
    found: PrivacyClass = PrivacyClass.ALLOWED
    """What was found in the very lines that would be sent (`Enquiry.privacy`), once that is known."""
    has_consent: bool = False
    """The person's standing consent covers the document."""
    price_known: bool = True
    budget_left: bool = True


class Reason(BaseModel):
    model_config = ConfigDict(frozen=True)
    code: SignalCode | HoldCode | GrantCode
    target: str = ""
    detail: str = ""

    def words(self) -> str:
        """An English sentence; windows translate by `code`."""
        sentence = _WORDS[self.code]
        if not self.target:
            return sentence
        detail = f" ({self.detail})" if self.detail else ""
        return f"{sentence.rstrip('.')}: {self.target.replace('_', ' ')}{detail}."


class Decision(BaseModel):
    """`targets`, `whole_document` and `redact` say what would be sent; there are no targets when nothing may be."""

    model_config = ConfigDict(frozen=True)
    kind: RouteKind
    targets: tuple[str, ...] = ()
    whole_document: bool = False
    redact: bool = True
    reasons: tuple[Reason, ...] = ()

    def route(self) -> Route:
        """As it stands in a result that was not sent: ``confidence_below:total_amount``, ``offline``."""
        return Route(reasons=tuple(f"{each.code}:{each.target}" if each.target else each.code for each in self.reasons))


def decide(policy: Policy, signals: Signals, standing: Standing) -> Decision:
    """The route. Called when an answer is there, and again with `Standing.found` once the lines are known; that only holds back."""
    why = [Reason(code=failing.code, target=failing.target, detail=failing.detail) for failing in signals.failing]
    privacy = strictest(policy.privacy, standing.privacy, standing.found)
    kept = next(_reasons_to_keep(policy, signals, standing, privacy), None)
    if kept is not None:
        return Decision(kind="local", reasons=(*why, Reason(code=kept)))
    doubts = [Reason(code=code) for code in _reasons_to_ask(standing)]
    return Decision(
        kind="ask" if doubts else "send",
        targets=signals.targets,
        whole_document=policy.routing.send == "document",
        redact=privacy.hides,
        reasons=(*why, *(doubts or [Reason(code="consent")])),
    )


def _reasons_to_keep(policy: Policy, signals: Signals, standing: Standing, privacy: PrivacyClass) -> Iterator[HoldCode]:
    if not signals.failing:
        yield "nothing_fails"
    if policy.routing.escalate_to == "none":
        yield "escalation_off"
    if privacy is PrivacyClass.NEVER:
        yield "privacy_never"
    if standing.offline:
        yield "offline"
    if not standing.opted_in:
        yield "not_opted_in"
    if not standing.provider_ready:
        yield "provider_missing"
    if not standing.budget_left:
        yield "budget_used_up"


def _reasons_to_ask(standing: Standing) -> Iterator[HoldCode]:
    """A standing consent does not cover what nobody expected in the text, nor a price that nobody knows."""
    if not standing.price_known:
        yield "price_unknown"
    if standing.found is PrivacyClass.ASK:
        yield "found_in_text"
    if not standing.has_consent:
        yield "no_consent"
