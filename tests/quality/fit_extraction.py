"""Fits the weights of evidence (``app/tasks/fitted.py``) on folders of documents with truth.

usage: python -m tests.quality.fit_extraction DATA [--cache FOLDER] [--sets a,b] [--types name,text] [--write]
With --types the weights of the other types stay as they are.
For every field a conditional logit over all its options: the probability that an option is right is the softmax of the weighted
features. Weights are drawn back to `tests.quality.priors`, so that few documents move them little. Printed figures are out of fold:
five folds, and documents of one seller, merchant or bank are never in both parts. Each field of each set has a block of weights of
its own beside the shared one, so that peculiarities of a set stay out of the shared weights; only those of fields known by name
are written.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from app.tasks.candidates import options_of
from app.tasks.extract import scene_of
from app.tasks.features import features
from app.tasks.fitted import ABSENT, BY_FIELD, BY_TYPE
from app.tasks.weights import special_key
from tests.quality.extraction import _TASKS, _read
from tests.quality.priors import FIELDS, MOST_ABSENT, TYPES
from tests.quality.truths import is_right, rows_of, task_for

_FITTED = Path(__file__).resolve().parents[2] / "app" / "tasks" / "fitted.py"
_DRAW_BACK = 1.5
_DRAW_BACK_FIELD = 2.5
_FOLDS = 5
_LOST_SHARE = 0.03
_MARGIN = 2.0
_MANY_MISSING = 0.5
_MAX_CHARS = 60_000
_DEFAULT_SETS = (
    "einvoice_pdf,tr_efatura_html,sroie_receipts,invoices_misc,bank_documents,fcc_adbuy,seminar_emails,kleister_nda,emails_eml"
)

Matrix = NDArray[np.float64]


@dataclass
class Case:
    """One field of one document: features of its options, which are right, and which say the same."""

    set: str
    file: str
    group: str
    field: str
    special: str
    kind: str
    facts: list[dict[str, float]]
    right: list[bool]
    keys: list[str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--sets", default=_DEFAULT_SETS)
    parser.add_argument("--types", default=",".join(TYPES))
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--wrong", action="store_true")
    options = parser.parse_args()
    kinds = frozenset(options.types.split(","))
    cases = [case for name in options.sets.split(",") for case in collect(options.data, name, options.cache, kinds)]
    types: dict[str, dict[str, float]] = {}
    fields: dict[str, dict[str, float]] = {}
    absent: dict[str, float] = {}
    tally: Counter[tuple[str, str, bool]] = Counter()
    for kind in sorted({case.kind for case in cases}):
        mine = [case for case in cases if case.kind == kind]
        design = Design(kind, [case for case in mine if case.facts])
        out_of_fold(design, mine, tally, wrong=options.wrong)
        types[kind], special = design.readable(design.fit(range(len(design.cases))))
        fields |= {key: weights for key, weights in special.items() if "/" not in key}
        absent[kind] = absence_level(design, types[kind], special)
    for name, field in sorted({(key[0], key[1]) for key in tally}):
        right, wrong = tally[name, field, True], tally[name, field, False]
        print(f"{name:18} {field:18} {right:3}/{right + wrong:3}")
    if options.write:
        kept = {kind: BY_TYPE[kind] for kind in TYPES if kind not in kinds}
        kept_fields = {key: weights for key, weights in BY_FIELD.items() if key in FIELDS and key not in fields}
        known = {kind: types.get(kind, dict(TYPES[kind])) for kind in TYPES}
        write(known | kept, dict(FIELDS) | kept_fields | fields, {kind: ABSENT[kind] for kind in kept} | absent)


def collect(data: Path, name: str, cache: Path | None, kinds: frozenset[str]) -> list[Case]:
    """All cases of a set. Fields that the document does not have (an empty list is expected) have no right option."""
    task = task_for(name, _TASKS)
    cases = []
    for row in rows_of(data, name):
        document = _read(row.file, cache)
        if len(document.text) > _MAX_CHARS:
            continue
        scene = scene_of(task, document)
        for field in task.fields:
            if field.name not in row.expected or field.type.value not in kinds:
                continue
            options = options_of(field, scene.source)
            special = special_key(field, task.id, FIELDS) or f"{name}/{field.name}"
            right = [any(is_right(field.type, option.value, [value]) for value in row.expected[field.name]) for option in options]
            if row.expected[field.name] and not any(right):
                cases.append(Case(name, row.name, row.group, field.name, special, field.type.value, [], [], []))
                continue
            facts = [features(field, option, scene) for option in options]
            keys = [option.key for option in options]
            cases.append(Case(name, row.name, row.group, field.name, special, field.type.value, facts, right, keys))
    return cases


class Design:
    """The cases of one type as matrices: a block of columns for all fields, and one for each field known by name."""

    def __init__(self, kind: str, cases: Sequence[Case]) -> None:
        self.cases = list(cases)
        self.names = sorted({name for case in cases for fact in case.facts for name in fact})
        self.specials = sorted({case.special for case in cases if case.special})
        width = len(self.names) * (1 + len(self.specials))
        self.prior = np.zeros(width)
        for column, name in enumerate(self.names):
            self.prior[column] = TYPES.get(kind, {}).get(name, 0.0)
            for block, special in enumerate(self.specials, 1):
                self.prior[block * len(self.names) + column] = FIELDS.get(special, {}).get(name, 0.0)
        self.pull = np.full(width, _DRAW_BACK_FIELD)
        self.pull[: len(self.names)] = _DRAW_BACK
        self.matrices = [self._matrix(case) for case in self.cases]
        self.right = [np.array(case.right, bool) for case in self.cases]

    def _matrix(self, case: Case) -> Matrix:
        size = len(self.names)
        matrix = np.zeros((len(case.facts), len(self.prior)))
        for row, fact in enumerate(case.facts):
            matrix[row, :size] = [fact.get(name, 0.0) for name in self.names]
        if case.special:
            block = size * (1 + self.specials.index(case.special))
            matrix[:, block : block + size] = matrix[:, :size]
        return matrix

    def fit(self, members: Sequence[int] | range) -> Matrix:
        used = [index for index in members if self.right[index].any()]

        def loss(weights: Matrix) -> tuple[float, Matrix]:
            away = weights - self.prior
            total, gradient = float(0.5 * np.sum(self.pull * away * away)), self.pull * away
            for index in used:
                utilities = self.matrices[index] @ weights
                shares = np.exp(utilities - utilities.max())
                shares /= shares.sum()
                right = shares * self.right[index]
                mass = right.sum() + 1e-300
                total -= math.log(mass)
                gradient = gradient - (right / mass - shares) @ self.matrices[index]
            return total, gradient

        return np.asarray(minimize(loss, self.prior.copy(), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x)

    def readable(self, weights: Matrix) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
        size = len(self.names)

        def block(number: int) -> dict[str, float]:
            values = weights[number * size : (number + 1) * size]
            return {name: round(float(value), 2) for name, value in zip(self.names, values, strict=True) if abs(value) >= 0.05}

        return block(0), {special: block(number) for number, special in enumerate(self.specials, 1)}


def folds_of(cases: Sequence[Case]) -> dict[str, int]:
    """A fold for each group of documents that look alike, of even sizes."""
    load = [0] * _FOLDS
    folds: dict[str, int] = {}
    for group, count in sorted(Counter(case.group for case in cases).items(), key=lambda item: (-item[1], item[0])):
        folds[group] = load.index(min(load))
        load[folds[group]] += count
    return folds


def out_of_fold(design: Design, cases: Sequence[Case], tally: Counter[tuple[str, str, bool]], *, wrong: bool) -> None:
    folds = folds_of(design.cases)
    for fold in range(_FOLDS):
        weights = design.fit([index for index, case in enumerate(design.cases) if folds[case.group] != fold])
        for index, case in enumerate(design.cases):
            if folds[case.group] != fold or not design.right[index].any():
                continue
            by_key: dict[str, float] = defaultdict(float)
            utilities = design.matrices[index] @ weights
            for key, share in zip(case.keys, np.exp(utilities - utilities.max()), strict=True):
                by_key[key] += float(share)
            best = max(by_key, key=lambda key: by_key[key])
            right = any(ok for ok, key in zip(case.right, case.keys, strict=True) if key == best)
            tally[case.set, case.field, right] += 1
            if wrong and not right:
                answer = next(key for ok, key in zip(case.right, case.keys, strict=True) if ok)
                print(
                    f"  {case.set} {case.file} {case.field}: {best!r}, right {answer!r} ({by_key[best] / sum(by_key.values()):.2f})"
                )
    for case in cases:
        if not case.facts:
            tally[case.set, case.field, False] += 1


def absence_level(design: Design, base: Mapping[str, float], special: Mapping[str, Mapping[str, float]]) -> float:
    """The utility of absence: it leaves nearly all values that are there, for striking is easier than finding.

    Where many documents are known to have none, the level that tells both kinds apart best.
    """
    given: list[float] = []
    missing: list[float] = []
    for index, case in enumerate(design.cases):
        extra = special.get(case.special, {})
        weights = np.array([base.get(name, 0.0) + extra.get(name, 0.0) for name in design.names])
        utilities = design.matrices[index][:, : len(design.names)] @ weights
        level = float(utilities.max() + np.log(np.exp(utilities - utilities.max()).sum()))
        (given if design.right[index].any() else missing).append(level)
    if not given:
        return 0.0
    if len(missing) < _MANY_MISSING * len(given):
        return round(float(np.quantile(given, _LOST_SHARE)) - _MARGIN, 2)

    def told_apart(level: float) -> float:
        return sum(value > level for value in given) / len(given) + sum(value <= level for value in missing) / len(missing)

    return round(float(max(np.linspace(min(given), max(given), 60), key=told_apart)), 2)


def write(types: Mapping[str, Mapping[str, float]], fields: Mapping[str, Mapping[str, float]], absent: Mapping[str, float]) -> None:
    absent = {
        kind: min(level, MOST_ABSENT.get(kind, level)) for kind, level in (dict.fromkeys(MOST_ABSENT, 0.0) | dict(absent)).items()
    }
    parts = [
        '"""What each feature counts for, by field type and for known fields: written by `tests/quality/fit_extraction.py`."""',
        "from __future__ import annotations\n\nfrom collections.abc import Mapping\nfrom typing import Final",
        f"BY_TYPE: Final[Mapping[str, Mapping[str, float]]] = {_literal(types)}",
        f"BY_FIELD: Final[Mapping[str, Mapping[str, float]]] = {_literal(fields)}",
        "ABSENT: Final[Mapping[str, float]] = {\n"
        + "".join(f'    "{key}": {value},\n' for key, value in sorted(absent.items()))
        + "}",
    ]
    _FITTED.write_text("\n\n".join(parts) + '\n"""Utility of there being no value."""\n', encoding="utf-8")


def _literal(groups: Mapping[str, Mapping[str, float]]) -> str:
    lines = ["{"]
    for key, weights in sorted(groups.items()):
        lines += [f'    "{key}": {{', *(f'        "{name}": {weight},' for name, weight in sorted(weights.items())), "    },"]
    return "\n".join([*lines, "}"])


if __name__ == "__main__":
    main()
