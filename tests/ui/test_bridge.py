from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot

from app.domain.job import JobState
from app.domain.progress import Progress
from app.domain.result import Value
from app.errors import AppError, FileAccessError
from app.jobs.events import JobChanged, JobProgressed, JobRemoved, QueueChanged, ResultStored
from app.ui.background import Background
from app.ui.bridge import JobBridge
from app.ui.queue_meter import QueueMeter
from tests.ui.test_jobs_model import make_job


def queue(waiting: int = 0, working: int = 0, done: int = 0, failed: int = 0, review: int = 0) -> QueueChanged:
    return QueueChanged(waiting=waiting, working=working, done=done, failed=failed, review=review, paused=False)


def test_a_flood_from_another_thread_arrives_thinned_out_and_complete(qtbot: QtBot) -> None:
    bridge = JobBridge()
    batches: list[list[tuple[int, Progress]]] = []
    threads: set[QThread] = set()
    bridge.progressed.connect(lambda news: (batches.append(news), threads.add(QThread.currentThread())))

    def flood() -> None:
        for number in range(20_000):
            bridge.post(JobProgressed(1, Progress("page", number / 20_000, page=number)))
        bridge.post(JobProgressed(1, Progress("page", 1.0, page=20_000)))

    thread = threading.Thread(target=flood)
    thread.start()
    qtbot.waitUntil(lambda: bool(batches) and batches[-1][-1][1].fraction == 1.0, timeout=20_000)
    thread.join()
    assert len(batches) < 200
    assert threads == {QThread.currentThread()}


def test_every_value_is_delivered_though_progress_is_not(qtbot: QtBot) -> None:
    bridge = JobBridge()
    got: list[tuple[int, Progress]] = []
    bridge.progressed.connect(got.extend)
    for name in ("seller", "total"):
        bridge.post(JobProgressed(1, Progress("thinking", 0.1)))
        bridge.post(JobProgressed(1, Progress("field", 0.5, name=name, value=Value(value=name))))
    with qtbot.waitSignal(bridge.progressed):
        pass
    assert [progress.name for _, progress in got if progress.value is not None] == ["seller", "total"]
    assert len(got) == 3


def test_the_last_word_on_a_job_counts(qtbot: QtBot) -> None:
    bridge = JobBridge()
    bridge.post(JobChanged(make_job(1, JobState.WAITING)))
    bridge.post(JobChanged(make_job(1, JobState.DONE)))
    bridge.post(JobChanged(make_job(2)))
    bridge.post(JobRemoved(2))
    bridge.post(ResultStored(1))
    changed: list[tuple[int, JobState]] = []
    bridge.jobs_changed.connect(lambda jobs: changed.extend((job.id, job.state) for job in jobs))
    with qtbot.waitSignals([bridge.jobs_changed, bridge.results_stored, bridge.jobs_removed]):
        pass
    assert changed == [(1, JobState.DONE)]


def test_background_calls_end_on_the_gui_thread(qtbot: QtBot) -> None:
    parent = QObject()
    background = Background(parent)
    seen: list[tuple[str, bool]] = []
    here = threading.get_ident()
    background.run(threading.get_ident, lambda ident: seen.append(("worked elsewhere", ident != here)))
    background.run(lambda: None, lambda _: seen.append(("told here", threading.get_ident() == here)))
    qtbot.waitUntil(lambda: len(seen) == 2, timeout=5000)
    assert seen == [("worked elsewhere", True), ("told here", True)]
    background.stop()


def test_background_errors_are_told_as_sentences(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    parent = QObject()
    background = Background(parent)
    errors: list[AppError] = []

    def expected() -> None:
        raise FileAccessError(file="a.pdf", detail="gone.")

    def fault() -> None:
        raise ZeroDivisionError

    background.run(expected, None, errors.append)
    background.run(fault, None, errors.append)
    qtbot.waitUntil(lambda: len(errors) == 2, timeout=5000)
    assert errors[0].code == "file_access"
    assert type(errors[1]) is AppError
    assert "failed" in caplog.text
    background.stop()


def test_a_stopped_lane_delivers_nothing_more(qtbot: QtBot) -> None:
    parent = QObject()
    background = Background(parent)
    told: list[int] = []
    gate = threading.Event()
    background.run(lambda: gate.wait(5) and 1, told.append)
    background.run(lambda: 2, told.append)
    threading.Timer(0.1, gate.set).start()
    background.stop()
    qtbot.wait(100)
    assert told == []


def test_a_batch_counts_from_where_it_began() -> None:
    meter = QueueMeter()
    assert not meter.measure(queue(done=240)).is_busy
    first = meter.measure(queue(waiting=27, working=1, done=240))
    assert (first.finished, first.total) == (0, 28)
    later = meter.measure(queue(waiting=9, working=1, done=255, review=2, failed=1))
    assert (later.finished, later.total) == (18, 28)
    assert not meter.measure(queue(done=265, review=2, failed=1)).is_busy
    assert meter.measure(queue(waiting=2, done=265, review=2, failed=1)).total == 2
