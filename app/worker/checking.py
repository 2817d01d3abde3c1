"""Checks on what a child hands over, before anyone relies on it: shapes, offsets and sizes. Faults are `ValueError`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from app.domain.document import Box, Document
from app.domain.enquiry import Enquiry
from app.domain.picture import PagePicture
from app.domain.privacy import class_of
from app.domain.result import Evidence, Result, Value
from app.domain.task import Task
from app.settings import ReadLimits
from app.tasks.enquiry.questions import question_of
from app.worker.protocol import Json

_MAX_SIDE_PIXELS = 32_767
_MAX_DEPTH = 8
_MAX_LANGUAGE_CHARS = 8


def check_document(untrusted_json: bytes, limits: ReadLimits) -> Document:
    """The document, if its offsets lie in its text and its coordinates are numbers."""
    document = Document.model_validate_json(untrusted_json)
    _check_document(document, limits, depth=0)
    return document


def check_picture(untrusted_shape: Json, pixels: bytes, limits: ReadLimits) -> PagePicture:
    width, height, stride = (untrusted_shape.get(key) for key in ("width", "height", "stride"))
    if not (isinstance(width, int) and isinstance(height, int) and isinstance(stride, int)):
        raise ValueError("not a shape")  # noqa: TRY004 - one kind of fault for all of an answer
    fits = 0 < width <= _MAX_SIDE_PIXELS and 0 < height <= _MAX_SIDE_PIXELS and width * height <= limits.max_pixels
    if not fits or stride < 3 * width or len(pixels) != stride * height or untrusted_shape.get("format") != "rgb24":
        raise ValueError("pixels do not fit the shape")
    return PagePicture(width, height, stride, pixels)


def check_result(untrusted_json: bytes, document: Document) -> Result:
    """The result, if all its evidence lies in the document."""
    result = Result.model_validate_json(untrusted_json)
    size = len(document.text)
    for evidence in _all_evidence(result):
        if not 0 <= evidence.start <= evidence.end <= size or not _are_numbers(evidence.boxes):
            raise ValueError("evidence outside the document")
    return result


def check_enquiry(untrusted_json: bytes, task: Task, document: Document, targets: Sequence[str]) -> Enquiry:
    """The enquiry, if it holds the document's own lines and the task's own questions, and nothing else that could leave."""
    enquiry = Enquiry.model_validate_json(untrusted_json)
    own = (question_of(task, target) for target in targets)
    if (
        enquiry.questions != tuple(question for question in own if question in enquiry.questions)
        or enquiry.task != task.id
        or enquiry.instructions not in {task.instructions, task.description}
        or enquiry.cutouts
    ):
        raise ValueError("other questions")
    previous = 0
    for excerpt in enquiry.excerpts:
        if not previous <= excerpt.start < excerpt.end <= len(document.text) or not _is_page(excerpt.page, document):
            raise ValueError("an excerpt outside the text")
        if document.text[excerpt.start : excerpt.end] != excerpt.text:
            raise ValueError("an excerpt that is not the document's")
        previous = excerpt.end
    previous = 0
    for span in enquiry.sensitive:
        if not previous <= span.start < span.end or document.text[span.start : span.end] != span.text:
            raise ValueError("a sensitive span that is not the document's")
        previous = span.end
    if len(enquiry.language) > _MAX_LANGUAGE_CHARS or enquiry.privacy is not class_of(*(span.kind for span in enquiry.sensitive)):
        raise ValueError("another class")
    return enquiry


def _is_page(number: int, document: Document) -> bool:
    return any(page.number == number for page in document.pages)


def _check_document(document: Document, limits: ReadLimits, depth: int) -> None:
    size = len(document.text)
    if depth > _MAX_DEPTH or size > limits.max_chars or not document.pages:
        raise ValueError("out of bounds")
    for page in document.pages:
        if not 0 <= page.start <= page.end <= size or not _are_numbers([(page.width, page.height)]):
            raise ValueError("a page outside the text")
    previous = 0
    for word in document.words:
        if not previous <= word.start <= word.end <= size or not _are_numbers([word.box]):
            raise ValueError("a word outside the text")
        previous = word.end
    for child in document.children:
        _check_document(child, limits, depth + 1)


def _all_evidence(result: Result) -> Iterator[Evidence]:
    rows = (value for group in result.rows.values() for row in group for value in row.values())
    lists = (value for values in result.lists.values() for value in values)
    for values in (result.fields.values(), rows, lists):
        for value in values:
            yield from _evidence_of(value)
    if result.label is not None:
        yield from result.label.evidence
    for point in result.points:
        yield from point.evidence
    if result.then is not None:
        yield from _all_evidence(result.then)


def _evidence_of(value: Value) -> Iterator[Evidence]:
    if value.evidence is not None:
        yield value.evidence
    yield from (opinion.evidence for opinion in value.opinions if opinion.evidence is not None)
    yield from (choice.evidence for choice in value.alternatives)


def _are_numbers(boxes: Iterable[Box | tuple[float, ...]]) -> bool:
    return all(math.isfinite(number) for box in boxes for number in box)
