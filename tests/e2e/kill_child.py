"""The program that `test_kill` kills: the real store and runner over a folder, with a model that marks each of its answers.

Usage: kill_child.py DATA_FOLDER DOCUMENTS_FOLDER LOG. The log gets a line, flushed to the disk, for each thing acknowledged.
"""

from __future__ import annotations

import os
import random
import sys
import time
import uuid
from pathlib import Path
from typing import Any

from app.domain.document import Document
from app.domain.result import ModelUsed, Result
from app.domain.task import Task
from app.jobs.events import JobEvent, ResultStored
from app.jobs.runner import JobRunner
from app.settings import Settings
from app.storage.store import Store
from tests.helpers.fake_services import TASK, FakeModel, FakeReader, FakeTasks, make_value


class MarkingModel(FakeModel):
    def run(self, task: Task, document: Document, **_: Any) -> Result:
        time.sleep(random.uniform(0.01, 0.05))
        value = make_value(document, document.text.split()[0])
        mark = uuid.uuid4().hex
        return Result(task=task.id, fields={"first": value}, notices=(mark,), model=ModelUsed(sha256="model"))


def main(data: Path, documents: Path, log: Path) -> None:
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def acknowledge(line: str) -> None:
        os.write(descriptor, (line + "\n").encode())
        os.fsync(descriptor)

    with Store(data / "deskhand.sqlite") as store:
        runner = JobRunner(store, FakeReader(), lambda _: MarkingModel(), FakeTasks(), Settings())

        def hear(event: JobEvent) -> None:
            if isinstance(event, ResultStored) and (result := store.result(event.job_id)) is not None:
                acknowledge(f"stored {event.job_id} {result.notices[0]}")

        runner.subscribe(hear)
        acknowledge("opened")
        runner.start()
        for outcome in runner.add([documents], TASK.id):
            known = outcome.job or outcome.already
            assert known is not None, outcome.error
            acknowledge(f"added {known.id} {known.sha256}")
        runner.wait_until_idle()
        runner.stop()
        acknowledge("finished")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))
