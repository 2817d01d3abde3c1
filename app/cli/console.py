"""What the commands write: results to stdout, news and errors to stderr."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.text import Text

from app.errors import AppError


class WrongUsageError(Exception):
    """The command line asks for something that makes no sense; the text says what."""


def out() -> Console:
    """For tables on stdout; plain text when it is not a terminal, wide enough then not to cut anything."""
    return Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 200)


def err() -> Console:
    """For progress on stderr."""
    return Console(stderr=True, highlight=False, markup=False)


def write(text: str) -> None:
    """Text as it is, UTF-8 whatever the terminal's encoding, flushed so that a reader of a pipe sees it at once."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", errors="surrogateescape"))
    sys.stdout.buffer.flush()


def write_line(text: str) -> None:
    write(text + "\n")


def warn(text: str) -> None:
    sys.stderr.write(f"deskhand: {one_line(text)}\n")
    sys.stderr.flush()


def show_error(error: AppError) -> None:
    """One line: what happened, to which file, and what to do about it."""
    warn(f"{error.user_text} {error.hint}".strip())


def one_line(text: str) -> str:
    """Without line breaks and control characters: names of files come from anywhere and must not steer the terminal."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def cell(text: str, style: str = "") -> Text:
    """A table cell that shows text from documents literally."""
    return Text(one_line(text), style=style)
