"""A larger model on the Evaluate page: told beforehand, agreed to, asked, put beside the local one. A server plays it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QListWidget, QPlainTextEdit, QPushButton, QSpinBox, QTableView
from pytestqt.qtbot import QtBot

from app.domain.policy import PlacePolicy, Policies, RoutingChange
from app.domain.privacy import PrivacyClass
from app.evaluation.runs import SavedRuns
from app.settings import FrontierSettings
from app.ui.desktop import Desktop
from app.ui.views.evaluate_page import EvaluatePage
from app.ui.views.quote_page import QuotePage
from app.ui.widgets.plain_label import PlainLabel
from tests.helpers.providers import own_provider
from tests.helpers.reply_server import ReplyServer, answering, playing, recorded
from tests.helpers.window_world import FakeDeskhand, bill_lines, wait_idle, write_bill

pytestmark = pytest.mark.network
N_BILLS = 2
WAIT_MS = 60_000


@pytest.fixture
def server() -> Iterator[ReplyServer]:
    """Right about all that it is asked."""
    truth = {"total_amount": "99.00", "seller_name": "Contoso", "issue_date": "2024-01-31", "currency": "EUR"}
    with playing(answering(recorded("openai_chat")["answer"], truth)) as opened:
        yield opened


@pytest.fixture
def page(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, server: ReplyServer, tmp_path: Path) -> EvaluatePage:
    """Two bills were reviewed, whose totals the local model got wrong; a larger model is set up."""
    frontier = FrontierSettings(opted_in=True, provider=own_provider(f"{server.url}/v1"))
    deskhand.change_settings(deskhand.settings.model_copy(update={"offline": False, "frontier": frontier}))
    bills = [[*bill_lines("Contoso", f"M-{n}", "2024-01-31", f"{n}0.00", mark="?"), "balance: 99.00"] for n in range(N_BILLS)]
    deskhand.runner.add([write_bill(tmp_path / "bills", f"{n}.txt", lines) for n, lines in enumerate(bills)], "invoice")
    wait_idle(deskhand)
    for job in deskhand.store.jobs():
        deskhand.store.correct(job.id, "total_amount", value="99.00", text="99.00")
        deskhand.store.accept(job.id)
    desktop.window.show_page("evaluate")
    qtbot.waitUntil(lambda: desktop.window.findChild(EvaluatePage) is not None, timeout=WAIT_MS)
    found = desktop.window.findChild(EvaluatePage)
    qtbot.waitUntil(lambda: not found.findChild(QCheckBox, "evaluateLarger").isHidden(), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: found.findChild(QPushButton, "evaluationStart").isEnabled(), timeout=WAIT_MS)
    return found


def _words(widget: EvaluatePage | QuotePage, name: str) -> str:
    return widget.findChild(PlainLabel, name).text()


def _start(qtbot: QtBot, desktop: Desktop, page: EvaluatePage) -> QuotePage:
    page.findChild(QCheckBox, "evaluateLarger").setChecked(True)
    qtbot.mouseClick(page.findChild(QPushButton, "evaluationStart"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desktop.window.page == "quote", timeout=WAIT_MS)
    return desktop.window.findChild(QuotePage)


def _status(desktop: Desktop) -> str:
    return " ".join(label.text() for label in desktop.window.status.findChildren(PlainLabel))


def _banner(desktop: Desktop) -> str:
    return " ".join(label.text() for label in desktop.window.notice.findChildren(PlainLabel))


def _columns(page: EvaluatePage) -> list[str]:
    model = page.findChild(QTableView, "figuresTable").model()
    return [model.headerData(at, Qt.Orientation.Horizontal) for at in range(model.columnCount())] if model is not None else []


def test_cost_is_told_before_the_start_and_again_to_the_byte(qtbot, desktop, deskhand, page, server):
    page.findChild(QCheckBox, "evaluateLarger").setChecked(True)
    qtbot.waitUntil(lambda: _words(page, "largerWords").startswith("Up to "), timeout=WAIT_MS)
    assert "at most about $0." in _words(page, "largerWords")
    assert "time not known yet" in _words(page, "largerWords")
    quote = _start(qtbot, desktop, page)
    assert not server.noted
    n = quote.findChild(QListWidget, "quoteRequests").count()
    assert quote.findChild(QPushButton, "quoteSend").text().startswith(f"Send {n} requests, at most $0.")
    first = quote.findChild(QPlainTextEdit, "payloadText").toPlainText()
    qtbot.mouseClick(quote.findChild(QPushButton, "quoteSend"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "larger-model" in _columns(page), timeout=WAIT_MS)
    assert len(server.noted) == n
    qtbot.waitUntil(lambda: f"{n} requests" in _status(desktop), timeout=WAIT_MS)
    assert first.encode() in {noted.body for noted in server.noted}


def test_answers_stand_beside_each_other_and_say_what_handing_on_would_buy(qtbot, desktop, deskhand, page, server):
    quote = _start(qtbot, desktop, page)
    qtbot.mouseClick(quote.findChild(QPushButton, "quoteSend"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "larger-model" in _columns(page), timeout=WAIT_MS)
    assert _columns(page)[-1] == "larger-model"
    table = page.findChild(QTableView, "figuresTable").model()
    (total,) = (row for row in range(table.rowCount()) if table.index(row, 0).data() == "Total")
    assert table.index(total, 1).data().startswith("0 %")
    assert "100 %" in table.index(total, 2).data()
    words = _words(page, "deferralWords")
    assert "of the tokens reaches 98 % of the larger model's quality" in words
    assert f"of {N_BILLS} documents" in _words(page, "deferralBasis")
    qtbot.mouseClick(page.findChild(QPushButton, "saveBaseline"), Qt.MouseButton.LeftButton)
    saved = SavedRuns(deskhand.paths.evaluations)
    qtbot.waitUntil(lambda: len(saved.names()) == 2, timeout=WAIT_MS)
    assert {saved.load(name).model.id for name in saved.names()} == {deskhand.catalog.starter_id, "larger-model"}


def test_who_went_to_another_page_is_told_and_sees_the_price_on_return(qtbot, desktop, page, server):
    page.findChild(QCheckBox, "evaluateLarger").setChecked(True)
    qtbot.mouseClick(page.findChild(QPushButton, "evaluationStart"), Qt.MouseButton.LeftButton)
    desktop.window.show_page("models")
    qtbot.waitUntil(lambda: "see it under Evaluate" in _banner(desktop), timeout=WAIT_MS)
    assert desktop.window.page == "models"
    desktop.window.show_page("evaluate")
    qtbot.waitUntil(lambda: desktop.window.page == "quote", timeout=WAIT_MS)
    quote = desktop.window.findChild(QuotePage)
    qtbot.mouseClick(quote.findChild(QPushButton, "quoteSend"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "larger-model" in _columns(page), timeout=WAIT_MS)


def test_replies_are_used_again_for_nothing(qtbot, desktop, deskhand, page, server):
    quote = _start(qtbot, desktop, page)
    qtbot.mouseClick(quote.findChild(QPushButton, "quoteSend"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "larger-model" in _columns(page), timeout=WAIT_MS)
    n_sent, spent = len(server.noted), deskhand.store.ledger.figures().spent_micros
    page.findChild(QTableView, "figuresTable").setModel(None)
    qtbot.mouseClick(page.findChild(QPushButton, "evaluationStart"), Qt.MouseButton.LeftButton)
    view = page.findChild(QTableView, "figuresTable")
    qtbot.waitUntil(lambda: view.model() is not None and "larger-model" in _columns(page), timeout=WAIT_MS)
    assert desktop.window.page == "evaluate"
    assert (len(server.noted), deskhand.store.ledger.figures().spent_micros) == (n_sent, spent)


@pytest.mark.parametrize("way", ["button", "escape", "sidebar"])
def test_leaving_sends_nothing(qtbot, desktop, page, server, way):
    quote = _start(qtbot, desktop, page)
    if way == "button":
        qtbot.mouseClick(quote.findChild(QPushButton, "quoteLater"), Qt.MouseButton.LeftButton)
    elif way == "escape":
        desktop.window.page_closed.emit("quote")
    else:
        desktop.window.show_page("inbox")
    assert desktop.window.page == ("inbox" if way == "sidebar" else "evaluate")
    quote.agreed.emit()
    qtbot.wait(200)
    assert not server.noted
    assert not page.findChild(QPushButton, "evaluationStart").isHidden()
    assert "larger-model" not in _columns(page)


def test_what_never_leaves_is_left_out_and_said(qtbot, desktop, deskhand, page, server, tmp_path):
    secret = write_bill(tmp_path / "secret", "secret.txt", bill_lines("Contoso", "S-1", "2024-01-31", "7.00"))
    deskhand.runner.add([secret], "invoice")
    wait_idle(deskhand)
    deskhand.store.accept(deskhand.store.jobs()[-1].id)
    deskhand.policies.save(Policies(folders=(PlacePolicy(path=str(secret.parent), privacy=PrivacyClass.NEVER),)))
    desktop.window.show_page("evaluate")
    qtbot.waitUntil(lambda: _words(page, "evaluationCases").startswith("3 "), timeout=WAIT_MS)
    quote = _start(qtbot, desktop, page)
    assert _words(quote, "quoteStaying") == "1 document never leaves and is left out: secret.txt"
    qtbot.mouseClick(quote.findChild(QPushButton, "quoteSend"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "larger-model" in _columns(page), timeout=WAIT_MS)
    assert not any(b"S-1" in noted.body for noted in server.noted)


def test_what_is_said_of_a_place_while_the_quote_is_read_counts(qtbot, desktop, deskhand, page, server, tmp_path):
    quote = _start(qtbot, desktop, page)
    stays = PlacePolicy(path=str(tmp_path / "bills"), routing=RoutingChange(escalate_to="none"))
    deskhand.policies.save(Policies(folders=(stays,)))
    qtbot.mouseClick(quote.findChild(QPushButton, "quoteSend"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "must not leave any more" in _banner(desktop), timeout=WAIT_MS)
    assert not server.noted


def test_no_more_documents_are_asked_about_than_was_said(qtbot, desktop, page, server):
    page.findChild(QCheckBox, "evaluateLarger").setChecked(True)
    page.findChild(QSpinBox, "largerDocuments").setValue(1)
    quote = _start(qtbot, desktop, page)
    rows = quote.findChild(QListWidget, "quoteRequests")
    assert {rows.item(at).text().split("\n")[0] for at in range(rows.count())} == {"0.txt"}


def test_a_limit_that_is_too_low_stops_it(qtbot, desktop, deskhand, page, server):
    frontier = deskhand.settings.frontier.model_copy(update={"batch_cap": Decimal("0.0001")})
    deskhand.change_settings(deskhand.settings.model_copy(update={"frontier": frontier}))
    quote = _start(qtbot, desktop, page)
    assert not quote.findChild(QPushButton, "quoteSend").isEnabled()
    assert "Your limits leave $0.0001" in _words(quote, "quoteHint")


def test_offline_nobody_is_offered(qtbot, desktop, deskhand, page):
    deskhand.change_settings(deskhand.settings.model_copy(update={"offline": True}))
    desktop.window.show_page("evaluate")
    qtbot.waitUntil(lambda: page.findChild(QCheckBox, "evaluateLarger").isHidden(), timeout=WAIT_MS)
    assert "you are online" in _words(page, "largerWords")
