"""`deskhand evaluate --frontier` as a person runs it: a real local model, and a real one behind a server on this machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.evaluation.runs import SavedRuns
from app.paths import find_paths
from app.settings import FrontierSettings, Settings, save_settings
from app.storage.store import Store
from tests.e2e.test_cli import deskhand
from tests.helpers.frontier_server import serving_model
from tests.helpers.models import QUICK, real_model
from tests.helpers.providers import own_provider

pytestmark = [pytest.mark.model, pytest.mark.network]

TASK = """
id = "order"
kind = "extract"
description = "An order."
fields = [
  { name = "reference", type = "identifier", labels = ["Order number"], required = true },
  { name = "total", type = "amount", labels = ["Total"], required = true },
]
"""
LETTERS = (
    ("Order number AB-2041\nTotal 310.00 EUR\nPlease call +49 30 901820\n", {"reference": "AB-2041", "total": "310.00"}),
    ("Our order was AB-7 and costs 12.50 EUR, not 11.00 EUR.\n", {"reference": "AB-7", "total": "12.50"}),
)


def test_two_documents_are_asked_about_once_and_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKHAND_MODELS", str(real_model(QUICK).path.parents[1]))
    monkeypatch.setenv("DESKHAND_DATA", str(tmp_path / "data"))
    (tmp_path / "order.toml").write_text(TASK)
    cases = [json.dumps({"text": text, "expected": expected}) for text, expected in LETTERS]
    (tmp_path / "cases.jsonl").write_text("\n".join(cases))
    arguments = ["evaluate", "--task", tmp_path / "order.toml", "--cases", tmp_path / "cases.jsonl", "--model", QUICK, "--frontier"]
    with serving_model(real_model(QUICK).path, record=tmp_path / "requests.jsonl") as served:
        config = own_provider(served.base_url, served.model)
        save_settings(Settings(offline=False, frontier=FrontierSettings(opted_in=True, provider=config)), find_paths().settings)
        unsaid = deskhand(*arguments)
        assert (unsaid.returncode, unsaid.stdout, served.requests()) == (2, "", [])
        assert "Say --yes to agree." in unsaid.stderr
        done = deskhand(*arguments, "--yes", "--save", "pair")
        assert done.returncode == 0, done.stderr
        sent = [request["body"] for request in served.requests()]
        again = deskhand(*arguments)
        assert (again.returncode, again.stderr) == (0, "")
        assert len(served.requests()) == len(sent)
    local, larger, told = map(json.loads, done.stdout.splitlines())
    assert (local["cases"], larger["cases"], told["deferral"]["n_fields"]) == (2, 2, 4)
    assert json.loads(again.stdout.splitlines()[-1]) == told
    assert told["deferral"]["always"] == larger["pooled"]["accuracy"]
    assert {"mean log-probability", "random", "oracle"} < {curve["method"] for curve in told["deferral"]["curves"]}
    assert not any("901820" in body for body in sent)
    with Store(find_paths().database) as store:
        assert {store.ledger.payload(row.id).decode() for row in store.ledger.rows(limit=100)} == set(sent)
    names = [SavedRuns(find_paths().evaluations).load(name).model.id for name in ("pair", "pair-frontier")]
    assert names == [QUICK, served.model]
