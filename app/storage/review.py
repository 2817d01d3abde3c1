"""A person's corrections in the database: made, taken back, carried over to a newer answer. Rows are only added or marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import apsw
from pydantic import TypeAdapter

from app.domain.carry import carry_all, carry_group
from app.domain.correction import Correction
from app.domain.document import Document
from app.domain.job import JobState
from app.domain.result import Evidence, Result
from app.domain.review import ReviewRule, accept, correct, current_text
from app.domain.revision import PointReviews, Revision
from app.domain.targets import LABEL, parse_target, value_at
from app.domain.task import TaskCheck
from app.errors import NoAnswerError
from app.storage.database import Database, fetch
from app.storage.figures import EVERYTHING, RESTORED, SETTLED, note_review
from app.storage.revisions import count_points, read_revisions
from app.storage.rows import CORRECTION_COLUMNS, now, pack_result, to_correction, unpack_document, unpack_result
from app.tasks.answers.recheck import recheck

_CHECKS = TypeAdapter(tuple[TaskCheck, ...])
_LAST = " WHERE job_id = ? AND NOT undone AND NOT superseded ORDER BY id"
_FIRST_STEP = (
    "SELECT result_before, state_before FROM corrections"
    " WHERE job_id = ? AND NOT undone AND NOT superseded AND target != ? ORDER BY id LIMIT 1"
)
_STANDING_STEPS = f"SELECT {CORRECTION_COLUMNS}, result_before FROM corrections{_LAST}"  # noqa: S608


@dataclass(frozen=True)
class Acceptance:
    """Documents that were accepted together: the step of each job, and how many values were left to check in them."""

    steps: dict[int, int]
    n_open: int


class Corrections:
    def __init__(self, database: Database) -> None:
        self._database = database

    def correct(
        self, job_id: int, target: str, *, value: str | None, text: str | None = None, evidence: Evidence | None = None
    ) -> Result:
        with self._database.transaction() as connection:
            before, state, rule = _answer(connection, job_id)
            document = _document(connection, job_id)
            after = recheck(correct(before, document, target, value=value, text=text, evidence=evidence), rule.checks)
            made = _correction(job_id, target, before, after)
            if value is None:
                # What has moved up to the place of a row or a point that was taken out is not its new value.
                made = made.model_copy(update={"after": None, "text": None, "evidence": None})
            _record(connection, made, before, state)
            _store_answer(connection, job_id, after, rule.state_of(after))
        return after

    def accept(self, job_id: int, target: str | None) -> Result:
        with self._database.transaction() as connection:
            before, state, rule = _answer(connection, job_id)
            after = accept(before, target)
            _record(connection, _correction(job_id, target or EVERYTHING, before, after), before, state)
            _store_answer(connection, job_id, after, JobState.DONE if target is None else rule.state_of(after))
        return after

    def accept_documents(self, job_ids: Iterable[int]) -> Acceptance:
        """Confirm all that is left to check in these documents, in one transaction; others of them are left alone."""
        steps: dict[int, int] = {}
        n_open = 0
        with self._database.transaction() as connection:
            for job_id in job_ids:
                if not fetch(connection, "SELECT 1 FROM jobs WHERE id = ? AND state = 'review'", (job_id,)):
                    continue
                before, state, rule = _answer(connection, job_id)
                n_open += len(rule.open_targets(before))
                _record(connection, _correction(job_id, EVERYTHING, before, before), before, state)
                steps[job_id] = connection.last_insert_rowid()
                _store_answer(connection, job_id, accept(before, None), JobState.DONE)
        return Acceptance(steps, n_open)

    def undo_acceptance(self, made: Acceptance) -> list[int]:
        """Take back an acceptance where nothing was changed since; the documents it was taken back in."""
        return [job_id for job_id, step in made.steps.items() if self._undo(job_id, only=step) is not None]

    def settle(self, job_id: int, before: Result, after: Result) -> Result | None:
        """Put `after` in the place of `before`; None when the answer is another one by now. It can be undone like a correction."""
        with self._database.transaction() as connection:
            if not _has_answer(connection, job_id):
                return None
            current, state, rule = _answer(connection, job_id)
            if current != before:
                return None
            made = Correction(job_id=job_id, target=SETTLED, before=None, after=None, made_at=now())
            _record(connection, made, before, state)
            _store_answer(connection, job_id, after, rule.state_of(after))
        return after

    def settled(self, most: int) -> list[Result]:
        """The answers of the documents that a larger model was asked about last, as they are now."""
        rows = self._database.query(
            "SELECT result FROM results JOIN (SELECT job_id, max(id) AS last FROM corrections"
            " WHERE target = ? AND NOT undone GROUP BY job_id) AS asked USING (job_id) ORDER BY last DESC LIMIT ?",
            (SETTLED, most),
        )
        return [Result.model_validate_json(packed) for (packed,) in rows]

    def restore(self, job_id: int) -> Result | None:
        """Go back to the model's own answer, in one step that can be undone; None when that is what stands."""
        with self._database.transaction() as connection:
            if not _has_answer(connection, job_id):
                return None
            first = fetch(connection, _FIRST_STEP, (job_id, RESTORED))
            if not first:
                return None
            current, state, _ = _answer(connection, job_id)
            original = unpack_result(first[0][0])
            if original == current:
                return None
            standing = [number for (number,) in fetch(connection, f"SELECT id FROM corrections{_LAST}", (job_id,))]  # noqa: S608
            _record(connection, Correction(job_id=job_id, target=RESTORED, before=None, after=None, made_at=now()), current, state)
            restored = connection.last_insert_rowid()
            connection.executemany(
                "UPDATE corrections SET superseded = 1, taken_back_by = ? WHERE id = ?", [(restored, number) for number in standing]
            )
            _store_answer(connection, job_id, original, JobState(first[0][1]))
        return original

    def undo(self, job_id: int) -> Result | None:
        return self._undo(job_id)

    def _undo(self, job_id: int, *, only: int | None = None) -> Result | None:
        with self._database.transaction() as connection:
            if not _has_answer(connection, job_id):
                return None
            rows = fetch(connection, f"SELECT id, result_before, state_before FROM corrections{_LAST} DESC LIMIT 1", (job_id,))  # noqa: S608
            if not rows:
                return None
            correction_id, result_before, state_before = rows[0]
            if only not in {None, correction_id}:
                return None
            before = unpack_result(result_before)
            connection.execute("UPDATE corrections SET undone = 1, undone_at = ? WHERE id = ?", (now(), correction_id))
            connection.execute(
                "UPDATE corrections SET superseded = 0, taken_back_by = NULL WHERE taken_back_by = ?", (correction_id,)
            )
            _store_answer(connection, job_id, before, JobState(state_before))
        return before

    def of_job(self, job_id: int) -> list[Correction]:
        sql = f"SELECT {CORRECTION_COLUMNS} FROM corrections WHERE job_id = ? ORDER BY id"  # noqa: S608
        return [to_correction(row) for row in self._database.query(sql, (job_id,))]

    def point_reviews(self, task: str) -> PointReviews:
        with self._database.transaction() as connection:
            return count_points(connection, task)

    def revisions(self, job_id: int) -> list[Revision]:
        with self._database.transaction() as connection:
            return read_revisions(connection, job_id)


