"""Presentations (.pptx): one page of text for each slide, its boxes from top to bottom, tables, charts and speaker notes."""

from __future__ import annotations

import re

from app.documents.assembly import Draft, DraftPage
from app.documents.charts import charts_below
from app.documents.cleaning import clean_text
from app.documents.package import RELATION, Element, Package, attribute, child, children, descendants, local, whole_number
from app.documents.request import ReadRequest
from app.documents.tables import Cell, lay_out

_LINE_EMU = 200_000
_SHAPES = ("sp", "graphicFrame", "grpSp", "pic", "cxnSp")


def read_pptx(request: ReadRequest) -> Draft:
    """Read all slides in their order."""
    package = Package(request.data, request.name)
    slides = _slides(package)
    if not slides:
        raise package.damaged("it has no slides.")
    draft = Draft("pptx", [], package.metadata())
    for number, part in enumerate(slides[: request.limits.max_pages], start=1):
        root = package.optional(part)
        if root is None:
            draft.notices.append(f"Slide {number} could not be read.")
        lines = _slide_lines(package, part, root) if root is not None else []
        draft.pages.append(DraftPage(number, clean_text("\n".join(lines))))
    if len(slides) > request.limits.max_pages:
        draft.notices.append(f"Only the first {request.limits.max_pages} of {len(slides)} slides were read.")
    return draft


def _slides(package: Package) -> list[str]:
    relations = package.relations("ppt/presentation.xml")
    root = package.optional("ppt/presentation.xml")
    listed = [relations.get(slide.get(f"{RELATION}id", ""), "") for slide in descendants(root, "sldId")] if root is not None else []
    found = [part for part in listed if package.has(part)]
    return found or [name for name in package.names() if re.fullmatch(r"ppt/slides/slide\d+\.xml", name)]


def _slide_lines(package: Package, part: str, root: Element) -> list[str]:
    relations = package.relations(part)
    tree = child(root, "cSld", "spTree")
    lines: list[str] = []
    for shape in sorted(children(tree, *_SHAPES), key=_place) if tree is not None else ():
        block = _shape_lines(package, relations, shape)
        lines.extend([*block, ""] if block else [])
    for target in relations.values():
        notes = package.optional(target) if "notesslide" in target.lower() else None
        if notes is not None:
            text = [line for body in descendants(notes, "sp") if _is_notes_body(body) for line in _paragraphs(body)]
            lines.extend(["Notes:", *text] if text else [])
    return lines


def _place(shape: Element) -> tuple[int, int]:
    """Top to bottom, then left to right; shapes placed by the layout come first."""
    offset = next(descendants(shape, "off"), None)
    if offset is None:
        return (-1, 0)
    return whole_number(attribute(offset, "y")) // _LINE_EMU, whole_number(attribute(offset, "x"))


def _shape_lines(package: Package, relations: dict[str, str], shape: Element) -> list[str]:
    if local(shape) == "grpSp":
        return [line for inner in sorted(children(shape, *_SHAPES), key=_place) for line in _shape_lines(package, relations, inner)]
    table = next(descendants(shape, "tbl"), None)
    if table is not None:
        return [line for line in lay_out([_row(row) for row in children(table, "tr")]) if line.strip()]
    return charts_below(package, relations, shape) or _paragraphs(shape)


def _row(row: Element) -> list[Cell]:
    cells: list[Cell] = []
    for cell in children(row, "tc"):
        if cell.get("hMerge") == "1" or cell.get("vMerge") == "1":
            cells.append(Cell(()))
        else:
            cells.append(Cell(tuple(_paragraphs(cell))))
    return cells


def _paragraphs(shape: Element) -> list[str]:
    lines: list[str] = []
    for paragraph in descendants(shape, "p"):
        text = "".join("\n" if local(part) == "br" else part.text or "" for part in descendants(paragraph, "t", "br"))
        lines.extend(line for line in text.split("\n") if line.strip())
    return lines


def _is_notes_body(shape: Element) -> bool:
    placeholder = next(descendants(shape, "ph"), None)
    return placeholder is not None and placeholder.get("type") == "body"
