"""The program that `test_planted_keys` crashes: three services with keys in a real keyring are asked in turn.

Usage: key_child.py DATA_FOLDER SERVER_URL MOMENT MANNER [unhardened]. The keys come on the first line of the input, parted by
blanks. When the moment is there it prints ``ready`` and crashes after the next line.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.bootstrap import Deskhand, build
from app.domain.enquiry import Enquiry, Excerpt, Question
from app.domain.task import TaskKind
from app.frontier import client as client_module
from app.frontier.client import Errand, Frontier, Patience
from app.frontier.keys import KeyPlace
from app.log import start_log
from app.network.hardening import harden_process
from app.settings import FrontierSettings, ProviderConfig, ProviderKind

ENQUIRY = Enquiry(
    task="invoice",
    kind=TaskKind.EXTRACT,
    questions=(Question(target="total_amount", title="Total amount", type="amount"),),
    excerpts=(Excerpt(1, 0, 12, "Total 717,97"),),
)
KINDS: tuple[ProviderKind, ...] = ("openai_chat", "anthropic", "gemini")


def configs(url: str) -> list[ProviderConfig]:
    price = Decimal(1)
    return [
        ProviderConfig(
            id=f"service-{kind.replace('_', '-')}", kind=kind, base_url=url, model="big", input_price=price, output_price=price
        )
        for kind in KINDS
    ]


class Crash:
    """Happens once, when its moment comes."""

    def __init__(self, manner: str) -> None:
        self._manner = manner

    def __call__(self, secret_words: str = "") -> None:
        print("ready", flush=True)
        sys.stdin.readline()
        pid = os.getpid()
        match self._manner:
            case "kill":
                os.kill(pid, signal.SIGKILL)
            case "segv":
                ctypes.string_at(0)
            case "abort":
                os.abort()
            case "exit":
                os._exit(7)
            case _:
                logging.getLogger("app.frontier").error("it went wrong with %s", secret_words)
                raise RuntimeError("it went wrong")


def main(data: Path, url: str, moment: str, manner: str) -> None:
    keys = sys.stdin.readline().split()
    crash = Crash(manner)
    with build(data_dir=data) as deskhand:
        start_log(deskhand.paths)
        for config, key in zip(configs(url), keys, strict=True):
            assert deskhand.keys.put(config, key) is KeyPlace.KEYRING
        if moment == "keys_kept":
            crash(keys[0])
        document = deskhand.reader.read(b"Total 717,97", "bill.txt")
        assert "717" in document.text
        _hook(deskhand, moment, crash, keys)
        frontier = Frontier(
            deskhand.gate, deskhand.keys, deskhand.store.ledger, lambda: deskhand.settings.frontier, Patience(answer_s=3)
        )
        for config in configs(url):
            settings = FrontierSettings(opted_in=True, provider=config)
            deskhand.change_settings(deskhand.settings.model_copy(update={"offline": False, "frontier": settings}))
            frontier.send(frontier.pack(ENQUIRY), ENQUIRY, Errand(consent="always", document="bill.txt", task="invoice"))


def _hook(deskhand: Deskhand, moment: str, crash: Crash, keys: list[str]) -> None:
    """Let the crash come at its moment of the third send, when all keys have been in use."""
    gate_post, log_close, unpack = deskhand.gate.post, deskhand.store.ledger.close, client_module.unpack
    n_sends = 0

    def at(place: str, action: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **options: Any) -> Any:
            nonlocal n_sends
            n_sends += place == "post"
            if n_sends >= 3 and place == moment:
                crash(" ".join(keys))
            if n_sends >= 3 and place == "post" and moment == "in_flight":
                threading.Timer(0.5, crash).start()
            return action(*arguments, **options)

        return run

    deskhand.gate.post = at("post", gate_post)  # type: ignore[method-assign]
    deskhand.store.ledger.close = at("close", log_close)  # type: ignore[method-assign]
    client_module.unpack = at("answer", unpack)


if __name__ == "__main__":
    if sys.argv[5:] != ["unhardened"]:
        harden_process()
    main(Path(sys.argv[1]), *sys.argv[2:5])
