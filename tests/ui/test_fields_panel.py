from __future__ import annotations

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton, QToolButton

from app.domain.result import CheckOutcome, LabelAnswer, LabelScore, Point, Proof, Result, Value
from app.domain.review import CONFIRMED, CORRECTED
from app.domain.task import FieldType, Task, TaskField, TaskLabel
from app.ui.messages import use_language
from app.ui.views.check_sentences import check_sentence
from app.ui.views.entries import Entry, layout_of
from app.ui.views.field_card import FieldCard
from app.ui.views.fields_panel import FieldsPanel
from app.ui.views.label_panel import LabelPanel
from app.ui.views.picked_words import PickedWordsError, picked_value
from app.ui.views.rows_table import RowsTable, RowsTableModel
from app.ui.views.stored_sentences import shown_notices, shown_reason
from app.ui.views.summary_panel import SummaryPanel
from app.ui.views.typed_values import EntryError, parsed_value, shown_value
from app.ui.widgets.numbered_choice import NumberedChoice
from app.ui.widgets.pill import Pill
from app.ui.widgets.plain_label import PlainLabel
from tests.helpers.review_samples import TASK, make_document, make_result, place, value

ENGLISH, GERMAN, TURKISH, AMERICAN = QLocale("en_GB"), QLocale("de_DE"), QLocale("tr_TR"), QLocale("en_US")


def texts(widget) -> list[str]:
    return [label.text() for label in widget.findChildren(PlainLabel) if not label.isHidden() and label.text()]


@pytest.fixture
def document():
    return make_document()


@pytest.fixture
def panel(qtbot, document):
    panel = FieldsPanel()
    qtbot.addWidget(panel)
    panel.resize(312, 640)
    result = make_result(document)
    panel.show_result(layout_of(TASK, result, review_below=0.75), result, document, TASK)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


@pytest.mark.parametrize(
    ("type_", "normalized", "locale", "shown"),
    [
        (FieldType.DATE, "2014-04-19", ENGLISH, "19 Apr 2014"),
        (FieldType.DATE, "2014-04-19", TURKISH, "19 Nis 2014"),
        (FieldType.AMOUNT, "1234567.50", GERMAN, "1.234.567,50"),
        (FieldType.AMOUNT, "-12.30", ENGLISH, "−12.30"),
        (FieldType.NUMBER, "3", ENGLISH, "3"),
        (FieldType.IBAN, "DE89370400440532013000", ENGLISH, "DE89 3704 0044 0532 0130 00"),
        (FieldType.DURATION, "P2Y", ENGLISH, "2 years"),
        (FieldType.DATE, "spring", ENGLISH, "spring"),
        (FieldType.AMOUNT, "NaN", ENGLISH, "NaN"),
    ],
)
def test_values_are_shown_in_the_persons_locale(type_, normalized, locale, shown):
    assert shown_value(type_, normalized, locale=locale) == shown


@pytest.mark.parametrize(
    ("type_", "typed", "locale", "normalized"),
    [
        (FieldType.DATE, "19.4.2014", GERMAN, "2014-04-19"),
        (FieldType.DATE, "3/4/2020", ENGLISH, "2020-04-03"),
        (FieldType.DATE, "3/4/2020", AMERICAN, "2020-03-04"),
        (FieldType.DATE, "19 Nisan 2014", TURKISH, "2014-04-19"),
        (FieldType.DATE, "2014-04-19", TURKISH, "2014-04-19"),
        (FieldType.AMOUNT, "1.234,50 €", GERMAN, "1234.50"),
        (FieldType.AMOUNT, "1,234.50", GERMAN, "1234.50"),
        (FieldType.AMOUNT, "1,234", ENGLISH, "1234"),
        (FieldType.AMOUNT, "1,234", GERMAN, "1.234"),
        (FieldType.AMOUNT, "(12.30)", ENGLISH, "-12.30"),
        (FieldType.AMOUNT, "717,97", ENGLISH, "717.97"),
        (FieldType.CURRENCY, "€", ENGLISH, "EUR"),
        (FieldType.IBAN, "de89 3704 0044 0532 0130 00", ENGLISH, "DE89370400440532013000"),
        (FieldType.EMAIL, "Me@Example.org", ENGLISH, "me@example.org"),
        (FieldType.TIME, "9:05", ENGLISH, "09:05"),
        (FieldType.TEXT, "  two   words ", ENGLISH, "two words"),
    ],
)
def test_typed_text_is_normalized(type_, typed, locale, normalized):
    assert parsed_value(type_, typed, locale=locale) == normalized


