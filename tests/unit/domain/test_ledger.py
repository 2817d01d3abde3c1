"""Money in whole micro-dollars."""

from decimal import Decimal

import pytest

from app.domain.ledger import Caps, dollars_of, micros_of_cost, shown_dollars


@pytest.mark.parametrize(
    ("dollars", "cost", "cap"),
    [("0", 0, 0), ("0.0000001", 1, 0), ("0.1", 100_000, 100_000), ("1.2345678", 1_234_568, 1_234_567), ("1e6", 10**12, 10**12)],
)
def test_costs_round_up_and_caps_down(dollars: str, cost: int, cap: int) -> None:
    assert micros_of_cost(Decimal(dollars)) == cost
    assert Caps.of_dollars(Decimal(dollars), Decimal(dollars)) == Caps(cap, cap)


def test_no_limit_stays_none() -> None:
    assert Caps.of_dollars(None, None) == Caps()


def test_dollars_are_exact() -> None:
    assert sum(dollars_of(100_000) for _ in range(3)) == Decimal("0.3")
    assert micros_of_cost(dollars_of(123_456_789)) == 123_456_789


def test_small_sums_are_shown_exactly() -> None:
    assert [shown_dollars(micros) for micros in (0, 1, 1_250, 500_000, 1_234_500_000)] == [
        "$0.00",
        "$0.000001",
        "$0.00125",
        "$0.50",
        "$1,234.50",
    ]
