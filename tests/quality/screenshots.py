"""Saves every state of the window, light and dark, wide and narrow: ``python tests/quality/screenshots.py FOLDER``."""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.*=false")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import QEventLoop, QMimeData, QPoint, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent
from PySide6.QtWidgets import QApplication

from app.catalog.fit import assess
from app.catalog.machine import MachineMemory
from app.catalog.places import FoundFile
from app.documents.drawing import render_page
from app.documents.reader import read_document
from app.domain.document import Document
from app.domain.job import JobError
from app.domain.picture import PagePicture
from app.paths import resources
from app.settings import ReadLimits
from app.ui.application import choose_language, make_application
from app.ui.desktop import Desktop
from app.ui.models.model_offer import FoundModel
from app.ui.models.transfer_news import TransferNews
from app.ui.theme import Theme
from app.ui.views.first_start import FirstStart
from app.ui.views.models_page import ModelsPage
from app.ui.widgets.question_strip import QuestionStrip
from tests.helpers.window_world import FakeDeskhand, LineModel, PageReader, bill_lines, write_bill
from tests.quality.evaluation_shots import evaluation, insights
from tests.quality.larger_model_shots import larger_model

SIZES = {"wide": QSize(1400, 850), "narrow": QSize(1024, 700)}
SAMPLE = "invoice-english.pdf"
WORDS = {
    SAMPLE: {
        "seller_name": "|CRONUS DE|",
        "buyer_name": "|Adatum Corporation|",
        "invoice_number": "=|103767|",
        "issue_date": "|February 17, 2026|2026-02-17",
        "due_date": "|March 3, 2026|2026-03-03",
        "currency": "|€|EUR",
        "net_amount": "=|573.00|573.00",
        "tax_amount": "=|108.87|108.87",
        "total_amount": "?|681.87|681.87",
        "seller_tax_id": "=|DE777777777|",
    }
}
BILLS = (
    ("oyo.txt", bill_lines("Oravel Stays Private Limited", "IBZY2087", "2017-12-31", "1939.00", "INR")[:-1]),
    ("saeco.txt", bill_lines("Saeco Trading", "41-55920", "2019-04-01", "49.99", mark="?")),
    ("AmazonWebServices-2024-11-consolidated-bill.txt", bill_lines("Amazon Web Services", "42183017", "2024-11-03", "4.11", "USD")),
    ("free_fiber.txt", bill_lines("Free", "562044387", "2015-07-02", "29.99")),
    ("QualityHosting.txt", bill_lines("QualityHosting AG", "30064443", "2014-10-07", "34.73")),
    ("coolblue2.txt", bill_lines("Coolblue B.V.", "995317412", "2014-05-03", "4904.94")),
    ("AzureInterior.txt", bill_lines("Azure Interior", "INV/2023/03/0008", "2023-03-20", "279.84", "USD")),
    ("Flipkart-invoice.txt", bill_lines("Flipkart Internet Private Limited", "FAB0123", "2020-10-16", "319.00", "INR")),
    ("Stadtwerke Düsseldorf.txt", bill_lines("Stadtwerke Düsseldorf AG", "8842017", "2022-01-12", "12345.60", mark="!")),
    ("Türk Telekom.txt", bill_lines("Türk Telekomünikasyon A.Ş.", "TT2024000000123", "2024-02-28", "459.90", "TRY")),
)


class DirectReader(PageReader):
    """Reads real files in this process."""

    def read(self, data: bytes, name: str, **how: object) -> Document:
        if name.endswith(".txt"):
            return super().read(data, name, **how)  # type: ignore[arg-type]
        return read_document(data, name, ReadLimits()).model_copy(update={"sha256": hashlib.sha256(data).hexdigest()})

    def render(self, data: bytes, name: str, page: int, *, dpi: float, password: str | None = None) -> PagePicture:
        return render_page(data, name, page, dpi=dpi, limits=ReadLimits())


