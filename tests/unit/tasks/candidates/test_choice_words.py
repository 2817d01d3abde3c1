"""Where the words of a choice stand."""

from __future__ import annotations

import pytest

from app.domain.task import FieldType, TaskField
from app.tasks.candidates.choice_words import choice_words

FIELD = TaskField(
    name="kind",
    type=FieldType.CHOICE,
    choices={"buy": ("Kauf", "Zeichnung"), "sell": ("Verkauf",), "credit": ("Gutschrift", "credit note")},
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Kauf von Holz", ["buy"]),
        ("Teilverkauf", ["sell"]),
        ("Verkauf", ["sell"]),
        ("Ankauf", []),
        ("Warenbezeichnung", []),
        ("Aktienzeichnung", ["buy"]),
        ("Zinsgutschrift und credit note", ["credit", "credit"]),
        ("Kauf-Auftrag", []),
        ("Holz-Verkauf", ["sell"]),
    ],
)
def test_words_stand_alone_or_end_a_compound(text: str, found: list[str]) -> None:
    assert [word.choice for word in choice_words(FIELD, text)] == found


def test_spellings_without_any_word_stand_nowhere():
    signs = TaskField(name="paid", type=FieldType.CHOICE, choices={"yes": ("✓", "yes"), "no": ("✗", "-")})
    assert [found.choice for found in choice_words(signs, "✓ yes - no ✗")] == ["yes", "no"]
