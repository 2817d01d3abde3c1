from __future__ import annotations

from app.domain.document import Document, Page
from app.tasks.layout import Layout
from app.tasks.windows import compact, excerpt, pages_of


def test_compacting_keeps_the_words() -> None:
    text = "a          b\n\n\n\n\nc  d\n----------\ne"
    assert compact(text).split() == text.replace("----------", "").split()
    assert len(compact(text)) < len(text)


def test_a_short_document_is_read_whole() -> None:
    part = excerpt(Layout("one\ntwo"), [], len, budget_tokens=100)
    assert part.is_whole
    assert part.text == "one\ntwo"


def test_a_long_document_is_read_where_it_matters() -> None:
    lines = [f"line {number}" for number in range(300)]
    text = "\n".join(lines)
    place = text.index("line 250")
    part = excerpt(Layout(text), [(0.9, place)], lambda piece: len(piece.split()), budget_tokens=60)
    assert not part.is_whole
    assert "line 250" in part.text
    assert "line 0\n" in part.text
    assert "line 150" not in part.text
    assert "[...]" in part.text
    assert all(start < end for start, end in part.spans)


def test_pages_of_spans() -> None:
    document = Document(
        name="a",
        sha256="",
        format="text",
        text="x" * 30,
        pages=(Page(number=1, start=0, end=10), Page(number=2, start=10, end=20), Page(number=3, start=20, end=30)),
    )
    assert pages_of(document, [(0, 5), (22, 25)]) == (1, 3)
