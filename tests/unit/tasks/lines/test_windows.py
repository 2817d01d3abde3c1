from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.document import Document, Page
from app.tasks.lines.layout import Layout
from app.tasks.lines.windows import Excerpt, compact, excerpt, pages_of


def test_compacting_keeps_the_words() -> None:
    text = "a          b\n\n\n\n\nc  d\n----------\ne"
    assert compact(text).split() == text.replace("----------", "").split()
    assert len(compact(text)) < len(text)


def read(text: str, places: list[tuple[float, int]], *, budget: int, most: int = 1000) -> Excerpt:
    return excerpt(Layout(text), places, lambda piece: len(piece.split()), budget_tokens=budget, most_tokens=most)


def test_a_short_document_is_read_whole() -> None:
    part = read("one\ntwo", [], budget=100)
    assert part.is_whole
    assert part.text == "one\ntwo"


def test_a_long_document_is_read_where_it_matters() -> None:
    text = "\n".join(f"line {number}" for number in range(300))
    part = read(text, [(0.9, text.index("line 250")), (0.1, text.index("line 70"))], budget=30)
    assert not part.is_whole
    assert "line 249\nline 250\nline 251" in part.text
    assert "line 70\n" in part.text
    assert "line 150" not in part.text
    assert part.text.startswith("[...]\n")
    assert part.text.endswith("\n[...]")
    assert [text[start:end].split("\n")[0] for start, end in part.spans] == sorted(
        (text[start:end].split("\n")[0] for start, end in part.spans), key=lambda line: int(line.split()[1])
    )


def test_no_place_is_left_out_for_the_budget_but_for_the_limit() -> None:
    text = "\n".join(f"line {number}" for number in range(300))
    places = [(1 / number, text.index(f"line {number}\n")) for number in range(100, 200)]
    assert all(read(text, places, budget=10).shows(offset) for _, offset in places)
    limited = read(text, places, budget=10, most=90)
    assert limited.shows(places[0][1])
    assert not limited.shows(places[-1][1])


def test_of_a_very_long_line_only_the_surroundings_are_read() -> None:
    text = " ".join(f"word{number}" for number in range(2000))
    place = text.index("word1500 ")
    part = read(text, [(1.0, place)], budget=60)
    assert part.shows(place)
    assert "word1500 word1501" in part.text
    assert len(part.text.split()) < 100
    assert all(word in text for word in part.text.replace("[...]", "").split())


@given(st.text("ab \n\t-", max_size=400), st.lists(st.integers(0, 399), max_size=5), st.integers(1, 40))
def test_an_excerpt_is_made_of_the_document(text: str, offsets: list[int], budget: int) -> None:
    part = read(text, [(1.0, min(offset, len(text))) for offset in offsets], budget=budget)
    shown = "\n".join(text[start:end] for start, end in part.spans)
    assert part.text.replace("[...]", "").split() == compact(shown).split() or part.is_whole
    assert list(part.spans) == sorted(part.spans)


def test_pages_of_spans() -> None:
    document = Document(
        name="a",
        sha256="",
        format="text",
        text="x" * 30,
        pages=(Page(number=1, start=0, end=10), Page(number=2, start=10, end=20), Page(number=3, start=20, end=30)),
    )
    assert pages_of(document, [(0, 5), (22, 25)]) == (1, 3)
