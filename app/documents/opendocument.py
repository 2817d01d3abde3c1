"""OpenDocument texts, sheets and presentations."""

from __future__ import annotations

from app.documents.assembly import Draft, DraftPage
from app.documents.cleaning import TAB, clean_text, squeeze_columns
from app.documents.package import Element, Package, attribute, child, children, local, whole_number
from app.documents.request import ReadRequest
from app.documents.tables import Cell, lay_out

_MAX_REPEAT = 200
_MAX_ROWS = 50_000
_SKIPPED = frozenset(["tracked-changes", "annotation", "forms", "sequence-decls", "notes-configuration", "shapes", "settings"])
_INLINE = frozenset(["p", "h"])


def read_opendocument(request: ReadRequest, format_name: str) -> Draft:
    """Read content.xml; slides and sheets become pages."""
    package = Package(request.data, request.name)
    body = child(package.xml("content.xml"), "body")
    parts = _parts(next(iter(body), None) if body is not None else None)
    if not parts:
        raise package.damaged("it has no body.")
    pages = [DraftPage(number, squeeze_columns(clean_text("\n".join(part)))) for number, part in enumerate(parts, start=1)]
    return Draft(format_name, pages[: request.limits.max_pages], _metadata(package))


def _parts(content: Element | None) -> list[list[str]]:
    if content is None:
        return []
    if local(content) == "spreadsheet":
        return [_table(table) for table in children(content, "table")]
    if local(content) == "presentation":
        return [_blocks(page) for page in children(content, "page")]
    return [_blocks(content)]


def _metadata(package: Package) -> dict[str, str]:
    root = package.optional("meta.xml")
    names = {"title": "title", "initial-creator": "author", "creation-date": "created", "date": "modified"}
    found = ((names.get(local(entry), ""), (entry.text or "").strip()) for entry in (root.iter() if root is not None else ()))
    return {key: value for key, value in found if key and value}


def _blocks(parent: Element) -> list[str]:
    lines: list[str] = []
    for element in parent:
        name = local(element)
        if name in _INLINE:
            boxes: list[Element] = []
            lines.extend(_inline(element, boxes).split("\n"))
            for box in boxes:
                lines.extend(_blocks(box))
        elif name == "table":
            lines.extend(["", *_table(element), ""])
        elif name == "list-item":
            item = _blocks(element)
            lines.extend([f"- {item[0]}", *(f"  {line}" for line in item[1:])] if item else [])
        elif name not in _SKIPPED:
            lines.extend(_blocks(element))
    return lines


def _inline(element: Element, boxes: list[Element]) -> str:
    parts = [element.text or ""]
    for inner in element:
        name = local(inner)
        if name == "s":
            parts.append(" " * min(_MAX_REPEAT, whole_number(attribute(inner, "c"), 1)))
        elif name == "tab":
            parts.append(TAB)
        elif name == "line-break":
            parts.append("\n")
        elif name in {"text-box", "note-body"}:
            boxes.append(inner)
        elif name not in _SKIPPED:
            parts.append(_inline(inner, boxes))
        parts.append(inner.tail or "")
    return "".join(parts)


def _table(table: Element) -> list[str]:
    rows: list[list[Cell]] = []
    for row in _below(table, "table-row"):
        cells: list[Cell] = []
        for cell in _below(row, "table-cell", "covered-table-cell"):
            lines = tuple(line for line in _blocks(cell) if line.strip())
            repeat = whole_number(attribute(cell, "number-columns-repeated"), 1)
            cells.extend([Cell(lines)] * max(1, min(_MAX_REPEAT, repeat)))
        if len(rows) < _MAX_ROWS:
            rows.append(cells)
    return [line for line in lay_out(rows) if line.strip()]


def _below(element: Element, *names: str) -> list[Element]:
    """Rows or cells, also within header groups, but not those of tables inside cells."""
    found: list[Element] = []
    for inner in element:
        if local(inner) in names:
            found.append(inner)
        elif local(inner).startswith(("table-header", "table-row", "table-column")):
            found.extend(_below(inner, *names))
    return found
