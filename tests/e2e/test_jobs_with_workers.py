"""The jobs over real child processes: a real reader, and a model worker that misbehaves on cue."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from app.domain.job import Job, JobState
from app.jobs.runner import JobRunner
from app.settings import ReadLimits, Settings
from app.storage.store import Store
from app.worker.services import ModelService, ReaderService
from tests.helpers.fake_services import TASK, FakeTasks

STALL_S = 3.0


class Office:
    def __init__(self, folder: Path, reader: ReaderService) -> None:
        self.folder = folder
        self.store = Store(folder / "data" / "deskhand.sqlite")
        self.model = ModelService(
            folder / "no.gguf",
            model_id="fake",
            sha256="1" * 64,
            family="plain",
            n_ctx=512,
            kind="fake-model",
            allow_weak=True,
            memory_bytes=2**30,
            stall_timeout_s=STALL_S,
        )
        self.runner = JobRunner(self.store, reader, lambda _: self.model, FakeTasks(), Settings())

    def add(self, **texts: str) -> None:
        for name, text in texts.items():
            (self.folder / f"{name}.txt").write_text(text)
            self.runner.add([self.folder / f"{name}.txt"], TASK.id)

    def jobs(self) -> dict[str, Job]:
        return {job.name: job for job in self.store.jobs()}

    def work(self) -> dict[str, Job]:
        self.runner.start()
        assert self.runner.wait_until_idle(100)
        assert self.runner.problem is None
        return self.jobs()

    def wait_for_model(self) -> int:
        """The pid of the model worker as soon as it runs."""
        until(lambda: self.model.start_info or self.runner.problem)
        assert self.runner.problem is None
        assert self.model.start_info is not None
        return int(self.model.start_info["pid"])


@pytest.fixture(scope="module")
def reader() -> Iterator[ReaderService]:
    with ReaderService(ReadLimits(), allow_weak=True) as made:
        yield made


@pytest.fixture
def office(tmp_path: Path, reader: ReaderService) -> Iterator[Office]:
    made = Office(tmp_path, reader)
    yield made
    made.runner.stop()
    made.store.close()


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)


def test_documents_that_stop_the_worker_are_set_aside_and_the_others_finished(office: Office) -> None:
    office.add(a="Good day", crash="crash-please", b="Fine weather", memory="memory-please", hang="hang-please", c="All well")
    jobs = office.work()
    assert {name: job.state for name, job in jobs.items()} == {
        "a.txt": JobState.DONE,
        "b.txt": JobState.DONE,
        "c.txt": JobState.DONE,
        "crash.txt": JobState.FAILED,
        "memory.txt": JobState.FAILED,
        "hang.txt": JobState.FAILED,
    }
    for name in ("crash.txt", "memory.txt", "hang.txt"):
        error = jobs[name].error
        assert error is not None
        assert error.message == f"{name} stopped the model twice and was set aside."
        assert jobs[name].attempts == 2
    reasons = {name: job.error.hint for name, job in jobs.items() if job.error}
    assert "memory" in reasons["memory.txt"]
    assert f"{STALL_S:.0f} seconds" in reasons["hang.txt"]


def test_attachments_are_read_with_their_message_and_answered_apart(office: Office) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "Two bills"
    message.set_content("They are attached.")
    message.add_attachment("Bill number one", filename="one.txt")
    message.add_attachment("crash-please", filename="two.txt")
    (office.folder / "mail.eml").write_bytes(bytes(message))
    office.runner.add([office.folder / "mail.eml"], TASK.id)
    jobs = office.work()
    assert {name: (job.part, job.state) for name, job in jobs.items()} == {
        "mail.eml": ("", JobState.DONE),
        "one.txt": ("1:one.txt", JobState.DONE),
        "two.txt": ("2:two.txt", JobState.FAILED),
    }


def test_a_damaged_document_fails_at_once_with_its_reason(office: Office) -> None:
    (office.folder / "broken.pdf").write_bytes(b"%PDF-1.7\nthis is no PDF")
    office.runner.add([office.folder / "broken.pdf"], TASK.id)
    job = office.work()["broken.pdf"]
    assert job.state is JobState.FAILED
    assert job.attempts == 1
    assert job.error is not None
    assert "broken.pdf" in job.error.message


def test_a_running_document_can_be_cancelled(office: Office) -> None:
    office.add(slow="slow-please", after="Good day")
    office.runner.start()
    slow = office.jobs()["slow.txt"]
    office.wait_for_model()
    time.sleep(0.3)
    office.runner.cancel(slow.id)
    assert office.runner.wait_until_idle(60)
    assert {name: job.state for name, job in office.jobs().items()} == {
        "slow.txt": JobState.CANCELLED,
        "after.txt": JobState.DONE,
    }


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_worker_killed_from_outside_costs_no_document(office: Office) -> None:
    office.add(slow="slow-please", after="Good day")
    office.runner.start()
    pid = office.wait_for_model()
    time.sleep(0.3)
    os.kill(pid, signal.SIGKILL)
    assert office.runner.wait_until_idle(60)
    assert {job.state for job in office.jobs().values()} == {JobState.DONE}
