"""Keys in memory: held so that nothing prints them by accident, and taken out of whatever is written down."""

from __future__ import annotations

import logging
import threading
from typing import Final, NoReturn

HIDDEN: Final = "(key)"
_SHORTEST = 8
"""A shorter text would be found in innocent words."""

_known: set[str] = set()
_lock = threading.Lock()


class Secret:
    """A key. Only `reveal` gives it out; printing, formatting and pickling do not. From now on `scrub` knows it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text
        if len(text) >= _SHORTEST:
            with _lock:
                _known.add(text)

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret()"

    def __str__(self) -> str:
        return HIDDEN

    def __format__(self, spec: str) -> str:
        return format(HIDDEN, spec)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not written down")


def scrub(text: str) -> str:
    """The text without any key that this process has held."""
    with _lock:
        known = tuple(_known)
    for secret in known:
        text = text.replace(secret, HIDDEN)
    return text


def holds_secret(text: str) -> bool:
    return scrub(text) != text


class SecretFilter(logging.Filter):
    """For handlers: takes keys out of a record with its arguments and its traceback, whoever wrote it."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            message = record.getMessage()
        except (TypeError, ValueError):
            # Whoever wrote it gave other arguments than it names.
            message = f"{record.msg} {record.args}"
        record.msg, record.args = scrub(message), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = scrub(record.exc_text)
        if record.stack_info:
            record.stack_info = scrub(record.stack_info)
        return True
