"""The log file: what the program tells of itself; never what stands in documents, and never a key."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler

from app.network.secret import SecretFilter
from app.paths import Paths

_MOST_BYTES = 2**20


def start_log(paths: Paths) -> None:
    """Write to a file of bounded size; where none can be kept, go on without."""
    try:
        paths.logs.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            paths.logs / "deskhand.log", maxBytes=_MOST_BYTES, backupCount=2, encoding="utf-8", delay=True
        )
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.addFilter(SecretFilter())
    logger = logging.getLogger("app")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
