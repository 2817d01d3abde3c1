from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QMessageBox, QPlainTextEdit, QPushButton, QSpinBox

from app.domain.task import FieldType, SummaryStyle, Task, TaskKind, TaskLabel
from app.ui.messages import use_language
from app.ui.views.task_drafts import checked_task, copy_of, name_from_title, new_task
from app.ui.views.task_editor import TaskEditor
from app.ui.views.task_list import TasksListModel
from app.ui.views.word_lists import choices_of, choices_text, words_of
from app.ui.widgets.plain_label import PlainLabel
from tests.helpers.review_samples import TASK, make_document, make_result

OWN = Task(id="mine", kind="summarize", title={"en": "Mine"}, style=SummaryStyle.FAQ, max_points=5)


@pytest.fixture
def editor(qtbot):
    editor = TaskEditor()
    qtbot.addWidget(editor)
    editor.resize(1200, 760)
    with qtbot.waitActive(editor):
        editor.show()
        editor.activateWindow()
    editor.set_tasks([TASK, OWN], {"invoice"})
    editor.set_documents([(7, "acme.pdf")])
    return editor


def visible_texts(widget) -> list[str]:
    return [label.text() for label in widget.findChildren(PlainLabel) if label.isVisible() and label.text()]


def control(editor, kind, name):
    return next(found for found in editor.findChildren(kind, name) if not found.isHidden())


def button(editor, name) -> QPushButton:
    return editor.findChild(QPushButton, name)


def copy_invoice(editor) -> None:
    editor._list.choose("invoice")
    button(editor, "copyTask").click()


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Invoice number", "invoice_number"),
        ("Son ödeme tarihi", "son_odeme_tarihi"),
        ("Straße & Nr.", "strasse_and_nr"),
        ("2nd", "field_2nd"),
        ("—", "field"),
    ],
)
def test_names_come_from_titles(title, name):
    assert name_from_title(title) == name


def test_names_are_made_different():
    assert name_from_title("Date", {"date", "date_2"}) == "date_3"


def test_new_tasks_are_complete():
    for kind in (TaskKind.EXTRACT, TaskKind.CLASSIFY, TaskKind.SUMMARIZE):
        task = new_task(kind, {"my_fields"})
        assert checked_task(task.model_dump(mode="json", by_alias=True)) == (task, {})
        assert task.id != "my_fields"


def test_a_copy_has_a_name_of_its_own():
    copy = copy_of(TASK, {"invoice", "invoice_mine"})
    assert copy.id == "invoice_mine_2"
    assert copy.fields == TASK.fields


def test_faults_are_plain_sentences_by_place():
    draft = TASK.model_dump(mode="json", by_alias=True) | {
        "title": {},
        "checks": [{"expression": "net + vat == total"}, {"expression": "1 +"}],
    }
    task, faults = checked_task(draft)
    assert task is None
    assert faults["title"] == "Give the task a name."
    assert faults["checks.0"].startswith("There is no field called net.")
    assert faults["checks.1"].startswith("This can't be checked")
    assert checked_task(draft | {"fields": [], "rows": [], "checks": []})[1]["fields"] == "Add at least one field."


def test_word_lists():
    assert words_of("due, payable by,, due") == ("due", "payable by")
    choices = choices_of("card: Visa, Mastercard\ncash")
    assert choices == {"card": ("Visa", "Mastercard"), "cash": ()}
    assert choices_of(choices_text(choices)) == choices


def test_list_model_keeps_the_rules(qtmodeltester):
    model = TasksListModel()
    model.set_tasks([TASK, OWN], {"invoice"})
    qtmodeltester.check(model)
    assert [model.index(row).data() for row in range(2)] == ["Mine", "Invoice"]


def test_built_in_tasks_can_only_be_copied(editor):
    editor._list.choose("invoice")
    assert any("built in" in text for text in visible_texts(editor._banner))
    assert not button(editor, "saveTask").isVisible()
    assert not button(editor, "deleteTask").isVisible()
    assert button(editor, "copyTask").isVisible()
    assert control(editor, QLineEdit, "taskTitle").isReadOnly()