@pytest.mark.parametrize(
    ("type_", "typed", "words"),
    [
        (FieldType.DATE, "32.1.2020", "not a date"),
        (FieldType.AMOUNT, "about twelve", "not a number"),
        (FieldType.AMOUNT, "12 or 13", "not a number"),
        (FieldType.IBAN, "DE89 3704 0044 0532 0130 01", "check digits"),
        (FieldType.EMAIL, "me@home", "not an e-mail"),
    ],
)
def test_text_of_another_type_is_refused_in_plain_words(type_, typed, words):
    with pytest.raises(EntryError, match=words):
        parsed_value(type_, typed, locale=ENGLISH)


def test_a_choice_is_recognised_by_its_words():
    choices = {"card": ("Visa", "Mastercard"), "cash": ()}
    assert parsed_value(FieldType.CHOICE, "visa", choices=choices) == "card"
    with pytest.raises(EntryError, match="card, cash"):
        parsed_value(FieldType.CHOICE, "cheque", choices=choices)


def test_picked_words_are_read_as_the_document_writes_them(document):
    entry = Entry("total_amount", "Total", Value(), FieldType.AMOUNT)
    picked = value(document, "593,36").evidence
    assert picked_value(entry, "593,36", picked, document) == "593.36"
    with pytest.raises(PickedWordsError):
        picked_value(entry, "ACME", value(document, "ACME").evidence, document)


def test_header_counts_what_is_to_check(panel):
    assert "3 of 9 to check" in texts(panel)
    assert panel.open_targets == ("due_date", "total_amount", "line_items[0].amount")


def test_cards_show_title_value_proof_and_reason(panel):
    panel.select("total_amount")
    card = panel.card_of("total_amount")
    shown = texts(card)
    assert {"Total amount", "717.97", "to check", "less sure"} <= set(shown)
    assert any("Several amounts could be meant." in text for text in shown)
    assert "to check" in card.accessibleName()
    assert [choice.accessibleName() for choice in card.findChildren(NumberedChoice)] == ["Use 593,36", "Use 124,61"]


def test_no_percentage_is_shown_alone(panel):
    assert not [text for text in texts(panel) if "%" in text]


