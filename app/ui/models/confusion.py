"""Which classes a model takes for which: expected ones in lines, given ones in columns, with counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from app.evaluation.cases import LABEL
from app.evaluation.outcome import Answer, Run
from app.ui.messages import title_of, tr
from app.ui.models.evaluation_grid import Cell, GridModel


def confusion_grid(run: Run, titles: dict[str, str]) -> GridModel | None:
    """None where no class was asked for. `titles` are those of the classes."""
    pairs = [_pair(answer) for case in run.cases for answer in case.answers if answer.name == LABEL]
    return grid_of_pairs(pairs, titles) if pairs else None


def grid_of_pairs(expected_given: Sequence[tuple[str, str]], titles: dict[str, str]) -> GridModel:
    """Pairs of the expected class and the given one, counted."""
    pairs = Counter(expected_given)
    expected = sorted({one for one, _ in pairs})
    # Classes that are expected come in the same order across as down, so that right answers stand on the diagonal.
    given = expected + sorted({name for _, name in pairs} - set(expected))
    lines = [[Cell(_title(one, titles)), *(_cell(pairs[one, name], right=one == name) for name in given)] for one in expected]
    return GridModel((tr("Expected ↓  Given →"), *(_title(name, titles) for name in given)), lines)


def _pair(answer: Answer) -> tuple[str, str]:
    """Where several classes are right, a right answer counts as the one given."""
    given = answer.value or ""
    return (given if answer.right else next(iter(answer.expected), "")), given


def _cell(count: int, *, right: bool) -> Cell:
    if not count:
        return Cell("·")
    return Cell(str(count)) if right else Cell(f"✗ {count}")


def _title(name: str, titles: dict[str, str]) -> str:
    return titles.get(name) or (title_of({}, name) if name else tr("nothing"))
