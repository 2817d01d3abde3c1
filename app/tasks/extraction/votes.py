"""What the model is asked about a document, and what its vote counts beside the document's own evidence.

It is asked only where its vote could change the answer: reading is what costs time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from app.domain.task import FieldType, Task
from app.tasks.answers.choice import Contender, Decision, settled
from app.tasks.asking.engine import Engine
from app.tasks.candidates.finding import TEXT_TYPES, Source
from app.tasks.extraction.reading import Reading, shares
from app.tasks.extraction.spans import option_copied
from app.tasks.lines.windows import Excerpt, excerpt

OnField = Callable[[str, float], None]
"""Told the name of each field when it is answered, and the part of all questions that is done."""

_WEIGHTS: Final[Mapping[FieldType, float]] = {
    FieldType.NAME: 0.3,
    FieldType.TEXT: 0.5,
    FieldType.CHOICE: 0.5,
    FieldType.DATE: 0.0,
    FieldType.TIME: 0.0,
}
"""Power of the model's share by type, fitted out of fold. Of dates and times a small model knows less than their labels do."""
_USUAL_WEIGHT: Final = 0.2
_OPEN_TYPES: Final = TEXT_TYPES - {FieldType.ADDRESS}
"""An address looks like one, whatever it is asked for."""
_OPEN_WEIGHT: Final = 1.0
"""Power of its share for words of a field that the weights do not know: there it was right twice as often as the evidence."""
_COPIED_SHARE: Final = 0.1
"""Probability, before the vote, of what only the model found."""
_LEAST_SHARE: Final = 1e-3
_SURE: Final = 0.93
_MOST_CONTENDERS: Final = 8
_MOST_OPEN: Final = 20
_BUDGET_TOKENS: Final = 250
_MOST_TOKENS: Final = 1000
_RESERVED_TOKENS: Final = 1400
"""Context kept for instructions, question and answer."""


def ask(
    task: Task, source: Source, engine: Engine, decisions: Mapping[str, Decision], doubtful: Sequence[str], tell: OnField
) -> tuple[dict[str, Decision], Excerpt]:
    """The decisions with the model's vote on those fields that are `doubtful`, and what it read."""
    rivals = {name: in_doubt(decisions[name]) for name in doubtful}
    places = [
        (contender.probability, option.start)
        for contenders in rivals.values()
        for contender in contenders
        for option in (contender.option, *contender.others[:1])
    ]
    most = max(_BUDGET_TOKENS, min(_MOST_TOKENS, engine.info.n_ctx - _RESERVED_TOKENS))
    budget = most if any(_is_open(decisions[name]) for name in doubtful) else min(_BUDGET_TOKENS, most)
    part = excerpt(source.layout, places, lambda text: len(engine.tokenize(text)), budget_tokens=budget, most_tokens=most)
    reading = Reading(engine, task, [decisions[name].field for name in doubtful], part.text)
    voted = dict(decisions)
    for index, name in enumerate(doubtful):
        decision, asked = decisions[name], [contender for contender in rivals[name] if part.shows(contender.option.start)]
        reading.turn_to(decision.field)
        if _is_open(decision):
            decision, asked = _with_copy(decision, asked, reading, source, part)
        if len(asked) > 1:
            decision = settled(_with_votes(decision, asked, shares(reading.scores([contender.option.text for contender in asked]))))
        voted[name] = decision
        reading.answer(decision.best.option.text if decision.best else None)
        tell(name, (index + 1) / len(doubtful))
    return voted, part


def in_doubt(decision: Decision) -> tuple[Contender, ...]:
    """The contenders between which the model's vote could decide; none where it could change nothing."""
    weight = _weight(decision)
    if not weight or not decision.contenders or (settled(decision).best is None and not _is_open(decision)):
        return ()
    first = decision.contenders[0].probability
    if first >= _SURE * (1.0 - decision.absent):
        return ()
    most = _MOST_OPEN if _is_open(decision) else _MOST_CONTENDERS
    within_reach = first * _LEAST_SHARE**weight
    rivals = tuple(contender for contender in decision.contenders[:most] if contender.probability >= within_reach)
    return rivals if len(rivals) > 1 else ()


def _with_copy(
    decision: Decision, asked: Sequence[Contender], reading: Reading, source: Source, part: Excerpt
) -> tuple[Decision, list[Contender]]:
    """The decision and those asked about, with what the model itself copies; the surer it is of it, the less likely is absence."""
    words, sure = reading.copied()
    option = option_copied(words, source.text, part.spans) if words else None
    if option is None or source.is_of_other_type(decision.field, option):
        return decision, list(asked)
    absent = decision.absent * (1.0 - sure) / max(1e-9, 1.0 - decision.absent * sure)
    contenders = list(decision.contenders)
    if all(contender.key != option.key for contender in contenders):
        share = min(_COPIED_SHARE, contenders[0].probability)
        contenders.append(Contender(option.key, option, share, alone=0.0))
    scale = (1.0 - absent) / (math.fsum(contender.probability for contender in contenders) or 1.0)
    contenders = [replace(contender, probability=contender.probability * scale) for contender in contenders]
    contenders.sort(key=lambda contender: (-contender.probability, contender.option.start))
    keys = {option.key, *(contender.key for contender in asked)}
    return replace(decision, contenders=tuple(contenders), absent=absent), [c for c in contenders if c.key in keys]


def _with_votes(decision: Decision, asked: Sequence[Contender], votes: Sequence[float]) -> Decision:
    """The decision with the contenders' probabilities weighed by the model's; that of a value being there stays."""
    weight = _weight(decision)
    weighed = [contender.probability * max(vote, _LEAST_SHARE) ** weight for contender, vote in zip(asked, votes, strict=True)]
    scale = math.fsum(contender.probability for contender in asked) / (math.fsum(weighed) or 1.0)
    after = {
        contender.key: replace(contender, probability=probability * scale, model=vote)
        for contender, probability, vote in zip(asked, weighed, votes, strict=True)
    }
    contenders = [after.get(contender.key, contender) for contender in decision.contenders]
    contenders.sort(key=lambda contender: (-contender.probability, contender.option.start))
    return replace(decision, contenders=tuple(contenders))


def _weight(decision: Decision) -> float:
    return _OPEN_WEIGHT if _is_open(decision) else _WEIGHTS.get(decision.field.type, _USUAL_WEIGHT)


def _is_open(decision: Decision) -> bool:
    """Whether any words may answer, and what speaks for them is known only from other fields."""
    return not decision.known and decision.field.type in _OPEN_TYPES