def test_document_text_is_never_rich(qtbot):
    card = FieldCard()
    qtbot.addWidget(card)
    card.set_entry(Entry("a", "<b>Title</b>", Value(value="<img src=x>", text="<img src=x>", proof=Proof.GROUNDED, confidence=1)))
    for label in card.findChildren(PlainLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText
    assert "<img src=x>" in texts(card)


def test_a_number_takes_the_candidate(qtbot, panel):
    panel.select("total_amount")
    with qtbot.waitSignal(panel.corrected) as corrected:
        panel.choose(2)
    target, new, text, evidence = corrected.args
    assert (target, new, text) == ("total_amount", "124.61", "124,61")
    assert evidence.page == 1


def test_typing_corrects_and_a_wrong_type_is_told_beside_the_line(qtbot, panel):
    panel.select("issue_date")
    panel.edit_current()
    card = panel.card_of("issue_date")
    line = card.findChild(QLineEdit, "valueEdit")
    line.setText("yesterday")
    with qtbot.assertNotEmitted(panel.corrected):
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert any("not a date" in text for text in texts(card))
    line.setText("20 April 2014")
    with qtbot.waitSignal(panel.corrected) as corrected:
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert corrected.args == ["issue_date", "2014-04-20", "20 April 2014", None]
    assert not card.is_editing


def test_escape_leaves_the_value(qtbot, panel):
    panel.select("issue_date")
    panel.edit_current()
    card = panel.card_of("issue_date")
    line = card.findChild(QLineEdit, "valueEdit")
    line.setText("nonsense")
    with qtbot.assertNotEmitted(panel.corrected):
        qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert not card.is_editing


def test_an_emptied_value_is_taken_out(qtbot, panel):
    panel.select("net_amount")
    panel.edit_current()
    line = panel.card_of("net_amount").findChild(QLineEdit, "valueEdit")
    line.clear()
    with qtbot.waitSignal(panel.corrected) as corrected:
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert corrected.args == ["net_amount", None, None, None]


def test_stepping_goes_round_and_selects(qtbot, panel):
    panel.select("seller_name")
    with qtbot.waitSignal(panel.target_selected) as selected:
        panel.step(-1)
    assert selected.args == [panel._order[-1]]
    panel.step(1)
    assert panel.current == "seller_name"


def test_accepting_takes_what_is_to_check_then_the_rest(qtbot, panel, document):
    panel.select("total_amount")
    with qtbot.waitSignal(panel.accepted) as accepted:
        panel.accept_current()
    assert accepted.args == ["total_amount"]
    panel.select("seller_name")
    with qtbot.assertNotEmitted(panel.accepted):
        panel.accept_current()
    assert panel.current in panel.open_targets
    clean = Result(task="invoice", fields={"seller_name": value(document, "ACME Ltd.")})
    panel.show_result(layout_of(None, clean, review_below=0.75), clean, document, None)
    with qtbot.waitSignal(panel.accepted) as accepted:
        panel.accept_current()
    assert accepted.args == [None]


def test_a_persons_value_is_marked_as_theirs(qtbot, panel, document):
    result = make_result(document)
    own = value(document, "593,36", "593.36").model_copy(update={"corrected": True, "reason": CORRECTED})
    confirmed = result.fields["seller_name"].model_copy(update={"corrected": True, "reason": CONFIRMED})
    result = result.model_copy(update={"fields": result.fields | {"total_amount": own, "seller_name": confirmed}})
    panel.show_result(layout_of(TASK, result, review_below=0.75), result, document, TASK)
    assert "yours" in texts(panel.card_of("total_amount"))
    assert "accepted" in texts(panel.card_of("seller_name"))
    assert panel.findChild(object, "undo").isVisible()


def test_list_values_are_one_card_with_a_line_each(qtbot, panel):
    panel.select("tags[1]")
    card = panel.card_of("tags[1]")
    assert "conditions" in texts(card)
    with qtbot.waitSignal(panel.corrected) as corrected:
        panel.edit_current()
        line = card.findChild(QLineEdit, "valueEdit")
        line.setText("terms")
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert corrected.args[0] == "tags[1]"


def test_cards_are_kept_while_the_same_fields_are_shown(panel, document):
    before = panel.card_of("total_amount")
    result = make_result(document)
    panel.show_result(layout_of(TASK, result, review_below=0.75), result, document, TASK)
    assert panel.card_of("total_amount") is before


def test_titles_follow_the_language(panel, document):
    use_language("tr")
    try:
        layout = layout_of(TASK, make_result(document), review_below=0.75)
    finally:
        use_language("en")
    titles = {card.name: card.title for card in layout.cards}
    assert titles["seller_name"] == "Satıcı"
    assert titles["invoice_number"] == "Invoice number"
    assert titles["due_date"] == "Due date"


def test_values_are_pending_while_the_job_works(document):
    result = Result(task="invoice", fields={"seller_name": value(document, "ACME Ltd.")})
    layout = layout_of(TASK, result, review_below=0.75, working=True)
    pending = {entry.target: entry.pending for entry in layout.entries}
    assert pending["seller_name"] is False
    assert pending["total_amount"] is True
    assert not layout.open_targets


def test_checks_read_as_sentences(document):
    result = make_result(document)
    outcome = CheckOutcome(expression="net_amount <= total_amount", passed=True)
    assert check_sentence(outcome, TASK, result) == "Net amount 593.36 ≤ Total amount 717.97"
    rows = CheckOutcome(expression="sum(line_items.amount) == net_amount", passed=False, message="The rows do not add up.")
    assert check_sentence(rows, TASK, result) == "The rows do not add up. sum of Line items: Amount = Net amount 593.36"
    missing = CheckOutcome(expression="due_date >= issue_date", passed=None)
    assert check_sentence(missing, TASK, result) == "Due date (not found) ≥ Issue date 19 Apr 2014"


def test_rows_model_keeps_the_rules(qtbot, qtmodeltester, document):
    model = RowsTableModel()
    model.set_group(layout_of(TASK, make_result(document), review_below=0.75).tables[0])
    qtmodeltester.check(model)
    assert model.headerData(1, Qt.Orientation.Horizontal) == "Amount"
    assert model.index_of("line_items[0].amount").column() == 1


def test_cells_are_normalized_or_refused(qtbot, document):
    model = RowsTableModel()
    model.set_group(layout_of(TASK, make_result(document), review_below=0.75).tables[0])
    cell = model.index_of("line_items[1].amount")
    with qtbot.waitSignal(model.refused) as refused:
        assert not model.setData(cell, "many")
    assert "not a number" in refused.args[0]
    with qtbot.waitSignal(model.corrected) as corrected:
        assert model.setData(cell, "14.00")
    assert corrected.args == ["line_items[1].amount", "14.00", "14.00"]


def label_task() -> Task:
    return Task(
        id="kind",
        kind="classify",
        labels=(TaskLabel(name="invoice", title={"en": "Invoice"}), TaskLabel(name="receipt"), TaskLabel(name="other")),
    )


def test_runners_up_have_words_and_can_be_taken(qtbot, document):
    panel = LabelPanel()
    qtbot.addWidget(panel)
    answer = LabelAnswer(
        value="invoice", confidence=0.6, proof=Proof.AMBIGUOUS, alternatives=(LabelScore(value="receipt", probability=0.36),)
    )
    panel.show_label(answer, label_task(), document, to_check=True)
    shown = texts(panel)
    assert {"Invoice", "Receipt", "could be", "to check"} <= set(shown)
    with qtbot.waitSignal(panel.label_picked) as picked:
        panel.choose(1)
    assert picked.args == ["receipt"]


def test_any_other_class_can_be_picked(qtbot, document):
    panel = LabelPanel()
    qtbot.addWidget(panel)
    panel.show_label(LabelAnswer(value="invoice", confidence=0.9), label_task(), document, to_check=False)
    with qtbot.waitSignal(panel.label_picked) as picked:
        panel._choice.setCurrentIndex(panel._choice.findData("other"))
        panel._choice.activated.emit(panel._choice.currentIndex())
    assert picked.args == ["other"]


def test_visiting_a_point_again_shows_its_next_sentence(qtbot, document):
    panel = SummaryPanel()
    qtbot.addWidget(panel)
    first, second = value(document, "INVOICE").evidence, value(document, "Terms").evidence
    points = (Point(text="One", evidence=(first, second)), Point(text="Two", evidence=(), proof=Proof.AMBIGUOUS))
    panel.show_points(points, {"points[1]"})
    seen = []
    panel.evidence_clicked.connect(seen.append)
    for _ in range(3):
        panel.visit(0)
    assert seen == [first, second, first]
    assert "to check" in texts(panel)


def test_a_value_is_added_to_a_list(qtbot, panel):
    panel.select("tags[0]")
    panel.findChild(QPushButton, "addValue").click()
    assert panel.current == "tags[2]"
    line = panel.card_of("tags[2]").findChild(QLineEdit, "valueEdit")
    line.setText("net 14")
    with qtbot.waitSignal(panel.corrected) as corrected:
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert corrected.args == ["tags[2]", "net 14", "net 14", None]


def test_leaving_a_new_value_adds_nothing(qtbot, panel):
    panel.findChild(QPushButton, "addValue").click()
    card = panel.card_of("tags[2]")
    with qtbot.assertNotEmitted(panel.corrected):
        qtbot.keyClick(card.findChild(QLineEdit, "valueEdit"), Qt.Key.Key_Escape)
    assert panel.card_of("tags[2]") is None


def test_escape_in_the_editor_is_not_a_shortcut_of_the_window(qtbot, panel):
    closed = []
    QShortcut(QKeySequence("Esc"), panel).activated.connect(lambda: closed.append(True))
    panel.select("issue_date")
    panel.edit_current()
    card = panel.card_of("issue_date")
    qtbot.keyClick(card.findChild(QLineEdit, "valueEdit"), Qt.Key.Key_Escape)
    assert not card.is_editing
    assert closed == []


def test_rows_are_added_and_removed(qtbot, document):
    table = RowsTable()
    qtbot.addWidget(table)
    table.show_group(layout_of(TASK, make_result(document), review_below=0.75).tables[0])
    table.findChild(QToolButton, "addRow").click()
    assert table.model.rowCount() == 3
    with qtbot.waitSignal(table.corrected) as corrected:
        table.model.setData(table.model.index(2, 1), "3.50")
    assert corrected.args == ["line_items[2].amount", "3.50", "3.50", None]
    table.view.setCurrentIndex(table.model.index(0, 0))
    with qtbot.waitSignal(table.corrected) as corrected:
        table.findChild(QToolButton, "removeRow").click()
    assert corrected.args == ["line_items[0]", None, None, None]


def test_rows_that_were_not_found_can_still_be_written(qtbot, document):
    table = RowsTable()
    qtbot.addWidget(table)
    table.show_group(layout_of(TASK, Result(task="invoice"), review_below=0.75).tables[0])
    assert "none found" in texts(table)
    assert table.view.isHidden()
    table.findChild(QToolButton, "addRow").click()
    assert not table.view.isHidden()
    assert table.model.entry_at(table.model.index(0, 0)).target == "line_items[0].description"


def test_stored_sentences_are_told_in_the_persons_language():
    use_language("tr")
    try:
        assert shown_reason("Two amounts could be meant: 12.00, 13.00.") == "İki değer kastedilmiş olabilir: 12.00, 13.00."
        assert shown_reason("Something new.") == "Something new."
        short, whole = shown_notices([f"Page {number} could not be read." for number in (1, 2, 3)])
    finally:
        use_language("en")
    assert short == "1. sayfa okunamadı. 2. sayfa okunamadı. Ve bir not daha."
    assert whole.count("\n") == 2
    assert shown_notices(["Only one."]) == ("Only one.", "")


def test_checks_of_an_unknown_task_are_still_sentences(document):
    outcome = CheckOutcome(expression="sum(line_items.amount) == net_amount", passed=True)
    assert check_sentence(outcome, None, make_result(document)) == "sum of Line items.amount (not found) = Net amount 593.36"


def test_a_point_is_accepted_or_taken_out(qtbot, panel, document):
    points = (
        Point(text="One", evidence=(value(document, "INVOICE").evidence,), proof=Proof.AMBIGUOUS),
        Point(text="Two", evidence=()),
    )
    result = Result(task="bullets", points=points)
    panel.show_result(layout_of(None, result, review_below=0.75), result, document, None)
    panel.select("points[0]")
    with qtbot.waitSignal(panel.accepted) as accepted:
        panel.findChild(QPushButton, "acceptPoint0").click()
    assert accepted.args == ["points[0]"]
    with qtbot.waitSignal(panel.corrected) as corrected:
        panel.findChild(QPushButton, "removePoint0").click()
    assert corrected.args == ["points[0]", None, None, None]


def summary_of(document, *, reason: str = "") -> Result:
    evidence = place(document, "INVOICE")
    return Result(task="t", points=(Point(text="One thing.", evidence=(evidence,), reason=reason, confidence=0.8),))


def test_the_text_of_a_point_is_edited_in_place(qtbot, panel, document):
    result = summary_of(document)
    panel.show_result(layout_of(None, result, review_below=0.75), result, document, None)
    panel.select("points[0]")
    assert panel.edit_current()
    editor = panel.findChild(QPlainTextEdit, "pointEdit")
    editor.setPlainText("Another thing.")
    with qtbot.waitSignal(panel.corrected) as corrected:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert corrected.args == ["points[0]", "Another thing.", "Another thing.", None]
    assert editor.isHidden()


def test_a_point_that_was_edited_is_the_persons(panel, document):
    result = summary_of(document, reason=CORRECTED)
    panel.show_result(layout_of(None, result, review_below=0.75), result, document, None)
    assert "yours" in texts(panel)


def test_many_fields_come_by_and_by_and_one_wanted_at_once(qtbot, document):
    panel = FieldsPanel()
    qtbot.addWidget(panel)
    fields = tuple(TaskField(name=f"field_{number}") for number in range(30))
    result = Result(task="t", fields={spec.name: Value(value="x", proof=Proof.GROUNDED, confidence=1.0) for spec in fields})
    task = Task(id="t", kind="extract", fields=fields)
    panel.start()
    panel.show_result(layout_of(task, result, review_below=0.75), result, document, task)
    assert len(panel.findChildren(FieldCard)) < 30
    assert panel.card_of("field_29") is not None
    panel.start()
    panel.show_result(layout_of(task, result, review_below=0.75), result, document, task)
    assert len(panel.findChildren(FieldCard)) == 30


def test_a_badge_says_why(panel):
    tips = [pill.toolTip() for pill in panel.findChildren(Pill) if not pill.isHidden() and pill.toolTip()]
    assert len(tips) >= 3


def test_with_nothing_to_check_the_next_document_is_offered(panel, document):
    result = Result(task="t", fields={"a": Value(value="x", proof=Proof.VERIFIED, confidence=1.0)})
    panel.show_result(layout_of(None, result, review_below=0.75), result, document, None)
    assert panel.findChild(QPushButton, "acceptAll").isHidden()
    assert panel.findChild(QPushButton, "skip").text() == "Next  S"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"rests_on": 1412}, "Confidence measured on 1,412 answers."),
        ({"rests_on": 1}, "Confidence measured on 1 answer."),
        ({"rests_on": 0}, "Confidence judged, not measured."),
        ({"rests_on": 40, "uncalibrated": 0.7}, "Confidence measured on 40 answers. Your own reviews have changed it."),
        ({"rests_on": 40, "corrected": True, "reason": CORRECTED}, ""),
    ],
)
def test_what_a_confidence_rests_on_is_told(changes, told, qtbot, document):
    result = make_result(document)
    name = next(iter(result.fields))
    fields = result.fields | {name: result.fields[name].model_copy(update=changes)}
    shown = result.model_copy(update={"fields": fields})
    panel = FieldsPanel()
    qtbot.addWidget(panel)
    panel.show_result(layout_of(TASK, shown, review_below=0.75), shown, document, TASK)
    card = panel.card_of(name)
    assert isinstance(card, FieldCard)
    assert card.findChild(Pill).toolTip().endswith(told)
    assert card.accessibleDescription().endswith(told)
    assert bool(told) == ("Confidence" in card.accessibleDescription())
