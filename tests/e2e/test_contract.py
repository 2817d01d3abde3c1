"""Every key of the objects that other programs rely on, from the real program with a real model over real documents."""

import csv
import json
import math
from pathlib import Path

import pytest

from tests.e2e.test_cli import SAMPLES, deskhand
from tests.helpers.models import QUICK, real_model

KEYS = {
    "file": str, "sha256": str, "task": str, "status": str, "error": dict | None, "route": dict, "fields": dict, "rows": dict,
    "label": dict | None, "summary": dict | None, "pages_read": list, "model": dict, "timing": dict, "tokens": dict,
}  # fmt: skip
VALUE = ["value", "text", "page", "start", "end", "boxes", "confidence", "proof"]
PROOFS = {"verified", "grounded", "ambiguous", "not_found", "contradicted"}
TIMING = ["read_s", "prefill_s", "decode_s", "total_s"]
TOKENS = ["prompt", "cached", "generated", "forced", "drafted", "steps"]

pytestmark = pytest.mark.model


@pytest.fixture(scope="module", autouse=True)
def own_folders(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DESKHAND_MODELS", str(real_model(QUICK).path.parents[1]))
        patch.setenv("DESKHAND_DATA", str(tmp_path_factory.mktemp("data")))
        yield


class Page:
    """What `deskhand text` says about a document."""

    def __init__(self, path: Path) -> None:
        self.text = deskhand("text", path).stdout
        self.pages = json.loads(deskhand("text", path, "--format", "json").stdout)["pages"]


def answers(*arguments: object, code: int = 0) -> list[dict]:
    done = deskhand("process", *arguments, "--model", QUICK)
    assert (done.returncode, done.stderr) == (code, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def check_object(row: dict) -> None:
    assert list(row) == list(KEYS)
    for key, kind in KEYS.items():
        assert isinstance(row[key], kind), key
    assert row["status"] in {"done", "review", "failed"}
    assert (row["error"] is not None) == (row["status"] == "failed")
    assert list(row["route"]) == ["kind", "reasons"]
    assert list(row["model"]) == ["id", "sha256"]
    assert list(row["timing"]) == TIMING
    assert list(row["tokens"]) == TOKENS
    assert all(isinstance(row["timing"][key], int | float) and row["timing"][key] >= 0 for key in TIMING)
    assert all(isinstance(row["tokens"][key], int) and row["tokens"][key] >= 0 for key in TOKENS)


def check_answer(row: dict, page: Page) -> None:
    check_object(row)
    assert row["status"] in {"done", "review"}
    assert row["model"] == {"id": QUICK, "sha256": real_model(QUICK).sha256}
    assert row["pages_read"] == [page["number"] for page in page.pages]
    for value in values_of(row):
        check_value(value, page)
    if row["label"] is not None:
        check_label(row["label"])
    for point in (row["summary"] or {"points": []})["points"]:
        assert point["text"]
        for place in point["evidence"]:
            assert list(place) == ["page", "start", "end"]
            check_place(place, page)


def values_of(row: dict) -> list[dict]:
    found = [value for field in row["fields"].values() for value in (field if isinstance(field, list) else [field])]
    return found + [value for records in row["rows"].values() for record in records for value in record.values()]


def check_value(value: dict, page: Page) -> None:
    assert list(value) == VALUE
    assert value["proof"] in PROOFS
    assert 0 <= value["confidence"] <= 1
    if value["proof"] == "not_found":
        assert [value[key] for key in VALUE[:6]] == [None] * 5 + [[]]
        return
    assert value["value"]
    check_place(value, page)
    assert page.text[value["start"] : value["end"]] == value["text"]
    shape = page.pages[value["page"] - 1]
    for left, top, right, bottom in value["boxes"]:
        assert -1 <= left < right <= shape["width"] + 1
        assert -1 <= top < bottom <= shape["height"] + 1


def check_place(place: dict, page: Page) -> None:
    shape = page.pages[place["page"] - 1]
    assert shape["number"] == place["page"]
    assert shape["start"] <= place["start"] < place["end"] <= shape["end"]


def check_label(label: dict) -> None:
    assert list(label) == ["value", "confidence", "alternatives"]
    others = label["alternatives"]
    assert all(list(other) == ["value", "probability"] for other in others)
    assert len({label["value"], *(other["value"] for other in others)}) == len(others) + 1
    assert math.isclose(label["confidence"] + sum(other["probability"] for other in others), 1, abs_tol=0.002)


def test_extraction_from_a_pdf():
    path = SAMPLES / "invoice-english.pdf"
    (row,) = answers(path, "--task", "invoice")
    check_answer(row, Page(path))
    assert row["file"] == str(path)
    assert row["fields"]["total_amount"]["boxes"]
    assert row["rows"]["line_items"]
    assert (row["label"], row["summary"]) == (None, None)


def test_classification_with_the_task_of_choice_or_alone():
    path = SAMPLES / "email.eml"
    page = Page(path)
    for task, answering in (("document_type", "document_type"), ("auto", "email")):
        (row,) = answers(path, "--task", task)
        check_answer(row, page)
        assert row["task"] == answering
        assert row["label"]["value"] == "email"
        assert bool(row["fields"]) == (task == "auto")


def test_summary_rests_on_sentences():
    path = SAMPLES / "article.docx"
    (row,) = answers(path, "--task", "bullets")
    check_answer(row, Page(path))
    assert row["summary"]["points"]
    assert (row["fields"], row["rows"], row["label"]) == ({}, {}, None)


def test_failures_are_objects_too(tmp_path):
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7\ngarbage")
    rows = answers(tmp_path / "bad.pdf", tmp_path / "none.pdf", SAMPLES / "email.eml", "--task", "document_type", code=1)
    assert [row["status"] == "failed" for row in sorted(rows, key=lambda row: row["file"])].count(True) == 2
    for row in rows:
        check_object(row)
        if row["status"] == "failed":
            assert list(row["error"]) == ["code", "message", "hint"]
            assert all(row["error"].values())


def test_every_form_of_output_is_what_it_says(tmp_path):
    path = SAMPLES / "email.eml"
    common = ["process", path, "--task", "document_type", "--model", QUICK]
    assert json.loads(deskhand(*common, "--format", "json").stdout)[0]["label"]["value"] == "email"
    (line,) = csv.DictReader(deskhand(*common, "--format", "csv").stdout.splitlines())
    assert line["label"] == "email"
    assert deskhand(*common, "--format", "md").stdout.startswith("| file |")
    assert "email" in deskhand(*common, "--format", "table").stdout
    assert deskhand(*common, "--output", tmp_path / "a.xlsx").stdout == f"{tmp_path / 'a.xlsx'}\n"
    assert (tmp_path / "a.xlsx").read_bytes()[:4] == b"PK\x03\x04"
    assert [item.name for item in tmp_path.iterdir()] == ["a.xlsx"]
    assert deskhand("process", path).returncode == 2
