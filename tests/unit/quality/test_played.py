"""A larger model that is played by the truth: what it says, where it errs by design, and what a report makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.task import FieldType, Task, TaskField, TaskKind
from app.evaluation.cases import Case
from app.evaluation.deferral_run import Examined, asked_names, enquiries_of
from app.evaluation.evidence import EvidenceAlone
from app.evaluation.judge import judge
from tests.helpers.fake_services import make_document
from tests.quality.played import Played, handed_on

ORDER = Task(
    id="order",
    kind=TaskKind.EXTRACT,
    fields=(
        TaskField(name="reference", type=FieldType.IDENTIFIER, description="number of the order"),
        TaskField(name="paid", type=FieldType.DATE, description="day of payment"),
        TaskField(name="total", type=FieldType.AMOUNT, description="sum"),
        TaskField(name="note", type=FieldType.TEXT, description="not judged"),
    ),
)
LOCAL = EvidenceAlone()


def examined(number: int) -> Examined:
    document = make_document(
        f"Letter {number}\nFirst AB-2041 of 3 March 2026\nThen AB-2042 of 4 May 2026\nTotal -8.79\n", f"{number}.txt"
    )
    case = Case.model_validate({"file": document.name, "expected": {"reference": "AB-2042", "paid": "2026-05-04", "total": -8.79}})
    result = LOCAL.run(ORDER, document, followups={}, language="en")
    outcome = judge(case, ORDER, result, document)
    return Examined(case, outcome, document, ORDER, result, asked_names(outcome, ()), Path(document.name))


def said(one: Examined, share: float) -> list[dict[str, object]]:
    """To the whole document, then to each field."""
    played = Played(one, share)
    return [played.ask(played.pack(enquiry), enquiry).answers for enquiry in enquiries_of(one, LOCAL, "en")]


def test_the_truth_is_said_as_it_is_printed():
    assert said(examined(1), 1.0) == [
        {"reference": "AB-2042", "paid": "4 May 2026", "total": "-8.79"},
        {"reference": "AB-2042"},
        {"paid": "4 May 2026"},
        {"total": "-8.79"},
    ]


def test_errors_are_other_printed_values_and_the_same_however_a_field_is_asked():
    whole, *single = said(examined(1), 0.0)
    assert {name: answer for each in single for name, answer in each.items()} == whole
    assert whole["reference"] != "AB-2042"
    assert whole["paid"] == "3 March 2026"


def test_as_many_answers_are_right_as_was_asked_for():
    answers = [answer for number in range(100) for answer in said(examined(number), 0.8)[0].values() if answer != "-8.79"]
    assert sum(answer in {"AB-2042", "4 May 2026"} for answer in answers) / len(answers) == pytest.approx(0.8, abs=0.1)


def test_the_report_closes_the_gap_by_as_much_as_the_played_model_is_right():
    ones = [examined(number) for number in range(6)]
    perfect, hopeless = handed_on(ones, 1.0), handed_on(ones, 0.0)
    assert (perfect.n_documents, perfect.n_fields, perfect.n_standing_right) == (6, 18, 18)
    assert perfect.always > perfect.never
    assert hopeless.n_standing_right == 6  # The only sum that is printed: nothing else could be said.