class Studio:
    """One window and the camera."""

    def __init__(self, application: QApplication, folder: Path, scheme: str, language: str) -> None:
        self.folder = folder
        self.scheme = scheme
        self._root = tempfile.TemporaryDirectory(prefix="deskhand-shots-")
        self.root = Path(self._root.name)
        self.deskhand = FakeDeskhand(self.root, model=LineModel(WORDS), reader=DirectReader())
        settings = self.deskhand.settings.model_copy(update={"theme": scheme, "language": language, "default_task": "invoice"})
        self.deskhand.change_settings(settings)
        self.deskhand.install_model()
        choose_language(settings)
        self.theme = Theme(application, scheme)  # type: ignore[arg-type]
        self.desktop = Desktop(self.deskhand, self.theme, self.deskhand.fake_reader)
        self.window = self.desktop.window

    def settle(self, milliseconds: int = 450) -> None:
        # Not QTest.qWait: it keeps Python's lock, so that nothing would happen in the background.
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def snap(self, name: str) -> None:
        for size_name, size in SIZES.items():
            self.window.resize(size)
            self.settle()
            self.window.grab().save(str(self.folder / f"{name}-{self.scheme}-{size_name}.png"))

    def add(self, *paths: Path) -> None:
        before = self.desktop.jobs.source.rowCount()
        self.window.paths_given.emit(list(paths))
        while self.desktop.jobs.source.rowCount() < before + len(paths):
            self.settle(50)
        self.deskhand.runner.wait_until_idle(60)
        self.settle()

    def close(self) -> None:
        self.window.close()
        self.deskhand.close()
        self._root.cleanup()


def empty(studio: Studio) -> None:
    studio.snap("empty")


def model_missing(studio: Studio) -> None:
    studio.deskhand.has_model = False
    studio.desktop.models.refresh()
    studio.settle()
    studio.snap("model-missing")
    studio.deskhand.has_model = True
    studio.desktop.models.refresh()


