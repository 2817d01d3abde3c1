"""The Insights page: what was done, how well, what stands out, and whether a task can be relied on. Shows and signals only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.drifts import Drift
from app.domain.insights import Insight, Period
from app.domain.recalibration import Recalibration
from app.evaluation.ramp import Proposal
from app.evaluation.readiness import Finding
from app.settings import Ramp, ReviewStage
from app.ui.formats import shown_number
from app.ui.messages import tr, tr_n
from app.ui.models.insight_words import (
    Tile,
    confidence_words,
    drift_words,
    finding_words,
    item_words,
    proposal_words,
    quality_series,
    rate_series,
    shown_period,
    shown_seconds,
    shown_share,
    stage_words,
    tiles_of,
    time_series,
    work_series,
)
from app.ui.theme import scaled_px, set_role
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.chart import Chart
from app.ui.widgets.empty_state import Picture
from app.ui.widgets.plain_label import PlainLabel
from app.ui.widgets.scroll_body import ScrollBody

_TWO_COLUMNS_PX = 900
_TILE_PX = 158


class InsightsPage(QWidget):
    """Signals:
    chosen: another task or period. csv_requested, picture_requested.
    examples_requested(list[int]): show these jobs. ramp_wanted(Ramp): review so much of the task from now on.
    confidence_reset: go back to the confidence before the last lesson; confidence_wanted: take that one again.
    """

    chosen = Signal()
    ramp_wanted = Signal(object)
    confidence_reset = Signal()
    confidence_wanted = Signal()
    csv_requested = Signal()
    picture_requested = Signal()
    examples_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("insightsPage")
        self._task = QComboBox()
        self._task.setObjectName("insightsTask")
        self._task.setAccessibleName(tr("Task"))
        self._period = QComboBox()
        self._period.setObjectName("insightsPeriod")
        self._period.setAccessibleName(tr("Period"))
        for word, period in ((tr("by day"), Period.DAY), (tr("by week"), Period.WEEK), (tr("by month"), Period.MONTH)):
            self._period.addItem(word, period.value)
        for box in (self._task, self._period):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.activated.connect(lambda _: self.chosen.emit())
        self._tiles: dict[str, _TileCard] = {}
        self._tile_grid = QGridLayout()
        self._tile_grid.setSpacing(10)
        self._charts = {
            "work": Chart("workChart", tr("Documents"), lambda n: shown_number(round(n)), is_bars=True),
            "quality": Chart("qualityChart", tr("Quality"), shown_share),
            "rates": Chart("ratesChart", tr("Doubt"), shown_share),
            "time": Chart("timeChart", tr("Time for a document"), shown_seconds),
        }
        self._chart_grid = QGridLayout()
        self._chart_grid.setSpacing(14)
        self._alarms = _Card("alarmsCard", tr("What stands out"))
        self._ramp = _Card("rampCard", tr("How much you look at"))
        self._checklist = _Card("readinessCard", tr("Ready to be relied on?"))
        self._body = ScrollBody()
        self._columns = self._per_row = 0
        self._build()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._task)
        head.addWidget(self._period)
        head.addStretch(1)
        for text, name, signal in (
            (tr("Save as CSV …"), "insightsCsv", self.csv_requested),
            (tr("Save as picture …"), "insightsPicture", self.picture_requested),
        ):
            button = TextButton(text, name, "ghost")
            button.clicked.connect(signal)
            head.addWidget(button)
        for at, chart in enumerate(self._charts.values()):
            self._chart_grid.addWidget(chart, at, 0)
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 10, 0)
        body.setSpacing(14)
        body.addLayout(self._tile_grid)
        body.addWidget(self._alarms)
        body.addLayout(self._chart_grid)
        body.addWidget(self._ramp)
        body.addWidget(self._checklist)
        body.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(self._body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(area)

    @property
    def task_id(self) -> str:
        return str(self._task.currentData() or "")

    @property
    def period(self) -> Period:
        return Period(self._period.currentData())

    def show_tasks(self, tasks: Sequence[tuple[str, str]]) -> None:
        """Ids and titles of the tasks that answered something."""
        chosen = self._task.currentData()
        self._task.clear()
        self._task.addItem(tr("All tasks"), "")
        for task_id, title in tasks:
            self._task.addItem(title, task_id)
        self._task.setCurrentIndex(max(0, self._task.findData(chosen)))

    def show_figures(self, overall: Insight, by_period: Sequence[Insight], micros_per_char: float | None) -> None:
        for at, tile in enumerate(tiles_of(overall, micros_per_char)):
            if tile.name not in self._tiles:
                self._tiles[tile.name] = _TileCard(tile)
                self._tile_grid.addWidget(self._tiles[tile.name], at // 4, at % 4)
            self._tiles[tile.name].show_tile(tile)
        self._lay_out()
        periods = [shown_period(one.period, self.period) for one in by_period]
        for name, series in (
            ("work", work_series(by_period)),
            ("quality", quality_series(by_period)),
            ("rates", rate_series(by_period)),
            ("time", time_series(by_period)),
        ):
            self._charts[name].show_series(periods, series)

    def show_drifts(self, drifts: Sequence[Drift]) -> None:
        self._alarms.clear()
        if not drifts:
            self._alarms.add_line("check", "accent", tr("No change that chance would not explain."), "")
        for drift in drifts:
            line = self._alarms.add_line("alert", "warn", *drift_words(drift))
            if drift.examples:
                button = TextButton(tr_n("Show {n} example", "Show {n} examples", len(drift.examples)), "driftExamples", "ghost")
                button.clicked.connect(lambda _=False, ids=drift.examples: self.examples_requested.emit(list(ids)))
                line.addWidget(button)

    def show_readiness(self, findings: Sequence[Finding] | None) -> None:
        """None: no task is chosen."""
        self._checklist.clear()
        if findings is None:
            self._checklist.add_line("tasks", "soft", tr("Choose a task above to see what is still missing."), "")
        for finding in findings or ():
            icon, color = ("check", "accent") if finding.lack is None else ("minus", "soft")
            self._checklist.add_line(icon, color, item_words(finding.item), finding_words(finding))

    def show_ramp(self, ramp: Ramp | None, proposal: Proposal | None, review_below: float) -> None:
        """How much of the chosen task is reviewed, and the next step; `proposal` is None while no task is chosen."""
        self._ramp.clear()
        self._ramp.setVisible(proposal is not None)
        if proposal is None:
            return
        line = self._ramp.add_line("review", "soft", stage_words(ramp, review_below), proposal_words(proposal))
        if ramp is None:
            steps = [(tr("Begin with everything"), "rampBegin", Ramp(stage=ReviewStage.EVERYTHING))]
            if proposal.ramp is not None:
                steps.insert(0, (tr("Take the next step"), "rampStep", proposal.ramp))
        else:
            word = tr("Go back a step") if proposal.is_step_back else tr("Take the next step")
            steps = [(word, "rampStep", proposal.ramp)] if proposal.ramp is not None else []
            if ramp.stage is not ReviewStage.EVERYTHING and not proposal.is_step_back:
                steps.append(
                    (tr("Review everything again"), "rampAgain", ramp.model_copy(update={"stage": ReviewStage.EVERYTHING}))
                )
        for word, name, step in steps:
            button = TextButton(word, name, "ghost")
            button.clicked.connect(lambda _=False, step=step: self.ramp_wanted.emit(step))
            line.addWidget(button)

    def show_confidence(self, learnt: Recalibration | None, *, is_taken_back: bool) -> None:
        """Below how much is looked at: whether the confidence follows the person's reviews."""
        if self._ramp.isHidden():
            return
        line = self._ramp.add_line("models", "soft", tr("Confidence"), confidence_words(learnt, is_taken_back=is_taken_back))
        if is_taken_back:
            button = TextButton(tr("Follow my reviews again"), "confidenceAgain", "ghost")
            button.clicked.connect(self.confidence_wanted)
            line.addWidget(button)
        if learnt is not None:
            button = TextButton(tr("Go back to before"), "confidenceReset", "ghost")
            button.clicked.connect(self.confidence_reset)
            line.addWidget(button)

    def picture(self) -> QPixmap:
        return self._body.grab()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        """Two charts beside each other where there is room, and as many tiles as fit."""
        columns = 2 if self.width() >= scaled_px(_TWO_COLUMNS_PX) else 1
        per_row = max(2, min(len(self._tiles) or 4, self.width() // scaled_px(_TILE_PX)))
        per_row = 4 if 4 <= per_row < 8 else per_row
        if (columns, per_row) == (self._columns, self._per_row):
            return
        self._columns, self._per_row = columns, per_row
        for at, chart in enumerate(self._charts.values()):
            self._chart_grid.addWidget(chart, at // columns, at % columns)
        for at, tile in enumerate(self._tiles.values()):
            self._tile_grid.addWidget(tile, at // per_row, at % per_row)


class _TileCard(QFrame):
    def __init__(self, tile: Tile) -> None:
        super().__init__()
        set_role(self, "tile")
        self.setObjectName(f"tile_{tile.name}")
        self._caption = PlainLabel("", role="soft", wrap=True)
        self._figure = PlainLabel("", role="title")
        self._rests_on = PlainLabel("", role="small", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(2)
        for label in (self._figure, self._caption, self._rests_on):
            layout.addWidget(label)
        layout.addStretch(1)

    def show_tile(self, tile: Tile) -> None:
        self._caption.setText(tile.caption)
        self._figure.setText(tile.figure)
        self._rests_on.setText(tile.rests_on)
        self.setAccessibleName(f"{tile.figure} {tile.caption}. {tile.rests_on}")


class _Card(QFrame):
    """A title and lines with an icon."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        set_role(self, "card")
        self.setObjectName(name)
        self._lines: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 14, 16, 14)
        self._column.setSpacing(10)
        self._column.addWidget(PlainLabel(title, role="value"))

    def clear(self) -> None:
        for line in self._lines:
            line.setParent(None)
            line.deleteLater()
        self._lines = []

    def add_line(self, icon: str, color: str, title: str, text: str) -> QHBoxLayout:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(Picture(icon, 18, color))
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(PlainLabel(title, role="strong" if text else "", wrap=True))
        if text:
            words.addWidget(PlainLabel(text, role="soft", wrap=True))
        row.addLayout(words, 1)
        self._lines.append(line)
        self._column.addWidget(line)
        return row
