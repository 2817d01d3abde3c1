"""A real model behind a real server of OpenAI's protocol on this machine."""

from __future__ import annotations

import llama_cpp
import pytest

from app.domain.enquiry import Enquiry, Excerpt, Question
from app.domain.task import TaskKind
from app.errors import KeyRefusedError, NoSuchModelError
from app.frontier.client import Errand, Frontier
from app.frontier.keys import KeyStore
from app.network.gate import Gate
from app.settings import FrontierSettings
from app.storage.store import Store
from tests.helpers.frontier_server import serving_model
from tests.helpers.keyrings import NoKeyring
from tests.helpers.models import STARTER, real_model
from tests.helpers.providers import own_provider

pytestmark = [pytest.mark.model, pytest.mark.network]

KEY = "a-key-of-the-test"
ENQUIRY = Enquiry(
    task="invoice",
    kind=TaskKind.EXTRACT,
    questions=(Question(target="total_amount", title="Total amount", type="amount", description="What is to be paid"),),
    excerpts=(Excerpt(1, 0, 60, "1 Chair     200,00\n1 Table     517,97\nTo be paid  717,97 EUR"),),
    whole_document=True,
)


def test_a_real_model_answers_in_the_form_that_was_asked_for(tmp_path):
    model = real_model().path
    with serving_model(model, key=KEY, record=tmp_path / "requests.jsonl") as served, Store(tmp_path / "data.sqlite") as store:
        config = own_provider(served.base_url, served.model)
        keys, settings = KeyStore(NoKeyring()), FrontierSettings(opted_in=True, provider=config)
        keys.put(config, KEY)
        frontier = Frontier(Gate(offline=False), keys, store.ledger, lambda: settings)
        parcel = frontier.pack(ENQUIRY)
        reply = frontier.send(parcel, ENQUIRY, Errand(consent="always"))
        assert set(reply.answers) == {"total_amount"}
        assert 0 < reply.input_tokens <= parcel.input_tokens
        assert 0 < reply.output_tokens <= parcel.max_output_tokens
        assert 0 < reply.cost <= parcel.max_cost
        (sent,) = served.requests()
        assert sent["body"].encode() == parcel.body
        with pytest.raises(KeyRefusedError):
            frontier.test_call(config, "another-key")
        with pytest.raises(NoSuchModelError):
            frontier.test_call(config.model_copy(update={"model": "none-such"}))


@pytest.mark.parametrize("model_id", ["", STARTER])
def test_no_text_has_more_tokens_than_bytes(model_id):
    """What the highest cost of a parcel rests on."""
    path = (real_model(model_id) if model_id else real_model()).path
    parameters = llama_cpp.llama_model_default_params()
    parameters.vocab_only = True
    model = llama_cpp.llama_model_load_from_file(str(path).encode(), parameters)
    vocabulary = llama_cpp.llama_model_get_vocab(model)
    texts = [
        "1 2,3.4 " * 200,
        "çğıöşü İ" * 100,
        "🙂👩‍👩‍👧" * 50,
        "漢字かな" * 60,
        "\x01\x7f" * 100,
        "a\u0301\u200b\u202e" * 100,
        '{"a": null}' * 100,
    ]
    try:
        for text in texts:
            raw = text.encode()
            tokens = (llama_cpp.llama_token * (2 * len(raw)))()
            n_tokens = llama_cpp.llama_tokenize(vocabulary, raw, len(raw), tokens, len(tokens), False, False)
            assert 0 < n_tokens <= len(raw)
    finally:
        llama_cpp.llama_model_free(model)
