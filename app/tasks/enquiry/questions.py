"""The questions of an enquiry, in the words of the task."""

from __future__ import annotations

from typing import Final

from app.domain.enquiry import LabelOption, Question
from app.domain.targets import LABEL, POINTS
from app.domain.task import FieldType, SummaryStyle, Task, TaskField, TaskKind, TaskRows

_STYLES: Final = {
    SummaryStyle.BULLETS: "the points that matter most, one sentence each",
    SummaryStyle.ABSTRACT: "a short summary, as sentences that follow one another",
    SummaryStyle.ACTION_ITEMS: "what somebody is asked or has promised to do, one sentence each",
    SummaryStyle.FAQ: "questions that a reader would ask, each with its answer in one sentence",
}
_SHOWN_SPELLINGS: Final = 4
_QUESTION: Final = Question(target="question", title="Question")
_ANSWER: Final = Question(target="text", title="Answer")


def question_of(task: Task, target: str) -> Question | None:
    """None where the task has no such target."""
    if (field := field_of(task, target)) is not None:
        return _about_field(field)
    if (group := group_of(task, target)) is not None:
        return _about_rows(group)
    if target == LABEL and task.kind in {TaskKind.CLASSIFY, TaskKind.AUTO}:
        labels = tuple(LabelOption(label.name, label.description or label.title.get("en", "")) for label in task.labels)
        return Question(target=LABEL, title="Class", type=LABEL, description="the class of the document", labels=labels)
    if target == POINTS and task.kind is TaskKind.SUMMARIZE:
        cells = (_QUESTION, _ANSWER) if task.style is SummaryStyle.FAQ else ()
        return Question(
            target=POINTS,
            title="Points",
            type=POINTS,
            description=_STYLES[task.style],
            many=True,
            max_count=task.max_points,
            cells=cells,
        )
    return None


def field_of(task: Task, name: str) -> TaskField | None:
    return next((field for field in task.fields if field.name == name), None)


def group_of(task: Task, name: str) -> TaskRows | None:
    return next((group for group in task.rows if group.name == name), None)


def _about_field(field: TaskField) -> Question:
    choices = (
        tuple(LabelOption(choice, ", ".join(words[:_SHOWN_SPELLINGS])) for choice, words in field.choices.items())
        if field.type is FieldType.CHOICE
        else ()
    )
    return Question(
        target=field.name,
        title=_title(field.title, field.name),
        type=field.type.value,
        description=field.description,
        many=field.many,
        labels=choices,
    )


def _about_rows(group: TaskRows) -> Question:
    return Question(
        target=group.name,
        title=_title(group.title, group.name),
        type="rows",
        description=group.description,
        many=True,
        cells=tuple(_about_field(field) for field in group.fields),
    )


def _title(titles: dict[str, str], name: str) -> str:
    return titles.get("en") or name.replace("_", " ").capitalize()
