"""Each protocol against a real server that plays recorded replies: what is sent to the byte, and what every reply comes to."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.domain.cutout import cut_out
from app.domain.document import Page, Word
from app.domain.enquiry import Enquiry, Excerpt, LabelOption, Question
from app.domain.ledger import Ending, LedgerRow
from app.domain.parcel import Reply, pictures_in
from app.domain.picture import PagePicture
from app.domain.task import TaskKind
from app.errors import (
    AnswerCutError,
    AnswerFormError,
    AnswerLostError,
    AnswerRefusedError,
    AppError,
    BudgetError,
    CancelledError,
    ConsentMissingError,
    KeyMissingError,
    KeyRefusedError,
    NoSuchModelError,
    OfflineError,
    ProviderMissingError,
    QuotaUsedUpError,
    RequestRefusedError,
    ServiceBusyError,
    ServiceUnreachableError,
)
from app.frontier.client import Errand, Frontier, Patience
from app.frontier.keys import KeyStore
from app.network.gate import Gate
from app.settings import FrontierSettings, ProviderConfig, ProviderKind
from app.storage.store import Store
from tests.helpers.keyrings import NoKeyring
from tests.helpers.reply_server import PlayedReply, ReplyServer, answering, playing, recorded

pytestmark = pytest.mark.network

KINDS: tuple[ProviderKind, ...] = ("openai_chat", "openai_responses", "anthropic", "gemini")
KEY = "sk-planted-key-0815-4711"
ENQUIRY = Enquiry(
    task="invoice",
    kind=TaskKind.EXTRACT,
    questions=(
        Question(target="total_amount", title="Total amount", type="amount", description="What is to be paid"),
        Question(
            target="payment", title="Payment", type="choice", labels=(LabelOption("cash", ""), LabelOption("card", "by card"))
        ),
        Question(
            target="line_items",
            title="Line items",
            type="rows",
            many=True,
            cells=(Question(target="description", title="Description"), Question(target="amount", title="Amount", type="amount")),
        ),
    ),
    excerpts=(Excerpt(1, 0, 28, "1 Stuhl  200,00\nSumme 717,97 €"), Excerpt(2, 90, 110, "Zahlbar bis 3.2.2026")),
)
ANSWERS = {
    "total_amount": "717,97 €",
    "payment": None,
    "line_items": [{"description": "Stuhl", "amount": "200,00"}, {"description": "Tisch", "amount": None}],
}
QUICK = Patience(connect_s=2, answer_s=2, first_wait_s=0.05)
ERRAND = Errand(consent="document bill.pdf", document="bill.pdf", task="invoice", batch="b1")


@dataclass
class World:
    frontier: Frontier
    server: ReplyServer
    store: Store
    gate: Gate
    settings: FrontierSettings

    def send(self, cancel: threading.Event | None = None, **errand: Any) -> Reply:
        return self.frontier.send(self.frontier.pack(ENQUIRY), ENQUIRY, replace(ERRAND, **errand), cancel)

    def rows(self) -> list[LedgerRow]:
        return sorted(self.store.ledger.rows(), key=lambda row: row.id)


@contextmanager
def world(
    folder: Path,
    kind: ProviderKind,
    *replies: PlayedReply,
    url: str = "",
    has_key: bool = True,
    patience: Patience = QUICK,
    **settings: Any,
) -> Iterator[World]:
    store = Store(folder / "data.sqlite")
    with playing(*replies) as server:
        path = {"openai_chat": "/v1", "openai_responses": "/v1", "anthropic": "", "gemini": "/v1beta"}[kind]
        config = ProviderConfig(
            id="one", kind=kind, base_url=url or server.url + path, model="big-1", input_price=Decimal(1), output_price=Decimal(2)
        )
        chosen = FrontierSettings(opted_in=True, provider=config).model_copy(update=settings)
        keys = KeyStore(NoKeyring())
        if has_key:
            keys.put(config, KEY)
        gate = Gate(offline=False)
        made = World(Frontier(gate, keys, store.ledger, lambda: made.settings, patience), server, store, gate, chosen)
        try:
            yield made
        finally:
            store.close()


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_comes_back_and_what_was_sent_is_what_was_shown(kind, tmp_path):
    with world(tmp_path, kind, answering(recorded(kind)["answer"], ANSWERS)) as here:
        parcel = here.frontier.pack(ENQUIRY)
        reply = here.send()
        assert reply.answers == ANSWERS
        assert (reply.input_tokens, reply.output_tokens) == (412, 57)
        assert reply.cost == Decimal("0.000526")
        (noted,) = here.server.noted
        assert noted.body == parcel.body == parcel.text.encode()
        (row,) = here.rows()
        assert here.store.ledger.payload(row.id) == noted.body
        assert row.payload_sha256 == hashlib.sha256(noted.body).hexdigest() == parcel.sha256
        assert row.outcome is not None
        assert (row.outcome.ending, row.spent_micros, row.entry.targets) == (
            Ending.DONE,
            526,
            ("total_amount", "payment", "line_items"),
        )
        assert reply.cost <= parcel.max_cost
        assert noted.path == row.entry.url_path


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_goes_by_the_protocols_own_means(kind, tmp_path):
    picture = PagePicture(20, 10, 60, bytes(range(200)) * 3)
    page = Page(number=1, start=0, end=28, width=20, height=10)
    cutout = cut_out(picture, page, (Word(0, 28, 1, 2, 2, 18, 8),), ((0, 28, ENQUIRY.excerpts[0].text),))
    enquiry = ENQUIRY.model_copy(update={"cutouts": (cutout,)})
    with world(tmp_path, kind, answering(recorded(kind)["answer"], ANSWERS)) as here:
        parcel = here.frontier.pack(enquiry)
        assert here.frontier.send(parcel, enquiry, ERRAND).answers == ANSWERS
        (noted,) = here.server.noted
        assert noted.body == parcel.body
        sent = json.loads(noted.body)
        data = base64.b64encode(cutout.png).decode()
        url = f"data:image/png;base64,{data}"
        found, expected = {
            "openai_chat": lambda: (sent["messages"][1]["content"][1], {"type": "image_url", "image_url": {"url": url}}),
            "openai_responses": lambda: (sent["input"][0]["content"][1], {"type": "input_image", "image_url": url}),
            "anthropic": lambda: (
                sent["messages"][0]["content"][0],
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}},
            ),
            "gemini": lambda: (sent["contents"][0]["parts"][0], {"inlineData": {"mimeType": "image/png", "data": data}}),
        }[kind]()
        assert found == expected
        assert pictures_in(noted.body) == (cutout.png,)
        assert "of page 1" in noted.body.decode()
        (row,) = here.rows()
        assert pictures_in(here.store.ledger.payload(row.id)) == (cutout.png,)
        assert parcel.input_tokens > 5_000


@pytest.mark.parametrize("kind", KINDS)
def test_the_key_is_in_one_header_and_nowhere_else(kind, tmp_path):
    with world(tmp_path, kind, answering(recorded(kind)["answer"], ANSWERS)) as here:
        here.send()
        (noted,) = here.server.noted
        header = {"anthropic": "x-api-key", "gemini": "x-goog-api-key"}.get(kind, "authorization")
        assert noted.headers[header].removeprefix("Bearer ") == KEY
        assert [name for name, value in noted.headers.items() if KEY in value] == [header]
        assert KEY not in noted.path
        assert KEY.encode() not in noted.body
        assert KEY not in repr(here.frontier.pack(ENQUIRY))


@pytest.mark.parametrize("kind", KINDS)
def test_the_form_is_asked_for_by_the_protocols_own_means(kind, tmp_path):
    with world(tmp_path, kind, answering(recorded(kind)["answer"], ANSWERS)) as here:
        here.send()
        sent = json.loads(here.server.noted[0].body)
        schema = {
            "openai_chat": lambda: sent["response_format"]["json_schema"]["schema"],
            "openai_responses": lambda: sent["text"]["format"]["schema"],
            "anthropic": lambda: sent["output_config"]["format"]["schema"],
            "gemini": lambda: sent["generationConfig"]["responseJsonSchema"],
        }[kind]()
        assert schema["required"] == list(schema["properties"]) == list(ANSWERS)
        assert schema["additionalProperties"] is False
        assert schema["properties"]["line_items"]["items"]["required"] == ["description", "amount"]
        assert ("null" in json.dumps(schema)) is (kind != "anthropic")
        if kind == "openai_responses":
            assert sent["store"] is False


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "error", "ending"),
    [
        ("refusal", AnswerRefusedError, Ending.REFUSED),
        ("filtered", AnswerRefusedError, Ending.REFUSED),
        ("cut", AnswerCutError, Ending.DONE),
        ("malformed", AnswerFormError, Ending.DONE),
        ("empty", AnswerFormError, Ending.DONE),
    ],
)
def test_an_unusable_answer_is_paid_and_not_asked_for_again(kind, name, error, ending, tmp_path):
    with world(tmp_path, kind, recorded(kind)[name]) as here:
        with pytest.raises(error) as caught:
            here.send()
        assert len(here.server.noted) == 1
        (row,) = here.rows()
        assert row.outcome is not None
        assert (row.outcome.ending, row.outcome.error) == (ending, caught.value.code)
        assert row.spent_micros >= 412


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("unauthorized", KeyRefusedError),
        ("no_model", NoSuchModelError),
        ("bad_request", RequestRefusedError),
        ("no_credit", QuotaUsedUpError),
    ],
)
def test_a_refused_request_costs_nothing_and_is_not_sent_again(kind, name, error, tmp_path):
    with world(tmp_path, kind, recorded(kind)[name]) as here:
        with pytest.raises(error) as caught:
            here.send()
        assert type(caught.value) is error
        assert caught.value.hint
        assert len(here.server.noted) == 1
        (row,) = here.rows()
        assert (row.spent_micros, row.outcome.ending) == (0, Ending.REFUSED)


@pytest.mark.parametrize("kind", KINDS)
def test_a_busy_service_is_asked_again(kind, tmp_path):
    replies = recorded(kind)
    with world(tmp_path, kind, replies["overloaded"], replies["overloaded"], answering(replies["answer"], ANSWERS)) as here:
        assert here.send().answers == ANSWERS
        assert [row.entry.attempt for row in here.rows()] == [1, 2, 3]
        assert [row.spent_micros for row in here.rows()] == [0, 0, 526]
        assert len({noted.body for noted in here.server.noted}) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_service_that_broke_off_may_have_to_be_paid(kind, tmp_path):
    replies = recorded(kind)
    with world(tmp_path, kind, replies["server_error"], answering(replies["answer"], ANSWERS)) as here:
        with pytest.raises(AnswerLostError):
            here.send()
        (row,) = here.rows()
        assert row.spent_micros == row.entry.reserved_micros > 0
        assert row.outcome.ending is Ending.BROKEN


@pytest.mark.parametrize("kind", KINDS)
def test_every_try_that_may_have_to_be_paid_counts(kind, tmp_path):
    replies = recorded(kind)
    with world(tmp_path, kind, replies["server_error"], replies["server_error"], answering(replies["answer"], ANSWERS)) as here:
        assert here.send(may_pay_again=True).answers == ANSWERS
        rows = here.rows()
        reserved = rows[0].entry.reserved_micros
        assert [row.spent_micros for row in rows] == [reserved, reserved, 526]


@pytest.mark.parametrize(("status", "is_free"), [(500, False), (502, False), (520, False), (429, True), (503, True), (529, True)])
@pytest.mark.parametrize("again", [False, True])
def test_a_service_that_charges_for_what_it_did_not_answer_gets_no_more_than_the_cap(status, is_free, again, tmp_path):
    with world(tmp_path, "openai_chat", PlayedReply(status, b"bad gateway"), monthly_cap=Decimal("0.03"), batch_cap=None) as here:
        assert Decimal("0.01") < here.frontier.pack(ENQUIRY).max_cost < Decimal("0.015")
        for _ in range(4):
            with pytest.raises(ServiceBusyError if is_free else (AnswerLostError, BudgetError)):
                here.send(may_pay_again=again)
        assert len(here.server.noted) == (4 * QUICK.tries if is_free else 2)
        assert sum(row.spent_micros for row in here.rows()) == (0 if is_free else 2 * here.rows()[0].entry.reserved_micros)


def test_that_an_earlier_try_may_have_to_be_paid_is_told(tmp_path):
    replies = PlayedReply(502, b"{}"), PlayedReply(429, b"{}")
    with world(tmp_path, "openai_chat", *replies) as here, pytest.raises(AnswerLostError, match="broke off"):
        here.send(may_pay_again=True)


@pytest.mark.parametrize("heard", ["switched off", "another service", "no longer wanted", "a lower cap"])
def test_what_is_no_longer_wanted_is_not_tried_again(heard, tmp_path):
    with world(tmp_path, "openai_chat", PlayedReply(429, b"{}", delay_s=0.5)) as here:
        wanted = [True]

        def change() -> None:
            here.server.arrived.wait(10)
            if heard == "switched off":
                here.settings = here.settings.model_copy(update={"opted_in": False})
            elif heard == "another service":
                other = here.settings.provider.model_copy(update={"base_url": "http://127.0.0.1:9/v1"})
                here.settings = here.settings.model_copy(update={"provider": other})
            elif heard == "a lower cap":
                here.settings = here.settings.model_copy(update={"monthly_cap": Decimal("0.001")})
            else:
                wanted.clear()

        def require_wanted() -> None:
            if not wanted:
                raise ConsentMissingError(file="bill.pdf")

        changing = threading.Thread(target=change)
        changing.start()
        with pytest.raises(ServiceBusyError):
            here.frontier.send(here.frontier.pack(ENQUIRY), ENQUIRY, ERRAND, None, require_wanted)
        changing.join()
        assert len(here.server.noted) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_time_that_a_service_asks_for_is_kept(kind, tmp_path):
    replies = recorded(kind)
    with world(tmp_path, kind, replies["rate_limited"], answering(replies["answer"], ANSWERS)) as here:
        began = time.monotonic()
        assert here.send().answers == ANSWERS
        assert 1.0 <= time.monotonic() - began < 5


@pytest.mark.parametrize("kind", KINDS)
def test_a_service_that_stays_busy_is_let_go(kind, tmp_path):
    with world(tmp_path, kind, recorded(kind)["overloaded"]) as here:
        with pytest.raises(ServiceBusyError):
            here.send()
        assert len(here.server.noted) == QUICK.tries


def test_a_service_that_asks_for_an_hour_is_let_go_at_once(tmp_path):
    with world(tmp_path, "openai_chat", PlayedReply(429, b"{}", {"Retry-After": "3600"})) as here:
        with pytest.raises(ServiceBusyError):
            here.send()
        assert len(here.server.noted) == 1


def test_spend_limit_of_an_organisation_is_not_tried_again(tmp_path):
    with world(tmp_path, "anthropic", recorded("anthropic")["spend_limit"]) as here:
        with pytest.raises(QuotaUsedUpError):
            here.send()
        assert len(here.server.noted) == 1


@pytest.mark.parametrize("manner", ["cut", "silence", "nothing"])
def test_an_answer_that_gets_lost_stays_reserved_and_is_not_asked_for_again(manner, tmp_path):
    whole = answering(recorded("openai_chat")["answer"], ANSWERS)
    with world(tmp_path, "openai_chat", PlayedReply(200, whole.body, manner=manner)) as here:
        parcel = here.frontier.pack(ENQUIRY)
        with pytest.raises(AnswerLostError):
            here.send()
        assert len(here.server.noted) == 1
        (row,) = here.rows()
        assert row.outcome.ending is Ending.BROKEN
        assert row.spent_micros >= int(parcel.max_cost * 1_000_000)


@pytest.mark.parametrize("status", [408, 504, 524])
def test_a_gateway_that_gave_up_may_have_to_be_paid(status, tmp_path):
    with world(tmp_path, "openai_chat", PlayedReply(status, b"<html>gateway timeout</html>")) as here:
        with pytest.raises(AnswerLostError):
            here.send()
        (row,) = here.rows()
        assert row.spent_micros == row.entry.reserved_micros > 0


def test_a_slow_answer_is_waited_for(tmp_path):
    whole = answering(recorded("openai_chat")["answer"], ANSWERS)
    with world(tmp_path, "openai_chat", PlayedReply(200, whole.body, delay_s=1.0)) as here:
        assert here.send().answers == ANSWERS


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"<html>login</html>", b'{"choices": 7}', b"[" * 100_000, b"\xff\xfe"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_reply_of_any_other_form_is_told_and_nothing_breaks(kind, body, tmp_path):
    with world(tmp_path, kind, PlayedReply(200, body)) as here, pytest.raises(AnswerFormError):
        here.send()


def test_a_reply_without_end_is_not_taken(tmp_path):
    with world(tmp_path, "openai_chat", PlayedReply(200, b" " * (9 * 2**20))) as here, pytest.raises(AnswerLostError):
        here.send()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(status, tmp_path):
    with playing(PlayedReply(200, b"{}")) as elsewhere:
        away = PlayedReply(status, b"", {"Location": elsewhere.url + "/v1/chat/completions"})
        with world(tmp_path, "openai_chat", away) as here, pytest.raises(RequestRefusedError):
            here.send()
        assert elsewhere.noted == []


def test_a_server_that_is_not_there_got_nothing_and_costs_nothing(tmp_path):
    with world(tmp_path, "openai_chat", PlayedReply(), url="http://127.0.0.1:9/v1") as here:
        with pytest.raises(ServiceUnreachableError):
            here.send()
        (row,) = here.rows()
        assert (row.outcome.ending, row.spent_micros) == (Ending.NOT_SENT, 0)


def test_offline_nothing_is_opened_and_the_gate_says_who_asked(tmp_path):
    with world(tmp_path, "openai_chat", PlayedReply()) as here:
        parcel = here.frontier.pack(ENQUIRY)
        here.gate.offline = True
        with pytest.raises(OfflineError, match="to ask a larger model") as caught:
            here.frontier.send(parcel, ENQUIRY, ERRAND)
        assert "127.0.0.1" in caught.value.user_text
        with pytest.raises(OfflineError, match="to try out a key"):
            here.frontier.test_call(here.settings.provider)
        assert here.server.noted == []
        assert here.rows() == []


def test_going_offline_ends_a_call_that_is_under_way(tmp_path):
    with world(tmp_path, "openai_chat", PlayedReply(manner="silence"), patience=Patience(answer_s=60)) as here:
        threading.Thread(target=lambda: (here.server.arrived.wait(10), setattr(here.gate, "offline", True))).start()
        began = time.monotonic()
        with pytest.raises(CancelledError):
            here.send()
        assert time.monotonic() - began < 10
        (row,) = here.rows()
        assert row.spent_micros == row.entry.reserved_micros


def test_cancelling_is_heard_while_a_service_thinks(tmp_path):
    cancel = threading.Event()
    with world(tmp_path, "openai_chat", PlayedReply(manner="silence"), patience=Patience(answer_s=60)) as here:
        threading.Thread(target=lambda: (here.server.arrived.wait(10), cancel.set())).start()
        began = time.monotonic()
        with pytest.raises(CancelledError):
            here.send(cancel)
        assert time.monotonic() - began < 10
        (row,) = here.rows()
        assert (row.outcome.ending, row.spent_micros) == (Ending.CANCELLED, row.entry.reserved_micros)


def test_cancelling_is_heard_while_a_busy_service_is_waited_for(tmp_path):
    cancel = threading.Event()
    with world(tmp_path, "openai_chat", PlayedReply(429, b"{}", {"Retry-After": "30"})) as here:
        threading.Timer(0.5, cancel.set).start()
        began = time.monotonic()
        with pytest.raises(CancelledError):
            here.send(cancel)
        assert time.monotonic() - began < 10
        assert [row.spent_micros for row in here.rows()] == [0]


def test_nothing_is_sent_beyond_the_cap_of_the_month_also_not_by_trying_again(tmp_path):
    busy = PlayedReply(504, b"{}")
    with world(tmp_path, "openai_chat", busy, monthly_cap=Decimal("0.02")) as here:
        assert Decimal("0.01") < here.frontier.pack(ENQUIRY).max_cost < Decimal("0.02")
        with pytest.raises(AnswerLostError):
            here.send()
        with pytest.raises(BudgetError):
            here.send()
        assert len(here.server.noted) == 1


def test_an_unknown_price_is_not_sent_unless_it_was_accepted(tmp_path):
    with world(tmp_path, "openai_chat", answering(recorded("openai_chat")["answer"], ANSWERS)) as here:
        config = here.settings.provider.model_copy(update={"input_price": None, "output_price": None})
        here.settings = here.settings.model_copy(update={"provider": config})
        parcel = here.frontier.pack(ENQUIRY)
        assert parcel.max_cost is None
        with pytest.raises(BudgetError):
            here.send()
        accepted = Errand(consent="document bill.pdf", accepts_unknown_price=True)
        assert here.frontier.send(parcel, ENQUIRY, accepted).cost is None


def test_what_was_agreed_to_is_not_sent_to_another_service(tmp_path):
    with world(tmp_path, "openai_chat", PlayedReply()) as here:
        parcel = here.frontier.pack(ENQUIRY)
        changed = here.settings.provider.model_copy(update={"model": "other"})
        here.settings = here.settings.model_copy(update={"provider": changed})
        with pytest.raises(RequestRefusedError):
            here.frontier.send(parcel, ENQUIRY, ERRAND)
        here.settings = here.settings.model_copy(update={"opted_in": False})
        with pytest.raises(ProviderMissingError):
            here.frontier.send(parcel, ENQUIRY, ERRAND)
        assert here.server.noted == []


def test_a_key_belongs_to_the_server_it_was_entered_for(tmp_path):
    with world(tmp_path, "openai_chat", PlayedReply()) as here:
        away = here.settings.provider.model_copy(update={"base_url": "https://models.example.org/v1"})
        here.settings = here.settings.model_copy(update={"provider": away})
        with pytest.raises(KeyMissingError):
            here.send()
        assert not here.frontier.is_ready()


def test_a_server_on_this_machine_may_need_no_key(tmp_path):
    with world(tmp_path, "openai_chat", answering(recorded("openai_chat")["answer"], ANSWERS), has_key=False) as here:
        assert here.frontier.is_ready()
        assert here.send().answers == ANSWERS
        assert "authorization" not in here.server.noted[0].headers


def test_a_proxy_of_the_environment_does_not_see_what_goes_to_this_machine(tmp_path, monkeypatch):
    with playing(PlayedReply(200, b"{}")) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        with world(tmp_path, "openai_chat", answering(recorded("openai_chat")["answer"], ANSWERS)) as here:
            assert here.send().answers == ANSWERS
        assert proxy.noted == []


@pytest.mark.parametrize("kind", KINDS)
def test_trying_out_a_key_sends_nothing_of_a_document(kind, tmp_path):
    with world(tmp_path, kind, answering(recorded(kind)["answer"], {"number": "4711-0815"}), has_key=False) as here:
        reply = here.frontier.test_call(here.settings.provider, KEY)
        assert reply.answers == {"number": "4711-0815"}
        (row,) = here.rows()
        assert (row.entry.purpose, row.entry.document, row.entry.targets) == ("test", "", ())
        assert b"717" not in here.server.noted[0].body


def test_a_key_that_a_server_repeats_is_not_repeated(tmp_path):
    told = json.dumps({"error": {"message": f"No such key: {KEY}"}}).encode()
    with world(tmp_path, "openai_chat", PlayedReply(401, told)) as here:
        with pytest.raises(AppError) as caught:
            here.send()
        assert KEY not in caught.value.user_text + str(caught.value.params)
