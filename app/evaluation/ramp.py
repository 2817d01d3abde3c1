"""When a task is ready for less review: proposed from what people reviewed, never decided for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.evaluation.tradeoff import Judged, Point, promise, upper_bound
from app.settings import Ramp, ReviewStage

TARGET: Final = 0.98
"""Of the values that nobody looks at, so many are to be right."""
_WORTH_IT: Final = 0.05
"""A threshold that spares less review than this is no step."""


@dataclass(frozen=True)
class Proposal:
    """`ramp` is the step that the evidence carries; None when it carries none yet."""

    ramp: Ramp | None
    point: Point | None
    """What the step rests on."""
    n: int
    """Reviewed values that were looked at."""
    more_needed: int | None = None
    """Values still to be reviewed before a step can be proposed; None when no number would do."""
    is_step_back: bool = False


def propose(current: Ramp, judged: Sequence[Judged], target: float = TARGET) -> Proposal:
    """The next step for a task.

    `judged` must come from documents that were reviewed in whole: all of them at first, the drawn ones later. Values that were
    shown only because they were doubtful say nothing about those that were not.
    """
    told = promise(judged, target)
    back = _step_back(current, judged, target)
    if back is not None:
        return Proposal(back, told.point or told.best, len(judged), told.more_needed, is_step_back=True)
    if told.point is None:
        return Proposal(None, told.best, len(judged), told.more_needed)
    return Proposal(_step_on(current, told.point), told.point, len(judged))


def _step_on(current: Ramp, point: Point) -> Ramp | None:
    spares = 1 - point.reviewed
    if current.stage is ReviewStage.EVERYTHING and spares >= _WORTH_IT:
        return current.model_copy(update={"stage": ReviewStage.DOUBTFUL, "threshold": point.threshold})
    if current.stage is ReviewStage.DOUBTFUL and point.reviewed <= 0:
        return current.model_copy(update={"stage": ReviewStage.SAMPLE})
    if current.stage is ReviewStage.DOUBTFUL and point.threshold < current.threshold:
        return current.model_copy(update={"threshold": point.threshold})
    return None


def _step_back(current: Ramp, judged: Sequence[Judged], target: float) -> Ramp | None:
    """The stage before, where what nobody would have looked at is surely less right than the target."""
    if current.stage is ReviewStage.EVERYTHING:
        return None
    least = current.threshold if current.stage is ReviewStage.DOUBTFUL else 0.0
    unseen = [one for one in judged if one.confidence >= least]
    if upper_bound(unseen) >= target:
        return None
    before = ReviewStage.EVERYTHING if current.stage is ReviewStage.DOUBTFUL else ReviewStage.DOUBTFUL
    return current.model_copy(update={"stage": before})
