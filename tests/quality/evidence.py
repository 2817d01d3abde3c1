"""The fit of the evidence weights: cases from documents with truth, a conditional logit over the options of each field.

The probability that an option is right is the softmax of its weighted features. Weights are drawn back to
`tests.quality.priors`, so that few documents move them little. Each field of each set has a block of weights of its own beside the
shared one, so that peculiarities of a set stay out of the shared weights; only those of fields known by name are kept.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from app.evaluation.comparison import is_right
from app.tasks.candidates.finding import options_of
from app.tasks.evidence.features import features
from app.tasks.evidence.fitted import ABSENT
from app.tasks.evidence.weights import special_key
from app.tasks.extraction.extract import scene_of
from tests.quality.priors import FIELDS, MOST_ABSENT, TYPES
from tests.quality.truths import TASKS, read, rows_of, task_for

_DRAW_BACK = 1.5
_DRAW_BACK_FIELD = 2.5
_LIKENESS = 0.5
"""How much less each of several documents that look alike counts: they count together like the root of their number."""
_LOST_SHARE = 0.03
_MARGIN = 2.0
_MANY_MISSING = 0.5
_MAX_CHARS = 60_000

Matrix = NDArray[np.float64]


@dataclass
class Case:
    """One field of one document: features of its options, and which of them are right (none, where the document has no value)."""

    set: str
    group: str
    special: str
    kind: str
    facts: list[dict[str, float]]
    right: list[bool]


@dataclass(frozen=True)
class Fitted:
    """Weights as `app.tasks.evidence.fitted` holds them."""

    types: dict[str, dict[str, float]]
    fields: dict[str, dict[str, float]]
    absent: dict[str, float]

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """Whatever is extracted meanwhile is weighed with these."""
        with patch.multiple("app.tasks.evidence.weights", BY_TYPE=self.types, BY_FIELD=self.fields, ABSENT=self.absent):
            yield


def collect(data: Path, name: str, cache: Path | None) -> Iterator[Case]:
    """All cases of a set. A value that is none of the options says nothing about weights and is left out."""
    task = task_for(name, TASKS)
    for row in rows_of(data, name):
        document = read(row.file, cache)
        if len(document.text) > _MAX_CHARS:
            continue
        scene = scene_of(task, document)
        for field in task.fields:
            if field.name not in row.expected:
                continue
            options = options_of(field, scene.source)
            special = special_key(field, task.id, FIELDS) or f"{name}/{field.name}"
            right = [any(is_right(field.type, option.value, [value]) for value in row.expected[field.name]) for option in options]
            if options and (any(right) or not row.expected[field.name]):
                facts = [features(field, option, scene) for option in options]
                yield Case(name, row.group, special, field.type.value, facts, right)


def fit(cases: Iterable[Case]) -> Fitted:
    """The weights of all types and known fields; types without cases have those of a person's judgement."""
    by_kind: dict[str, list[Case]] = {}
    for case in cases:
        by_kind.setdefault(case.kind, []).append(case)
    fitted = Fitted({kind: dict(TYPES[kind]) for kind in TYPES}, {key: dict(FIELDS[key]) for key in FIELDS}, dict(ABSENT))
    for kind, mine in sorted(by_kind.items()):
        design = Design(kind, mine)
        fitted.types[kind], special = design.readable(design.solve())
        fitted.fields.update({key: weights for key, weights in special.items() if "/" not in key})
        level = absence_level(design, fitted.types[kind], special)
        fitted.absent[kind] = min(level, MOST_ABSENT.get(kind, level))
    return fitted


def fold_weights(
    collect_cases: Callable[[], Sequence[Case]], folds: Mapping[tuple[str, str], int], kept: Path | None
) -> dict[int, Fitted]:
    """For each fold the weights fitted on the others; kept in a file, for the fit takes a minute."""
    if kept and kept.is_file():
        given = json.loads(kept.read_text(encoding="utf-8"))
        return {int(fold): Fitted(**weights) for fold, weights in given.items()}
    cases = collect_cases()
    weights = {fold: fit(case for case in cases if folds[case.set, case.group] != fold) for fold in sorted(set(folds.values()))}
    if kept:
        kept.write_text(json.dumps({fold: asdict(fitted) for fold, fitted in weights.items()}), encoding="utf-8")
    return weights


def folds_of(groups: Iterable[tuple[str, str]], count: int) -> dict[tuple[str, str], int]:
    """A fold for each (set, group) of documents that look alike; each set is spread evenly."""
    load: Counter[tuple[str, int]] = Counter()
    folds: dict[tuple[str, str], int] = {}
    for (name, group), size in sorted(Counter(groups).items(), key=lambda item: (-item[1], item[0])):
        fold = min(range(count), key=lambda number: (load[name, number], number))
        folds[name, group] = fold
        load[name, fold] += size
    return folds


