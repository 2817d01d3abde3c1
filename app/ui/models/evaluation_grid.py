"""The figures of an evaluation as a table: a line for each field, two columns for each model. Words and numbers only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from app.evaluation.report import Figures, report_of
from app.evaluation.significance import difference
from app.evaluation.sufficiency import Candidate
from app.ui.messages import locale, tr

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True)
class Cell:
    text: str
    hint: str = ""
    key: str = ""
    """What a click on the cell's line opens."""


class GridModel(QAbstractTableModel):
    """Lines of cells under headings; words and figures."""

    def __init__(self, headings: Sequence[str], lines: Sequence[Sequence[Cell]]) -> None:
        super().__init__()
        self._headings = tuple(headings)
        self._lines = tuple(tuple(line) for line in lines)

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._headings)

    def cell(self, row: int, column: int) -> Cell:
        return self._lines[row][column]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        cell = self._lines[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return cell.hint or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._headings[index.column()]}: {cell.text}"
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None


def shown_share(share: float | None, decimals: int = 0) -> str:
    return "–" if share is None else f"{locale().toString(100 * share, 'f', decimals)} %"


def figures_grid(candidates: Sequence[Candidate], titles: dict[str, str]) -> GridModel:
    """How right each model is for each field, by its title; from the second model on, whether it differs from the first."""
    reports = [report_of(candidate.run) for candidate in candidates]
    names = list(dict.fromkeys(name for report in reports for name in report.fields))
    headings = [tr("Field"), *(candidate.run.model.id for candidate in candidates)]
    lines = [
        [Cell(titles.get(name, name)), *(_cell(report.fields.get(name), candidates, at, name) for at, report in enumerate(reports))]
        for name in names
    ]
    if len(names) > 1:
        lines.append([Cell(tr("All fields")), *(_cell(report.pooled, candidates, at) for at, report in enumerate(reports))])
    return GridModel(headings, lines)


def wrong_grid(candidates: Sequence[Candidate], titles: dict[str, str]) -> GridModel:
    """Every answer that one of the models got wrong: the document, what was expected and what each one said."""
    headings = [tr("Document"), tr("Field"), tr("Expected"), *(candidate.run.model.id for candidate in candidates)]
    told = [
        {(case.key, answer.name): (case, answer) for case in candidate.run.cases for answer in case.answers}
        for candidate in candidates
    ]
    asked = dict.fromkeys(key for answers in told for key in answers)
    lines = []
    for key in asked:
        found = [answers.get(key) for answers in told]
        known = [one for one in found if one is not None]
        if all(answer.right for _, answer in known):
            continue
        case, first = known[0]
        expected = " / ".join(first.expected) or tr("nothing")
        given = [Cell(_said(one[1].value, right=one[1].right) if one else "–", key=case.key) for one in found]
        lines.append(
            [Cell(case.shown, key=case.key), Cell(titles.get(key[1], key[1]), key=case.key), Cell(expected, key=case.key), *given]
        )
    return GridModel(headings, lines)


def _said(value: str | None, *, right: bool) -> str:
    return f"{'✓' if right else '✗'} {value or tr('nothing')}"


def _cell(figures: Figures | None, candidates: Sequence[Candidate], at: int, name: str = "") -> Cell:
    if figures is None or not figures.n:
        return Cell("–")
    interval = figures.accuracy_interval or (0.0, 1.0)
    text = f"{shown_share(figures.accuracy)}  ({figures.right}/{figures.n})"
    hint = tr("Between {low} and {high}, 95 % certain.", low=shown_share(interval[0]), high=shown_share(interval[1]))
    if at == 0:
        return Cell(text, hint)
    told = difference(candidates[0].run, candidates[at].run, [name] if name else [])
    if told.gained == told.lost == 0:
        return Cell(text, hint)
    sign = "▲" if told.gained > told.lost else "▼" if told.lost > told.gained else "＝"
    words = tr("a real difference") if told.is_real else tr("may be chance")
    more = tr(
        "{gained} documents better, {lost} worse than {first}:",
        gained=told.gained,
        lost=told.lost,
        first=candidates[0].run.model.id,
    )
    return Cell(f"{sign} {words}   {text}", f"{hint} {more} {words}.")
