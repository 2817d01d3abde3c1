"""A model's file that is not the publisher's, and a chosen model that is gone: told, with what to do, and nothing else stops."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from app.bootstrap import Deskhand
from app.catalog.catalog import ChosenModel
from app.catalog.spec import PathSource
from app.ui.desktop import Desktop
from app.ui.views.model_card import ModelCard
from app.ui.views.models_page import ModelsPage
from app.ui.widgets.pill import Pill
from tests.helpers.catalogs import gguf_bytes, install, make_catalog, make_spec
from tests.helpers.window_world import FakeDeskhand, bill_lines, write_bill

WAIT_MS = 10_000
STARTER = gguf_bytes(padding=20_000)
LARGE = gguf_bytes(padding=90_000)


class Choosing(FakeDeskhand):
    """Its catalog chooses the model, as the program's does."""

    def choose_model(self, task: str = "") -> ChosenModel:
        return Deskhand.choose_model(self, task)


@pytest.fixture
def deskhand(tmp_path: Path, no_other_programs: None) -> Iterator[Choosing]:
    """The starter is damaged, and its publisher's file is on a stick; a larger model is not here yet."""
    stick = tmp_path / "stick.gguf"
    stick.write_bytes(STARTER)
    starter = make_spec(STARTER, PathSource(kind="path", path=str(stick)), model_id="starter", rank=20)
    large = make_spec(LARGE, PathSource(kind="path", path=str(stick)), model_id="large", rank=60)
    with Choosing(tmp_path) as services:
        services.__dict__["catalog"] = make_catalog(services.paths.models, starter, large)
        services.change_settings(services.settings.model_copy(update={"default_task": "invoice"}))
        install(services.catalog, starter, _damaged(STARTER))
        yield services


def _damaged(data: bytes) -> bytes:
    return data[:-4] + b"XXXX"


def _card(qtbot: QtBot, desktop: Desktop, model_id: str) -> ModelCard:
    desktop.window.show_page("models")
    page = desktop.window.findChild(ModelsPage)
    assert page is not None
    qtbot.waitUntil(lambda: page.card(model_id) is not None, timeout=WAIT_MS)
    card = page.card(model_id)
    assert card is not None
    return card


def _entries(card: ModelCard) -> list[str]:
    menu = card.make_menu()
    names = [entry.objectName().partition("_")[0] for entry in menu.actions()]
    menu.deleteLater()
    return names


def _press(parent: QAbstractButton | ModelCard | Desktop, name: str) -> None:
    button = (parent.window if isinstance(parent, Desktop) else parent).findChild(QAbstractButton, name)
    assert button is not None, name
    button.click()


def _is_marked(card: ModelCard) -> bool:
    return "damaged" in [pill.text for pill in card.findChildren(Pill) if pill.isVisibleTo(card)]


def test_documents_wait_for_a_damaged_model_that_one_click_fetches_again(
    qtbot: QtBot, desktop: Desktop, deskhand: Choosing, tmp_path: Path
) -> None:
    banner = desktop.window.model_banner
    qtbot.waitUntil(banner.isVisible, timeout=WAIT_MS)
    desktop.window.paths_given.emit([write_bill(tmp_path, "bill.txt", bill_lines("Acme", "1", "2026-01-02", "7.00"))])
    qtbot.waitUntil(lambda: deskhand.runner.problem is not None, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "damaged" in banner.text and desktop.work.counts.waiting == 1, timeout=WAIT_MS)
    _press(desktop, "modelBannerAction")
    page = desktop.window.findChild(ModelsPage)
    assert page is not None
    qtbot.waitUntil(page.asked.isVisible, timeout=WAIT_MS)
    _press(desktop, "connectBannerAction")
    qtbot.waitUntil(lambda: desktop.work.counts.waiting == 0 and banner.isHidden(), timeout=WAIT_MS)
    assert deskhand.catalog.choose().spec.id == "starter"


def test_a_damaged_model_is_told_on_its_card_and_can_be_removed(qtbot: QtBot, desktop: Desktop, deskhand: Choosing) -> None:
    card = _card(qtbot, desktop, "starter")
    assert _is_marked(card)
    assert desktop.models.shelf is not None
    assert [offer.id for offer in desktop.models.shelf.offers] == ["starter", "large"], "it comes first among those to fetch"
    assert card.findChild(QAbstractButton, "download_starter").isVisibleTo(card)
    assert _entries(card) == ["verify", "show", "remove"]
    card.ask("remove")
    _press(card, "question_starterYes")
    qtbot.waitUntil(lambda: not deskhand.catalog.lies_here(deskhand.catalog.get("starter")), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not _is_marked(card), timeout=WAIT_MS)


def test_a_good_model_answers_in_place_of_a_better_one_that_is_damaged(qtbot: QtBot, desktop: Desktop, deskhand: Choosing) -> None:
    catalog = deskhand.catalog
    install(catalog, catalog.get("starter"), STARTER)
    install(catalog, catalog.get("large"), _damaged(LARGE))
    card = _card(qtbot, desktop, "large")
    qtbot.waitUntil(lambda: desktop.models.shelf is not None and desktop.models.shelf.in_use is not None, timeout=WAIT_MS)
    assert desktop.models.shelf is not None
    assert desktop.models.shelf.in_use is not None
    assert desktop.models.shelf.in_use.id == "starter"
    assert _is_marked(card)
    qtbot.waitUntil(desktop.window.model_banner.isHidden, timeout=WAIT_MS)


@pytest.mark.parametrize(("chosen", "name"), [("gone", "gone"), ("large", "Small")])
def test_a_chosen_model_that_is_gone_is_told_where_others_are_here(
    chosen: str, name: str, qtbot: QtBot, desktop: Desktop, deskhand: Choosing, tmp_path: Path
) -> None:
    install(deskhand.catalog, deskhand.catalog.get("starter"), STARTER)
    desktop.settings.apply(deskhand.settings.model_copy(update={"model": chosen}))
    banner = desktop.window.model_banner
    qtbot.waitUntil(lambda: banner.text.startswith(f"The model {name} is not there any more."), timeout=WAIT_MS)
    desktop.window.paths_given.emit([write_bill(tmp_path, "bill.txt", bill_lines("Acme", "1", "2026-01-02", "7.00"))])
    qtbot.waitUntil(lambda: deskhand.runner.problem is not None, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "is not there any more" in banner.text and banner.isVisible(), timeout=WAIT_MS)
    _press(desktop, "modelBannerAction")
    qtbot.waitUntil(lambda: deskhand.settings.model == "" and desktop.work.counts.waiting == 0, timeout=WAIT_MS)
    qtbot.waitUntil(banner.isHidden, timeout=WAIT_MS)


def test_with_no_model_at_all_the_starter_is_offered_whatever_was_chosen(
    qtbot: QtBot, desktop: Desktop, deskhand: Choosing
) -> None:
    deskhand.catalog.remove(deskhand.catalog.get("starter"))
    desktop.settings.apply(deskhand.settings.model_copy(update={"model": "gone"}))
    banner = desktop.window.model_banner
    qtbot.waitUntil(lambda: "There is no model on this computer yet." in banner.text, timeout=WAIT_MS)
