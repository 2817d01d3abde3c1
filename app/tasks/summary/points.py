"""A point of a summary from a sentence: its wording, its places, and the check that it states nothing of its own."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.document import Document
from app.domain.result import Point, Proof
from app.tasks.answers.grounding import evidence_at
from app.tasks.text.condense import shortened
from app.tasks.text.facts import unsupported
from app.tasks.text.sentences import Sentence

VERBATIM = "The sentence as it stands in the document. Its weight is a rank among the sentences, not a probability."
SHORTENED = "A sentence of the document with some words left out. Its weight is a rank among the sentences, not a probability."
"""On 153 documents the weight told points that a written summary has from others no better than chance (AUROC 0.52)."""


@dataclass(frozen=True)
class Source:
    document: Document
    language: str
    keeps_speaker: bool = True


def point_of(source: Source, sentence: Sentence, *, confidence: float, question: str = "") -> Point:
    """A shorter wording when its numbers, dates and names all stand in the sentence, else the sentence itself."""
    wording = shortened(sentence.text, is_spoken=bool(sentence.speaker), language=source.language)
    if not wording or unsupported(wording, sentence.text):
        wording = sentence.text
    reason = VERBATIM if wording == sentence.text else SHORTENED
    spans = sentence.spans
    if sentence.speaker and sentence.speaker_span and source.keeps_speaker:
        wording = f"{sentence.speaker}: {wording}"
        spans = (sentence.speaker_span, *spans)
    return Point(
        text=wording,
        evidence=tuple(evidence_at(source.document, *span) for span in spans),
        question=question,
        confidence=round(confidence, 3),
        proof=Proof.GROUNDED,
        reason=reason,
    )
