"""ROUGE-L: known values."""

import pytest

from app.evaluation.rouge import rouge_l


@pytest.mark.parametrize(
    ("candidate", "references", "expected"),
    [
        ("the cat sat", ["The cat sat."], 1.0),
        ("police killed the gunman", ["police kill the gunman"], 0.75),
        ("the gunman kill police", ["police kill the gunman"], 0.5),
        ("a b", ["c d", "a x"], 0.5),
        ("", ["a"], 0.0),
    ],
)
def test_known_values(candidate: str, references: list[str], expected: float):
    assert rouge_l(candidate, references) == pytest.approx(expected)
