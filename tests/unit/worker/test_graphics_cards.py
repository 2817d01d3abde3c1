"""Of the engine's devices those count that have memory of their own."""

import sys

import pytest

from app.worker.graphics_cards import graphics_cards

_PROCESSOR, _CARD, _SHARED = 0, 1, 2


class _Engine:
    """As `ctypes` sees a library: functions that take and give plain numbers."""

    def __init__(self, *kinds: int) -> None:
        def memory(device, free, total):
            free._obj.value, total._obj.value = device * 2**30, 8 * 2**30

        for name, function in {
            "count": lambda: len(kinds),
            "get": lambda index: index + 1,
            "type": lambda device: kinds[device - 1],
            "description": lambda device: f"Card {device}".encode(),
            "memory": memory,
        }.items():
            setattr(self, f"ggml_backend_dev_{name}", function)


@pytest.mark.skipif(sys.platform == "darwin", reason="cards share the computer's memory there")
def test_cards_with_memory_of_their_own_are_told_with_what_is_free():
    cards = graphics_cards(_Engine(_PROCESSOR, _CARD, _SHARED))
    assert cards == [{"name": "Card 2", "total_bytes": 8 * 2**30, "free_bytes": 2 * 2**30}]


def test_the_real_engine_can_be_asked():
    for card in graphics_cards():
        assert 0 <= card["free_bytes"] <= card["total_bytes"]
