"""Settling: what a larger model says is grounded, checked, taken or refused, and both readings are kept."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.document import Document, Page
from app.domain.redaction import redact, restore
from app.domain.result import Evidence, LabelAnswer, LabelScore, Opinion, Proof, Result, Value
from app.domain.review import correct
from app.domain.task import SummaryStyle, Task, TaskField, TaskKind, TaskLabel
from app.domain.trust import UNJUDGED, Trust
from app.tasks.answers.recheck import recheck
from app.tasks.enquiry.build import enquire
from app.tasks.extraction.extract import extract
from app.tasks.settling.settle import settle
from app.tasks.settling.values import Larger, sure_if_other, sure_if_same

INVOICE = Task.model_validate(tomllib.loads(Path("resources/tasks/invoice.toml").read_text(encoding="utf-8")))
BILL = """Nordwind Werkzeuge GmbH            Invoice no: NW-2291
Bremer Weg 4, 20095 Hamburg        Invoice date: 04.05.2026
Bill to: Clara Oswin               Due date: 18.05.2026

Description        Quantity   Unit price     Amount
Drill bits               4        12.50      50.00
Saw blade                2        10.00      20.00

Net amount                                   70.00
VAT 19 %                                     13.30
Total amount                                 83.30
Paid so far                                  60.00
Please pay within 14 days.
"""
THEM = "big-model"


def document_of(text):
    return Document(name="a.txt", sha256="0" * 64, format="text", text=text, pages=(Page(number=1, start=0, end=len(text)),))


DOCUMENT = document_of(BILL)


LOCAL = extract(INVOICE, DOCUMENT, None)


@pytest.fixture
def local():
    return LOCAL


def ask(result, task=INVOICE, document=DOCUMENT, **answers):
    return settle(task, document, result, answers, source=THEM)


def doubted(result, name, value=None, confidence=0.5):
    """The result with another local value."""
    place = None
    if value is not None:
        start = BILL.index(value)
        place = Evidence(page=1, start=start, end=start + len(value))
    changed = Value(value=value, text=value, evidence=place, confidence=confidence, proof=Proof.AMBIGUOUS)
    return recheck(result.model_copy(update={"fields": result.fields | {name: changed}}), INVOICE.checks)


def test_a_grounded_answer_takes_the_place_of_a_doubtful_one(local):
    settled = ask(doubted(local, "invoice_number", "20095"), invoice_number="NW-2291")
    value = settled.fields["invoice_number"]
    assert (value.value, BILL[value.evidence.start : value.evidence.end]) == ("NW-2291", "NW-2291")
    assert value.confidence > 0.6
    assert value.proof is Proof.GROUNDED
    assert [(each.source, each.value, each.accepted) for each in value.opinions] == [
        ("local", "20095", False),
        (THEM, "NW-2291", True),
    ]
    assert value.alternatives[0].value == "20095"
    assert settled.route.kind == "frontier"


@pytest.mark.parametrize(("confidence", "kept"), [(0.94, "NW-2291"), (0.96, "20095")])
def test_an_answer_that_is_surer_than_larger_models_are_stays(local, confidence, kept):
    settled = ask(doubted(local, "invoice_number", "20095", confidence), invoice_number="NW-2291")
    value = settled.fields["invoice_number"]
    assert value.value == kept
    assert [(each.value, each.accepted) for each in value.opinions] == [("20095", kept == "20095"), ("NW-2291", kept == "NW-2291")]
    assert ("surer" in value.opinions[1].reason) == (kept == "20095")


@pytest.mark.parametrize(
    "said", ["NW-9999", "Invoice no NW-2291-B", "NW-229", "W-2291", "2291-NW", {"value": "NW-2291"}, True, ["NW-2291"]]
)
def test_what_does_not_stand_in_the_document_is_refused(local, said):
    before = doubted(local, "invoice_number", "20095")
    settled = ask(before, invoice_number=said)
    value = settled.fields["invoice_number"]
    assert value.value == "20095"
    assert value.confidence == 0.5
    assert [each.accepted for each in value.opinions] == [True, False]
    assert value.opinions[1].reason
    assert settled.route.kind == "local"


def test_a_second_models_refused_answer_leaves_the_first_ones_in_force(local):
    first = ask(doubted(local, "invoice_number", "20095"), invoice_number="NW-2291")
    settled = settle(INVOICE, DOCUMENT, first, {"invoice_number": "NW-9999"}, source="other-model")
    value = settled.fields["invoice_number"]
    assert value.value == "NW-2291"
    assert [(each.source, each.accepted) for each in value.opinions] == [("local", False), (THEM, True), ("other-model", False)]


def test_the_local_answer_is_kept_beside_what_a_picture_said(local):
    before = doubted(local, "invoice_number", "20095")
    seen = Opinion(source="picture", value="NW-8", text="NW-8")
    value = before.fields["invoice_number"].model_copy(update={"opinions": (seen,)})
    before = before.model_copy(update={"fields": before.fields | {"invoice_number": value}})
    opinions = ask(before, invoice_number="NW-2291").fields["invoice_number"].opinions
    assert [(each.source, each.value, each.accepted) for each in opinions] == [
        ("local", "20095", False),
        ("picture", "NW-8", False),
        (THEM, "NW-2291", True),
    ]


@pytest.mark.parametrize(
    ("field", "said"),
    [("invoice_number", "Total"), ("invoice_number", "Saw blade"), ("due_date", "Due date"), ("seller_name", "Total")],
)
def test_a_label_is_no_value(local, field, said):
    value = ask(doubted(local, field), **{field: said}).fields[field]
    assert value.value is None
    assert not value.opinions[-1].accepted


@pytest.mark.parametrize(
    ("field", "said", "value"),
    [
        ("total_amount", "83,30 EUR", "83.30"),
        ("issue_date", "2026-05-04", "2026-05-04"),
        ("issue_date", "4 May 2026", "2026-05-04"),
        ("total_amount", 83.3, "83.30"),
    ],
)
def test_other_spellings_of_a_value_that_stands_there_are_found(local, field, said, value):
    settled = ask(doubted(local, field), **{field: said})
    assert settled.fields[field].value == value
    assert settled.fields[field].evidence is not None


def test_two_readers_who_agree_are_surer(local):
    before = doubted(local, "invoice_number", "NW-2291", 0.55)
    value = ask(before, invoice_number="NW-2291").fields["invoice_number"]
    assert value.value == "NW-2291"
    assert value.confidence > 0.9
    assert value.proof is Proof.GROUNDED
    assert all(each.accepted for each in value.opinions)


def test_a_value_that_breaks_a_sum_is_refused_and_one_that_mends_it_is_taken(local):
    assert local.fields["total_amount"].value == "83.30"
    broken = ask(local, total_amount="60.00").fields["total_amount"]
    assert broken.value == "83.30"
    assert broken.opinions[-1].value == "60.00"
    assert not broken.opinions[-1].accepted
    mended = ask(doubted(local, "total_amount", "60.00", 0.7), total_amount="83.30")
    assert mended.fields["total_amount"].value == "83.30"
    assert mended.fields["total_amount"].proof is Proof.VERIFIED
    assert all(outcome.passed is not False for outcome in mended.checks)


def test_values_that_must_agree_are_taken_together(local):
    wrong = doubted(doubted(local, "net_amount", "60.00"), "total_amount", "70.00")
    settled = ask(wrong, net_amount="70.00", total_amount="83.30")
    assert (settled.fields["net_amount"].value, settled.fields["total_amount"].value) == ("70.00", "83.30")


def test_a_denial_drops_only_an_unlikely_optional_value(local):
    unlikely = doubted(local, "purchase_order", "20095", 0.3)
    assert ask(unlikely, purchase_order=None).fields["purchase_order"].value is None
    likely = doubted(local, "purchase_order", "20095", 0.7)
    assert ask(likely, purchase_order="null").fields["purchase_order"].value == "20095"
    required = doubted(local, "invoice_number", "20095", 0.3)
    assert ask(required, invoice_number=None).fields["invoice_number"].value == "20095"


def test_a_persons_word_is_final(local):
    person = correct(local, DOCUMENT, "invoice_number", value="MINE-1")
    settled = ask(person, invoice_number="NW-2291", total_amount="83.30")
    assert settled.fields["invoice_number"] == person.fields["invoice_number"]
    rows = correct(local, DOCUMENT, "line_items[0].amount", value="51.00")
    assert ask(rows, line_items=[{"amount": "50.00"}]).rows == rows.rows


def test_rows_are_taken_with_every_cell_at_its_place(local):
    given_rows = [
        {"description": "Drill bits", "quantity": "4", "unit_price": "12.50", "amount": "50.00"},
        {"description": "Saw blade", "quantity": "2", "unit_price": "10.00", "amount": "20.00"},
    ]
    settled = ask(local.model_copy(update={"rows": {"line_items": ()}}), line_items=given_rows)
    read = [{name: value.value for name, value in row.items()} for row in settled.rows["line_items"]]
    assert [row["description"] for row in read] == ["Drill bits", "Saw blade"]
    assert [row["amount"] for row in read] == ["50.00", "20.00"]
    lines = [{BILL.count("\n", 0, value.evidence.start) for value in row.values()} for row in settled.rows["line_items"]]
    assert lines == [{5}, {6}]
    assert settled.opinions["line_items"][1].accepted


@pytest.mark.parametrize(
    "rows",
    [
        [{"description": "Hammer", "quantity": "9", "unit_price": "3.99", "amount": "35.91"}],
        [{"amount": "50.00"}, {"amount": "60.00"}],
        "none",
        [],
        [["50.00"]],
    ],
)
def test_rows_that_do_not_hold_are_refused_as_a_whole(local, rows):
    settled = ask(local, line_items=rows)
    assert [[v.value for v in row.values()] for row in settled.rows["line_items"]] == [
        [v.value for v in row.values()] for row in local.rows["line_items"]
    ]
    assert not settled.opinions["line_items"][-1].accepted


PARTIES = Task(id="t", kind=TaskKind.EXTRACT, fields=(TaskField(name="people", type="name", many=True),))
LETTER = document_of("Minutes\nPresent: Ada Novak, Bo Lindqvist and Cem Aydin\nThe chair thanked everybody.\n")


def test_members_of_a_list_are_grounded_one_by_one():
    settled = ask(Result(task="t"), PARTIES, LETTER, people=["Cem Aydin", "Ada Novak", "Dora Unknown", None])
    assert [value.value for value in settled.lists["people"]] == ["Ada Novak", "Cem Aydin"]
    assert settled.opinions["people"][1].accepted


def test_a_list_of_nobody_in_the_document_changes_nothing():
    before = ask(Result(task="t"), PARTIES, LETTER, people=["Ada Novak"])
    after = ask(before, PARTIES, LETTER, people=["Dora Unknown"])
    assert after.lists == before.lists


SORT = Task(id="sort", kind=TaskKind.CLASSIFY, labels=(TaskLabel(name="letter"), TaskLabel(name="bill"), TaskLabel(name="other")))


def sorted_as(value="letter", confidence=0.5, **more):
    rest = tuple(LabelScore(value=name, probability=(1 - confidence) / 2) for name in ("letter", "bill", "other") if name != value)
    return Result(task="sort", label=LabelAnswer(value=value, confidence=confidence, alternatives=rest, **more))


@pytest.mark.parametrize(
    ("said", "value", "method"),
    [
        ("bill", "bill", "frontier"),
        ("letter", "letter", "zero_shot"),
        ("poem", "letter", "zero_shot"),
        (None, "letter", "zero_shot"),
    ],
)
def test_a_class_must_be_one_of_the_tasks(said, value, method):
    label = ask(sorted_as(), SORT, label=said).label
    assert (label.value, label.method) == (value, method)
    assert label.confidence + sum(each.probability for each in label.alternatives) == pytest.approx(1.0)
    assert label.opinions[0].source == "local"
    assert label.opinions[0].accepted is (value == "letter")


def test_a_persons_class_is_final():
    before = sorted_as(method="person")
    assert ask(before, SORT, label="bill") == before


SUM = Task(id="sum", kind=TaskKind.SUMMARIZE, max_points=3)
MINUTES = document_of(
    "The committee met on 12 March 2026 in Oldenburg. It approved a budget of 4,200 euros for the new roof. "
    "Mr Aydin will ask three firms for offers until the end of April. The next meeting was not fixed."
)


def test_points_stand_on_sentences_of_the_document():
    settled = ask(
        Result(task="sum"),
        SUM,
        MINUTES,
        points=["The committee approved 4,200 euros for a new roof.", "Mr Aydin asks three firms for offers."],
    )
    assert [point.text for point in settled.points] == [
        "The committee approved 4,200 euros for a new roof.",
        "Mr Aydin asks three firms for offers.",
    ]
    for point in settled.points:
        assert point.evidence
        assert point.proof is Proof.GROUNDED
    assert "roof" in MINUTES.text[settled.points[0].evidence[0].start : settled.points[0].evidence[-1].end]


@pytest.mark.parametrize(
    "said",
    [
        "The committee approved 9,900 euros.",
        "It met in Hamburg.",
        "Ms Novak asks three firms.",
        "Whales sleep standing up in deep water.",
        7,
        {"a": 1},
    ],
)
def test_a_point_with_facts_of_its_own_is_refused(said):
    before = ask(Result(task="sum"), SUM, MINUTES, points=["It approved a budget of 4,200 euros for the new roof."])
    settled = ask(before, SUM, MINUTES, points=[said])
    assert settled.points == before.points
    assert not settled.opinions["points"][-1].accepted


def test_answers_of_a_faq_keep_their_questions():
    faq = SUM.model_copy(update={"style": SummaryStyle.FAQ})
    given_points = [{"question": "What was approved?", "text": "A budget of 4,200 euros for the new roof."}]
    (point,) = ask(Result(task="sum"), faq, MINUTES, points=given_points).points
    assert point.question == "What was approved?"


def test_with_auto_the_chosen_tasks_answer_is_settled(local):
    outer = Result(task="auto", label=LabelAnswer(value="invoice", confidence=0.9), then=doubted(local, "invoice_number", "20095"))
    settled = ask(outer, invoice_number="NW-2291")
    assert settled.then.fields["invoice_number"].value == "NW-2291"
    assert settled.route.kind == "frontier"


anything = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=20) | st.sampled_from(BILL.split()),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["amount", "description", "text"]), inner, max_size=3)
    ),
    max_leaves=6,
)


# The first draw warms the recognizers up, which takes seconds on a busy machine.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["total_amount", "seller_name", "due_date", "line_items", "label", "points", "nonsense"]), anything
    )
)
def test_whatever_is_answered_nothing_is_invented(answers):
    before = LOCAL
    settled = settle(INVOICE, DOCUMENT, before, answers, source=THEM)
    values = [*settled.fields.values(), *(value for row in settled.rows["line_items"] for value in row.values())]
    for value in values:
        if value.value is not None:
            assert BILL[value.evidence.start : value.evidence.end] == value.text
        assert 0 <= value.confidence <= 1
    assert settled.points == ()
    untouched = before.fields.keys() - answers.keys()
    assert all(settled.fields[name].value == before.fields[name].value for name in untouched)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_confidence_follows_the_evidence(confidence, prior, more):
    by, worse = Larger(THEM), Larger(THEM, Trust(n_right=10, n_judged=40))
    assert 0 < sure_if_same(confidence, by) < 1
    assert sure_if_other(confidence, min(prior, more), by) <= sure_if_other(confidence, max(prior, more), by)
    assert sure_if_same(min(confidence, more), by) <= sure_if_same(max(confidence, more), by)
    assert sure_if_same(confidence, worse) <= sure_if_same(confidence, by)
    assert sure_if_other(confidence, prior, worse) <= sure_if_other(confidence, prior, by)


def test_a_model_that_reviews_found_wrong_makes_its_answers_less_sure(local):
    doubtful = doubted(local, "invoice_number", "20095")
    said = {"invoice_number": "NW-2291"}
    usual, poor = (
        settle(INVOICE, DOCUMENT, doubtful, said, source=THEM, trust=trust) for trust in (UNJUDGED, Trust(n_right=8, n_judged=40))
    )
    assert poor.fields["invoice_number"].value == usual.fields["invoice_number"].value
    assert poor.fields["invoice_number"].confidence < usual.fields["invoice_number"].confidence - 0.05
    assert (usual.fields["invoice_number"].rests_on, poor.fields["invoice_number"].rests_on) == (0, 40)


def test_a_surer_local_answer_stays_beside_a_model_that_is_often_wrong(local):
    sure = doubted(local, "invoice_number", "20095", confidence=0.9)
    said = {"invoice_number": "NW-2291"}
    assert settle(INVOICE, DOCUMENT, sure, said, source=THEM).fields["invoice_number"].value == "NW-2291"
    kept = settle(INVOICE, DOCUMENT, sure, said, source=THEM, trust=Trust(n_right=20, n_judged=40))
    assert kept.fields["invoice_number"].value == "20095"


def test_hidden_words_come_back_to_their_place(local):
    before = doubted(local, "seller_name", "Bremer Weg 4")
    named = before.fields["buyer_name"].model_copy(update={"alternatives": ()})
    before = before.model_copy(update={"fields": before.fields | {"buyer_name": named}})
    enquiry = enquire(INVOICE, DOCUMENT, before, targets=["seller_name", "buyer_name"])
    hidden = redact(enquiry)
    text = "\n".join(excerpt.text for excerpt in hidden.enquiry.excerpts)
    placeholder = next(name for name, words in hidden.replacements if words == "Clara Oswin")
    assert placeholder in text
    assert "Oswin" not in text
    settled = ask(before, **restore({"buyer_name": placeholder, "seller_name": "Nordwind Werkzeuge GmbH"}, hidden.replacements))
    assert settled.fields["buyer_name"].value == "Clara Oswin"
    assert settled.fields["seller_name"].value == "Nordwind Werkzeuge GmbH"


PAYMENT = Task(id="t", kind=TaskKind.EXTRACT, fields=(TaskField(name="iban", type="iban"),))
TRANSFERS = document_of("Pay to IBAN DE89 3704 0044 0532 0130 00\nRefunds from IBAN DE89 3704 0044 0532 0130 01\n")


def test_an_account_with_wrong_check_digits_is_marked_even_if_a_larger_model_read_it():
    nothing = Result(task="t", fields={"iban": Value(confidence=0.5)})
    value = ask(nothing, PAYMENT, TRANSFERS, iban="DE89370400440532013001").fields["iban"]
    assert (value.value, value.proof) == ("DE89370400440532013001", Proof.CONTRADICTED)
    assert value.reason == "Its check digits are wrong: see how it is printed."
    right = ask(nothing, PAYMENT, TRANSFERS, iban="DE89370400440532013000").fields["iban"]
    assert right.proof is not Proof.CONTRADICTED


def test_an_account_with_wrong_check_digits_does_not_replace_a_right_one():
    place = Evidence(page=1, start=12, end=39)
    sure = Value(value="DE89370400440532013000", text=TRANSFERS.text[12:39], evidence=place, confidence=0.6, proof=Proof.VERIFIED)
    value = ask(Result(task="t", fields={"iban": sure}), PAYMENT, TRANSFERS, iban="DE89370400440532013001").fields["iban"]
    assert value.value == sure.value
    assert value.opinions[-1].reason == "A check fails with it."
