"""The Models page on a real catalog and a real server: what it tells, and everything that can be done there."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QMenu, QProgressBar, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from app.catalog.catalog import Catalog
from app.catalog.licenses import needs_acceptance
from app.catalog.offers import PURPOSES
from app.catalog.part_place import part_bytes, part_folder
from app.catalog.spec import CatalogFile, License, ModelSpec, UrlSource, Wording
from app.domain.ledger import Purpose
from app.errors import OwnCatalogError
from app.file_lock import FileLock
from app.ui.desktop import Desktop
from app.ui.messages import use_language
from app.ui.theme import Theme
from app.ui.views.model_card import ModelCard
from app.ui.views.models_page import ModelsPage
from app.ui.widgets.banner import Banner
from app.ui.widgets.pill import Pill
from app.ui.widgets.plain_label import PlainLabel
from tests.helpers.catalogs import gguf_bytes, install, make_catalog, make_spec
from tests.helpers.models import real_model
from tests.helpers.unruly_server import Act, Play, UnrulyServer, running_server
from tests.helpers.window_world import FakeDeskhand
from tests.ui.conftest import close_desktop, open_desktop

pytestmark = pytest.mark.network
WAIT_MS = 10_000
STARTER = gguf_bytes(padding=20_000)
LARGE = gguf_bytes(padding=900_000)
STRICT = gguf_bytes(padding=30_000)
LICENSE = License(id="Strict-1.0", url="https://example.org/license", commercial="limited", must_accept=True)


@pytest.fixture
def model_file() -> Path:
    """To be asked for first: the folders of this computer are hidden afterwards."""
    return real_model().path


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[UnrulyServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with running_server() as running:
        running.plays = {"large": Play(LARGE), "strict": Play(STRICT)}
        yield running


@pytest.fixture
def deskhand(tmp_path: Path, server: UnrulyServer, no_other_programs: None) -> Iterator[FakeDeskhand]:
    """Three models: the starter is here, a better one is on the server, and one there has a licence to be accepted."""
    starter = make_spec(STARTER, model_id="starter", rank=20)
    large = make_spec(LARGE, UrlSource(kind="url", url=server.url("large")), model_id="large", rank=60)
    large = large.model_copy(update={"name": "Large", "good_for": Wording(en="Long letters.", tr="Uzun mektuplar.")})
    strict = make_spec(STRICT, UrlSource(kind="url", url=server.url("strict")), model_id="strict", rank=30)
    strict = strict.model_copy(update={"name": "Strict", "license": LICENSE})
    with FakeDeskhand(tmp_path) as services:
        services.__dict__["catalog"] = make_catalog(services.paths.models, starter, large, strict)
        install(services.catalog, starter, STARTER)
        yield services


@pytest.fixture
def page(qtbot: QtBot, desktop: Desktop) -> ModelsPage:
    return open_page(qtbot, desktop)


def open_page(qtbot: QtBot, desktop: Desktop) -> ModelsPage:
    desktop.window.show_page("models")
    shown = desktop.window.findChild(ModelsPage)
    assert shown is not None

    def all_there() -> bool:
        cards = [shown.card(name) for name in ("starter", "large", "strict")]
        return all(card is not None and card.isVisible() for card in cards)

    qtbot.waitUntil(all_there, timeout=WAIT_MS)
    return shown


def card_of(page: ModelsPage, model_id: str) -> ModelCard:
    card = page.card(model_id)
    assert card is not None
    return card


def press(parent: QWidget, name: str) -> None:
    button = parent.findChild(QAbstractButton, name)
    assert button is not None, name
    until = time.monotonic() + WAIT_MS / 1000
    while not button.isVisible() and time.monotonic() < until:
        # A card that moves is shown in its new place with the next turn of the loop.
        QApplication.processEvents()
        time.sleep(0.01)
    assert button.isVisible(), name
    button.click()


def choose(card: ModelCard, action: str) -> None:
    """An entry of the card's menu."""
    menu = card.make_menu()
    entry = next(entry for entry in menu.actions() if entry.objectName().startswith(f"{action}_"))
    entry.trigger()
    menu.deleteLater()


def texts(widget: QWidget) -> str:
    return " | ".join(label.text() for label in widget.findChildren(PlainLabel) if label.isVisibleTo(widget))


def spec(deskhand: FakeDeskhand, model_id: str) -> ModelSpec:
    return deskhand.catalog.get(model_id)


