"""The Insights page: figures of real work in the whole window, written out as CSV and as a picture."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QFrame
from pytestqt.qtbot import QtBot

from app.domain.drifts import Drift, Watched
from app.domain.job import JobState
from app.evaluation.ramp import Proposal
from app.evaluation.tradeoff import Point
from app.settings import FrontierSettings, Ramp, ReviewStage
from app.ui.controllers.drift_alarm import DriftAlarm
from app.ui.desktop import Desktop
from app.ui.views.insights_page import InsightsPage
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.chart import Chart, _steps
from app.ui.widgets.plain_label import PlainLabel
from app.ui.widgets.sidebar import NavButton
from tests.helpers.providers import own_provider
from tests.helpers.window_world import FakeDeskhand, bill_lines, wait_idle, write_bill


def _page(desktop: Desktop) -> InsightsPage:
    page = desktop.window.findChild(InsightsPage)
    assert page is not None
    return page


def _words(desktop: Desktop, name: str) -> list[str]:
    card = _page(desktop).findChild(QFrame, name)
    return [label.text() for label in card.findChildren(PlainLabel) if label.text()] if card is not None else []


def _work(deskhand: FakeDeskhand, folder: Path) -> None:
    """Four bills: one to check, all reviewed, one corrected."""
    paths = [
        write_bill(folder, f"{n}.txt", bill_lines("Contoso", f"M-{n}", "2024-01-31", f"{n}0.00", mark="?" if n == 1 else ""))
        for n in range(1, 5)
    ]
    deskhand.runner.add(paths, "invoice")
    wait_idle(deskhand)
    jobs = deskhand.store.jobs()
    deskhand.store.correct(jobs[0].id, "total_amount", value="99.00")
    for job in jobs:
        deskhand.store.accept(job.id)


def _show(qtbot: QtBot, desktop: Desktop) -> None:
    desktop.window.show_page("insights")
    qtbot.waitUntil(lambda: bool(_words(desktop, "tile_documents")), timeout=20_000)


@pytest.fixture
def shown(qtbot: QtBot, desktop: Desktop, deskhand: FakeDeskhand, tmp_path: Path) -> Desktop:
    _work(deskhand, tmp_path / "bills")
    _show(qtbot, desktop)
    return desktop


def test_tiles_tell_what_was_done_and_how_well(shown):
    assert set(_words(shown, "tile_documents")) == {"4", "documents", "all were read"}
    assert "75 %" in _words(shown, "tile_unchanged")
    assert "of 4 reviewed documents" in _words(shown, "tile_unchanged")
    assert "25 %" in _words(shown, "tile_review")
    assert "0 bytes" in _words(shown, "tile_left")


def test_charts_say_in_words_what_they_draw(qtbot, shown):
    qtbot.waitUntil(lambda: "here 4 (" in _page(shown).findChild(Chart, "workChart").described, timeout=10_000)
    assert "accepted unchanged 75 % (" in _page(shown).findChild(Chart, "qualityChart").accessibleDescription()


def test_a_task_has_its_checklist(qtbot, shown):
    assert any("Choose a task" in text for text in _words(shown, "readinessCard"))
    task = _page(shown).findChild(QComboBox, "insightsTask")
    task.setCurrentIndex(task.findData("invoice"))
    task.activated.emit(task.currentIndex())
    qtbot.waitUntil(lambda: "The task is narrow and described" in _words(shown, "readinessCard"), timeout=10_000)
    assert any("4 of 200 documents" in text for text in _words(shown, "readinessCard"))


def test_figures_are_written_as_csv_and_as_a_picture(qtbot, shown, tmp_path):
    table, picture = tmp_path / "insights.csv", tmp_path / "insights.png"
    shown.insights.save_csv(table)
    qtbot.waitUntil(table.exists, timeout=10_000)
    (row,) = csv.DictReader(table.read_text().splitlines())
    assert (row["documents"], row["reviewed"], row["corrected"], row["spent_usd"]) == ("4", "4", "1", "0.0")
    shown.insights.save_picture(picture)
    assert QImage(str(picture)).height() > 600


def test_a_rise_is_told_wherever_the_person_is_until_it_was_looked_at(qtbot, desktop, deskhand, monkeypatch):
    rise = Drift(Watched.CORRECTION, "look-1", "2026-10-03", "2026-10-09T10:00:00", 0.04, 0.31, 46, (1,), sender="Nordwind")
    monkeypatch.setattr(type(deskhand.store.insights), "drifts", lambda _, task="": [rise])
    qtbot.waitUntil(lambda: desktop.findChild(DriftAlarm) is not None, timeout=10_000)
    alarm = desktop.findChild(DriftAlarm)
    sidebar, notice = desktop.window.sidebar, desktop.window.notice
    alarm._look()
    qtbot.waitUntil(lambda: "Nordwind since" in notice.text, timeout=10_000)
    assert sidebar.findChild(NavButton, "nav_insights").accessibleName() == "Insights, 1"
    notice.expire()
    alarm._look()
    qtbot.wait(200)
    assert notice.isHidden()
    desktop.window.show_page("insights")
    assert sidebar.findChild(NavButton, "nav_insights").accessibleName() == "Insights"
    desktop.window.show_page("inbox")
    alarm._look()
    qtbot.wait(200)
    assert sidebar.findChild(NavButton, "nav_insights").accessibleName() == "Insights"


def test_a_drift_says_who_since_when_and_leads_to_its_documents(qtbot, shown):
    page = _page(shown)
    asked = []
    page.examples_requested.connect(asked.append)
    page.show_drifts(
        [
            Drift(
                watched=Watched.ESCALATION,
                look="look-1",
                since="2026-10-03T12:00:00+00:00",
                found_at="2026-10-09T12:00:00+00:00",
                before=0.04,
                after=0.31,
                n_documents=26,
                examples=(2, 1),
                sender="Contoso",
            )
        ]
    )
    title, text = _words(shown, "alarmsCard")[1:3]
    assert title.startswith("Contoso since ")
    assert "3" in title
    assert title.endswith("4 % → 31 %")
    assert "26 documents" in text
    button = page.findChild(TextButton, "driftExamples")
    assert button.text() == "Show 2 examples"
    button.click()
    assert asked == [[2, 1]]
    assert shown.window.page == "done"


def test_without_documents_there_is_nothing_to_draw(qtbot, desktop):
    _show(qtbot, desktop)
    assert "0" in _words(desktop, "tile_documents")
    assert "–" in _words(desktop, "tile_unchanged")
    assert _page(desktop).findChild(Chart, "workChart").described == ""


@pytest.mark.parametrize(
    ("top", "least", "steps"),
    [
        (1.0, 0.0, [0, 0.25, 0.5, 0.75, 1.0]),
        (6, 1, [0, 2, 4, 6]),
        (1, 1, [0, 1]),
        (4, 1, [0, 1, 2, 3, 4]),
        (230, 1, [0, 50, 100, 150, 200]),
    ],
)
def test_an_axis_has_a_few_round_numbers(top, least, steps):
    assert _steps(top, least) == pytest.approx(steps)


def test_review_is_taken_down_step_by_step(qtbot, shown, deskhand):
    task = _page(shown).findChild(QComboBox, "insightsTask")
    task.setCurrentIndex(task.findData("invoice"))
    task.activated.emit(task.currentIndex())
    qtbot.waitUntil(lambda: _page(shown).findChild(TextButton, "rampBegin") is not None, timeout=10_000)
    assert any("more reviewed values are needed" in text for text in _words(shown, "rampCard"))
    _page(shown).findChild(TextButton, "rampBegin").click()
    qtbot.waitUntil(lambda: "Every answer comes to Review." in _words(shown, "rampCard"), timeout=10_000)
    assert deskhand.settings.ramps["invoice"].stage is ReviewStage.EVERYTHING
    path = write_bill(deskhand.paths.data, "sure.txt", bill_lines("Contoso", "M-9", "2024-01-31", "90.00"))
    deskhand.runner.add([path], "invoice")
    wait_idle(deskhand)
    assert [job.name for job in deskhand.store.jobs([JobState.REVIEW])] == ["sure.txt"]


def test_a_proposed_step_is_taken_with_a_click(shown):
    page, wanted = _page(shown), []
    page.ramp_wanted.connect(wanted.append)
    now, step = Ramp(stage=ReviewStage.EVERYTHING), Ramp(stage=ReviewStage.DOUBTFUL, threshold=0.8)
    point = Point(threshold=0.8, n_kept=400, reviewed=0.2, documents_reviewed=0.5, accuracy=0.99, at_least=0.985, at_best=0.99)
    page.show_ramp(now, Proposal(step, point, 500), 0.75)
    assert any("up to 80 %" in text and "98.5 %" in text and "500 values" in text for text in _words(shown, "rampCard"))
    page.findChild(TextButton, "rampStep").click()
    page.show_ramp(None, Proposal(step, point, 500), 0.75)
    page.findChild(TextButton, "rampStep").click()
    assert wanted == [step, step]


def test_confidence_follows_reviews_and_goes_back_with_a_click(qtbot, desktop, deskhand, tmp_path):
    """Doubtful totals are right here and sure ones wrong: the shipped confidence is refuted."""
    paths = []
    for n in range(1, 61):
        lines = bill_lines("Contoso", f"M-{n}", "2024-01-31", f"{n}0.00", mark="?" if n % 2 else "")
        paths.append(write_bill(tmp_path / "bills", f"{n}.txt", lines))
    deskhand.runner.add(paths, "invoice")
    wait_idle(deskhand)
    for n, job in enumerate(deskhand.store.jobs(), start=1):
        if n % 2 == 0:
            deskhand.store.correct(job.id, "total_amount", value="99.00")
        deskhand.store.accept(job.id)
        desktop.work.take_in(deskhand.store.job(job.id))
    qtbot.waitUntil(
        lambda: deskhand.store.recalibrations.in_force("invoice", deskhand.model_sha256("invoice")) is not None, timeout=30_000
    )
    _show(qtbot, desktop)
    task = _page(desktop).findChild(QComboBox, "insightsTask")
    qtbot.waitUntil(lambda: task.findData("invoice") > 0, timeout=10_000)
    task.setCurrentIndex(task.findData("invoice"))
    task.activated.emit(task.currentIndex())
    qtbot.waitUntil(lambda: any("fitted to" in text for text in _words(desktop, "rampCard")), timeout=10_000)
    path = write_bill(tmp_path / "bills", "new.txt", bill_lines("Contoso", "M-99", "2024-01-31", "990.00"))
    deskhand.runner.add([path], "invoice")
    wait_idle(deskhand)
    (new,) = [job for job in deskhand.store.jobs() if job.name == "new.txt"]
    value = deskhand.store.result(new.id).fields["total_amount"]
    assert value.confidence != value.raw_confidence
    before = deskhand.store.recalibrations.in_force("invoice", deskhand.model_sha256("invoice")).version
    _page(desktop).findChild(TextButton, "confidenceReset").click()
    qtbot.waitUntil(lambda: _version_in_force(deskhand) == before - 1, timeout=10_000)


def _version_in_force(deskhand: FakeDeskhand) -> int:
    found = deskhand.store.recalibrations.in_force("invoice", deskhand.model_sha256("invoice"))
    return found.version if found is not None else 0


def test_what_was_saved_is_told_by_the_listed_price_while_nothing_was_paid(qtbot, shown, deskhand):
    assert "nothing was paid for" in _words(shown, "tile_money")
    frontier = FrontierSettings(
        provider=own_provider("https://larger.example/v1").model_copy(update={"input_price": Decimal(4_000)})
    )
    deskhand.change_settings(deskhand.settings.model_copy(update={"frontier": frontier}))
    shown.window.show_page("insights")
    qtbot.waitUntil(lambda: any("saved against sending everything" in text for text in _words(shown, "tile_money")), timeout=10_000)
    n_chars = deskhand.store.insights.overall().kept_chars
    assert n_chars
    assert f"${n_chars / 1000:.2f} saved against sending everything" in _words(shown, "tile_money")
