"""The services over real children: the fake model with its faults on cue, and a reader that hands over nonsense."""

from __future__ import annotations

import hashlib
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.document import Document, Page
from app.domain.progress import Progress
from app.domain.result import Result
from app.domain.task import Task
from app.errors import CancelledError, ModelCrashedError, ModelTimeoutError, OutOfMemoryError, ReaderCrashedError
from app.settings import ReadLimits
from app.worker.services import ModelService, ReaderService

_TASK = Task.model_validate(
    {"id": "bill", "kind": "extract", "fields": [{"name": "day", "type": "date"}, {"name": "total", "type": "amount"}]}
)
_NONSENSE_READER = """
import sys
from app.worker.main import serve
class Handler:
    def warm_up(self, args):
        return {}
    def handle(self, op, args, blob, call):
        if op == "render":
            return {"width": 10, "height": 10, "stride": 30, "format": "rgb24"}, bytes(300 if args["page"] == 1 else 299)
        call.progress({"page": 1, "pages": "many", "recognised": -5})
        return {}, blob
sys.exit(serve(Handler))
"""


def _document(text: str) -> Document:
    return Document(name="bill.txt", sha256="0" * 64, format="text", text=text, pages=(Page(number=1, start=0, end=len(text)),))


def _model(**options: object) -> ModelService:
    settings: dict[str, object] = {"model_id": "fake", "sha256": "1" * 64, "family": "plain", "n_ctx": 512, "kind": "fake-model"}
    return ModelService(Path("none.gguf"), **(settings | options))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def model() -> Iterator[ModelService]:
    with _model() as service:
        yield service


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReaderService]:
    child = tmp_path_factory.mktemp("child") / "child.py"
    child.write_text(_NONSENSE_READER, encoding="utf-8")
    with ReaderService(ReadLimits(), command=[sys.executable, "-P", str(child)]) as service:
        yield service


def _run(model: ModelService, text: str, **options: object) -> Result:
    return model.run(_TASK, _document(text), followups={}, language="en", **options)  # type: ignore[arg-type]


def test_a_result_and_its_progress_arrive_typed(model: ModelService) -> None:
    news: list[Progress] = []
    result = _run(model, "Paid 12.50 on 2026-01-02", on_progress=news.append)
    assert {name: value.value for name, value in result.fields.items()} == {"day": "2026-01-02", "total": "12.50"}
    assert result.model.id == "fake"
    assert [(each.name, each.value.value) for each in news if each.value] == [("day", "2026-01-02"), ("total", "12.50")]
    assert news[-1].fraction == 1.0


def test_the_lock_is_reported(model: ModelService) -> None:
    model.wait_ready()
    assert model.sandbox is not None
    if sys.platform == "linux":
        assert model.sandbox.is_complete
        assert len(model.sandbox.active) == 3


def test_auto_runs_the_task_of_the_class(model: ModelService) -> None:
    auto = Task.model_validate({"id": "auto", "kind": "auto"})
    result = model.run(auto, _document("A receipt. 9.99"), followups={"invoice": _TASK, "receipt": _TASK}, language="en")
    assert result.label is not None
    assert result.label.value == "receipt"
    assert result.answer.fields["total"].value == "9.99"


@pytest.mark.parametrize(
    ("cue", "error"),
    [("crash-please", ModelCrashedError), ("garbage-please", ModelCrashedError), ("memory-please", OutOfMemoryError)],
)
def test_faults_on_cue_are_typed_and_survived(model: ModelService, cue: str, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        _run(model, cue)
    assert getattr(caught.value, "is_worker_failure", False)
    assert getattr(caught.value, "params", {})["file"] == "bill.txt"
    assert _run(model, "1.25").fields["total"].value == "1.25"


def test_a_hang_ends_at_the_deadline() -> None:
    with _model(stall_timeout_s=0.5) as model:
        model.wait_ready()
        with pytest.raises(ModelTimeoutError, match=r"bill\.txt"):
            _run(model, "hang-please")


def test_a_slow_run_is_cancelled_at_once(model: ModelService) -> None:
    model.wait_ready()
    cancel = threading.Event()
    threading.Timer(0.2, cancel.set).start()
    began = time.monotonic()
    with pytest.raises(CancelledError):
        _run(model, "slow-please", cancel=cancel)
    assert time.monotonic() - began < 0.2 + 0.2


def test_the_parent_vouches_for_name_and_hash(reader: ReaderService) -> None:
    text = "Total 12.50"
    forged = Document(name="forged", sha256="forged", format="text", text=text, pages=(Page(number=1, start=0, end=len(text)),))
    data = forged.model_dump_json().encode()
    news: list[Progress] = []
    document = reader.read(data, "real.txt", on_progress=news.append)
    assert (document.name, document.sha256) == ("real.txt", hashlib.sha256(data).hexdigest())
    assert news == [Progress("page", 0.0, page=1, pages=0)]


@pytest.mark.parametrize(
    "data", [b"not a document", b'{"name":"a","sha256":"","format":"","text":"abc","pages":[{"number":1,"start":0,"end":4}]}']
)
def test_a_document_that_makes_no_sense_is_a_crash(reader: ReaderService, data: bytes) -> None:
    with pytest.raises(ReaderCrashedError, match="no sense"):
        reader.read(data, "a.pdf")


def test_pictures_are_checked(reader: ReaderService) -> None:
    assert reader.render(b"", "a.pdf", 1, dpi=72).width == 10
    with pytest.raises(ReaderCrashedError, match="no sense"):
        reader.render(b"", "a.pdf", 2, dpi=72)


def test_enquiries_and_answers_cross_the_lock(model: ModelService) -> None:
    document = _document("Bill of 2026-01-02\nSome words that nobody asks for.\nTotal 12.50\nPaid 9.99\n")
    local = model.run(_TASK, document, followups={}, language="en")
    enquiry = model.enquire(_TASK, document, local, targets=["total", "nothing"])
    assert enquiry.targets == ("total",)
    assert "".join(excerpt.text for excerpt in enquiry.excerpts).count("\n") <= 2
    settled = model.settle(_TASK, document, local, {"total": "9.99", "day": "2031-01-01"}, source="big")
    assert settled.fields["total"].value == "9.99"
    assert settled.fields["day"].value == "2026-01-02"
    assert [each.source for each in settled.fields["day"].opinions] == ["local", "big"]
    assert model.enquire(_TASK, document, local, targets=["total"], whole_document=True).excerpts[0].text == document.text.strip()


def test_a_crash_while_settling_is_typed(model: ModelService) -> None:
    document = _document("crash-please 12.50")
    local = Result(task="bill")
    with pytest.raises(ModelCrashedError):
        model.settle(_TASK, document, local, {"total": "12.50"}, source="big")
    with pytest.raises(ModelCrashedError):
        model.enquire(_TASK, document, local, targets=["total"])