def begin_download(qtbot: QtBot, page: ModelsPage, model_id: str) -> None:
    """Press Download, and say yes to the one connection."""
    press(page, f"download_{model_id}")
    qtbot.waitUntil(page.asked.isVisible, timeout=WAIT_MS)
    press(page.asked, "connectBannerAction")


def drop(desktop: Desktop, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(desktop.window, QDragEnterEvent(QPoint(300, 300), copy, data, left, none))
    QApplication.sendEvent(desktop.window, QDropEvent(QPointF(300, 300), copy, data, left, none))


# What it tells.


def test_each_model_is_told_with_fit_speed_cost_and_licence(page: ModelsPage) -> None:
    large = texts(card_of(page, "large"))
    assert "fits well" in large
    assert "documents a minute (by this computer's parts)" in large
    assert "of memory" in large
    assert "on disk" in large
    assert "no Turkish" in large
    assert "MIT" in large
    assert "Long letters." in large
    assert "in use" in texts(card_of(page, "starter"))
    assert "Strict-1.0 (commercial use limited)" in texts(card_of(page, "strict"))


def test_one_recommendation_for_each_purpose_with_its_reason(page: ModelsPage) -> None:
    shown = texts(page.choices)
    assert "Large" in shown
    assert "the best of those that fit well" in shown
    assert "Finding values" in shown
    assert shown.count("no model for this fits this computer") == 1, f"of {PURPOSES}, these models only find values"


def test_a_recommendation_that_changed_leaves_nothing_behind(qtbot: QtBot, page: ModelsPage, desktop: Desktop) -> None:
    shelf = desktop.models.shelf
    assert shelf is not None
    nothing = tuple(dataclasses.replace(choice, offer=None, why="none_fits") for choice in shelf.choices)
    page.choices.show_shelf(dataclasses.replace(shelf, choices=nothing))
    # One line for all purposes with the same answer.
    qtbot.waitUntil(lambda: texts(page.choices).count("no model for this fits this computer") == 1, timeout=WAIT_MS)
    assert "Large" not in texts(page.choices)


def test_offline_it_says_so_and_one_click_stays_online(qtbot: QtBot, page: ModelsPage, deskhand: FakeDeskhand) -> None:
    assert "Deskhand is offline" in texts(page)
    press(page, "offlineBannerAction")
    qtbot.waitUntil(lambda: not deskhand.settings.offline, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "Deskhand is offline" not in texts(page), timeout=WAIT_MS)
    assert not deskhand.gate.offline


def test_the_folder_and_the_room_it_takes_are_told(
    page: ModelsPage, deskhand: FakeDeskhand, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    assert str(deskhand.catalog.folder) in texts(page)
    press(page, "openModelsFolder")
    assert opened == [str(deskhand.catalog.folder)]


def test_faults_of_the_persons_own_list_are_told(qtbot: QtBot, page: ModelsPage, desktop: Desktop, deskhand: FakeDeskhand) -> None:
    banner = page.findChild(Banner, "ownListBanner")
    assert banner is not None
    assert banner.isHidden()
    faults = [OwnCatalogError(file="models.toml", detail=f"model {name!r}, rank: too much") for name in ("one", "two")]
    known = [spec(deskhand, name) for name in ("starter", "large", "strict")]
    listed = CatalogFile(schema_version=1, starter="starter", model=known)
    deskhand.__dict__["catalog"] = Catalog(listed, deskhand.paths.models, faults=faults)
    desktop.models.refresh()
    qtbot.waitUntil(banner.isVisible, timeout=WAIT_MS)
    assert banner.text.startswith("Some models of your own can't be used.")
    assert "model 'one', rank: too much" in banner.text
    assert "model 'two', rank: too much" in banner.text
    assert banner.text.count("The other models can be used.") == 1


def tab_stops(page: QWidget) -> list[str]:
    """What the Tab key visits on a page, in this order."""
    stops, widget = [], page.nextInFocusChain()
    while widget is not None and widget is not page:
        is_stop = widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if page.isAncestorOf(widget) and is_stop:
            stops.append(widget.objectName())
        widget = widget.nextInFocusChain()
    return stops


def test_the_tab_key_follows_what_is_seen(qtbot: QtBot, page: ModelsPage, desktop: Desktop, deskhand: FakeDeskhand) -> None:
    names = ["wanted_large", "importModel", "openModelsFolder", "more_starter", "offlineBannerAction", "download_large"]
    stops = tab_stops(page)
    assert [name for name in stops if name in names] == names
    install(deskhand.catalog, spec(deskhand, "large"), LARGE)
    desktop.models.refresh()
    qtbot.waitUntil(lambda: "use_large" in tab_stops(page), timeout=WAIT_MS)
    stops = tab_stops(page)
    assert stops.index("use_large") < stops.index("offlineBannerAction"), "it has moved up"


def test_everything_that_can_be_pressed_has_a_name(page: ModelsPage) -> None:
    card_of(page, "strict").ask("accept")
    pressable = [button for button in page.findChildren(QAbstractButton) if button.isVisibleTo(page)]
    assert len(pressable) > 5
    assert [button.objectName() for button in pressable if not (button.accessibleName() or button.text())] == []
    tick = page.findChild(QCheckBox, "question_strictTick")
    assert tick is not None
    assert tick.text()


# Downloads.


def test_a_download_asks_once_shows_how_far_it_is_and_arrives(
    qtbot: QtBot, desktop: Desktop, page: ModelsPage, deskhand: FakeDeskhand, server: UnrulyServer
) -> None:
    server.plays["large"].pace_s = 0.02
    card = card_of(page, "large")
    press(page, "download_large")
    qtbot.waitUntil(lambda: "Connect once to download Large" in page.asked.text, timeout=WAIT_MS)
    assert not server.plays["large"].requests, "nothing connects before the person has said yes"
    press(page.asked, "connectBannerAction")
    bar = card.findChild(QProgressBar, "progress_large")
    assert bar is not None
    qtbot.waitUntil(lambda: 0 < bar.value() < bar.maximum(), timeout=WAIT_MS)
    assert " of " in card.news_words
    assert "from 127.0.0.1" in card.news_words
    network = desktop.window.status.findChild(QWidget, "networkState")
    assert network is not None
    assert "A model is being fetched" in network.accessibleName()
    qtbot.waitUntil(lambda: card.shown.is_here, timeout=WAIT_MS)
    assert deskhand.catalog.path_of(spec(deskhand, "large")).read_bytes() == LARGE
    (row,) = deskhand.store.ledger.rows()
    assert (row.entry.purpose, row.entry.model, row.sent_bytes) == (Purpose.DOWNLOAD, "large", 0)
    assert row.outcome is not None
    assert row.outcome.received_bytes == len(LARGE)
    assert not bar.isVisible()
    assert "Offline" in network.accessibleName()
    assert "Large is ready." in desktop.window.notice.text


def test_pause_survives_the_end_of_the_program_and_goes_on(
    qtbot: QtBot, theme: Theme, deskhand: FakeDeskhand, server: UnrulyServer
) -> None:
    server.plays["large"].pace_s = 0.03
    desktop = open_desktop(qtbot, theme, deskhand)
    page = open_page(qtbot, desktop)
    begin_download(qtbot, page, "large")
    qtbot.waitUntil(lambda: part_bytes(spec(deskhand, "large"), deskhand.catalog) > 100_000, timeout=WAIT_MS)
    press(page, "pause_large")
    qtbot.waitUntil(lambda: "paused at" in texts(card_of(page, "large")), timeout=WAIT_MS)
    kept = part_bytes(spec(deskhand, "large"), deskhand.catalog)
    assert 0 < kept < len(LARGE)
    close_desktop(desktop)
    server.plays["large"].pace_s = 0
    desktop = open_desktop(qtbot, theme, deskhand)
    page = open_page(qtbot, desktop)
    button = page.findChild(QAbstractButton, "download_large")
    assert button is not None
    assert button.text() == "Go on"
    begin_download(qtbot, page, "large")
    qtbot.waitUntil(lambda: card_of(page, "large").shown.is_here, timeout=WAIT_MS)
    assert server.plays["large"].requests == ["", f"bytes={kept}-"]
    assert deskhand.catalog.path_of(spec(deskhand, "large")).read_bytes() == LARGE
    close_desktop(desktop)


def test_switching_to_offline_ends_a_download_and_the_status_tells_the_truth(
    qtbot: QtBot, desktop: Desktop, page: ModelsPage, deskhand: FakeDeskhand, server: UnrulyServer
) -> None:
    server.plays["large"].pace_s = 0.05
    network = desktop.window.status.findChild(QWidget, "networkState")
    assert network is not None
    press(page, "download_large")
    qtbot.waitUntil(page.asked.isVisible, timeout=WAIT_MS)
    press(page.asked, "connectBannerSecond")
    qtbot.waitUntil(lambda: not deskhand.settings.offline, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: part_bytes(spec(deskhand, "large"), deskhand.catalog) > 0, timeout=WAIT_MS)
    assert "A model is being fetched" in network.accessibleName(), "also after the settings have changed"
    desktop.settings.apply(deskhand.settings.model_copy(update={"offline": True}))
    card = card_of(page, "large")
    qtbot.waitUntil(lambda: "offline" in card.remark.lower(), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "Offline" in network.accessibleName(), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "paused at" in texts(card), timeout=WAIT_MS)


def test_cancelling_leaves_nothing(qtbot: QtBot, page: ModelsPage, deskhand: FakeDeskhand, server: UnrulyServer) -> None:
    server.plays["large"].pace_s = 0.03
    begin_download(qtbot, page, "large")
    qtbot.waitUntil(lambda: part_bytes(spec(deskhand, "large"), deskhand.catalog) > 0, timeout=WAIT_MS)
    press(page, "cancel_large")
    qtbot.waitUntil(lambda: card_of(page, "large").news_words == "", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: part_bytes(spec(deskhand, "large"), deskhand.catalog) == 0, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "paused" not in texts(card_of(page, "large")), timeout=WAIT_MS)


def test_what_is_paused_can_be_thrown_away_after_a_question(
    qtbot: QtBot, page: ModelsPage, deskhand: FakeDeskhand, server: UnrulyServer
) -> None:
    server.plays["large"].pace_s = 0.03
    begin_download(qtbot, page, "large")
    qtbot.waitUntil(lambda: part_bytes(spec(deskhand, "large"), deskhand.catalog) > 0, timeout=WAIT_MS)
    press(page, "pause_large")
    qtbot.waitUntil(lambda: "paused at" in texts(card_of(page, "large")), timeout=WAIT_MS)
    press(page, "cancel_large")
    press(page, "question_largeNo")
    assert part_bytes(spec(deskhand, "large"), deskhand.catalog) > 0
    press(page, "cancel_large")
    press(page, "question_largeYes")
    qtbot.waitUntil(lambda: part_bytes(spec(deskhand, "large"), deskhand.catalog) == 0, timeout=WAIT_MS)


def test_a_failed_download_says_why_on_the_card_and_can_be_tried_again(
    qtbot: QtBot, page: ModelsPage, server: UnrulyServer
) -> None:
    server.plays["large"].acts = [Act("not_found")]
    card = card_of(page, "large")
    begin_download(qtbot, page, "large")
    qtbot.waitUntil(lambda: "127.0.0.1" in card.remark, timeout=WAIT_MS)
    begin_download(qtbot, page, "large")
    qtbot.waitUntil(lambda: card.shown.is_here, timeout=WAIT_MS)
    assert card.remark == ""


def test_a_download_that_fails_while_another_page_is_shown_is_told_there(
    qtbot: QtBot, desktop: Desktop, page: ModelsPage, server: UnrulyServer
) -> None:
    server.plays["large"].acts = [Act("not_found")]
    begin_download(qtbot, page, "large")
    desktop.window.show_page("settings")
    notice = desktop.window.notice
    qtbot.waitUntil(lambda: "Large could not be downloaded. " in notice.text, timeout=WAIT_MS)
    assert "127.0.0.1" in notice.text
    assert notice.isVisible()


def keep_elsewhere(tmp_path: Path, deskhand: FakeDeskhand, data: bytes, kept: bytes) -> Path:
    """Another program has a file of the size of the model `large`, which the list offers for download."""
    starter, strict = spec(deskhand, "starter"), spec(deskhand, "strict")
    large = make_spec(data, *spec(deskhand, "large").main_file.sources, model_id="large", rank=60)
    large = large.model_copy(update={"name": "Large"})
    deskhand.__dict__["catalog"] = make_catalog(deskhand.paths.models, starter, large, strict)
    path = tmp_path / "home" / ".lmstudio" / "models" / "someone" / "large.gguf"
    path.parent.mkdir(parents=True)
    path.write_bytes(kept)
    return path


def test_what_another_program_has_is_used_and_not_fetched(
    qtbot: QtBot, desktop: Desktop, page: ModelsPage, deskhand: FakeDeskhand, server: UnrulyServer, tmp_path: Path
) -> None:
    data = gguf_bytes(padding=2_000_000)
    kept = keep_elsewhere(tmp_path, deskhand, data, data)
    press(page, "download_large")
    qtbot.waitUntil(lambda: card_of(page, "large").shown.is_here, timeout=WAIT_MS)
    assert deskhand.catalog.path_of(spec(deskhand, "large")) == kept
    assert "LM Studio keeps it; nothing was downloaded" in desktop.window.notice.text
    assert page.asked.isHidden()
    assert not server.plays["large"].requests


def test_a_file_that_only_looks_like_the_model_does_not_stop_its_download(
    qtbot: QtBot, desktop: Desktop, page: ModelsPage, deskhand: FakeDeskhand, server: UnrulyServer, tmp_path: Path
) -> None:
    data = gguf_bytes(padding=2_000_000)
    server.plays["large"] = Play(data)
    keep_elsewhere(tmp_path, deskhand, data, data[:-1] + b"!")
    begin_download(qtbot, page, "large")
    qtbot.waitUntil(lambda: card_of(page, "large").shown.is_here, timeout=WAIT_MS)
    assert deskhand.catalog.path_of(spec(deskhand, "large")).read_bytes() == data


def test_a_licence_is_accepted_with_a_tick_once(
    qtbot: QtBot, page: ModelsPage, deskhand: FakeDeskhand, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: read.append(url.toString()))
    press(page, "download_strict")
    assert "https://example.org/license" in texts(card_of(page, "strict"))
    press(page, "question_strictRead")
    assert read == [LICENSE.url]
    agree = page.findChild(QAbstractButton, "question_strictYes")
    assert agree is not None
    assert not agree.isEnabled()
    tick = page.findChild(QCheckBox, "question_strictTick")
    assert tick is not None
    tick.setChecked(True)
    agree.click()
    qtbot.waitUntil(page.asked.isVisible, timeout=WAIT_MS)
    assert not needs_acceptance(deskhand.catalog.folder, spec(deskhand, "strict"))
    press(page.asked, "connectBannerAction")
    qtbot.waitUntil(lambda: card_of(page, "strict").shown.is_here, timeout=WAIT_MS)


@pytest.mark.parametrize("action", ["accept", "remove", "cancel"])
def test_a_question_that_opens_below_what_is_seen_is_brought_into_view(action: str, qtbot: QtBot, page: ModelsPage) -> None:
    area = page.findChild(QScrollArea)
    assert area is not None
    card = card_of(page, "strict")
    # What is seen ends with the card.
    area.setFixedHeight(card.mapTo(area, card.rect().bottomLeft()).y() - area.verticalScrollBar().value())
    qtbot.wait(50)
    assert card.visibleRegion().boundingRect().bottom() >= card.rect().bottom() - 2
    question = card.findChild(QWidget, "question_strict")
    assert question is not None
    card.ask(action)
    qtbot.wait(50)  # It is laid out.
    qtbot.waitUntil(lambda: question.isVisible() and question.visibleRegion().boundingRect() == question.rect(), timeout=WAIT_MS)


def test_a_model_learns_to_see_with_its_second_file(
    qtbot: QtBot, desktop: Desktop, page: ModelsPage, deskhand: FakeDeskhand, server: UnrulyServer
) -> None:
    eyes = gguf_bytes(architecture="clip", padding=200_000)
    server.plays["eyes"] = Play(eyes)
    source = UrlSource(kind="url", url=server.url("eyes"))
    starter = spec(deskhand, "starter")
    projector = make_spec(eyes, source, model_id="eyes").main_file.model_copy(update={"role": "projector"})
    seeing = starter.model_copy(update={"files": (starter.main_file, projector), "tasks": ("extract", "vision")})
    others = (spec(deskhand, "large"), spec(deskhand, "strict"))
    deskhand.__dict__["catalog"] = make_catalog(deskhand.paths.models, seeing, *others)
    desktop.models.refresh()
    card = card_of(page, "starter")
    qtbot.waitUntil(lambda: card.shown.could_see, timeout=WAIT_MS)
    choose(card, "eyes")
    qtbot.waitUntil(page.asked.isVisible, timeout=WAIT_MS)
    press(page.asked, "connectBannerAction")
    qtbot.waitUntil(lambda: card.shown.sees, timeout=WAIT_MS)
    assert "reads pictures" in texts(card)
    assert seeing.eyes is not None
    assert deskhand.catalog.path_of(seeing.eyes).read_bytes() == eyes


# What is here.


def test_a_file_is_checked_byte_by_byte(qtbot: QtBot, page: ModelsPage, deskhand: FakeDeskhand) -> None:
    card = card_of(page, "starter")
    choose(card, "verify")
    qtbot.waitUntil(lambda: "Every byte is as its publisher released it" in card.remark, timeout=WAIT_MS)
    path = deskhand.catalog.path_of(spec(deskhand, "starter"))
    path.write_bytes(STARTER[:-1] + b"!")
    choose(card, "verify")
    qtbot.waitUntil(lambda: "Every byte" not in card.remark and "starter" in card.remark, timeout=WAIT_MS)


def test_the_file_for_pictures_is_checked_with_the_model(
    qtbot: QtBot, desktop: Desktop, page: ModelsPage, deskhand: FakeDeskhand
) -> None:
    data = gguf_bytes(architecture="clip", padding=10_000)
    starter = spec(deskhand, "starter")
    projector = make_spec(data, model_id="eyes").main_file.model_copy(update={"role": "projector"})
    seeing = starter.model_copy(update={"files": (starter.main_file, projector), "tasks": ("extract", "vision")})
    others = (spec(deskhand, "large"), spec(deskhand, "strict"))
    deskhand.__dict__["catalog"] = make_catalog(deskhand.paths.models, seeing, *others)
    assert seeing.eyes is not None
    install(deskhand.catalog, seeing.eyes, data)
    desktop.models.refresh()
    card = card_of(page, "starter")
    qtbot.waitUntil(lambda: card.shown.sees, timeout=WAIT_MS)
    choose(card, "verify")
    qtbot.waitUntil(lambda: "the file with which it reads pictures" in card.remark, timeout=WAIT_MS)
    install(deskhand.catalog, seeing.eyes, data[:-1] + b"!")
    choose(card, "verify")
    qtbot.waitUntil(lambda: "eyes.gguf is not the file the publisher released" in card.remark, timeout=WAIT_MS)


def test_removing_asks_in_its_place_and_frees_the_disk(
    qtbot: QtBot, desktop: Desktop, page: ModelsPage, deskhand: FakeDeskhand
) -> None:
    path = deskhand.catalog.path_of(spec(deskhand, "starter"))
    card = card_of(page, "starter")
    desktop.models.use("starter")
    qtbot.waitUntil(lambda: deskhand.settings.model == "starter", timeout=WAIT_MS)
    choose(card, "remove")
    assert "You can download it again." in texts(card)
    press(card, "question_starterNo")
    assert path.exists()
    choose(card, "remove")
    press(card, "question_starterYes")
    qtbot.waitUntil(lambda: not path.exists(), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not card.shown.is_here, timeout=WAIT_MS)
    assert "are free again" in desktop.window.notice.text
    qtbot.waitUntil(lambda: not deskhand.settings.model, timeout=WAIT_MS)


def choose_task(card: ModelCard, task: str) -> None:
    """An entry of "Use for …"."""
    menu = card.make_menu()
    tasks = next(entry.menu() for entry in menu.actions() if entry.objectName() == f"tasks_{card.shown.id}")
    assert isinstance(tasks, QMenu)
    next(entry for entry in tasks.actions() if entry.objectName() == f"{task}_{card.shown.id}").trigger()
    menu.deleteLater()


def test_a_model_is_used_for_one_task_and_gives_it_back(
    qtbot: QtBot, page: ModelsPage, desktop: Desktop, deskhand: FakeDeskhand
) -> None:
    install(deskhand.catalog, spec(deskhand, "large"), LARGE)
    desktop.models.refresh()
    card = card_of(page, "large")
    qtbot.waitUntil(lambda: card.shown.is_here, timeout=WAIT_MS)
    choose_task(card, "invoice")
    qtbot.waitUntil(lambda: card.shown.used_for == "Invoice", timeout=WAIT_MS)
    assert "Used for Invoice" in texts(card)
    assert "Used for Invoice" in card.accessibleDescription()
    assert [deskhand.choose_model(task).spec.id for task in ("invoice", "receipt", "")] == ["large", "starter", "starter"]
    assert card_of(page, "starter").shown.is_in_use
    choose_task(card, "invoice")
    qtbot.waitUntil(lambda: not card.shown.used_for, timeout=WAIT_MS)
    assert "Used for" not in texts(card)
    assert deskhand.settings.task_models == {}


def test_tasks_chosen_one_right_after_the_other_are_both_kept(
    qtbot: QtBot, page: ModelsPage, desktop: Desktop, deskhand: FakeDeskhand
) -> None:
    install(deskhand.catalog, spec(deskhand, "large"), LARGE)
    desktop.models.refresh()
    card = card_of(page, "large")
    qtbot.waitUntil(lambda: card.shown.is_here, timeout=WAIT_MS)
    for task in ("invoice", "receipt"):
        choose_task(card, task)
    qtbot.waitUntil(lambda: card.shown.used_for == "Invoice, Receipt", timeout=WAIT_MS)


def test_removing_a_model_says_who_answers_its_tasks(
    qtbot: QtBot, page: ModelsPage, desktop: Desktop, deskhand: FakeDeskhand
) -> None:
    install(deskhand.catalog, spec(deskhand, "large"), LARGE)
    desktop.models.refresh()
    card = card_of(page, "large")
    qtbot.waitUntil(lambda: card.shown.is_here, timeout=WAIT_MS)
    choose_task(card, "invoice")
    qtbot.waitUntil(lambda: card.shown.used_for == "Invoice", timeout=WAIT_MS)
    choose(card, "remove")
    assert "It is used for Invoice: the model in use takes over there." in texts(card)
    press(card, "question_largeYes")
    qtbot.waitUntil(lambda: not deskhand.settings.task_models, timeout=WAIT_MS)
    assert "It was chosen for Invoice" in texts(desktop.window.notice)
    assert deskhand.choose_model("invoice").spec.id == "starter"


def test_another_model_can_be_used_and_the_choice_given_back(
    qtbot: QtBot, page: ModelsPage, desktop: Desktop, deskhand: FakeDeskhand
) -> None:
    install(deskhand.catalog, spec(deskhand, "large"), LARGE)
    desktop.models.refresh()
    qtbot.waitUntil(lambda: card_of(page, "large").shown.is_here, timeout=WAIT_MS)
    press(page, "use_large")
    qtbot.waitUntil(lambda: deskhand.settings.model == "large", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: card_of(page, "large").shown.is_in_use, timeout=WAIT_MS)
    assert not card_of(page, "starter").shown.is_in_use
    press(page, "automaticModel")
    qtbot.waitUntil(lambda: deskhand.settings.model == "", timeout=WAIT_MS)


# Files of other programs, and of the person's own.


def test_a_file_of_another_program_is_used_in_place_and_left_there(
    qtbot: QtBot, desktop: Desktop, page: ModelsPage, deskhand: FakeDeskhand, tmp_path: Path
) -> None:
    # A file must have some size to be looked at, so the model in question grows.
    data = gguf_bytes(padding=2_000_000)
    known = make_spec(data, model_id="strict", rank=30).model_copy(update={"name": "Strict"})
    starter, large = spec(deskhand, "starter"), spec(deskhand, "large")
    deskhand.__dict__["catalog"] = make_catalog(deskhand.paths.models, starter, large, known)
    blob = tmp_path / "home" / "OLLAMA_MODELS" / "blobs" / f"sha256-{known.main_file.sha256}"
    blob.parent.mkdir(parents=True)
    blob.write_bytes(data)
    desktop.models.refresh()
    qtbot.waitUntil(lambda: "Ollama keeps this file" in texts(page), timeout=WAIT_MS)
    press(page, "useFound")
    qtbot.waitUntil(lambda: card_of(page, "strict").shown.is_here, timeout=WAIT_MS)
    assert "used in its own place" in texts(card_of(page, "strict"))
    assert deskhand.catalog.path_of(known) == blob
    choose(card_of(page, "strict"), "forget")
    press(page, "question_strictYes")
    qtbot.waitUntil(lambda: not card_of(page, "strict").shown.is_here, timeout=WAIT_MS)
    assert blob.read_bytes() == data


@pytest.mark.parametrize("mode", ["Copy", "Link"])
def test_a_dropped_model_file_is_taken_in(
    mode: str, qtbot: QtBot, desktop: Desktop, page: ModelsPage, deskhand: FakeDeskhand, tmp_path: Path
) -> None:
    path = tmp_path / "stick" / "own-model.gguf"
    path.parent.mkdir()
    path.write_bytes(gguf_bytes(padding=50_000))
    desktop.window.show_page("inbox")
    drop(desktop, path)
    assert desktop.window.page == "models"
    assert "Take in own-model.gguf?" in texts(page.importing)
    press(page, f"import{mode}")
    qtbot.waitUntil(lambda: page.card("own-model") is not None, timeout=WAIT_MS)
    card = card_of(page, "own-model")
    assert "Try it out before you rely on it." in texts(card)
    qtbot.waitUntil(lambda: "the family chatml" in card.remark, timeout=WAIT_MS)
    own = deskhand.catalog.own_path_of(deskhand.catalog.get("own-model"))
    assert own.exists() == (mode == "Copy")
    assert path.exists()


def test_what_is_no_model_is_refused_with_its_reason(qtbot: QtBot, desktop: Desktop, page: ModelsPage, tmp_path: Path) -> None:
    path = tmp_path / "notes.gguf"
    path.write_bytes(b"not a model at all")
    drop(desktop, path)
    press(page, "importCopy")
    qtbot.waitUntil(lambda: "notes.gguf" in desktop.window.notice.text, timeout=WAIT_MS)


def test_all_faults_of_the_files_of_a_folder_are_told_together(
    qtbot: QtBot, desktop: Desktop, page: ModelsPage, deskhand: FakeDeskhand, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    for name in ("first", "third"):
        # A file must have some size to be looked at.
        (stick / f"{name}.gguf").write_bytes(b"GGUF" + bytes(2_000_000))
    (stick / "second.gguf").write_bytes(gguf_bytes(padding=2_000_000))
    drop(desktop, stick)
    press(page, "importCopy")
    notice = desktop.window.notice
    qtbot.waitUntil(lambda: notice.text.startswith("2 files could not be taken in."), timeout=WAIT_MS)
    assert "first.gguf" in notice.text
    assert "third.gguf" in notice.text
    assert deskhand.catalog.is_installed(spec(deskhand, "second"))


def test_a_folder_dropped_on_the_page_is_searched(qtbot: QtBot, desktop: Desktop, page: ModelsPage, tmp_path: Path) -> None:
    empty = tmp_path / "stick"
    empty.mkdir()
    drop(desktop, empty)
    press(page, "importCopy")
    qtbot.waitUntil(lambda: "no model file" in desktop.window.notice.text, timeout=WAIT_MS)


@pytest.mark.model
def test_an_unknown_model_is_tried_out_for_real(
    model_file: Path, qtbot: QtBot, desktop: Desktop, page: ModelsPage, deskhand: FakeDeskhand
) -> None:
    drop(desktop, model_file)
    press(page, "importLink")
    qtbot.waitUntil(lambda: any(spec.architecture == "llama" and spec.rank == 0 for spec in deskhand.catalog.all()), timeout=60_000)
    name = next(spec.id for spec in deskhand.catalog.all() if spec.rank == 0)
    qtbot.waitUntil(lambda: page.card(name) is not None and card_of(page, name).isVisible(), timeout=WAIT_MS)
    press(page, f"test_{name}")
    card = card_of(page, name)
    qtbot.waitUntil(lambda: "Self-test" in card.remark, timeout=120_000)
    assert deskhand.catalog.test_of(deskhand.catalog.get(name)) is not None


def test_everything_is_in_turkish_too(qtbot: QtBot, theme: Theme, deskhand: FakeDeskhand) -> None:
    use_language("tr")
    desktop = open_desktop(qtbot, theme, deskhand)
    shown = texts(card_of(open_page(qtbot, desktop), "large"))
    assert "rahat sığıyor" in shown
    assert "Uzun mektuplar." in shown
    close_desktop(desktop)


def test_what_another_program_is_fetching_is_told_and_left_to_it(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand) -> None:
    large = spec(deskhand, "large")
    folder = part_folder(large, deskhand.catalog)
    folder.mkdir(parents=True)
    with FileLock(folder / "lock"):
        card = card_of(open_page(qtbot, desktop), "large")
        assert "being fetched" in [pill.text for pill in card.findChildren(Pill)]
        assert not any(card.findChild(QAbstractButton, f"{name}_large").isVisible() for name in ("download", "cancel"))
    desktop.models.refresh()
    qtbot.waitUntil(card.findChild(QAbstractButton, "download_large").isVisible, timeout=WAIT_MS)
