"""A model that needs more than it may take fails in its worker, with its reason, and never takes the computer's memory."""

from __future__ import annotations

import sys

import pytest

from app.catalog.fit import most_bytes
from app.catalog.machine import machine_memory
from app.domain.document import Document, Page
from app.domain.task import Task
from app.errors import ModelMemoryError
from app.worker.ladder import ModelLadder, Rung
from app.worker.services import ModelService
from tests.helpers.models import QUICK, STARTER, real_model

pytestmark = [pytest.mark.model, pytest.mark.skipif(sys.platform != "linux", reason="bounds memory on Linux only")]

_TEXT = "INVOICE 4711\nDate: 2026-02-17\nMiller Ltd, High Street 5\nTotal due         119.00 EUR\n" * 8
_DOCUMENT = Document(name="a.txt", sha256="0" * 64, format="text", text=_TEXT, pages=(Page(number=1, start=0, end=len(_TEXT)),))
_LABELS = Task.model_validate({"id": "sort", "kind": "classify", "labels": [{"name": f"matter number {n}"} for n in range(60)]})
_FIELDS = Task.model_validate({"id": "read", "kind": "extract", "fields": [{"name": "street", "type": "text"}]})


def _service(model_id: str, n_ctx: int, memory_bytes: int) -> ModelService:
    chosen = real_model(model_id)
    return ModelService(
        chosen.path,
        model_id=chosen.spec.id,
        sha256=chosen.sha256,
        family=chosen.spec.prompt_family,
        n_ctx=n_ctx,
        threads=2,
        memory_bytes=memory_bytes,
    )


@pytest.mark.parametrize(("model_id", "n_ctx"), [(QUICK, 8192), (STARTER, 4096)])
def test_model_works_within_the_bound_that_is_worked_out_for_it(model_id: str, n_ctx: int) -> None:
    bound = most_bytes(real_model(model_id).spec, machine_memory(), context_tokens=n_ctx)
    with _service(model_id, n_ctx, bound) as model:
        for task in (_LABELS, _FIELDS):
            assert model.run(task, _DOCUMENT, followups={}, language="en").tokens.steps > 0


@pytest.mark.parametrize(("n_ctx", "mebibytes"), [(2048, 100), (2048, 160), (2048, 220), (8192, 250), (8192, 330)], ids=str)
def test_model_that_needs_more_is_refused_with_its_reason(n_ctx: int, mebibytes: int) -> None:
    with _service(QUICK, n_ctx, mebibytes << 20) as model, pytest.raises(ModelMemoryError) as caught:
        model.wait_ready()
    assert caught.value.params["limit"] == f"{mebibytes / 1024:.1f} GB"


def test_shorter_context_answers_where_the_longer_one_needs_too_much() -> None:
    below = [Rung("a shorter context", lambda: _service(QUICK, 1024, 330 << 20))]
    ladder = ModelLadder(_service(QUICK, 8192, 330 << 20), lambda: below)
    try:
        result = ladder.run(_LABELS, _DOCUMENT, followups={}, language="en")
    finally:
        ladder.close()
    assert result.label is not None
    assert result.notices == ("There was not enough memory for the model chosen; a shorter context answered.",)