class Design:
    """The cases of one type as matrices: a block of columns for all fields, and one for each field known by name."""

    def __init__(self, kind: str, cases: Sequence[Case]) -> None:
        self.cases = list(cases)
        self.names = sorted({name for case in cases for fact in case.facts for name in fact})
        self.specials = sorted({case.special for case in cases})
        width = len(self.names) * (1 + len(self.specials))
        self.prior = np.zeros(width)
        for column, name in enumerate(self.names):
            self.prior[column] = TYPES.get(kind, {}).get(name, 0.0)
            for block, special in enumerate(self.specials, 1):
                self.prior[block * len(self.names) + column] = FIELDS.get(special, {}).get(name, 0.0)
        self.pull = np.full(width, _DRAW_BACK_FIELD)
        self.pull[: len(self.names)] = _DRAW_BACK
        self.matrices = [np.array([[fact.get(name, 0.0) for name in self.names] for fact in case.facts]) for case in self.cases]
        self.right = [np.array(case.right, bool) for case in self.cases]
        alike = Counter((case.set, case.group, case.special) for case in self.cases)
        self.counts = [alike[case.set, case.group, case.special] ** -_LIKENESS for case in self.cases]

    def solve(self) -> Matrix:
        size = len(self.names)
        used = [index for index, right in enumerate(self.right) if right.any()]
        used.sort(key=lambda index: self.specials.index(self.cases[index].special))
        stacked = np.concatenate([self.matrices[index] for index in used])
        right = np.concatenate([self.right[index] for index in used])
        lengths = [len(self.right[index]) for index in used]
        starts = np.cumsum([0, *lengths[:-1]])
        counts = np.array([self.counts[index] for index in used])
        blocks = self._blocks(used, starts, len(stacked))

        def loss(weights: Matrix) -> tuple[float, Matrix]:
            away = weights - self.prior
            utilities = stacked @ weights[:size]
            for block, rows in blocks:
                utilities[rows] += stacked[rows] @ weights[block : block + size]
            shares = np.exp(utilities - np.repeat(np.maximum.reduceat(utilities, starts), lengths))
            shares /= np.repeat(np.add.reduceat(shares, starts), lengths)
            mass = np.add.reduceat(shares * right, starts) + 1e-300
            slope = np.repeat(counts, lengths) * shares * (right / np.repeat(mass, lengths) - 1.0)
            gradient = self.pull * away
            gradient[:size] -= slope @ stacked
            for block, rows in blocks:
                gradient[block : block + size] -= slope[rows] @ stacked[rows]
            return float(0.5 * np.sum(self.pull * away * away) - counts @ np.log(mass)), gradient

        return np.asarray(minimize(loss, self.prior.copy(), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x)

    def _blocks(self, used: Sequence[int], starts: NDArray[np.int64], count: int) -> list[tuple[int, slice]]:
        """For each field known by name its first weight and its rows, which stand together."""
        ends = [*starts[1:], count]
        blocks: dict[str, slice] = {}
        for index, start, end in zip(used, starts, ends, strict=True):
            name = self.cases[index].special
            blocks[name] = slice(blocks[name].start if name in blocks else int(start), int(end))
        return [(len(self.names) * (1 + self.specials.index(name)), rows) for name, rows in blocks.items()]

    def readable(self, weights: Matrix) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
        size = len(self.names)

        def block(number: int) -> dict[str, float]:
            values = weights[number * size : (number + 1) * size]
            return {name: round(float(value), 2) for name, value in zip(self.names, values, strict=True) if abs(value) >= 0.05}

        return block(0), {special: block(number) for number, special in enumerate(self.specials, 1)}


def absence_level(design: Design, base: Mapping[str, float], special: Mapping[str, Mapping[str, float]]) -> float:
    """The utility of absence: it leaves nearly all values that are there, for striking is easier than finding.

    Where many documents are known to have none, the level that tells both kinds apart best.
    """
    given: list[float] = []
    missing: list[float] = []
    for case, matrix, right in zip(design.cases, design.matrices, design.right, strict=True):
        extra = special.get(case.special, {})
        utilities = matrix @ np.array([base.get(name, 0.0) + extra.get(name, 0.0) for name in design.names])
        level = float(utilities.max() + np.log(np.exp(utilities - utilities.max()).sum()))
        (given if right.any() else missing).append(level)
    if not given:
        return 0.0
    if len(missing) < _MANY_MISSING * len(given):
        return round(float(np.quantile(given, _LOST_SHARE)) - _MARGIN, 2)

    def told_apart(level: float) -> float:
        return sum(value > level for value in given) / len(given) + sum(value <= level for value in missing) / len(missing)

    return round(float(max(np.linspace(min(given), max(given), 60), key=told_apart)), 2)
