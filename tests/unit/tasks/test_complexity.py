"""Complexity: between nought and one, more with each trait, and told in names and amounts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.document import Document, Page
from app.tasks.complexity import complexity_of


def document_of(text, pages=1, quality=None):
    numbers = range(1, pages + 1)
    return Document(
        name="a",
        sha256="0" * 64,
        format="pdf",
        text=text,
        pages=tuple(Page(number=n, start=0, end=len(text), ocr=quality is not None, quality=quality) for n in numbers),
    )


PLAIN = "The meeting was moved to the town hall because the roof of the school is being mended.\n" * 5
TABLE = "Item 12    4 pcs    12.50    50.00\n" * 100


@pytest.mark.parametrize(
    ("harder", "reason"),
    [
        (document_of(PLAIN, pages=40), "pages:40"),
        (document_of(PLAIN, quality=0.7), "reading:0.70"),
        (document_of(PLAIN + TABLE), "tables:0.95"),
        (document_of(PLAIN * 2 + "Der Termin ist nicht in der Schule und wird von den Lehrern verschoben.\n" * 8), "languages:2"),
    ],
)
def test_each_trait_makes_it_more_complex_and_is_told(harder, reason):
    plain = complexity_of(document_of(PLAIN))
    found = complexity_of(harder)
    assert found.score > plain.score + 0.05
    assert reason in found.reasons


def test_a_short_letter_is_simple_and_a_long_scanned_table_is_not():
    assert complexity_of(document_of(PLAIN)).score < 0.15
    assert complexity_of(document_of(TABLE * 4, pages=30, quality=0.8)).score > 0.8


@given(st.text(max_size=300), st.integers(1, 500), st.none() | st.floats(0, 1))
def test_the_score_lies_between_nought_and_one(text, pages, quality):
    assert 0 <= complexity_of(document_of(text, pages, quality)).score <= 1
