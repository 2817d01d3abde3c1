from __future__ import annotations

import pytest

from app.tasks.candidates.options import option_at


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("■ Oakfield Joinery ★", "Oakfield Joinery"),
        ("– Oakfield (Joinery)", "Oakfield (Joinery)"),
        ("Elif Y\u25a0ld\u25a0", "Elif Y\u25a0ld\u25a0"),
    ],
)
def test_signs_around_a_name_go_and_those_for_its_letters_stay(text: str, value: str) -> None:
    option = option_at(text, 0, len(text), "segment")
    assert option is not None
    assert option.value == value
