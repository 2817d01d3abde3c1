"""Shorter wordings leave words out and never add or turn any."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tasks.text.condense import shortened, tidy


@pytest.mark.parametrize(
    ("sentence", "spoken", "expected"),
    [
        ("However, sales fell in the second half of the year.", False, "Sales fell in the second half of the year."),
        ("In this paper, we propose a new way (NW) to read text.", False, "We propose a new way to read text."),
        ("Um so the the budget is, uh, fifty thousand for this year.", True, "The budget is, fifty thousand for this year."),
        ("Fees (not including VAT) are due within ten days.", False, "Fees (not including VAT) are due within ten days."),
        (
            "The method works better than all others [3, 4] on this data.",
            False,
            "The method works better than all others on this data.",
        ),
        ("So be it.", False, "So be it."),
        ("He had had enough of it by then.", True, "He had had enough of it by then."),
    ],
)
def test_tidies(sentence: str, spoken: bool, expected: str):
    assert tidy(sentence, is_spoken=spoken) == expected


def test_turkish_dotted_i_is_not_turned_into_another_word():
    assert tidy("Ancak iki ülke arasında anlaşma imzalandı dün.", is_spoken=False, language="tr").startswith("Ancak iki")


def test_a_long_sentence_loses_an_added_clause_but_no_condition():
    long = (
        "The company sold its plant in Ohio to a group of investors from Canada for a price that both sides kept secret "
        + "x " * 15
    )
    assert shortened(long + "y, which owns many other plants there.", is_spoken=False).endswith(" y.")
    kept = long + "y, which is valid only if the court agrees."
    assert shortened(kept, is_spoken=False) == kept


@given(
    st.lists(st.sampled_from(["um", "so,", "however,", "the", "not", "5", "(a)", "(only", "x)", "which", ";", "end."]), max_size=60)
)
def test_words_are_a_part_of_the_sentence_in_order(words: list[str]):
    sentence = " ".join(words)
    left = iter(re.findall(r"\w+", sentence.lower()))
    assert all(word in left for word in re.findall(r"\w+", shortened(sentence, is_spoken=True).lower()))
