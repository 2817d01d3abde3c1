"""`deskhand evaluate` as another program calls it, with the locked reader over a real document."""

import json
import os
from pathlib import Path

import pytest

from tests.e2e.test_cli import SAMPLES, deskhand
from tests.helpers.models import QUICK, real_model

INVOICE = SAMPLES / "invoice-german.pdf"


@pytest.fixture(autouse=True)
def own_data(tmp_path, monkeypatch):
    monkeypatch.setenv("DESKHAND_DATA", str(tmp_path / "data"))


def test_figures_of_a_real_document(tmp_path):
    file = os.path.relpath(INVOICE, tmp_path)
    cases = [
        {"file": file, "task": "invoice", "expected": {"currency": "EUR", "total_amount": 1}},
        {"text": "Invoice no. 7\nTotal 12.50 EUR", "task": "invoice", "expected": {"total_amount": "12.50"}},
    ]
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(map(json.dumps, cases)), encoding="utf-8")
    done = deskhand("evaluate", "--task", "invoice", "--cases", path, "--no-model", "--save", "first")
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert (report["cases"], report["failed"], report["invented"]) == (2, 0, 0)
    assert {name: (figures["right"], figures["n"]) for name, figures in report["fields"].items()} == {
        "currency": (1, 1),
        "total_amount": (1, 2),
    }
    assert {"auroc", "aurc", "augrc", "ece", "brier", "accuracy_at_80", "accuracy_at_90"} <= report["pooled"].keys()
    again = deskhand("evaluate", "--task", "invoice", "--cases", path, "--no-model", "--compare", "first", "--format", "table")
    assert "0 improved, 0 regressed over 2 cases in both runs" in again.stdout


@pytest.mark.model
def test_the_same_documents_and_the_same_model_give_identical_results(tmp_path, monkeypatch):
    """Also in another order: an answer does not depend on what was answered before."""
    monkeypatch.setenv("DESKHAND_MODELS", str(real_model(QUICK).path.parents[1]))
    (tmp_path / "talk.toml").write_text(
        'id = "talk"\nkind = "extract"\nfields = [{ name = "speaker", type = "name" }, { name = "room", type = "text" }]\n'
    )
    letter = "Ada Novak, number {n}, talks in the blue hall {n} about letter {n}. Ben Weaver listens from hall {m}."
    cases = [{"text": letter.format(n=n, m=n + 3), "expected": {"speaker": "Ada Novak"}} for n in range(3)]
    for name, ordered in (("first", cases), ("second", cases[::-1])):
        path = tmp_path / f"{name}.jsonl"
        path.write_text("\n".join(map(json.dumps, ordered)), encoding="utf-8")
        done = deskhand("evaluate", "--task", tmp_path / "talk.toml", "--cases", path, "--model", QUICK, "--save", name)
        assert done.returncode == 0, done.stderr
    first, second = (_answers(tmp_path / "data" / "evaluations" / f"{name}.json") for name in ("first", "second"))
    assert any('"plain_probability"' in answer for answer in first.values())
    assert first == second


def _answers(path: Path) -> dict[str, str]:
    """Everything that was answered to each case; what is remembered of earlier ones spares work and time alone."""
    found = {}
    for case in json.loads(path.read_text())["cases"]:
        del case["read_s"], case["answer_s"], case["result"]["timing"], case["result"]["tokens"]
        found[case["key"]] = json.dumps(case, sort_keys=True)
    return found


def test_the_smallest_sufficient_model_is_named_or_what_is_missing(tmp_path):
    cases = [
        {"text": f"Invoice no. {n}\nTotal {n}.50 EUR", "task": "invoice", "expected": {"currency": "EUR"}} for n in range(1, 41)
    ]
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(map(json.dumps, cases)), encoding="utf-8")
    done = deskhand("evaluate", "--task", "invoice", "--cases", path, "--no-model", "--target", "0.9", "--most-review", "0.2")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["smallest_sufficient"] == ""
    assert found["models"][0]["reached_with"]["at_least"] >= 0.9
    strict = deskhand("evaluate", "--task", "invoice", "--cases", path, "--no-model", "--target", "0.99", "--format", "table")
    assert "No model reaches it." in strict.stdout
    assert "more values with known answers could show it" in strict.stdout


def test_cases_are_kept_listed_evaluated_and_removed(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps({"text": "Invoice no. 7\nTotal 12.50 EUR", "expected": {"currency": "EUR"}}), encoding="utf-8")
    nothing = deskhand("evaluate", "--task", "invoice", "--no-model")
    assert nothing.returncode == 2
    assert "Nothing was reviewed yet" in nothing.stderr
    assert deskhand("cases", "import", path).returncode == 2
    done = deskhand("cases", "import", path, "--task", "invoice")
    assert (done.returncode, done.stdout) == (0, "1 cases kept\n")
    (case,) = json.loads(deskhand("cases", "list", "--json").stdout)
    assert (case["task"], case["expected"], case["source"]) == ("invoice", {"currency": "EUR"}, "import")
    report = json.loads(deskhand("evaluate", "--task", "invoice", "--no-model").stdout)
    assert (report["cases"], report["fields"]["currency"]["right"]) == (1, 1)
    again = tmp_path / "again.jsonl"
    assert deskhand("cases", "export", "--output", again).returncode == 0
    assert json.loads(again.read_text())["expected"] == {"currency": "EUR"}
    assert deskhand("cases", "remove", case["id"]).returncode == 0
    assert json.loads(deskhand("cases", "list", "--json").stdout) == []
    assert deskhand("cases", "remove", case["id"]).returncode == 2
