"""A person's corrections in the database: made, taken back, carried over to a newer answer. Rows are only added or marked."""

from __future__ import annotations

import apsw
from pydantic import TypeAdapter

from app.domain.correction import Correction
from app.domain.document import Document
from app.domain.job import JobState
from app.domain.result import Evidence, Result
from app.domain.review import ReviewRule, accept, correct, current_text
from app.domain.targets import LABEL, parse_target, value_at
from app.domain.task import TaskCheck
from app.errors import NoAnswerError
from app.storage.database import Database, fetch
from app.storage.figures import EVERYTHING, SETTLED, note_review
from app.storage.rows import CORRECTION_COLUMNS, now, pack_result, to_correction, unpack_document, unpack_result
from app.tasks.recheck import recheck

_CHECKS = TypeAdapter(tuple[TaskCheck, ...])
_LAST = " WHERE job_id = ? AND NOT undone AND NOT superseded ORDER BY id"


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
            _record(connection, _correction(job_id, target, before, after), before, state)
            _store_answer(connection, job_id, after, rule.state_of(after))
        return after

    def accept(self, job_id: int, target: str | None) -> Result:
        with self._database.transaction() as connection:
            before, state, rule = _answer(connection, job_id)
            after = accept(before, target)
            _record(connection, _correction(job_id, target or EVERYTHING, before, after), before, state)
            _store_answer(connection, job_id, after, JobState.DONE if target is None else rule.state_of(after))
        return after

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

    def undo(self, job_id: int) -> Result | None:
        with self._database.transaction() as connection:
            if not _has_answer(connection, job_id):
                return None
            rows = fetch(connection, f"SELECT id, result_before, state_before FROM corrections{_LAST} DESC LIMIT 1", (job_id,))  # noqa: S608
            if not rows:
                return None
            correction_id, result_before, state_before = rows[0]
            before = unpack_result(result_before)
            connection.execute("UPDATE corrections SET undone = 1 WHERE id = ?", (correction_id,))
            _store_answer(connection, job_id, before, JobState(state_before))
        return before

    def of_job(self, job_id: int) -> list[Correction]:
        sql = f"SELECT {CORRECTION_COLUMNS} FROM corrections WHERE job_id = ? ORDER BY id"  # noqa: S608
        return [to_correction(row) for row in self._database.query(sql, (job_id,))]


def replay_corrections(
    connection: apsw.Connection, job_id: int, result: Result, document: Document, rule: ReviewRule
) -> tuple[Result, JobState]:
    """Apply earlier corrections of fields and the class to a new answer.

    Rows and list values may stand elsewhere in the new answer, and a whole answer that was accepted or settled is gone: those
    corrections are kept, but marked as superseded.
    """
    state = rule.state_of(result)
    rows = fetch(connection, f"SELECT {CORRECTION_COLUMNS} FROM corrections{_LAST}", (job_id,))  # noqa: S608
    for made in map(to_correction, rows):
        if "[" in made.target or made.target in {EVERYTHING, SETTLED}:
            connection.execute("UPDATE corrections SET superseded = 1 WHERE id = ?", (made.id,))
            continue
        connection.execute(
            "UPDATE corrections SET result_before = ?, state_before = ? WHERE id = ?", (pack_result(result), state.value, made.id)
        )
        changed = correct(result, document, made.target, value=made.after, text=made.text, evidence=made.evidence)
        result = recheck(changed, rule.checks)
        state = rule.state_of(result)
    return result, state


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
