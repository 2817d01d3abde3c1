"""The process of a peer: loads the model its own way and answers chat requests that come over a pipe."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

from app.evaluation.bench.records import Reply, SystemName
from app.evaluation.bench.wording import Messages, Schema
from app.worker.manners import WAITING


@dataclass(frozen=True)
class PeerSetup:
    """How every peer is set up, so that they differ only in what they are."""

    model: Path
    n_ctx: int
    threads: int
    niceness: int


@dataclass(frozen=True)
class ChatRequest:
    messages: Messages
    schema: Schema | None
    max_tokens: int


@dataclass(frozen=True)
class ChatFault:
    """`is_too_long`: the prompt does not fit into the context."""

    detail: str
    is_too_long: bool = False


@dataclass(frozen=True)
class SpeedRequest:
    """Measure plain reading and writing, without grammar or chat."""


@dataclass(frozen=True)
class Speeds:
    """What the model's kernels do on this machine at best, and the weights they read for each token."""

    prompt_tokens_per_s: float
    written_tokens_per_s: float
    weights_bytes: int


class ChatPeer(Protocol):
    def chat(self, request: ChatRequest) -> Reply: ...

    def speeds(self) -> Speeds: ...


class PromptTooLongError(Exception):
    """The prompt does not fit into the peer's context."""


def serve(connection: Connection, name: SystemName, setup: PeerSetup) -> None:
    """Answer requests until `None` comes. The first message sent is None when ready, or the fault that keeps it from being so."""
    _settle_in(setup)
    try:
        peer = _OPENERS[name](setup)
    except Exception as error:  # noqa: BLE001 - whatever a peer fails with is its finding.
        connection.send(ChatFault(f"{type(error).__name__}: {error}"))
        return
    connection.send(None)
    while (request := connection.recv()) is not None:
        connection.send(_answer(peer, request))


def _answer(peer: ChatPeer, request: ChatRequest | SpeedRequest) -> Reply | Speeds | ChatFault:
    try:
        return peer.chat(request) if isinstance(request, ChatRequest) else peer.speeds()
    except PromptTooLongError as error:
        return ChatFault(str(error), is_too_long=True)
    except Exception as error:  # noqa: BLE001 - as above.
        return ChatFault(f"{type(error).__name__}: {error}")


def _settle_in(setup: PeerSetup) -> None:
    """As Deskhand's own worker runs: its niceness, its way of waiting; native messages go nowhere."""
    for name, usual in WAITING.items():
        os.environ.setdefault(name, usual)
    if hasattr(os, "nice"):
        os.nice(max(0, setup.niceness - os.nice(0)))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)


def _open_chat(setup: PeerSetup) -> ChatPeer:
    from app.evaluation.bench.llama_chat import LlamaChat

    return LlamaChat(setup)


def _open_server(setup: PeerSetup) -> ChatPeer:
    from app.evaluation.bench.llama_server import LlamaServer

    return LlamaServer(setup)


_OPENERS: dict[SystemName, Callable[[PeerSetup], Any]] = {SystemName.CHAT: _open_chat, SystemName.SERVER: _open_server}
