"""Confidence that follows reviews: learnt also from what was reviewed in an earlier run, and heeded by evaluations."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.domain.recalibration import Recalibration
from app.evaluation.cases import Case
from app.ui.theme import Theme
from tests.helpers.window_world import FakeDeskhand, bill_lines, wait_idle, write_bill
from tests.ui.conftest import close_desktop, open_desktop


def _in_force(deskhand: FakeDeskhand) -> Recalibration | None:
    return deskhand.store.recalibrations.in_force("invoice", deskhand.model_sha256("invoice"))


def test_what_was_reviewed_a_few_documents_a_day_is_learnt_from_at_the_next_start(
    qtbot: QtBot, theme: Theme, deskhand: FakeDeskhand, tmp_path: Path
) -> None:
    """Doubtful totals are right here and sure ones wrong. No run of the program sees enough documents to learn."""
    deskhand.runner.start()
    for n in range(1, 31):
        lines = bill_lines("Contoso", f"M-{n}", "2024-01-31", f"{n}0.00", mark="?" if n % 2 else "")
        deskhand.runner.add([write_bill(tmp_path / "bills", f"{n}.txt", lines)], "invoice")
    wait_idle(deskhand)
    deskhand.runner.stop()
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
    doubting = Recalibration(
        task="invoice", version=1, kind="logistic", reviews=50, offset=-3.0, model_sha256=deskhand.model_sha256("invoice")
    )
    deskhand.store.recalibrations.add(doubting)
    assert confidence() < before - 0.3