def replay_corrections(
    connection: apsw.Connection, job_id: int, result: Result, document: Document, rule: ReviewRule
) -> tuple[Result, JobState]:
    """Apply what a person said of the earlier answer to a new one: their word is never overwritten.

    Rows, list values and points may stand elsewhere in the new answer, so a whole list or table that a person touched is carried
    over. What another model said of the earlier answer is gone; that step is kept, but marked as superseded.
    """
    state = rule.state_of(result)
    made = [(to_correction(row[:-1]), unpack_result(row[-1])) for row in fetch(connection, _STANDING_STEPS, (job_id,))]
    last = fetch(connection, "SELECT result FROM results WHERE job_id = ?", (job_id,))
    said_after = [before for _, before in made[1:]] + [Result.model_validate_json(text) for (text,) in last]
    for (step, _), said in zip(made, said_after, strict=False):
        if step.target in {SETTLED, RESTORED} or (_is_of_group(step) and said.answer.task != result.answer.task):
            connection.execute("UPDATE corrections SET superseded = 1 WHERE id = ?", (step.id,))
            continue
        connection.execute(
            "UPDATE corrections SET result_before = ?, state_before = ? WHERE id = ?", (pack_result(result), state.value, step.id)
        )
        result = recheck(_said_again(step, said, result, document), rule.checks)
        state = rule.state_of(result)
    return result, state


