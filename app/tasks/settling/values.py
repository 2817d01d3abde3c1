"""Grounding of one answer of a larger model: where it stands in the document, and how sure that makes it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from pydantic import JsonValue

from app.documents.language import guess_language
from app.documents.normalizers import normalize
from app.domain.document import Document
from app.domain.result import Choice, Opinion, Proof, Value
from app.domain.task import FieldType, TaskField
from app.domain.trust import UNJUDGED, Trust
from app.tasks.answers.choice import Decision
from app.tasks.answers.grounding import evidence_of
from app.tasks.candidates.finding import TEXT_TYPES, options_of
from app.tasks.candidates.options import Option, option_at
from app.tasks.evidence.scene import Scene
from app.tasks.evidence.wrong_digits import WRONG_DIGITS, fails_check
from app.tasks.extraction.extract import weigh_evidence
from app.tasks.text.folding import fold, same_name_key, tokens_of

NOT_THERE: Final = "It does not stand in the document."
OTHER_FORM: Final = "The answer is not of the kind that was asked for."
SAME: Final = "The larger model read the same."
TAKEN: Final = "The larger model read it, and it stands in the document."
_NOTHING: Final = frozenset({"", "null", "none", "n/a", "unknown", "not found"})
_MAX_WORDS_CHARS: Final = 600
_AS_PRINTED: Final = TEXT_TYPES | {FieldType.IDENTIFIER}
_FIGURES: Final = frozenset({FieldType.AMOUNT, FieldType.NUMBER})
_SAME_MISTAKE: Final = 0.03
"""How often a larger model makes the local answer's mistake where that is wrong, or leaves a right one for this other."""
_OTHER_MISTAKE: Final = 0.02
"""How often it makes a mistake of its own. Both for a model that errs as often as the two together say; others in proportion."""
_LEAST_PRIOR: Final = 0.03
_BOUNDS: Final = (0.3, 0.98)
_AMBIGUOUS_BELOW: Final = 0.6
_MAX_ALTERNATIVES: Final = 4


@dataclass(frozen=True)
class Larger:
    """The larger model that answered, and how far its answers are to be trusted."""

    source: str
    trust: Trust = UNJUDGED

    @property
    def mistakes(self) -> float:
        """How often it errs, as a multiple of what is usual."""
        return (1.0 - self.trust.right) / (_SAME_MISTAKE + _OTHER_MISTAKE)


@dataclass(frozen=True)
class Grounded:
    """An answer at its place; `prior` is what the document's own evidence gives it."""

    option: Option
    prior: float
    wrong_digits: bool = False


class Grounder:
    """Finds the answers to one field in a document."""

    def __init__(self, field: TaskField, scene: Scene) -> None:
        self.field = field
        self._scene = scene
        self._language = guess_language(scene.source.text)
        self._options = options_of(field, scene.source)
        self.decision: Decision = weigh_evidence(field, scene)

    def ground(self, said: str) -> Grounded | None:
        """The likeliest place of an answer; None where it does not stand in the document."""
        places = self.places(said)
        if not places:
            return None
        for contender in self.decision.contenders:
            if any(contender.key == option.key for option in places):
                return self._grounded(contender.option, contender.probability)
        return self._grounded(places[0], 0.0)

    def _grounded(self, option: Option, prior: float) -> Grounded:
        return Grounded(option, prior, fails_check(self.field, option.value))

    def places(self, said: str) -> Sequence[Option]:
        """Every place that says the same, in the order of the document."""
        words = " ".join(said.split())
        if not words or len(words) > _MAX_WORDS_CHARS or self._is_label(words):
            return ()
        text = self._scene.source.text
        value = words if self.field.type is FieldType.CHOICE else self._normal(words)
        keys = {words, value, same_name_key(words) if self.field.type in _AS_PRINTED else words} - {None, ""}
        found = [option for option in self._options if option.value in keys or option.key in keys or self._equals(option, value)]
        if found or self.field.type is FieldType.CHOICE or value is None:
            return found
        spans = places_of_words(words, text, self._scene.source.folded)
        options = (option_at(text, start, end, "answer") for start, end in spans)
        if self.field.type in TEXT_TYPES:
            return [option for option in options if option is not None]
        return [Option(option.start, option.end, option.text, value, value, "answer") for option in options if option is not None]

    def _is_label(self, words: str) -> bool:
        """Whether it is a single word that documents print beside values, or a number without a figure."""
        if self.field.type in {FieldType.TEXT, FieldType.CHOICE, FieldType.CURRENCY}:
            return False
        if self.field.type is FieldType.IDENTIFIER and not any(sign.isdigit() for sign in words):
            return True
        tokens = tokens_of(words)
        return len(tokens) == 1 and tokens[0].text in self._scene.source.hits.vocabulary

    def _equals(self, option: Option, value: str | None) -> bool:
        """Whether two numbers are the same, however many decimals are printed."""
        if value is None or self.field.type not in _FIGURES:
            return False
        return Decimal(option.value) == Decimal(value)

    def _normal(self, words: str) -> str | None:
        value = normalize(self.field.type, words, language=self._language, context=self._scene.source.text)
        return value.removeprefix("-") if value and self.field.unsigned else value


