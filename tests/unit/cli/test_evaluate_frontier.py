"""`deskhand evaluate --frontier`: what is agreed to, sent, recorded, saved and reported. A server plays the larger model."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from app.bootstrap import Deskhand
from app.cli.main import run
from app.domain.insights import Insight
from app.domain.ledger import Ending
from app.domain.policy import PlacePolicy, Policies, RoutingChange
from app.domain.privacy import PrivacyClass
from app.evaluation.readiness import FEWEST_CASES, Item, readiness
from app.evaluation.runs import SavedRuns
from app.jobs.policies import PolicyFile
from app.paths import find_paths
from app.settings import FrontierSettings, Settings, save_settings
from app.storage.store import Store
from app.tasks.library import load_task
from tests.helpers.fake_services import FakeReader
from tests.helpers.providers import own_provider
from tests.helpers.reply_server import PlayedReply, ReplyServer, answering, playing, recorded

pytestmark = pytest.mark.network

TASK = """
id = "order"
kind = "extract"
description = "An order."
fields = [
  { name = "reference", type = "identifier", labels = ["Order number"], required = true },
  { name = "total", type = "amount", labels = ["Total"], required = true },
]
"""
ANSWERS = {"reference": "AB-2042", "total": "298.50"}
PHONE = "+49 30 901820"
Call = Callable[..., tuple[int, str, str]]


class Reader(FakeReader):
    def close(self) -> None:
        pass


def letter(number: int) -> str:
    return f"Letter {number}\nOrder number AB-2041\nOrder number AB-2042\nTotal 310.00 EUR\nTotal 298.50 EUR\nPlease call {PHONE}\n"


@pytest.fixture
def server() -> Iterator[ReplyServer]:
    with playing(answering(recorded("openai_chat")["answer"], ANSWERS)) as opened:
        yield opened


@pytest.fixture
def write_cases(tmp_path: Path) -> Callable[[int], None]:
    def write(count: int) -> None:
        lines = []
        for number in range(count):
            (tmp_path / f"{number}.txt").write_text(letter(number))
            lines.append(json.dumps({"file": f"{number}.txt", "expected": ANSWERS}))
        (tmp_path / "cases.jsonl").write_text("\n".join(lines))

    return write


@pytest.fixture
def evaluate(
    tmp_path: Path,
    server: ReplyServer,
    write_cases: Callable[[int], None],
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Call:
    """Run the command on a pipe over two letters, by their own evidence; its exit code, stdout and stderr."""
    monkeypatch.setenv("DESKHAND_DATA", str(tmp_path / "home"))
    monkeypatch.setattr(Deskhand, "reader", Reader())
    config = own_provider(f"{server.url}/v1")
    save_settings(Settings(offline=False, frontier=FrontierSettings(opted_in=True, provider=config)), find_paths().settings)
    (tmp_path / "order.toml").write_text(TASK)
    write_cases(2)

    def call(*more: str) -> tuple[int, str, str]:
        arguments = ["--task", str(tmp_path / "order.toml"), "--cases", str(tmp_path / "cases.jsonl"), "--no-model", "--frontier"]
        code = run(["evaluate", *arguments, *more], lambda _options: 77)
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return call


def ledger() -> Store:
    return Store(find_paths().database)


def test_without_a_yes_nothing_is_sent_and_it_is_told_what_would_be(evaluate: Call, server: ReplyServer) -> None:
    code, out, err = evaluate()
    assert (code, out) == (2, "")
    sentence = r"send (\d+) requests with ([\d,]+) bytes of 2 documents to larger-model at 127.0.0.1, for at most (\S+)\. Say --yes"
    said = re.search(sentence, err)
    assert said, err
    assert not server.noted
    evaluate("--yes")
    assert len(server.noted) == int(said[1])
    assert sum(len(noted.body) for noted in server.noted) == int(said[2].replace(",", ""))
    with ledger() as store:
        spent = store.ledger.figures().spent_micros
    assert 0 < spent <= Decimal(said[3].lstrip("$")) * 10**6


def test_a_yes_sends_writes_down_and_reports(evaluate: Call, server: ReplyServer) -> None:
    code, out, err = evaluate("--yes")
    assert code == 0, err
    local, larger, told = map(json.loads, out.splitlines())
    assert larger["pooled"]["accuracy"] == 1.0 > local["pooled"]["accuracy"]
    report = told["deferral"]
    assert (report["n_documents"], report["n_fields"], report["always"]) == (2, 4, 1.0)
    assert (report["n_standing"], report["n_standing_right"]) == (4, 4)
    methods = {curve["method"] for curve in report["curves"]}
    assert methods == {
        "confidence",
        "confidence, document by document",
        "margin",
        "mean log-probability",
        "checks only",
        "before generation",
        "oracle",
        "random",
    }
    with ledger() as store:
        rows = store.ledger.rows(limit=100)
        assert {store.ledger.payload(row.id) for row in rows} == {noted.body for noted in server.noted}
    # Both letters whole, and for each field the lines that they have in common.
    assert len(rows) == len(server.noted) == 2 + 2
    assert {(row.entry.consent, row.outcome and row.outcome.ending) for row in rows} == {("evaluation", Ending.DONE)}


def test_recorded_replies_are_given_again(evaluate: Call, server: ReplyServer) -> None:
    _, first, _ = evaluate("--yes")
    n_sent = len(server.noted)
    code, again, err = evaluate()
    assert (code, err) == (0, "")
    assert len(server.noted) == n_sent
    assert json.loads(again.splitlines()[-1]) == json.loads(first.splitlines()[-1])


def test_an_answer_that_says_nothing_is_not_paid_twice(evaluate: Call, server: ReplyServer) -> None:
    server.replies[:] = [PlayedReply(200, server.replies[0].body.replace(b"AB-2042", b"AB\xff"), server.replies[0].headers)]
    code, out, err = evaluate("--yes")
    assert code == 0, err
    told = json.loads(out.splitlines()[-1])["deferral"]
    assert told["always"] == told["never"] == told["every_field"]
    n_sent = len(server.noted)
    assert evaluate()[0] == 0
    assert len(server.noted) == n_sent


def test_only_what_is_new_is_sent(evaluate: Call, server: ReplyServer, write_cases: Callable[[int], None]) -> None:
    evaluate("--yes")
    n_sent = len(server.noted)
    write_cases(3)
    assert "send 1 request " in evaluate()[2]
    evaluate("--yes")
    assert len(server.noted) == n_sent + 1


@pytest.mark.parametrize("more", ["", "The patient has diabetes.\n"])
def test_what_is_sensitive_is_hidden(evaluate: Call, server: ReplyServer, tmp_path: Path, more: str) -> None:
    (tmp_path / "1.txt").write_text(letter(1) + more)
    evaluate("--yes")
    bodies = [noted.body.decode() for noted in server.noted]
    assert not any("901820" in body for body in bodies)
    assert any("[PHONE_1]" in body for body in bodies)


def test_a_task_that_allows_it_is_sent_as_it_stands(evaluate: Call, server: ReplyServer, tmp_path: Path) -> None:
    (tmp_path / "order.toml").write_text(TASK + '[privacy]\nclass = "allowed"\n')
    for number in range(2):
        (tmp_path / f"{number}.txt").write_text(letter(number).replace(f"Please call {PHONE}\n", ""))
    evaluate("--yes")
    assert server.noted
    assert not any(b"[PHONE" in noted.body for noted in server.noted)


def test_a_task_that_never_leaves_is_refused(evaluate: Call, server: ReplyServer, tmp_path: Path) -> None:
    (tmp_path / "order.toml").write_text(TASK + '[privacy]\nclass = "never"\n')
    code, out, err = evaluate("--yes")
    assert (code, out) == (2, "")
    assert "never leaves this computer" in err
    assert not server.noted


def test_what_never_leaves_is_refused_before_anything_is_answered(
    evaluate: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader()
    monkeypatch.setattr(Deskhand, "reader", reader)
    (tmp_path / "order.toml").write_text(TASK + '[privacy]\nclass = "never"\n')
    assert evaluate("--yes")[0] == 2
    assert reader.reads == []


def test_a_folder_that_never_leaves_is_refused(evaluate: Call, server: ReplyServer, tmp_path: Path) -> None:
    policies = Policies(folders=(PlacePolicy(path=str(tmp_path), privacy=PrivacyClass.NEVER),))
    PolicyFile(find_paths().data / "policies.toml").save(policies)
    code, _, err = evaluate("--yes")
    assert code == 2
    assert "0.txt never leaves this computer" in err
    assert not server.noted


def test_a_folder_that_keeps_to_itself_is_refused(evaluate: Call, server: ReplyServer, tmp_path: Path) -> None:
    policies = Policies(folders=(PlacePolicy(path=str(tmp_path), routing=RoutingChange(escalate_to="none")),))
    PolicyFile(find_paths().data / "policies.toml").save(policies)
    code, _, err = evaluate("--yes")
    assert code == 2
    assert "0.txt stays on this computer" in err
    assert not server.noted


def answer(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """A person at the terminal."""
    monkeypatch.setattr("app.cli.asking.can_ask", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_at_a_terminal_every_byte_is_seen_before_a_yes(
    evaluate: Call, server: ReplyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    answer(monkeypatch, "s", "y")
    code, _, err = evaluate()
    assert code == 0, err
    assert "What would be sent to larger-model at 127.0.0.1" in err
    assert "reference, total (the whole document)" in err
    assert "[PHONE_1]" in err.split("show the bytes first")[0]
    assert server.noted
    assert all(noted.body.decode() in err for noted in server.noted)


def test_at_a_terminal_no_sends_nothing(evaluate: Call, server: ReplyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "n")
    code, _, err = evaluate()
    assert code == 2
    assert "Nothing was sent." in err
    assert not server.noted


def test_words_that_no_placeholder_hides_are_told(evaluate: Call, tmp_path: Path) -> None:
    assert "health or the law" not in evaluate()[2]
    (tmp_path / "1.txt").write_text(letter(1) + "The diagnosis is diabetes.\n")
    assert "health or the law" in evaluate()[2]


@pytest.mark.parametrize("agreed", [["--yes"], []])
def test_limits_that_do_not_suffice_send_nothing(
    evaluate: Call, server: ReplyServer, monkeypatch: pytest.MonkeyPatch, agreed: list[str]
) -> None:
    frontier = FrontierSettings(opted_in=True, provider=own_provider(f"{server.url}/v1"), batch_cap=Decimal("0.0001"))
    save_settings(Settings(offline=False, frontier=frontier), find_paths().settings)
    if not agreed:
        answer(monkeypatch, "y")
    code, _, err = evaluate(*agreed)
    assert code == 2
    assert "Your limits do not allow that much" in err
    assert not server.noted


def test_offline_wins(evaluate: Call, server: ReplyServer) -> None:
    code, out, err = evaluate("--yes", "--offline")
    assert (code, out) != (0, "")
    assert "offline" in err
    assert not server.noted


def test_two_runs_are_saved_and_make_the_checklist_green(
    evaluate: Call, tmp_path: Path, write_cases: Callable[[int], None]
) -> None:
    write_cases(FEWEST_CASES)
    assert evaluate("--yes", "--save", "first")[0] == 0
    saved = SavedRuns(find_paths().evaluations)
    runs = [saved.load("first"), saved.load("first-frontier")]
    assert [run.model.id for run in runs] == ["", "larger-model"]
    found = readiness(
        load_task(tmp_path / "order.toml"),
        runs,
        Insight(n_documents=1_000),
        frontier_models=frozenset({"larger-model"}),
        has_larger_model=True,
        has_privacy=True,
    )
    assert {finding.item: finding.lack for finding in found} == dict.fromkeys(Item)
