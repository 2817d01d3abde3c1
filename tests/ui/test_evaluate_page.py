"""The Evaluate page: from reviews to a verdict, in the whole window."""

from __future__ import annotations

import json
import threading
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QPushButton, QScrollArea, QSlider, QTableView, QVBoxLayout
from pytestqt.qtbot import QtBot

from app.domain.result import ModelUsed
from app.evaluation.outcome import Answer, CaseOutcome, Run
from app.evaluation.report import report_of
from app.evaluation.runs import SavedRuns
from app.evaluation.sufficiency import Candidate
from app.ui.desktop import Desktop
from app.ui.models.evaluation_grid import figures_grid
from app.ui.views.evaluate_page import EvaluatePage
from app.ui.views.evaluation_setup import EvaluationSetup, TaskChoice
from app.ui.widgets.plain_label import PlainLabel
from app.ui.widgets.scroll_body import ScrollBody
from tests.helpers.window_world import FakeDeskhand, bill_lines, wait_idle, write_bill

N_BILLS = 5


def _page(desktop: Desktop) -> EvaluatePage:
    page = desktop.window.findChild(EvaluatePage)
    assert page is not None
    return page


def _button(desktop: Desktop, name: str) -> QPushButton:
    button = _page(desktop).findChild(QPushButton, name)
    assert button is not None
    return button


def _label(desktop: Desktop, name: str) -> str:
    label = _page(desktop).findChild(PlainLabel, name)
    assert label is not None
    return label.text()


def _table(desktop: Desktop, name: str) -> list[list[str]]:
    view = _page(desktop).findChild(QTableView, name)
    assert view is not None
    model = view.model()
    return [[model.index(row, column).data() for column in range(model.columnCount())] for row in range(model.rowCount())]


def _review_bills(desktop: Desktop, deskhand: FakeDeskhand, folder: Path) -> None:
    """Five bills read and accepted; the total of the first was wrong."""
    paths = [
        write_bill(folder, f"{n}.txt", bill_lines("Contoso", f"M-{n}", "2024-01-31", f"{n}0.00")) for n in range(1, N_BILLS + 1)
    ]
    deskhand.runner.add(paths, "invoice")
    wait_idle(deskhand)
    jobs = deskhand.store.jobs()
    deskhand.store.correct(jobs[0].id, "total_amount", value="99.00")
    for job in jobs:
        deskhand.store.accept(job.id)


def _show(qtbot: QtBot, desktop: Desktop, sentence: str) -> None:
    desktop.window.show_page("evaluate")
    qtbot.waitUntil(lambda: sentence in _label(desktop, "evaluationCases"), timeout=10_000)


