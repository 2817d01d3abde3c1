"""Replies that are kept: asked for once, given again, and each document's hidden words stay its own."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import cast
from unittest.mock import Mock

import pytest

from app.domain.enquiry import Enquiry, Excerpt, Question, Sensitive
from app.domain.parcel import Parcel, Reply
from app.domain.privacy import SensitiveKind
from app.domain.task import TaskKind
from app.errors import AnswerCutError, EvaluationError
from app.evaluation.recorded_frontier import AgreedAsker, RecordedFrontier
from app.frontier.client import Errand, Frontier
from app.frontier.provider import pack
from app.settings import ProviderConfig

CONFIG = ProviderConfig(id="own", kind="openai_chat", base_url="https://models.example/v1", model="m")
IBANS = ("DE89 3704 0044 0532 0130 00", "GB29 NWBK 6016 1331 9268 19")


class Asker:
    """Answers with the placeholder that it was shown."""

    def __init__(self) -> None:
        self.seen: list[Enquiry] = []

    def pack(self, enquiry: Enquiry) -> Parcel:
        return pack(CONFIG, enquiry)

    def ask(self, parcel: Parcel, enquiry: Enquiry) -> Reply:
        assert parcel == self.pack(enquiry)
        self.seen.append(enquiry)
        return Reply({"iban": "[IBAN_1]"}, 10, 2, Decimal("0.01"))


def enquiry(iban: str) -> Enquiry:
    text = f"IBAN: {iban}"
    return Enquiry(
        task="invoice",
        kind=TaskKind.EXTRACT,
        questions=(Question(target="iban", title="IBAN", type="iban"),),
        excerpts=(Excerpt(1, 0, len(text), text),),
        sensitive=(Sensitive(6, len(text), SensitiveKind.IBAN, iban),),
    )


@pytest.fixture
def asker() -> Asker:
    return Asker()


def test_documents_that_differ_in_hidden_words_share_a_request_and_keep_their_words(asker: Asker, tmp_path: Path) -> None:
    one, other = map(enquiry, IBANS)
    for _ in range(2):
        frontier = RecordedFrontier(asker, tmp_path, lambda _: True)
        assert frontier.parcel(one).sha256 == frontier.parcel(other).sha256
        assert [frontier.ask(each).answers["iban"] for each in (one, other)] == list(IBANS)
    assert len(asker.seen) == 1
    assert not any(iban in str(file.read_bytes()) for iban in IBANS for file in tmp_path.rglob("*.json"))


def test_what_need_not_be_hidden_is_asked_as_it_stands(asker: Asker, tmp_path: Path) -> None:
    frontier = RecordedFrontier(asker, tmp_path)
    assert frontier.ask(enquiry(IBANS[0])).answers == {"iban": "[IBAN_1]"}
    assert IBANS[0] in asker.seen[0].excerpts[0].text


def test_what_it_took_is_kept_with_the_answer(asker: Asker, tmp_path: Path) -> None:
    frontier = RecordedFrontier(asker, tmp_path, lambda _: True)
    assert frontier.ask(enquiry(IBANS[0])) == frontier.ask(enquiry(IBANS[0])) == Reply({"iban": IBANS[0]}, 10, 2, Decimal("0.01"))


def test_an_answer_that_says_nothing_is_kept_like_others(asker: Asker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(_parcel: Parcel, _enquiry: Enquiry) -> Reply:
        raise AnswerCutError(host="models.example")

    monkeypatch.setattr(asker, "ask", cut)
    assert RecordedFrontier(asker, tmp_path).ask(enquiry(IBANS[0])) == Reply({})
    monkeypatch.undo()
    assert RecordedFrontier(asker, tmp_path).ask(enquiry(IBANS[0])) == Reply({})
    assert asker.seen == []


class Courier:
    """Notes the highest cost of what it is given."""

    def __init__(self) -> None:
        self.config = CONFIG.model_copy(update={"input_price": Decimal(1), "output_price": Decimal(2)})
        self.sent: list[Decimal | None] = []

    def pack(self, enquiry: Enquiry) -> Parcel:
        return pack(self.config, enquiry)

    def send(self, parcel: Parcel, enquiry: Enquiry, errand: Errand, cancel: object, require_wanted: Callable[[], object]) -> Reply:
        require_wanted()
        self.sent.append(parcel.max_cost)
        return Reply({"iban": None})


def test_nothing_goes_out_at_a_higher_price_than_was_agreed_to_or_after_a_no() -> None:
    courier = Courier()
    asker = AgreedAsker(cast("Frontier", courier), Errand(consent="evaluation"))
    one = enquiry(IBANS[0])
    asker.agree([asker.pack(one)])
    asker.ask(asker.pack(one), one)
    assert len(courier.sent) == 1
    asker.require_wanted = Mock(side_effect=EvaluationError(detail="no"))
    with pytest.raises(EvaluationError, match="no"):
        asker.ask(asker.pack(one), one)
    courier.config = courier.config.model_copy(update={"input_price": Decimal(100)})
    with pytest.raises(EvaluationError, match="not what was agreed"):
        asker.ask(asker.pack(one), one)
    assert len(courier.sent) == 1
