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


def in_columns(*lines: tuple[float, list[tuple[str, float]]]) -> list[PrintedWord]:
    return [printed(word, x, y) for y, words in lines for word, x in words]


def test_repeated_words_of_a_line_keep_their_order_where_columns_were_squeezed() -> None:
    text = "Amount due 10,00  Amount paid 10,00  10,00"
    words = in_columns(
        (0, [("Amount", 10), ("due", 50), ("10,00", 240), ("Amount", 300), ("paid", 340), ("10,00", 480), ("10,00", 560)])
    )
    placed = sorted(align_words(text, words[::-1]), key=lambda word: word.start)
    assert [word.x0 for word in placed] == [10, 50, 240, 300, 340, 480, 560]


def test_repeated_words_of_many_lines_keep_their_rows() -> None:
    rows = [["Hours", "8", "0,00"], ["Hours", "8", "0,00"], ["", "8", "0,00"], ["Hours", "8", "0,00"]]
    words = [
        printed(word, 60.0 * column, 12.0 * row) for row, cells in enumerate(rows) for column, word in enumerate(cells) if word
    ]
    text = "\n".join("  ".join(word for word in row if word) for row in rows)
    placed = align_words(text, words[::-1])
    assert len(placed) == len(words)
    assert [word.y0 for word in placed] == [12.0 * text.count("\n", 0, word.start) for word in placed]


def test_words_that_touch_are_placed_together() -> None:
    text = "0.95  0.93\n0.90  0.94"
    words = [
        printed(part, x + at, y)
        for y, row in ((0.0, [(".95", 0.0), (".93", 50.0)]), (12.0, [(".90", 0.0), (".94", 50.0)]))
        for tail, x in row
        for part, at in (("0", 0.0), (tail, 5.0))
    ]
    placed = sorted(align_words(text, words[::-1]), key=lambda word: word.start)
    assert [(word.x0, word.y0) for word in placed] == [(0, 0), (5, 0), (50, 0), (55, 0), (0, 12), (5, 12), (50, 12), (55, 12)]


def test_lines_from_the_right_keep_their_order() -> None:
    text = "שלום לך שלום"
    words = in_columns((0, [("שלום", 100), ("לך", 60), ("שלום", 10)]))
    assert [word.x0 for word in sorted(align_words(text, words), key=lambda word: word.start)] == [100, 60, 10]
