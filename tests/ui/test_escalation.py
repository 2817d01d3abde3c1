"""Asking a larger model through the window, against a real server on this machine; reader and local model obey the test."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QListWidget, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.domain.job import JobState
from app.domain.ledger import Ending
from app.domain.parcel import pictures_in
from app.domain.policy import PlacePolicy, Policies, RoutingChange
from app.domain.proposal import ProposalState
from app.settings import FrontierSettings
from app.ui.desktop import Desktop
from app.ui.views.send_sheet import SendSheet
from app.ui.views.sent_pictures import SentPictures
from tests.helpers.drawn_pages import DrawnReader
from tests.helpers.providers import own_provider
from tests.helpers.reply_server import ReplyServer, answering, playing, recorded
from tests.helpers.window_world import FakeDeskhand, bill_lines, write_bill

WAIT_MS = 8_000
DOUBTFUL = [
    *bill_lines("Bolt GmbH", "B-2", "2024-03-02", "75.50", mark="?"),
    "balance: 80.25, ask the Fabrikam desk, +49 30 901820",
]


@pytest.fixture
def server() -> Iterator[ReplyServer]:
    with playing(answering(recorded("openai_chat")["answer"], {"total_amount": "80.25"})) as opened:
        yield opened


def opt_in(desktop: Desktop, deskhand: FakeDeskhand, server: ReplyServer, qtbot: QtBot, *, sees_pictures: bool = False) -> None:
    provider = own_provider(f"{server.url}/v1").model_copy(update={"sees_pictures": sees_pictures})
    frontier = FrontierSettings(opted_in=True, provider=provider)
    desktop.settings.apply(deskhand.settings.model_copy(update={"offline": False, "frontier": frontier}))
    qtbot.waitUntil(lambda: not deskhand.settings.offline, timeout=WAIT_MS)


def read_document(qtbot: QtBot, desktop: Desktop, tmp_path: Path, name: str = "doubtful.txt", lines: list[str] = DOUBTFUL) -> int:
    before = len(desktop.jobs.source.all_rows())
    desktop.window.paths_given.emit([write_bill(tmp_path / "in", name, lines)])
    qtbot.waitUntil(
        lambda: len(rows := desktop.jobs.source.all_rows()) > before and all(row.job.state.is_finished for row in rows),
        timeout=WAIT_MS,
    )
    return next(row.job.id for row in desktop.jobs.source.all_rows() if row.job.name == name)


def find(desktop: Desktop, name: str, kind: type = QPushButton):
    widget = desktop.window.findChild(kind, name)
    assert widget is not None, name
    return widget


def payload_of(desktop: Desktop) -> QPlainTextEdit:
    return find(desktop, "sendSheet", QWidget).findChild(QPlainTextEdit, "payloadText")


def open_sheet(qtbot: QtBot, desktop: Desktop) -> None:
    desktop.window.show_page("review")
    qtbot.waitUntil(desktop.window.ask_banner.isVisible, timeout=WAIT_MS)
    qtbot.mouseClick(find(desktop, "askBannerAction"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: find(desktop, "sendButton").isVisible(), timeout=WAIT_MS)


def state_of(deskhand: FakeDeskhand, job_id: int) -> ProposalState | None:
    proposal = deskhand.store.proposals.of_job(job_id)
    return proposal.state if proposal is not None else None


def test_what_is_shown_is_what_is_sent_and_the_answer_can_be_taken_back(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, server: ReplyServer, tmp_path: Path
) -> None:
    opt_in(desktop, deskhand, server, qtbot)
    job_id = read_document(qtbot, desktop, tmp_path)
    open_sheet(qtbot, desktop)
    shown = payload_of(desktop).toPlainText()
    assert "[PHONE_1]" in shown
    assert "901820" not in shown
    assert "at most $0.0" in find(desktop, "sendButton").text()
    assert not server.noted
    qtbot.mouseClick(find(desktop, "sendButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: state_of(deskhand, job_id) is ProposalState.ANSWERED, timeout=WAIT_MS)

    (noted,) = server.noted
    assert noted.body == shown.encode()
    (row,) = deskhand.store.ledger.rows()
    assert deskhand.store.ledger.payload(row.id) == noted.body
    assert row.payload_sha256 == hashlib.sha256(noted.body).hexdigest()
    assert row.outcome is not None
    assert row.outcome.ending is Ending.DONE
    assert row.entry.consent.startswith("document ")

    result = deskhand.store.result(job_id)
    assert result is not None
    total = result.fields["total_amount"]
    assert total.value == "80.25"
    assert total.text == "80.25"
    assert [(opinion.source, opinion.value) for opinion in total.opinions] == [("local", "75.50"), ("larger-model", "80.25")]
    assert result.route.kind == "frontier"

    desktop.window.show_page("done" if deskhand.store.job(job_id).state is JobState.DONE else "review")
    desktop.window.workbench.list.select([job_id])
    qtbot.waitUntil(lambda: desktop.detail.ask_line.state.action == "undo", timeout=WAIT_MS)
    qtbot.mouseClick(find(desktop, "askAction"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: deskhand.store.result(job_id).fields["total_amount"].value == "75.50", timeout=WAIT_MS)


def test_nothing_is_prepared_offline_or_without_opting_in(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, server: ReplyServer, tmp_path: Path
) -> None:
    job_id = read_document(qtbot, desktop, tmp_path)
    assert state_of(deskhand, job_id) is None
    assert any(reason.startswith("confidence_below") for reason in deskhand.store.result(job_id).route.reasons)
    assert "offline" in deskhand.store.result(job_id).route.reasons
    opt_in(desktop, deskhand, server, qtbot)
    open_sheet(qtbot, desktop)
    assert state_of(deskhand, job_id) is ProposalState.PROPOSED
    desktop.window.activateWindow()
    qtbot.waitUntil(desktop.window.isActiveWindow, timeout=WAIT_MS)
    qtbot.keyClick(find(desktop, "sendDocuments", QListWidget), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: desktop.window.page == "review", timeout=WAIT_MS)
    assert not server.noted
    assert not deskhand.store.ledger.rows()


def test_hidden_words_can_be_shown_and_more_can_be_hidden(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, server: ReplyServer, tmp_path: Path
) -> None:
    opt_in(desktop, deskhand, server, qtbot)
    read_document(qtbot, desktop, tmp_path)
    open_sheet(qtbot, desktop)
    spans, text = find(desktop, "spanList", QListWidget), payload_of(desktop)
    item = next(spans.item(row) for row in range(spans.count()) if "901820" in spans.item(row).text())
    item.setCheckState(Qt.CheckState.Unchecked)
    assert "+49 30 901820" in text.toPlainText()
    cursor = text.document().find("Fabrikam")
    text.setTextCursor(cursor)
    qtbot.mouseClick(find(desktop, "sendSheet", QWidget).findChild(QPushButton, "hideSelected"), Qt.MouseButton.LeftButton)
    assert "Fabrikam" not in text.toPlainText()
    shown = text.toPlainText()
    qtbot.mouseClick(find(desktop, "sendButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(server.noted) == 1, timeout=WAIT_MS)
    assert server.noted[0].body.decode() == shown
    deskhand.runner.escalation.wait_until_settled(5)


def test_a_denial_is_remembered_with_the_document(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, server: ReplyServer, tmp_path: Path
) -> None:
    opt_in(desktop, deskhand, server, qtbot)
    job_id = read_document(qtbot, desktop, tmp_path)
    open_sheet(qtbot, desktop)
    qtbot.mouseClick(find(desktop, "sendDeny"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: state_of(deskhand, job_id) is ProposalState.REFUSED, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not desktop.window.ask_banner.isVisible(), timeout=WAIT_MS)
    assert "privacy_never" in [reason.code for reason in _decision(deskhand, job_id).reasons]
    assert not server.noted


def test_a_denied_document_is_known_in_other_words_and_stays_denied_until_it_is_sent(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, server: ReplyServer, tmp_path: Path
) -> None:
    opt_in(desktop, deskhand, server, qtbot)
    job_id = read_document(qtbot, desktop, tmp_path)
    qtbot.waitUntil(lambda: state_of(deskhand, job_id) is ProposalState.PROPOSED, timeout=WAIT_MS)
    deskhand.runner.escalation.refuse([job_id])
    desktop.window.paths_given.emit([write_bill(tmp_path / "in", "doubtful.txt", [*DOUBTFUL, "note: edited"])])
    qtbot.waitUntil(lambda: len(deskhand.store.jobs([JobState.REVIEW])) == 2, timeout=WAIT_MS)
    edited = deskhand.store.jobs()[-1].id
    desktop.window.show_page("review")
    qtbot.waitUntil(lambda: len(desktop.jobs.source.all_rows()) == 2, timeout=WAIT_MS)
    line, again = desktop.detail.ask_line, find(desktop, "askAction")
    for button in ("sendLater", "sendButton"):
        desktop.window.workbench.list.select([edited])
        qtbot.waitUntil(lambda: desktop.detail.job is not None and desktop.detail.job.id == edited, timeout=WAIT_MS)
        qtbot.waitUntil(lambda: "You decided" in line.state.sentence and again.isVisible(), timeout=WAIT_MS)
        assert state_of(deskhand, edited) in {None, ProposalState.REFUSED}
        assert not desktop.window.ask_banner.isVisible()
        qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: find(desktop, "sendButton").isVisible(), timeout=WAIT_MS)
        qtbot.mouseClick(find(desktop, button), Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: desktop.window.page == "review", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: state_of(deskhand, edited) is ProposalState.ANSWERED, timeout=WAIT_MS)
    assert len(server.noted) == 1
    assert state_of(deskhand, job_id) is ProposalState.REFUSED


def test_a_word_for_a_folder_sends_the_next_document_without_asking(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, server: ReplyServer, tmp_path: Path
) -> None:
    opt_in(desktop, deskhand, server, qtbot)
    read_document(qtbot, desktop, tmp_path)
    open_sheet(qtbot, desktop)
    scope = find(desktop, "sendScope", QComboBox)
    scope.setCurrentIndex(1)
    qtbot.mouseClick(find(desktop, "sendButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(server.noted) == 1, timeout=WAIT_MS)
    second = read_document(qtbot, desktop, tmp_path, "another.txt", [*DOUBTFUL, "note: second"])
    qtbot.waitUntil(lambda: state_of(deskhand, second) is ProposalState.ANSWERED, timeout=WAIT_MS)
    assert len(server.noted) == 2
    assert b"901820" not in server.noted[1].body


def test_the_offline_switch_is_always_there_and_stops_everything(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, server: ReplyServer, tmp_path: Path
) -> None:
    switch = find(desktop, "offlineSwitch", QCheckBox)
    assert switch.isChecked()
    opt_in(desktop, deskhand, server, qtbot)
    qtbot.waitUntil(lambda: not switch.isChecked(), timeout=WAIT_MS)
    read_document(qtbot, desktop, tmp_path)
    open_sheet(qtbot, desktop)
    switch.click()
    qtbot.waitUntil(lambda: deskhand.gate.offline, timeout=WAIT_MS)
    qtbot.mouseClick(find(desktop, "sendButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "offline" in desktop.window.notice.text, timeout=WAIT_MS)
    assert not server.noted


def _decision(deskhand: FakeDeskhand, job_id: int):
    escalation, job, result = deskhand.runner.escalation, deskhand.store.job(job_id), deskhand.store.result(job_id)
    return escalation.decide(job, escalation.answering_task(job, result), result)


# Pictures.


@pytest.fixture
def drawn(deskhand: FakeDeskhand, tmp_path: Path) -> FakeDeskhand:
    """Pages have geometry, and pictures of documents in one folder may go."""
    deskhand.__dict__["reader"] = DrawnReader()
    folder = PlacePolicy(path=str(tmp_path / "in"), routing=RoutingChange(pictures=True))
    deskhand.policies.save(Policies(folders=(folder,)))
    return deskhand


def pictures_on(desktop: Desktop, page: str) -> tuple[bytes, ...]:
    shown = find(desktop, page, QWidget).findChild(SentPictures)
    assert shown is not None
    return shown.files if shown.isVisible() else ()


def test_the_picture_that_is_shown_is_the_one_that_is_sent_and_kept(
    qtbot: QtBot, drawn: FakeDeskhand, desktop: Desktop, server: ReplyServer, tmp_path: Path
) -> None:
    opt_in(desktop, drawn, server, qtbot, sees_pictures=True)
    job_id = read_document(qtbot, desktop, tmp_path)
    open_sheet(qtbot, desktop)
    shown = pictures_on(desktop, "sendSheet")
    assert len(shown) == 1
    assert payload_of(desktop).toPlainText().encode() == find(desktop, "sendSheet", SendSheet).sheet.items[0].parcel.body
    readable = find(desktop, "sendSheet", QWidget).findChild(QPushButton, "payloadReadable")
    qtbot.mouseClick(readable, Qt.MouseButton.LeftButton)
    assert "iVBOR" not in payload_of(desktop).toPlainText()
    qtbot.mouseClick(find(desktop, "sendButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: state_of(drawn, job_id) is ProposalState.ANSWERED, timeout=WAIT_MS)
    assert pictures_in(server.noted[0].body) == shown
    desktop.window.show_page("ledger")
    qtbot.waitUntil(lambda: pictures_on(desktop, "ledgerPage") == shown, timeout=WAIT_MS)


def test_hiding_a_word_paints_it_over_and_the_picture_can_be_left_out(
    qtbot: QtBot, drawn: FakeDeskhand, desktop: Desktop, server: ReplyServer, tmp_path: Path
) -> None:
    opt_in(desktop, drawn, server, qtbot, sees_pictures=True)
    read_document(qtbot, desktop, tmp_path)
    open_sheet(qtbot, desktop)
    before, text = pictures_on(desktop, "sendSheet"), payload_of(desktop)
    qtbot.mouseClick(find(desktop, "sendSheet", QWidget).findChild(QPushButton, "payloadExact"), Qt.MouseButton.LeftButton)
    text.setTextCursor(text.document().find("Fabrikam"))
    qtbot.mouseClick(find(desktop, "sendSheet", QWidget).findChild(QPushButton, "hideSelected"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(find(desktop, "sendSheet", QWidget).findChild(QPushButton, "payloadPicture"), Qt.MouseButton.LeftButton)
    after = pictures_on(desktop, "sendSheet")
    assert len(after) == 1
    assert after != before
    qtbot.mouseClick(find(desktop, "leavePictureOut"), Qt.MouseButton.LeftButton)
    assert pictures_on(desktop, "sendSheet") == ()
    assert not find(desktop, "leavePictureOut").isVisible()
    qtbot.mouseClick(find(desktop, "sendButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(server.noted) == 1, timeout=WAIT_MS)
    assert pictures_in(server.noted[0].body) == ()
    drawn.runner.escalation.wait_until_settled(5)
