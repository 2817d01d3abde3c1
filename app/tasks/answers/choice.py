"""From features to a decision: the distribution over what a field could be, alone and together with fields it must agree with."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product
from typing import Final

from app.domain.task import FieldType, TaskCheck, TaskField
from app.tasks.answers.checks import Columns, ParsedCheck, holds, parse_check
from app.tasks.candidates.options import Option

_JOINT_OPTIONS: Final = 5
_MAX_COMBINATIONS: Final = 4000
_EQUATION_HOLDS: Final = 3.0
_EQUATION_FAILS: Final = -1.0
_HELD_UNNAMED: Final = (1.0, 0.5, 0.1)
"""What counts of an equation that holds when none, one or more of its values have no label: some figures add up by chance."""
_COLUMN_SUM_HOLDS: Final = 1.5
_COLUMN_SUM_FAILS: Final = -0.3
"""Weaker than an equation of fields: charges and allowances for the whole document stand outside the rows."""
_ORDER_HOLDS: Final = 0.1
_ORDER_FAILS: Final = -2.5
_SAME_PLACE: Final = -4.0
_SAME_NAME: Final = -1.5
_LABELLED: Final = 0.15
_MAX_NAMES: Final = 4
_FLOOR: Final = 1e-4
_REQUIRED_ABSENCE: Final = 0.9
"""A required value is given up only when nothing speaks for one."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One possible value: all places that say it, the best first, and its probability."""

    key: str
    option: Option
    probability: float
    others: tuple[Option, ...] = ()
    label: float = 0.0
    """How strongly a label of the field points at the best place, 0–1."""
    model: float | None = None
    """The model's share of probability for it among the contenders; None when it was not asked."""
    alone: float = 0.0
    """Its probability by the evidence around it, before the model and the other fields had their say."""
    seen: bool = False
    """Whether a model read it in the picture of the page, too."""
    backing: float = 0.0
    """Share of the readings without some of the evidence that it wins."""


@dataclass(frozen=True)
class Decision:
    """A field with its contenders, best first, and the probability that the document has no value."""

    field: TaskField
    contenders: tuple[Contender, ...]
    absent: float
    chosen: int | None = None
    """Index of the chosen contender; None for no value."""
    instead_of: Contender | None = None
    """What was chosen before the checks had their say, where they put it right."""
    known: bool = True
    """Whether weights were fitted to this very field; else they are those of its type and say less."""
    printed: bool = False
    """Whether a label of the field stands anywhere in the document."""
    struck: bool = False
    """Whether a value was left out because it was a mere guess."""

    @property
    def best(self) -> Contender | None:
        return None if self.chosen is None else self.contenders[self.chosen]

    @property
    def value(self) -> str | None:
        return self.best.option.value if self.best else None


def settled(decision: Decision) -> Decision:
    """The decision with its best contender chosen, or none where absence is likelier."""
    present = decision.contenders and decision.absent < (_REQUIRED_ABSENCE if decision.field.required else 0.5)
    return replace(decision, chosen=0 if present else None)


def contenders_of(
    options: Sequence[Option], utilities: Sequence[float], labels: Sequence[float], absent: float
) -> tuple[list[Contender], float]:
    """Group options that say the same; their probabilities add up. Returns the contenders, best first, and that of absence.

    `absent` is the utility of there being no value.
    """
    if not options:
        return [], 1.0
    top = max(*utilities, absent)
    weights = [math.exp(utility - top) for utility in utilities]
    none = math.exp(absent - top)
    total = sum(weights) + none
    groups: dict[str, list[int]] = {}
    for index, option in enumerate(options):
        groups.setdefault(option.key, []).append(index)
    contenders = []
    for key, members in groups.items():
        members.sort(key=lambda index: (-utilities[index], options[index].start))
        probability = sum(weights[index] for index in members) / total
        contenders.append(
            Contender(
                key,
                options[members[0]],
                probability,
                tuple(options[index] for index in members[1:]),
                max(labels[index] for index in members),
                alone=probability,
            )
        )
    contenders.sort(key=lambda contender: (-contender.probability, contender.option.start))
    return contenders, none / total


def decide_together(decisions: Mapping[str, Decision], checks: Sequence[TaskCheck], columns: Columns) -> dict[str, Decision]:
    """Choose for all fields so that likely values which also satisfy the checks win; fields without checks keep their best."""
    decided = _keep_apart(dict(decisions))
    parsed = [(parse_check(check.expression), Decimal(check.tolerance)) for check in checks]
    for names, involved in _components(parsed, decided):
        best = _best_combination([decided[name] for name in names], involved, columns)
        for name, (chosen, share) in zip(names, best, strict=True):
            decided[name] = _put_right(decided[name], _rechosen(decided[name], chosen, share))
    return decided


def _put_right(before: Decision, after: Decision) -> Decision:
    """The decision after the checks, with what it was before where they changed it."""
    if before.best is None or after.best is None or before.best.key == after.best.key:
        return after
    return replace(after, instead_of=before.best)


