"""Where values stand in a document, ready to be drawn: one mark for each value, with its tone. Pure; no widgets."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from app.domain.document import Document
from app.domain.result import Evidence, Point, Proof, Result
from app.domain.targets import LABEL
from app.ui.messages import title_of
from app.ui.views.entries import Entry
from app.ui.views.proof import look_of_label, look_of_point, look_of_value
from app.ui.widgets.pill import Tone

_TELLING_CHARS = 7
"""Shorter labels, such as "to" or "date", stand beside anything."""
_SEARCHED_CHARS = 20_000
_WORDS_BEFORE = 4
_CHARS_BEFORE = 200


@dataclass(frozen=True)
class PlaceMark:
    """A value's place. A `dashed` mark shows where a value was expected and not found."""

    target: str
    title: str
    tone: Tone
    evidence: Evidence
    dashed: bool = False
    is_passage: bool = False
    """A sentence that an answer rests on: washed, and outlined only while its answer is the current one."""
    is_aside: bool = False
    """Shown only while its answer is the current one."""


def passages_of(result: Result, document: Document, open_targets: Collection[str]) -> list[PlaceMark]:
    """The sentences that the points of a summary, and the class, rest on."""
    answer = result.answer
    marks = [
        PlaceMark(
            f"points[{index}]", point.text, _point_tone(index, point, open_targets), with_boxes(evidence, document), is_passage=True
        )
        for index, point in enumerate(answer.points)
        for evidence in point.evidence
    ]
    label = result.label or answer.label
    if label is not None:
        tone = look_of_label(label, to_check=LABEL in open_targets).tone
        is_aside = result.then is not None and LABEL not in open_targets
        marks += [
            PlaceMark(LABEL, title_of({}, label.value), tone, with_boxes(evidence, document), is_passage=True, is_aside=is_aside)
            for evidence in label.evidence
        ]
    return marks


def _point_tone(index: int, point: Point, open_targets: Collection[str]) -> Tone:
    return look_of_point(point, to_check=f"points[{index}]" in open_targets).tone


def marks_of(entries: Iterable[Entry], document: Document) -> list[PlaceMark]:
    marks: list[PlaceMark] = []
    searched = _lowered(document.text[:_SEARCHED_CHARS])
    for entry in entries:
        value = entry.value
        if value.evidence is not None and value.value is not None:
            tone = look_of_value(value, to_check=entry.to_check).tone
            marks.append(PlaceMark(entry.target, entry.title, tone, with_boxes(value.evidence, document)))
        elif value.proof is Proof.NOT_FOUND and "[" not in entry.target and not value.corrected and not entry.pending:
            expected = _expected_place(entry, document, searched)
            if expected is not None:
                marks.append(PlaceMark(entry.target, entry.title, "warn", expected, dashed=True))
    return marks


def with_boxes(evidence: Evidence, document: Document) -> Evidence:
    """The evidence with its boxes, looked up where the result did not carry them."""
    if evidence.boxes or not document.words:
        return evidence
    boxes = document.boxes_of(evidence.start, evidence.end)
    return Evidence(page=evidence.page, start=evidence.start, end=evidence.end, boxes=boxes)


def _expected_place(entry: Entry, document: Document, searched: str) -> Evidence | None:
    """The most telling printed label of a field, which is where its value would have stood."""
    for label in sorted(entry.labels, key=len, reverse=True):
        if len(label) < _TELLING_CHARS:
            return None
        start = _find_words(searched, label.lower())
        if start >= 0:
            return place_of(document, start, start + len(label))
    return None


def _find_words(text: str, words: str) -> int:
    """Where `words` stand in `text` as whole words, or -1."""
    start = text.find(words)
    while start >= 0:
        end = start + len(words)
        if not (text[max(0, start - 1) : start].isalnum() or text[end : end + 1].isalnum()):
            return start
        start = text.find(words, start + 1)
    return -1


def _lowered(text: str) -> str:
    """Small letters, every offset unchanged: some capitals, such as the Turkish dotted I, become two characters."""
    lowered = text.lower()
    return (
        lowered if len(lowered) == len(text) else "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
    )


def words_before(document: Document, evidence: Evidence) -> str:
    """The last words before a place on its line, which tell what it is: "Total incl. VAT"."""
    line_start = max(document.text.rfind("\n", 0, evidence.start) + 1, evidence.start - _CHARS_BEFORE)
    pieces = re.split(r"\s{3,}|\t", document.text[line_start : evidence.start].strip())
    return " ".join(pieces[-1].split()[-_WORDS_BEFORE:])


def place_of(document: Document, start: int, end: int) -> Evidence:
    return Evidence(page=document.page_of(start).number, start=start, end=end, boxes=document.boxes_of(start, end))
