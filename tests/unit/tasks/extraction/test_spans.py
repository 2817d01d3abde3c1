"""What the model copies stands in the document, whatever it would rather write."""

from __future__ import annotations

import pytest

from app.tasks.extraction.spans import copy_grammar, option_copied
from app.worker.fake import FakeEngine

TEXT = 'The talk is in Maple Hall   12, at noon.\nBring "your own" cup, please\n'


@pytest.mark.parametrize("start", ["The talk", "please", "cup", "12"])
def test_whatever_is_generated_is_a_run_of_words_of_one_line(start: str) -> None:
    engine = FakeEngine()
    engine.feed([engine.tokenize(start)])
    words = engine.generate(copy_grammar(TEXT), limit=200).text.strip().strip('"')
    assert words
    assert any(words in line for line in TEXT.splitlines())
    assert '"' not in words
    assert words == words.strip(" ,;:")


def test_the_place_is_found_though_its_gaps_are_wider() -> None:
    option = option_copied("Maple Hall 12", TEXT, [(0, len(TEXT))])
    assert option is not None
    assert TEXT[option.start : option.end] == option.text == "Maple Hall   12"
    assert option.value == "Maple Hall 12"


def test_only_the_parts_that_were_read_count_and_only_whole_words() -> None:
    assert option_copied("Maple Hall", TEXT, [(0, 10)]) is None
    assert option_copied("aple Hall", TEXT, [(0, len(TEXT))]) is None
    assert option_copied("noon Bring", TEXT, [(0, len(TEXT))]) is None
