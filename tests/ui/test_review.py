from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QToolButton

from app.domain.job import JobError, JobState
from app.domain.progress import Progress
from app.domain.result import LabelAnswer, LabelScore, Result
from app.domain.review import accept
from app.domain.task import Task, TaskLabel
from app.ui.views.marks import passages_of
from app.ui.views.review import JobDetail
from app.ui.widgets.plain_label import PlainLabel
from tests.helpers.review_samples import TASK, make_document, make_job, make_result, place, value


@pytest.fixture
def document():
    return make_document()


@pytest.fixture
def detail(qtbot):
    detail = JobDetail()
    qtbot.addWidget(detail)
    detail.resize(900, 700)
    with qtbot.waitActive(detail):
        detail.show()
        detail.activateWindow()
    detail.setFocus()
    return detail


def visible_texts(widget) -> list[str]:
    return [label.text() for label in widget.findChildren(PlainLabel) if label.isVisibleTo(widget) and label.text()]


def test_starts_at_the_first_value_to_check(detail, document):
    detail.show_job(make_job(), document, make_result(document), TASK)
    assert detail.current_target == "due_date"


@pytest.mark.parametrize("goes_close", [False, True])
def test_a_review_opens_the_page_where_the_first_value_to_check_can_be_read(qtbot, document, goes_close):
    detail = JobDetail()
    qtbot.addWidget(detail)
    detail.resize(620, 700)
    with qtbot.waitExposed(detail):
        detail.show()
    detail.set_goes_close(goes_close)
    detail.show_job(make_job(), document, make_result(document), TASK)
    pages = detail._document_view.page_view
    whole_page = pages.viewport().width() / document.pages[0].width
    assert (pages.zoom > 1.1 * whole_page) is goes_close


def test_accepting_goes_on_to_the_next_value_to_check(qtbot, detail, document):
    result = make_result(document)
    detail.show_job(make_job(), document, result, TASK)
    with qtbot.waitSignal(detail.accepted) as accepted:
        qtbot.keyClick(detail, Qt.Key.Key_A)
    assert accepted.args == ["due_date"]
    detail.show_job(make_job(), document, accept(result, "due_date"), TASK)
    assert detail.current_target == "total_amount"


