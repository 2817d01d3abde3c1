"""Kept cases on the Evaluate page: edited, removed, forgotten, written and taken in, in the whole window."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPushButton, QTableView, QTableWidget

from app.domain.revision import PointReviews
from app.evaluation.outcome import Answer, CaseOutcome, Run
from app.ui.models.confusion import confusion_grid
from app.ui.views.cases_card import CasesCard
from app.ui.widgets.plain_label import PlainLabel
from tests.helpers.window_world import bill_lines, wait_idle, write_bill

WAIT_MS = 10_000


def _review(deskhand, folder: Path, n_bills: int = 3) -> None:
    paths = [write_bill(folder, f"{n}.txt", bill_lines("Contoso", f"M-{n}", "2024-01-31", f"{n}0.00")) for n in range(n_bills)]
    deskhand.runner.add(paths, "invoice")
    wait_idle(deskhand)
    for job in deskhand.store.jobs():
        deskhand.store.accept(job.id)


def _open(qtbot, desktop, n_cases: int) -> CasesCard:
    desktop.window.show_page("evaluate")
    qtbot.waitUntil(lambda: desktop.window.findChild(CasesCard) is not None, timeout=WAIT_MS)
    card = desktop.window.findChild(CasesCard)
    table = card.findChild(QTableWidget, "casesTable")
    qtbot.waitUntil(lambda: table.rowCount() == n_cases, timeout=WAIT_MS)
    return card


def _click(qtbot, card: CasesCard, name: str) -> None:
    qtbot.mouseClick(card.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def _line(card: CasesCard, row: int) -> list[str]:
    table = card.findChild(QTableWidget, "casesTable")
    return [table.item(row, column).text() for column in range(table.columnCount())]


def _edit(qtbot, card: CasesCard, row: int, field: str, text: str) -> None:
    card.findChild(QTableWidget, "casesTable").selectRow(row)
    choice = card._field
    choice.setCurrentIndex(choice.findData(field))
    line = card.findChild(QLineEdit, "expectedValue")
    line.setText(text)
    _click(qtbot, card, "saveExpected")


def test_a_case_is_edited_and_the_shown_run_is_scored_anew(qtbot, desktop, deskhand, tmp_path):
    _review(deskhand, tmp_path / "bills")
    card = _open(qtbot, desktop, 3)
    assert _line(card, 0)[0] == "0.txt"
    page = desktop.window.findChild(QTableView, "wrongTable")
    qtbot.mouseClick(desktop.window.findChild(QPushButton, "evaluationStart"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.model() is not None, timeout=20_000)
    assert page.model().rowCount() == 0
    _edit(qtbot, card, 1, "total_amount", "11.00")
    qtbot.waitUntil(lambda: page.model().rowCount() == 1, timeout=WAIT_MS)
    case = deskhand.store.cases.all("invoice")[1]
    assert (case.expected["total_amount"], case.edited) == ("11.00", True)
    qtbot.waitUntil(lambda: _line(card, 1)[3] == "review, edited", timeout=WAIT_MS)


def test_an_emptied_value_means_that_the_document_has_none(qtbot, desktop, deskhand, tmp_path):
    _review(deskhand, tmp_path / "bills", 1)
    card = _open(qtbot, desktop, 1)
    _edit(qtbot, card, 0, "total_amount", " ")
    qtbot.waitUntil(lambda: deskhand.store.cases.all()[0].expected["total_amount"] is None, timeout=WAIT_MS)


def test_a_removed_case_comes_back_with_undo(qtbot, desktop, deskhand, tmp_path):
    _review(deskhand, tmp_path / "bills")
    card = _open(qtbot, desktop, 3)
    card.findChild(QTableWidget, "casesTable").selectRow(0)
    _click(qtbot, card, "removeCase")
    notice = desktop.window.notice
    qtbot.waitUntil(lambda: notice.text.startswith("The case of 0.txt was removed."), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: len(deskhand.store.cases.all()) == 2, timeout=WAIT_MS)
    qtbot.mouseClick(notice.findChild(QPushButton, "noticeAction"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(deskhand.store.cases.all()) == 3, timeout=WAIT_MS)
    assert deskhand.store.cases.document(deskhand.store.cases.all()[-1].id) is not None


def test_a_case_that_comes_back_comes_back_to_the_results(qtbot, desktop, deskhand, tmp_path):
    _review(deskhand, tmp_path / "bills")
    card = _open(qtbot, desktop, 3)
    qtbot.waitUntil(lambda: desktop.window.findChild(QPushButton, "evaluationStart").isEnabled(), timeout=WAIT_MS)
    _click(qtbot, desktop.window, "evaluationStart")
    documents = desktop.window.findChild(QTableView, "documentsTable")
    for n, button in ((3, None), (2, "removeCase"), (3, "noticeAction")):
        if button == "removeCase":
            card.findChild(QTableWidget, "casesTable").selectRow(0)
        if button is not None:
            _click(qtbot, desktop.window, button)
        qtbot.waitUntil(lambda n=n: documents.model() is not None and documents.model().rowCount() == n, timeout=WAIT_MS)


def test_all_cases_are_forgotten_for_good_after_a_question_in_place(qtbot, desktop, deskhand, tmp_path):
    _review(deskhand, tmp_path / "bills")
    card = _open(qtbot, desktop, 3)
    _click(qtbot, card, "forgetCases")
    assert card.findChild(QPushButton, "forgetCasesNow").isVisible()
    _click(qtbot, card, "spareCases")
    assert not card.findChild(QPushButton, "forgetCasesNow").isVisible()
    assert len(deskhand.store.cases.all()) == 3
    _click(qtbot, card, "forgetCases")
    _click(qtbot, card, "forgetCasesNow")
    qtbot.waitUntil(lambda: card.findChild(QTableWidget, "casesTable").rowCount() == 0, timeout=WAIT_MS)
    deskhand.collect_cases()
    assert deskhand.store.cases.all() == []


def test_what_is_set_here_survives_a_change_on_the_settings_page(qtbot, desktop, deskhand):
    card = _open(qtbot, desktop, 0)
    card.findChild(QCheckBox, "keepCases").click()
    qtbot.waitUntil(lambda: card.findChild(PlainLabel, "casesWords").text().startswith("Nothing"), timeout=WAIT_MS)
    before = deskhand.settings.use_attached_xml
    desktop.window.findChild(QCheckBox, "setting_use_attached_xml").click()
    qtbot.waitUntil(lambda: deskhand.settings.use_attached_xml != before, timeout=WAIT_MS)
    assert not deskhand.settings.keep_cases


def test_nothing_is_kept_without_consent_and_not_later_either(qtbot, desktop, deskhand, tmp_path):
    card = _open(qtbot, desktop, 0)
    keep = card.findChild(QCheckBox, "keepCases")
    assert keep.isChecked()
    keep.click()
    qtbot.waitUntil(lambda: not deskhand.settings.keep_cases, timeout=WAIT_MS)
    _review(deskhand, tmp_path / "bills")
    deskhand.collect_cases()
    assert deskhand.store.cases.all() == []
    qtbot.waitUntil(lambda: card.findChild(PlainLabel, "casesWords").text().startswith("Nothing"), timeout=WAIT_MS)
    keep.click()
    deskhand.collect_cases()
    assert deskhand.store.cases.all() == [], "what was reviewed meanwhile stays out"


def test_cases_go_to_a_file_and_come_back(qtbot, desktop, deskhand, tmp_path):
    _review(deskhand, tmp_path / "bills")
    card = _open(qtbot, desktop, 3)
    path = tmp_path / "out.jsonl"
    desktop.evaluation.kept.export_kept(path)
    qtbot.waitUntil(path.exists, timeout=WAIT_MS)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["expected"]["total_amount"] for line in lines] == ["00.00", "10.00", "20.00"]
    deskhand.store.cases.forget_all()
    desktop.evaluation.kept.import_kept(path)
    qtbot.waitUntil(lambda: card.findChild(QTableWidget, "casesTable").rowCount() == 3, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: _line(card, 0)[3] == "file", timeout=WAIT_MS)


def test_every_control_has_a_name(qtbot, desktop):
    card = _open(qtbot, desktop, 0)
    assert all(button.accessibleName() for button in card.findChildren(QPushButton))
    assert card.findChild(QTableWidget, "casesTable").accessibleName()


def _run(*pairs: tuple[str, str | None]) -> Run:
    cases = tuple(
        CaseOutcome(
            key=str(number),
            shown=str(number),
            group="",
            answers=(Answer(name="label", value=given, expected=(expected,), right=expected == given, confidence=0.9),),
        )
        for number, (expected, given) in enumerate(pairs)
    )
    return Run.model_construct(task="t", cases=cases)


def test_confused_classes_stand_beside_right_ones(qapp):
    grid = confusion_grid(_run(("bill", "bill"), ("bill", "bill"), ("bill", "memo"), ("note", None)), {"bill": "Invoice"})
    assert grid is not None
    headings = [grid.headerData(column, Qt.Orientation.Horizontal) for column in range(grid.columnCount())]
    assert headings == ["Expected ↓  Given →", "Invoice", "Note", "nothing", "Memo"]
    lines = [[grid.cell(row, column).text for column in range(grid.columnCount())] for row in range(grid.rowCount())]
    assert lines == [["Invoice", "2", "·", "·", "✗ 1"], ["Note", "·", "·", "✗ 1", "·"]]


def test_a_run_without_classes_has_no_table_of_them(qapp):
    assert confusion_grid(_run(), {}) is None


def test_what_became_of_points_is_counted(qtbot, desktop):
    card = _open(qtbot, desktop, 0)
    words = card.findChild(PlainLabel, "pointReviews")
    assert not words.isVisibleTo(card)
    card.show_points(PointReviews(accepted=12, edited=3, dropped=1))
    assert words.text() == "Summaries that you reviewed: 12 points accepted, 3 edited, 1 dropped."
