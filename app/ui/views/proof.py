"""How a proof, a confidence and a person's word look and read: a word, a tone and an icon, never a colour or a percentage alone."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.result import LabelAnswer, Point, Proof, Value
from app.domain.review import CONFIRMED, CORRECTED
from app.ui.formats import shown_number
from app.ui.messages import tr, tr_n
from app.ui.widgets.pill import Mark, Tone

DEFAULT_REVIEW_BELOW = 0.75


@dataclass(frozen=True)
class ProofLook:
    word: str
    tone: Tone
    mark: Mark


def look_of(proof: Proof, *, to_check: bool = False) -> ProofLook:
    """The badge of an answer. One that is proven or grounded but not sure enough is one to check."""
    match proof:
        case Proof.CONTRADICTED:
            return ProofLook(tr("contradicted"), "bad", "cross")
        case Proof.NOT_FOUND:
            return ProofLook(tr("not found"), "warn" if to_check else "quiet", "dash")
        case Proof.AMBIGUOUS:
            return ProofLook(tr("to check"), "warn", "question")
        case _ if to_check:
            return ProofLook(tr("to check"), "warn", "question")
        case Proof.VERIFIED:
            return ProofLook(tr("proven"), "good", "double_tick")
        case _:
            return ProofLook(tr("grounded"), "good", "tick")


def meaning_of(look: ProofLook) -> str:
    """What a badge says, in a sentence, for an answer that gives no reason of its own."""
    meanings: dict[Mark, str] = {
        "double_tick": tr("It stands in the document, and a check confirms it."),
        "tick": tr("It stands in the document."),
        "question": tr("It stands in the document, but it is not sure enough."),
        "cross": tr("A check says that this can't be right."),
        "dash": tr("Nothing of this kind stands in the document."),
        "pencil": tr("Corrected by you."),
    }
    return meanings.get(look.mark, "")


def basis_of(value: Value) -> str:
    """What the confidence in a value rests on; empty where a person or nobody answered."""
    if value.corrected or not value.confidence:
        return ""
    if value.rests_on:
        measured = tr_n("Confidence measured on {n} answer.", "Confidence measured on {n} answers.", value.rests_on)
        basis = measured.replace(str(value.rests_on), shown_number(value.rests_on))
    else:
        basis = tr("Confidence judged, not measured.")
    return f"{basis} {tr('Your own reviews have changed it.')}" if value.uncalibrated is not None else basis


def look_of_value(value: Value, *, to_check: bool) -> ProofLook:
    return _persons_look(value.reason) if value.corrected else look_of(value.proof, to_check=to_check)


def look_of_label(answer: LabelAnswer, *, to_check: bool) -> ProofLook:
    if answer.method == "person":
        return _persons_look(answer.reason)
    return look_of(answer.proof, to_check=to_check)


def look_of_point(point: Point, *, to_check: bool) -> ProofLook:
    return _persons_look(point.reason) if point.reason in {CONFIRMED, CORRECTED} else look_of(point.proof, to_check=to_check)


def _persons_look(reason: str) -> ProofLook:
    if reason == CONFIRMED:
        return ProofLook(tr("accepted"), "good", "tick")
    return ProofLook(tr("yours"), "good", "pencil")


def confidence_level(confidence: float) -> int:
    """0 to 3: how many of the meter's dots are filled."""
    return sum(confidence >= bound for bound in (0.5, 0.75, 0.9))


def confidence_word(confidence: float) -> str:
    return (tr("not sure"), tr("less sure"), tr("fairly sure"), tr("sure"))[confidence_level(confidence)]
