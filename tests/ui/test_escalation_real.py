"""From an empty data folder to an answer of a larger model, through the window: real workers, a real local model, a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import Deskhand, build
from app.domain.ledger import Purpose
from app.frontier.keys import KeyPlace, KeyStore
from app.ui.application import make_pages
from app.ui.desktop import Desktop
from app.ui.theme import Theme
from app.ui.widgets.plain_label import PlainLabel
from tests.helpers.keyrings import NoKeyring
from tests.helpers.models import QUICK, real_model
from tests.helpers.reply_server import ReplyServer, answering, playing, recorded
from tests.ui.conftest import close_desktop

pytestmark = pytest.mark.model

KEY = "sk-test-0123456789abcdef"
WAIT_MS = 60_000
TASK = """
id = "contact"
kind = "extract"
title = { en = "Letter" }
fields = [
  { name = "reference", type = "identifier", title = { en = "Reference" }, required = true },
  { name = "total", type = "amount", title = { en = "Total" }, required = true },
]
[routing.escalate_if]
confidence_below = 1.0
"""
LETTER = """Dear Ms Weaver,

your order AB-2041 of 12 May was changed to AB-2042 on 14 May. The sum of 310.00 EUR became 298.50 EUR.
Please call +49 30 901820 if anything is unclear.

Kind regards
Harbour Supplies
"""


@pytest.fixture
def server() -> Iterator[ReplyServer]:
    replies = recorded("openai_chat")["answer"]
    answers = {"number": "4711-0815", "reference": "AB-2042", "total": "298.50"}
    tried = answering(replies, {"number": answers.pop("number")})
    with playing(tried, answering(replies, answers)) as opened:
        yield opened


@pytest.fixture
def deskhand(tmp_path: Path) -> Iterator[Deskhand]:
    (tmp_path / "data" / "tasks").mkdir(parents=True)
    (tmp_path / "data" / "tasks" / "contact.toml").write_text(TASK)
    with build(data_dir=tmp_path / "data", models_dir=real_model(QUICK).path.parents[1], model=QUICK) as services:
        services.__dict__["keys"] = KeyStore(NoKeyring())
        changed = {"default_task": "contact", "first_steps": False, "theme": "light", "language": "en"}
        services.change_settings(services.settings.model_copy(update=changed))
        yield services


@pytest.fixture
def desktop(qtbot: QtBot, theme: Theme, deskhand: Deskhand) -> Iterator[Desktop]:
    pictures = make_pages(deskhand)
    opened = Desktop(deskhand, theme, pictures)
    opened.open()
    qtbot.waitUntil(lambda: opened.is_complete and opened.work.is_loaded and bool(opened.work.tasks), timeout=WAIT_MS)
    yield opened
    close_desktop(opened)


def drop(desktop: Desktop, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    at, copy, left, none = QPoint(300, 300), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(desktop.window, QDragEnterEvent(at, copy, data, left, none))
    QApplication.sendEvent(desktop.window, QDropEvent(QPointF(at), copy, data, left, none))


class Hands:
    """What a person does, by the names of the controls."""

    def __init__(self, qtbot: QtBot, desktop: Desktop) -> None:
        self._qtbot = qtbot
        self._desktop = desktop

    def find(self, name: str, kind: type = QWidget):
        widget = self._desktop.window.findChild(kind, name)
        assert widget is not None, name
        return widget

    def click(self, name: str) -> None:
        self._qtbot.waitUntil(lambda: self.find(name).isVisible() and self.find(name).isEnabled(), timeout=WAIT_MS)
        self.find(name).click()

    def type(self, name: str, text: str) -> None:
        line = self.find(name, QLineEdit)
        line.setText(text)
        line.editingFinished.emit()


def test_opting_in_asking_and_taking_it_back(
    qtbot: QtBot, desktop: Desktop, deskhand: Deskhand, server: ReplyServer, tmp_path: Path
) -> None:
    hands, window, store = Hands(qtbot, desktop), desktop.window, deskhand.store
    texts = [label.text() for label in window.status.findChildren(PlainLabel)]
    assert "Offline. No document has left this computer." in texts

    # Opt in, say which service, enter the key, try it out.
    window.show_page("settings")
    assert not hands.find("frontierOptIn", QCheckBox).isChecked()
    hands.click("frontierOptIn")
    service = hands.find("providerService", QComboBox)
    service.setCurrentIndex(service.count() - 1)
    service.activated.emit(service.currentIndex())
    hands.type("providerUrl", f"{server.url}/v1")
    hands.type("providerModel", "larger-model")
    for name in ("providerInputPrice", "providerOutputPrice"):
        hands.type(name, "1")
    qtbot.waitUntil(lambda: deskhand.settings.frontier.provider is not None, timeout=WAIT_MS)
    hands.click("offlineSwitch")
    qtbot.waitUntil(lambda: not deskhand.settings.offline, timeout=WAIT_MS)
    hands.find("keyEntry", QLineEdit).setText(KEY)
    hands.click("testCall")
    assert hands.find("keyEntry", QLineEdit).text() == ""
    qtbot.waitUntil(lambda: "larger-model answered" in hands.find("testOutcome", PlainLabel).text(), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "memory for this run only" in hands.find("keyState", PlainLabel).text(), timeout=WAIT_MS)
    assert deskhand.keys.place_of(deskhand.settings.frontier.provider) is KeyPlace.MEMORY
    assert server.noted[0].headers["authorization"] == f"Bearer {KEY}"

    # A document comes in and is answered here; nothing of it is sent.
    letter = tmp_path / "letter.txt"
    letter.write_text(LETTER)
    drop(desktop, letter)
    qtbot.waitUntil(lambda: any(row.job.state.is_finished for row in desktop.jobs.source.all_rows()), timeout=WAIT_MS)
    (job,) = store.jobs()
    local = store.result(job.id)
    assert len(server.noted) == 1

    # The sheet, at a click.
    window.show_page("review")
    hands.click("askBannerAction")
    qtbot.waitUntil(lambda: hands.find("sendButton").isVisible(), timeout=WAIT_MS)
    shown = hands.find("sendSheet").findChild(QPlainTextEdit, "payloadText").toPlainText()
    assert "901820" not in shown
    assert KEY not in shown
    assert len(server.noted) == 1
    hands.click("sendButton")
    qtbot.waitUntil(lambda: store.result(job.id) != local, timeout=WAIT_MS)

    # The bytes that were shown are the bytes that arrived and the bytes that are kept.
    assert server.noted[1].body.decode() == shown
    row = store.ledger.rows(purposes=[Purpose.FRONTIER])[0]
    assert store.ledger.payload(row.id) == server.noted[1].body
    answer = store.result(job.id)
    assert (answer.fields["reference"].value, answer.fields["total"].value) == ("AB-2042", "298.50")
    for value in answer.fields.values():
        assert LETTER[value.evidence.start : value.evidence.end] == value.text
    window.status.ledger_requested.emit()
    qtbot.waitUntil(lambda: "2 requests" in hands.find("ledgerSums", PlainLabel).text(), timeout=WAIT_MS)

    # Back to the local answer.
    window.show_page("done" if store.job(job.id).state == "done" else "review")
    qtbot.waitUntil(lambda: desktop.jobs.job_ids() == [job.id], timeout=WAIT_MS)
    window.workbench.list.select([job.id])
    qtbot.waitUntil(lambda: desktop.detail.ask_line.state.action == "undo", timeout=WAIT_MS)
    hands.click("askAction")
    qtbot.waitUntil(lambda: store.result(job.id) == local, timeout=WAIT_MS)
    for path in (tmp_path / "data").rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes(), path
