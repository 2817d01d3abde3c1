"""Repeated rows: the lines of a table, each value with its place."""

from __future__ import annotations

from app.domain.document import Document
from app.domain.result import Value
from app.domain.task import TaskRows
from app.tasks.features import Scene


def read_rows(group: TaskRows, scene: Scene, document: Document) -> tuple[dict[str, Value], ...]:
    """The rows of a group found in the document, top to bottom."""
    del group, scene, document
    return ()
