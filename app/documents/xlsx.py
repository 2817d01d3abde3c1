"""Workbooks (.xlsx): each visible sheet as a page of aligned rows, values shown as their number formats say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.documents.assembly import Draft, DraftPage
from app.documents.cleaning import clean_inline, clean_text, squeeze_columns
from app.documents.numberformat import NumberFormats
from app.documents.package import RELATION, Element, Package, attribute, child, children, descendants, whole_number
from app.documents.request import ReadRequest
from app.documents.tables import lay_out_texts

_MAX_ROWS = 50_000
_MAX_COLUMNS = 300
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def read_xlsx(request: ReadRequest) -> Draft:
    """Read the sheets in their order; hidden sheets are named in a notice and left out."""
    package = Package(request.data, request.name)
    draft = Draft("xlsx", [], package.metadata())
    workbook = next((name for name in ("xl/workbook.xml", "xl/workbook2.xml") if package.has(name)), "xl/workbook.xml")
    root = package.xml(workbook)
    relations = package.relations(workbook)
    shared = _shared_strings(package)
    properties = child(root, "workbookPr")
    formats = NumberFormats(
        package.optional("xl/styles.xml"), properties is not None and attribute(properties, "date1904") in {"1", "true"}
    )
    sheets = list(descendants(root, "sheet"))
    for sheet in sheets[: request.limits.max_pages]:
        name = clean_inline(sheet.get("name", ""))
        part = relations.get(sheet.get(f"{RELATION}id", "") or attribute(sheet, "id"), "")
        if sheet.get("state") in {"hidden", "veryHidden"}:
            draft.notices.append(f"The hidden sheet “{name}” was left out.")
            continue
        table = package.optional(part) if "worksheet" in part.lower() or "sheet" in part.lower() else None
        if table is None:
            draft.notices.append(f"The sheet “{name}” could not be read.")
            continue
        rows = list(_rows(table, shared, formats))
        if len(rows) >= _MAX_ROWS:
            draft.notices.append(f"Only the first {_MAX_ROWS} rows of the sheet “{name}” were read.")
        text = squeeze_columns(clean_text(lay_out_texts(rows)))
        shown = f"{name}\n\n{text}" if len(sheets) > 1 and text else text
        draft.pages.append(DraftPage(len(draft.pages) + 1, shown))
    return draft


def _shared_strings(package: Package) -> list[str]:
    root = package.optional("xl/sharedStrings.xml")
    return [_rich_text(item) for item in children(root, "si")] if root is not None else []


def _rich_text(item: Element) -> str:
    """Text of an entry without its phonetic guide."""
    parts = [item] if child(item, "t") is not None else children(item, "r")
    return "".join(text.text or "" for part in parts for text in children(part, "t"))


def _rows(table: Element, shared: list[str], formats: NumberFormats) -> Iterator[list[str]]:
    """Rows up to the last one with content; an empty row stands for any number of them."""
    expected = 1
    count = 0
    for row in descendants(table, "row"):
        cells: dict[int, str] = {}
        column = -1
        for cell in children(row, "c"):
            match = _REFERENCE.match(cell.get("r", ""))
            column = _column(match.group(1)) if match else column + 1
            text = _cell_text(cell, shared, formats) if column < _MAX_COLUMNS else ""
            if text.strip():
                cells[column] = text
        number = whole_number(row.get("r", ""), expected)
        if cells:
            if number > expected and count:
                yield []
            yield [cells.get(column, "") for column in range(max(cells) + 1)]
            expected = number + 1
            count += 1
        if count >= _MAX_ROWS:
            return


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _cell_text(cell: Element, shared: list[str], formats: NumberFormats) -> str:
    kind = cell.get("t", "n")
    value = child(cell, "v")
    raw = (value.text or "") if value is not None else ""
    if kind == "s":
        index = whole_number(raw, -1)
        return shared[index] if 0 <= index < len(shared) else ""
    if kind == "inlineStr":
        inline = child(cell, "is")
        return _rich_text(inline) if inline is not None else ""
    if kind == "b":
        return {"1": "TRUE", "0": "FALSE"}.get(raw, raw)
    if kind == "n" and raw:
        return formats.show(raw, whole_number(cell.get("s", ""), 0))
    return raw
