"""Results written to files that other programs read. All formats are made in memory and written whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.export.atomic import write_atomically
from app.export.items import ExportFormat, ExportItem, field_types
from app.export.tables import build_tables
from app.export.text import to_csv, to_json, to_jsonl, to_markdown
from app.export.workbook import to_xlsx

__all__ = ["ExportFormat", "ExportItem", "export", "field_types", "render"]


def render(items: Sequence[ExportItem], format: ExportFormat | str, *, details: bool = False, separator: str = ",") -> bytes:
    """One file's bytes; for CSV the table of documents alone."""
    match ExportFormat(format):
        case ExportFormat.JSON:
            return to_json(items)
        case ExportFormat.JSONL:
            return to_jsonl(items)
        case ExportFormat.CSV:
            return to_csv(build_tables(items, details=details)[0], separator=separator)
        case ExportFormat.MARKDOWN:
            return to_markdown(build_tables(items, details=details))
        case ExportFormat.XLSX:
            return to_xlsx(build_tables(items, details=details))


def export(
    items: Sequence[ExportItem], path: Path, format: ExportFormat | str, *, details: bool = False, separator: str = ","
) -> list[Path]:
    """Write a file and return what was written. Raises `ExportError`.

    `details` adds confidence and proof of each value to tables. CSV holds one table a file, so repeated groups go to files of
    their own beside it: ``bills.csv``, ``bills.line_items.csv``.
    """
    format = ExportFormat(format)
    write_atomically(path, render(items, format, details=details, separator=separator))
    written = [path]
    if format is ExportFormat.CSV:
        for table in build_tables(items, details=details)[1:]:
            beside = path.with_name(f"{path.stem}.{table.name}{path.suffix}")
            write_atomically(beside, to_csv(table, separator=separator))
            written.append(beside)
    return written
