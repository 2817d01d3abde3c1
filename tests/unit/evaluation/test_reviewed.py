from __future__ import annotations

import pytest

from app.domain.case import KeptCase
from app.domain.document import Document, Page
from app.domain.recalibration import Recalibration
from app.domain.result import LabelAnswer, LabelScore, Opinion, Point, Result, Value
from app.domain.review import accept, correct, review_targets
from app.domain.task import FieldType, Task, TaskField, TaskKind
from app.evaluation.cases import Case
from app.evaluation.reviewed import expected_of, is_whole, judged_by_review, reviews_for_learning

_TEXT = "Total 12.50\nDate 2026-11-22\n"
_DOCUMENT = Document(name="a.txt", sha256="0", format="text", text=_TEXT, pages=(Page(number=1, start=0, end=len(_TEXT)),))
_TASK = Task(
    id="invoice",
    kind=TaskKind.EXTRACT,
    fields=(
        TaskField(name="total_amount", type=FieldType.AMOUNT),
        TaskField(name="issue_date", type=FieldType.DATE),
        TaskField(name="due_date", type=FieldType.DATE),
    ),
)
_FIRST = Result(
    task="invoice",
    fields={
        "total_amount": Value(value="12.5", text="12.50", confidence=0.8),
        "issue_date": Value(value="2026-11-21", text="2026-11-21", confidence=0.4),
        "due_date": Value(confidence=0.6),
    },
    rows={"line_items": ({"amount": Value(value="12.5", text="12.50"), "quantity": Value()},)},
    label=LabelAnswer(value="invoice", confidence=0.9, alternatives=(LabelScore(value="receipt", probability=0.1),)),
)


def _reviewed() -> Result:
    return accept(correct(_FIRST, _DOCUMENT, "issue_date", value="2026-11-22"), None)


def test_a_review_becomes_what_a_case_expects() -> None:
    expected = expected_of(_reviewed())
    assert expected == {
        "total_amount": "12.5",
        "issue_date": "2026-11-22",
        "due_date": None,
        "line_items": [{"amount": "12.5"}],
        "label": "invoice",
    }
    assert Case(text=_TEXT, expected=expected).expected == expected


def test_a_summary_that_was_let_stand_is_expected() -> None:
    points = (Point(text="One.", evidence=()), Point(text="Two.", evidence=()))
    summary = Result(task="bullets", points=points)
    assert expected_of(summary) == {}
    assert expected_of(accept(summary, "points[0]")) == {}
    assert expected_of(accept(summary, None)) == {"summary": "One.\nTwo."}


def test_only_what_the_person_looked_at_is_expected() -> None:
    partly = correct(_FIRST, _DOCUMENT, "issue_date", value="2026-11-22")
    assert expected_of(partly) == {"issue_date": "2026-11-22"}
    assert not is_whole(partly)
    assert is_whole(_reviewed())


def test_a_document_that_was_reviewed_field_by_field_was_looked_at_in_whole() -> None:
    final = _FIRST
    while targets := review_targets(final, (), 1.01):
        assert not is_whole(final)
        final = accept(final, targets[0])
    assert is_whole(final)
    assert expected_of(final)["due_date"] is None


def _case(final: Result) -> KeptCase:
    return KeptCase(task="invoice", key="k", name="a.txt", group="look 1", held_out=False, expected=expected_of(final))


def test_a_first_answer_is_right_when_the_person_let_it_stand() -> None:
    judged = judged_by_review(_case(_reviewed()), _FIRST, _TASK)
    assert {name: (one.confidence, one.right, one.document) for name, one in judged.items()} == {
        "total_amount": (0.8, True, "k"),
        "issue_date": (0.4, False, "k"),
        "due_date": (0.6, True, "k"),
        "label": (0.9, True, "k"),
    }


def test_the_confidence_of_a_review_is_the_one_that_the_map_in_force_gives_now() -> None:
    doubting = Recalibration(task="invoice", version=2, kind="logistic", reviews=50, offset=-3.0)
    stored = _FIRST.model_copy(
        update={"fields": _FIRST.fields | {"total_amount": Value(value="12.5", confidence=0.3, uncalibrated=0.8)}}
    )
    case = _case(_reviewed())
    assert judged_by_review(case, stored, _TASK)["total_amount"].confidence == 0.8
    now = judged_by_review(case, stored, _TASK, doubting)["total_amount"].confidence
    assert now == pytest.approx(doubting.probability(0.8), abs=1e-4)


def test_nothing_is_learnt_of_a_model_from_what_a_larger_one_had_a_say_in() -> None:
    helped = Value(value="12.5", confidence=0.97, opinions=(Opinion(source="larger"),))
    first = _FIRST.model_copy(update={"fields": _FIRST.fields | {"total_amount": helped}})
    judged = reviews_for_learning([(_case(_reviewed()), first)], _TASK)
    assert [one.confidence for one in judged] == [0.4, 0.6, 0.9]


def test_what_nobody_looked_at_is_not_judged() -> None:
    partly = correct(_FIRST, _DOCUMENT, "issue_date", value="2026-11-22")
    assert set(judged_by_review(_case(partly), _FIRST, _TASK)) == {"issue_date"}


def test_what_a_person_set_before_is_not_the_models() -> None:
    before = correct(_FIRST, _DOCUMENT, "total_amount", value="12.5")
    assert "total_amount" not in judged_by_review(_case(_reviewed()), before, _TASK)


def test_confidence_is_learnt_from_all_but_held_out_cases_as_long_as_enough_are_left() -> None:
    def cases(n: int, looks: int) -> list[tuple[KeptCase, Result]]:
        case = _case(_reviewed())
        return [
            (case.model_copy(update={"key": f"k{at}", "group": f"g{at % looks}", "held_out": at % 3 == 0}), _FIRST)
            for at in range(n)
        ]

    many = reviews_for_learning(cases(60, 20), _TASK)
    assert len(many) == 40 * 4
    assert len({one.document for one in many}) == 20
    few = reviews_for_learning(cases(30, 2), _TASK)
    assert len(few) == 30 * 4
    assert len({one.document for one in few}) == 30
