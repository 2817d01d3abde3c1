"""The history of one answer, read from the steps that are stored with the answer before each of them."""

from __future__ import annotations

from typing import Final

import apsw

from app.domain.result import Result
from app.domain.review import CONFIRMED, CORRECTED
from app.domain.revision import PointReviews, Revision, RevisionKind, RevisionStanding, ValueChange, changes_between, values_of
from app.storage.database import Row, fetch
from app.storage.figures import EVERYTHING, RESTORED, SETTLED
from app.storage.rows import unpack_result

_STEPS: Final = (
    "SELECT target, before, after, made_at, undone, superseded, taken_back_by, undone_at, result_before"
    " FROM corrections WHERE job_id = ? ORDER BY id"
)
_KINDS: Final = {EVERYTHING: RevisionKind.ACCEPTED_ALL, SETTLED: RevisionKind.LARGER_MODEL, RESTORED: RevisionKind.RESTORED}
_POINTS: Final = (
    "SELECT total(point.value ->> '$.reason' = ?), total(point.value ->> '$.reason' = ?)"
    " FROM results, json_each(coalesce(result -> '$.then.points', result -> '$.points')) AS point"
    " WHERE coalesce(result ->> '$.then.task', result ->> '$.task') = ?"
    " AND job_id IN (SELECT job_id FROM corrections WHERE NOT undone AND NOT superseded)"
)
_DROPPED: Final = (
    "SELECT count(*) FROM corrections JOIN results USING (job_id) WHERE NOT undone AND NOT superseded"
    " AND target LIKE 'points[%' AND after IS NULL AND coalesce(result ->> '$.then.task', result ->> '$.task') = ?"
)


def count_points(connection: apsw.Connection, task: str) -> PointReviews:
    """What became of the points of a task's summaries in review."""
    accepted, edited = fetch(connection, _POINTS, (CONFIRMED, CORRECTED, task))[0]
    ((dropped,),) = fetch(connection, _DROPPED, (task,))
    return PointReviews(int(accepted), int(edited), int(dropped))


def read_revisions(connection: apsw.Connection, job_id: int) -> list[Revision]:
    rows = fetch(connection, _STEPS, (job_id,))
    last = fetch(connection, "SELECT result, finished_at FROM results JOIN jobs ON jobs.id = job_id WHERE job_id = ?", (job_id,))
    if not last:
        return []
    final = Result.model_validate_json(last[0][0])
    before = [unpack_result(row[-1]) for row in rows]
    # A step of an answer that was replaced tells nothing of the one that stands now.
    of_this_answer = [one for row, one in zip(rows, before, strict=True) if _standing(row) is not RevisionStanding.REPLACED]
    first = of_this_answer[0] if of_this_answer else final
    read = Revision(
        kind=RevisionKind.READ, made_at=last[0][1] or "", changes=values_of(first), model=first.answer.model.id or first.model.id
    )
    steps = [_step(row, was, now) for row, was, now in zip(rows, before, [*before[1:], final], strict=True)]
    replaced = [step for step in steps if step.standing is RevisionStanding.REPLACED]
    return [*replaced, read, *(step for step in steps if step.standing is not RevisionStanding.REPLACED)]


def _step(row: Row, before: Result, after: Result) -> Revision:
    target, was, now, made_at, _, _, _, undone_at, _ = row
    kind = _KINDS.get(target)
    if kind is None:
        kind = RevisionKind.ACCEPTED if was == now else RevisionKind.CORRECTED
        changes: tuple[ValueChange, ...] = (ValueChange(target=target, before=was, after=now),)
    else:
        # What a step that was undone had changed is not stored: the answer after it is the one before it.
        changes = changes_between(before, after) if _standing(row) is not RevisionStanding.REPLACED else ()
    return Revision(
        kind=kind,
        made_at=made_at,
        changes=changes,
        standing=_standing(row),
        model=_other_model(after) if kind is RevisionKind.LARGER_MODEL else "",
        undone_at=undone_at,
    )


def _standing(row: Row) -> RevisionStanding:
    undone, superseded, taken_back_by = row[4:7]
    if undone:
        return RevisionStanding.UNDONE
    if taken_back_by is not None:
        return RevisionStanding.TAKEN_BACK
    return RevisionStanding.REPLACED if superseded else RevisionStanding.STANDS


def _other_model(result: Result) -> str:
    """Whose answers were taken in."""
    answer = result.answer
    values = [*answer.fields.values(), *(value for values in answer.lists.values() for value in values)]
    sources = [opinion.source for value in values for opinion in value.opinions]
    sources += [opinion.source for opinions in answer.opinions.values() for opinion in opinions]
    return next((source for source in reversed(sources) if source != "local"), "")
