"""Tone colours for what is painted by hand. Pages are paper, so they keep the light tones in a dark window too."""

from __future__ import annotations

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from app.ui.theme import LIGHT, tokens_of
from app.ui.widgets.pill import Tone

_TOKENS: dict[Tone, str] = {"good": "accent", "warn": "warn", "bad": "bad", "quiet": "soft"}
PAPER_INK: dict[Tone, QColor] = {tone: LIGHT.color(token) for tone, token in _TOKENS.items()}
PAPER_INK["warn"] = QColor("#C08A10")


def ink_of(tone: Tone, widget: QWidget) -> QColor:
    """The tone's colour for text and lines in a widget."""
    return tokens_of(widget).color(_TOKENS[tone])


def wash_of(tone: Tone, widget: QWidget, *, strong: bool = False) -> QColor:
    """The tone as a background behind text in a widget."""
    colour = ink_of(tone, widget)
    colour.setAlpha(100 if strong else 44)
    return colour
