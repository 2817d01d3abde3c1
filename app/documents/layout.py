"""Spatial text from pieces of text with boxes: what stands on one printed line becomes one line, columns stay apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from app.documents.assembly import DraftWord

_NARROW = frozenset("iljtfrI1.,:;'|!()[]{} ")
_WIDE = frozenset("mwMWÖÜOQ@%&")
_MIN_OVERLAP = 0.45
_EMPTY_LINE_GAP = 1.6


@dataclass(frozen=True)
class Piece:
    """A recognised run of text: its box in page points and the slope of its baseline."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    slope: float = 0.0


@dataclass
class _Line:
    top: float
    bottom: float
    pieces: list[Piece] = field(default_factory=list)


def lay_out_pieces(pieces: Sequence[Piece]) -> tuple[str, list[DraftWord]]:
    """The text of a page and its words with offsets."""
    if not pieces:
        return "", []
    skew = _skew(pieces)
    lines = _lines(pieces, skew)
    left = min(piece.x0 for piece in pieces)
    char_width = max(0.5, median(_char_widths(pieces)))
    usual_height = median(line.bottom - line.top for line in lines)
    rows: list[list[tuple[int, Piece]]] = []
    bottom: float | None = None
    for line in lines:
        if bottom is not None and line.top - bottom > _EMPTY_LINE_GAP * usual_height:
            rows.append([])
        rows.append(_columns(line, left, char_width))
        bottom = line.bottom
    return _write(_squeeze(rows))


def _skew(pieces: Sequence[Piece]) -> float:
    """The slope of the page, from its longest pieces."""
    longest = sorted(pieces, key=lambda piece: piece.x0 - piece.x1)[:20]
    return median(piece.slope for piece in longest)


def _lines(pieces: Sequence[Piece], skew: float) -> list[_Line]:
    """Group pieces whose heights overlap once the page is set straight."""
    lines: list[_Line] = []
    for piece in sorted(pieces, key=lambda piece: _middle(piece, skew)):
        height = (piece.y1 - piece.y0) * math.cos(math.atan(skew))
        middle = _middle(piece, skew)
        top, bottom = middle - height / 2, middle + height / 2
        home = next((line for line in reversed(lines[-4:]) if _belongs(line, piece, top, bottom)), None)
        if home is None:
            home = _Line(top, bottom)
            lines.append(home)
        home.pieces.append(piece)
        count = len(home.pieces)
        home.top += (top - home.top) / count
        home.bottom += (bottom - home.bottom) / count
    return sorted(lines, key=lambda line: line.top + line.bottom)


def _middle(piece: Piece, skew: float) -> float:
    return (piece.y0 + piece.y1) / 2 - skew * (piece.x0 + piece.x1) / 2


def _belongs(line: _Line, piece: Piece, top: float, bottom: float) -> bool:
    shared = min(line.bottom, bottom) - max(line.top, top)
    if shared < _MIN_OVERLAP * min(line.bottom - line.top, bottom - top):
        return False
    return all(min(piece.x1, other.x1) - max(piece.x0, other.x0) < 0.3 * (piece.x1 - piece.x0) for other in line.pieces)


def _char_widths(pieces: Sequence[Piece]) -> list[float]:
    return [(piece.x1 - piece.x0) / max(1, len(piece.text)) for piece in pieces if len(piece.text) > 2] or [6.0]


def _columns(line: _Line, left: float, char_width: float) -> list[tuple[int, Piece]]:
    """Each piece with the character column where it starts."""
    placed: list[tuple[int, Piece]] = []
    end = 0
    before: Piece | None = None
    for piece in sorted(line.pieces, key=lambda piece: piece.x0):
        column = round((piece.x0 - left) / char_width)
        if before is not None:
            gap = piece.x0 - before.x1
            near = gap < 0.6 * (before.y1 - before.y0)
            column = end + 1 if near else max(column, end + 2)
        placed.append((column, piece))
        end = column + len(piece.text)
        before = piece
    return placed


def _squeeze(rows: list[list[tuple[int, Piece]]], gap: int = 4) -> list[list[tuple[int, Piece]]]:
    """Take out character columns that no row uses, leaving `gap` of each such run."""
    used = sorted((column, column + len(piece.text)) for row in rows for column, piece in row)
    cuts: list[tuple[int, int]] = []
    end = 0
    for start, stop in used:
        spare = start - end - (gap if end else 0)
        if spare > 0:
            cuts.append((start, spare))
        end = max(end, stop)
    return [[(column - sum(width for at, width in cuts if at <= column), piece) for column, piece in row] for row in rows]


def _write(rows: Sequence[Sequence[tuple[int, Piece]]]) -> tuple[str, list[DraftWord]]:
    lines: list[str] = []
    words: list[DraftWord] = []
    offset = 0
    for row in rows:
        line = ""
        for column, piece in row:
            line = line.ljust(column)
            words.extend(_split(piece, offset + len(line)))
            line += piece.text
        lines.append(line)
        offset += len(line) + 1
    return "\n".join(lines), words


def _split(piece: Piece, offset: int) -> list[DraftWord]:
    """The words of a piece; the box is shared out by the usual widths of letters."""
    widths = [0.5 if character in _NARROW else 1.4 if character in _WIDE else 1.0 for character in piece.text]
    scale = (piece.x1 - piece.x0) / (sum(widths) or 1.0)
    words: list[DraftWord] = []
    start = 0
    for text in piece.text.split(" "):
        end = start + len(text)
        if text:
            x0 = piece.x0 + scale * sum(widths[:start])
            x1 = piece.x0 + scale * sum(widths[:end])
            words.append(DraftWord(offset + start, offset + end, x0, piece.y0, x1, piece.y1))
        start = end + 1
    return words
