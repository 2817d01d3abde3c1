"""The watch over rates, on the rows that the figures are read from."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

from app.domain.drifts import Drift, Observation, find_drifts
from app.storage.database import Database, Row

_ROWS = """
    SELECT job_id, finished_at, wanted, coalesce('look-' || look_id, ''), sender, reviewed, n_changes, reviewed_at
    FROM figures WHERE NOT failed
"""
_STAMP = (
    "SELECT count(*), max(job_id), max(finished_at), sum(reviewed), sum(n_changes), max(reviewed_at), count(look_id) FROM figures"
)


class Drifts:
    """Remembers what it found until something changes: ten thousand documents take a tenth of a second."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._found: dict[str, tuple[list[Row], list[Drift]]] = {}

    def of_task(self, task: str) -> list[Drift]:
        """Newest first; an empty task means all."""
        stamp = self._database.query(_STAMP)
        known = self._found.get(task)
        if known is None or known[0] != stamp:
            where, bindings = (" AND task = ?", (task,)) if task else ("", ())
            known = self._found[task] = stamp, _find(self._database.query(_ROWS + where, bindings))
        return known[1]


def _find(rows: list[Row]) -> list[Drift]:
    senders = defaultdict[str, Counter[str]](Counter)
    observations = []
    for job_id, finished_at, wanted, look, sender, reviewed, n_changes, reviewed_at in rows:
        if sender and look:
            senders[look][sender] += 1
        corrected = n_changes > 0 if reviewed else None
        observations.append(Observation(job_id, finished_at, bool(wanted), look, corrected, reviewed_at))
    return [replace(drift, sender=_most_common(senders[drift.look])) for drift in find_drifts(observations)]


def _most_common(names: Counter[str]) -> str:
    return names.most_common(1)[0][0] if names else ""
