from __future__ import annotations

import pytest

from app.jobs.pace import Pace


def test_nothing_is_promised_before_the_first_document() -> None:
    pace = Pace()
    assert pace.docs_per_minute == 0
    assert pace.seconds_left(5) is None


def test_overlapping_work_counts_once() -> None:
    pace = Pace()
    pace.record(0, 10)
    pace.record(2, 20)
    assert pace.docs_per_minute == pytest.approx(6)
    assert pace.seconds_left(3) == pytest.approx(30)


def test_idle_time_does_not_count_and_old_documents_are_forgotten() -> None:
    pace = Pace()
    pace.record(0, 1000)
    for number in range(20):
        pace.record(2000 + 10 * number, 2001 + 10 * number)
    assert pace.docs_per_minute == pytest.approx(60)
