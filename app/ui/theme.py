"""Colours, fonts and the one style sheet. The only module that calls `setStyleSheet`; widgets ask `tokens_of` when they paint."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from app.paths import resources

Appearance = Literal["system", "light", "dark"]

_DESIGN_POINT_SIZE = 10.0
"""Point size at which the pixel sizes of the design hold; other sizes scale them."""


@dataclass(frozen=True)
class Tokens:
    """The named colours of one appearance."""

    scheme: str
    background: str
    sidebar: str
    card: str
    line: str
    ink: str
    soft: str
    accent: str
    accent_soft: str
    accent_ink: str
    """Text on a surface filled with the accent."""
    accent_strong: str
    """The accent under the pointer."""
    warn: str
    warn_soft: str
    bad: str
    bad_soft: str
    selection: str
    hover: str
    quiet: str
    """The ground of a pill that asks for nothing."""
    chosen: str
    """The page in view, in the sidebar."""
    scroll: str

    def color(self, name: str) -> QColor:
        """The token as a colour to paint with."""
        return QColor(getattr(self, name))


LIGHT = Tokens(
    scheme="light",
    background="#F7F7F5",
    sidebar="#EFEEEA",
    card="#FFFFFF",
    line="#E3E1DB",
    ink="#1F2328",
    soft="#63676E",
    accent="#2F6F5E",
    accent_soft="#E3F0EB",
    accent_ink="#FFFFFF",
    accent_strong="#275D4F",
    warn="#8F6000",
    warn_soft="#FFF3D6",
    bad="#B42318",
    bad_soft="#FDE8E6",
    selection="#EAF2EF",
    hover="#F4F4F1",
    quiet="#EFEEEA",
    chosen="#FFFFFF",
    scroll="#CFCDC6",
)
DARK = Tokens(
    scheme="dark",
    background="#17191C",
    sidebar="#1D2023",
    card="#202428",
    line="#2F343A",
    ink="#E8EAED",
    soft="#9BA1A9",
    accent="#6CC2A8",
    accent_soft="#203A33",
    accent_ink="#12211C",
    accent_strong="#82D0B9",
    warn="#E3B341",
    warn_soft="#3A3016",
    bad="#F47067",
    bad_soft="#432322",
    selection="#263530",
    hover="#262B30",
    quiet="#2C3137",
    chosen="#2A3036",
    scroll="#464D55",
)


def tokens_of(_widget: QWidget) -> Tokens:
    """The tokens a widget paints with. They follow the application: a widget's own palette is bent by the style sheet."""
    return DARK if QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def set_role(widget: QWidget, role: str, **properties: str) -> None:
    """Choose a variant of the style sheet for a widget, also after it was shown."""
    widget.setProperty("role", role)
    for name, value in properties.items():
        widget.setProperty(name, value)
    refresh_style(widget)


def scaled_px(length: int) -> int:
    """A length of the design in pixels, longer where the person's letters are larger."""
    return round(length * max(1.0, QApplication.font().pointSizeF() / _DESIGN_POINT_SIZE))


def refresh_style(widget: QWidget) -> None:
    """Apply the style sheet anew after a property it selects on has changed."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


def tabular(font: QFont) -> QFont:
    """The same font with figures of equal width, for columns of amounts."""
    figures = QFont(font)
    if hasattr(QFont, "Tag"):
        figures.setFeature(QFont.Tag("tnum"), 1)
    return figures


class Theme(QObject):
    """Keeps the application in the chosen appearance, or in the system's.

    Signals:
        changed: the tokens are other ones now.
    """

    changed = Signal()

    def __init__(self, application: QApplication, appearance: Appearance = "system") -> None:
        super().__init__(application)
        self._application = application
        self._appearance: Appearance = appearance
        style = QStyleFactory.create("Fusion")
        if style is not None:
            application.setStyle(style)
        self._template = "\n".join(sheet.read_text(encoding="utf-8") for sheet in sorted((resources() / "style").glob("*.qss")))
        self._tokens: Tokens | None = None
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_color_scheme_changed)
        self._apply()

    @property
    def tokens(self) -> Tokens:
        return self._tokens or LIGHT

    def set_appearance(self, appearance: Appearance) -> None:
        """Follow the system, or stay light or dark."""
        self._appearance = appearance
        self._apply()

    @Slot()
    def _on_color_scheme_changed(self) -> None:
        if self._appearance == "system":
            self._apply()

    def _apply(self) -> None:
        tokens = DARK if self._is_dark() else LIGHT
        if tokens is self._tokens:
            return
        self._tokens = tokens
        self._application.setPalette(_palette(tokens))
        self._application.setStyleSheet(_fill(self._template, tokens, self._application.font()))
        self.changed.emit()

    def _is_dark(self) -> bool:
        if self._appearance != "system":
            return self._appearance == "dark"
        return QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark


def _palette(tokens: Tokens) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette(tokens.color("background"))
    colors = {
        role.Window: tokens.background,
        role.WindowText: tokens.ink,
        role.Base: tokens.card,
        role.AlternateBase: tokens.hover,
        role.Text: tokens.ink,
        role.PlaceholderText: tokens.soft,
        role.Button: tokens.card,
        role.ButtonText: tokens.ink,
        role.BrightText: tokens.bad,
        role.ToolTipBase: tokens.card,
        role.ToolTipText: tokens.ink,
        role.Highlight: tokens.selection,
        role.HighlightedText: tokens.ink,
        role.Accent: tokens.accent,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
        role.Mid: tokens.line,
        role.Midlight: tokens.hover,
        role.Dark: tokens.soft,
        role.Light: tokens.card,
    }
    for color_role, value in colors.items():
        palette.setColor(color_role, QColor(value))
    for color_role in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, color_role, QColor(tokens.soft))
    return palette


def _fill(template: str, tokens: Tokens, font: QFont) -> str:
    """The style sheet with tokens put in: colours by name, lengths of text as ``px.<number>`` at the design's font size."""
    scale = max(font.pointSizeF(), 8.0) / _DESIGN_POINT_SIZE
    values = asdict(tokens) | {"icons": (resources() / "icons").as_posix()}
    values |= {f"px.{size}": f"{round(size * scale)}px" for size in (10, 11, 12, 13, 14, 15, 17, 19, 20, 22, 24)}
    for name, value in values.items():
        template = template.replace("{{" + name + "}}", value)
    return template
