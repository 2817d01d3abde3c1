"""What a person said of an earlier answer, carried over to one that was made anew: their word is never overwritten."""

from __future__ import annotations

from app.domain.document import Document
from app.domain.result import Result, Value
from app.domain.review import is_confirmed, person_value
from app.domain.targets import POINTS, edit_answer


def carry_group(said: Result, result: Result, name: str, document: Document) -> Result:
    """`result` with one list, table or summary as it was: its parts stand elsewhere in a new answer, so all of them stay."""
    old = said.answer
    if old.task != result.answer.task:
        return result
    if name == POINTS:
        return edit_answer(result, lambda answer: answer.model_copy(update={"points": old.points}))
    if name in old.lists:
        values = tuple(_placed(value, document) for value in old.lists[name])
        return edit_answer(result, lambda answer: answer.model_copy(update={"lists": answer.lists | {name: values}}))
    if name in old.rows:
        rows = tuple({cell: _placed(value, document) for cell, value in row.items()} for row in old.rows[name])
        return edit_answer(result, lambda answer: answer.model_copy(update={"rows": answer.rows | {name: rows}}))
    return result


def carry_all(said: Result, result: Result, document: Document) -> Result:
    """`result` with everything that a person had confirmed or corrected in `said`."""
    old = said.answer
    if old.task != result.answer.task:
        return result
    fields = {name: _placed(value, document) for name, value in old.fields.items() if value.corrected}
    result = edit_answer(result, lambda answer: answer.model_copy(update={"fields": answer.fields | fields}))
    names = [name for name, values in old.lists.items() if any(value.corrected for value in values)]
    names += [name for name, rows in old.rows.items() if any(value.corrected for row in rows for value in row.values())]
    if any(map(is_confirmed, old.points)):
        names.append(POINTS)
    for name in names:
        result = carry_group(said, result, name, document)
    if said.label is not None and said.label.method == "person":
        result = result.model_copy(update={"label": said.label})
    if old.label is not None and old.label.method == "person" and said.then is not None:
        result = edit_answer(result, lambda answer: answer.model_copy(update={"label": old.label}))
    return result


def _placed(value: Value, document: Document) -> Value:
    """A document that is read by another version of the reader may have its words elsewhere."""
    place = value.evidence
    if place is None or document.text[place.start : place.end] == value.text:
        return value
    found = person_value(document, value.value or "", value.text, None, near=value)
    return value.model_copy(update={"evidence": found.evidence})
