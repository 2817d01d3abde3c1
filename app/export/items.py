"""What is exported: finished documents with what is known of their fields' types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.domain.job import JobError, JobState
from app.domain.result import Result
from app.domain.task import FieldType, Task
from app.export.contract import to_contract


class ExportFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    JSONL = "jsonl"
    MARKDOWN = "md"


@dataclass(frozen=True)
class ExportItem:
    """One document. `types` tell a spreadsheet which cells are dates and amounts; what they don't name is text."""

    file: str
    sha256: str
    task: str
    status: JobState
    result: Result | None = None
    error: JobError | None = None
    types: Mapping[str, FieldType] = field(default_factory=dict)

    @property
    def answered(self) -> Result | None:
        """The result, unless the document failed and it is only what an earlier run left."""
        return self.result if self.status in {JobState.DONE, JobState.REVIEW} else None

    def contract(self) -> dict[str, Any]:
        return to_contract(self.file, self.sha256, self.task, self.status, self.result, self.error)


def field_types(task: Task) -> dict[str, FieldType]:
    """Types by name: ``total_amount``, ``line_items.amount``. `task` is the one that made `result.answer`."""
    types = {one.name: one.type for one in task.fields}
    return types | {f"{group.name}.{one.name}": one.type for group in task.rows for one in group.fields}
