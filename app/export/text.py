"""Tables and contracts as text formats: CSV, Markdown, JSON and JSON Lines."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence

from app.export.formulas import neutralize
from app.export.items import ExportItem
from app.export.tables import Table

_BOM = "\ufeff"
_MARKDOWN_SIGNS = re.compile(r"([\\`*_\[\]<>|&~#])")


def to_csv(table: Table, *, separator: str = ",") -> bytes:
    """UTF-8 with a byte order mark and CRLF, which Excel needs to take it for UTF-8; programs read it as ``utf-8-sig``.

    Excel expects the separator of the system's region, a semicolon where the comma is the decimal sign.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow([neutralize(column) for column in table.header])
    writer.writerows([neutralize(_without_nul(cell.text)) for cell in line] for line in table.lines)
    return (_BOM + out.getvalue()).encode("utf-8", "replace")


def to_markdown(tables: Sequence[Table]) -> bytes:
    """A table of documents; groups follow under headings. Signs of Markdown in values are escaped, so that they stay text."""
    parts = [_markdown_table(table) for table in tables[:1]]
    parts += [f"## {_escape(table.name)}\n\n{_markdown_table(table)}" for table in tables[1:]]
    return "\n".join(parts).encode("utf-8", "replace")


def to_json(items: Sequence[ExportItem]) -> bytes:
    return (json.dumps([item.contract() for item in items], ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def to_jsonl(items: Sequence[ExportItem]) -> bytes:
    """One object a line. Characters that some readers take for line ends are escaped by `json`, as ASCII."""
    return "".join(json.dumps(item.contract()) + "\n" for item in items).encode()


def _markdown_table(table: Table) -> str:
    lines = [[_escape(column) for column in table.header], ["---"] * len(table.header)]
    lines += [[_escape(cell.text) for cell in line] for line in table.lines]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _escape(text: str) -> str:
    return "<br>".join(_MARKDOWN_SIGNS.sub(r"\\\1", line) for line in text.splitlines())


def _without_nul(text: str) -> str:
    """No reader of CSV takes a NUL."""
    return text.replace("\0", "\ufffd")