def test_a_copy_is_changed_and_saved(qtbot, editor):
    copy_invoice(editor)
    title = control(editor, QLineEdit, "taskTitle")
    title.clear()
    qtbot.keyClicks(title, "Bills of Ayse")
    qtbot.waitUntil(button(editor, "saveTask").isEnabled)
    with qtbot.waitSignal(editor.task_saved) as saved:
        qtbot.keyClick(title, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    task = saved.args[0]
    assert task.id == "bills_of_ayse"
    assert task.title["en"] == "Bills of Ayse"
    assert task.fields == TASK.fields
    assert task.checks == TASK.checks
    assert not editor.has_changes


def test_saving_again_raises_the_version(qtbot, editor):
    editor._list.choose("mine")
    points = editor.findChild(object, "taskPoints")
    points.setValue(4)
    with qtbot.waitSignal(editor.task_saved) as saved:
        button(editor, "saveTask").setEnabled(True)
        button(editor, "saveTask").click()
    assert (saved.args[0].max_points, saved.args[0].version) == (4, 2)


def test_a_field_is_added_with_name_type_and_words(qtbot, editor):
    copy_invoice(editor)
    fields = editor._form._fields
    button(editor, "fieldsTableAdd").click()
    line = control(editor, QLineEdit, "fieldTitle")
    line.clear()
    qtbot.keyClicks(line, "Delivery date")
    box = control(editor, QComboBox, "fieldType")
    box.setCurrentIndex(box.findData(FieldType.DATE.value))
    box.activated.emit(box.currentIndex())
    qtbot.keyClicks(control(editor, QLineEdit, "fieldLabels"), "delivered on, delivery")
    control(editor, QCheckBox, "fieldRequired").click()
    added = fields.specs()[-1]
    assert (added.name, added.type, added.required) == ("delivery_date", FieldType.DATE, True)
    assert added.labels == ("delivered on", "delivery")
    assert editor._form.checked_task() is not None


def test_a_list_of_texts_can_ask_for_requests(editor):
    copy_invoice(editor)
    button(editor, "fieldsTableAdd").click()
    requests = editor._form._fields.findChild(QCheckBox, "fieldRequests")
    assert requests.isHidden()
    control(editor, QCheckBox, "fieldMany").click()
    assert not requests.isHidden()
    requests.click()
    assert editor._form._fields.specs()[-1].requests
    control(editor, QCheckBox, "fieldMany").click()
    assert not editor._form._fields.specs()[-1].requests


def test_a_stored_field_keeps_its_name_when_its_title_changes(qtbot, editor):
    copy_invoice(editor)
    editor._form._fields.table.set_current_row(0)
    line = control(editor, QLineEdit, "fieldTitle")
    line.clear()
    qtbot.keyClicks(line, "Vendor")
    first = editor._form._fields.specs()[0]
    assert (first.name, first.title["en"], first.title["tr"]) == ("seller_name", "Vendor", "Satıcı")


def test_a_choice_without_choices_is_a_fault_beside_the_field(qtbot, editor):
    copy_invoice(editor)
    editor._form._fields.table.set_current_row(0)
    box = control(editor, QComboBox, "fieldType")
    box.setCurrentIndex(box.findData(FieldType.CHOICE.value))
    box.activated.emit(box.currentIndex())
    qtbot.waitUntil(lambda: "List the choices, one a line." in visible_texts(editor))
    assert not button(editor, "saveTask").isEnabled()
    control(editor, QPlainTextEdit, "fieldChoices").setPlainText("card: Visa\ncash")
    qtbot.waitUntil(button(editor, "saveTask").isEnabled)


def test_fields_are_moved_and_removed(editor):
    copy_invoice(editor)
    fields = editor._form._fields
    fields.table.set_current_row(1)
    fields.table._up.click()
    assert [field.name for field in fields.specs()[:2]] == ["invoice_number", "seller_name"]
    fields.table._remove.click()
    assert fields.specs()[0].name == "seller_name"


def test_checks_are_validated_while_typing(qtbot, editor):
    copy_invoice(editor)
    button(editor, "addCheck").click()
    line = editor.findChild(QLineEdit, "check1")
    qtbot.keyClicks(line, "nett == 1")
    qtbot.waitUntil(lambda: any("no field called nett" in text for text in visible_texts(editor)))
    line.clear()
    qtbot.keyClicks(line, "sum(line_items.amount) <= total_amount")
    qtbot.waitUntil(button(editor, "saveTask").isEnabled)
    assert editor._form.checked_task().checks[1].expression == "sum(line_items.amount) <= total_amount"


def test_rows_with_columns_are_part_of_the_task(qtbot, editor):
    copy_invoice(editor)
    button(editor, "addRows").click()
    task = editor._form.checked_task()
    assert [group.name for group in task.rows] == ["line_items", "line_items_2"]
    assert task.rows[1].fields[0].name == "description"


def test_classes_are_written_with_examples(qtbot, editor):
    editor._on_new_requested(TaskKind.CLASSIFY)
    button(editor, "labelsTableAdd").click()
    line = control(editor, QLineEdit, "labelTitle")
    line.clear()
    qtbot.keyClicks(line, "Urgent case")
    control(editor, QPlainTextEdit, "labelExamples").setPlainText("The server is down\nNothing works")
    task = editor._form.checked_task()
    assert task.labels[-1] == TaskLabel(
        name="urgent_case", title={"en": "Urgent case"}, examples=("The server is down", "Nothing works")
    )
    assert task.other_label == "other"


def test_summary_style_and_privacy(editor):
    editor._list.choose("mine")
    for name, wanted in (("taskStyle", "action_items"), ("taskPrivacy", "never"), ("taskRoute", "none")):
        box = control(editor, QComboBox, name)
        box.setCurrentIndex(box.findData(wanted))
    task = editor._form.checked_task()
    assert (task.style, task.privacy.class_, task.routing.escalate_to) == (SummaryStyle.ACTION_ITEMS, "never", "none")


def test_what_is_unsure_and_what_is_sent_of_it(editor):
    editor._list.choose("mine")
    route = control(editor, QComboBox, "taskRoute")
    send, below = control(editor, QComboBox, "taskSend"), control(editor, QSpinBox, "taskUnsureBelow")
    routing = editor._form.checked_task().routing
    assert (routing.send, routing.escalate_if.confidence_below) == ("fields", 0.85)
    send.setCurrentIndex(send.findData("document"))
    below.setValue(60)
    routing = editor._form.checked_task().routing
    assert (routing.send, routing.escalate_if.confidence_below) == ("document", 0.6)
    route.setCurrentIndex(route.findData("none"))
    assert send.isHidden() or send.parentWidget().isHidden()
    assert below.parentWidget().isHidden()


def test_a_trial_is_asked_for_and_shown(qtbot, editor):
    copy_invoice(editor)
    with qtbot.waitSignal(editor.trial_requested) as asked:
        qtbot.keyClick(control(editor, QLineEdit, "taskTitle"), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    task, job_id = asked.args
    assert (task.fields, job_id) == (TASK.fields, 7)
    assert not button(editor, "tryTask").isEnabled()
    document = make_document()
    editor.show_trial(document, make_result(document))
    assert button(editor, "tryTask").isEnabled()
    assert "ACME Ltd." in visible_texts(editor._trial)


def test_a_failed_trial_says_why(qtbot, editor):
    copy_invoice(editor)
    button(editor, "tryTask").click()
    editor.show_trial_error("The model is not on this computer.", "Download it on the Models page.")
    assert {"The model is not on this computer.", "Download it on the Models page."} <= set(visible_texts(editor._trial))
    assert button(editor, "tryTask").isEnabled()


def test_a_faulty_task_can_not_be_tried(qtbot, editor):
    copy_invoice(editor)
    control(editor, QLineEdit, "taskTitle").clear()
    editor._form._on_changed()
    qtbot.waitUntil(lambda: not button(editor, "tryTask").isEnabled())
    assert "Give the task a name." in visible_texts(editor)


def test_own_tasks_are_deleted_after_a_question(qtbot, editor):
    editor._list.choose("mine")
    with qtbot.waitSignal(editor.task_deleted) as deleted:
        button(editor, "deleteTask").click()
        box = editor.findChild(QMessageBox, "deleteTaskQuestion")
        next(choice for choice in box.buttons() if choice.text() == "Delete").click()
    assert deleted.args == ["mine"]


def test_unsaved_changes_are_asked_about(qtbot, editor):
    copy_invoice(editor)
    editor._list.choose("mine")
    box = editor.findChild(QMessageBox, "unsavedTask")
    assert "Invoice (mine)" in box.text()
    next(choice for choice in box.buttons() if choice.text() == "Discard").click()
    assert editor.shown_task == OWN
    assert not editor.has_changes


def test_titles_are_kept_in_other_languages(editor):
    use_language("tr")
    try:
        copy = copy_of(TASK, ())
    finally:
        use_language("en")
    assert set(copy.title) == {"tr"}
    assert copy.fields[0].title == {"en": "Seller", "tr": "Satıcı"}
