"""Tables as an Excel workbook: dates are dates, amounts are numbers, everything else is text and never a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import xlsxwriter

from app.domain.task import FieldType
from app.export.formulas import is_dangerous
from app.export.tables import Cell, Table

_MAX_CELL_CHARS = 32_767
_MAX_DIGITS = 15
"""Excel keeps no more; a longer number stays text."""
_DECIMAL = re.compile(r"-?\d+(?:\.\d+)?")
_NO_SHEET_SIGNS = re.compile(r"[\[\]:*?/\\']")
_MAX_WIDTH = 60


def to_xlsx(tables: Sequence[Table]) -> bytes:
    """One sheet a table, with the header frozen and filters on."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as workbook:
        formats = {
            "header": workbook.add_format({"bold": True, "bottom": 1}),
            "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
            "amount": workbook.add_format({"num_format": "#,##0.00"}),
            "guarded": workbook.add_format({"quote_prefix": True}),
            "text": workbook.add_format({"num_format": "@"}),
        }
        for table in tables:
            _write_sheet(workbook.add_worksheet(_sheet_name(table.name, workbook)), table, formats)
    return out.getvalue()


def _write_sheet(sheet: Any, table: Table, formats: dict[str, Any]) -> None:
    for column, name in enumerate(table.header):
        sheet.write_string(0, column, name, formats["header"])
        width = max([len(name), *(len(line[column].text) for line in table.lines)])
        sheet.set_column(column, column, min(max(width + 2, 8), _MAX_WIDTH))
    for row, line in enumerate(table.lines, start=1):
        for column, cell in enumerate(line):
            _write_cell(sheet, row, column, cell, formats)
    sheet.freeze_panes(1, 0)
    if table.header:
        sheet.autofilter(0, 0, len(table.lines), len(table.header) - 1)


def _write_cell(sheet: Any, row: int, column: int, cell: Cell, formats: dict[str, Any]) -> None:
    if not cell.text:
        return
    if cell.type is FieldType.DATE and (day := _date(cell.text)):
        sheet.write_datetime(row, column, day, formats["date"])
    elif cell.type in {FieldType.AMOUNT, FieldType.NUMBER} and _is_exact(cell.text):
        style = formats["amount"] if cell.type is FieldType.AMOUNT else None
        sheet.write_number(row, column, float(cell.text), style)
    else:
        text = cell.text if len(cell.text) <= _MAX_CELL_CHARS else cell.text[: _MAX_CELL_CHARS - 1] + "…"
        sheet.write_string(row, column, text, formats["guarded" if is_dangerous(text) else "text"])


def _date(text: str) -> date | None:
    """None for what Excel's calendar does not have: it begins in 1900, with a leap day in error that ends in March."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day >= date(1900, 3, 1) else None


def _is_exact(text: str) -> bool:
    return bool(_DECIMAL.fullmatch(text)) and sum(sign.isdigit() for sign in text.lstrip("-0.")) <= _MAX_DIGITS


def _sheet_name(name: str, workbook: Any) -> str:
    """Excel takes 31 characters, some signs not, and no name twice in any case."""
    base = _NO_SHEET_SIGNS.sub(" ", name)[:28].strip() or "table"
    taken = {sheet.get_name().lower() for sheet in workbook.worksheets()}
    number = 1
    unique = base
    while unique.lower() in taken:
        number += 1
        unique = f"{base} {number}"
    return unique