def dropping(studio: Studio) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(f"/documents/{number}.pdf") for number in range(14)])
    event = QDragEnterEvent(
        QPoint(200, 200), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(studio.window, event)
    studio.snap("dropping")
    studio.window._overlay.hide()


def working(studio: Studio) -> None:
    gate = threading.Event()
    studio.deskhand.fake_model.gate = gate
    paths = [
        write_bill(studio.root / "work", f"monthly-{number:02}.txt", bill_lines("Contoso", f"M-{number}", "2024-01-31", "10.00"))
        for number in range(1, 9)
    ]
    locked = write_bill(studio.root / "work", "payslip-january.txt", ["locked: yes"])
    studio.window.paths_given.emit([paths[0], locked, *paths[1:]])
    studio.settle(1200)
    studio.snap("working")
    gate.set()
    studio.deskhand.fake_model.gate = None
    studio.deskhand.runner.wait_until_idle(60)
    studio.settle()
    studio.snap("partial")
    studio.window.workbench.list.select([row.job.id for row in studio.desktop.jobs.source.all_rows() if row.job.error][:1])
    studio.snap("failed-detail")


def filled(studio: Studio) -> None:
    paths = [write_bill(studio.root / "in", name, lines) for name, lines in BILLS]
    studio.add(resources() / "samples" / SAMPLE, *paths)
    studio.window.notice.expire()
    studio.window.show_page("review")
    studio.settle(2000)
    studio.snap("review")
    studio.window.show_page("done")
    studio.snap("done")
    studio.window.workbench.list.task_chosen.emit("invoice")
    studio.snap("done-invoices")
    studio.window.workbench.list.task_chosen.emit("")
    ids = studio.desktop.jobs.job_ids()
    studio.desktop.work.removals.remove(ids[1:3])
    studio.snap("removed")
    studio.desktop.work.removals.undo()
    studio.window.header.search.setText("zebra")
    studio.settle()
    studio.snap("search-nothing")
    studio.window.header.search.setText("")


def sandbox(studio: Studio) -> None:
    studio.window.show_page("inbox")
    problem = JobError(
        code="sandbox",
        message="The protection around document reading is incomplete on this computer: file lock (Landlock) missing.",
        hint="Go on only with documents you trust (Settings, or --allow-weak-sandbox), or update the system.",
    )
    studio.desktop.work.problem_changed.emit(problem)
    studio.snap("weak-sandbox")
    studio.desktop.work.problem_changed.emit(None)


def workshop(studio: Studio) -> None:
    studio.window.notice.expire()
    for page in ("tasks", "settings"):
        studio.window.show_page(page)
        studio.snap(page)


def models(studio: Studio) -> None:
    """The Models page: asked to connect, under way, asked about a removal and a licence, then other computers."""
    studio.window.notice.expire()
    studio.window.show_page("models")
    studio.settle(1500)
    page = studio.window.findChild(ModelsPage)
    starter, other = studio.deskhand.catalog.starter_id, "gemma-4-e2b"
    studio.snap("models")
    studio.desktop.models.download(other)
    studio.snap("models-connect")
    page.asked.hide()
    total = studio.deskhand.catalog.get(other).main_file.size_bytes
    page.show_news(other, TransferNews(other, "download", total // 3, total, 5.2e6, 400.0, "hub google/gemma"))
    page.show_model(other)
    studio.snap("models-download")
    page.show_news(other, None)
    page.card(starter).tell("Every byte is as its publisher released it (SHA-256 1d9614638d18024d …).")
    page.card(starter).ask("remove")
    page.card(starter).setFocus()
    page.show_model(starter)
    studio.snap("models-remove")
    page.card(starter).findChild(QuestionStrip).dismiss()
    strict = "lfm2.5-1.2b-instruct"
    page.card(strict).ask("accept")
    page.show_model(strict)
    studio.snap("models-licence")
    page.card(strict).findChild(QuestionStrip).dismiss()
    show_many_states(studio, page)


def show_many_states(studio: Studio, page: ModelsPage) -> None:
    """A small computer with a paused download, files that another program keeps, and one to be taken in."""
    shelf = studio.desktop.models.shelf
    little = dataclasses.replace(shelf.machine, memory=MachineMemory(6 * 2**30, 3 * 2**30))
    offers = []
    for shown in shelf.offers:
        fit = assess(shown.spec, little, context_tokens=4096)
        is_paused = shown.id == "qwen3.5-2b"
        changes = {"state": "paused", "part_bytes": shown.size_bytes * 2 // 5} if is_paused else {}
        offers.append(dataclasses.replace(shown, offer=dataclasses.replace(shown.offer, fit=fit, **changes)))
    files = (
        FoundFile("Ollama", Path("/home/you/.ollama/models/blobs/sha256-d2387ca2dbfe"), 1_282_439_264, "qwen3:1.7b"),
        FoundFile("LM Studio", Path("/home/you/.lmstudio/models/someone/mystery/mystery-q4.gguf"), 2_100_000_000, "mystery-q4"),
    )
    found = (FoundModel(files[0], "qwen3-1.7b", "Qwen3 1.7B"), FoundModel(files[1]))
    page.show_shelf(dataclasses.replace(shelf, offers=tuple(offers), machine=little, found=found, chosen_id="x", is_offline=False))
    studio.settle()
    page.offer_import([Path("/media/stick/own-model.gguf")])
    studio.snap("models-found")
    page.importing.hide()
    page.show_model("qwen3.5-2b")
    studio.snap("models-small-computer")
    studio.desktop.models.refresh()
    studio.settle(1000)


def first_start(studio: Studio) -> None:
    studio.window.first_steps_requested.emit()
    page = studio.window.findChild(FirstStart)
    studio.settle(1500)
    for step, name in enumerate(("about", "model", "document")):
        page.show_step(step)
        studio.snap(f"first-{name}")
    studio.deskhand.has_model = False
    remove_models(studio)
    page.show_step(1)
    studio.snap("first-no-model")
    studio.deskhand.has_model = True
    studio.deskhand.install_model()
    studio.window.show_page("inbox")


def remove_models(studio: Studio) -> None:
    catalog = studio.deskhand.catalog
    for spec in catalog.installed():
        catalog.remove(spec)
    studio.desktop.models.refresh()
    studio.settle(1500)


def shortcuts(studio: Studio) -> None:
    studio.window.show_shortcuts()
    studio.settle()
    dialog = QApplication.activeModalWidget()
    if dialog is not None:
        dialog.grab().save(str(studio.folder / f"shortcuts-{studio.scheme}.png"))
        dialog.close()


SCENES: dict[str, Callable[[Studio], None]] = {
    "empty": empty,
    "model_missing": model_missing,
    "dropping": dropping,
    "filled": filled,
    "working": working,
    "sandbox": sandbox,
    "workshop": workshop,
    "models": models,
    "first_start": first_start,
    "larger_model": larger_model,
    "evaluation": evaluation,
    "insights": insights,
    "shortcuts": shortcuts,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=SCENES, action="append")
    parser.add_argument("--scheme", choices=("light", "dark"), action="append")
    parser.add_argument("--language", default="en")
    parser.add_argument("--font-scale", type=float, default=1.0)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    application = make_application()
    font = application.font()
    font.setPointSizeF(font.pointSizeF() * options.font_scale)
    application.setFont(font)
    for scheme in options.scheme or ("light", "dark"):
        studio = Studio(application, options.folder, scheme, options.language)
        studio.desktop.open()
        studio.settle(800)
        for name in options.only or SCENES:
            SCENES[name](studio)
        studio.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
