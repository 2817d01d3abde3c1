"""The kept cases of a task: seen, put right, removed, written to a file and taken from one. Shows and signals only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.case import CaseSource, KeptCase
from app.domain.revision import PointReviews
from app.ui.messages import title_of, tr, tr_n
from app.ui.theme import scaled_px, set_role
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.flow_layout import FlowLayout
from app.ui.widgets.plain_label import PlainLabel

_MOST_LINES: Final = 6
_NAME_PX: Final = 230


class CasesCard(QFrame):
    """Signals: keep_changed(bool), edited(int, dict): a case's id and all it expects now, removed(int), forget_requested,
    export_requested, import_requested.
    """

    keep_changed = Signal(bool)
    edited = Signal(int, object)
    removed = Signal(int)
    forget_requested = Signal()
    export_requested = Signal()
    import_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self.setObjectName("casesCard")
        self._cases: list[KeptCase] = []
        self._titles: dict[str, str] = {}
        self._n_all = 0
        self._keep = QCheckBox(tr("Keep reviewed documents as cases on this computer"))
        self._keep.setObjectName("keepCases")
        self._keep.setChecked(True)
        self._keep.toggled.connect(self.keep_changed)
        self._words = PlainLabel("", role="soft", wrap=True)
        self._words.setObjectName("casesWords")
        self._points = PlainLabel("", wrap=True)
        self._points.setObjectName("pointReviews")
        self._table = QTableWidget(0, 4)
        self._editor = QWidget()
        self._field = QComboBox()
        self._value = QLineEdit()
        self._fault = PlainLabel("", role="small", wrap=True)
        self._save = TextButton(tr("Save"), "saveExpected")
        self._remove = TextButton(tr("Remove this case"), "removeCase", "ghost")
        self._export = TextButton(tr("Export …"), "exportCases")
        self._import = TextButton(tr("Import …"), "importCases")
        self._forget = TextButton(tr("Forget all cases"), "forgetCases", "ghost")
        self._sure = QWidget()
        self._sure_words = PlainLabel("", role="strong", wrap=True)
        self._really = TextButton(tr("Forget them"), "forgetCasesNow", "danger")
        self._spare = TextButton(tr("Keep them"), "spareCases")
        self._build()
        self._connect()
        self.show_cases([], {}, 0)

    def _build(self) -> None:
        table = self._table
        table.setObjectName("casesTable")
        table.setAccessibleName(tr("Your cases"))
        table.setHorizontalHeaderLabels([tr("Document"), tr("Expected"), tr("Held out"), tr("Origin")])
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setProperty("role", "grid")
        table.setTabKeyNavigation(False)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(0, scaled_px(_NAME_PX))
        self._field.setObjectName("expectedField")
        self._field.setAccessibleName(tr("Field"))
        self._value.setObjectName("expectedValue")
        self._value.setAccessibleName(tr("Expected value"))
        self._value.setPlaceholderText(tr("nothing: the document has none"))
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._field, 1)
        line.addWidget(self._value, 2)
        line.addWidget(self._save)
        line.addWidget(self._remove)
        editor = QVBoxLayout(self._editor)
        editor.setContentsMargins(0, 0, 0, 0)
        editor.addLayout(line)
        editor.addWidget(self._fault)
        sure = QHBoxLayout(self._sure)
        sure.setContentsMargins(0, 0, 0, 0)
        sure.setSpacing(8)
        sure.addWidget(self._sure_words, 1)
        sure.addWidget(self._really)
        sure.addWidget(self._spare)
        foot = QWidget()
        flow = FlowLayout(foot)
        for button in (self._export, self._import, self._forget):
            flow.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        for widget in (
            PlainLabel(tr("Your cases"), role="value"),
            self._keep,
            self._words,
            self._points,
            table,
            self._editor,
            self._sure,
            foot,
        ):
            layout.addWidget(widget)
        self._sure.hide()
        self._points.hide()

    def _connect(self) -> None:
        self._table.itemSelectionChanged.connect(self._show_editor)
        self._field.currentIndexChanged.connect(lambda _: self._show_value())
        self._value.returnPressed.connect(self._save_value)
        self._save.clicked.connect(self._save_value)
        self._remove.clicked.connect(self._on_remove_clicked)
        self._export.clicked.connect(self.export_requested)
        self._import.clicked.connect(self.import_requested)
        self._forget.clicked.connect(lambda: self._ask(True))
        self._spare.clicked.connect(lambda: self._ask(False))
        self._really.clicked.connect(self._on_forget_confirmed)

    def show_keeping(self, keeps: bool) -> None:
        self._keep.blockSignals(True)
        self._keep.setChecked(keeps)
        self._keep.blockSignals(False)
        self._show_words()

    def show_cases(self, cases: Sequence[KeptCase], titles: dict[str, str], n_all: int) -> None:
        """The cases of a task with the titles of its fields; `n_all` are there of all tasks. The chosen one stays chosen."""
        chosen, field = self._chosen(), self._field.currentData()
        self._cases, self._titles, self._n_all = list(cases), titles, n_all
        self._table.blockSignals(True)
        self._table.setRowCount(len(self._cases))
        place = -1
        for row, case in enumerate(self._cases):
            for column, text in enumerate(_words_of(case)):
                item = QTableWidgetItem(text)
                item.setToolTip(case.kept_at[:10])
                self._table.setItem(row, column, item)
            if chosen is not None and case.id == chosen.id:
                place = row
        self._table.blockSignals(False)
        self._table.clearSelection()
        if place >= 0:
            self._table.selectRow(place)
        self._show_editor()
        self._field.setCurrentIndex(max(0, self._field.findData(field)))
        lines = min(len(self._cases), _MOST_LINES)
        self._table.setFixedHeight(
            self._table.horizontalHeader().sizeHint().height() + lines * self._table.verticalHeader().defaultSectionSize() + 6
        )
        self._table.setVisible(bool(self._cases))
        self._export.setEnabled(bool(self._cases))
        self._forget.setVisible(n_all > 0)
        self._ask(False)
        self._show_words()

    def show_points(self, points: PointReviews) -> None:
        """What became of the points of summaries in review; nothing is shown where there were none."""
        counts = (
            tr_n("{n} point accepted", "{n} points accepted", points.accepted),
            tr("{n} edited", n=points.edited),
            tr("{n} dropped", n=points.dropped),
        )
        self._points.setText(f"{tr('Summaries that you reviewed')}: {', '.join(counts)}.")
        self._points.setVisible(points != PointReviews())

    def _show_words(self) -> None:
        text = tr(
            "They stay on this computer; nothing of them is sent unless you agree to it."
            " Models are measured on them, and confidence is learnt from them."
        )
        if not self._keep.isChecked():
            text = tr("Nothing that you review is kept as a case now. Cases kept before stay until you forget them.")
        elif self._cases:
            text = tr("Choose a case to see or change what it expects.") + " " + text
        self._words.setText(text)

    def _chosen(self) -> KeptCase | None:
        rows = self._table.selectionModel().selectedRows()
        return self._cases[rows[0].row()] if rows and rows[0].row() < len(self._cases) else None

    def _show_editor(self) -> None:
        case = self._chosen()
        self._editor.setVisible(case is not None)
        self._fault.hide()
        if case is None:
            return
        field = self._field.currentData()
        self._field.blockSignals(True)
        self._field.clear()
        for name in case.expected:
            self._field.addItem(self._titles.get(name) or title_of({}, name), name)
        self._field.setCurrentIndex(max(0, self._field.findData(field)))
        self._field.blockSignals(False)
        self._show_value()

    def _show_value(self) -> None:
        case, name = self._chosen(), self._field.currentData()
        self._fault.hide()
        if case is not None and name is not None:
            self._value.setText(_as_text(case.expected.get(name)))

    def _save_value(self) -> None:
        case, name = self._chosen(), self._field.currentData()
        if case is None or name is None:
            return
        try:
            value = _as_value(self._value.text(), case.expected.get(name))
        except ValueError:
            self.show_fault(tr('A list stands in square brackets, as it was: ["first", "second"].'))
            return
        if value != case.expected.get(name):
            self.edited.emit(case.id, case.expected | {name: value})

    def show_fault(self, sentence: str) -> None:
        """Why what was typed is not taken."""
        self._fault.setText(sentence)
        self._fault.show()

    def _on_remove_clicked(self) -> None:
        case = self._chosen()
        if case is not None:
            self.removed.emit(case.id)

    def _ask(self, is_asking: bool) -> None:
        """Forgetting is asked about in place, since it can't be undone."""
        one, many = "Forget {n} case of all tasks? This can't be undone.", "Forget {n} cases of all tasks? This can't be undone."
        self._sure_words.setText(tr_n(one, many, self._n_all))
        self._sure.setVisible(is_asking)
        self._forget.setEnabled(not is_asking)
        if is_asking:
            self._spare.setFocus()

    def _on_forget_confirmed(self) -> None:
        self._ask(False)
        self.forget_requested.emit()


def _words_of(case: KeptCase) -> tuple[str, ...]:
    origin = tr("file") if case.source is CaseSource.IMPORT else tr("review")
    if case.edited:
        origin = tr("{origin}, edited", origin=origin)
    expected = tr_n("{n} value", "{n} values", len(case.expected))
    return case.name, expected, tr("yes") if case.held_out else tr("no"), origin


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _as_value(text: str, before: Any) -> Any:
    """The typed text in the form that the value had. Raises `ValueError` for a list that is none."""
    text = text.strip()
    if text == _as_text(before):
        return before
    if isinstance(before, (list, dict)):
        value = json.loads(text or "[]")
        if type(value) is not type(before):
            raise ValueError("another kind of value")
        return value
    return text or None
