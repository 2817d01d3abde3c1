"""Review with the keys alone, several documents at once, and the history: in the whole window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.domain.job import JobState
from app.ui.desktop import Desktop
from app.ui.dialogs.shortcuts import shortcut_groups
from app.ui.widgets.plain_label import PlainLabel
from tests.helpers.window_world import FakeDeskhand, bill_lines, wait_idle, write_bill

WAIT_MS = 10_000
N_BILLS = 4


@pytest.fixture
def queue(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, tmp_path: Path) -> list[int]:
    """Bills with two doubtful values each, in review; their jobs in the order of the list."""
    for n in range(N_BILLS):
        lines = bill_lines("Contoso", f"M-{n}", "2024-01-31", f"{n}0.00", mark="?")
        lines[3] = lines[3].replace("issue_date", "issue_date?")
        write_bill(tmp_path / "in", f"{n}.txt", lines)
    deskhand.runner.add([tmp_path / "in"], "invoice")
    wait_idle(deskhand)
    qtbot.waitUntil(lambda: sum(row.digest is not None for row in desktop.jobs.source.all_rows()) == N_BILLS, timeout=WAIT_MS)
    with qtbot.waitActive(desktop.window):
        desktop.window.activateWindow()
    desktop.window.show_page("review")
    ids = desktop.jobs.job_ids()
    _wait_for(qtbot, desktop, ids[0])
    return ids


def _wait_for(qtbot: QtBot, desktop: Desktop, job_id: int, target: str = "issue_date") -> None:
    detail = desktop.detail
    qtbot.waitUntil(
        lambda: detail.job is not None and detail.job.id == job_id and detail.current_target == target and _has_focus(desktop),
        timeout=WAIT_MS,
    )


def _has_focus(desktop: Desktop) -> bool:
    focused = desktop.window.focusWidget()
    return focused is not None and (focused is desktop.detail or desktop.detail.isAncestorOf(focused))


def _press(qtbot: QtBot, desktop: Desktop, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(desktop.window.focusWidget(), key, modifier)


def _state(deskhand: FakeDeskhand, job_id: int) -> JobState:
    job = deskhand.store.job(job_id)
    assert job is not None
    return job.state


def _value(deskhand: FakeDeskhand, job_id: int, name: str) -> str | None:
    result = deskhand.store.result(job_id)
    assert result is not None
    return result.answer.fields[name].value


@pytest.mark.parametrize(
    "keys", [(Qt.Key.Key_U, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)]
)
def test_the_last_document_of_the_queue_comes_back_by_a_key(qtbot, desktop, deskhand, queue, keys):
    for job_id in queue:
        _wait_for(qtbot, desktop, job_id)
        _press(qtbot, desktop, Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: desktop.window.workbench.is_empty, timeout=WAIT_MS)
    assert _state(deskhand, queue[-1]) is JobState.DONE
    qtbot.waitUntil(desktop.window.workbench.empty.hasFocus, timeout=WAIT_MS)
    _press(qtbot, desktop, *keys)
    qtbot.waitUntil(lambda: _state(deskhand, queue[-1]) is JobState.REVIEW, timeout=WAIT_MS)


def _steps(deskhand: FakeDeskhand, job_id: int) -> int:
    return sum(not made.undone for made in deskhand.store.corrections(job_id))


def test_keys_alone_go_through_the_open_values_of_all_documents(qtbot, desktop, deskhand, queue):
    for job_id in queue:
        _wait_for(qtbot, desktop, job_id)
        _press(qtbot, desktop, Qt.Key.Key_A)
        _wait_for(qtbot, desktop, job_id, "total_amount")
        _press(qtbot, desktop, Qt.Key.Key_1)
        qtbot.waitUntil(lambda job_id=job_id: _state(deskhand, job_id) is JobState.DONE, timeout=WAIT_MS)
    assert all(_steps(deskhand, job_id) == 2 for job_id in queue)


def test_a_whole_document_is_accepted_with_one_key_and_undone_from_the_next(qtbot, desktop, deskhand, queue):
    _press(qtbot, desktop, Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    _wait_for(qtbot, desktop, queue[1])
    assert _state(deskhand, queue[0]) is JobState.DONE
    _press(qtbot, desktop, Qt.Key.Key_U)
    _wait_for(qtbot, desktop, queue[0])
    assert _state(deskhand, queue[0]) is JobState.REVIEW


def test_undo_stays_in_a_document_that_was_chosen_by_hand(qtbot, desktop, deskhand, queue):
    _press(qtbot, desktop, Qt.Key.Key_A)
    _wait_for(qtbot, desktop, queue[0], "total_amount")
    _press(qtbot, desktop, Qt.Key.Key_S)
    _wait_for(qtbot, desktop, queue[1])
    _press(qtbot, desktop, Qt.Key.Key_A)
    _wait_for(qtbot, desktop, queue[1], "total_amount")
    _press(qtbot, desktop, Qt.Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
    _wait_for(qtbot, desktop, queue[0], "total_amount")
    _press(qtbot, desktop, Qt.Key.Key_U)
    qtbot.waitUntil(lambda: _steps(deskhand, queue[0]) == 0, timeout=WAIT_MS)
    assert _steps(deskhand, queue[1]) == 1


def test_a_key_pressed_twice_is_one_decision(qtbot, desktop, deskhand, queue):
    for _ in range(2):
        desktop.detail._panel.accept_current()
    _wait_for(qtbot, desktop, queue[0], "total_amount")
    assert _steps(deskhand, queue[0]) == 1


def test_an_edit_is_typed_and_goes_on(qtbot, desktop, deskhand, queue):
    _press(qtbot, desktop, Qt.Key.Key_E)
    line = desktop.window.focusWidget()
    assert isinstance(line, QLineEdit)
    line.selectAll()
    qtbot.keyClicks(line, "2024-02-01")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    _wait_for(qtbot, desktop, queue[0], "total_amount")
    assert _value(deskhand, queue[0], "issue_date") == "2024-02-01"


def _choose(desktop: Desktop, job_ids: list[int]) -> None:
    selection = desktop.window.workbench.list.table.selectionModel()
    for place, job_id in enumerate(job_ids):
        index = desktop.jobs.mapFromSource(desktop.jobs.source.index_of(job_id))
        mode = QItemSelectionModel.SelectionFlag.Select if place else QItemSelectionModel.SelectionFlag.ClearAndSelect
        selection.select(index, mode | QItemSelectionModel.SelectionFlag.Rows)


def test_several_documents_are_accepted_and_taken_back_together(qtbot, desktop, deskhand, queue):
    _choose(desktop, queue[:3])
    words = desktop.window.findChild(PlainLabel, "selectionWords")
    accept = desktop.window.findChild(QPushButton, "acceptChosen")
    assert (words.text(), accept.accessibleName(), accept.isVisible()) == ("3 chosen", "Accept all 3", True)
    qtbot.mouseClick(accept, Qt.MouseButton.LeftButton)
    notice = desktop.window.notice
    qtbot.waitUntil(lambda: notice.text.startswith("3 documents accepted. 6 values"), timeout=WAIT_MS)
    assert all(_state(deskhand, job_id) is JobState.DONE for job_id in queue[:3])
    assert not accept.isVisible()
    qtbot.mouseClick(notice.findChild(QPushButton, "noticeAction"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desktop.jobs.rowCount() == N_BILLS, timeout=WAIT_MS)
    assert all(_state(deskhand, job_id) is JobState.REVIEW for job_id in queue)


def test_one_key_takes_back_several_acceptances(qtbot, desktop, deskhand, queue):
    _choose(desktop, queue[:2])
    table = desktop.window.workbench.list.table
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: _state(deskhand, queue[1]) is JobState.DONE, timeout=WAIT_MS)
    _wait_for(qtbot, desktop, queue[2])
    _press(qtbot, desktop, Qt.Key.Key_U)
    qtbot.waitUntil(lambda: desktop.jobs.rowCount() == N_BILLS, timeout=WAIT_MS)


def _history(qtbot: QtBot, desktop: Desktop) -> QDialog:
    _press(qtbot, desktop, Qt.Key.Key_H)
    dialog = desktop.window.findChild(QDialog, "historyDialog")
    assert dialog is not None
    return dialog


def _texts(dialog: QDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(PlainLabel)]


def test_the_history_tells_what_was_changed_and_leads_back(qtbot, desktop, deskhand, queue):
    deskhand.store.correct(queue[0], "seller_name", value="Contoso AG")
    dialog = _history(qtbot, desktop)
    qtbot.waitUntil(lambda: "You corrected" in _texts(dialog), timeout=WAIT_MS)
    assert "Seller: Contoso → Contoso AG" in _texts(dialog)
    restore = dialog.findChild(QPushButton, "restoreOriginal")
    qtbot.mouseClick(restore, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "You went back to the original answer" in _texts(dialog), timeout=WAIT_MS)
    assert _value(deskhand, queue[0], "seller_name") == "Contoso"
    assert "taken back" in _texts(dialog)
    qtbot.mouseClick(dialog.findChild(QPushButton, "historyUndo"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: _value(deskhand, queue[0], "seller_name") == "Contoso AG", timeout=WAIT_MS)
    dialog.accept()


def test_the_history_of_one_value_leaves_the_others_out(qtbot, desktop, deskhand, queue):
    deskhand.store.correct(queue[0], "seller_name", value="Contoso AG")
    deskhand.store.correct(queue[0], "buyer_name", value="Fabrikam")
    dialog = _history(qtbot, desktop)
    choice = dialog.findChild(QComboBox, "historyChoice")
    qtbot.waitUntil(lambda: choice.count() > 1, timeout=WAIT_MS)
    place = choice.findData("seller_name")
    choice.setCurrentIndex(place)
    choice.activated.emit(place)
    qtbot.waitUntil(lambda: not any("Fabrikam" in text for text in _texts(dialog)), timeout=WAIT_MS)
    assert "Seller: Contoso → Contoso AG" in _texts(dialog)
    dialog.accept()


def test_every_key_of_review_is_on_the_card_of_keys(desktop):
    (_, _), (_, _), (_, entries) = shortcut_groups()
    named = {key for keys, _ in entries for key in keys.replace("…", " ").split()}
    assert {"J", "K", "A", "E", "S", "U", "H", "1", "9", "Shift+A", "Shift+S"} <= named
