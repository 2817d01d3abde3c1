"""The Settings page, built from `Settings` itself, so that no setting can be missing. Shows and signals only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.settings import ReadLimits, Settings
from app.ui.messages import tr
from app.ui.theme import set_role
from app.ui.widgets.number_box import NumberBox, PercentBox
from app.ui.widgets.plain_label import PlainLabel
from app.ui.widgets.scroll_body import ScrollBody

_MEGABYTE = 2**20
_LARGEST_INT = 2**31 - 1
_CHOICE_LENGTH = 24
_SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Look and language", ("theme", "language", "first_steps")),
    ("Documents", ("default_task", "review_below", "keep_cases", "use_attached_xml")),
    ("Privacy and protection", ("offline", "allow_weak_sandbox", "graphics_card")),
    ("Model", ("model", "vision", "threads", "context_tokens")),
)
_OPTIONS = {
    "system": "As the system",
    "light": "Light",
    "dark": "Dark",
    "en": "English",
    "tr": "Türkçe",
    "off": "Off",
    "auto": "When it can",
}


class SettingsPage(QWidget):
    """Signals: changed(Settings): the settings as they should be now."""

    changed = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settingsPage")
        self._settings = settings
        self._is_showing = False
        self._controls: dict[str, QWidget] = {}
        inner = ScrollBody()
        self._column = column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 10, 0)
        column.setSpacing(16)
        for title, names in _SECTIONS:
            column.addWidget(self._section(tr(title), [(name, Settings.model_fields[name]) for name in names]))
        limits = [(f"limits.{name}", info) for name, info in ReadLimits.model_fields.items()]
        column.addWidget(self._section(tr("Limits of reading (from the next start)"), limits))
        column.addStretch(1)
        inner.setMaximumWidth(760)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        self.show_settings(settings)

    def add_card(self, card: QWidget) -> None:
        """A card of its own, before the limits."""
        self._column.insertWidget(self._column.count() - 2, card)

    @property
    def names(self) -> set[str]:
        """The settings that have a control."""
        return set(self._controls)

    def set_choices(self, name: str, choices: Mapping[str, str]) -> None:
        """The values (with titles) of a setting that names a task or a model."""
        control = self._controls[name]
        if isinstance(control, QComboBox):
            self._is_showing = True
            control.clear()
            for value, title in choices.items():
                control.addItem(title, value)
            self._is_showing = False
            self.show_settings(self._settings)

    def show_settings(self, settings: Settings) -> None:
        self._settings = settings
        self._is_showing = True
        for name, control in self._controls.items():
            _show(control, _get(settings, name))
        self._is_showing = False

    def _section(self, title: str, entries: list[tuple[str, FieldInfo]]) -> QFrame:
        card = QFrame()
        set_role(card, "card")
        form = QGridLayout()
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(14)
        form.setColumnStretch(0, 1)
        for row, (name, info) in enumerate(entries):
            control = _control(name, info)
            text = tr((info.title or name).replace("(bytes)", "(MB)"))
            control.setObjectName(f"setting_{name}")
            control.setAccessibleName(text)
            control.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            self._controls[name] = control
            self._watch(name, control)
            label = QVBoxLayout()
            label.setSpacing(2)
            words = PlainLabel(text, wrap=True)
            words.setBuddy(control)
            label.addWidget(words)
            if info.description:
                label.addWidget(PlainLabel(tr(info.description), role="small", wrap=True))
            form.addLayout(label, row, 0)
            form.addWidget(control, row, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout = QVBoxLayout(card)
        layout.setContentsMargins(20, 16, 20, 18)
        layout.setSpacing(14)
        heading = QHBoxLayout()
        heading.addWidget(PlainLabel(title, role="strong"))
        layout.addLayout(heading)
        layout.addLayout(form)
        return card

    def _watch(self, name: str, control: QWidget) -> None:
        if isinstance(control, QCheckBox):
            control.toggled.connect(lambda _: self._on_edited(name))
        elif isinstance(control, QComboBox):
            control.activated.connect(lambda _: self._on_edited(name))
        elif isinstance(control, NumberBox):
            control.setKeyboardTracking(False)
            control.valueChanged.connect(lambda _: self._on_edited(name))

    def _on_edited(self, name: str) -> None:
        if self._is_showing:
            return
        value = _read(self._controls[name])
        if name.startswith("limits."):
            part = name.removeprefix("limits.")
            limits = self._settings.limits.model_copy(update={part: value})
            self._settings = self._settings.model_copy(update={"limits": limits})
        else:
            self._settings = self._settings.model_copy(update={name: value})
        self.changed.emit(self._settings)


def _control(name: str, info: FieldInfo) -> QWidget:
    if info.annotation is bool:
        switch = QCheckBox()
        # Its words stand apart from it: no room for them, so that it ends where the other controls end.
        switch.setProperty("role", "bare")
        return switch
    if get_origin(info.annotation) is Literal or info.annotation is str:
        choice = QComboBox()
        # All as wide as each other, whatever they offer.
        choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        choice.setMinimumContentsLength(_CHOICE_LENGTH)
        for value in get_args(info.annotation):
            choice.addItem(tr(_OPTIONS.get(value, value)), value)
        return choice
    lowest, highest = _bounds(info)
    if info.annotation is float and highest <= 1:
        fraction = PercentBox(round(lowest * 100), round(highest * 100))
        fraction.setAlignment(Qt.AlignmentFlag.AlignRight)
        fraction.setProperty("factor", 0.01)
        return fraction
    factor = _MEGABYTE if name.endswith("bytes") else 1
    number = NumberBox(-(-int(lowest) // factor), min(_LARGEST_INT, int(highest) // factor))
    number.setProperty("factor", factor)
    number.setGroupSeparatorShown(True)
    number.setAlignment(Qt.AlignmentFlag.AlignRight)
    number.setMinimumWidth(120)
    return number


def _bounds(info: FieldInfo) -> tuple[float, float]:
    lowest, highest = 0.0, float(2**62)
    for rule in info.metadata:
        lowest = float(getattr(rule, "ge", lowest))
        highest = float(getattr(rule, "le", highest))
    return lowest, highest


def _get(settings: Settings, name: str) -> Any:
    return getattr(settings.limits, name.removeprefix("limits.")) if name.startswith("limits.") else getattr(settings, name)


def _show(control: QWidget, value: Any) -> None:
    if isinstance(control, QCheckBox):
        control.setChecked(bool(value))
    elif isinstance(control, QComboBox):
        control.setCurrentIndex(max(0, control.findData(value)))
    elif isinstance(control, NumberBox):
        control.setValue(round(value / control.property("factor")))


def _read(control: QWidget) -> Any:
    if isinstance(control, QCheckBox):
        return control.isChecked()
    if isinstance(control, QComboBox):
        return control.currentData()
    if isinstance(control, NumberBox):
        factor = control.property("factor")
        return control.value() * factor if factor >= 1 else round(control.value() * factor, 4)
    return None
