"""States of the window around a larger model, for `screenshots.py`: settings, sheet, answers, ledger."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QPushButton, QScrollArea, QWidget

from app.domain.consent import ConsentScope
from app.domain.policy import PlacePolicy, Policies, RoutingChange
from app.domain.privacy import PrivacyClass
from app.paths import resources
from app.settings import FrontierSettings, ProviderConfig
from app.ui.views.folder_policies import FolderPoliciesCard
from tests.helpers.reply_server import answering, playing, recorded
from tests.helpers.window_world import bill_lines, write_bill

if TYPE_CHECKING:
    from tests.quality.screenshots import Studio

_BILLS = (
    ("Bolt GmbH 2024-03.txt", "Bolt GmbH", "B-2024-118", "balance: 80.25, questions to Jana Krüger, +49 30 901820"),
    ("Nordwind Energie.txt", "Nordwind Energie eG", "NE-55120", "to be paid: 75.50 to DE89 3704 0044 0532 0130 00"),
    ("Praxis am Park.txt", "Praxis am Park", "P-1077", "balance: 80.25 for treatment of asthma, billing@praxis.example"),
)


def larger_model(studio: Studio) -> None:
    window, deskhand = studio.window, studio.deskhand
    with playing(answering(recorded("openai_chat")["answer"], {"total_amount": "80.25", "due_date": "2099-01-01"})) as server:
        config = ProviderConfig(
            id="own",
            kind="openai_chat",
            base_url=f"{server.url}/v1",
            model="larger-model-70b",
            input_price=Decimal("0.5"),
            output_price=Decimal(2),
        )
        deskhand.policies.save(Policies(folders=(PlacePolicy(path=str(studio.root / "private"), privacy=PrivacyClass.NEVER),)))
        window.show_page("settings")
        _scroll_to(studio, "frontierCard")
        studio.snap("larger-model-off")
        frontier = FrontierSettings(opted_in=True, provider=config)
        studio.desktop.settings.apply(deskhand.settings.model_copy(update={"offline": False, "frontier": frontier}))
        studio.settle()
        paths = [
            write_bill(studio.root / "asked", name, [*bill_lines(seller, number, "2024-03-02", "75.50", mark="?"), line])
            for name, seller, number, line in _BILLS
        ]
        studio.add(*paths)
        deskhand.runner.escalation.wait_until_settled(20)
        window.notice.expire()
        window.show_page("review")
        studio.settle(1500)
        studio.snap("could-be-asked")
        window.ask_banner.action_requested.emit()
        studio.settle(1500)
        studio.snap("send-sheet")
        window.findChild(QWidget, "sendSheet").findChild(QPushButton, "payloadReadable").click()
        studio.snap("send-sheet-readable")
        scope = window.findChild(QComboBox, "sendScope")
        scope.setCurrentIndex(scope.findData(ConsentScope.FOLDER))
        studio.snap("send-sheet-folder")
        scope.setCurrentIndex(scope.findData(ConsentScope.DOCUMENT))
        _with_a_picture(studio, config)
        window.ask_banner.action_requested.emit()
        while not (send := window.findChild(QPushButton, "sendButton")).isVisible():
            studio.settle(100)
        send.click()
        studio.settle(1500)
        deskhand.runner.escalation.wait_until_settled(20)
        studio.settle(1500)
        window.notice.expire()
        window.show_page("review")
        window.workbench.list.select([row.job.id for row in studio.desktop.jobs.source.all_rows() if row.job.name == paths[0].name])
        studio.settle(1200)
        studio.snap("asked-and-answered")
        window.show_page("ledger")
        studio.settle(800)
        studio.snap("ledger")
        window.show_page("settings")
        _scroll_to(studio, "frontierCard")
        studio.snap("larger-model-settings")
        _folder_policies(studio)


def _folder_policies(studio: Studio) -> None:
    """Several places, and the form of one."""
    home = studio.root / "Documents"
    clients = RoutingChange(send="document", confidence_below=0.9, pictures=False)
    folders = (
        PlacePolicy(path=str(home / "Private"), privacy=PrivacyClass.NEVER),
        PlacePolicy(path=str(home / "Clients" / "Nordwind Energie"), privacy=PrivacyClass.REDACTED, routing=clients),
        PlacePolicy(path=str(studio.root / "scans"), routing=RoutingChange(pictures=True)),
    )
    files = (PlacePolicy(path=str(home / "Contract.pdf"), privacy=PrivacyClass.ASK, routing=RoutingChange(escalate_to="none")),)
    card = studio.window.findChild(FolderPoliciesCard)
    assert card is not None
    card.show_policies(Policies(folders=folders, files=files))
    _scroll_to(studio, "folderPolicies")
    studio.snap("folder-policies")
    next(button for button in card.findChildren(QPushButton, "changeFolderRouting") if button.isVisible()).click()
    studio.settle()
    studio.snap("folder-policies-form")


def _with_a_picture(studio: Studio, config: ProviderConfig) -> None:
    """A page of which the model may see the lines."""
    seeing = FrontierSettings(opted_in=True, provider=config.model_copy(update={"sees_pictures": True}))
    folder = PlacePolicy(path=str(studio.root / "scans"), routing=RoutingChange(pictures=True))
    studio.deskhand.policies.save(Policies(folders=(folder,)))
    studio.desktop.settings.apply(studio.deskhand.settings.model_copy(update={"frontier": seeing}))
    scan = studio.root / "scans" / "invoice.pdf"
    scan.parent.mkdir()
    scan.write_bytes(next((resources() / "samples").glob("*.pdf")).read_bytes())
    studio.add(scan)
    studio.deskhand.runner.escalation.wait_until_settled(20)
    job = next(row.job for row in studio.desktop.jobs.source.all_rows() if row.job.name == scan.name)
    studio.desktop.escalation.open_sheet([job.id])
    studio.settle(2500)
    studio.snap("send-sheet-picture")
    studio.window.findChild(QPushButton, "sendLater").click()


def _scroll_to(studio: Studio, name: str) -> None:
    studio.settle(600)
    while (card := studio.window.findChild(QWidget, name)) is None:
        # Seldom opened pages are made when they are opened.
        studio.settle(100)
    area = next(area for area in studio.window.findChildren(QScrollArea) if area.isAncestorOf(card))
    area.verticalScrollBar().setValue(max(0, card.y() - 12))
