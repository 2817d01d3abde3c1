"""Word documents (.docx): paragraphs, numbered lists, tables, text boxes, headers, footers and notes; deletions are left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from app.documents.assembly import Draft
from app.documents.charts import charts_below
from app.documents.cleaning import TAB, clean_text, squeeze_columns
from app.documents.package import RELATION, Element, Package, attribute, child, children, descendants, local, whole_number
from app.documents.request import ReadRequest
from app.documents.tables import Cell, lay_out

_SKIPPED = frozenset(
    ["del", "moveFrom", "pPr", "rPr", "instrText", "delText", "Fallback", "sectPr", "tblPr", "tblGrid", "trPr", "tcPr"]
)
_MAX_SPAN = 200
_BULLET = "bullet"
_HEADINGS = ("heading", "title")


def read_docx(request: ReadRequest) -> Draft:
    """Read the main text with the page headers above and footers, notes and comments below."""
    package = Package(request.data, request.name)
    main = _main_part(package)
    body = child(package.xml(main), "body")
    if body is None:
        raise package.damaged("it has no body.")
    relations = package.relations(main)
    numbering = _Numbering(package.optional(next((part for part in relations.values() if "numbering" in part), "")))
    writer = _Writer(numbering, lambda paragraph: charts_below(package, relations, paragraph))
    heads, feet = _edges(package, body, relations)
    lines: list[str] = []
    for head in heads:
        lines.extend([*writer.blocks(head), ""])
    lines.extend(writer.blocks(body))
    notes = [package.optional(part) for part in relations.values() if "footnotes" in part or "endnotes" in part]
    for part in [*feet, *notes]:
        if part is not None:
            lines.extend(["", *writer.blocks(part)])
    return Draft.of_text("docx", squeeze_columns(clean_text("\n".join(lines))), package.metadata())


def _main_part(package: Package) -> str:
    for part in package.relations("").values():
        if part.endswith(".xml") and "document" in part.rpartition("/")[2]:
            return part
    return "word/document.xml"


def _edges(package: Package, body: Element, relations: dict[str, str]) -> tuple[list[Element], list[Element]]:
    """The page headers and footers in use, each once."""
    seen: dict[str, tuple[str, Element]] = {}
    for reference in descendants(body, "headerReference", "footerReference"):
        part = relations.get(reference.get(f"{RELATION}id", ""), "")
        root = package.optional(part) if part and part not in seen else None
        if root is not None:
            seen[part] = (local(reference), root)
    texts: set[str] = set()
    heads: list[Element] = []
    feet: list[Element] = []
    for kind, root in seen.values():
        text = "".join(root.itertext()).strip()
        if text and text not in texts:
            texts.add(text)
            (heads if kind == "headerReference" else feet).append(root)
    return heads, feet


class _Numbering:
    """Counts list items, since their numbers are not in the text."""

    def __init__(self, root: Element | None) -> None:
        self._formats: dict[tuple[str, str], tuple[str, str, int]] = {}
        self._counts: dict[tuple[str, str], int] = defaultdict(int)
        abstract: dict[str, Element] = {}
        for element in root if root is not None else ():
            if local(element) == "abstractNum":
                abstract[attribute(element, "abstractNumId")] = element
            elif local(element) == "num":
                reference = child(element, "abstractNumId")
                self._learn(attribute(element, "numId"), abstract.get(attribute(reference, "val") if reference is not None else ""))

    def _learn(self, number_id: str, levels: Element | None) -> None:
        for level in children(levels, "lvl") if levels is not None else ():
            kind, text, start = child(level, "numFmt"), child(level, "lvlText"), child(level, "start")
            self._formats[number_id, attribute(level, "ilvl")] = (
                attribute(kind, "val") if kind is not None else _BULLET,
                attribute(text, "val") if text is not None else "",
                whole_number(attribute(start, "val"), 1) if start is not None else 1,
            )

    def mark(self, paragraph: Element) -> str:
        """What stands before a paragraph of a list."""
        properties = child(paragraph, "pPr", "numPr")
        if properties is None:
            return ""
        number_id, level = (child(properties, name) for name in ("numId", "ilvl"))
        key = (attribute(number_id, "val") if number_id is not None else "", attribute(level, "val") if level is not None else "0")
        if key[0] in {"", "0"}:
            return ""
        kind, text, _ = self._formats.get(key, (_BULLET, "", 1))
        indent = "  " * min(8, whole_number(key[1]))
        if kind in {_BULLET, "none"} or "%" not in text:
            return f"{indent}- "
        for deeper in [other for other in self._counts if other[0] == key[0] and other[1] > key[1]]:
            del self._counts[deeper]
        self._counts[key] += 1
        for depth in range(9):
            of_level = (key[0], str(depth))
            begin = self._formats.get(of_level, ("", "", 1))[2]
            number = begin + max(0, self._counts.get(of_level, 1) - 1)
            text = text.replace(f"%{depth + 1}", _numeral(number, self._formats.get(of_level, (kind, "", 1))[0]))
        return f"{indent}{text} "


def _numeral(number: int, kind: str) -> str:
    if kind.endswith("Letter") and 1 <= number <= 26:
        letter = chr(ord("a") + number - 1)
        return letter.upper() if kind.startswith("upper") else letter
    if kind.endswith("Roman") and 1 <= number < 40:
        roman = "x" * (number // 10) + ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"][number % 10]
        return roman.upper() if kind.startswith("upper") else roman
    return str(number)


class _Writer:
    """Turns blocks of a document part into lines."""

    def __init__(self, numbering: _Numbering, charts: Callable[[Element], list[str]]) -> None:
        self._numbering = numbering
        self._charts = charts

    def blocks(self, parent: Element) -> list[str]:
        lines: list[str] = []
        for element in parent:
            name = local(element)
            if name == "p":
                lines.extend(self._paragraph(element))
            elif name == "tbl":
                lines.extend(["", *self._table(element), ""])
            elif name not in _SKIPPED:
                lines.extend(self.blocks(element))
        return lines

    def _paragraph(self, paragraph: Element) -> list[str]:
        boxes: list[Element] = []
        text = _inline(paragraph, boxes)
        lines = text.strip("\n").split("\n")
        if text.strip():
            lines[0] = self._numbering.mark(paragraph) + lines[0]
        style = child(paragraph, "pPr", "pStyle")
        if style is not None and attribute(style, "val").lower().startswith(_HEADINGS):
            lines = ["", *lines]
        for box in boxes:
            lines.extend(self.blocks(box))
        lines.extend(self._charts(paragraph))
        return lines

    def _table(self, table: Element) -> list[str]:
        rows: list[list[Cell]] = []
        for row in descendants_until(table, "tr", "tbl"):
            before = child(row, "trPr", "gridBefore")
            cells = [Cell((), _span(before))] if before is not None else []
            for cell in descendants_until(row, "tc", "tbl"):
                merged = child(cell, "tcPr", "vMerge")
                covered = merged is not None and attribute(merged, "val") != "restart"
                lines = () if covered else tuple(line for line in self.blocks(cell) if line.strip())
                cells.append(Cell(lines, _span(child(cell, "tcPr", "gridSpan"))))
            rows.append(cells)
        return [line for line in lay_out(rows) if line.strip()]


def descendants_until(element: Element, name: str, stop: str) -> list[Element]:
    """Elements of a name, also within content controls, but not within the `stop` elements below."""
    found: list[Element] = []
    for inner in element:
        if local(inner) == name:
            found.append(inner)
        elif local(inner) != stop and local(inner) not in _SKIPPED:
            found.extend(descendants_until(inner, name, stop))
    return found


def _span(element: Element | None) -> int:
    return max(1, min(_MAX_SPAN, whole_number(attribute(element, "val"), 1))) if element is not None else 1


def _inline(element: Element, boxes: list[Element]) -> str:
    """The text of runs; text boxes found on the way are collected, to stand below the paragraph."""
    parts: list[str] = []
    for inner in element:
        name = local(inner)
        if name == "t":
            parts.append(inner.text or "")
        elif name in {"tab", "ptab"}:
            parts.append(TAB)
        elif name in {"br", "cr"}:
            parts.append("\n")
        elif name == "noBreakHyphen":
            parts.append("-")
        elif name == "sym":
            parts.append(chr(int(attribute(inner, "char") or "20", 16)) if len(attribute(inner, "char")) == 4 else "")
        elif name == "txbxContent":
            boxes.append(inner)
        elif name not in _SKIPPED:
            parts.append(_inline(inner, boxes))
    return "".join(parts)
