from __future__ import annotations

import hashlib

import pytest

from app.domain.ramp import EVERYTHING, Ramp, Stage

_HASHES = [hashlib.sha256(str(index).encode()).hexdigest() for index in range(4000)]


def test_everything_is_above_every_confidence() -> None:
    assert Ramp(stage=Stage.EVERYTHING).review_below(_HASHES[0]) > 1


@pytest.mark.parametrize(("stage", "below"), [(Stage.DOUBTFUL, 0.8), (Stage.SAMPLE, 0.0)])
def test_a_twentieth_of_the_documents_is_drawn(stage: Stage, below: float) -> None:
    ramp = Ramp(stage=stage, threshold=0.8, sample=0.05)
    drawn = [ramp.review_below(sha256) for sha256 in _HASHES]
    assert set(drawn) == {below, EVERYTHING}
    assert 0.035 < drawn.count(EVERYTHING) / len(drawn) < 0.065


def test_the_same_document_is_always_drawn_or_never() -> None:
    ramp = Ramp(stage=Stage.SAMPLE, sample=0.5)
    assert [ramp.review_below(sha256) for sha256 in _HASHES[:50]] == [ramp.review_below(sha256) for sha256 in _HASHES[:50]]


def test_no_sample_draws_nothing() -> None:
    assert all(Ramp(stage=Stage.SAMPLE, sample=0).review_below(sha256) == 0 for sha256 in _HASHES)
