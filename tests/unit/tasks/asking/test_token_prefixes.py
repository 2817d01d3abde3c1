"""Sequences cut where they can be told apart."""

from hypothesis import given
from hypothesis import strategies as st

from app.tasks.asking.token_prefixes import shared_length, told_apart

SEQUENCES = st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=6), max_size=8)


@given(SEQUENCES, st.integers(0, 2))
def test_what_is_left_of_a_sequence_tells_it_from_all_others(sequences: list[list[int]], beyond: int):
    cut = told_apart(sequences, beyond=beyond)
    for index, short in enumerate(cut):
        assert short == sequences[index][: len(short)]
        for other, sequence in enumerate(sequences):
            if other != index:
                same = shared_length(sequences[index], sequence)
                assert len(short) > same or short == sequences[index]


def test_nothing_is_kept_that_tells_nothing():
    assert told_apart([[1, 2, 3, 4], [1, 5, 6, 7], [8, 9]], beyond=0) == [[1, 2], [1, 5], [8]]
    assert told_apart([[1, 2, 3, 4]], beyond=1) == [[1, 2]]


def test_the_shared_length_is_that_of_the_common_beginning():
    assert shared_length([1, 2, 3], [1, 2, 4, 5]) == 2
    assert shared_length([1, 2], [1, 2, 3]) == 2
    assert shared_length([], [1]) == 0
