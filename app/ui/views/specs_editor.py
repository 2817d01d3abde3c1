"""Edits a list of fields or classes: a table of them, and under it the form of the chosen one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.messages import title_of
from app.ui.views.specs_table import SpecsTable


class Named(Protocol):
    """What fields and classes have in common."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> dict[str, str]: ...


Spec = TypeVar("Spec", bound=Named)


class SpecForm(Protocol[Spec]):
    """The form of one of them. Signals: edited."""

    @property
    def edited(self) -> SignalInstance: ...

    def show_spec(self, spec: Spec, taken: Collection[str], *, is_new: bool) -> None:
        """Show it. The name of a new one follows its title; that of a stored one stays."""

    def spec(self) -> Spec:
        """It as it is on the form; not yet checked."""

    def set_fault(self, sentence: str) -> None: ...

    def focus_title(self) -> None: ...


class SpecsEditor(QWidget, Generic[Spec]):
    """`make` gives a new one, whose name is none of those taken. Signals: changed."""

    changed = Signal()

    def __init__(
        self,
        table: SpecsTable[Spec],
        form: SpecForm[Spec],
        make: Callable[[Collection[str]], Spec],
        parent: QWidget | None = None,
    ) -> None:
        assert isinstance(form, QWidget)
        super().__init__(parent)
        self._table = table
        self._form: SpecForm[Spec] = form
        self._form_widget: QWidget = form
        self._make = make
        self._new_names: set[str] = set()
        self._faults: dict[int, str] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(table)
        layout.addWidget(form)
        form.hide()
        table.current_changed.connect(self._show_current)
        table.changed.connect(self.changed)
        table.add_requested.connect(self._on_add)
        form.edited.connect(self._on_edited)

    @property
    def table(self) -> SpecsTable[Spec]:
        return self._table

    def specs(self) -> tuple[Spec, ...]:
        return self._table.model.specs

    def set_specs(self, specs: tuple[Spec, ...]) -> None:
        self._new_names.clear()
        self._table.set_specs(specs)

    def set_faults(self, faults: Mapping[int, str], general: str = "") -> None:
        """Faults by the number of the row; `general` is one of all of them."""
        self._faults = dict(faults)
        others = [
            f"{title_of(spec.title, spec.name)}: {self._faults[row]}"
            for row, spec in enumerate(self.specs())
            if row in self._faults and row != self._table.current_row
        ]
        self._table.set_fault(" ".join([general, *others]).strip())
        self._form.set_fault(self._faults.get(self._table.current_row, ""))

    def set_read_only(self, read_only: bool) -> None:
        self._table.set_read_only(read_only)
        self._form_widget.setEnabled(not read_only)

    def _show_current(self, row: int) -> None:
        self._form_widget.setVisible(row >= 0)
        if row >= 0:
            spec = self.specs()[row]
            others = {other.name for index, other in enumerate(self.specs()) if index != row}
            self._form.show_spec(spec, others, is_new=spec.name in self._new_names)
            self._form.set_fault(self._faults.get(row, ""))

    def _on_add(self) -> None:
        spec = self._make({spec.name for spec in self.specs()})
        self._new_names.add(spec.name)
        self._table.set_current_row(self._table.model.append(spec))
        self._form.focus_title()
        self.changed.emit()

    def _on_edited(self) -> None:
        row = self._table.current_row
        if row < 0:
            return
        spec = self._form.spec()
        before = self.specs()[row].name
        if before != spec.name:
            self._new_names.discard(before)
            self._new_names.add(spec.name)
        self._table.model.replace(row, spec)
        self.changed.emit()
