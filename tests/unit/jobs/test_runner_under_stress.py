"""Random wishes of a person, at once from two threads, while work goes on: in the end every job is where it should be."""

from __future__ import annotations

import random
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from app.domain.job import JobState
from app.jobs.runner import JobRunner
from app.settings import Settings
from app.storage.store import Store
from tests.helpers.fake_services import TASK, FakeModel, FakeReader, FakeTasks, crash

N_FILES = 25
N_WISHES = 60


class MoodyModel(FakeModel):
    def run(self, task, document, **options):
        time.sleep(random.uniform(0, 0.004))
        if random.random() < 0.1:
            raise crash(document.name)
        return super().run(task, document, **options)


@pytest.mark.parametrize("seed", [random.randrange(10**6)])
def test_any_order_of_wishes_leaves_every_job_settled(tmp_path: Path, seed: int) -> None:
    random.seed(seed)
    files = [tmp_path / f"{number}" for number in range(N_FILES)]
    for file in files:
        file.write_text(f"{file.name} text" if file.name != "7" else "mail:\nbill\nphoto")
    with Store(tmp_path / "data" / "deskhand.sqlite") as store:
        runner = JobRunner(store, FakeReader(), lambda _: MoodyModel(), FakeTasks(), Settings())
        runner.start()

        def wish(chance: random.Random) -> None:
            for _ in range(N_WISHES):
                ids = [job.id for job in store.jobs()] or [0]
                job_id = chance.choice(ids)
                act = chance.choice(
                    [
                        lambda: runner.add(chance.sample(files, 3), TASK.id),
                        lambda: runner.add(chance.sample(files, 3), TASK.id),
                        partial(runner.cancel, job_id),
                        partial(runner.retry, job_id),
                        partial(runner.remove, job_id),
                        runner.pause,
                        runner.resume,
                        runner.change_model,
                    ]
                )
                act()
                time.sleep(chance.uniform(0, 0.003))

        threads = [threading.Thread(target=wish, args=(random.Random(seed + number),)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive(), "a deadlock"
        runner.stop()
        assert store.jobs([JobState.WORKING]) == []
        runner.start()
        runner.add(files, TASK.id)
        runner.resume()
        assert runner.wait_until_idle(30)
        runner.stop()
        jobs = store.jobs()
        assert len({(job.sha256, job.part) for job in jobs}) == len(jobs)
        assert {job.name for job in jobs} >= {file.name for file in files}
        for job in jobs:
            assert job.state in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}
            if job.state is JobState.DONE:
                result = store.result(job.id)
                assert result is not None
                assert result.fields["first"].corrected is False
            if job.state is JobState.FAILED:
                assert job.error is not None
                assert job.error.code == "quarantined"
