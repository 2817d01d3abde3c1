"""States of the Evaluate and the Insights page, for `screenshots.py`: before, while and after models compete; a month of work."""

from __future__ import annotations

import threading
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QComboBox, QPushButton, QScrollArea, QTableWidget, QWidget

from app.settings import FrontierSettings
from app.ui.views.evaluate_page import EvaluatePage
from app.ui.views.insights_page import InsightsPage
from tests.helpers.providers import own_provider
from tests.helpers.reply_server import answering, playing, recorded
from tests.helpers.window_world import bill_lines, write_bill
from tests.quality.simulated_month import carry_out, draw

if TYPE_CHECKING:
    from tests.quality.screenshots import Studio

_SELLERS = ("Nordwind Energie eG", "Praxis am Park", "Türk Telekomünikasyon A.Ş.", "Bolt GmbH", "Stadtwerke Düsseldorf AG")
_N_BILLS = 10


def evaluation(studio: Studio) -> None:
    window, deskhand = studio.window, studio.deskhand
    window.show_page("evaluate")
    studio.settle(1500)
    studio.snap("evaluate-empty")
    bills = [
        write_bill(
            studio.root / "judged",
            f"{_SELLERS[n % 5]} {2024 - n // 5}-{n % 12 + 1:02} invoice.txt",
            [*bill_lines(_SELLERS[n % 5], f"R-{n}", "2024-03-02", f"{n + 1}5.50", mark="" if n % 3 else "?"), "balance: 99.00"],
        )
        for n in range(_N_BILLS)
    ]
    studio.add(*bills)
    names = {path.name for path in bills}
    for job in deskhand.store.jobs():
        if job.name in names:
            if job.id % 4 == 0:
                deskhand.store.correct(job.id, "total_amount", value="99.00", text="99.00")
            deskhand.store.accept(job.id)
    with playing(answering(recorded("openai_chat")["answer"], {"total_amount": "99.00"})) as server:
        frontier = FrontierSettings(opted_in=True, provider=own_provider(f"{server.url}/v1", "larger-model-70b"))
        studio.desktop.settings.apply(deskhand.settings.model_copy(update={"offline": False, "frontier": frontier}))
        window.notice.expire()
        window.show_page("evaluate")
        studio.settle(1500)
        _compete(studio)


def _compete(studio: Studio) -> None:
    window, page = studio.window, studio.window.findChild(EvaluatePage)
    page.findChild(QCheckBox, "evaluateLarger").setChecked(True)
    studio.settle()
    studio.snap("evaluate-ready")
    gate = threading.Event()
    studio.deskhand.fake_model.gate = gate
    page.findChild(QPushButton, "evaluationStart").click()
    studio.settle(800)
    studio.snap("evaluate-running")
    gate.set()
    studio.deskhand.fake_model.gate = None
    _until(studio, lambda: window.page == "quote")
    studio.snap("evaluate-quote")
    window.findChild(QPushButton, "quoteSend").click()
    _until(studio, lambda: not page.deferral.isHidden())
    for name, widget in (
        ("verdict", "verdictBanner"),
        ("tradeoff", "tradeoffCard"),
        ("wrong", "wrongTable"),
        ("cases", "casesCard"),
    ):
        _scroll_to(studio, page, widget)
        studio.snap(f"evaluate-{name}")
    page.findChild(QTableWidget, "casesTable").selectRow(0)
    _scroll_to(studio, page, "casesCard")
    studio.snap("evaluate-case")
    page.findChild(QPushButton, "saveBaseline").click()
    saved = page.findChild(QComboBox, "baselineChoice")
    _until(studio, lambda: saved.count() > 1)
    saved.setCurrentIndex(1)
    saved.activated.emit(1)
    _until(studio, lambda: not page.findChild(QWidget, "comparedWords").isHidden())
    window.notice.expire()
    _scroll_to(studio, page, "changesTable")
    studio.snap("evaluate-baseline")


def insights(studio: Studio) -> None:
    """A month of work in the window's own database."""
    window = studio.window
    carry_out(draw(1_500, 31, date.today(), 1), studio.deskhand.store)
    window.show_page("insights")
    studio.settle(4000)
    studio.snap("insights")
    page = window.findChild(InsightsPage)
    task = page.findChild(QComboBox, "insightsTask")
    task.setCurrentIndex(task.findData("invoice"))
    task.activated.emit(task.currentIndex())
    studio.settle(2000)
    for widget in ("alarmsCard", "timeChart", "rampCard", "readinessCard"):
        _scroll_to(studio, page, widget)
        studio.snap(f"insights-{widget}")


def _until(studio: Studio, is_so: object, tries: int = 100) -> None:
    assert callable(is_so)
    for _ in range(tries):
        if is_so():
            break
        studio.settle(200)
    studio.settle(800)


def _scroll_to(studio: Studio, page: QWidget, name: str) -> None:
    area, widget = page.findChild(QScrollArea), page.findChild(QWidget, name)
    area.ensureWidgetVisible(widget, 0, 400)
    studio.settle(200)
