"""Peers in their own process: how they start, fail and end."""

import multiprocessing
import os
import threading
import time
from pathlib import Path

import pytest

from app.domain.result import TokenCounts
from app.domain.task import FieldType, Task, TaskField, TaskKind, TaskLabel
from app.errors import PeerError
from app.evaluation.bench import peer_child
from app.evaluation.bench.accounts import peak_bytes, processor_seconds, tree_bytes
from app.evaluation.bench.peer_child import ChatFault, ChatRequest, PeerSetup, PromptTooLongError, SpeedRequest, Speeds, serve
from app.evaluation.bench.records import Reply, SystemName
from app.evaluation.bench.systems import PeerSystem
from tests.helpers.fake_services import make_document
from tests.helpers.models import real_model

FIELDS = [TaskField(name="number", type=FieldType.IDENTIFIER, description="number of the invoice")]
TASK = Task(id="bill", kind=TaskKind.EXTRACT, fields=tuple(FIELDS))


class FakePeer:
    def __init__(self, setup: PeerSetup) -> None:
        if not setup.model.name:
            raise ValueError("no model")

    def chat(self, request: ChatRequest) -> Reply:
        match request.messages[0]["content"]:
            case "long":
                raise PromptTooLongError("512 tokens")
            case "bad":
                raise RuntimeError("broken")
            case text:
                return Reply(text, TokenCounts(), 0.0, 0.0)

    def speeds(self) -> Speeds:
        return Speeds(1.0, 2.0, 3)


@pytest.fixture
def conversation(monkeypatch, tmp_path):
    """The child's loop on a thread of this process."""
    monkeypatch.setattr(peer_child, "_OPENERS", {SystemName.CHAT: FakePeer})
    monkeypatch.setattr(peer_child, "_settle_in", lambda _setup: None)
    ours, theirs = multiprocessing.Pipe()
    threading.Thread(target=serve, args=(theirs, SystemName.CHAT, PeerSetup(tmp_path, 512, 1, 5)), daemon=True).start()
    assert ours.poll(10)
    assert ours.recv() is None
    yield ours
    ours.send(None)


def ask(conversation, text: str) -> object:
    conversation.send(ChatRequest([{"role": "user", "content": text}], None, 8))
    return conversation.recv()


def test_child_outlives_what_a_peer_fails_with(conversation):
    assert ask(conversation, "bad") == ChatFault("RuntimeError: broken")
    assert ask(conversation, "long") == ChatFault("512 tokens", is_too_long=True)
    assert ask(conversation, "hello") == Reply("hello", TokenCounts(), 0.0, 0.0)
    conversation.send(SpeedRequest())
    assert conversation.recv() == Speeds(1.0, 2.0, 3)


def test_peer_that_can_not_load_its_model_is_told(tmp_path):
    with pytest.raises(PeerError, match="The benchmark's peer chat failed"):
        PeerSystem(SystemName.CHAT, PeerSetup(tmp_path / "none.gguf", 512, 1, 5))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_accounts_of_a_process_are_known():
    own = peak_bytes(os.getpid())
    assert own is not None
    assert own > 2**20
    assert tree_bytes(os.getpid()) > 2**20
    assert 0 < processor_seconds(os.getpid()) <= time.process_time() + 0.1
    assert peak_bytes(0) is None
    assert processor_seconds(0) is None


@pytest.mark.model
@pytest.mark.parametrize("name", [SystemName.CHAT, SystemName.SERVER])
def test_peers_answer_in_the_schema(name):
    if name is SystemName.SERVER:
        pytest.importorskip("xllamacpp")
    peer = PeerSystem(name, PeerSetup(real_model().path, 512, 2, 5))
    try:
        short = peer.extract(TASK, FIELDS, make_document("Invoice no. A-123\n"))
        again = peer.extract(TASK, FIELDS, make_document("Invoice no. B-456\n"))
        long = peer.extract(TASK, FIELDS, make_document("Invoice no. C-789, many more words. " * 60))
        label = peer.classify(
            Task(id="k", kind=TaskKind.CLASSIFY, labels=(TaskLabel(name="a"), TaskLabel(name="b"))), make_document("x")
        )
        assert peer.peak_bytes() is None or peer.peak_bytes() > 2**20
    finally:
        peer.close()
    assert set(short.values) == {"number"}
    assert short.tokens.generated > 0
    assert short.answer_s >= short.prompt_s > 0
    assert again.tokens.cached > 20
    assert (short.was_cut, long.was_cut) == (False, True)
    assert label.tokens.prompt > 0
