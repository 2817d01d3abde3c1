from __future__ import annotations

import json

from app.domain.document import Box
from app.domain.job import JobError, JobState
from app.domain.result import (
    Evidence,
    LabelAnswer,
    LabelScore,
    ModelUsed,
    Point,
    Proof,
    Result,
    Route,
    Timing,
    TokenCounts,
    Value,
)
from app.export.contract import to_contract

KEYS = [
    "file", "sha256", "task", "status", "error", "route", "fields", "rows",
    "label", "summary", "pages_read", "model", "timing", "tokens",
]  # fmt: skip
PLACE = Evidence(page=1, start=10, end=16, boxes=(Box(1.0, 2.0, 3.0, 4.001),))
TOTAL = Value(value="717.97", text="717,97", evidence=PLACE, confidence=0.91, proof=Proof.VERIFIED)
TOTAL_TOLD = {
    "value": "717.97",
    "text": "717,97",
    "page": 1,
    "start": 10,
    "end": 16,
    "boxes": [[1.0, 2.0, 3.0, 4.0]],
    "confidence": 0.91,
    "proof": "verified",
}
ABSENT_TOLD = {
    "value": None, "text": None, "page": None, "start": None, "end": None, "boxes": [], "confidence": 0.8, "proof": "not_found",
}  # fmt: skip


def test_an_extraction_has_fields_lists_and_rows() -> None:
    result = Result(
        task="invoice",
        fields={"total_amount": TOTAL, "iban": Value(confidence=0.8)},
        lists={"parties": (TOTAL,)},
        rows={"line_items": ({"amount": TOTAL},)},
        pages_read=(1, 2),
        model=ModelUsed(id="starter", sha256="ab"),
        timing=Timing(read_s=0.1, total_s=1.5),
        tokens=TokenCounts(prompt=7),
        route=Route(reasons=("confidence_below:iban",)),
    )
    told = to_contract("a.pdf", "00", "invoice", JobState.REVIEW, result)
    assert list(told) == KEYS
    assert told == {
        "file": "a.pdf",
        "sha256": "00",
        "task": "invoice",
        "status": "review",
        "error": None,
        "route": {"kind": "local", "reasons": ["confidence_below:iban"]},
        "fields": {"total_amount": TOTAL_TOLD, "iban": ABSENT_TOLD, "parties": [TOTAL_TOLD]},
        "rows": {"line_items": [{"amount": TOTAL_TOLD}]},
        "label": None,
        "summary": None,
        "pages_read": [1, 2],
        "model": {"id": "starter", "sha256": "ab"},
        "timing": {"read_s": 0.1, "prefill_s": 0.0, "decode_s": 0.0, "total_s": 1.5},
        "tokens": {"prompt": 7, "cached": 0, "generated": 0, "forced": 0, "drafted": 0, "steps": 0},
    }
    assert json.loads(json.dumps(told)) == told


def test_auto_tells_the_class_and_the_chosen_tasks_answer() -> None:
    label = LabelAnswer(value="invoice", confidence=0.7, alternatives=(LabelScore(value="letter", probability=0.3),))
    inner = Result(task="invoice", fields={"total_amount": TOTAL}, pages_read=(1,))
    told = to_contract("a.pdf", "00", "auto", JobState.DONE, Result(task="auto", label=label, then=inner))
    assert told["task"] == "invoice"
    assert told["status"] == "done"
    assert told["fields"] == {"total_amount": TOTAL_TOLD}
    assert told["label"] == {
        "value": "invoice",
        "confidence": 0.7,
        "alternatives": [{"value": "letter", "probability": 0.3}],
    }
    assert told["pages_read"] == [1]


def test_a_summary_has_points_with_their_places() -> None:
    points = (Point(text="It is due.", evidence=(PLACE,)), Point(text="In May.", evidence=(), question="When?"))
    told = to_contract("a.pdf", "00", "faq", "done", Result(task="faq", points=points))
    assert told["summary"] == {
        "points": [
            {"text": "It is due.", "evidence": [{"page": 1, "start": 10, "end": 16}]},
            {"question": "When?", "text": "In May.", "evidence": []},
        ]
    }


def test_a_failure_does_not_tell_the_answer_of_an_earlier_run() -> None:
    left = Result(task="invoice", fields={"total_amount": TOTAL})
    assert to_contract("a.pdf", "00", "invoice", JobState.FAILED, left)["fields"] == {}
    assert to_contract("a.pdf", "00", "invoice", JobState.CANCELLED, left)["status"] == "failed"


def test_a_failure_has_all_keys_and_says_why() -> None:
    error = JobError(code="damaged_document", message="a.pdf is damaged", hint="Ask again.")
    told = to_contract("a.pdf", "00", "invoice", JobState.FAILED, None, error)
    assert list(told) == KEYS
    assert told["status"] == "failed"
    assert told["error"] == {"code": "damaged_document", "message": "a.pdf is damaged", "hint": "Ask again."}
    assert told["fields"] == {}
    assert told["rows"] == {}
    assert told["model"] == {"id": "", "sha256": ""}


def test_a_summary_without_points_still_is_one() -> None:
    assert to_contract("a.pdf", "00", "bullets", "done", Result(task="bullets"))["summary"] == {"points": []}
    assert to_contract("a.pdf", "00", "bullets", "failed", Result(task="bullets"))["summary"] is None
