"""Words get their places in spatial text, and boxes become spatial text."""

from __future__ import annotations

from app.documents.alignment import PrintedWord, align_words
from app.documents.layout import Piece, lay_out_pieces
from app.documents.tables import Cell, lay_out


def printed(text: str, x: float, y: float) -> PrintedWord:
    return PrintedWord(text, x, y, x + 5 * len(text), y + 10)


def test_equal_words_are_told_apart_by_their_place() -> None:
    text = "Net     10,00     Net     10,00\nTax      0,00     Tax      0,00"
    words = [
        printed(word, column * 5.0, row * 12.0)
        for row, line in enumerate(text.split("\n"))
        for column, word in [(line.index(w, at), w) for w, at in _starts(line)]
    ]
    placed = align_words(text, list(reversed(words)))
    assert len(placed) == len(words)
    for word in placed:
        line = text[: word.start].count("\n")
        assert word.y0 == line * 12.0
        assert word.x0 == (word.start - text.rfind("\n", 0, word.start) - 1) * 5.0


def _starts(line: str) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    at = 0
    for word in line.split():
        at = line.index(word, at)
        found.append((word, at))
        at += len(word)
    return found


def test_glued_words_share_a_token_without_overlap() -> None:
    placed = sorted(
        (word.start, word.end)
        for word in align_words("100€ due", [printed("100", 0, 0), printed("€", 15, 0), printed("due", 25, 0)])
    )
    assert placed == [(0, 3), (3, 4), (5, 8)]


def test_words_that_do_not_stand_in_the_text_are_left_out() -> None:
    assert align_words("here", [printed("elsewhere", 0, 0)]) == []


def test_pieces_of_one_printed_line_become_one_line() -> None:
    pieces = [
        Piece("60.30", 200, 101, 230, 111),
        Piece("TOTAL", 10, 100, 40, 110),
        Piece("CASH", 10, 120, 34, 130),
        Piece("70.00", 200, 121, 230, 131),
    ]
    text, words = lay_out_pieces(pieces)
    assert [line.split() for line in text.split("\n")] == [["TOTAL", "60.30"], ["CASH", "70.00"]]
    assert {line.index(value) for line, value in zip(text.split("\n"), ("60.30", "70.00"), strict=True)} == {text.index("60.30")}
    assert [text[word.start : word.end] for word in words] == ["TOTAL", "60.30", "CASH", "70.00"]


def test_lines_of_a_sloping_page_stay_together() -> None:
    slope = 0.05
    pieces = [
        Piece(f"{name}{column}", x, 20 * row + slope * x, x + 30, 20 * row + 10 + slope * x, slope)
        for row, name in enumerate(["a", "b", "c"])
        for column, x in enumerate([0, 200, 400])
    ]
    text, _ = lay_out_pieces(pieces)
    assert [line.split() for line in text.split("\n")] == [[f"{name}{column}" for column in range(3)] for name in "abc"]


def test_words_of_a_piece_share_its_box() -> None:
    _, words = lay_out_pieces([Piece("two words", 10, 0, 100, 10)])
    assert words[0].x0 == 10
    assert words[0].x1 < words[1].x0
    assert abs(words[1].x1 - 100) < 0.01


def test_tall_text_beside_text_is_stacked_but_short_cells_stand_side_by_side() -> None:
    prose = Cell(("x" * 150, "y" * 150))
    assert lay_out([[prose, Cell(("side",))]]) == ["x" * 150, "y" * 150, "side"]
    assert lay_out([[Cell(("a", "b")), Cell(("c",))]]) == ["a  c", "b"]
