"""The service that runs a larger model: protocol, address, name of the model, prices of one's own. Checks as it is typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import get_args
from urllib.parse import urlsplit

from pydantic import ValidationError
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QCompleter, QGridLayout, QLineEdit, QWidget

from app.settings import THIS_MACHINE, ProviderConfig, ProviderKind
from app.ui.messages import tr
from app.ui.widgets.form_row import FormRow
from app.ui.widgets.number_box import NumberBox

_BEFORE_SENTENCE = "Value error, "
_MOST_THINKING = 65_536


@dataclass(frozen=True)
class Preset:
    """A service with its address; the last one is for everybody else's."""

    title: str
    id: str
    kind: ProviderKind
    base_url: str


PRESETS = (
    Preset("OpenAI", "openai", "openai_responses", "https://api.openai.com/v1"),
    Preset("Anthropic", "anthropic", "anthropic", "https://api.anthropic.com/v1"),
    Preset("Google Gemini", "gemini", "gemini", "https://generativelanguage.googleapis.com/v1beta"),
    Preset("OpenRouter", "openrouter", "openai_chat", "https://openrouter.ai/api/v1"),
    Preset("", "own", "openai_chat", ""),
)


class ProviderForm(QWidget):
    """Signals: changed(ProviderConfig): a complete, valid service, not while something is missing or wrong; host_changed(str)."""

    changed = Signal(object)
    host_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept: ProviderConfig | None = None
        self._service = QComboBox(self)
        self._protocol = QComboBox(self)
        self._url = QLineEdit(self)
        self._model = QLineEdit(self)
        self._prices = {name: QLineEdit(self) for name in ("input", "output")}
        self._thinking = NumberBox(parent=self)
        self._plain = QCheckBox(tr("Speak without encryption inside my own network"), self)
        self._sees = QCheckBox(tr("This model reads pictures"), self)
        self._url_row = FormRow(tr("Address"), self._url, self)
        self._model_row = FormRow(tr("Model"), self._model, self, hint=tr("The name under which the service knows it."))
        self._build()
        self._service.activated.connect(self._on_service_chosen)
        self._protocol.activated.connect(lambda _: self._on_edited())
        for box in (self._plain, self._sees):
            box.toggled.connect(lambda _: self._on_edited())
        self._thinking.valueChanged.connect(lambda _: self._on_edited())
        for line in (self._url, self._model, *self._prices.values()):
            line.editingFinished.connect(self._on_edited)

    def _build(self) -> None:
        for preset in PRESETS:
            self._service.addItem(preset.title or tr("Another server"), preset.id)
        titles = {
            "openai_chat": tr("Chat completions (most servers)"),
            "openai_responses": tr("OpenAI Responses"),
            "anthropic": tr("Anthropic Messages"),
            "gemini": tr("Google Gemini"),
        }
        for kind in get_args(ProviderKind):
            self._protocol.addItem(titles[kind], kind)
        names = {
            "providerService": self._service,
            "providerProtocol": self._protocol,
            "providerUrl": self._url,
            "providerModel": self._model,
            "providerInputPrice": self._prices["input"],
            "providerOutputPrice": self._prices["output"],
            "providerThinking": self._thinking,
            "providerPlainHttp": self._plain,
            "providerSeesPictures": self._sees,
        }
        for name, control in names.items():
            control.setObjectName(name)
        for line in self._prices.values():
            line.setPlaceholderText(tr("as listed"))
        self._url.setPlaceholderText("https://…/v1")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        grid.addWidget(FormRow(tr("Service"), self._service, self), 0, 0)
        grid.addWidget(FormRow(tr("Protocol"), self._protocol, self), 0, 1)
        grid.addWidget(self._url_row, 1, 0, 1, 2)
        grid.addWidget(self._plain, 2, 0, 1, 2)
        grid.addWidget(self._model_row, 3, 0, 1, 2)
        grid.addWidget(self._sees, 4, 0, 1, 2)
        grid.addWidget(FormRow(tr("Price of a million tokens read ($)"), self._prices["input"], self), 5, 0)
        grid.addWidget(FormRow(tr("Price of a million tokens written ($)"), self._prices["output"], self), 5, 1)
        hint = tr("What a model writes to itself before it answers; it is paid for, so it counts in “at most”.")
        grid.addWidget(FormRow(tr("Room to think (tokens)"), self._thinking, self, hint=hint), 6, 0, 1, 2)
        self._thinking.setRange(0, _MOST_THINKING)
        self._thinking.setSingleStep(1024)
        self._thinking.setGroupSeparatorShown(True)
        self._thinking.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._thinking.setKeyboardTracking(False)
        self._thinking.setValue(ProviderConfig.model_fields["thinking_tokens"].default)
        self._plain.hide()

    def show_config(self, config: ProviderConfig | None) -> None:
        if config is None or config == self._kept:
            return
        self._kept = config
        known = next((preset for preset in PRESETS if preset.id == config.id), PRESETS[-1])
        self._service.setCurrentIndex(self._service.findData(known.id))
        self._protocol.setCurrentIndex(self._protocol.findData(config.kind))
        self._url.setText(config.base_url)
        self._model.setText(config.model)
        for control in (self._plain, self._sees, self._thinking):
            control.blockSignals(True)
        self._sees.setChecked(config.sees_pictures)
        self._plain.setChecked(config.allow_plain_http)
        self._thinking.setValue(config.thinking_tokens)
        for control in (self._plain, self._sees, self._thinking):
            control.blockSignals(False)
        for name, price in (("input", config.input_price), ("output", config.output_price)):
            self._prices[name].setText("" if price is None else f"{price.normalize():f}")
        self._show_plain()

    def suggest_models(self, names: Sequence[str]) -> None:
        """Names that the service is known to have; any other may be typed."""
        completer = QCompleter(list(names), self._model)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._model.setCompleter(completer)

    @property
    def config(self) -> ProviderConfig | None:
        """What stands in the form, if it is complete and valid; else the faults are shown beside it."""
        self._url_row.set_fault("")
        self._model_row.set_fault("")
        url, model = self._url.text().strip(), self._model.text().strip()
        if not url or not model:
            return None
        preset_id = self._service.currentData()
        kept = self._kept
        kept_values = kept.model_dump() if kept is not None and kept.id == preset_id else {}
        try:
            return ProviderConfig.model_validate(
                kept_values
                | {
                    "id": preset_id,
                    "kind": self._protocol.currentData(),
                    "base_url": url.rstrip("/"),
                    "model": model,
                    "allow_plain_http": self._plain.isChecked(),
                    "thinking_tokens": self._thinking.value(),
                    "sees_pictures": self._sees.isChecked(),
                    "input_price": _price(self._prices["input"].text()),
                    "output_price": _price(self._prices["output"].text()),
                }
            )
        except ValidationError as error:
            sentence = error.errors()[0]["msg"].removeprefix(_BEFORE_SENTENCE)
            self._url_row.set_fault(tr(f"{sentence}." if sentence.startswith("http") else f"{sentence[:1].upper()}{sentence[1:]}."))
            return None

    def _on_service_chosen(self) -> None:
        preset = PRESETS[self._service.currentIndex()]
        self._protocol.setCurrentIndex(self._protocol.findData(preset.kind))
        self._url.setText(preset.base_url)
        self._on_edited()

    def _on_edited(self) -> None:
        self._show_plain()
        self.host_changed.emit(urlsplit(self._url.text().strip()).hostname or "")
        config = self.config
        if config is not None and config != self._kept:
            self._kept = config
            self.changed.emit(config)

    def _show_plain(self) -> None:
        """Only where it could matter."""
        parts = urlsplit(self._url.text().strip())
        is_near = parts.hostname is None or parts.hostname in THIS_MACHINE
        self._plain.setVisible((parts.scheme == "http" and not is_near) or self._plain.isChecked())


def _price(text: str) -> Decimal | None:
    text = text.strip().replace(",", ".")
    try:
        price = Decimal(text) if text else None
    except InvalidOperation:
        return None
    return price if price is None or (price.is_finite() and price >= 0) else None
