"""The shelf of states: the longest beginning is found, the least used one gives way."""

import numpy as np
import pytest

from app.worker.states import StateShelf

A, B, C = (1, 2), (3,), (4, 5)


def _state(size: int = 4) -> np.ndarray:
    return np.zeros(size, np.uint8)


@pytest.fixture
def shelf():
    return StateShelf(most_bytes=10)


def test_the_longest_kept_beginning_is_found(shelf: StateShelf):
    short, long = _state(), _state()
    shelf.keep([A], short)
    shelf.keep([A, B], long)
    found = shelf.longest([A, B, C], beyond=0)
    assert found is not None
    assert found[0] == 2
    assert found[1] is long
    assert shelf.longest([B, A], beyond=0) is None


def test_what_memory_holds_already_is_not_taken_from_the_shelf(shelf: StateShelf):
    shelf.keep([A], _state())
    assert shelf.longest([A, B], beyond=1) is None


def test_batches_are_told_apart_by_where_they_were_cut(shelf: StateShelf):
    shelf.keep([(1, 2, 3)], _state())
    assert shelf.longest([(1, 2), (3,)], beyond=0) is None


def test_what_was_not_asked_for_longest_gives_way(shelf: StateShelf):
    for chunk in (A, B):
        shelf.keep([chunk], _state())
    shelf.longest([A], beyond=0)
    shelf.keep([C], _state())
    assert [shelf.holds([chunk]) for chunk in (A, B, C)] == [True, False, True]
    assert shelf.held_bytes == 8


def test_a_state_too_large_for_the_shelf_drives_nothing_out(shelf: StateShelf):
    shelf.keep([A], _state())
    shelf.keep([B], _state(11))
    assert shelf.holds([A])
    assert not shelf.holds([B])
