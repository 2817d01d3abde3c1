"""The header block on top of a message: the lines that its file itself gives, above anything that is quoted below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.documents.email import SHOWN_HEADERS
from app.domain.document import Document
from app.domain.task import Task
from app.tasks.text.columns import Span
from app.tasks.text.folding import fold

MAIL_FORMATS: Final = frozenset({"eml", "msg"})
HEADER_NAMES: Final = frozenset(name.lower() for name in SHOWN_HEADERS)

Header = Mapping[str, Span]
"""Where the value of each header stands, by its name in small letters."""

_ASKED_OF_MAILS: Final = ("from", "subject")


def header_of(task: Task, document: Document) -> Header:
    """The header of a message, for a task that asks who wrote it and about what; else nothing."""
    asked = {fold(label) for field in task.fields for label in field.labels}
    if document.format not in MAIL_FORMATS or not asked.issuperset(_ASKED_OF_MAILS):
        return {}
    found: dict[str, Span] = {}
    start = 0
    for line in document.text.partition("\n\n")[0].split("\n"):
        name, colon, value = line.partition(":")
        if colon and name.lower() in HEADER_NAMES:
            found.setdefault(name.lower(), (start + len(line) - len(value.lstrip()), start + len(line.rstrip())))
        start += len(line) + 1
    return found if "from" in found else {}
