"""The whole window on fake workers: what a person sees and does, state by state."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QFileDialog, QLineEdit, QTableView, QWidget
from pytestqt.qtbot import QtBot

from app.domain.job import JobError, JobState
from app.errors import ModelLoadError
from app.ui.desktop import Desktop
from app.ui.models.jobs import INTERNAL_DRAG
from app.ui.theme import Theme
from app.ui.views.task_editor import TaskEditor
from app.ui.widgets.plain_label import PlainLabel
from app.ui.widgets.sidebar import PAGES
from app.worker.sandbox import SandboxReport
from tests.helpers.gap_monitor import GapMonitor
from tests.helpers.window_world import FakeDeskhand, LineModel, bill_lines, write_bill
from tests.ui.conftest import close_desktop, open_desktop

WAIT_MS = 6_000


@pytest.fixture
def bills(tmp_path: Path) -> list[Path]:
    """Three invoices: one in order, one with a doubtful total, one locked with a password."""
    folder = tmp_path / "in"
    return [
        write_bill(folder, "good.txt", bill_lines("Acme Ltd", "A-1", "2024-03-01", "120.00")),
        write_bill(folder, "doubtful.txt", bill_lines("Bolt GmbH", "B-2", "2024-03-02", "75.50", mark="?")),
        write_bill(folder, "locked.txt", ["locked: yes"]),
    ]


@pytest.fixture
def gate(deskhand: FakeDeskhand) -> Iterator[threading.Event]:
    """Holds the model after the third value of a document until it is set."""
    held = threading.Event()
    deskhand.fake_model.gate = held
    yield held
    held.set()


def drop(desktop: Desktop, data: QMimeData) -> None:
    """Drag files onto the window and let go."""
    at, copy, left, none = QPoint(300, 300), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(desktop.window, QDragEnterEvent(at, copy, data, left, none))
    QApplication.sendEvent(desktop.window, QDropEvent(QPointF(at), copy, data, left, none))


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def settled(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, count: int, timeout_ms: int = WAIT_MS) -> None:
    """Wait until so many jobs are in the list, all are finished, and the answers are shown."""

    def all_there() -> bool:
        rows = desktop.jobs.source.all_rows()
        answered = {JobState.REVIEW, JobState.DONE}
        return len(rows) == count and all(
            row.job.state.is_finished and (row.digest is not None or row.job.state not in answered) for row in rows
        )

    qtbot.waitUntil(all_there, timeout=timeout_ms)


def row_named(desktop: Desktop, name: str):
    return next(row for row in desktop.jobs.source.all_rows() if row.job.name == name)


def shown(desktop: Desktop, object_name: str, kind: type[QWidget] = QWidget) -> QWidget:
    widget = desktop.window.findChild(kind, object_name)
    assert widget is not None, object_name
    return widget


def press(qtbot: QtBot, widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    widget.window().activateWindow()
    qtbot.waitUntil(widget.window().isActiveWindow, timeout=WAIT_MS)
    qtbot.keyClick(widget, key, modifier)


def has_focus(widget: QWidget) -> bool:
    focused = QApplication.focusWidget()
    return focused is not None and (focused is widget or widget.isAncestorOf(focused))


# States.


def test_the_empty_window_invites(desktop: Desktop) -> None:
    assert desktop.window.workbench.is_empty
    assert shown(desktop, "welcomePage").isVisible()
    texts = [label.text() for label in shown(desktop, "welcomePage").findChildren(PlainLabel)]
    assert "Drop documents or a folder here" in texts
    assert any("never sent anywhere" in text for text in texts)
    assert shown(desktop, "samplesButton").isVisible()


def test_the_network_state_and_the_model_are_always_told(qtbot: QtBot, desktop: Desktop) -> None:
    texts = [label.text() for label in desktop.window.status.findChildren(PlainLabel)]
    assert "Offline. No document has left this computer." in texts
    qtbot.waitUntil(lambda: "on this computer" in shown(desktop, "modelInUse", PlainLabel).text(), timeout=WAIT_MS)
    for page in ("inbox", "tasks", "models", "settings"):
        desktop.window.show_page(page)
        assert shown(desktop, "networkState").isVisible()


def test_dropped_files_are_read_and_sorted_by_outcome(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path]
) -> None:
    drop(desktop, files(*bills))
    settled(qtbot, desktop, deskhand, 3)
    assert row_named(desktop, "good.txt").job.state is JobState.DONE
    assert row_named(desktop, "doubtful.txt").status.word == "1 to check"
    assert row_named(desktop, "locked.txt").note.startswith("Needs a password. Enter the password")
    qtbot.waitUntil(lambda: "1 could not be read" in desktop.window.header.subtitle, timeout=WAIT_MS)
    assert shown(desktop, "nav_review").accessibleName() == "Review, 1"


def test_dropping_a_folder_takes_what_is_in_it(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path]) -> None:
    drop(desktop, files(bills[0].parent))
    settled(qtbot, desktop, deskhand, 3)


def test_the_overlay_names_what_letting_go_will_do(desktop: Desktop, bills: list[Path]) -> None:
    data = files(*bills, bills[0].parent)
    event = QDragEnterEvent(
        QPoint(300, 300), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(desktop.window, event)
    overlay = shown(desktop, "dropOverlay")
    assert overlay.isVisible()
    assert overlay.accessibleName() == "Add 3 files and 1 folder to Inbox, task: Invoice"
    QApplication.sendEvent(desktop.window, QDragLeaveEvent())
    assert not overlay.isVisible()


def test_own_rows_and_foreign_text_are_not_taken(desktop: Desktop, bills: list[Path]) -> None:
    own = files(bills[0])
    own.setData(INTERNAL_DRAG, b"1")
    text = QMimeData()
    text.setText("hello")
    for data in (own, text):
        drop(desktop, data)
    assert not shown(desktop, "dropOverlay").isVisible()
    assert desktop.jobs.source.rowCount() == 0


def test_copied_files_are_pasted(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path]) -> None:
    QGuiApplication.clipboard().setMimeData(files(bills[0]))
    press(qtbot, desktop.window.workbench.list.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    settled(qtbot, desktop, deskhand, 1)
    QGuiApplication.clipboard().clear()


def test_rows_fill_in_while_the_model_works(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path], gate: threading.Event
) -> None:
    drop(desktop, files(bills[0], bills[1]))
    qtbot.waitUntil(lambda: any(row.cell("seller_name") for row in desktop.jobs.source.all_rows()), timeout=WAIT_MS)
    row = row_named(desktop, "good.txt")
    assert row.job.state is JobState.WORKING
    assert row.cell("seller_name").text == "Acme Ltd"
    assert row.cell("total_amount") is None
    qtbot.waitUntil(lambda: shown(desktop, "queueState", PlainLabel).text().startswith("0 of 2"), timeout=WAIT_MS)
    assert shown(desktop, "pauseButton").isVisible()
    gate.set()
    settled(qtbot, desktop, deskhand, 2)
    qtbot.waitUntil(lambda: not shown(desktop, "pauseButton").isVisible(), timeout=WAIT_MS)
    assert set(desktop.jobs.job_ids()) == {1, 2}, "what was watched stays in view"


def test_pause_and_resume(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path], gate: threading.Event) -> None:
    drop(desktop, files(bills[0], bills[1]))
    qtbot.waitUntil(lambda: any(row.cell("seller_name") for row in desktop.jobs.source.all_rows()), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: shown(desktop, "pauseButton").isVisible(), timeout=WAIT_MS)
    shown(desktop, "pauseButton", QAbstractButton).click()
    qtbot.waitUntil(lambda: "Paused" in shown(desktop, "queueState", PlainLabel).text(), timeout=WAIT_MS)
    gate.set()
    qtbot.waitUntil(lambda: desktop.work.counts.working == 0, timeout=WAIT_MS)
    assert desktop.work.counts.waiting == 1
    shown(desktop, "pauseButton", QAbstractButton).click()
    settled(qtbot, desktop, deskhand, 2)


def test_cancel_ends_all_that_waits(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path], gate: threading.Event
) -> None:
    drop(desktop, files(bills[0], bills[1]))
    qtbot.waitUntil(lambda: desktop.jobs.source.rowCount() == 2, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: shown(desktop, "cancelAllButton").isVisible(), timeout=WAIT_MS)
    shown(desktop, "cancelAllButton", QAbstractButton).click()
    cancelled = {JobState.CANCELLED}
    qtbot.waitUntil(lambda: {row.job.state for row in desktop.jobs.source.all_rows()} == cancelled, timeout=WAIT_MS)
    assert row_named(desktop, "good.txt").actions == ("retry", "remove")


def test_a_password_is_asked_for_and_used(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path]) -> None:
    drop(desktop, files(bills[2]))
    settled(qtbot, desktop, deskhand, 1)
    desktop.window.workbench.list.action_requested.emit(1, "password")
    qtbot.waitUntil(lambda: desktop.detail.job is not None, timeout=WAIT_MS)
    desktop.detail.password_entered.emit("sesame")
    qtbot.waitUntil(lambda: row_named(desktop, "locked.txt").job.state is JobState.REVIEW, timeout=WAIT_MS)


def test_the_task_editor_is_made_when_it_is_opened(qtbot: QtBot, desktop: Desktop) -> None:
    assert desktop.window.findChild(TaskEditor) is None
    desktop.window.show_page("tasks")
    qtbot.waitUntil(lambda: desktop.window.findChild(TaskEditor) is not None, timeout=WAIT_MS)
    editor = shown(desktop, "taskEditor", TaskEditor)
    qtbot.waitUntil(lambda: editor.shown_task is not None, timeout=WAIT_MS)
    assert editor.isVisible()


def test_a_missing_model_lets_jobs_wait_and_offers_the_download(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path]
) -> None:
    deskhand.has_model = False
    drop(desktop, files(bills[0]))
    banner = shown(desktop, "modelBanner")
    qtbot.waitUntil(banner.isVisible, timeout=WAIT_MS)
    assert shown(desktop, "modelBannerAction", QAbstractButton).text().startswith("Download ")
    qtbot.waitUntil(lambda: desktop.work.counts.waiting == 1, timeout=WAIT_MS)
    shown(desktop, "modelBannerAction", QAbstractButton).click()
    assert desktop.window.page == "models"
    # Offline, it asks before it connects.
    qtbot.waitUntil(shown(desktop, "connectBanner").isVisible, timeout=WAIT_MS)
    deskhand.has_model = True
    desktop.models.refresh()
    desktop.work.resume()
    settled(qtbot, desktop, deskhand, 1)
    qtbot.waitUntil(lambda: not banner.isVisible(), timeout=WAIT_MS)


def test_a_model_that_could_not_be_loaded_is_tried_again(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path]
) -> None:
    def failing(_task: str) -> LineModel:
        raise ModelLoadError(model="line-model", detail="it is too large.")

    deskhand.runner.change_model(failing)
    drop(desktop, files(bills[0]))
    qtbot.waitUntil(desktop.window.model_banner.isVisible, timeout=WAIT_MS)
    assert "it is too large" in desktop.window.model_banner.text
    desktop.window.show_page("models")
    desktop.window.show_page("inbox")
    qtbot.wait(300)
    assert desktop.window.model_banner.isVisible(), "the fault is still there"
    deskhand.runner.change_model(deskhand.make_model)
    assert shown(desktop, "modelBannerAction", QAbstractButton).text() == "Try again"
    shown(desktop, "modelBannerAction", QAbstractButton).click()
    settled(qtbot, desktop, deskhand, 1)
    qtbot.waitUntil(desktop.window.model_banner.isHidden, timeout=WAIT_MS)


def test_a_weak_sandbox_is_told_and_can_be_accepted(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand) -> None:
    desktop.work.problem_changed.emit(JobError(code="sandbox", message="The protection is incomplete.", hint="Update."))
    banner = shown(desktop, "sandboxBanner")
    assert banner.isVisible()
    shown(desktop, "sandboxBannerAction", QAbstractButton).click()
    qtbot.waitUntil(lambda: deskhand.settings.allow_weak_sandbox, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not banner.isVisible(), timeout=WAIT_MS)


def test_reduced_protection_is_shown_while_it_lasts(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path]
) -> None:
    deskhand.fake_reader.sandbox = SandboxReport(("resource limits",), ("file lock (Landlock)",))
    drop(desktop, files(bills[0]))
    pill = shown(desktop, "protectionState")
    qtbot.waitUntil(pill.isVisible, timeout=WAIT_MS)
    assert "file lock" in pill.toolTip()


def test_a_refused_file_is_told_with_its_reason(qtbot: QtBot, desktop: Desktop, tmp_path: Path) -> None:
    desktop.window.paths_given.emit([tmp_path / "gone.pdf"])
    qtbot.waitUntil(lambda: "gone.pdf" in desktop.window.notice.text, timeout=WAIT_MS)


def test_what_is_known_already_is_not_added_twice(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path]
) -> None:
    drop(desktop, files(bills[0]))
    settled(qtbot, desktop, deskhand, 1)
    drop(desktop, files(bills[0]))
    qtbot.waitUntil(lambda: "in the list already" in desktop.window.notice.text, timeout=WAIT_MS)
    assert desktop.jobs.source.rowCount() == 1


# Working with the list.


def test_removing_can_be_undone_and_never_touches_the_file(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path]
) -> None:
    drop(desktop, files(*bills))
    settled(qtbot, desktop, deskhand, 3)
    work_list = desktop.window.workbench.list
    work_list.select([1])
    press(qtbot, work_list.table, Qt.Key.Key_Delete)
    assert desktop.jobs.job_ids() == [2, 3]
    desktop.window.undo_requested.emit()
    assert desktop.jobs.job_ids() == [1, 2, 3]
    desktop.work.removals.remove([1])
    desktop.window.notice.expire()
    qtbot.waitUntil(lambda: desktop.jobs.source.row_of(1) is None, timeout=WAIT_MS)
    assert deskhand.store.job(1) is None
    assert bills[0].exists()


def test_what_was_removed_does_not_come_back_when_the_window_closes_at_once(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path]
) -> None:
    drop(desktop, files(*bills))
    settled(qtbot, desktop, deskhand, 3)
    desktop.work._lane.run(lambda: time.sleep(0.3))
    desktop.work.removals.remove([1, 2, 3])
    desktop.window.notice.expire()
    desktop.close()
    assert deskhand.store.jobs() == []


def test_after_removing_the_next_document_is_shown(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path]
) -> None:
    drop(desktop, files(*bills))
    settled(qtbot, desktop, deskhand, 3)
    desktop.window.workbench.list.select([2])
    qtbot.waitUntil(lambda: desktop.detail.job is not None and desktop.detail.job.id == 2, timeout=WAIT_MS)
    desktop.work.removals.remove([2])
    qtbot.waitUntil(lambda: desktop.detail.job is not None and desktop.detail.job.id == 3, timeout=WAIT_MS)
    desktop.work.removals.remove([3])
    assert desktop.jobs.job_ids() == [1]
    desktop.work.removals.remove([1])
    qtbot.waitUntil(lambda: not desktop.window.workbench.is_detail_open, timeout=WAIT_MS)


def test_search_finds_values_and_esc_clears_it(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path]) -> None:
    drop(desktop, files(*bills))
    settled(qtbot, desktop, deskhand, 3)
    press(qtbot, desktop.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    field = shown(desktop, "searchField", QLineEdit)
    assert QApplication.focusWidget() is field
    qtbot.keyClicks(field, "bolt")
    qtbot.waitUntil(lambda: desktop.jobs.job_ids() == [2], timeout=WAIT_MS)
    desktop.window.show_page("done")
    assert desktop.jobs.job_ids() == [2]
    assert "1 document found" in shown(desktop, "pageSubtitle", PlainLabel).text()
    desktop.window.show_page("inbox")
    field.setText("zebra")
    qtbot.waitUntil(lambda: shown(desktop, "emptyPage").isVisible(), timeout=WAIT_MS)
    field.setFocus()
    press(qtbot, field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: desktop.jobs.job_ids() == [3], timeout=WAIT_MS)


def test_a_task_brings_its_columns(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path]) -> None:
    drop(desktop, files(bills[0]))
    settled(qtbot, desktop, deskhand, 1)
    desktop.window.workbench.list.task_chosen.emit("invoice")
    titles = [column.title for column in desktop.jobs.source.columns]
    assert titles[0] == "Document"
    assert {"Seller", "Invoice number", "Issue date", "Total"} <= set(titles)


def test_double_click_opens_the_original(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    drop(desktop, files(bills[0]))
    settled(qtbot, desktop, deskhand, 1)
    table = desktop.window.workbench.list.table
    table.doubleClicked.emit(desktop.jobs.index(0, 0))
    assert opened == [str(bills[0])]


def test_review_opens_the_first_document_and_moves_on_when_it_is_accepted(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, tmp_path: Path
) -> None:
    paths = [write_bill(tmp_path / "in", f"{n}.txt", bill_lines("A", f"N-{n}", "2024-01-01", f"{n}.00", mark="?")) for n in (1, 2)]
    drop(desktop, files(*paths))
    settled(qtbot, desktop, deskhand, 2)
    desktop.window.activateWindow()
    qtbot.waitUntil(desktop.window.isActiveWindow, timeout=WAIT_MS)
    desktop.window.show_page("review")
    qtbot.waitUntil(lambda: desktop.detail.job is not None and desktop.detail.job.id == 1, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: has_focus(desktop.detail), timeout=WAIT_MS)
    press(qtbot, QApplication.focusWidget(), Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: desktop.work.counts.review == 1, timeout=WAIT_MS)
    assert deskhand.store.job(1).state is JobState.DONE
    qtbot.waitUntil(lambda: desktop.detail.job is not None and desktop.detail.job.id == 2, timeout=WAIT_MS)


def test_a_correction_is_stored_shown_and_undone(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path]) -> None:
    drop(desktop, files(bills[1]))
    settled(qtbot, desktop, deskhand, 1)
    desktop.window.workbench.list.select([1])
    qtbot.waitUntil(lambda: desktop.detail.job is not None, timeout=WAIT_MS)
    desktop.detail.value_corrected.emit("total_amount", "80.00", None, None)
    qtbot.waitUntil(lambda: row_named(desktop, "doubtful.txt").cell("total_amount").text.startswith("80.00"), timeout=WAIT_MS)
    assert deskhand.store.job(1).state is JobState.DONE
    desktop.window.undo_requested.emit()
    qtbot.waitUntil(lambda: row_named(desktop, "doubtful.txt").cell("total_amount").text.startswith("75.50"), timeout=WAIT_MS)
    assert deskhand.store.job(1).state is JobState.REVIEW


def test_export_writes_what_is_in_view(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path], tmp_path: Path
) -> None:
    drop(desktop, files(*bills))
    settled(qtbot, desktop, deskhand, 3)
    desktop.window.show_page("done")
    jobs = desktop.export.jobs_to_export()
    assert [job.name for job in jobs] == ["good.txt"]
    target = tmp_path / "out.jsonl"
    desktop.export.write(jobs, target)
    qtbot.waitUntil(target.exists, timeout=WAIT_MS)
    line = json.loads(target.read_text(encoding="utf-8"))
    assert line["fields"]["total_amount"]["value"] == "120.00"
    qtbot.waitUntil(lambda: "exported to out.jsonl" in desktop.window.notice.text, timeout=WAIT_MS)


def test_ctrl_e_asks_where_to(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path]) -> None:
    drop(desktop, files(bills[0]))
    settled(qtbot, desktop, deskhand, 1)
    press(qtbot, desktop.window.workbench.list.table, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QFileDialog)
    assert any("xlsx" in name for name in dialog.nameFilters())
    dialog.close()


def test_sorting_survives_a_change_of_columns(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path]) -> None:
    drop(desktop, files(*bills[:2]))
    settled(qtbot, desktop, deskhand, 2)
    header = desktop.window.workbench.list.table.horizontalHeader()
    header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
    assert desktop.jobs.job_ids() == [2, 1]
    desktop.window.workbench.list.select([1])
    qtbot.waitUntil(lambda: desktop.window.workbench.is_detail_open, timeout=WAIT_MS)
    assert header.sortIndicatorSection() == 0
    assert desktop.jobs.job_ids() == [2, 1]


def test_samples_are_documents_only(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, monkeypatch: pytest.MonkeyPatch
) -> None:
    added: list[Path] = []
    monkeypatch.setattr(deskhand.runner, "add", lambda paths, task: added.extend(paths) or [])
    shown(desktop, "samplesButton", QAbstractButton).click()
    qtbot.waitUntil(lambda: bool(added), timeout=WAIT_MS)
    assert len(added) >= 5
    assert not [path for path in added if path.suffix == ".md"]


# Window habits.


def test_esc_closes_the_document_and_f1_shows_the_keys(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path]
) -> None:
    drop(desktop, files(bills[0]))
    settled(qtbot, desktop, deskhand, 1)
    desktop.window.workbench.list.select([1])
    qtbot.waitUntil(lambda: desktop.window.workbench.is_detail_open, timeout=WAIT_MS)
    desktop.window.notice.expire()
    press(qtbot, desktop.window.workbench.list.table, Qt.Key.Key_Escape)
    assert not desktop.window.workbench.is_detail_open
    press(qtbot, desktop.window.workbench.list.table, Qt.Key.Key_F1)
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    assert dialog.objectName() == "shortcutsDialog"
    dialog.close()


def test_a_narrow_window_turns_the_list_into_a_drop_down(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path]
) -> None:
    drop(desktop, files(*bills))
    settled(qtbot, desktop, deskhand, 3)
    desktop.window.workbench.list.select([1])
    qtbot.waitUntil(lambda: desktop.window.workbench.is_detail_open, timeout=WAIT_MS)
    assert desktop.window.workbench.list.isVisible()
    desktop.window.resize(1024, 700)
    qtbot.waitUntil(lambda: shown(desktop, "documentSwitcher").isVisible(), timeout=WAIT_MS)
    assert not desktop.window.workbench.list.isVisible()
    assert shown(desktop, "documentSwitcher", QComboBox).currentText() == "good.txt"
    shown(desktop, "switcherNext", QAbstractButton).click()
    qtbot.waitUntil(lambda: desktop.detail.job is not None and desktop.detail.job.id == 2, timeout=WAIT_MS)


def test_the_window_comes_back_where_it_was(qtbot: QtBot, theme: Theme, deskhand: FakeDeskhand) -> None:
    first = open_desktop(qtbot, theme, deskhand)
    first.window.setGeometry(40, 30, 1111, 666)
    first.window.workbench.list.set_widths({"#amount": 177})
    first.window.workbench.set_list_width(333)
    close_desktop(first)
    deskhand.runner.stop()
    again = open_desktop(qtbot, theme, deskhand)
    assert again.window.size().height() == 666
    assert again.window.workbench.list.widths() == {"#amount": 177}
    assert again.window.workbench.list_width == 333
    close_desktop(again)


def test_closing_in_the_middle_of_work_loses_nothing(
    qtbot: QtBot, theme: Theme, deskhand: FakeDeskhand, bills: list[Path], gate: threading.Event
) -> None:
    first = open_desktop(qtbot, theme, deskhand)
    drop(first, files(bills[0], bills[1]))
    qtbot.waitUntil(lambda: first.work.counts.working > 0, timeout=WAIT_MS)
    close_desktop(first)
    deskhand.runner.stop()
    gate.set()
    again = open_desktop(qtbot, theme, deskhand)
    settled(qtbot, again, deskhand, 2)
    close_desktop(again)


def test_settings_act_at_once(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, theme: Theme) -> None:
    desktop.window.show_page("settings")
    choice = shown(desktop, "setting_theme", QComboBox)
    choice.setCurrentIndex(choice.findData("dark"))
    choice.activated.emit(choice.currentIndex())
    assert theme.tokens.scheme == "dark"
    qtbot.waitUntil(lambda: deskhand.settings.theme == "dark", timeout=WAIT_MS)
    assert json.loads(deskhand.paths.settings.read_text())["theme"] == "dark"


def test_every_control_has_a_name(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, bills: list[Path]) -> None:
    drop(desktop, files(*bills))
    settled(qtbot, desktop, deskhand, 3)
    seen: set[QWidget] = set()
    for page in (*PAGES, "ledger"):
        desktop.window.show_page(page)
        qtbot.wait(200)
        seen |= {
            widget
            for widget in desktop.window.findChildren(QWidget)
            if widget.isVisible()
            and isinstance(widget, QAbstractButton | QLineEdit | QComboBox | QTableView)
            and not widget.objectName().startswith("qt_")
            and not isinstance(widget.parent(), QLineEdit | QTableView | QComboBox)
        }
    assert len(seen) > 40
    spoken = {widget: widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "") for widget in seen}
    assert not [f"{type(widget).__name__} {widget.objectName()}" for widget, text in spoken.items() if not text]
    assert not [text for widget, text in spoken.items() if not widget.objectName()]


def test_the_window_never_stalls_while_a_batch_runs(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, tmp_path: Path) -> None:
    count = 150
    paths = [
        write_bill(tmp_path / "in", f"{n:03}.txt", bill_lines("A", f"N-{n}", "2024-01-01", f"{n}.00")) for n in range(1, count + 1)
    ]
    with GapMonitor() as monitor:
        drop(desktop, files(*paths))
        settled(qtbot, desktop, deskhand, count, timeout_ms=60_000)
    assert monitor.longest_work_s < 0.1, f"{monitor.longest_work_s * 1000:.0f} ms"
    # Wall time also counts what other programs take; a call that waits for the disk or a lock would be longer than this.
    assert monitor.longest_gap_s < 1.0, f"{monitor.longest_gap_s * 1000:.0f} ms"
