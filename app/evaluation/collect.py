"""Every review becomes a case: read from the database when cases are asked for, so it follows corrections and their undoing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from app.domain.case import KeptCase, is_held_out
from app.domain.result import Result
from app.domain.task import CLASSES_OF_AUTO, TaskKind
from app.evaluation.cases import LABEL
from app.evaluation.reviewed import expected_of, is_whole
from app.storage.cases import Cases, Review

_AT_ONCE: Final = 100


def collect_cases(cases: Cases, look_of: Callable[[int], str]) -> int:
    """Keep what was reviewed since the last time; returns how many reviews were looked at. `look_of` names a job's look-alikes."""
    seen = 0
    while unseen := cases.unseen_reviews(_AT_ONCE):
        for job_id in unseen:
            _collect(cases, job_id, look_of)
        seen += len(unseen)
    return seen


def _collect(cases: Cases, job_id: int, look_of: Callable[[int], str]) -> None:
    review = cases.review_of(job_id)
    if review is None:
        cases.mark_seen(job_id, None, ())
        return
    found = list(_cases(review, look_of(job_id)))
    for case, first in found:
        cases.keep(case, review.document, first)
    cases.mark_seen(job_id, review.stamp, [case.task for case, _ in found])


def _cases(review: Review, look: str) -> Iterator[tuple[KeptCase, Result]]:
    """The answer's own case, and with `auto` one for the class that the person confirmed, whether or not a task follows it."""
    answer, outer = review.final.answer, review.final.label
    expected = expected_of(review.final)
    if expected:
        task = CLASSES_OF_AUTO if answer.task == TaskKind.AUTO else answer.task
        yield _case(review, task, expected, look, whole=is_whole(review.final)), review.first.answer
    if review.final.then is not None and outer is not None and outer.method == "person":
        yield _case(review, CLASSES_OF_AUTO, {LABEL: outer.value}, look, whole=True), review.first.model_copy(update={"then": None})


def _case(review: Review, task: str, expected: dict[str, object], look: str, *, whole: bool) -> KeptCase:
    job = review.job
    key = f"{job.sha256}/{job.part}" if job.part else job.sha256
    group = look or key
    return KeptCase(
        task=task,
        key=key,
        name=job.name,
        path=job.path,
        group=group,
        held_out=is_held_out(group, job.added_at),
        expected=expected,
        whole=whole,
        job_id=job.id,
    )
