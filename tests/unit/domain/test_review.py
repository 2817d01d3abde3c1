from __future__ import annotations

import pytest

from app.domain.document import Document, Page, Word
from app.domain.result import Evidence, LabelAnswer, LabelScore, Point, Proof, Result, Value
from app.domain.review import (
    CONFIRMED,
    CORRECTED,
    ENTERED,
    ReviewRule,
    accept,
    correct,
    current_text,
    expected_errors,
    required_names,
    review_targets,
)
from app.domain.task import Task, TaskField, TaskKind, TaskRows

TEXT = "Total 100,00 EUR\nNet 84,03 EUR\nTotal again 100,00"
DOCUMENT = Document(
    name="a",
    sha256="0",
    format="pdf",
    text=TEXT,
    pages=(Page(number=1, start=0, end=len(TEXT)),),
    words=(Word(0, 5, 1, 0, 0, 50, 10), Word(6, 12, 1, 55, 0, 100, 10), Word(21, 26, 1, 55, 20, 90, 30)),
)
TASK = Task(
    id="t",
    kind=TaskKind.EXTRACT,
    fields=(TaskField(name="total", required=True), TaskField(name="note"), TaskField(name="parties", many=True, required=True)),
    rows=(TaskRows(name="items", fields=(TaskField(name="amount", required=True), TaskField(name="unit"))),),
)


def value(text: str | None = "100.00", confidence: float = 0.9, proof: Proof = Proof.GROUNDED) -> Value:
    place = Evidence(page=1, start=6, end=12)
    if text is None:
        return Value(confidence=confidence, proof=Proof.NOT_FOUND)
    return Value(value=text, text="100,00", evidence=place, confidence=confidence, proof=proof)


def result(**fields: Value) -> Result:
    return Result(task="t", fields={"total": value()} | fields, lists={"parties": (value("A"), value("B"))})


def targets(one: Result) -> tuple[str, ...]:
    return review_targets(one, required_names(TASK), 0.75)


def test_required_names_are_fields_and_cells() -> None:
    assert required_names(TASK) == {"total", "parties", "items.amount"}


def test_a_sure_answer_needs_nobody() -> None:
    assert targets(result(note=value(None, 0.0))) == ()
    assert targets(result()) == ()
    assert review_targets(result(), required_names(TASK), 0.95)


@pytest.mark.parametrize(
    ("doubtful", "target"),
    [
        (result(total=value(None, 1.0)), "total"),
        (result(note=value(confidence=0.7)), "note"),
        (result(note=value(proof=Proof.AMBIGUOUS)), "note"),
        (result(note=value(proof=Proof.CONTRADICTED)), "note"),
        (result().model_copy(update={"fields": {}}), "total"),
        (result().model_copy(update={"lists": {"parties": ()}}), "parties"),
        (result().model_copy(update={"lists": {"parties": (value(), value(confidence=0.1))}}), "parties[1]"),
        (result().model_copy(update={"rows": {"items": ({"amount": value(None), "unit": value(None)},)}}), "items[0].amount"),
        (result().model_copy(update={"label": LabelAnswer(value="x", confidence=0.5)}), "label"),
        (result().model_copy(update={"points": (Point(text="x", evidence=(), proof=Proof.CONTRADICTED),)}), "points[0]"),
    ],
)
def test_what_is_missing_or_doubtful_is_to_check(doubtful: Result, target: str) -> None:
    assert targets(doubtful) == (target,)


def test_with_auto_the_chosen_answer_and_the_class_count() -> None:
    outer = Result(task="auto", label=LabelAnswer(value="t", confidence=0.1), then=result(total=value(None)))
    assert targets(outer) == ("total", "label")
    accepted = accept(accept(outer, "label"), "total")
    assert targets(accepted) == ()
    assert accepted.label is not None
    assert accepted.label.method == "person"


def test_a_place_chosen_in_the_document_becomes_the_evidence_with_its_boxes() -> None:
    corrected = correct(result(), DOCUMENT, "total", value="84.03", text="84,03", evidence=Evidence(page=9, start=21, end=26))
    changed = corrected.fields["total"]
    assert (changed.value, changed.text, changed.proof, changed.confidence) == ("84.03", "84,03", Proof.VERIFIED, 1.0)
    assert changed.reason == CORRECTED
    assert changed.corrected
    assert changed.evidence == Evidence(page=1, start=21, end=26, boxes=DOCUMENT.boxes_of(21, 26))
    assert len(changed.evidence.boxes) == 1


def test_typed_words_are_found_in_the_document_nearest_to_the_answer_before() -> None:
    near_end = value().model_copy(update={"evidence": Evidence(page=1, start=40, end=44)})
    changed = correct(result(total=near_end), DOCUMENT, "total", value="100.00", text="100,00").fields["total"]
    assert changed.evidence is not None
    assert changed.evidence.start == TEXT.rindex("100,00")


def test_a_typed_value_that_does_not_stand_in_the_document_has_no_evidence() -> None:
    changed = correct(result(), DOCUMENT, "total", value="7.00", text="7,00").fields["total"]
    assert changed.evidence is None
    assert changed.reason == ENTERED
    assert changed.proof is Proof.VERIFIED
    assert targets(result(total=changed)) == ()


