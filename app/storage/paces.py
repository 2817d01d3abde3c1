"""How fast models were with the documents whose answers are stored."""

from __future__ import annotations

from collections import defaultdict
from statistics import median

from app.domain.pace import ModelPace
from app.storage.database import Database

_NEWEST = 300
_SECONDS = """
    SELECT model_sha256, result ->> '$.timing.total_s', result ->> '$.timing.read_s' FROM results
    WHERE model_sha256 != '' ORDER BY stored_at DESC LIMIT ?
"""


def read_paces(database: Database) -> dict[str, ModelPace]:
    """By the model's SHA-256. Only the newest answers count: tasks and documents change."""
    seconds: dict[str, list[float]] = defaultdict(list)
    for sha256, total_s, read_s in database.query(_SECONDS, (_NEWEST,)):
        worked_s = (total_s or 0.0) - (read_s or 0.0)
        if worked_s > 0:
            seconds[str(sha256)].append(max(worked_s, read_s or 0.0))
    return {sha256: ModelPace(len(each), median(each)) for sha256, each in seconds.items()}
