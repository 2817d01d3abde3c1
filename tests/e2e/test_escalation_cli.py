"""A larger model asked from the command line: real processes, a real local model, a real server on this machine."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.consent import ConsentScope
from app.domain.ledger import Ending
from app.paths import find_paths
from app.settings import FrontierSettings, Settings, destination_of, save_settings
from app.storage.store import Store
from tests.helpers.frontier_server import serving_model
from tests.helpers.models import QUICK, STARTER, real_model
from tests.helpers.providers import own_provider
from tests.helpers.reply_server import PlayedReply, ReplyServer, answering, playing, recorded

ROOT = Path(__file__).resolve().parents[2]
TASK = """
id = "contact"
kind = "extract"
fields = [
  { name = "reference", type = "identifier", description = "Our reference number", required = true },
  { name = "total", type = "amount", description = "What has to be paid", required = true },
]
[routing.escalate_if]
confidence_below = 1.0
"""
LETTER = """Dear Ms Weaver,

your order AB-2041 of 12 May was changed to AB-2042 on 14 May. The sum of 310.00 EUR became 298.50 EUR.
Please call +49 30 901820 if anything is unclear.

Kind regards
Harbour Supplies
"""


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKHAND_MODELS", str(real_model(QUICK).path.parents[1]))
    monkeypatch.setenv("DESKHAND_DATA", str(tmp_path / "data"))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "letter.txt").write_text(LETTER)
    (tmp_path / "contact.toml").write_text(TASK)


@pytest.fixture
def server() -> Iterator[ReplyServer]:
    answers = {"reference": "AB-2042", "total": "298.50"}
    with playing(answering(recorded("openai_chat")["answer"], answers)) as opened:
        yield opened


def set_up(base_url: str, model: str = "larger-model", thinking_tokens: int = 0) -> None:
    config = own_provider(base_url, model, thinking_tokens=thinking_tokens)
    settings = Settings(offline=False, frontier=FrontierSettings(opted_in=True, provider=config))
    save_settings(settings, find_paths().settings)


def command(tmp_path: Path, *more: str) -> list[str]:
    arguments = ["process", str(tmp_path / "in"), "--task", str(tmp_path / "contact.toml"), "--model", QUICK]
    return [sys.executable, "-m", "app", *arguments, "--format", "jsonl", *more]


def run(tmp_path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(tmp_path, *more), cwd=ROOT, capture_output=True, text=True, timeout=180, stdin=subprocess.DEVNULL)


def run_at_a_terminal(tmp_path: Path, typed: str, *more: str) -> tuple[int, str, str]:
    """Exit code, stdout (a pipe) and what the terminal showed."""
    leader, follower = pty.openpty()
    shown = bytearray()

    def listen() -> None:
        while True:
            try:
                piece = os.read(leader, 4096)
            except OSError:
                return
            shown.extend(piece)

    process = subprocess.Popen(
        command(tmp_path, *more), cwd=ROOT, stdin=follower, stderr=follower, stdout=subprocess.PIPE, text=True
    )
    os.close(follower)
    threading.Thread(target=listen, daemon=True).start()
    os.write(leader, typed.encode())
    out, _ = process.communicate(timeout=180)
    return process.returncode, out, shown.decode(errors="replace")


def agree_beforehand(tmp_path: Path, url: str) -> None:
    with Store(find_paths().database) as store:
        store.consents.grant(ConsentScope.FOLDER, str(tmp_path / "in"), destination_of(url))


@pytest.mark.model
def test_nothing_is_asked_unless_it_is_said(tmp_path: Path, server: ReplyServer) -> None:
    set_up(f"{server.url}/v1")
    agree_beforehand(tmp_path, server.url)
    done = run(tmp_path)
    assert done.returncode == 0, done.stderr
    assert not server.noted


@pytest.mark.model
def test_a_standing_word_is_kept_to_and_written_down(tmp_path: Path, server: ReplyServer) -> None:
    set_up(f"{server.url}/v1")
    agree_beforehand(tmp_path, server.url)
    done = run(tmp_path, "--escalate", "standing")
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    told = json.loads(line)
    assert told["route"]["kind"] == "frontier"
    assert told["fields"]["reference"]["text"] == "AB-2042"
    assert told["fields"]["total"]["value"] == "298.50"
    (noted,) = server.noted
    assert b"901820" not in noted.body
    with Store(find_paths().database) as store:
        (row,) = store.ledger.rows()
        assert store.ledger.payload(row.id) == noted.body
        assert row.outcome is not None
        assert row.outcome.ending is Ending.DONE
        assert row.entry.consent == f"folder {tmp_path / 'in'}"


@pytest.mark.model
def test_without_a_word_nothing_is_sent_and_the_local_answer_is_printed(tmp_path: Path, server: ReplyServer) -> None:
    set_up(f"{server.url}/v1")
    for choice in ("standing", "ask"):
        done = run(tmp_path, "--escalate", choice)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["route"]["kind"] == "local"
    assert not server.noted


@pytest.mark.model
def test_a_person_at_the_terminal_sees_the_sheet_and_says_yes_or_no(tmp_path: Path, server: ReplyServer) -> None:
    set_up(f"{server.url}/v1")
    code, out, shown = run_at_a_terminal(tmp_path, "n\n", "--escalate", "ask")
    assert code == 0
    assert "What would be sent to larger-model at 127.0.0.1" in shown
    assert json.loads(out)["route"]["kind"] == "local"
    assert not server.noted
    code, out, shown = run_at_a_terminal(tmp_path, "s\ny\n", "--escalate", "ask")
    assert code == 0
    assert json.loads(out)["route"]["kind"] == "frontier"
    (noted,) = server.noted
    assert noted.body.decode()[:60] in shown.replace("\r\n", "")
    with Store(find_paths().database) as store:
        assert store.ledger.payload(store.ledger.rows()[0].id) == noted.body


@pytest.mark.model
def test_offline_wins_over_every_word(tmp_path: Path, server: ReplyServer) -> None:
    set_up(f"{server.url}/v1")
    agree_beforehand(tmp_path, server.url)
    done = run(tmp_path, "--escalate", "standing", "--offline")
    assert done.returncode == 0
    assert "offline" in json.loads(done.stdout)["route"]["reasons"]
    assert "Deskhand is offline" in done.stderr
    assert not server.noted


@pytest.mark.model
def test_a_kill_while_it_is_asked_is_told_and_nothing_is_sent_twice(tmp_path: Path, server: ReplyServer) -> None:
    set_up(f"{server.url}/v1")
    agree_beforehand(tmp_path, server.url)
    server.replies[:] = [PlayedReply(manner="silence")]
    process = subprocess.Popen(
        command(tmp_path, "--escalate", "standing"), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert server.arrived.wait(120)
    process.kill()
    process.communicate()
    done = run(tmp_path, "--escalate", "standing")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["route"]["kind"] == "local"
    with Store(find_paths().database) as store:
        (row,) = store.ledger.rows()
        assert row.outcome is None
        assert row.spent_micros == row.entry.reserved_micros > 0
        (proposal,) = store.proposals.recover() or store.proposals.all()
        assert proposal.error == "interrupted"
    assert len(server.noted) == 1


@pytest.mark.model
def test_a_real_larger_model_answers(tmp_path: Path) -> None:
    record = tmp_path / "requests.jsonl"
    with serving_model(real_model(STARTER).path, record=record) as served:
        set_up(served.base_url, served.model)
        agree_beforehand(tmp_path, served.base_url)
        done = run(tmp_path, "--escalate", "standing")
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert told["route"]["kind"] == "frontier"
        (request,) = served.requests()
    text = subprocess.run(
        [sys.executable, "-m", "app", "text", str(tmp_path / "in" / "letter.txt")], cwd=ROOT, capture_output=True, text=True
    ).stdout
    for value in told["fields"].values():
        assert value["text"] is None or text[value["start"] : value["end"]] == value["text"]
    with Store(find_paths().database) as store:
        assert store.ledger.payload(store.ledger.rows()[0].id).decode() == request["body"]
