"""What is set for folders and files, in the settings: seen in words, changed in a form, kept where nothing was changed."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QComboBox, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from app.domain.consent import ConsentScope
from app.domain.policy import PlacePolicy, Policies, RoutingChange
from app.domain.privacy import PrivacyClass
from app.ui.views.folder_policies import FolderPoliciesCard
from app.ui.views.place_policy_row import PlacePolicyRow, routing_words
from app.ui.views.send_words import scope_title
from app.ui.widgets.plain_label import PlainLabel

CLIENTS = PlacePolicy(
    path="/home/ada/Clients",
    privacy=PrivacyClass.REDACTED,
    routing=RoutingChange(send="document", confidence_below=0.905, check_failed=False),
)
CONTRACT = PlacePolicy(path="/home/ada/contract.pdf", routing=RoutingChange(escalate_to="none"))


@pytest.fixture
def card(qtbot: QtBot) -> FolderPoliciesCard:
    made = FolderPoliciesCard()
    qtbot.addWidget(made)
    made.show_policies(Policies(everywhere=PrivacyClass.ASK, folders=(CLIENTS,), files=(CONTRACT,)))
    made.show()
    return made


def row_of(card: FolderPoliciesCard, place: PlacePolicy) -> PlacePolicyRow:
    return next(row for row in card.findChildren(PlacePolicyRow) if row.place.path == place.path and not row.isHidden())


def opened(card: FolderPoliciesCard, place: PlacePolicy) -> PlacePolicyRow:
    row = row_of(card, place)
    row.findChild(QPushButton, "changeFolderRouting").click()
    return row


def choose(row: PlacePolicyRow, name: str, value: str) -> None:
    box = row.findChild(QComboBox, name)
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def words(row: PlacePolicyRow) -> str:
    return row.findChild(PlainLabel, "folderRouting").text()


def test_folders_and_files_are_shown_with_all_that_they_change(card: FolderPoliciesCard) -> None:
    assert words(row_of(card, CLIENTS)) == "Unsure below 90.5 %. Failed checks do not count as unsure. The whole document is sent."
    assert words(row_of(card, CONTRACT)) == "Unsure answers stay with me."
    assert card.findChild(PlainLabel, "policyEverywhere").text() == "All documents: Ask me each time"


@pytest.mark.parametrize("name", list(RoutingChange.model_fields))
def test_every_part_of_a_routing_has_words(name: str) -> None:
    values: dict[str, list[Any]] = {"primary": ["local", "frontier"], "escalate_to": ["frontier"], "send": ["fields", "document"]}
    said = [routing_words(RoutingChange.model_validate({name: value})) for value in values.get(name, [False, True])]
    assert len(set(said)) == len(said)
    assert routing_words(RoutingChange()) not in said


def test_a_routing_is_changed_in_its_form_and_the_rest_stays(qtbot: QtBot, card: FolderPoliciesCard) -> None:
    row = opened(card, CLIENTS)
    with qtbot.waitSignal(card.changed):
        choose(row, "taskPictures", "no")
    assert row.place.routing == CLIENTS.routing.model_copy(update={"pictures": False})
    choose(row, "taskSend", "")
    row.findChild(QSpinBox, "taskUnsureBelow").setValue(80)
    (folder,) = card.policies.folders
    assert folder.routing == RoutingChange(pictures=False, confidence_below=0.8, check_failed=False)
    assert words(row) == "Unsure below 80 %. Failed checks do not count as unsure. Without pictures."
    assert card.policies.files == (CONTRACT,)
    card.show_policies(card.policies)
    assert row_of(card, CLIENTS) is row, "what is being changed stays open"


def test_a_place_goes_back_to_what_the_task_says(card: FolderPoliciesCard) -> None:
    row = opened(card, CONTRACT)
    assert not row.findChild(QComboBox, "taskSend").isVisible()
    choose(row, "taskRoute", "")
    assert row.findChild(QComboBox, "taskSend").isVisible()
    assert card.policies.files[0].routing == RoutingChange()
    assert words(row) == "Unsure answers: as the task says."


def test_looking_changes_nothing(qtbot: QtBot, card: FolderPoliciesCard) -> None:
    with qtbot.assertNotEmitted(card.changed):
        opened(card, CLIENTS)
        opened(card, CONTRACT)
    assert card.policies.folders == (CLIENTS,)


def test_where_nothing_leaves_nothing_else_is_asked(card: FolderPoliciesCard) -> None:
    row = opened(card, CLIENTS)
    choose(row, "folderClass", "never")
    assert not row.findChild(QPushButton, "changeFolderRouting").isVisible()
    assert not row.findChild(QComboBox, "taskRoute").isVisible()
    assert card.policies.folders[0].routing == CLIENTS.routing, "and holds again when that is taken back"


def test_a_file_is_removed_and_the_folder_stays(card: FolderPoliciesCard) -> None:
    row_of(card, CONTRACT).removed.emit()
    assert card.policies == Policies(everywhere=PrivacyClass.ASK, folders=(CLIENTS,))


def test_a_word_for_a_folder_says_which_and_that_it_reaches_below() -> None:
    short = scope_title(ConsentScope.FOLDER, ["/home/ada/Clients"], 1)
    assert short == "everything in the folder /home/ada/Clients with its subfolders"
    long = scope_title(ConsentScope.FOLDER, ["/home/ada/Documents/Clients and suppliers/2026/Nordwind Energie"], 1)
    assert long == "everything in the folder /home/ada/Docume…liers/2026/Nordwind Energie with its subfolders"
    assert "subfolders" in scope_title(ConsentScope.FOLDER, ["/a", "/b"], 2)