def _is_of_group(step: Correction) -> bool:
    return step.target == EVERYTHING or "[" in step.target


def _said_again(step: Correction, said: Result, result: Result, document: Document) -> Result:
    if step.target == EVERYTHING:
        return carry_all(said, result, document)
    if "[" in step.target:
        return carry_group(said, result, parse_target(step.target).name, document)
    return correct(result, document, step.target, value=step.after, text=step.text, evidence=step.evidence)


def _correction(job_id: int, target: str, before: Result, after: Result) -> Correction:
    if target == EVERYTHING:
        return Correction(job_id=job_id, target=target, before=None, after=None, made_at=now())
    parsed = parse_target(target)
    value = None if parsed.name == LABEL else value_at(after, parsed)
    return Correction(
        job_id=job_id,
        target=target,
        before=current_text(before, target),
        after=current_text(after, target),
        text=value.text if value else None,
        evidence=value.evidence if value else None,
        made_at=now(),
    )


def _record(connection: apsw.Connection, made: Correction, before: Result, state: JobState) -> None:
    connection.execute(
        "INSERT INTO corrections (job_id, target, before, after, text, evidence, made_at, result_before, state_before)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            made.job_id,
            made.target,
            made.before,
            made.after,
            made.text,
            None if made.evidence is None else made.evidence.model_dump_json(),
            made.made_at,
            pack_result(before),
            state.value,
        ),
    )


def _answer(connection: apsw.Connection, job_id: int) -> tuple[Result, JobState, ReviewRule]:
    """Raises `NoAnswerError` also while an answer is being made anew."""
    sql = "SELECT result, state, required, review_below, checks FROM results JOIN jobs ON jobs.id = job_id WHERE job_id = ?"
    rows = fetch(connection, sql, (job_id,)) if _has_answer(connection, job_id) else []
    if not rows:
        raise NoAnswerError
    result, state, required, review_below, checks = rows[0]
    rule = ReviewRule(frozenset(required.split()), review_below, _CHECKS.validate_json(checks))
    return Result.model_validate_json(result), JobState(state), rule


def _has_answer(connection: apsw.Connection, job_id: int) -> bool:
    sql = "SELECT 1 FROM results JOIN jobs ON jobs.id = job_id WHERE job_id = ? AND state IN ('review', 'done')"
    return bool(fetch(connection, sql, (job_id,)))


def _document(connection: apsw.Connection, job_id: int) -> Document | None:
    rows = fetch(connection, "SELECT document FROM documents JOIN jobs USING (sha256, part) WHERE jobs.id = ?", (job_id,))
    return unpack_document(rows[0][0]) if rows else None


def _store_answer(connection: apsw.Connection, job_id: int, result: Result, state: JobState) -> None:
    connection.execute("UPDATE results SET result = ? WHERE job_id = ?", (result.model_dump_json(), job_id))
    connection.execute("UPDATE jobs SET state = ? WHERE id = ?", (state.value, job_id))
    note_review(connection, job_id)
