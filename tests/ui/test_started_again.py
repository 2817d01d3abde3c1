"""Documents of a second start arrive in the window that is open."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.jobs.handover import hand_over
from app.ui.desktop import Desktop
from app.ui.theme import Theme
from tests.helpers.window_world import FakeDeskhand, bill_lines, write_bill
from tests.ui.conftest import close_desktop, open_desktop

WAIT_MS = 6_000


def start_again(data: Path, documents: list[Path]) -> tuple[threading.Thread, list[bool]]:
    outcome: list[bool] = []
    sender = threading.Thread(target=lambda: outcome.append(hand_over(data, documents)))
    sender.start()
    return sender, outcome


def test_a_document_handed_over_appears_in_the_list(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, tmp_path: Path) -> None:
    bill = write_bill(tmp_path / "in", "good.txt", bill_lines("Acme Ltd", "A-1", "2024-03-01", "120.00"))
    desktop.window.show_page("settings")
    sender, outcome = start_again(deskhand.paths.data, [bill])
    qtbot.waitUntil(lambda: [row.job.name for row in desktop.jobs.source.all_rows()] == ["good.txt"], timeout=WAIT_MS)
    sender.join()
    assert outcome == [True]
    assert desktop.window.page == "inbox"


def test_an_empty_one_brings_the_window_to_the_front(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand) -> None:
    desktop.window.showMinimized()
    sender, outcome = start_again(deskhand.paths.data, [])
    qtbot.waitUntil(lambda: not desktop.window.isMinimized(), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: QApplication.activeWindow() is desktop.window, timeout=WAIT_MS)
    sender.join()
    assert outcome == [True]
    assert desktop.jobs.source.rowCount() == 0


def test_what_came_before_the_window_was_ready_is_taken_in_and_a_closed_one_takes_nothing(
    qtbot: QtBot, theme: Theme, deskhand: FakeDeskhand, tmp_path: Path
) -> None:
    bill = write_bill(tmp_path / "in", "early.txt", bill_lines("Acme Ltd", "A-1", "2024-03-01", "120.00"))
    folder = deskhand.paths.data / "handed-over"
    folder.mkdir()
    sender, outcome = start_again(deskhand.paths.data, [bill])
    qtbot.waitUntil(lambda: any(folder.glob("*.json")), timeout=WAIT_MS)
    opened = open_desktop(qtbot, theme, deskhand)
    qtbot.waitUntil(lambda: opened.jobs.source.rowCount() == 1, timeout=WAIT_MS)
    sender.join()
    close_desktop(opened)
    assert outcome == [True]
    assert not folder.exists()
    assert not hand_over(deskhand.paths.data, [bill])
