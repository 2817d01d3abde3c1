"""`deskhand bench`: what is printed and written, and what is refused. The systems are fakes."""

import importlib.util
import json
import re

import pytest

from app.bootstrap import Deskhand
from app.catalog.catalog import ChosenModel
from app.cli.main import run
from app.evaluation.bench import run as bench_run
from tests.helpers.bench_systems import FakeSystem
from tests.helpers.catalogs import gguf_bytes, make_spec
from tests.helpers.fake_services import FakeModel, FakeReader
from tests.helpers.models import real_model

FIELDS = "invoice_number,total_amount"


class Reader(FakeReader):
    start_info = None

    def close(self) -> None: ...


@pytest.fixture
def bench(tmp_path, capfd, monkeypatch):
    """Run `deskhand bench` over two cases; exit code, stdout, stderr."""
    monkeypatch.setenv("DESKHAND_DATA", str(tmp_path / "home"))
    spec = make_spec(gguf_bytes())
    (tmp_path / "small.gguf").write_bytes(gguf_bytes())
    monkeypatch.setattr(Deskhand, "reader", Reader())
    monkeypatch.setattr(Deskhand, "make_model", lambda self, task="": FakeModel(spec.main_file.sha256))
    monkeypatch.setattr(Deskhand, "choose_model", lambda self, task="": ChosenModel(spec, tmp_path / "small.gguf"))
    monkeypatch.setattr(bench_run, "DeskhandSystem", lambda name, model: FakeSystem(name, []))
    monkeypatch.setattr(bench_run, "PeerSystem", lambda name, setup: FakeSystem(name, []))
    monkeypatch.setattr(bench_run, "memory_bandwidth", lambda threads: 1e10)
    found = importlib.util.find_spec
    monkeypatch.setattr(bench_run.importlib.util, "find_spec", lambda name: None if name == "xllamacpp" else found(name))
    cases = tmp_path / "cases.jsonl"
    rows = [{"text": text, "task": "invoice", "expected": {"total_amount": "1"}} for text in ("Total 1", "Total 1 EUR")]
    cases.write_text("\n".join(map(json.dumps, rows)))

    def call(*arguments: object) -> tuple[int, str, str]:
        code = run(["bench", "--cases", str(cases), *map(str, arguments)], lambda _options: 77)
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return call


def test_comparison_is_printed_and_written(bench, tmp_path):
    code, out, err = bench("--fields", FIELDS, "--threads", 3, "--output", tmp_path / "o.json")
    written = json.loads((tmp_path / "o.json").read_text())
    assert code == 0
    assert "Times as long" in out
    assert "2/2 100.0%" in out
    assert [(one["file"] != "", one["system"], one["right"]) for one in written["measurements"][:2]] == [
        (True, "deskhand", {"total_amount": True}),
        (True, "chat", {"total_amount": True}),
    ]
    assert len(written["measurements"]) == 4
    assert (written["setting"]["fields"], written["setting"]["threads"]) == (FIELDS.split(","), 3)
    assert err.count("\n") == 5


def test_stopped_comparison_goes_on(bench, tmp_path):
    path = tmp_path / "o.json"
    bench("--fields", FIELDS, "--output", path)
    whole = json.loads(path.read_text())
    path.write_text(json.dumps(whole | {"measurements": whole["measurements"][:-1]}))
    code, _, err = bench("--fields", FIELDS, "--output", path, "--resume")
    again = json.loads(path.read_text())
    assert (code, err.count(" 1.0 s")) == (0, 1)
    assert [one["file"] for one in again["measurements"]] == [one["file"] for one in whole["measurements"]]
    code, _, err = bench("--output", path, "--resume")
    assert (code, "another setting" in err) == (2, True)


def test_missing_peer_is_told_and_the_others_go_on(bench):
    _, out, err = bench("--fields", FIELDS)
    assert "-r packaging/requirements-bench.txt" in err
    assert "server" not in out.split("Seconds a document")[1]


def test_missing_peer_alone_is_a_failure(bench):
    code, out, err = bench("--peers", "server")
    assert (code, out, err.count("\n")) == (1, "", 1)


def test_copy_with_other_weights_is_measured_beside(bench):
    code, out, _ = bench("--fields", FIELDS, "--converted", "small:q4_0")
    assert code == 0
    assert re.search(r"chat +converted", out)


def test_other_suites(bench):
    code, out, _ = bench("--suite", "second-task", "--fields", FIELDS)
    assert code == 0
    assert "other fields" in out
    code, out, _ = bench("--suite", "classify")
    assert code == 0
    assert "deskhand, learnt" in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--peers", "deskhand,other"], "Name some of"),
        (["--fields", "colour"], "no single value colour"),
        (["--task", "document_type"], "no extraction task"),
        (["--output", "/nowhere/at/all/o.json"], "There is no folder"),
        (["a.pdf"], "or a case file"),
    ],
)
def test_wrong_usage_is_one_line(bench, arguments, told):
    code, _, err = bench(*arguments)
    assert (code, err.count("\n")) == (2, 1)
    assert told in err


@pytest.mark.model
def test_real_systems_answer_the_same_document(tmp_path, capfd, monkeypatch):
    monkeypatch.setenv("DESKHAND_DATA", str(tmp_path / "home"))
    document = tmp_path / "bill.txt"
    document.write_text("Invoice no. A-123\nDate: 2026-03-04\nTotal: 10.00 EUR\n")
    arguments = ["--model", str(real_model().path), "--peers", "deskhand,chat", "--fields", FIELDS]
    assert run(["bench", str(document), *arguments, "--output", str(tmp_path / "o.json")], lambda _options: 77) == 0
    written = json.loads((tmp_path / "o.json").read_text())
    ours, theirs = written["measurements"]
    assert (ours["system"], theirs["system"]) == ("deskhand", "chat")
    assert ours["values"]["invoice_number"] == "A-123"
    assert theirs["tokens"]["cached"] > 0
    assert written["limits"]["speeds"]["weights_bytes"] > 2**20
    assert "Times as long" in capfd.readouterr().out