def test_keys_do_the_review(qtbot, detail, document):
    detail.show_job(make_job(), document, make_result(document), TASK)
    qtbot.keyClick(detail, Qt.Key.Key_J)
    assert detail.current_target == "net_amount"
    qtbot.keyClick(detail, Qt.Key.Key_J)
    with qtbot.waitSignal(detail.value_corrected) as corrected:
        qtbot.keyClick(detail, Qt.Key.Key_1)
    assert corrected.args[:3] == ["total_amount", "593.36", "593,36"]
    qtbot.keyClick(detail, Qt.Key.Key_K)
    assert detail.current_target == "net_amount"
    for key, signal in ((Qt.Key.Key_U, detail.undo_requested), (Qt.Key.Key_S, detail.next_requested)):
        with qtbot.waitSignal(signal):
            qtbot.keyClick(detail, key)
    with qtbot.waitSignal(detail.accepted) as accepted:
        qtbot.keyClick(detail, Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    assert accepted.args == [None]


def test_letters_typed_into_the_editor_are_text(qtbot, detail, document):
    detail.show_job(make_job(), document, make_result(document), TASK)
    qtbot.keyClick(detail, Qt.Key.Key_K)
    qtbot.keyClick(detail, Qt.Key.Key_K)
    assert detail.current_target == "invoice_number"
    qtbot.keyClick(detail, Qt.Key.Key_E)
    line = next(line for line in detail.findChildren(QLineEdit, "valueEdit") if line.isVisibleTo(detail))
    with qtbot.assertNotEmitted(detail.accepted):
        qtbot.keyClicks(line, "Aj1")
    assert line.text() == "Aj1"
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert not line.isVisible()


def test_words_picked_on_the_page_become_the_value(qtbot, detail, document):
    detail.show_job(make_job(), document, make_result(document), TASK)
    detail._panel.select("total_amount")
    evidence = place(document, "124,61")
    with qtbot.waitSignal(detail.value_corrected) as corrected:
        detail._document_view.words_picked.emit("124,61", evidence)
    assert corrected.args == ["total_amount", "124.61", "124,61", evidence]


def test_picked_words_of_another_type_wait_in_the_editor(qtbot, detail, document):
    detail.show_job(make_job(), document, make_result(document), TASK)
    detail._panel.select("total_amount")
    with qtbot.assertNotEmitted(detail.value_corrected):
        detail._document_view.words_picked.emit("INVOICE", place(document, "INVOICE"))
    line = next(line for line in detail.findChildren(QLineEdit, "valueEdit") if line.isVisibleTo(detail))
    assert line.text() == "INVOICE"
    assert any("not a number" in text for text in visible_texts(detail))


def test_clicking_a_box_selects_its_card(detail, document):
    detail.show_job(make_job(), document, make_result(document), TASK)
    detail._document_view.mark_clicked.emit("seller_name")
    assert detail.current_target == "seller_name"


def test_the_same_job_keeps_field_zoom_and_place(detail, document):
    detail.show_job(make_job(), document, make_result(document), TASK)
    detail._panel.select("net_amount")
    detail._document_view.zoom_in()
    zoom = detail._document_view.page_view.zoom
    detail.show_job(make_job(), document, make_result(document), TASK)
    assert detail.current_target == "net_amount"
    assert detail._document_view.page_view.zoom == zoom


def test_pages_are_asked_for_and_shown(qtbot, detail, document):
    with qtbot.waitSignal(detail.page_requested) as asked:
        detail.show_job(make_job(), document, make_result(document), TASK)
    page, dpi = asked.args
    image = QImage(200, 280, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.red)
    detail.set_page_picture(page, image, dpi)
    assert detail._document_view.page_view.grab().toImage().pixelColor(300, 300).red() > 200


def test_rows_stand_under_the_document(qtbot, detail, document):
    detail.show_job(make_job(), document, make_result(document), TASK)
    table = detail._tables[0]
    assert table.isVisible()
    assert table.model.rowCount() == 2
    table.view.setCurrentIndex(table.model.index(0, 0))
    assert detail.current_target == "line_items[0].description"


def test_fields_appear_one_by_one(qtbot, detail, document):
    detail.show_job(make_job(JobState.WORKING), document, None, TASK)
    detail.set_progress(Progress("field", 0.3, name="seller_name", value=value(document, "ACME Ltd.")))
    detail.set_progress(Progress("field", 0.4, name="tags[0]", value=value(document, "Terms")))
    shown = visible_texts(detail)
    assert "ACME Ltd." in shown
    qtbot.waitUntil(lambda: "Terms" in visible_texts(detail))
    assert shown.count("…") >= 3
    detail.set_progress(Progress("page", 0.1, page=3, pages=12))
    assert "reading page 3 of 12" in visible_texts(detail)


def test_values_shown_while_working_stay_when_the_job_is_shown_again(detail, document):
    detail.show_job(make_job(JobState.WORKING), document, None, TASK)
    detail.set_progress(Progress("field", 0.3, name="seller_name", value=value(document, "ACME Ltd.")))
    detail.show_job(make_job(JobState.WORKING), document, None, TASK)
    assert "ACME Ltd." in visible_texts(detail)


def test_a_job_tried_again_starts_empty(detail, document):
    detail.show_job(make_job(), document, make_result(document), TASK)
    detail.show_job(make_job(JobState.WORKING), document, None, TASK)
    assert "ACME Ltd." not in visible_texts(detail)


def test_a_password_is_entered_in_place(qtbot, detail):
    error = JobError(code="password_needed", message="a.pdf needs a password.", hint="Enter the password.")
    detail.show_job(make_job(JobState.FAILED, error=error), None, None, TASK)
    assert {"a.pdf needs a password.", "Enter the password."} <= set(visible_texts(detail))
    line = detail.findChild(QLineEdit, "passwordEdit")
    assert line.echoMode() is QLineEdit.EchoMode.Password
    line.setText("secret")
    with qtbot.waitSignal(detail.password_entered) as entered:
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert entered.args == ["secret"]
    assert line.text() == ""


def test_another_failure_offers_to_try_again(qtbot, detail):
    error = JobError(code="damaged_document", message="a.pdf is damaged.", hint="Ask for the file again.")
    detail.show_job(make_job(JobState.FAILED, error=error), None, None, TASK)
    assert not detail.findChild(QLineEdit, "passwordEdit").isVisible()
    with qtbot.waitSignal(detail.retry_requested):
        detail.findChild(QPushButton, "retry").click()
    with qtbot.waitSignal(detail.open_requested):
        detail.findChild(QPushButton, "openFile").click()


def test_auto_shows_the_class_above_the_fields(qtbot, detail, document):
    then = make_result(document)
    label = LabelAnswer(value="invoice", confidence=0.9, alternatives=(LabelScore(value="receipt", probability=0.1),))
    detail.show_job(make_job(task="auto"), document, Result(task="auto", label=label, then=then), TASK)
    assert {"Class", "Invoice", "Seller"} <= set(visible_texts(detail))
    detail._panel.select("label")
    with qtbot.waitSignal(detail.value_corrected) as corrected:
        qtbot.keyClick(detail, Qt.Key.Key_1)
    assert corrected.args == ["label", "receipt", None, None]


def test_leaving_the_editor_stays_at_its_field(qtbot, detail, document):
    detail.show_job(make_job(), document, make_result(document), TASK)
    qtbot.keyClick(detail, Qt.Key.Key_J)
    qtbot.keyClick(detail, Qt.Key.Key_E)
    target, line = detail.current_target, QApplication.focusWidget()
    assert isinstance(line, QLineEdit)
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert detail.current_target == target
    assert detail._panel.card_of(target).hasFocus()


def auto_result(document, confidence=0.97):
    label = LabelAnswer(
        value="invoice",
        confidence=confidence,
        alternatives=(LabelScore(value="receipt", probability=0.03),),
        evidence=(place(document, "INVOICE"),),
    )
    return Result(task="auto", label=label, then=make_result(document))


def test_a_sure_class_takes_one_line_until_it_is_opened(qtbot, detail, document):
    detail.show_job(make_job(task="auto"), document, auto_result(document), TASK)
    panel = detail._panel._label
    assert {"Class", "Invoice", "sure"} <= set(visible_texts(panel))
    assert detail.findChild(QPushButton, "runner1") is None
    qtbot.waitUntil(lambda: panel.height() <= 4 * panel.fontMetrics().height())
    detail.findChild(QToolButton, "labelToggle").click()
    assert detail.current_target == "label"
    runner = detail.findChild(QPushButton, "runner1")
    qtbot.waitUntil(runner.isVisible)
    detail.findChild(QToolButton, "labelToggle").click()
    assert detail.current_target == "due_date"
    assert not runner.isVisible()


def test_classes_have_the_titles_of_their_task(qtbot, detail, document):
    titles = {"receipt": "Till slip", "other": "Something else"}
    labels = tuple(TaskLabel(name=name, title={"en": title}) for name, title in titles.items())
    detail.set_classes(Task(id="auto", kind="auto", labels=labels))
    detail.show_job(make_job(task="auto"), document, auto_result(document, confidence=0.5), TASK)
    assert "Till slip" in [label.text() for label in detail.findChild(QPushButton, "runner1").findChildren(PlainLabel)]
    assert detail.findChild(QComboBox, "labelChoice").findText("Something else") > 0


def test_an_unsure_class_stays_open(qtbot, detail, document):
    detail.show_job(make_job(task="auto"), document, auto_result(document, confidence=0.5), TASK)
    assert detail.current_target == "label"
    detail._panel.select("due_date")
    qtbot.waitUntil(detail.findChild(QPushButton, "runner1").isVisible)
    assert not detail.findChild(QToolButton, "labelToggle").isVisible()


def test_the_lines_of_a_sure_class_are_marked_only_while_it_is_looked_at(document):
    passages = passages_of(auto_result(document), document, open_targets=())
    assert passages
    assert all(mark.is_aside for mark in passages)
    assert not any(mark.is_aside for mark in passages_of(auto_result(document), document, open_targets={"label"}))


def test_a_result_without_its_task_is_still_shown(detail, document):
    detail.show_job(make_job(), document, make_result(document), None)
    assert {"Seller name", "ACME Ltd."} <= set(visible_texts(detail))


def test_clear_shows_nothing_of_the_job(detail, document):
    detail.show_job(make_job(), document, make_result(document), TASK)
    detail.clear()
    assert visible_texts(detail) == ["Choose a document to see what was found in it."]
    assert detail.job is None


def test_a_read_only_detail_changes_nothing(qtbot, document):
    detail = JobDetail(read_only=True)
    qtbot.addWidget(detail)
    with qtbot.waitExposed(detail):
        detail.show()
    detail.show_trial(document, make_result(document), TASK)
    with qtbot.assertNotEmitted(detail.accepted), qtbot.assertNotEmitted(detail.value_corrected):
        for key in (Qt.Key.Key_A, Qt.Key.Key_1, Qt.Key.Key_E):
            qtbot.keyClick(detail, key)
        detail._document_view.words_picked.emit("124,61", place(document, "124,61"))
    assert not detail.findChild(QPushButton, "acceptAll").isVisible()


def test_every_control_has_a_name(detail, document):
    detail.show_job(make_job(), document, make_result(document), TASK)
    buttons = detail.findChildren(QPushButton)
    assert len(buttons) > 5
    assert not [button.objectName() for button in buttons if not button.accessibleName()]
    assert {line.objectName() for line in detail.findChildren(QLineEdit)} <= {"valueEdit", "passwordEdit"}
