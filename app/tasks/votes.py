"""What the model is asked about a document, and what its vote counts beside the document's own evidence.

It is asked only where its vote could change the answer: reading is what costs time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from app.domain.task import FieldType, Task
from app.tasks.candidates import TEXT_TYPES
from app.tasks.choice import Contender, Decision, settled
from app.tasks.engine import Engine
from app.tasks.layout import Layout
from app.tasks.reading import Reading, shares
from app.tasks.windows import Excerpt, excerpt

OnField = Callable[[str, float], None]
"""Told the name of each field when it is answered, and the part of all questions that is done."""

_WEIGHTS: Final[Mapping[FieldType, float]] = {
    FieldType.NAME: 0.6,
    FieldType.TEXT: 0.5,
    FieldType.ADDRESS: 0.5,
    FieldType.CHOICE: 0.5,
    FieldType.IDENTIFIER: 0.4,
    FieldType.TAX_ID: 0.4,
    FieldType.DATE: 0.0,
    FieldType.TIME: 0.0,
}
"""Power of the model's share by type, fitted out of fold. Of dates and times a small model knows less than their labels do."""
_USUAL_WEIGHT: Final = 0.3
_OPEN_WEIGHT: Final = 1.0
"""Power of its share for words of a field that the weights do not know: there it was right twice as often as the evidence."""
_LEAST_SHARE: Final = 1e-3
_SURE: Final = 0.93
_MOST_CONTENDERS: Final = 8
_MOST_OPEN: Final = 20
_BUDGET_TOKENS: Final = 250
_MOST_TOKENS: Final = 1000
_RESERVED_TOKENS: Final = 1400
"""Context kept for instructions, question and answer."""


def ask(
    task: Task, layout: Layout, engine: Engine, decisions: Mapping[str, Decision], doubtful: Sequence[str], tell: OnField
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
    part = excerpt(
        layout, places, lambda text: len(engine.tokenize(text)), budget_tokens=min(_BUDGET_TOKENS, most), most_tokens=most
    )
    reading = Reading(engine, task, [decisions[name].field for name in doubtful], part.text)
    voted = dict(decisions)
    for index, name in enumerate(doubtful):
        asked = [contender for contender in rivals[name] if part.shows(contender.option.start)]
        if len(asked) > 1:
            votes = shares(reading.scores(decisions[name].field, [contender.option.text for contender in asked]))
            voted[name] = settled(_with_votes(decisions[name], asked, votes))
            best = voted[name].best
            reading.answer(best.option.text if best else None)
        tell(name, (index + 1) / len(doubtful))
    return voted, part


def in_doubt(decision: Decision) -> tuple[Contender, ...]:
    """The contenders between which the model's vote could decide; none where it could change nothing."""
    weight = _weight(decision)
    if not weight or settled(decision).best is None:
        return ()
    first = decision.contenders[0].probability
    if first >= _SURE * (1.0 - decision.absent):
        return ()
    most = _MOST_OPEN if _is_open(decision) else _MOST_CONTENDERS
    within_reach = first * _LEAST_SHARE**weight
    rivals = tuple(contender for contender in decision.contenders[:most] if contender.probability >= within_reach)
    return rivals if len(rivals) > 1 else ()


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
    return not decision.known and decision.field.type in TEXT_TYPES
