import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.result import Evidence, LabelAnswer, Opinion, Result, Value
from app.domain.trust import UNJUDGED, Trust, trust_in

PLACE = Evidence(page=1, start=0, end=4)


def said(value: str | None, source: str = "big", *, stands: bool = True, accepted: bool = False) -> Opinion:
    return Opinion(source=source, value=value, evidence=PLACE if stands else None, accepted=accepted)


def reviewed(value: str | None, *opinions: Opinion, corrected: bool = True) -> Result:
    return Result(task="t", fields={"a": Value(value=value, corrected=corrected, opinions=opinions)})


def test_nobody_has_judged_it() -> None:
    assert UNJUDGED.right == pytest.approx(0.95)
    assert trust_in("big", []) == UNJUDGED


def test_reviews_move_it() -> None:
    good = [reviewed("80.25", said("75.50", "local"), said("80.25"))] * 30
    bad = [reviewed("75.50", said("75.50", "local"), said("80.25", accepted=True))] * 10
    assert trust_in("big", good) == Trust(30, 30)
    assert trust_in("big", good + bad) == Trust(30, 40)
    assert trust_in("big", good).right > 0.95 > trust_in("big", good + bad).right > 0.75
    assert trust_in("other", good + bad) == UNJUDGED


def test_only_what_stands_in_the_document_and_a_person_judged_counts() -> None:
    assert trust_in("big", [reviewed("1", said("2", stands=False)), reviewed("1", said(None))]) == UNJUDGED
    assert trust_in("big", [reviewed("1", said("1"), corrected=False)]) == UNJUDGED
    assert trust_in("big", [reviewed(None, said("1"))]) == Trust(0, 1)


def test_the_last_word_counts_once() -> None:
    assert trust_in("big", [reviewed("1", said("2"), said("1"))]) == Trust(1, 1)


def test_classes_count_and_those_of_the_chosen_task() -> None:
    label = LabelAnswer(value="bill", confidence=1, method="person", opinions=(said("bill", stands=False),))
    unseen = label.model_copy(update={"method": "frontier"})
    assert trust_in("big", [Result(task="t", label=label), Result(task="t", label=unseen)]) == Trust(1, 1)
    assert trust_in("big", [Result(task="auto", then=reviewed("1", said("1")))]) == Trust(1, 1)


@given(st.integers(0, 400), st.integers(0, 400))
def test_more_right_answers_never_lower_it(n_right: int, n_wrong: int) -> None:
    here = Trust(n_right, n_right + n_wrong).right
    assert 0.5 <= here <= 0.99
    assert Trust(n_right + 1, n_right + n_wrong + 1).right >= here >= Trust(n_right, n_right + n_wrong + 1).right
