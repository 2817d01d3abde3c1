from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.paths import resources
from app.ui.theme import DARK, LIGHT, Theme, Tokens, tokens_of
from app.ui.widgets.buttons import IconButton
from app.ui.widgets.plain_label import PlainLabel

UI = Path(__file__).parents[2] / "app" / "ui"
PAIRS = (
    ("ink", "background"),
    ("ink", "card"),
    ("ink", "selection"),
    ("ink", "sidebar"),
    ("soft", "background"),
    ("soft", "card"),
    ("soft", "sidebar"),
    ("soft", "selection"),
    ("soft", "quiet"),
    ("accent", "accent_soft"),
    ("accent", "card"),
    ("accent_ink", "accent"),
    ("warn", "warn_soft"),
    ("bad", "bad_soft"),
    ("ink", "warn_soft"),
    ("ink", "bad_soft"),
)


def luminance(color: QColor) -> float:
    parts = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(tokens: Tokens, ink: str, ground: str) -> None:
    brighter, darker = sorted((luminance(tokens.color(ink)), luminance(tokens.color(ground))), reverse=True)
    assert (brighter + 0.05) / (darker + 0.05) >= 4.5


def test_the_style_sheet_is_complete(qtbot: QtBot, theme: Theme, qapp: QApplication) -> None:
    for appearance in ("dark", "light"):
        theme.set_appearance(appearance)
        assert "{{" not in qapp.styleSheet()
    for path in re.findall(r"url\((.+?)\)", qapp.styleSheet()):
        assert Path(path).is_file(), path


def test_the_appearance_changes_at_once(qtbot: QtBot, theme: Theme) -> None:
    theme.set_appearance("light")
    button = IconButton("search", "Search", "search")
    qtbot.addWidget(button)
    before = button.icon().pixmap(20, 20).toImage()
    with qtbot.waitSignal(theme.changed):
        theme.set_appearance("dark")
    assert tokens_of(button) is DARK
    qtbot.waitUntil(lambda: button.icon().pixmap(20, 20).toImage() != before, timeout=3000)
    theme.set_appearance("light")
    assert tokens_of(button) is LIGHT


def test_only_the_theme_sets_a_style_sheet() -> None:
    users = [path.name for path in UI.rglob("*.py") if ".setStyleSheet(" in path.read_text(encoding="utf-8")]
    assert users == ["theme.py"]


def test_labels_never_read_markup(qtbot: QtBot) -> None:
    label = PlainLabel("<b>bold</b>")
    qtbot.addWidget(label)
    plain = PlainLabel("bold")
    qtbot.addWidget(plain)
    assert label.sizeHint().width() > plain.sizeHint().width()


def test_no_label_of_the_window_is_left_to_guess() -> None:
    """`QLabel` guesses rich text; only pictures may be bare ones."""
    users = {path.name for path in UI.rglob("*.py") if re.search(r"\bQLabel\(", path.read_text(encoding="utf-8"))}
    assert users <= {"plain_label.py", "empty_state.py"}


def test_every_icon_is_drawn_in_the_colour_asked_for() -> None:
    fixed = {
        "deskhand",
        "check-light",
        "check-dark",
        "chevron-down-light",
        "chevron-down-dark",
        "chevron-up-light",
        "chevron-up-dark",
    }
    for path in (resources() / "icons").glob("*.svg"):
        assert path.stem in fixed or "currentColor" in path.read_text(encoding="utf-8"), path.name
