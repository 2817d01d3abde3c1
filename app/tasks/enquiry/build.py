"""The enquiry: what a larger model would be asked, and the few lines of the document that the questions need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from app.documents.language import guess_language
from app.domain.document import Document
from app.domain.enquiry import Enquiry, Excerpt
from app.domain.privacy import class_of
from app.domain.result import Result
from app.domain.targets import LABEL, POINTS
from app.domain.task import Task, TaskKind
from app.tasks.enquiry.places import Place, places_of_field, places_of_label, places_of_points, places_of_rows
from app.tasks.enquiry.questions import field_of, group_of, question_of
from app.tasks.evidence.scene import Scene
from app.tasks.extraction.extract import scene_of
from app.tasks.lines.layout import Layout
from app.tasks.lines.windows import excerpt
from app.tasks.privacy.sensitive import find_sensitive

_NEIGHBOURS: Final = 0
"""Tokens for lines around: on public documents they held no right value that the candidates' own lines did not."""
_MOST_TOKENS: Final = 6000
_TOKEN = re.compile(r"\w{1,6}|[^\w\s]")


def enquire(
    task: Task, document: Document, result: Result, *, targets: Sequence[str], whole_document: bool = False, language: str = ""
) -> Enquiry:
    """`task` is the one that made `result.answer`; `language` is the person's, for worded answers.

    Targets that the task does not have are left out, and those for which no line of the document has anything to say.
    """
    answer, scene = result.answer, scene_of(task, document)
    places = {target: list(_places(task, document, answer, scene, target)) for target in targets}
    questions = [
        question for target in targets if (question := question_of(task, target)) is not None and (whole_document or places[target])
    ]
    spans = (
        [(page.start, page.end) for page in document.pages]
        if whole_document
        else _spans(scene.source.layout, [place for question in questions for place in places[question.target]])
    )
    excerpts = tuple(_excerpts(document, spans))
    sensitive = tuple(
        find_sensitive(document.text, scene.source.typed, task, answer, [(part.start, part.end) for part in excerpts])
    )
    return Enquiry(
        task=task.id,
        kind=TaskKind.CLASSIFY if task.kind is TaskKind.AUTO else task.kind,
        instructions=task.instructions or task.description,
        language=_language(task, document, language),
        questions=tuple(questions) if excerpts else (),
        excerpts=excerpts,
        whole_document=whole_document,
        sensitive=sensitive,
        privacy=class_of(*(span.kind for span in sensitive)),
        complexity=answer.complexity,
        complexity_reasons=answer.complexity_reasons,
    )


def count_tokens(text: str) -> int:
    """About how many tokens a text is for most models."""
    return len(_TOKEN.findall(text))


def _places(task: Task, document: Document, answer: Result, scene: Scene, target: str) -> Iterator[Place]:
    """Where the lines stand that a question needs; nowhere when the document has nothing that could answer it."""
    if (field := field_of(task, target)) is not None:
        yield from places_of_field(field, scene, document)
    elif (group := group_of(task, target)) is not None:
        yield from places_of_rows(group, answer, scene)
    elif target == LABEL:
        yield from places_of_label(answer, scene)
    elif target == POINTS:
        yield from places_of_points(document, task.max_points)


def _spans(layout: Layout, places: Sequence[Place]) -> Sequence[tuple[int, int]]:
    return excerpt(layout, places, count_tokens, budget_tokens=_NEIGHBOURS, most_tokens=_MOST_TOKENS).spans


def _excerpts(document: Document, spans: Iterable[tuple[int, int]]) -> Iterator[Excerpt]:
    """The spans page by page, without blank lines at their ends."""
    for start, end in spans:
        for page in document.pages:
            first, last = max(start, page.start), min(end, page.end)
            text = document.text[first:last]
            if text.strip():
                first += len(text) - len(text.lstrip("\n"))
                last -= len(text) - len(text.rstrip())
                yield Excerpt(page.number, first, last, document.text[first:last])


def _language(task: Task, document: Document, language: str) -> str:
    if task.kind is not TaskKind.SUMMARIZE:
        return ""
    return language if task.language == "person" and language else guess_language(document.text)
