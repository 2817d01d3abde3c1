"""Settings of the larger model, the ledger, policies of folders and the offline proof, through the window."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.domain.consent import ConsentScope
from app.domain.ledger import Ending, LedgerEntry, LedgerOutcome, Purpose
from app.domain.privacy import PrivacyClass
from app.domain.result import Opinion
from app.domain.trust import UNJUDGED, Trust
from app.errors import OfflineError
from app.frontier.keyring_access import KeyringState
from app.frontier.keys import KeyPlace, KeyStore
from app.settings import FrontierSettings, ProviderConfig
from app.ui.controllers.frontier import key_words, trust_words
from app.ui.desktop import Desktop
from app.ui.views.ask_line import AskLine, AskState
from app.ui.views.frontier_card import FrontierCard
from app.ui.views.opinion_area import OpinionArea
from app.ui.views.payload_view import PayloadView, readable
from app.ui.widgets.plain_label import PlainLabel
from app.ui.widgets.status_strip import SentSoFar, StatusStrip
from tests.helpers.keyrings import OpenKeyring
from tests.helpers.reply_server import PlayedReply, ReplyServer, answering, playing, recorded
from tests.helpers.window_world import FakeDeskhand

WAIT_MS = 8_000
KEY = "sk-test-0123456789abcdef"
CONFIG = ProviderConfig(id="openai", kind="openai_responses", base_url="https://api.openai.com/v1", model="gpt-5-mini")


def find(desktop: Desktop, name: str, kind: type = QWidget):
    widget = desktop.window.findChild(kind, name)
    assert widget is not None, name
    return widget


def words(desktop: Desktop, name: str) -> str:
    return find(desktop, name, PlainLabel).text()


def opted_in(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, config: ProviderConfig = CONFIG, *, offline: bool = False
) -> None:
    frontier = FrontierSettings(opted_in=True, provider=config)
    desktop.settings.apply(deskhand.settings.model_copy(update={"offline": offline, "frontier": frontier}))
    qtbot.waitUntil(lambda: deskhand.settings.frontier == frontier, timeout=WAIT_MS)
    desktop.window.show_page("settings")


@pytest.fixture
def server() -> Iterator[ReplyServer]:
    with playing(answering(recorded("openai_chat")["answer"], {"number": "4711-0815"})) as opened:
        yield opened


# Settings.


def test_what_its_confidence_rests_on_is_said() -> None:
    assert "have not checked" in trust_words(CONFIG, UNJUDGED)
    assert "95" in trust_words(CONFIG, UNJUDGED)
    told = trust_words(CONFIG, Trust(n_right=15, n_judged=20))
    assert "20 answers of gpt-5-mini: 15 right" in told
    assert "85" in told
    assert trust_words(None, UNJUDGED) == ""


def test_nothing_is_asked_until_a_person_opts_in(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand) -> None:
    desktop.window.show_page("settings")
    assert not find(desktop, "frontierOptIn", QCheckBox).isChecked()
    assert not deskhand.settings.frontier.opted_in
    assert not find(desktop, "providerUrl", QLineEdit).isVisible()
    qtbot.waitUntil(lambda: "on this computer" in words(desktop, "frontierState"), timeout=WAIT_MS)


def test_each_step_that_is_missing_is_said(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand) -> None:
    desktop.window.show_page("settings")
    find(desktop, "frontierOptIn", QCheckBox).click()
    qtbot.waitUntil(lambda: "which service" in words(desktop, "frontierState"), timeout=WAIT_MS)
    opted_in(qtbot, desktop, deskhand, offline=True)
    qtbot.waitUntil(lambda: "until there is a key" in words(desktop, "frontierState"), timeout=WAIT_MS)
    find(desktop, "keyEntry", QLineEdit).setText(KEY)
    qtbot.mouseClick(find(desktop, "keepKey"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "offline" in words(desktop, "frontierState"), timeout=WAIT_MS)
    find(desktop, "offlineSwitch", QCheckBox).click()
    qtbot.waitUntil(lambda: words(desktop, "frontierState").startswith("Ready"), timeout=WAIT_MS)


def test_a_key_leaves_the_window_as_soon_as_it_is_kept(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand) -> None:
    ring = OpenKeyring()
    deskhand.__dict__["keys"] = KeyStore(ring)
    opted_in(qtbot, desktop, deskhand)
    find(desktop, "keyEntry", QLineEdit).setText(KEY)
    qtbot.mouseClick(find(desktop, "keepKey"), Qt.MouseButton.LeftButton)
    assert find(desktop, "keyEntry", QLineEdit).text() == ""
    qtbot.waitUntil(lambda: KEY in ring.kept.values(), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "is kept in the" in words(desktop, "keyState"), timeout=WAIT_MS)
    told = [label.text() for label in desktop.window.findChildren(PlainLabel)]
    assert not any(KEY in text for text in told)
    assert KEY not in deskhand.paths.settings.read_text()
    qtbot.mouseClick(find(desktop, "forgetKey"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not ring.kept, timeout=WAIT_MS)


@pytest.mark.parametrize(
    ("place", "kind", "said"),
    [
        (KeyPlace.KEYRING, "open", "kept in the Secret Service"),
        (KeyPlace.KEYRING, "locked", "It is locked"),
        (KeyPlace.MEMORY, "absent", "memory for this run only"),
        (KeyPlace.NOWHERE, "absent", "There is no keyring"),
        (KeyPlace.NOWHERE, "open", "goes into the Secret Service"),
    ],
)
def test_where_the_key_is_is_said_in_plain_words(place: KeyPlace, kind: str, said: str) -> None:
    assert said in key_words(CONFIG, place, KeyringState(kind, "Secret Service"))  # type: ignore[arg-type]


def test_the_form_takes_a_service_of_ones_own_and_refuses_a_wrong_address(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand
) -> None:
    opted_in(qtbot, desktop, deskhand)
    service = find(desktop, "providerService", QComboBox)
    service.setCurrentIndex(service.count() - 1)
    service.activated.emit(service.currentIndex())
    url, model = find(desktop, "providerUrl", QLineEdit), find(desktop, "providerModel", QLineEdit)
    model.setText("big")
    url.setText("http://models.example/v1")
    url.editingFinished.emit()
    assert "http:// is spoken to this computer only" in " ".join(
        label.text() for label in find(desktop, "frontierCard").findChildren(PlainLabel)
    )
    assert deskhand.settings.frontier.provider == CONFIG
    url.setText("https://models.example/v1")
    url.editingFinished.emit()
    qtbot.waitUntil(lambda: deskhand.settings.frontier.provider.host == "models.example", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "is not known" in words(desktop, "frontierPrice"), timeout=WAIT_MS)
    find(desktop, "providerThinking", QSpinBox).setValue(0)
    qtbot.waitUntil(lambda: deskhand.settings.frontier.provider.thinking_tokens == 0, timeout=WAIT_MS)
    price = find(desktop, "providerInputPrice", QLineEdit)
    price.setText("0,5")
    price.editingFinished.emit()
    qtbot.waitUntil(lambda: deskhand.settings.frontier.provider.input_price == Decimal("0.5"), timeout=WAIT_MS)


def test_limits_are_kept_in_dollars(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand) -> None:
    opted_in(qtbot, desktop, deskhand)
    find(desktop, "monthlyCap", QDoubleSpinBox).setValue(12.5)
    qtbot.waitUntil(lambda: deskhand.settings.frontier.monthly_cap == Decimal("12.50"), timeout=WAIT_MS)
    assert deskhand.settings.frontier.batch_cap == Decimal(1)


def test_a_call_to_try_the_key_stands_in_the_ledger(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, server: ReplyServer
) -> None:
    config = ProviderConfig(id="own", kind="openai_chat", base_url=f"{server.url}/v1", model="big", input_price=1, output_price=1)
    opted_in(qtbot, desktop, deskhand, config)
    qtbot.mouseClick(find(desktop, "testCall"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "big answered" in words(desktop, "testOutcome"), timeout=WAIT_MS)
    (row,) = deskhand.store.ledger.rows()
    assert row.entry.purpose is Purpose.TEST
    server.replies[:] = [PlayedReply(401, b"{}")]
    qtbot.mouseClick(find(desktop, "testCall"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "does not accept the key" in words(desktop, "testOutcome"), timeout=WAIT_MS)


def test_a_new_key_is_tried_at_once_and_once(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, server: ReplyServer) -> None:
    config = ProviderConfig(id="own", kind="openai_chat", base_url=f"{server.url}/v1", model="big", input_price=1, output_price=1)
    deskhand.__dict__["keys"] = KeyStore(OpenKeyring())
    opted_in(qtbot, desktop, deskhand, config)
    for n, button in enumerate(("keepKey", "testCall"), start=1):
        server.replies[:] = [PlayedReply(401, b"{}")]
        find(desktop, "keyEntry", QLineEdit).setText(KEY)
        qtbot.mouseClick(find(desktop, button), Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda n=n: len(server.noted) == n, timeout=WAIT_MS)
        qtbot.waitUntil(lambda: "does not accept the key" in words(desktop, "testOutcome"), timeout=WAIT_MS)
    assert len(server.noted) == n


def test_a_word_that_was_given_can_be_taken_back(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand) -> None:
    consent = deskhand.store.consents.grant(ConsentScope.FOLDER, "/bills", "https://api.openai.com")
    opted_in(qtbot, desktop, deskhand)
    qtbot.waitUntil(lambda: desktop.window.findChild(QPushButton, f"revoke_{consent.id}") is not None, timeout=WAIT_MS)
    find(desktop, f"revoke_{consent.id}", QPushButton).click()
    qtbot.waitUntil(lambda: not deskhand.store.consents.standing(), timeout=WAIT_MS)


# What left.


def write_rows(deskhand: FakeDeskhand) -> bytes:
    ledger, payload = deskhand.store.ledger, '{"messages": "Zeile 1\\nGrüße [NAME_1]"}'.encode()
    download = ledger.open(LedgerEntry(purpose=Purpose.DOWNLOAD, host="hub.example", model="starter"))
    ledger.close(download, LedgerOutcome(ending=Ending.DONE, received_bytes=4_000_000, cost_micros=0))
    asked = LedgerEntry(
        purpose=Purpose.FRONTIER,
        host="api.openai.com",
        document="bill.pdf",
        targets=("total_amount",),
        payload=payload,
        consent="folder /bills",
        model="gpt-5-mini",
        reserved_micros=4000,
    )
    ledger.close(ledger.open(asked), LedgerOutcome(ending=Ending.DONE, cost_micros=1200, input_tokens=400, output_tokens=20))
    return payload


def test_the_status_strip_leads_to_every_request_and_its_bytes(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand) -> None:
    payload = write_rows(deskhand)
    desktop.ledger.refresh()
    qtbot.waitUntil(lambda: "1 request" in desktop.window.status.findChild(QWidget, "networkState").text, timeout=WAIT_MS)
    qtbot.mouseClick(find(desktop, "networkState"), Qt.MouseButton.LeftButton)
    assert desktop.window.page == "ledger"
    table = find(desktop, "ledgerTable", QTableView)
    qtbot.waitUntil(lambda: table.model().rowCount() == 2, timeout=WAIT_MS)
    text = find(desktop, "ledgerPage").findChild(QPlainTextEdit, "payloadText")
    qtbot.waitUntil(lambda: text.toPlainText().encode() == payload, timeout=WAIT_MS)
    assert "you, for the folder /bills" in words(desktop, "ledgerDetails")
    purpose = find(desktop, "ledgerPurpose", QComboBox)
    purpose.setCurrentIndex(purpose.findData(Purpose.DOWNLOAD))
    purpose.activated.emit(purpose.currentIndex())
    qtbot.waitUntil(lambda: table.model().rowCount() == 1, timeout=WAIT_MS)
    qtbot.mouseClick(find(desktop, "ledgerBack"), Qt.MouseButton.LeftButton)
    assert desktop.window.page == "inbox"


def test_the_ledger_is_exported_as_its_file_is_named(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, tmp_path: Path
) -> None:
    write_rows(deskhand)
    for name in ("rows.csv", "rows.json"):
        desktop.ledger.export(tmp_path / name)
        qtbot.waitUntil((tmp_path / name).exists, timeout=WAIT_MS)
    assert [row["host"] for row in json.loads((tmp_path / "rows.json").read_text())] == ["api.openai.com", "hub.example"]
    assert "bill.pdf" in (tmp_path / "rows.csv").read_text("utf-8-sig")


def test_an_empty_ledger_says_so(qtbot: QtBot, desktop: Desktop) -> None:
    desktop.window.show_page("ledger")
    qtbot.waitUntil(lambda: find(desktop, "ledgerEmpty").isVisible(), timeout=WAIT_MS)


@pytest.mark.parametrize(
    ("sent", "is_offline", "said"),
    [
        (SentSoFar(), True, "Offline. No document has left this computer."),
        (SentSoFar(), False, "Online. No document has left this computer."),
        (SentSoFar(True, 2, 3100), False, "Online. 2 requests, 3.1 kB sent this month."),
        (SentSoFar(True, 1, 512), True, "Offline. 1 request, 512 bytes sent this month."),
        (SentSoFar(True), True, "Offline. Nothing was sent this month."),
    ],
)
def test_the_strip_says_what_left(qtbot: QtBot, sent: SentSoFar, is_offline: bool, said: str) -> None:
    strip = StatusStrip()
    qtbot.addWidget(strip)
    strip.show_connection(is_offline=is_offline, sent=sent)
    assert strip.findChild(QWidget, "networkState").text == said
    assert strip.findChild(QCheckBox, "offlineSwitch").isChecked() is is_offline


def test_a_download_says_so_for_a_while_and_the_figures_come_back(qtbot: QtBot) -> None:
    strip = StatusStrip()
    qtbot.addWidget(strip)
    strip.show_connection(is_offline=False, sent=SentSoFar(True, 2, 3100))
    strip.show_network("A model is being fetched.", "warn")
    strip.show_connection(is_offline=False)
    assert "2 requests" in strip.findChild(QWidget, "networkState").text


# Folders and proof.


def test_a_folder_that_is_added_lets_nothing_leave_at_first(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, tmp_path: Path
) -> None:
    desktop.window.show_page("settings")
    find(desktop, "folderPolicies").add_folder(str(tmp_path / "private"))
    qtbot.waitUntil(lambda: bool(deskhand.policies.load().folders), timeout=WAIT_MS)
    (place,) = deskhand.policies.load().folders
    assert place.privacy is PrivacyClass.NEVER
    choice = find(desktop, "folderClass", QComboBox)
    choice.setCurrentIndex(choice.findData("redacted"))
    choice.activated.emit(choice.currentIndex())
    qtbot.waitUntil(lambda: deskhand.policies.load().folders[0].privacy is PrivacyClass.REDACTED, timeout=WAIT_MS)
    find(desktop, "removeFolderPolicy").click()
    qtbot.waitUntil(lambda: not deskhand.policies.load().folders, timeout=WAIT_MS)


def test_a_policy_file_that_is_wrong_is_told_with_its_line(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand) -> None:
    (deskhand.paths.data / "policies.toml").write_text('[[folders]]\npath = "relative"\nprivacy = "never"\n')
    desktop.window.show_page("settings")
    qtbot.waitUntil(lambda: "line 2" in words(desktop, "policyFault"), timeout=WAIT_MS)
    assert not find(desktop, "addFolderPolicy").isEnabled()


def test_the_proof_shows_its_evidence_or_why_there_is_none(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop.window.show_page("settings")
    evidence = [(True, "email.eml: read and answered; 0 attempts to connect were made"), (False, "something does not hold")]
    monkeypatch.setattr(type(deskhand), "prove_offline", lambda _: iter(evidence))
    find(desktop, "proveOffline").click()
    card = find(desktop, "offlineProof")
    qtbot.waitUntil(lambda: "something does not hold" in [label.text() for label in card.findChildren(PlainLabel)], timeout=WAIT_MS)

    def fail(_: object) -> None:
        raise OfflineError(host="x", who="y")

    monkeypatch.setattr(type(deskhand), "prove_offline", fail)
    find(desktop, "proveOffline").click()
    qtbot.waitUntil(lambda: any("did not contact" in label.text() for label in card.findChildren(PlainLabel)), timeout=WAIT_MS)


# Parts.


def test_the_bytes_are_shown_as_they_are_and_laid_out_on_demand(qtbot: QtBot) -> None:
    view = PayloadView()
    qtbot.addWidget(view)
    payload = '{"a":"Zeile 1\\nGrüße","b":1}'.encode()
    view.show_payload(payload)
    assert view.text.encode() == payload
    view.findChild(QPushButton, "payloadReadable").click()
    assert "Zeile 1\nGrüße" in view.text
    assert readable("no json") == "no json"


def test_words_are_taken_from_the_bytes_as_the_document_has_them(qtbot: QtBot) -> None:
    view = PayloadView(can_hide=True)
    qtbot.addWidget(view)
    view.show_payload(b'{"a":"say \\"no\\"\\nto it"}')
    text = view.findChild(QPlainTextEdit, "payloadText")
    cursor = text.textCursor()
    cursor.setPosition(view.text.index("say"))
    cursor.setPosition(view.text.index("to it") + 5, cursor.MoveMode.KeepAnchor)
    text.setTextCursor(cursor)
    with qtbot.waitSignal(view.words_chosen) as told:
        view.findChild(QPushButton, "hideSelected").click()
    assert told.args == ['say "no"\nto it']


def test_opinions_show_who_won_and_let_the_other_be_chosen(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    area = OpinionArea(parent)
    local = Opinion(source="local", value="75.50", text="75,50")
    other = Opinion(source="big", value="80.25", text="80,25", accepted=True)
    area.show_opinions((local, other), "80.25", lambda value: f"{value} EUR", can_choose=True)
    texts = [label.text() for label in area.findChildren(PlainLabel)]
    assert texts == ["This computer: 75.50 EUR", "big: 80.25 EUR  ✓"]
    with qtbot.waitSignal(area.chosen) as told:
        area.findChild(QPushButton, "useOpinion").click()
    assert told.args == [local]


def test_a_line_without_a_sentence_is_not_there(qtbot: QtBot) -> None:
    line = AskLine()
    qtbot.addWidget(line)
    line.show_state(AskState("big could be asked: Total.", "", "quiet", "ask", "Look"))
    assert not line.isHidden()
    with qtbot.waitSignal(line.action_requested) as told:
        line.findChild(QPushButton, "askAction").click()
    assert told.args == ["ask"]
    line.show_state(AskState())
    assert line.isHidden()


def test_every_control_of_the_card_has_a_name(qtbot: QtBot) -> None:
    card = FrontierCard(FrontierSettings(opted_in=True, provider=CONFIG))
    qtbot.addWidget(card)
    for kind in (QPushButton, QComboBox, QLineEdit, QDoubleSpinBox):
        controls = [control for control in card.findChildren(kind) if not control.objectName().startswith("qt_")]
        assert controls, kind.__name__
        assert not [control.objectName() for control in controls if not control.accessibleName()]
