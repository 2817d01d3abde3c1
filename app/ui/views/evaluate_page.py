"""The Evaluate page: models beside each other on documents whose answers are known. Shows and signals only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QScrollArea,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.evaluation.report import Report
from app.evaluation.runs import Change, Comparison, SavedRun
from app.evaluation.sufficiency import Candidate, Sufficiency
from app.evaluation.tradeoff import CERTAINTY, Tradeoff
from app.ui.formats import shown_moment
from app.ui.messages import tr, tr_n
from app.ui.models.evaluation_grid import Cell, GridModel, documents_grid, figures_grid, shown_share, wrong_grid
from app.ui.theme import scaled_px, set_role
from app.ui.views.cases_card import CasesCard
from app.ui.views.deferral_card import DeferralCard
from app.ui.views.evaluation_setup import EvaluationSetup
from app.ui.views.tradeoff_card import TradeoffCard
from app.ui.widgets.banner import Banner
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.plain_label import PlainLabel
from app.ui.widgets.scroll_body import ScrollBody

_FIRST_COLUMN_PX = 230
_FIELD_COLUMN_PX = 150
_LEAST_COLUMN_PX = 84
_MOST_LINES = 12
"""Lines of a table that are seen without scrolling in it."""


class EvaluatePage(QWidget):
    """Signals:
    case_opened(str, str): a case's key, and the field in question, if there is one.
    save_requested: keep the runs. baseline_chosen(str): compare with a saved run.
    """

    case_opened = Signal(str, str)
    save_requested = Signal()
    baseline_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("evaluatePage")
        self.setup = EvaluationSetup()
        self.cases = CasesCard()
        self.verdict = Banner("verdictBanner", closable=False)
        self.tradeoff = TradeoffCard()
        self.deferral = DeferralCard()
        self._figures = _Table("figuresTable", tr("How right the answers are"), most_lines=None, first_px=_FIELD_COLUMN_PX)
        self._wrong = _Table("wrongTable", tr("Wrong answers"))
        self._documents = _Table("documentsTable", tr("Documents"))
        for table in (self._wrong, self._documents):
            table.chosen.connect(self.case_opened)
        self._confusions: list[_Table] = []
        self._reviewed = _Table("reviewedClasses", tr("Classes in your reviews: what you let stand, and what the model had said"))
        self._reviewed.hide()
        self._confusion_space = QVBoxLayout()
        self._confusion_space.setSpacing(14)
        self._changes = _Table("changesTable", tr("Changes since the saved run"))
        self._changes.chosen.connect(self.case_opened)
        self._changes.hide()
        self._compared = PlainLabel("", role="soft", wrap=True)
        self._compared.setObjectName("comparedWords")
        self._compared.hide()
        self._baseline = QComboBox()
        self._baseline.setObjectName("baselineChoice")
        self._baseline.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._baseline.addItem(tr("nothing"), "")
        self._baseline.setAccessibleName(tr("Compare with a saved run"))
        self._baseline.activated.connect(lambda _: self.baseline_chosen.emit(str(self._baseline.currentData() or "")))
        self._save = TextButton(tr("Save as baseline"), "saveBaseline")
        self._save.clicked.connect(self.save_requested)
        self._results = self._build_results()
        body = ScrollBody()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 10, 0)
        column.setSpacing(14)
        column.addWidget(self.setup)
        column.addWidget(self._results)
        column.addWidget(self.cases)
        column.addWidget(self._reviewed)
        column.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        self._results.hide()

    def _build_results(self) -> QWidget:
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self._save)
        foot.addStretch(1)
        foot.addWidget(PlainLabel(tr("Compare with"), role="soft"))
        foot.addWidget(self._baseline)
        results = QWidget()
        column = QVBoxLayout(results)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        for widget in (self.verdict, self._figures):
            column.addWidget(widget)
        column.addLayout(self._confusion_space)
        column.addWidget(self.deferral)
        column.addWidget(self.tradeoff)
        column.addWidget(self._wrong)
        column.addWidget(self._documents)
        column.addLayout(foot)
        column.addWidget(self._compared)
        column.addWidget(self._changes)
        return results

    @property
    def baseline(self) -> str:
        """The saved run that the answers are held against; empty for none."""
        return str(self._baseline.currentData() or "")

    def show_baselines(self, runs: Sequence[SavedRun]) -> None:
        chosen = self._baseline.currentData()
        self._baseline.clear()
        self._baseline.addItem(tr("nothing"), "")
        for run in runs:
            self._baseline.addItem(f"{shown_moment(run.saved_at)} · {run.model}", run.name)
            self._baseline.setItemData(self._baseline.count() - 1, run.name, Qt.ItemDataRole.ToolTipRole)
        self._baseline.setCurrentIndex(max(0, self._baseline.findData(chosen)))
        if not self.baseline:
            self.show_comparison(None, "", {})

    def set_results_visible(self, are_visible: bool) -> None:
        self._results.setVisible(are_visible)

    def show_results(self, candidates: Sequence[Candidate], reports: Sequence[Report], titles: dict[str, str]) -> None:
        """All that came out, the first model chosen being the one that others are held against."""
        self._figures.show_grid(figures_grid(candidates, reports, titles))
        self._wrong.show_grid(wrong_grid(candidates, titles))
        self._documents.show_grid(documents_grid(candidates))
        self._results.show()

    def show_confusions(self, grids: Sequence[tuple[str, GridModel]]) -> None:
        """For each model that was asked for classes, which ones it takes for which."""
        for table in self._confusions:
            table.setParent(None)
            table.deleteLater()
        self._confusions = []
        for model, grid in grids:
            table = _Table(f"confusion_{model}", tr("Classes of {model}: expected and given", model=model))
            table.show_grid(grid)
            self._confusion_space.addWidget(table)
            self._confusions.append(table)

    def show_target(self, found: Sufficiency, tradeoffs: Sequence[Tradeoff]) -> None:
        """The answers held against a target."""
        self.show_verdict(found)
        best = found.smallest.promise.point if found.smallest else None
        self.tradeoff.show_tradeoffs(tradeoffs, best.threshold if best else None)

    def show_reviewed_classes(self, grid: GridModel | None) -> None:
        self._reviewed.setVisible(grid is not None)
        if grid is not None:
            self._reviewed.show_grid(grid)

    def show_verdict(self, found: Sufficiency) -> None:
        if found.smallest is not None and found.smallest.promise.point is not None:
            point = found.smallest.promise.point
            self.verdict.tell(
                "good",
                tr("{model} is sufficient, and the smallest that is.", model=found.smallest.candidate.run.model.id),
                tr(
                    "When everything less sure than {threshold} is checked ({share} of the values), more than {least} of the rest"
                    " are right, with {certainty} certainty.",
                    threshold=shown_share(point.threshold),
                    share=shown_share(point.reviewed),
                    least=shown_share(point.at_least, 1),
                    certainty=shown_share(CERTAINTY),
                ),
            )
            return
        missing = [verdict.promise.more_needed for verdict in found.verdicts if verdict.promise.more_needed is not None]
        text = (
            tr_n("About {n} more reviewed value could show it.", "About {n} more reviewed values could show it.", min(missing))
            if missing
            else tr("More cases would not change that: the answers are too often wrong where the model is sure.")
        )
        self.verdict.tell("warn", tr("No model can promise this yet."), text)

    def show_comparison(self, comparison: Comparison | None, words: str, titles: dict[str, str]) -> None:
        """`words` say what stands beside what. None: nothing is compared."""
        self._compared.setText(words)
        self._compared.setVisible(comparison is not None)
        self._changes.setVisible(comparison is not None and comparison.shared > 0)
        if comparison is None:
            return
        lines = [_change_line(tr("better"), change, titles) for change in comparison.improved]
        lines += [_change_line(tr("worse"), change, titles) for change in comparison.regressed]
        self._changes.show_grid(GridModel((tr("Document"), tr("Field"), tr("Before"), tr("Now"), ""), lines))


def _change_line(word: str, change: Change, titles: dict[str, str]) -> list[Cell]:
    name = titles.get(change.name, change.name)
    texts = (change.case, name, change.before or tr("nothing"), change.after or tr("nothing"), word)
    return [Cell(text, text, change.key, change.name) for text in texts]


class _Table(QFrame):
    """A card with a title and a table as high as its lines, up to `most_lines`.

    Signals: chosen(str, str): the case and the field of a line that was clicked, or opened with Enter.
    """

    chosen = Signal(str, str)

    def __init__(self, name: str, title: str, *, most_lines: int | None = _MOST_LINES, first_px: int = _FIRST_COLUMN_PX) -> None:
        super().__init__()
        set_role(self, "card")
        self._most_lines, self._first_px = most_lines, first_px
        self.grid: GridModel | None = None
        self._title = PlainLabel(title, role="value")
        self._none = PlainLabel(tr("None."), role="soft")
        self.view = QTableView()
        self.view.setObjectName(name)
        self.view.setAccessibleName(title)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setShowGrid(False)
        self.view.setProperty("role", "grid")
        self.view.setTabKeyNavigation(False)
        self.view.setWordWrap(False)
        self.view.verticalHeader().hide()
        self.view.horizontalHeader().setHighlightSections(False)
        self.view.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.view.clicked.connect(self._choose)
        self.view.activated.connect(self._choose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._none)
        layout.addWidget(self.view)

    def _choose(self, index: QModelIndex) -> None:
        if self.grid is not None and (cell := self.grid.cell(index.row(), index.column())).key:
            self.chosen.emit(cell.key, cell.name)

    def show_grid(self, grid: GridModel) -> None:
        self.grid = grid
        grid.setParent(self.view)
        self.view.setModel(grid)
        header = self.view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        # Narrow windows and large letters leave the others their room; what is too much is scrolled to.
        header.setMinimumSectionSize(scaled_px(_LEAST_COLUMN_PX))
        header.resizeSection(0, min(scaled_px(self._first_px), max(scaled_px(_FIELD_COLUMN_PX), self.width() // 4)))
        lines = grid.rowCount()
        self._none.setVisible(lines == 0)
        self.view.setVisible(lines > 0)
        height = self.view.verticalHeader().defaultSectionSize()
        bar = self.view.horizontalScrollBar().sizeHint().height() if self._is_scrolled(grid.columnCount()) else 0
        self.view.setFixedHeight(header.sizeHint().height() + min(lines, self._most_lines or lines) * height + bar + 6)

    def _is_scrolled(self, n_columns: int) -> bool:
        header = self.view.horizontalHeader()
        return header.sectionSize(0) + (n_columns - 1) * header.minimumSectionSize() > self.view.width()
