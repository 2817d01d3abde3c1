"""Confidence that follows reviews: learnt also from what was reviewed in an earlier run, and heeded by evaluations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from app.domain.recalibration import Recalibration
from app.evaluation.cases import Case
from app.evaluation.ramp import Proposal
from app.evaluation.tradeoff import Judged
from app.settings import Ramp
from app.ui.controllers import insights
from app.ui.theme import Theme
from tests.helpers.window_world import FakeDeskhand, bill_lines, wait_idle, write_bill
from tests.ui.conftest import close_desktop, open_desktop


def _in_force(deskhand: FakeDeskhand) -> Recalibration | None:
    return deskhand.store.recalibrations.in_force("invoice", deskhand.model_sha256("invoice"))


def _doubt(deskhand: FakeDeskhand) -> Recalibration:
    model = deskhand.model_sha256("invoice")
    made = Recalibration(task="invoice", version=1, kind="logistic", reviews=50, offset=-3.0, model_sha256=model)
    deskhand.store.recalibrations.add(made)
    return made


def _answer_bills(deskhand: FakeDeskhand, folder: Path, n_bills: int) -> None:
    deskhand.runner.start()
    paths = []
    for n in range(1, n_bills + 1):
        lines = bill_lines("Contoso", f"M-{n}", "2024-01-31", f"{n}0.00", mark="?" if n % 2 else "")
        paths.append(write_bill(folder, f"{n}.txt", lines))
    deskhand.runner.add(paths, "invoice")
    wait_idle(deskhand)
    deskhand.runner.stop()


def test_what_was_reviewed_a_few_documents_a_day_is_learnt_from_at_the_next_start(
    qtbot: QtBot, theme: Theme, deskhand: FakeDeskhand, tmp_path: Path
) -> None:
    """Doubtful totals are right here and sure ones wrong. No run of the program sees enough documents to learn."""
    _answer_bills(deskhand, tmp_path / "bills", 30)
    for n, job in enumerate(deskhand.store.jobs(), start=1):
        if n % 2 == 0:
            deskhand.store.correct(job.id, "total_amount", value="99.00")
        deskhand.store.accept(job.id)
    assert _in_force(deskhand) is None
    opened = open_desktop(qtbot, theme, deskhand)
    qtbot.waitUntil(lambda: _in_force(deskhand) is not None, timeout=30_000)
    qtbot.waitUntil(lambda: deskhand.store.recalibrations.unseen_reviews() == 0, timeout=10_000)
    close_desktop(opened)


def test_evaluate_judges_the_confidence_that_review_compares(deskhand: FakeDeskhand) -> None:
    task = deskhand.tasks.get("invoice")
    cases = [Case(text="\n".join(bill_lines("Contoso", "M-1", "2024-01-31", "90.00")), expected={"total_amount": "90.00"})]

    def confidence() -> float:
        run = deskhand.evaluation_of(task, cases)
        ((_, outcome, _),) = run.examined(deskhand.make_model(), 10_000)
        return outcome.answers[0].confidence

    before = confidence()
    _doubt(deskhand)
    assert confidence() < before - 0.3


def test_the_next_step_of_review_rests_on_the_confidence_in_force(
    qtbot: QtBot, theme: Theme, deskhand: FakeDeskhand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The documents were answered before the map was made."""
    _answer_bills(deskhand, tmp_path / "bills", 2)
    deskhand.store.accept_documents(job.id for job in deskhand.store.jobs())
    seen: list[list[float]] = []

    def propose(_ramp: Ramp, judged: Sequence[Judged]) -> Proposal:
        seen.append(sorted(one.confidence for one in judged))
        return Proposal(None, None, len(judged))

    monkeypatch.setattr(insights, "propose", propose)
    opened = open_desktop(qtbot, theme, deskhand)
    opened.window.show_page("insights")
    qtbot.waitUntil(lambda: opened.window.findChild(QComboBox, "insightsTask") is not None, timeout=10_000)
    tasks = opened.window.findChild(QComboBox, "insightsTask")
    assert tasks is not None
    qtbot.waitUntil(lambda: tasks.findData("invoice") > 0, timeout=10_000)
    tasks.setCurrentIndex(tasks.findData("invoice"))
    tasks.activated.emit(tasks.currentIndex())
    qtbot.waitUntil(lambda: bool(seen), timeout=10_000)
    raw, made = seen[0], _doubt(deskhand)
    tasks.activated.emit(tasks.currentIndex())
    qtbot.waitUntil(lambda: seen[-1] != raw, timeout=10_000)
    assert seen[-1] == pytest.approx([made.probability(one) for one in raw], abs=1e-3)
    close_desktop(opened)