def _keep_apart(decisions: dict[str, Decision]) -> dict[str, Decision]:
    """Different names, such as buyer and seller, hardly ever stand at the same place, and seldom read the same."""
    names = [name for name, decision in decisions.items() if decision.field.type is FieldType.NAME and decision.contenders]
    if len(names) < 2 or len(names) > _MAX_NAMES:
        return decisions
    ranges = [range(min(_JOINT_OPTIONS, len(decisions[name].contenders))) for name in names]
    scores: list[tuple[float, tuple[int | None, ...]]] = []
    for combination in product(*ranges):
        chosen = [decisions[name].contenders[index] for name, index in zip(names, combination, strict=True)]
        score = sum(math.log(max(contender.probability, _FLOOR)) for contender in chosen)
        for left in range(len(chosen)):
            score += sum(_together(chosen[left], right) for right in chosen[left + 1 :])
        scores.append((score, combination))
    top_score, top = max(scores, key=lambda scored: scored[0])
    for position, name in enumerate(names):
        decision = decisions[name]
        if decision.chosen is None:
            continue
        shares = _marginal(scores, position, ranges[position], top_score)
        kept = 1.0 - decision.absent - sum(contender.probability for contender in decision.contenders[len(ranges[position]) :])
        decisions[name] = _rechosen(decision, top[position], [*(share * kept for share in shares), decision.absent])
    return decisions


def _together(left: Contender, right: Contender) -> float:
    if left.option.overlaps(right.option):
        return _SAME_PLACE
    return _SAME_NAME if left.key == right.key else 0.0


def _marginal(
    scores: Sequence[tuple[float, tuple[int | None, ...]]], position: int, choices: Sequence[int | None], top_score: float
) -> list[float]:
    """The part of all combinations' weight that falls to each choice of one field."""
    weights = dict.fromkeys(choices, 0.0)
    for score, combination in scores:
        weights[combination[position]] += math.exp(score - top_score)
    total = sum(weights.values())
    return [weights[choice] / total for choice in choices]


def _components(
    checks: Sequence[tuple[ParsedCheck, Decimal]], decisions: Mapping[str, Decision]
) -> list[tuple[list[str], list[tuple[ParsedCheck, Decimal]]]]:
    """Groups of fields that checks tie together, with those checks."""
    groups: list[tuple[set[str], list[tuple[ParsedCheck, Decimal]]]] = []
    for check in checks:
        names = {name for name in check[0].names if name in decisions}
        if not names:
            continue
        joined, tied = set(names), [check]
        rest = []
        for other_names, other_checks in groups:
            if other_names & joined:
                joined |= other_names
                tied = other_checks + tied
            else:
                rest.append((other_names, other_checks))
        groups = [*rest, (joined, tied)]
    return [([name for name in decisions if name in names], tied) for names, tied in groups]


def _best_combination(
    decisions: Sequence[Decision], checks: Sequence[tuple[ParsedCheck, Decimal]], columns: Columns
) -> list[tuple[int | None, list[float]]]:
    """For each decision the chosen contender and the new shares of its first ones (absence last), summed over all combinations."""
    width = _JOINT_OPTIONS
    while width > 1 and math.prod(min(width, len(decision.contenders)) + 1 for decision in decisions) > _MAX_COMBINATIONS:
        width -= 1
    ranges = [[*range(min(width, len(decision.contenders))), None] for decision in decisions]
    scores: list[tuple[float, tuple[int | None, ...]]] = []
    for combination in product(*ranges):
        chosen = {
            decision.field.name: None if index is None else decision.contenders[index]
            for decision, index in zip(decisions, combination, strict=True)
        }
        values = {name: contender and contender.option.value for name, contender in chosen.items()}
        named = {name: value for name, value in values.items() if _is_named(chosen[name])}
        score = sum(_log_share(decision, index) for decision, index in zip(decisions, combination, strict=True))
        # A date that nothing names must not decide which of the others is right.
        score += sum(
            _weigh(parsed, holds(parsed, values if parsed.is_equation else named, columns, tolerance), named)
            for parsed, tolerance in checks
        )
        scores.append((score, combination))
    top_score, top = max(scores, key=lambda scored: scored[0])
    result: list[tuple[int | None, list[float]]] = []
    for position, decision in enumerate(decisions):
        shares = _marginal(scores, position, ranges[position], top_score)
        kept = 1.0 - sum(contender.probability for contender in decision.contenders[len(ranges[position]) - 1 :])
        result.append((top[position], [share * kept for share in shares]))
    return result


def _is_named(contender: Contender | None) -> bool:
    return contender is not None and contender.label >= _LABELLED


def _log_share(decision: Decision, index: int | None) -> float:
    share = decision.absent if index is None else decision.contenders[index].probability
    return math.log(max(share, _FLOOR))


def _weigh(parsed: ParsedCheck, outcome: bool | None, named: Mapping[str, str | None]) -> float:
    if outcome is None:
        return 0.0
    if parsed.is_equation and any("." in name for name in parsed.names):
        return _COLUMN_SUM_HOLDS if outcome else _COLUMN_SUM_FAILS
    if parsed.is_equation:
        unnamed = min(len(parsed.names - named.keys()), len(_HELD_UNNAMED) - 1)
        return _EQUATION_HOLDS * _HELD_UNNAMED[unnamed] if outcome else _EQUATION_FAILS
    return _ORDER_HOLDS if outcome else _ORDER_FAILS


def _rechosen(decision: Decision, chosen: int | None, shares: Sequence[float]) -> Decision:
    """The decision with new probabilities for its first contenders; the chosen one comes first."""
    *first, absent = shares
    contenders = [replace(contender, probability=share) for contender, share in zip(decision.contenders, first, strict=False)]
    contenders += decision.contenders[len(first) :]
    order = sorted(range(len(contenders)), key=lambda index: (index != chosen, -contenders[index].probability))
    return replace(
        decision, contenders=tuple(contenders[index] for index in order), absent=absent, chosen=None if chosen is None else 0
    )
