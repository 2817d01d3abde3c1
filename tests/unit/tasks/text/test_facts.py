"""Facts: what a wording may not add."""

import pytest

from app.tasks.text.facts import unsupported

SOURCE = "On 3 May 2024 Acme Ltd paid $1,250.50 to Dr. Öztürk, three days late."


@pytest.mark.parametrize(
    ("wording", "faults"),
    [
        ("Acme Ltd paid $1,250.50 on 3 May 2024.", ()),
        ("When did ACME pay Öztürk?", ()),
        ("Acme paid $1,250 to Öztürk.", ("1,250",)),
        ("Acme paid Meyer.", ("Meyer",)),
        ("It was four days late.", ("four",)),
        ("It was paid in 2023.", ("2023",)),
        ("Payment came on Monday.", ("Monday",)),
    ],
)
def test_finds_what_the_source_does_not_hold(wording: str, faults: tuple[str, ...]):
    assert unsupported(wording, SOURCE) == faults