@pytest.mark.parametrize("place", [(6, 99), (-1, 3), (8, 8), (0, 5)])
def test_a_place_that_does_not_say_so_is_not_believed(place: tuple[int, int]) -> None:
    evidence = Evidence(page=1, start=place[0], end=place[1])
    changed = correct(result(), DOCUMENT, "total", value="1", text="nowhere", evidence=evidence).fields["total"]
    assert changed.evidence is None


def test_part_of_a_word_is_no_place() -> None:
    assert correct(result(), DOCUMENT, "total", value="0", text="00").fields["total"].evidence is None


def test_taking_out_a_field_is_final() -> None:
    changed = correct(result(), DOCUMENT, "total", value=None)
    assert changed.fields["total"].value is None
    assert changed.fields["total"].proof is Proof.NOT_FOUND
    assert targets(changed) == ()


def test_lists_and_rows_grow_and_shrink() -> None:
    start = result()
    longer = correct(start, DOCUMENT, "parties[2]", value="C")
    assert [one.value for one in longer.lists["parties"]] == ["A", "B", "C"]
    assert [one.value for one in correct(longer, DOCUMENT, "parties[0]", value=None).lists["parties"]] == ["B", "C"]
    row = correct(start, DOCUMENT, "items[0].amount", value="5.00")
    assert row.rows["items"][0]["amount"].value == "5.00"
    assert correct(row, DOCUMENT, "items[0]", value=None).rows["items"] == ()


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("Total", "1"),
        ("parties[9]", "1"),
        ("parties[-1]", "1"),
        ("items[1].amount", "1"),
        ("a.b", "1"),
        ("label", None),
        ("points[0]", "1"),
        ("parties[2]", None),
    ],
)
def test_a_target_that_is_not_there_is_refused(target: str, text: str | None) -> None:
    with pytest.raises(ValueError, match=r"target|there is no|can't"):
        correct(result(), DOCUMENT, target, value=text)


def test_a_label_and_a_point_can_be_corrected() -> None:
    start = result().model_copy(
        update={
            "label": LabelAnswer(value="x", confidence=0.4, alternatives=(LabelScore(value="y", probability=0.6),)),
            "points": (Point(text="old", evidence=(), proof=Proof.NOT_FOUND),),
        }
    )
    changed = correct(correct(start, DOCUMENT, "label", value="y"), DOCUMENT, "points[0]", value="new")
    assert current_text(changed, "label") == "y"
    assert current_text(changed, "points[0]") == "new"
    assert changed.label is not None
    assert changed.label.alternatives == (LabelScore(value="x", probability=0.0),)
    assert targets(changed) == ()


def test_accepting_confirms_without_changing() -> None:
    doubtful = result(total=value(proof=Proof.CONTRADICTED), note=value(None))
    accepted = accept(doubtful, None)
    total = accepted.fields["total"]
    assert (total.value, total.text, total.proof, total.reason) == ("100.00", "100,00", Proof.VERIFIED, CONFIRMED)
    assert accepted.fields["note"].proof is Proof.NOT_FOUND
    assert accepted.fields["note"].corrected
    assert ReviewRule.of_task(TASK, 1.0).open_targets(accepted) == ()


def test_accepting_an_empty_required_list_is_possible() -> None:
    empty = result().model_copy(update={"lists": {"parties": ()}})
    assert targets(accept(empty, "parties")) == ()
    with pytest.raises(ValueError, match="there is no"):
        accept(empty, "parties[0]")


def test_the_worth_of_a_look_is_the_errors_to_be_expected() -> None:
    label = LabelAnswer(value="invoice", confidence=0.5)
    one = Result(
        task="t",
        fields={"total": value(confidence=0.6), "number": value(confidence=0.99)},
        rows={"items": ({"amount": value(confidence=0.2)},)},
        label=label,
        points=(Point(text="a", evidence=(), confidence=0.3),),
    )
    assert expected_errors(one, ()) == 0
    assert expected_errors(one, ("total",)) == pytest.approx(0.4)
    assert expected_errors(one, ("total", "items[0].amount", "label", "points[0]")) == pytest.approx(0.4 + 0.8 + 0.5 + 0.7)
    assert expected_errors(one, ("missing",)) == 1


def test_a_document_that_is_asked_for_in_whole_asks_for_what_was_not_found_too() -> None:
    rows = ({"amount": value("1"), "unit": Value()},)
    one = result(note=value(None, 0.99)).model_copy(update={"rows": {"items": rows}})
    whole = {"total", "note", "parties[0]", "parties[1]", "items[0].amount"}
    assert set(review_targets(one, required_names(TASK), 1.01)) == whole
    assert "note" not in review_targets(one, required_names(TASK), 1.0)
    confirmed = accept(one, "note")
    assert confirmed.fields["note"].value is None
    assert set(review_targets(confirmed, required_names(TASK), 1.01)) == whole - {"note"}
    assert review_targets(accept(confirmed, None), required_names(TASK), 1.01) == ()


def test_a_summary_that_is_asked_for_in_whole_asks_for_every_point() -> None:
    summary = Result(task="t", points=(Point(text="One.", evidence=()), Point(text="Two.", evidence=())))
    assert review_targets(summary, (), 0.75) == ()
    assert review_targets(accept(summary, "points[0]"), (), 1.01) == ("points[1]",)
