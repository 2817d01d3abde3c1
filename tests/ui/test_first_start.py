"""The first steps: shown once, by keyboard, with and without a model, and left by any way out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from app.catalog.spec import UrlSource
from app.settings import load_settings
from app.ui.desktop import Desktop
from app.ui.dialogs.shortcuts import ShortcutsDialog
from app.ui.theme import Theme
from app.ui.views.first_start import FirstStart
from app.ui.widgets.plain_label import PlainLabel
from tests.helpers.catalogs import gguf_bytes, install, make_catalog, make_spec
from tests.helpers.unruly_server import Play, UnrulyServer, running_server
from tests.helpers.window_world import FakeDeskhand, bill_lines, write_bill
from tests.ui.conftest import close_desktop, open_desktop

pytestmark = pytest.mark.network
WAIT_MS = 10_000
STARTER = gguf_bytes(padding=20_000)
BETTER = gguf_bytes(padding=400_000)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[UnrulyServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with running_server() as running:
        running.plays = {"starter": Play(STARTER), "better": Play(BETTER)}
        yield running


@pytest.fixture
def deskhand(tmp_path: Path, server: UnrulyServer, no_other_programs: None) -> Iterator[FakeDeskhand]:
    """Never started before; the starter is here, a better model is on the server."""
    starter = make_spec(STARTER, UrlSource(kind="url", url=server.url("starter")), model_id="starter", rank=20)
    better = make_spec(BETTER, UrlSource(kind="url", url=server.url("better")), model_id="better", rank=60)
    with FakeDeskhand(tmp_path) as services:
        services.__dict__["catalog"] = make_catalog(
            services.paths.models,
            starter.model_copy(update={"name": "Starter"}),
            better.model_copy(update={"name": "Better"}),
        )
        install(services.catalog, starter, STARTER)
        services.change_settings(services.settings.model_copy(update={"first_steps": True, "default_task": "invoice"}))
        yield services


@pytest.fixture
def steps(qtbot: QtBot, desktop: Desktop) -> FirstStart:
    return steps_of(desktop)


def steps_of(desktop: Desktop) -> FirstStart:
    page = desktop.window.findChild(FirstStart)
    assert page is not None
    return page


def title(page: FirstStart) -> str:
    label = page.findChild(PlainLabel, "firstStartTitle")
    assert label is not None
    return label.text()


def press(page: QWidget, name: str) -> None:
    button = page.findChild(QAbstractButton, name)
    assert button is not None, name
    assert button.isVisible(), name
    button.click()


def drop(desktop: Desktop, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(desktop.window, QDragEnterEvent(QPoint(300, 300), copy, data, left, none))
    QApplication.sendEvent(desktop.window, QDropEvent(QPointF(300, 300), copy, data, left, none))


def is_remembered(deskhand: FakeDeskhand) -> bool:
    return not load_settings(deskhand.paths.settings).first_steps


def test_they_are_there_at_the_first_start_and_say_what_stays_here(desktop: Desktop, steps: FirstStart) -> None:
    assert desktop.window.page == "welcome"
    assert steps.isVisible()
    assert not desktop.window.header.isVisible()
    assert title(steps) == "Deskhand reads your documents for you"
    shown = " ".join(label.text() for label in steps.findChildren(PlainLabel))
    assert "Your documents stay on this computer" in shown
    assert steps.accessibleName().endswith("1 of 3")


def test_three_pages_by_keyboard_alone(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, steps: FirstStart) -> None:
    desktop.window.activateWindow()
    qtbot.waitUntil(desktop.window.isActiveWindow, timeout=WAIT_MS)
    steps.setFocus()
    titles = [title(steps)]
    for _ in range(2):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
        titles.append(title(steps))
    assert titles[1:] == ["A model for this computer", "Your first document"]
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.objectName() == "firstChoose"
    press(steps, "firstStartBack")
    assert title(steps) == titles[1]
    qtbot.keyClick(desktop.window, Qt.Key.Key_Escape)
    assert desktop.window.page == "inbox"
    qtbot.waitUntil(lambda: is_remembered(deskhand), timeout=WAIT_MS)


def test_skipped_steps_do_not_come_back(qtbot: QtBot, theme: Theme, deskhand: FakeDeskhand) -> None:
    first = open_desktop(qtbot, theme, deskhand)
    press(steps_of(first), "firstStartSkip")
    assert first.window.page == "inbox"
    assert first.window.header.isVisible()
    qtbot.waitUntil(lambda: is_remembered(deskhand), timeout=WAIT_MS)
    close_desktop(first)
    second = open_desktop(qtbot, theme, deskhand)
    assert second.window.page == "inbox"
    assert second.window.findChild(FirstStart) is None, "nothing is made that is not shown"
    second.window.show_shortcuts()
    dialog = second.window.findChild(ShortcutsDialog)
    assert dialog is not None
    press(dialog, "firstStepsAgain")
    assert second.window.page == "welcome"
    assert steps_of(second).step == 0
    close_desktop(second)


def test_a_wish_to_see_them_again_is_kept(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, steps: FirstStart) -> None:
    press(steps, "firstStartSkip")
    qtbot.waitUntil(lambda: is_remembered(deskhand) and not deskhand.settings.first_steps, timeout=WAIT_MS)
    desktop.settings.apply(deskhand.settings.model_copy(update={"first_steps": True}))
    qtbot.waitUntil(lambda: not is_remembered(deskhand), timeout=WAIT_MS)
    for page in ("tasks", "inbox"):
        desktop.window.show_page(page)
        qtbot.wait(50)
    assert not is_remembered(deskhand), "looking around does not take it back"


def test_the_sidebar_is_a_way_out_too(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand) -> None:
    press(desktop.window.sidebar, "nav_tasks")
    assert desktop.window.page == "tasks"
    qtbot.waitUntil(lambda: is_remembered(deskhand), timeout=WAIT_MS)


def test_the_model_that_is_here_can_be_used_and_the_better_one_fetched_meanwhile(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, steps: FirstStart, server: UnrulyServer
) -> None:
    server.plays["better"].pace_s = 0.02
    press(steps, "firstStartNext")
    step = steps.model_step
    qtbot.waitUntil(lambda: "Starter is here and ready. Better would answer better" in step.words, timeout=WAIT_MS)
    network = step.findChild(PlainLabel, "firstStartNetwork")
    assert network is not None
    assert "connects once" in network.text()
    qtbot.waitUntil(lambda: (card := step.card("better")) is not None and card.isVisible(), timeout=WAIT_MS)
    press(step, "download_better")
    card = step.card("better")
    assert card is not None
    qtbot.waitUntil(lambda: " of " in card.news_words, timeout=WAIT_MS)
    press(steps, "firstStartNext")
    press(steps, "firstStartNext")
    assert desktop.window.page == "inbox"
    better = deskhand.catalog.get("better")
    qtbot.waitUntil(lambda: deskhand.catalog.is_installed(better), timeout=WAIT_MS)
    assert deskhand.settings.offline, "it was one connection"


def test_without_any_model_it_says_so_and_offers_the_starter(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, steps: FirstStart
) -> None:
    deskhand.has_model = False
    deskhand.catalog.remove(deskhand.catalog.get("starter"))
    desktop.models.refresh()
    press(steps, "firstStartNext")
    step = steps.model_step
    qtbot.waitUntil(lambda: "There is none on this computer yet" in step.words, timeout=WAIT_MS)
    assert not desktop.window.model_banner.isVisible(), "the page says it already"
    qtbot.waitUntil(lambda: (card := step.card("starter")) is not None and card.isVisible(), timeout=WAIT_MS)
    press(steps, "firstStartSkip")
    qtbot.waitUntil(desktop.window.model_banner.isVisible, timeout=WAIT_MS)


def test_a_model_from_a_stick_is_taken_in(
    qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, steps: FirstStart, tmp_path: Path
) -> None:
    stick = tmp_path / "stick" / "brought.gguf"
    stick.parent.mkdir()
    stick.write_bytes(BETTER)
    steps.show_step(1)
    drop(desktop, stick)
    better = deskhand.catalog.get("better")
    qtbot.waitUntil(lambda: deskhand.catalog.is_installed(better), timeout=WAIT_MS)
    assert desktop.window.page == "welcome", "the steps go on"
    assert deskhand.catalog.own_path_of(better).read_bytes() == BETTER
    qtbot.waitUntil(lambda: (card := steps.model_step.card("better")) is not None and card.shown.is_here, timeout=WAIT_MS)


def test_without_a_network_the_failure_is_told_and_the_way_goes_on(
    qtbot: QtBot, desktop: Desktop, steps: FirstStart, server: UnrulyServer
) -> None:
    del server.plays["better"]
    press(steps, "firstStartNext")
    step = steps.model_step
    qtbot.waitUntil(lambda: (card := step.card("better")) is not None and card.isVisible(), timeout=WAIT_MS)
    press(step, "download_better")
    card = step.card("better")
    assert card is not None
    qtbot.waitUntil(lambda: "127.0.0.1" in card.remark, timeout=60_000)
    press(steps, "firstStartNext")
    assert title(steps) == "Your first document"


def test_a_question_is_brought_into_view(qtbot: QtBot, steps: FirstStart) -> None:
    steps.show_step(1)
    step = steps.model_step
    qtbot.waitUntil(lambda: (card := step.card("better")) is not None and card.isVisible(), timeout=WAIT_MS)
    area = next(area for area in steps.findChildren(QScrollArea) if area.widget() is step)
    card = step.card("better")
    assert card is not None
    # What is seen ends with the card.
    area.setFixedHeight(card.mapTo(area, card.rect().bottomLeft()).y())
    qtbot.wait(50)
    question = card.findChild(QWidget, "question_better")
    assert question is not None
    card.ask("accept")
    qtbot.wait(50)  # It is laid out.
    qtbot.waitUntil(lambda: question.isVisible() and question.visibleRegion().boundingRect() == question.rect(), timeout=WAIT_MS)
    assert area.verticalScrollBar().value() > 0


def test_the_first_document_is_in_work_in_the_inbox(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, tmp_path: Path) -> None:
    bill = write_bill(tmp_path / "in", "bill.txt", bill_lines("Acme", "A-1", "2024-03-01", "10.00"))
    drop(desktop, bill)
    assert desktop.window.page == "inbox"
    qtbot.waitUntil(lambda: desktop.work.counts.done == 1, timeout=WAIT_MS)
    assert desktop.jobs.rowCount() == 1, "what was just read stays in view"
    qtbot.waitUntil(lambda: is_remembered(deskhand), timeout=WAIT_MS)


def test_samples_are_offered(qtbot: QtBot, desktop: Desktop, steps: FirstStart) -> None:
    steps.show_step(2)
    press(steps, "firstSamples")
    assert desktop.window.page == "inbox"
    qtbot.waitUntil(lambda: desktop.jobs.source.rowCount() >= len(desktop.work.samples), timeout=WAIT_MS)


def test_the_tab_key_goes_from_the_models_to_the_way_on(qtbot: QtBot, steps: FirstStart) -> None:
    steps.show_step(1)
    qtbot.waitUntil(lambda: (card := steps.model_step.card("better")) is not None and card.isVisible(), timeout=WAIT_MS)
    stops, widget = [], steps.nextInFocusChain()
    while widget is not None and widget is not steps:
        if steps.isAncestorOf(widget) and widget.isVisible() and isinstance(widget, QAbstractButton):
            assert widget.accessibleName(), widget.objectName()
            stops.append(widget.objectName())
        widget = widget.nextInFocusChain()
    assert stops == [
        "more_starter",
        "download_better",
        "firstImport",
        "firstAllModels",
        "firstStartSkip",
        "firstStartBack",
        "firstStartNext",
    ]


@pytest.mark.parametrize("points", [10.0, 15.0])
def test_nothing_is_cut_off_in_a_small_window(qtbot: QtBot, desktop: Desktop, steps: FirstStart, points: float) -> None:
    font = QApplication.font()
    larger = QApplication.font()
    larger.setPointSizeF(points)
    QApplication.setFont(larger)
    try:
        desktop.window.resize(1024, 700)
        for step in range(3):
            steps.show_step(step)
            qtbot.wait(50)
            for name in ("firstStartNext", "firstStartTitle"):
                widget = steps.findChild(QWidget, name)
                assert widget is not None
                assert desktop.window.rect().contains(widget.mapTo(desktop.window, widget.rect().bottomRight())), name
                assert widget.width() >= min(widget.minimumSizeHint().width(), widget.sizeHint().width())
    finally:
        QApplication.setFont(font)
