from __future__ import annotations

from app.evaluation.ramp import propose
from app.evaluation.tradeoff import Judged
from app.settings import Ramp, ReviewStage


def _judged(n: int, *, wrong_every: int = 0, sure: bool = True) -> list[Judged]:
    """Values of as many documents; wrong ones are doubtful unless `sure`."""
    wrong = [wrong_every > 0 and index % wrong_every == 0 for index in range(n)]
    return [Judged(0.95 if sure or not bad else 0.4, not bad, str(index)) for index, bad in enumerate(wrong)]


def test_a_new_task_stays_with_everything_and_says_how_many_reviews_are_missing() -> None:
    told = propose(Ramp(stage=ReviewStage.EVERYTHING), _judged(40))
    assert told.ramp is None
    assert told.more_needed is not None
    assert told.more_needed > 0


def test_enough_right_values_carry_a_threshold() -> None:
    told = propose(Ramp(stage=ReviewStage.EVERYTHING), _judged(400, wrong_every=5, sure=False))
    assert told.ramp is not None
    assert told.ramp.stage is ReviewStage.DOUBTFUL
    assert told.ramp.threshold == 0.95
    assert told.point is not None
    assert told.point.n_kept == 320


def test_errors_among_the_sure_carry_nothing() -> None:
    told = propose(Ramp(stage=ReviewStage.EVERYTHING), _judged(400, wrong_every=5))
    assert told.ramp is None
    assert told.more_needed is None


def test_a_sample_alone_needs_a_task_without_doubt() -> None:
    doubtful = Ramp(stage=ReviewStage.DOUBTFUL, threshold=0.95)
    told = propose(doubtful, _judged(400))
    assert told.ramp is not None
    assert told.ramp.stage is ReviewStage.SAMPLE
    assert propose(doubtful, _judged(400, wrong_every=5, sure=False)).ramp is None


def test_errors_that_nobody_would_have_seen_lead_a_step_back() -> None:
    told = propose(Ramp(stage=ReviewStage.SAMPLE), _judged(200, wrong_every=10))
    assert told.is_step_back
    assert told.ramp is not None
    assert told.ramp.stage is ReviewStage.DOUBTFUL
    again = propose(Ramp(stage=ReviewStage.DOUBTFUL, threshold=0.9), _judged(200, wrong_every=10))
    assert again.ramp is not None
    assert again.ramp.stage is ReviewStage.EVERYTHING


def test_one_error_is_no_reason_to_step_back() -> None:
    assert not propose(Ramp(stage=ReviewStage.SAMPLE), _judged(60, wrong_every=60)).is_step_back
