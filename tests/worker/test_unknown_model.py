"""A model that no list knows: checked, guessed, tried out, and its test remembered."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from app.bootstrap import build
from app.catalog.catalog import load_catalog
from app.catalog.imports import import_file
from app.domain.document import Document, Page
from app.domain.result import LabelAnswer, ModelUsed, Result, Timing, TokenCounts
from app.domain.task import Task, TaskKind, TaskLabel
from app.errors import ModelFileError
from app.paths import bundled_catalog
from app.worker.self_test import run_self_test
from tests.helpers.catalogs import write_own_list
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


@pytest.mark.model
def test_a_model_newer_than_the_engine_is_blamed_itself_and_gives_way(tmp_path: Path):
    """The document is not the cause; a model that was not named is replaced by a smaller one."""
    known, newer = real_model(), tmp_path / "Newer.gguf"
    data = known.path.read_bytes()
    newer.write_bytes(data.replace(b"llama", b"llamx") + bytes(len(data) // 2))
    listed = load_catalog(bundled_catalog(), tmp_path / "models")
    large = listed.describe_file(newer).spec.model_copy(update={"rank": 90})
    small = known.spec.model_copy(update={"id": "small", "purpose": "product"})
    document = Document(name="bill.txt", sha256="0", format="text", text="Due", pages=(Page(number=1, start=0, end=3),))
    task = Task(id="due", kind=TaskKind.CLASSIFY, labels=(TaskLabel(name="yes"), TaskLabel(name="no")))
    write_own_list(tmp_path / "data" / "models.toml", large, small)
    with build(data_dir=tmp_path / "data", models_dir=tmp_path / "models") as deskhand:
        deskhand.catalog.link(deskhand.catalog.get(large.id), newer)
        with closing(deskhand.make_ladder()) as ladder, pytest.raises(ModelFileError) as caught:
            ladder.run(task, document, followups={}, language="en")
        assert caught.value.user_text == "Newer.gguf is not a usable model file: this version of Deskhand can't run it."
        deskhand.catalog.link(deskhand.catalog.get("small"), known.path)
        assert deskhand.choose_model().spec.id == large.id
        with closing(deskhand.make_ladder()) as ladder:
            result = ladder.run(task, document, followups={}, language="en")
        assert "The model chosen can't be run by this version of Deskhand; small answered." in result.notices