def _evaluate(qtbot: QtBot, desktop: Desktop) -> None:
    qtbot.mouseClick(_button(desktop, "evaluationStart"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(_page(desktop).verdict.text), timeout=20_000)


def test_reviews_become_cases_that_a_model_is_measured_on(qtbot, desktop, deskhand, tmp_path):
    _review_bills(desktop, deskhand, tmp_path / "bills")
    _show(qtbot, desktop, "5 documents that you reviewed")
    _evaluate(qtbot, desktop)
    lines = {line[0]: line[1] for line in _table(desktop, "figuresTable")}
    assert lines["Total"] == "80 %  (4/5; 38–96 %)"
    assert lines["Invoice number"] == "100 %  (5/5; 57–100 %)"
    assert lines["Whole documents"] == "80 %  (4/5; 38–96 %)"
    assert _table(desktop, "documentsTable")[:2] == [["1.txt", "✗ 11/12"], ["2.txt", "✓ 12/12"]]
    assert _table(desktop, "wrongTable") == [["1.txt", "Total", "99.00", "✗ 10.00"]]


def test_too_few_cases_promise_nothing_and_say_how_many_are_missing(qtbot, desktop, deskhand, tmp_path):
    _review_bills(desktop, deskhand, tmp_path / "bills")
    _show(qtbot, desktop, "5 documents that you reviewed")
    _evaluate(qtbot, desktop)
    assert _page(desktop).verdict.text.startswith("No model can promise this yet. About ")
    assert "more reviewed value" in _page(desktop).verdict.text


def test_the_slider_tells_what_is_left_to_check(qtbot, desktop, deskhand, tmp_path):
    _review_bills(desktop, deskhand, tmp_path / "bills")
    _show(qtbot, desktop, "5 documents that you reviewed")
    _evaluate(qtbot, desktop)
    slider = _page(desktop).findChild(QSlider, "tradeoffSlider")
    slider.setValue(slider.maximum())
    everything_kept = _label(desktop, "tradeoffWords")
    slider.setValue(slider.minimum())
    assert everything_kept != _label(desktop, "tradeoffWords")
    assert "0 % of the values, in 0 % of the documents" in everything_kept
    assert _label(desktop, "tradeoffCost").startswith("For 100 documents: ")
    assert "values to look at, about " in _label(desktop, "tradeoffCost")


def test_a_click_on_a_wrong_answer_opens_its_document_at_the_value(qtbot, desktop, deskhand, tmp_path):
    _review_bills(desktop, deskhand, tmp_path / "bills")
    _show(qtbot, desktop, "5 documents that you reviewed")
    _evaluate(qtbot, desktop)
    view = _page(desktop).findChild(QTableView, "wrongTable")
    view.clicked.emit(view.model().index(0, 0))
    assert desktop.window.page == "done"
    qtbot.waitUntil(lambda: desktop.detail.current_target == "total_amount", timeout=10_000)
    assert desktop.detail.job is not None
    assert desktop.detail.job.name == "1.txt"


def test_a_case_whose_document_is_gone_says_so(qtbot, desktop, deskhand, tmp_path, monkeypatch):
    _review_bills(desktop, deskhand, tmp_path / "bills")
    _show(qtbot, desktop, "5 documents that you reviewed")
    _evaluate(qtbot, desktop)
    job = deskhand.store.jobs()[0]
    deskhand.runner.remove(job.id)
    qtbot.waitUntil(lambda: desktop.jobs.source.rowCount() == N_BILLS - 1, timeout=10_000)
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    view = _page(desktop).findChild(QTableView, "documentsTable")
    view.clicked.emit(view.model().index(0, 0))
    assert [url.toLocalFile() for url in opened] == [job.path]
    Path(job.path).unlink()
    view.clicked.emit(view.model().index(0, 0))
    assert desktop.window.page == "evaluate"
    assert "neither on the list" in desktop.window.notice.text


def test_all_fields_are_told_with_the_interval_of_documents(qtbot: QtBot) -> None:
    """Four documents of twenty are wrong in whole: 240 values say no more than twenty documents do."""
    cases = [
        CaseOutcome(
            key=f"{n}",
            shown=f"{n}",
            group=f"{n}",
            answers=tuple(Answer(name=f"f{at}", value="1", expected=("1",), right=n >= 4, confidence=0.9) for at in range(12)),
        )
        for n in range(20)
    ]
    run = Run(task="invoice", task_version=1, model=ModelUsed(id="small"), engine_version="1", cases=tuple(cases))
    grid = figures_grid([Candidate(run, 0)], [report_of(run)], {})
    (cell,) = [grid.cell(row, 1) for row in range(grid.rowCount()) if grid.cell(row, 0).text == "All fields"]
    assert cell.text == "80 %  (192/240; 60–95 %)"


def test_a_target_can_be_about_single_fields(qtbot, desktop, deskhand, tmp_path):
    _review_bills(desktop, deskhand, tmp_path / "bills")
    _show(qtbot, desktop, "5 documents that you reviewed")
    _evaluate(qtbot, desktop)
    which = _page(desktop).findChild(QComboBox, "targetValues")
    assert which.itemText(1) == "all amounts"
    before = _label(desktop, "tradeoffWords")
    which.setCurrentIndex(which.findText("Total"))
    which.activated.emit(which.currentIndex())
    qtbot.waitUntil(lambda: _label(desktop, "tradeoffWords") != before, timeout=10_000)
    assert "5 values" in _label(desktop, "tradeoffPromise") or "values are too few" in _label(desktop, "tradeoffPromise")


def test_a_saved_run_is_compared_with_by_what_is_expected_now(qtbot, desktop, deskhand, tmp_path):
    _review_bills(desktop, deskhand, tmp_path / "bills")
    _show(qtbot, desktop, "5 documents that you reviewed")
    _evaluate(qtbot, desktop)
    qtbot.mouseClick(_button(desktop, "saveBaseline"), Qt.MouseButton.LeftButton)
    baseline = _page(desktop).findChild(QComboBox, "baselineChoice")
    qtbot.waitUntil(lambda: baseline.count() == 2, timeout=10_000)
    assert SavedRuns(deskhand.paths.evaluations).names() == [baseline.itemData(1)]
    changes = _page(desktop).findChild(QTableView, "changesTable").parentWidget()
    assert changes.isHidden()
    baseline.setCurrentIndex(1)
    baseline.activated.emit(1)
    qtbot.waitUntil(lambda: _page(desktop).findChild(QTableView, "changesTable").model() is not None, timeout=10_000)
    assert _table(desktop, "changesTable") == []
    assert f"{N_BILLS} cases in both; 0 only then, 0 only now." in _label(desktop, "comparedWords")
    assert not changes.isHidden()
    assert baseline.itemText(1).endswith(f" · {deskhand.catalog.starter_id}")
    task = _page(desktop).setup.findChild(QComboBox, "evaluationTask")
    results = _page(desktop).findChild(QTableView, "figuresTable")
    for name, is_shown in (("receipt", False), ("invoice", True)):
        task.setCurrentIndex(task.findData(name))
        task.activated.emit(task.currentIndex())
        qtbot.waitUntil(lambda is_shown=is_shown: results.isVisible() is is_shown, timeout=10_000)
        desktop.evaluation.results.score_anew()
        qtbot.wait(300)
        assert results.isVisible() is is_shown


def test_a_case_file_stands_in_for_reviews_and_a_faulty_one_is_refused(qtbot, desktop, tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps({"text": "total_amount: 5.00", "expected": {"total_amount": "5"}}))
    _show(qtbot, desktop, "0 documents")
    assert not _button(desktop, "evaluationStart").isEnabled()
    desktop.evaluation.use_file(path)
    qtbot.waitUntil(lambda: "1 case of cases.jsonl" in _label(desktop, "evaluationCases"), timeout=10_000)
    _evaluate(qtbot, desktop)
    assert _table(desktop, "figuresTable")[0][1] == "100 %  (1/1; 21–100 %)"
    path.write_text("nonsense")
    desktop.evaluation.use_file(path)
    qtbot.waitUntil(lambda: not desktop.window.notice.isHidden(), timeout=10_000)
    qtbot.waitUntil(lambda: "0 documents" in _label(desktop, "evaluationCases"), timeout=10_000)


def test_an_evaluation_can_be_stopped(qtbot, desktop, deskhand, tmp_path):
    _review_bills(desktop, deskhand, tmp_path / "bills")
    _show(qtbot, desktop, "5 documents that you reviewed")
    deskhand.fake_model.gate = gate = threading.Event()
    qtbot.mouseClick(_button(desktop, "evaluationStart"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: _button(desktop, "evaluationStop").isVisible(), timeout=10_000)
    qtbot.mouseClick(_button(desktop, "evaluationStop"), Qt.MouseButton.LeftButton)
    gate.set()
    qtbot.waitUntil(lambda: _button(desktop, "evaluationStart").isVisible(), timeout=10_000)
    assert _page(desktop).verdict.text == ""


def test_the_set_up_fits_a_narrow_window_with_large_letters(qtbot: QtBot) -> None:
    setup = EvaluationSetup()
    qtbot.addWidget(setup)
    font = setup.font()
    font.setPointSizeF(font.pointSizeF() * 1.5)
    setup.setFont(font)
    setup.show_tasks([TaskChoice("invoice", "A task with a rather long name, as people give them", 12)], "invoice")
    setup.show_cases("12 documents that you reviewed", 12, is_file=True)
    assert setup.minimumSizeHint().width() < 640


def test_a_scrolled_page_ends_where_its_content_ends(qtbot: QtBot) -> None:
    area, body = QScrollArea(), ScrollBody()
    qtbot.addWidget(area)
    column = QVBoxLayout(body)
    for _ in range(20):
        column.addWidget(
            PlainLabel("A sentence of some length that fits a line of a page that is wide enough for it. " * 2, wrap=True)
        )
    area.setWidgetResizable(True)
    area.setWidget(body)
    area.resize(1600, 200)
    area.show()
    assert body.height() == body.heightForWidth(body.width())


def test_reviewed_classes_are_told_without_a_run(qtbot, desktop, deskhand, tmp_path):
    deskhand.runner.add(
        [write_bill(tmp_path, f"{n}.txt", bill_lines("C", f"M-{n}", "2024-01-31", "1.00")) for n in range(3)], "auto"
    )
    wait_idle(deskhand)
    jobs = deskhand.store.jobs()
    deskhand.store.correct(jobs[0].id, "label", value="receipt")
    for job in jobs[1:]:
        deskhand.store.accept(job.id, "label")
    desktop.window.show_page("evaluate")
    qtbot.waitUntil(lambda: desktop.window.findChild(EvaluatePage) is not None, timeout=10_000)
    task = _page(desktop).findChild(QComboBox, "evaluationTask")
    qtbot.waitUntil(lambda: task.findData("document_type") >= 0, timeout=10_000)
    task.setCurrentIndex(task.findData("document_type"))
    task.activated.emit(task.currentIndex())
    view = _page(desktop).findChild(QTableView, "reviewedClasses")
    qtbot.waitUntil(lambda: view.model() is not None, timeout=10_000)
    lines = {line[0]: line[1:] for line in _table(desktop, "reviewedClasses")}
    headings = [view.model().headerData(at, Qt.Orientation.Horizontal) for at in range(1, view.model().columnCount())]
    assert dict(zip(headings, lines["Invoice"], strict=True))["Invoice"] == "2"
    assert dict(zip(headings, lines["Receipt"], strict=True)) == {"Invoice": "✗ 1", "Receipt": "·"}
