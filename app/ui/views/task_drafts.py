"""Tasks while they are being written: names out of titles, copies, and faults in plain words by the control they belong to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import ValidationError

from app.domain.task import FieldType, SummaryStyle, Task, TaskField, TaskKind, TaskLabel
from app.tasks.answers.checks import CheckSyntaxError, parse_check
from app.ui.messages import language, title_of, tr

_TRANSLITERATED = str.maketrans({"ı": "i", "ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "þ": "th", "&": " and "})
_MAX_NAME_CHARS = 60


def name_from_title(title: str, taken: Collection[str] = (), fallback: str = "field") -> str:
    """``Invoice number`` as ``invoice_number``, made different from the names taken."""
    plain = unicodedata.normalize("NFKD", title.casefold().translate(_TRANSLITERATED))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_MAX_NAME_CHARS].strip("_")
    if not name:
        name = fallback
    elif not name[0].isalpha():
        name = f"{fallback}_{name}"
    if name not in taken:
        return name
    return next(f"{name}_{number}" for number in range(2, 10_000) if f"{name}_{number}" not in taken)


def with_title(titles: Mapping[str, str], title: str) -> dict[str, str]:
    """The titles with the one in the person's language set; an empty one is taken out."""
    changed = {**titles, language(): title.strip()}
    return {code: text for code, text in changed.items() if text}


def new_task(kind: TaskKind, taken: Collection[str]) -> Task:
    """A task to begin with. It is complete, so that it can be tried at once."""
    titles = {
        TaskKind.EXTRACT: tr("My fields"),
        TaskKind.CLASSIFY: tr("My classes"),
        TaskKind.SUMMARIZE: tr("My summary"),
        TaskKind.AUTO: tr("My task"),
    }
    title = titles[kind]
    first = (TaskField(name="title", title=with_title({}, tr("Title"))),) if kind is TaskKind.EXTRACT else ()
    labels = (
        (
            TaskLabel(name="important", title=with_title({}, tr("Important"))),
            TaskLabel(name="other", title=with_title({}, tr("Other"))),
        )
        if kind is TaskKind.CLASSIFY
        else ()
    )
    return Task(
        id=name_from_title(title, taken, "task"),
        kind=kind,
        title=with_title({}, title),
        fields=first,
        labels=labels,
        other_label="other" if labels else "",
    )


def copy_of(task: Task, taken: Collection[str]) -> Task:
    """The person's own copy of a task, under a new name."""
    title = tr("{title} (mine)", title=title_of(task.title, task.id))
    return task.model_copy(update={"id": name_from_title(title, taken, "task"), "version": 1, "title": with_title({}, title)})


def type_title(type_: FieldType) -> str:
    titles = {
        FieldType.TEXT: tr("Text"),
        FieldType.NAME: tr("Name of a person or company"),
        FieldType.ADDRESS: tr("Address"),
        FieldType.DATE: tr("Date"),
        FieldType.TIME: tr("Time"),
        FieldType.AMOUNT: tr("Amount of money"),
        FieldType.NUMBER: tr("Number"),
        FieldType.CURRENCY: tr("Currency"),
        FieldType.IDENTIFIER: tr("Number or code, such as an invoice number"),
        FieldType.TAX_ID: tr("Tax number"),
        FieldType.IBAN: tr("Bank account (IBAN)"),
        FieldType.EMAIL: tr("E-mail address"),
        FieldType.PHONE: tr("Telephone number"),
        FieldType.DURATION: tr("Length of time"),
        FieldType.CHOICE: tr("One of several choices"),
    }
    return titles[type_]


def kind_title(kind: TaskKind) -> str:
    return {
        TaskKind.EXTRACT: tr("Find values"),
        TaskKind.CLASSIFY: tr("Sort into classes"),
        TaskKind.SUMMARIZE: tr("Sum up"),
        TaskKind.AUTO: tr("Find out the kind of document first"),
    }[kind]


def style_title(style: SummaryStyle) -> str:
    return {
        SummaryStyle.BULLETS: tr("Short points"),
        SummaryStyle.ABSTRACT: tr("A short text"),
        SummaryStyle.ACTION_ITEMS: tr("What has to be done"),
        SummaryStyle.FAQ: tr("Questions and answers"),
    }[style]


def checked_task(draft: Mapping[str, Any]) -> tuple[Task | None, dict[str, str]]:
    """The task a draft makes, or None, and what is wrong by place (``title``, ``fields.0.title``, ``checks.1``), in plain words."""
    faults = _own_faults(draft)
    try:
        task = Task.model_validate(dict(draft))
    except ValidationError as error:
        for entry in error.errors():
            place, sentence = _plain_fault(entry["loc"], str(entry["msg"]), str(entry["type"]))
            faults.setdefault(place, sentence)
        return None, faults
    for index, check in enumerate(task.checks):
        sentence = _check_fault(check.expression, task)
        if sentence:
            faults.setdefault(f"checks.{index}", sentence)
    return (None if faults else task), faults


def _own_faults(draft: Mapping[str, Any]) -> dict[str, str]:
    faults: dict[str, str] = {}
    if not any(str(title).strip() for title in draft.get("title", {}).values()):
        faults["title"] = tr("Give the task a name.")
    for index, spec in enumerate(draft.get("fields", ())):
        if spec.get("type") == FieldType.CHOICE.value and not spec.get("choices"):
            faults[f"fields.{index}"] = tr("List the choices, one a line.")
    return faults


def _plain_fault(place: tuple[int | str, ...], message: str, kind: str) -> tuple[str, str]:
    """Where a fault is to be shown, and its sentence."""
    path = ".".join(str(part) for part in place[:2])
    if not place:
        known = {
            "at least one field": ("fields", tr("Add at least one field.")),
            "at least two labels": ("labels", tr("Add at least two classes.")),
            "is used twice": ("fields", tr("Two fields have the same name.")),
            "is listed twice": ("labels", tr("Two classes have the same name.")),
        }
        return next((fault for words, fault in known.items() if words in message), ("title", message.removeprefix("Value error, ")))
    if place[0] == "rows" and "fields" in place and kind == "too_short":
        return path, tr("Add at least one column.")
    if place[-1] == "name":
        return path, tr("Give it a name that has a letter in it.")
    return path, message[:1].upper() + message[1:] + "."


def _check_fault(expression: str, task: Task) -> str:
    if not expression.strip():
        return tr("Write what must hold, such as net_amount + tax_amount == total_amount.")
    try:
        names = parse_check(expression).names
    except CheckSyntaxError as error:
        return tr("This can't be checked: {detail}.", detail=error)
    known = {spec.name for spec in task.fields} | {f"{group.name}.{spec.name}" for group in task.rows for spec in group.fields}
    unknown = sorted(names - known)
    if unknown:
        return tr("There is no field called {name}. Fields: {known}.", name=unknown[0], known=", ".join(sorted(known)))
    return ""
