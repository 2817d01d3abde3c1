"""What a person's word for something they saw covers."""

from decimal import Decimal

import pytest

from app.domain.enquiry import Enquiry, Excerpt, Question
from app.domain.parcel import Shown
from app.domain.task import TaskKind
from app.frontier.provider import pack
from app.settings import ProviderConfig

PRICED = {"input_price": Decimal(1), "output_price": Decimal(2)}
UNPRICED = {"input_price": None, "output_price": None}
CONFIG = ProviderConfig(id="test", kind="openai_chat", base_url="https://models.example/v1", model="m", **PRICED)
ENQUIRY = Enquiry(
    task="invoice",
    kind=TaskKind.EXTRACT,
    questions=(Question(target="total_amount", title="Total"),),
    excerpts=(Excerpt(1, 0, 5, "80.25"),),
)


@pytest.mark.parametrize(
    ("before", "after", "is_covered"),
    [
        ({}, {}, True),
        ({}, {"base_url": "https://models.example:9999/v1"}, False),
        ({}, {"base_url": "https://models.example/other"}, False),
        ({}, {"model": "n"}, False),
        ({}, {"input_price": Decimal("0.5")}, True),
        ({}, {"output_price": Decimal("2.01")}, False),
        ({}, UNPRICED, False),
        (UNPRICED, PRICED, True),
        (UNPRICED, {}, True),
        (UNPRICED, {"base_url": "http://127.0.0.1/v1"}, False),
    ],
)
def test_the_word_is_for_these_bytes_this_address_and_this_cost(before, after, is_covered):
    config = CONFIG.model_copy(update=before)
    shown = Shown.of(pack(config, ENQUIRY))
    assert Shown.model_validate_json(shown.model_dump_json()) == shown
    assert shown.covers(pack(config.model_copy(update=after), ENQUIRY)) is is_covered
