"""Charts of Office documents as text: their titles and the table of their values."""

from __future__ import annotations

from app.documents.cleaning import clean_inline
from app.documents.package import RELATION, Element, Package, child, descendants
from app.documents.tables import Cell, lay_out


def charts_below(package: Package, relations: dict[str, str], element: Element) -> list[str]:
    """The lines of every chart that a shape or paragraph holds."""
    lines: list[str] = []
    for chart in descendants(element, "chart"):
        root = package.optional(relations.get(chart.get(f"{RELATION}id", ""), ""))
        lines.extend(_chart_lines(root) if root is not None else [])
    return lines


def _chart_lines(root: Element) -> list[str]:
    """A chart as its title and the table of its values."""
    lines = [clean_inline("".join(part.text or "" for part in descendants(title, "t"))) for title in descendants(root, "title")]
    rows: list[list[Cell]] = []
    for series in descendants(root, "ser"):
        names = _values(child(series, "tx"))
        categories, values = _values(child(series, "cat")), _values(child(series, "val"))
        if not rows:
            rows.append([Cell(()), *(Cell((name,)) for name in categories)])
        rows.append([Cell(tuple(names[:1])), *(Cell((value,)) for value in values)])
    return [line for line in [*lines, *lay_out(rows)] if line.strip()]


def _values(element: Element | None) -> list[str]:
    return [clean_inline(value.text or "") for value in descendants(element, "v")] if element is not None else []
