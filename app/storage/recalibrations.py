"""The versions of what reviews made of the confidence of tasks. Rows are added and marked as taken back, never changed."""

from __future__ import annotations

from typing import Final

from app.domain.recalibration import Recalibration
from app.storage.database import Database, fetch
from app.storage.figures import RESTORED, SETTLED

_OF: Final = "task = :task AND coalesce(made ->> '$.model_sha256', '') IN (:model, '')"
_NEWEST: Final = f"SELECT max(id) FROM recalibrations WHERE {_OF} AND NOT taken_back"  # noqa: S608
_REFUSED: Final = f"{_OF} AND taken_back AND id > coalesce(({_NEWEST}), 0)"
_TAKE_AGAIN: Final = (
    f"UPDATE recalibrations SET taken_back = 0 WHERE id = (SELECT id FROM recalibrations WHERE {_REFUSED}"  # noqa: S608
    " ORDER BY taken_back DESC, id LIMIT 1)"
)
_DROP_NEWEST: Final = (
    "UPDATE recalibrations SET taken_back = 1 + (SELECT max(taken_back) FROM recalibrations WHERE task = :task)"  # noqa: S608
    f" WHERE id = ({_NEWEST})"
)


class Recalibrations:
    """What is known is read and forgotten inside transactions, so that no thread keeps what another has just replaced.

    Of each task, each model has its own versions; those that name no model belong to all.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[tuple[str, str], Recalibration] | None = None

    def in_force(self, task: str, model_sha256: str) -> Recalibration | None:
        """The newest version that was not taken back. Asked for every document, so they are kept in memory."""
        known = self._known
        if known is None:
            with self._database.transaction() as connection:
                rows = fetch(connection, "SELECT made FROM recalibrations WHERE NOT taken_back ORDER BY id")
                versions = [Recalibration.model_validate_json(made) for (made,) in rows]
                known = self._known = {(version.task, version.model_sha256): version for version in versions}
        return known.get((task, model_sha256)) or known.get((task, ""))

    def add(self, recalibration: Recalibration) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO recalibrations (task, made) VALUES (?, ?)", (recalibration.task, recalibration.model_dump_json())
            )
            self._known = None

    def refused_reviews(self, task: str, model_sha256: str) -> int:
        """The most reviews that a version rested on which a person took back and nothing has replaced; 0 without any."""
        bindings = {"task": task, "model": model_sha256}
        rows = self._database.query(f"SELECT made FROM recalibrations WHERE {_REFUSED}", bindings)  # noqa: S608
        return max((Recalibration.model_validate_json(made).reviews for (made,) in rows), default=0)

    def take_again(self, task: str, model_sha256: str) -> None:
        """Put the version in force again that was taken back last."""
        with self._database.transaction() as connection:
            connection.execute(_TAKE_AGAIN, {"task": task, "model": model_sha256})
            self._known = None

    def drop_newest(self, task: str, model_sha256: str) -> None:
        """Go back to the version before, or to the confidence as shipped. What was taken back later has the higher number."""
        with self._database.transaction() as connection:
            connection.execute(_DROP_NEWEST, {"task": task, "model": model_sha256})
            self._known = None

    def newest_review(self) -> int:
        """The number of the last thing that was said of an answer."""
        return int(self._database.query("SELECT coalesce(max(id), 0) FROM corrections")[0][0])

    def unseen_reviews(self) -> int:
        """Documents that a person finished since the last lesson; one that was changed several times counts once."""
        rows = self._database.query(
            "SELECT count(DISTINCT job_id) FROM corrections JOIN jobs ON jobs.id = job_id"
            " WHERE corrections.id > (SELECT coalesce(max(seen), 0) FROM lessons)"
            " AND NOT undone AND target NOT IN (?, ?) AND state = 'done'",
            (SETTLED, RESTORED),
        )
        return int(rows[0][0])

    def note_lesson(self, seen: int) -> None:
        """What was said of answers up to this number has been learnt from."""
        with self._database.transaction() as connection:
            connection.execute("INSERT INTO lessons (seen) VALUES (?)", (seen,))
