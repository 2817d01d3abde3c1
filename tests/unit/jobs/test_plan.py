from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.job import Job, JobState
from app.domain.result import Result
from app.domain.task import Privacy, Routing, Task, TaskField, TaskKind
from app.jobs.plan import answering_task, attachments_of, language_of_person, lasting_name, task_fingerprint
from app.settings import Settings
from tests.helpers.fake_services import TASK, make_document

AUTO = Task(id="auto", kind=TaskKind.AUTO)
OTHER = Task(id="other", kind=TaskKind.EXTRACT, fields=(TaskField(name="a"),))


def test_the_fingerprint_follows_all_that_changes_answers() -> None:
    same = Task.model_validate(TASK.model_dump(by_alias=True))
    assert task_fingerprint(TASK, {}) == task_fingerprint(same, {"x": OTHER})
    assert task_fingerprint(TASK, {}) != task_fingerprint(TASK.model_copy(update={"version": 2}), {})
    policy = TASK.model_copy(update={"routing": Routing(primary="frontier"), "privacy": Privacy.model_validate({"class": "never"})})
    assert task_fingerprint(TASK, {}) == task_fingerprint(policy, {})
    assert task_fingerprint(AUTO, {"x": OTHER}) != task_fingerprint(AUTO, {"x": TASK})
    assert task_fingerprint(AUTO, {"x": OTHER, "y": TASK}) == task_fingerprint(AUTO, {"y": TASK, "x": OTHER})


def test_with_auto_the_chosen_task_answers() -> None:
    result = Result(task="auto", then=Result(task="other"))
    assert answering_task(AUTO, {"x": TASK, "y": OTHER}, result) is OTHER
    assert answering_task(TASK, {}, Result(task="first_word")) is TASK


def test_attachments_have_paths_of_their_own() -> None:
    inner = make_document("inner", "fwd.eml", (make_document("deep", "same.txt"),))
    outer = make_document("outer", "mail.eml", (make_document("first", "same.txt"), inner))
    job = Job(id=1, path="/mail.eml", name="mail.eml", sha256="0", size_bytes=1, task="t", state=JobState.WORKING)
    assert [part for part, _ in attachments_of(job, outer)] == ["1:same.txt", "2:fwd.eml", "2:fwd.eml/1:same.txt"]


def test_a_task_file_is_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert lasting_name("mine.toml") == str(tmp_path / "mine.toml")
    assert lasting_name("invoice") == "invoice"


def test_the_persons_language_is_the_settings_or_the_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    assert language_of_person(Settings(language="tr")) == "tr"
    monkeypatch.setattr("locale.getlocale", lambda: ("de_DE", "UTF-8"))
    assert language_of_person(Settings(language="system")) == "de"
    monkeypatch.setattr("locale.getlocale", lambda: (None, None))
    assert language_of_person(Settings(language="system")) == "en"