def words_of(answer: JsonValue) -> str | None:
    """The words of a single answer; None for none. Raises `ValueError` for lists and objects."""
    if answer is None:
        return None
    if isinstance(answer, bool) or not isinstance(answer, str | int | float):
        raise ValueError(OTHER_FORM)  # noqa: TRY004 - one kind of fault for all of an answer
    words = " ".join(str(answer).split())
    return None if words.lower() in _NOTHING else words


def places_of_words(words: str, text: str, folded: str) -> list[tuple[int, int]]:
    """Where words stand as whole words, whatever their case and the gaps between them."""
    parts = [re.escape(part) for part in fold(words).split()]
    if not parts or len(folded) != len(text):
        return []
    pattern = r"(?<!\w)(?<!\d[.,])" + r"\s+".join(parts) + r"(?!\w)(?![.,]\d)"
    return [match.span() for match in re.finditer(pattern, folded)]


def agreed(local: Value, by: Larger, said: str | None) -> Value:
    """The local answer, confirmed by a second reader."""
    confidence = max(local.confidence, sure_if_same(local.confidence, by))
    update: dict[str, object] = {"confidence": confidence, "opinions": (*opinions_of(local), _same(local, by.source, said))}
    if local.proof is Proof.AMBIGUOUS and confidence >= _AMBIGUOUS_BELOW:
        update |= {"proof": Proof.GROUNDED, "reason": SAME}
    return local.model_copy(update=update)


def refused(local: Value, by: Larger, said: str | None, reason: str, grounded: Grounded | None, document: Document) -> Value:
    """The answer so far, with what the larger model said and why that is not taken."""
    place = evidence_of(document, grounded.option) if grounded else None
    opinion = Opinion(
        source=by.source,
        value=grounded.option.value if grounded else said,
        text=grounded.option.text if grounded else said,
        evidence=place,
        reason=reason,
    )
    return local.model_copy(update={"opinions": (*opinions_of(local), opinion)})


def taken(local: Value, by: Larger, grounded: Grounded | None, document: Document, *, reason: str = TAKEN) -> Value:
    """The larger model's answer in place of the local one, which stays as an opinion. Without a place: that there is no value."""
    before = [each.model_copy(update={"accepted": False}) for each in opinions_of(local)]
    if grounded is None:
        confidence = round(1.0 - local.confidence, 4)
        opinion = Opinion(source=by.source, confidence=confidence, accepted=True, reason=reason)
        return Value(confidence=confidence, reason=reason, alternatives=_others(local, ""), opinions=(*before, opinion))
    option, confidence = grounded.option, sure_if_other(local.confidence, grounded.prior, by)
    place = evidence_of(document, option)
    proof, reason = (Proof.CONTRADICTED, WRONG_DIGITS) if grounded.wrong_digits else (_proof(option, confidence), reason)
    opinion = Opinion(
        source=by.source,
        value=option.value,
        text=option.text,
        evidence=place,
        confidence=confidence,
        accepted=True,
        reason=reason,
    )
    return Value(
        value=option.value,
        text=option.text,
        evidence=place,
        confidence=confidence,
        rests_on=by.trust.n_judged,
        proof=proof,
        reason=reason,
        alternatives=_others(local, option.value),
        opinions=(*before, opinion),
    )


def sure_if_same(confidence: float, by: Larger) -> float:
    """That an answer is right which two readers gave."""
    right = confidence * by.trust.right
    return _bounded(right / (right + (1.0 - confidence) * by.mistakes * _SAME_MISTAKE))


def sure_if_other(confidence: float, prior: float, by: Larger) -> float:
    """That the larger model is right and not the local answer, which was sure to `confidence`."""
    prior = min(max(prior, _LEAST_PRIOR), 1.0)
    right = prior * by.trust.right
    against = confidence * _SAME_MISTAKE + max(0.0, 1.0 - confidence - prior) * _OTHER_MISTAKE
    return _bounded(right / (right + by.mistakes * against))


def opinions_of(local: Value) -> tuple[Opinion, ...]:
    """Those known already; the local answer is the first, also before what a picture said and was not taken."""
    if any(opinion.accepted for opinion in local.opinions):
        return local.opinions
    own = Opinion(
        source="local",
        value=local.value,
        text=local.text,
        evidence=local.evidence,
        confidence=local.confidence,
        accepted=True,
        reason=local.reason,
    )
    return (own, *local.opinions)


def _same(local: Value, source: str, said: str | None) -> Opinion:
    return Opinion(source=source, value=local.value, text=said, evidence=local.evidence, accepted=True, reason=SAME)


def _proof(option: Option, confidence: float) -> Proof:
    if confidence < _AMBIGUOUS_BELOW:
        return Proof.AMBIGUOUS
    return Proof.VERIFIED if option.verified else Proof.GROUNDED


def _others(local: Value, value: str) -> tuple[Choice, ...]:
    """What else could be meant: the local answer first."""
    own: tuple[Choice, ...] = ()
    if local.value is not None and local.text is not None and local.evidence is not None:
        own = (Choice(value=local.value, text=local.text, evidence=local.evidence, probability=local.confidence),)
    return tuple(choice for choice in (*own, *local.alternatives) if choice.value != value)[:_MAX_ALTERNATIVES]


def _bounded(probability: float) -> float:
    return round(min(max(probability, _BOUNDS[0]), _BOUNDS[1]), 4)
