"""Texts as vectors: what is alike shares features, and what is unknown is told apart from what is known."""

import numpy as np
import pytest

from app.tasks.classes.text_vectors import Vocabulary, count_features


def likeness(one: str, other: str) -> float:
    counts = [count_features(one), count_features(other)]
    vocabulary = Vocabulary.of(counts)
    dense = np.zeros((2, len(vocabulary.features)))
    for row, features in zip(dense, counts, strict=True):
        vector = vocabulary.vector(features)
        row[vector.columns] = vector.unit
    return float(dense[0] @ dense[1])


@pytest.mark.parametrize(
    ("one", "alike", "unlike"),
    [
        ("Rechnung", "Rechnungen", "Lieferung"),
        ("invoice", "lnvoice", "recipes"),
        ("ŞİRKET", "sirket", "fatura"),
        ("1999-05-03", "2024-11-30", "12345678"),
        ("größe", "GRÖSSE", "kleine"),
    ],
)
def test_endings_misread_letters_case_accents_and_figures_change_little(one: str, alike: str, unlike: str):
    assert likeness(one, alike) > likeness(one, unlike) + 0.2


def test_the_same_text_is_itself():
    assert likeness("Total 12.50 EUR", "Total 12.50 EUR") == pytest.approx(1.0)


def test_unknown_words_take_their_share_of_the_length():
    vocabulary = Vocabulary.of([count_features("apples and pears")])
    known, mixed, unknown = (vocabulary.vector(count_features(text)) for text in ("apples", "apples hammers", "日本"))
    assert known.known == pytest.approx(known.length)
    assert 0 < mixed.known < mixed.length
    assert unknown.known == 0.0
    assert len(unknown.columns) == 0


def test_an_empty_vocabulary_knows_nothing():
    assert Vocabulary.of([]).vector(count_features("anything")).known == 0.0
