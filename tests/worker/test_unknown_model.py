"""A model that no list knows: checked, guessed, tried out, and its test remembered."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from app.bootstrap import build
from app.catalog.imports import import_file
from app.domain.document import Document
from app.domain.result import LabelAnswer, ModelUsed, Result, Timing, TokenCounts
from app.domain.task import Task
from app.worker.self_test import run_self_test
from tests.helpers.models import real_model


class Answers:
    """A model that gives the same answer to everything, or the right one."""

    def __init__(self, always: str = "") -> None:
        self._always = always

    def run(self, task: Task, document: Document, *, followups: Mapping[str, Task], language: str, cancel=None) -> Result:
        marks = {"invoice": "Amount due", "recipe": "bake", "job_application": "apply", "weather_report": "wind"}
        value = self._always or next(name for name, mark in marks.items() if mark in document.text)
        return Result(
            task=task.id,
            model=ModelUsed(id="any", sha256="0"),
            label=LabelAnswer(value=value, confidence=1),
            tokens=TokenCounts(prompt=400),
            timing=Timing(prefill_s=2),
        )


def test_model_that_understands_passes_and_tells_its_speed():
    test = run_self_test(Answers())
    assert (test.n_right, test.n_asked, test.passed) == (4, 4, True)
    assert test.prompt_tokens_per_s == 200


def test_model_that_always_says_the_same_fails():
    assert not run_self_test(Answers("invoice")).passed


@pytest.mark.model
def test_real_model_that_no_list_knows(tmp_path: Path):
    """One byte more makes a file of its own that still is a model."""
    known = real_model().path
    unknown = tmp_path / "stick" / "Some Model.gguf"
    unknown.parent.mkdir()
    unknown.write_bytes(known.read_bytes() + b"\0")
    with build(data_dir=tmp_path / "data", models_dir=tmp_path / "models") as deskhand:
        chosen = import_file(unknown, deskhand.catalog, mode="link")
        assert (chosen.spec.id, chosen.spec.prompt_family, chosen.spec.architecture) == ("some-model", "chatml", "llama")
        assert chosen.spec.memory.kv_bytes_per_token == 23_040
        assert chosen.spec.main_file.quantization == "Q4_1"
        assert deskhand.catalog.test_of(chosen.spec) is None
        test = deskhand.test_model(chosen)
        assert test.n_asked == 4
        assert deskhand.catalog.test_of(chosen.spec) == test.passed
