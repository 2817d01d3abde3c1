"""The figures of an evaluation as a table: a line for each field, two columns for each model. Words and numbers only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from app.evaluation.cases import SUMMARY
from app.evaluation.outcome import CaseOutcome
from app.evaluation.report import Figures, Interval, Report
from app.evaluation.significance import difference
from app.evaluation.sufficiency import Candidate
from app.ui.messages import locale, tr, tr_n

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True)
class Cell:
    text: str
    hint: str = ""
    key: str = ""
    """The case that a click on the cell's line opens."""
    name: str = ""
    """The field of it."""


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
        if orientation is Qt.Orientation.Horizontal and role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return self._headings[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None


def shown_share(share: float | None, decimals: int = 0) -> str:
    return "–" if share is None else f"{locale().toString(100 * share, 'f', decimals)} %"


def figures_grid(candidates: Sequence[Candidate], reports: Sequence[Report], titles: dict[str, str]) -> GridModel:
    """How right each model is for each field, list and table, and for whole documents, with where the true share lies.

    From the second model on it says whether it differs from the first.
    """
    headings = [tr("Field"), *(candidate.run.model.id for candidate in candidates)]
    fields = list(dict.fromkeys(name for report in reports for name in report.fields))
    lists = list(dict.fromkeys(name for report in reports for name in report.lists))
    lines = [[Cell(titles.get(name, name)), *_compared(candidates, map(_of_field(name), reports), (name,))] for name in fields]
    if len(fields) > 1:
        lines.append([Cell(tr("All fields")), *_compared(candidates, map(_of_all, reports), ())])
        lines.append([Cell(tr("Whole documents")), *(Cell(*_of_documents(report)) for report in reports)])
    lines += [[Cell(titles.get(name, name)), *_compared(candidates, map(_of_list(name), reports), (name,))] for name in lists]
    if any(report.summaries is not None for report in reports):
        lines.append([Cell(tr("Summary")), *_compared(candidates, map(_of_summary, reports), (SUMMARY,))])
    if any(report.failed for report in reports):
        lines.append([Cell(tr("could not be read")), *(Cell(f"{report.failed} / {report.cases}") for report in reports)])
    return GridModel(headings, lines)


def documents_grid(candidates: Sequence[Candidate]) -> GridModel:
    """Each document with how many of its answers each model has right, those with most wrong answers first."""
    outcomes = [{case.key: case for case in candidate.run.cases} for candidate in candidates]
    cases = {case.key: case for candidate in candidates for case in candidate.run.cases}
    worst = sorted(cases, key=lambda key: -max(_n_wrong(of_model.get(key)) for of_model in outcomes))
    lines = [[Cell(cases[key].shown, key=key), *(_of_document(of_model.get(key), key) for of_model in outcomes)] for key in worst]
    return GridModel((tr("Document"), *(candidate.run.model.id for candidate in candidates)), lines)


def _n_wrong(case: CaseOutcome | None) -> float:
    if case is None:
        return 0
    return sum(not answer.right for answer in case.answers) + sum(1 - answer.f1 for answer in case.lists) + bool(case.error)


def _of_document(case: CaseOutcome | None, key: str) -> Cell:
    if case is None:
        return Cell("–", key=key)
    if case.error:
        return Cell(f"✗ {case.error}", case.error, key)
    right, n = sum(answer.right for answer in case.answers), len(case.answers)
    words = [f"{'✓' if right == n else '✗'} {right}/{n}"] if n else []
    words += [shown_share(answer.f1) for answer in case.lists]
    if case.summary is not None and case.summary.rouge_l is not None:
        words.append(shown_share(case.summary.rouge_l))
    return Cell("   ".join(words), key=key)


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
        given = [_said(one[1].value, right=one[1].right) if one else "–" for one in found]
        texts = (case.shown, titles.get(key[1], key[1]), expected, *given)
        lines.append([Cell(text, text, *key) for text in texts])
    return GridModel(headings, lines)


def _said(value: str | None, *, right: bool) -> str:
    return f"{'✓' if right else '✗'} {value or tr('nothing')}"


_Words = tuple[str, str]
"""What a cell says, and its hint."""


def _of_field(name: str) -> Callable[[Report], _Words]:
    def words(report: Report) -> _Words:
        figures = report.fields.get(name)
        return _of_figures(figures, figures.accuracy_interval if figures else None)

    return words


def _of_all(report: Report) -> _Words:
    return _of_figures(report.pooled, report.pooled.accuracy_by_document if report.pooled else None)


def _of_figures(figures: Figures | None, interval: Interval) -> _Words:
    if figures is None or not figures.n:
        return "–", ""
    return _share_words(figures.accuracy, f"{figures.right}/{figures.n}", interval)


def _of_documents(report: Report) -> _Words:
    pooled = report.pooled
    if pooled is None or pooled.documents_all_right is None:
        return "–", ""
    n_right = round(pooled.documents_all_right * pooled.documents)
    return _share_words(pooled.documents_all_right, f"{n_right}/{pooled.documents}", pooled.documents_all_right_interval)


def _of_list(name: str) -> Callable[[Report], _Words]:
    def words(report: Report) -> _Words:
        figures = report.lists.get(name)
        if figures is None:
            return "–", ""
        text, _ = _share_words(figures.f1, tr_n("{n} document", "{n} documents", figures.documents), figures.f1_interval)
        hint = tr(
            "Found {recall} of what is expected; {precision} of what was given is expected.",
            recall=shown_share(figures.recall),
            precision=shown_share(figures.precision),
        )
        return text, hint

    return words


def _of_summary(report: Report) -> _Words:
    figures = report.summaries
    if figures is None or figures.rouge_l is None:
        return "–", ""
    text, _ = _share_words(figures.rouge_l, tr_n("{n} document", "{n} documents", figures.documents), figures.rouge_l_interval)
    return text, tr("Overlap with the expected summary (ROUGE-L).")


def _share_words(share: float | None, basis: str, interval: Interval) -> _Words:
    if interval is None:
        return f"{shown_share(share)}  ({basis})", ""
    low, high = map(shown_share, interval)
    bounds = f"{low.removesuffix(' %')}–{high}"
    return f"{shown_share(share)}  ({basis}; {bounds})", tr("Between {low} and {high}, 95 % certain.", low=low, high=high)


def _compared(candidates: Sequence[Candidate], words: Iterable[_Words], names: Sequence[str]) -> Iterator[Cell]:
    """The words of each model's cell; from the second on with its difference to the first, real or noise."""
    for at, (text, hint) in enumerate(words):
        told = difference(candidates[0].run, candidates[at].run, names)
        if at == 0 or not (told.gained or told.lost):
            yield Cell(text, hint)
            continue
        sign = "▲" if told.gained > told.lost else "▼" if told.lost > told.gained else "＝"
        verdict = tr("a real difference") if told.is_real else tr("may be chance")
        more = tr(
            "{gained} documents better, {lost} worse than {first}:",
            gained=told.gained,
            lost=told.lost,
            first=candidates[0].run.model.id,
        )
        yield Cell(f"{text}  {sign} {verdict}", f"{text}. {hint} {more} {verdict}.")
