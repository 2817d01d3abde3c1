"""One result beside its case."""

from app.domain.result import Evidence, LabelAnswer, Point, Result, Value
from app.domain.task import FieldType, Task, TaskField, TaskKind, TaskLabel, TaskRows
from app.evaluation.cases import Case
from app.evaluation.judge import failed, judge
from tests.helpers.fake_services import make_document, make_value

DOCUMENT = make_document("Ada Lovelace wrote on 2024-03-05 to Charles Babbage. Nothing else happened.")
TASK = Task(
    id="letter",
    kind=TaskKind.EXTRACT,
    fields=(
        TaskField(name="sender", type=FieldType.NAME),
        TaskField(name="date", type=FieldType.DATE),
        TaskField(name="people", many=True),
    ),
    rows=(TaskRows(name="items", fields=(TaskField(name="amount", type=FieldType.AMOUNT),)),),
)


def test_fields_lists_and_rows():
    result = Result(
        task="letter",
        fields={"sender": make_value(DOCUMENT, "Charles Babbage", confidence=0.4), "date": Value()},
        lists={"people": (make_value(DOCUMENT, "Ada Lovelace"), make_value(DOCUMENT, "Charles Babbage"))},
        rows={"items": ({"amount": Value(value="5", text="5")},)},
    )
    expected = {"sender": "Ada Lovelace", "date": None, "people": ["Ada Lovelace"], "items": [{"amount": 7}], "place": "London"}
    outcome = judge(Case(file="a.txt", expected=expected), TASK, result, DOCUMENT)
    sender, date = outcome.answers
    assert (sender.right, sender.confidence, sender.expected) == (False, 0.4, ("Ada Lovelace",))
    assert (date.right, date.expected) == (True, ())
    assert [(found.name, found.found, found.given, found.expected) for found in outcome.lists] == [
        ("people", 1, 2, 1),
        ("items", 0, 1, 1),
    ]
    assert outcome.not_asked == ("place",)
    assert (outcome.n_values, outcome.n_invented) == (4, 1)


def test_a_class_and_what_auto_made_of_it():
    inner = Result(task="letter", fields={"sender": make_value(DOCUMENT, "Ada Lovelace")})
    result = Result(task="auto", label=LabelAnswer(value="letter", confidence=0.7), then=inner)
    outcome = judge(Case(file="a", expected={"label": ["letter", "email"], "sender": "ada lovelace"}), TASK, result, DOCUMENT)
    assert {answer.name: answer.right for answer in outcome.answers} == {"sender": True, "label": True}


def test_points_are_held_against_document_evidence_and_reference():
    first = "Ada Lovelace wrote on 2024-03-05 to Charles Babbage."
    place = Evidence(page=1, start=0, end=len(first))
    points = (Point(text=first, evidence=(place,)), Point(text="She wrote 7 letters to Byron.", evidence=(place,)))
    outcome = judge(Case(file="a", expected={"summary": first}), TASK, Result(task="bullets", points=points), DOCUMENT)
    assert outcome.summary is not None
    assert outcome.summary.unsupported == ("7", "Byron")
    assert outcome.summary.without_evidence == 1
    assert 0.7 < outcome.summary.rouge_l < 1
    assert [point.right for point in outcome.summary.judged] == [True, False]


def test_a_failed_document_gives_no_value_with_no_confidence():
    outcome = failed(Case(file="a", expected={"sender": "Ada", "people": ["Ada"]}), TASK, "It is damaged.")
    (sender,) = outcome.answers
    assert (sender.value, sender.right, sender.confidence, outcome.error) == (None, False, 0.0, "It is damaged.")
    labels = Task(id="kind", kind=TaskKind.CLASSIFY, labels=(TaskLabel(name="a"), TaskLabel(name="b")))
    assert [answer.name for answer in failed(Case(file="a", expected={"label": "a"}), labels, "x").answers] == ["label"]
