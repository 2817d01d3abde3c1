"""What of a local answer a policy hands on."""

import pytest

from app.domain.policy import Policy
from app.domain.result import CheckOutcome, Evidence, LabelAnswer, Point, Proof, Result, Value
from app.domain.signals import signals_of
from app.domain.task import EscalateIf, Routing, SummaryStyle, Task, TaskField, TaskKind, TaskLabel, TaskRows

PLACE = Evidence(page=1, start=0, end=1)
BILL = Task(
    id="bill",
    kind=TaskKind.EXTRACT,
    fields=(
        TaskField(name="number", required=True),
        TaskField(name="total", required=True),
        TaskField(name="tax"),
        TaskField(name="parties", many=True),
    ),
    rows=(TaskRows(name="items", fields=(TaskField(name="amount", required=True), TaskField(name="words"))),),
)
SORT = Task(id="sort", kind=TaskKind.CLASSIFY, labels=(TaskLabel(name="a"), TaskLabel(name="b")))
SUM = Task(id="sum", kind=TaskKind.SUMMARIZE)


def value(confidence=0.99, proof=Proof.GROUNDED, **more):
    return Value(value="1", text="1", evidence=PLACE, confidence=confidence, proof=proof, **more)


def bill(**more):
    fields = {"number": value(), "total": value(), "tax": Value(confidence=0.95)} | more.pop("fields", {})
    return Result(task="bill", fields=fields, **more)


def pairs(result, task=BILL, complexity=0.0, **routing):
    policy = Policy(routing=Routing(**routing))
    result = result.model_copy(update={"complexity": complexity})
    return {(each.target, each.code) for each in signals_of(result, task, policy).failing}


def test_a_sure_answer_fails_nothing():
    assert pairs(bill()) == set()


def test_a_low_confidence_fails_also_where_nothing_was_found():
    assert pairs(bill(fields={"total": value(0.84), "tax": Value(confidence=0.5)})) == {
        ("total", "confidence_below"),
        ("tax", "confidence_below"),
    }
    assert pairs(bill(fields={"total": value(0.84)}), escalate_if=EscalateIf(confidence_below=0.8)) == set()


def test_a_missing_required_value_fails():
    result = bill(fields={"number": Value(confidence=0.9)})
    assert pairs(result) == {("number", "schema_invalid")}
    assert pairs(result, escalate_if=EscalateIf(schema_invalid=False)) == set()


def test_a_failing_check_names_the_fields_that_nothing_confirms():
    outcome = CheckOutcome(expression="number + tax == total", passed=False, fields=("number", "tax", "total"))
    result = bill(checks=(outcome,), fields={"number": value(proof=Proof.VERIFIED)})
    assert pairs(result) == {("total", "check_failed"), ("tax", "check_failed")}
    assert pairs(result, escalate_if=EscalateIf(check_failed=False)) == set()


def test_a_list_fails_with_its_least_sure_member():
    assert pairs(bill(lists={"parties": (value(), value(0.3))})) == {("parties", "confidence_below")}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"amount": value(0.8), "words": value(0.8)}, {("items", "confidence_below")}),
        ({"amount": value(0.97, Proof.VERIFIED), "words": value(0.8)}, set()),
        ({"amount": value(0.97, Proof.VERIFIED), "words": value(0.4, Proof.AMBIGUOUS)}, {("items", "confidence_below")}),
        ({"amount": Value(), "words": value(0.9)}, {("items", "schema_invalid")}),
    ],
)
def test_rows_fail_as_a_whole_unless_their_sum_proves_them(cells, expected):
    assert pairs(bill(rows={"items": (cells,)})) == expected


def test_a_persons_values_never_fail():
    decided = value(0.1, corrected=True)
    outcome = CheckOutcome(expression="number == total", passed=False, fields=("number", "total"))
    result = bill(
        fields={"number": decided, "total": decided, "tax": decided},
        lists={"parties": (decided, value(0.1))},
        rows={"items": ({"amount": decided, "words": value(0.1)},)},
        checks=(outcome,),
    )
    assert pairs(result, primary="frontier", complexity=1.0) == set()
    label = LabelAnswer(value="a", confidence=0.1, method="person")
    assert pairs(Result(task="sort", label=label), SORT, primary="frontier") == set()
    point = Point(text="x", evidence=(PLACE,), confidence=1.0, proof=Proof.VERIFIED)
    assert pairs(Result(task="sum", points=(point,)), SUM, primary="frontier") == set()


def test_a_complex_document_hands_on_all_that_is_not_proven():
    result = bill(fields={"total": value(proof=Proof.VERIFIED)})
    assert pairs(result, complexity=0.81) == {(name, "complexity_above") for name in ("number", "tax", "parties", "items")}
    assert pairs(result, complexity=0.8) == set()


def test_a_task_for_the_larger_model_hands_on_everything():
    assert pairs(bill(), primary="frontier") == {
        (name, "primary_frontier") for name in ("number", "total", "tax", "parties", "items")
    }


def test_an_unsure_class_fails():
    assert pairs(Result(task="sort", label=LabelAnswer(value="a", confidence=0.6)), SORT) == {("label", "confidence_below")}
    assert pairs(Result(task="sort", label=LabelAnswer(value="a", confidence=0.9)), SORT) == set()


def test_points_fail_by_their_proof_not_by_their_rank():
    def point(proof):
        return Point(text="x", evidence=(PLACE,), confidence=0.2, proof=proof)

    assert pairs(Result(task="sum", points=(point(Proof.GROUNDED),)), SUM) == set()
    assert pairs(Result(task="sum", points=(point(Proof.NOT_FOUND),)), SUM) == {("points", "confidence_below")}
    assert pairs(Result(task="sum"), SUM) == {("points", "schema_invalid")}
    actions = SUM.model_copy(update={"style": SummaryStyle.ACTION_ITEMS})
    assert pairs(Result(task="sum"), actions) == set()


def test_with_auto_the_chosen_tasks_answer_counts():
    outer = Result(task="auto", label=LabelAnswer(value="bill", confidence=0.2), then=bill(fields={"total": value(0.1)}))
    assert pairs(outer) == {("total", "confidence_below")}
