"""The fit of confidence: what it learns, what it must not learn, and that nothing judges itself."""

import math
import random

import pytest

from tests.quality.answers import GIVEN, Judged, keep, kept
from tests.quality.fit_confidence import _readable, cross_validated, fit, kinds_kept_out


def answers(count: int = 600) -> list[Judged]:
    """Two sets in which the share tells the truth, but one of them has more errors than its shares say."""
    generator = random.Random(3)
    made = []
    for number in range(count):
        name = "hard" if number % 2 else "easy"
        share = generator.uniform(-3, 5)
        chance = 1 / (1 + math.exp(-share + (2.0 if name == "hard" else 0.0)))
        facts = {"share": share, "verified": generator.random(), "type:date": 1.0}
        made.append(
            Judged(name, f"group {number % 40}", f"{number}", "day", GIVEN, facts, generator.random() < chance, headline=True)
        )
    return made


def test_weights_follow_the_share_and_never_turn_against_a_fact():
    fitted = fit(answers(), GIVEN)
    assert 0.3 < fitted.weights["share"] < 1.4
    assert fitted.weights["verified"] >= 0.0
    assert fitted.weights["own:hard.day"] < fitted.weights["own:easy.day"] - 1.0


def test_levels_of_a_set_alone_are_not_written():
    fitted = fit(answers(), GIVEN)
    fitted.weights["field:invoice.total_amount"] = 0.5
    written = _readable(fitted, {"field:invoice.total_amount": 5})
    assert not any(name.startswith(("own:", "field:")) for name in written)
    assert "field:invoice.total_amount" in _readable(fitted, {"field:invoice.total_amount": 50})


@pytest.mark.parametrize("judge", [cross_validated, kinds_kept_out])
def test_no_answer_judges_itself(judge):
    given = answers(200)
    before = judge(given)
    # Turning one group's truth must leave that group's own confidence as it was.
    for answer in given:
        if answer.group == "group 1":
            answer.right = not answer.right
    after = judge(given)
    same = [index for index, answer in enumerate(given) if answer.group == "group 1"]
    assert [after[index] for index in same] == pytest.approx([before[index] for index in same])


def test_answers_are_kept_between_runs(tmp_path):
    given = answers(5)
    keep(given, tmp_path / "answers.json")
    assert kept(tmp_path / "answers.json") == given
