"""The model is asked where its vote can change something, and it changes no more than that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.domain.task import FieldType, Task, TaskField, TaskKind
from app.tasks.answers.choice import Contender, Decision
from app.tasks.asking.engine import Generation, Step
from app.tasks.candidates.finding import Source, find_typed
from app.tasks.candidates.options import Option
from app.tasks.extraction.votes import ask, in_doubt
from app.tasks.lines.labels import LabelIndex
from app.tasks.lines.layout import Layout
from app.worker.fake import FakeEngine

TEXT = "Alpha Ltd\nBeta Inc\nGamma Corp\nDelta LLC"


def source(text: str) -> Source:
    layout = Layout(text)
    return Source(layout, LabelIndex([]).find(layout), find_typed(text))


def decision(*probabilities: float, kind: FieldType = FieldType.NAME, absent: float = 0.0, required: bool = False) -> Decision:
    names = TEXT.split("\n")[: len(probabilities)]
    contenders = tuple(
        Contender(name, Option(TEXT.index(name), TEXT.index(name) + len(name), name, name, name), probability)
        for name, probability in zip(names, probabilities, strict=True)
    )
    return Decision(TaskField(name="seller", type=kind, required=required), contenders, absent)


def test_rivals_out_of_the_votes_reach_are_not_asked_about() -> None:
    assert [contender.key for contender in in_doubt(decision(0.6, 0.3, 0.09, 0.001))] == ["Alpha Ltd", "Beta Inc", "Gamma Corp"]


@pytest.mark.parametrize(
    "sure",
    [
        decision(0.96, 0.04),
        decision(0.9, 0.001),
        decision(0.5),
        decision(),
        decision(0.3, 0.1, absent=0.6),
        decision(0.5, 0.4, kind=FieldType.DATE),
    ],
)
def test_nothing_is_asked_where_the_vote_could_change_nothing(sure: Decision) -> None:
    assert in_doubt(sure) == ()


def test_of_an_unknown_field_the_vote_reaches_further() -> None:
    doubtful = decision(0.6, 0.3, 0.09, 0.001)
    assert "Delta LLC" not in [contender.key for contender in in_doubt(doubtful)]
    assert "Delta LLC" in [contender.key for contender in in_doubt(replace(doubtful, known=False))]
    number = replace(decision(0.6, 0.3, 0.0001, kind=FieldType.IDENTIFIER), known=False)
    assert len(in_doubt(number)) == 2


def test_votes_move_probability_between_those_asked_only() -> None:
    before = decision(0.5, 0.3, 0.15, 0.0001, absent=0.0499)
    task = Task(id="t", kind=TaskKind.EXTRACT, fields=(before.field,))
    told: list[tuple[str, float]] = []
    after, part = ask(
        task, source(TEXT), FakeEngine(), {"seller": before}, ["seller"], lambda name, done: told.append((name, done))
    )
    voted = after["seller"]
    assert part.is_whole
    assert told == [("seller", 1.0)]
    assert voted.absent == before.absent
    assert sum(c.probability for c in voted.contenders) == pytest.approx(sum(c.probability for c in before.contenders))
    assert [c.probability for c in voted.contenders if c.key == "Delta LLC"] == [0.0001]
    assert sum(c.model for c in voted.contenders if c.model is not None) == pytest.approx(1.0)
    assert voted.chosen == 0
    assert [c.probability for c in voted.contenders] == sorted((c.probability for c in voted.contenders), reverse=True)


class Copier(FakeEngine):
    """Copies what it is told to."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words

    def generate(self, grammar: str, *, limit: int, draft_from: Sequence[int] = ()) -> Generation:
        return Generation(f' "{self._words}"', [], [Step(0, 0.9)])


@pytest.mark.parametrize(("words", "found"), [("Delta LLC", True), ("12.03.2024", False), ("Epsilon", False)])
def test_what_the_model_copies_of_an_unknown_field_is_a_rival_if_it_may_answer(words: str, found: bool) -> None:
    text = f"{TEXT}\nDate 12.03.2024\n"
    before = replace(decision(0.4, 0.3, absent=0.3), known=False)
    task = Task(id="t", kind=TaskKind.EXTRACT, fields=(before.field,))
    after, _ = ask(task, source(text), Copier(words), {"seller": before}, ["seller"], lambda _name, _done: None)
    assert (words in [contender.option.text for contender in after["seller"].contenders]) is found
    assert sum(c.probability for c in after["seller"].contenders) + after["seller"].absent == pytest.approx(1.0)
