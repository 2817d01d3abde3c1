"""All keys on one card (F1)."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.ui.messages import tr
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.plain_label import PlainLabel
from app.ui.widgets.sidebar import PAGES


def shortcut_groups() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Headings with (keys, what they do)."""
    return (
        (
            tr("Everywhere"),
            (
                ("Ctrl+O", tr("Add documents")),
                ("Ctrl+V", tr("Add copied files")),
                ("Ctrl+K", tr("Search documents and values")),
                ("Ctrl+E", tr("Export")),
                ("Ctrl+Z", tr("Undo")),
                (f"Ctrl+1 … Ctrl+{len(PAGES)}", tr("Go to a page")),
                ("F1", tr("Show these shortcuts")),
                ("Esc", tr("Close what is open")),
            ),
        ),
        (
            tr("In the list"),
            (
                ("Enter", tr("Show the document")),
                ("Shift+A", tr("Accept all chosen documents")),
                ("Delete", tr("Remove from the list; the file stays")),
                (tr("Double click"), tr("Open the original")),
                (tr("Drag a row out"), tr("Get the original file")),
            ),
        ),
        (
            tr("In review"),
            (
                ("J  K", tr("Next and previous field")),
                ("A", tr("Accept, and on to what is next to check")),
                ("1 … 9", tr("Choose another candidate")),
                ("E", tr("Edit")),
                ("Shift+A", tr("Accept the whole document, and on to the next")),
                ("S", tr("Skip the document")),
                ("Shift+S", tr("Back to the document before")),
                ("U", tr("Undo, also in the document before")),
                ("H", tr("History, and back to the original answer")),
            ),
        ),
    )


class ShortcutsDialog(QDialog):
    """Closes with Esc, like everything. Signals: first_steps_requested."""

    first_steps_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcutsDialog")
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.setAccessibleName(tr("Keyboard shortcuts"))
        columns = QHBoxLayout()
        columns.setSpacing(40)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(4)
        for position, (title, entries) in enumerate(shortcut_groups()):
            column = left if position == 0 else right
            caption = PlainLabel(title.upper(), role="caption")
            caption.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            column.addWidget(caption)
            column.addSpacing(6)
            column.addLayout(_grid(entries))
            column.addSpacing(10)
        for column in (left, right):
            column.addStretch(1)
            columns.addLayout(column)
        close = TextButton(tr("Close"), "closeShortcuts")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        steps = TextButton(tr("Show the first steps again"), "firstStepsAgain", "ghost")
        steps.clicked.connect(self.accept)
        steps.clicked.connect(self.first_steps_requested)
        buttons = QHBoxLayout()
        buttons.addWidget(steps)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(28, 24, 28, 20)
        layout.setSpacing(16)
        layout.addWidget(PlainLabel(tr("Keyboard shortcuts"), role="title"))
        layout.addLayout(columns)
        layout.addLayout(buttons)


def _grid(entries: tuple[tuple[str, str], ...]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(8)
    grid.setColumnStretch(1, 1)
    for place, (keys, text) in enumerate(entries):
        shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText) if "+" in keys and "…" not in keys else keys
        grid.addWidget(PlainLabel(shown, role="key"), place, 0, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(PlainLabel(text), place, 1)
    return grid
