"""What is to be evaluated: a task, its cases, the models, and the target. Shows and signals only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from app.ui.messages import tr, tr_n
from app.ui.theme import set_role
from app.ui.views.evaluation_target import EvaluationTarget
from app.ui.views.larger_choice import LargerChoice
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.flow_layout import FlowLayout
from app.ui.widgets.form_row import FormRow
from app.ui.widgets.plain_label import PlainLabel

_TASK_LETTERS = 18


@dataclass(frozen=True)
class TaskChoice:
    """A task with its number of cases; None while they are being counted."""

    id: str
    title: str
    n_cases: int | None


@dataclass(frozen=True)
class ModelChoice:
    """`seconds_per_document` was measured with documents, unless it is only expected from this computer's speed."""

    id: str
    name: str
    seconds_per_document: float
    is_expected: bool = False
    is_in_use: bool = False


class EvaluationSetup(QFrame):
    """Signals: task_chosen(str), file_requested, reviews_requested, start_requested, stop_requested."""

    task_chosen = Signal(str)
    file_requested = Signal()
    reviews_requested = Signal()
    start_requested = Signal()
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self.setObjectName("evaluationSetup")
        self._n_cases = 0
        self._models: list[ModelChoice] = []
        self._boxes: dict[str, QCheckBox] = {}
        self._task = QComboBox()
        self._task.setObjectName("evaluationTask")
        self._task.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._task.setMinimumContentsLength(_TASK_LETTERS)
        self._task.activated.connect(lambda _: self.task_chosen.emit(self.task_id))
        self._source = PlainLabel("", wrap=True)
        self._source.setObjectName("evaluationCases")
        self._file = TextButton(tr("Use a case file …"), "evaluationFile")
        self._file.clicked.connect(self.file_requested)
        self._reviews = TextButton(tr("Use my reviews"), "evaluationReviews")
        self._reviews.clicked.connect(self.reviews_requested)
        self._list = QWidget()
        self._flow = FlowLayout(self._list, spacing=16)
        self.larger = LargerChoice()
        self.larger.changed.connect(self._update)
        self.target = EvaluationTarget()
        self._estimate = PlainLabel("", role="soft", wrap=True)
        self._start = TextButton(tr("Evaluate"), "evaluationStart", "primary")
        self._start.clicked.connect(self.start_requested)
        self._stop = TextButton(tr("Stop"), "evaluationStop")
        self._stop.clicked.connect(self.stop_requested)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Progress of the evaluation"))
        self._build()
        self.show_progress(None)

    def _build(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(20)
        first.addWidget(FormRow(tr("Task"), self._task), 1, Qt.AlignmentFlag.AlignTop)
        cases = QWidget()
        column = QVBoxLayout(cases)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._source)
        sources = FlowLayout(spacing=8)
        sources.addWidget(self._file)
        sources.addWidget(self._reviews)
        column.addLayout(sources)
        first.addWidget(FormRow(tr("Documents with known answers"), cases), 2, Qt.AlignmentFlag.AlignTop)
        models = QWidget()
        contestants = QVBoxLayout(models)
        contestants.setContentsMargins(0, 0, 0, 0)
        contestants.setSpacing(6)
        contestants.addWidget(self._list)
        contestants.addWidget(self.larger)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self._start)
        foot.addWidget(self._stop)
        foot.addWidget(self._bar, 1)
        foot.addWidget(self._estimate, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(14)
        layout.addLayout(first)
        layout.addWidget(FormRow(tr("Models"), models))
        layout.addWidget(FormRow(tr("What would be good enough"), self.target))
        layout.addLayout(foot)

    @property
    def task_id(self) -> str:
        return str(self._task.currentData() or "")

    @property
    def model_ids(self) -> list[str]:
        return [model_id for model_id, box in self._boxes.items() if box.isChecked()]

    def show_tasks(self, tasks: Sequence[TaskChoice], chosen: str) -> None:
        self._task.clear()
        for task in tasks:
            self._task.addItem(f"{task.title}  ·  {_count(task.n_cases)}" if task.n_cases is not None else task.title, task.id)
        self._task.setCurrentIndex(max(0, self._task.findData(chosen)))

    def wait_for_cases(self) -> None:
        """Those that are there belong to another choice."""
        self._n_cases = 0
        self._start.setEnabled(False)

    def show_cases(self, sentence: str, n_cases: int, *, is_file: bool) -> None:
        self._n_cases = n_cases
        self._source.setText(sentence)
        self._reviews.setVisible(is_file)
        self._update()

    def show_models(self, models: Sequence[ModelChoice]) -> None:
        chosen = set(self.model_ids) or {model.id for model in models if model.is_in_use}
        self._models = list(models)
        for box in self._boxes.values():
            box.setParent(None)
            box.deleteLater()
        self._boxes = {}
        for model in models:
            box = QCheckBox(model.name)
            box.setObjectName(f"evaluate_{model.id}")
            box.setChecked(model.id in chosen)
            box.toggled.connect(lambda _: self._update())
            self._flow.addWidget(box)
            self._boxes[model.id] = box
        self._update()

    def show_progress(self, news: tuple[int, int, str] | None) -> None:
        """Cases done, cases in all, and what is being asked; None while nothing runs."""
        is_running = news is not None
        self._start.setVisible(not is_running)
        self._stop.setVisible(is_running)
        self._bar.setVisible(is_running)
        if news is None:
            self._update()
            return
        done, total, model = news
        self._bar.setRange(0, max(1, total))
        self._bar.setValue(done)
        self._estimate.setText(model and tr("{done} of {total} answers, {model}", done=done, total=total, model=model))

    def _update(self) -> None:
        """What it will take is known before it starts."""
        chosen = [model for model in self._models if model.id in self.model_ids]
        self._start.setEnabled(bool(self._n_cases and chosen))
        if not self._n_cases:
            self._estimate.setText(tr("Review documents of this task, or use a case file. Each review becomes a case."))
        elif not chosen and self.larger.is_chosen:
            self._estimate.setText(tr("Choose a model of this computer as well: the larger one is held against it."))
        elif not chosen:
            self._estimate.setText(tr("Choose a model."))
        else:
            time = shown_duration(self._n_cases * sum(model.seconds_per_document for model in chosen))
            if any(model.is_expected for model in chosen):
                self._estimate.setText(tr("On this computer probably about {time}, at no cost.", time=time))
            else:
                self._estimate.setText(tr("On this computer about {time}, at no cost.", time=time))


def _count(n_cases: int) -> str:
    return tr_n("{n} case", "{n} cases", n_cases) if n_cases else tr("no cases yet")


def shown_duration(seconds: float) -> str:
    if seconds < 60:
        return tr("a minute")
    return tr_n("{n} minute", "{n} minutes", round(seconds / 60))
