"""Whoever runs tasks builds the same enquiries and settles answers alike: by itself, down a ladder, in a locked child."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.document import Document, Page
from app.domain.targets import parse_target
from app.domain.task import Task
from app.domain.trust import Trust
from app.evaluation.evidence import EvidenceAlone
from app.tasks.enquiry.build import enquire
from app.tasks.extraction.extract import extract
from app.tasks.settling.settle import settle
from app.worker.ladder import ModelLadder
from app.worker.ports import TaskModel
from app.worker.services import ModelService

_TASK = Task.model_validate(
    {
        "id": "bill",
        "kind": "extract",
        "instructions": "This is a bill.",
        "fields": [
            {"name": "day", "type": "date"},
            {"name": "total", "type": "amount", "labels": ["total"], "required": True},
            {"name": "seller", "type": "name"},
            {"name": "mails", "type": "email", "many": True},
        ],
        "rows": [{"name": "items", "fields": [{"name": "text"}, {"name": "amount", "type": "amount"}]}],
    }
)
_TEXT = (
    "Nordlicht Ötztal GmbH   ada@example.org\nMr Cem Aydın, born 3.4.1961\n2026-05-04\n"
    "Text            Amount\nHammer           12.50\nNägel             3.00\nTotal            15.50\nPaid              9.99\n"
)
_DOCUMENT = Document(name="bill.txt", sha256="0" * 64, format="text", text=_TEXT, pages=(Page(number=1, start=0, end=len(_TEXT)),))
_TARGETS = ["total", "seller", "mails", "items", "nothing"]
_ANSWERS = {
    "total": "15,50",
    "day": "2031-01-01",
    "seller": "Nordlicht Ötztal GmbH",
    "mails": ["ADA@example.org", "bo@example.org"],
    "items": [{"text": "Hammer", "amount": "12.50"}, {"text": "Nägel", "amount": "3.00"}],
    "nothing": {"x": 1},
}


@pytest.fixture(scope="module")
def child() -> Iterator[ModelService]:
    with ModelService(Path("none.gguf"), model_id="fake", sha256="1" * 64, family="plain", n_ctx=512, kind="fake-model") as service:
        yield service


@pytest.fixture(params=["alone", "ladder", "child"])
def model(request: pytest.FixtureRequest) -> TaskModel:
    match request.param:
        case "alone":
            return EvidenceAlone()
        case "ladder":
            return ModelLadder(EvidenceAlone(), list)
    return request.getfixturevalue("child")


@pytest.mark.parametrize("whole_document", [False, True])
def test_the_same_enquiry_comes_of_each(model: TaskModel, whole_document: bool) -> None:
    local = extract(_TASK, _DOCUMENT, None)
    expected = enquire(_TASK, _DOCUMENT, local, targets=_TARGETS, whole_document=whole_document, language="tr")
    assert expected.sensitive
    assert model.enquire(_TASK, _DOCUMENT, local, targets=_TARGETS, whole_document=whole_document, language="tr") == expected


def test_answers_are_settled_alike_by_each(model: TaskModel) -> None:
    local = extract(_TASK, _DOCUMENT, None)
    trust = Trust(n_right=30, n_judged=40)
    settled = model.settle(_TASK, _DOCUMENT, local, _ANSWERS, source="big", trust=trust)
    assert settled == settle(_TASK, _DOCUMENT, local, _ANSWERS, source="big", trust=trust)
    assert settled != model.settle(_TASK, _DOCUMENT, local, _ANSWERS, source="big")
    assert settled.fields["total"].value == "15.50"
    assert [value.value for value in settled.lists["mails"]] == ["ada@example.org"]
    assert all(parse_target(name) for name in settled.opinions)
