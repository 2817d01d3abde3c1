"""The versions of what reviews made of the confidence of tasks. Rows are added and marked as taken back, never changed."""

from __future__ import annotations

from app.domain.recalibration import Recalibration
from app.storage.database import Database, fetch


class Recalibrations:
    """What is known is read and forgotten inside transactions, so that no thread keeps what another has just replaced."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, Recalibration] | None = None

    def in_force(self, task: str) -> Recalibration | None:
        """The newest version that was not taken back."""
        return self.all_in_force().get(task)

    def all_in_force(self) -> dict[str, Recalibration]:
        """By task. Asked for every document, so they are kept in memory."""
        known = self._known
        if known is None:
            with self._database.transaction() as connection:
                rows = fetch(connection, "SELECT task, made FROM recalibrations WHERE NOT taken_back ORDER BY id")
                known = self._known = {str(task): Recalibration.model_validate_json(made) for task, made in rows}
        return known

    def add(self, recalibration: Recalibration) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO recalibrations (task, made) VALUES (?, ?)", (recalibration.task, recalibration.model_dump_json())
            )
            self._known = None

    def refused_reviews(self, task: str) -> int:
        """The most reviews that a version rested on which a person took back and nothing has replaced; 0 without any."""
        rows = self._database.query(
            "SELECT made FROM recalibrations WHERE task = ? AND taken_back AND id > coalesce("
            "(SELECT max(id) FROM recalibrations WHERE task = ? AND NOT taken_back), 0)",
            (task, task),
        )
        return max((Recalibration.model_validate_json(made).reviews for (made,) in rows), default=0)

    def take_again(self, task: str) -> None:
        """Put the version in force again that was taken back last."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE recalibrations SET taken_back = 0 WHERE id = ("
                "SELECT id FROM recalibrations WHERE task = ? AND taken_back AND id > coalesce("
                "(SELECT max(id) FROM recalibrations WHERE task = ? AND NOT taken_back), 0)"
                " ORDER BY taken_back DESC, id LIMIT 1)",
                (task, task),
            )
            self._known = None

    def drop_newest(self, task: str) -> None:
        """Go back to the version before, or to the confidence as shipped. What was taken back later has the higher number."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE recalibrations SET taken_back = 1 + (SELECT max(taken_back) FROM recalibrations WHERE task = ?)"
                " WHERE id = (SELECT max(id) FROM recalibrations WHERE task = ? AND NOT taken_back)",
                (task, task),
            )
            self._known = None
