"""`deskhand evaluate`: what is printed, saved and compared. Reader and model are fakes."""

import json

import pytest

from app.bootstrap import Deskhand
from app.catalog.catalog import ChosenModel
from app.cli.main import run
from tests.helpers.catalogs import gguf_bytes, make_spec
from tests.helpers.fake_services import FakeModel, FakeReader

TASK = 'id = "first_word"\nkind = "extract"\nfields = [{ name = "first" }, { name = "second" }]\n'


class Reader(FakeReader):
    def close(self) -> None:
        pass


@pytest.fixture
def evaluate(tmp_path, capfd, monkeypatch):
    """Run the command over two cases; its exit code, stdout and stderr."""
    monkeypatch.setenv("DESKHAND_DATA", str(tmp_path / "home"))
    spec = make_spec(gguf_bytes())
    monkeypatch.setattr(Deskhand, "reader", Reader())
    monkeypatch.setattr(Deskhand, "make_model", lambda self, task="": FakeModel(spec.main_file.sha256))
    monkeypatch.setattr(Deskhand, "choose_model", lambda self, task="": ChosenModel(spec, tmp_path / "small.gguf"))
    task = tmp_path / "task.toml"
    task.write_text(TASK)
    (tmp_path / "a.txt").write_text("alpha one")
    cases = tmp_path / "cases.jsonl"
    lines = [{"file": "a.txt", "expected": {"first": "alpha"}}, {"text": "beta two", "expected": {"first": "gamma"}}]
    cases.write_text("\n".join(map(json.dumps, lines)))

    def call(*arguments: object) -> tuple[int, str, str]:
        code = run(["evaluate", "--task", str(task), "--cases", str(cases), *map(str, arguments)], lambda _options: 77)
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return call


def test_a_pipe_gets_one_object(evaluate):
    code, out, err = evaluate()
    report = json.loads(out)
    assert (code, err) == (0, "")
    assert (report["cases"], report["failed"], report["pooled"]["n"], report["pooled"]["accuracy"]) == (2, 0, 2, 0.5)
    assert [case["answers"][0]["right"] for case in report["outcomes"]] == [True, False]


def test_the_table_names_fields_and_wrong_answers(evaluate):
    code, out, _ = evaluate("--format", "table", "--wrong")
    assert code == 0
    assert "2 cases" in out
    assert "AUGRC" in out
    assert "pooled" in out
    assert "beta two first: 'beta' (0.90 grounded), expected gamma" in out


def test_saved_and_compared(evaluate):
    evaluate("--save", "before")
    code, out, _ = evaluate("--compare", "before", "--format", "table")
    assert code == 0
    assert "0 improved, 0 regressed over 2 cases in both runs" in out
    assert json.loads(evaluate("--compare", "before")[1])["compared"]["shared"] == 2


def test_a_saved_run_is_held_against_what_cases_expect_now(evaluate, tmp_path):
    evaluate("--save", "before")
    cases = tmp_path / "cases.jsonl"
    cases.write_text(cases.read_text().replace("gamma", "beta"))
    code, out, _ = evaluate("--compare", "before")
    told = json.loads(out)
    assert (code, told["pooled"]["accuracy"]) == (0, 1.0)
    assert (told["compared"]["improved"], told["compared"]["shared"]) == ([], 2)


def test_several_models_give_one_object_each(evaluate):
    _, out, _ = evaluate("--models", "a,b", "--every", "2")
    assert [json.loads(line)["cases"] for line in out.splitlines()] == [1, 1]


def test_failed_documents_are_told_and_the_code_is_1(evaluate, tmp_path):
    (tmp_path / "a.txt").write_text("locked: x")
    code, out, err = evaluate()
    assert code == 1
    assert json.loads(out)["failed"] == 1
    assert "a.txt" in err


@pytest.mark.parametrize(
    "arguments",
    [("--compare", "none"), ("--model", "a", "--models", "b"), ("--models", "a,b", "--save", "x"), ("--no-model", "--model", "a")],
)
def test_wrong_usage(evaluate, arguments):
    code, out, err = evaluate(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("deskhand: ")


def test_a_broken_case_file_names_the_line(evaluate, tmp_path):
    (tmp_path / "cases.jsonl").write_text('{"file": "a.txt"}\n')
    code, _, err = evaluate()
    assert code == 2
    assert "line 1" in err
