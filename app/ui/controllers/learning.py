"""Learns from what a person reviews, in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.bootstrap import Deskhand
from app.domain.job import Job, JobState
from app.ui.background import Background
from app.ui.controllers.jobs import JobsController
from app.ui.main_window import MainWindow
from app.ui.messages import title_of, tr

if TYPE_CHECKING:
    from app.learning.calibration import Lesson

_LEARN_EVERY = 20
"""Documents that a person finishes between two lessons."""


class LearningController(QObject):
    def __init__(self, deskhand: Deskhand, window: MainWindow, jobs: JobsController, parent: QObject) -> None:
        super().__init__(parent)
        self._deskhand = deskhand
        self._window = window
        self._jobs = jobs
        self._lane = Background(self)
        jobs.changed_by_hand.connect(self._on_changed_by_hand)

    def stop(self) -> None:
        self._lane.stop()

    @Slot()
    def begin(self) -> None:
        """Take in what was reviewed since the last lesson, however long ago: nobody has to finish many documents at a sitting."""
        self._learn_from(1)

    @Slot(object)
    def _on_changed_by_hand(self, job: Job) -> None:
        """A document that a person has finished; enough of them may tell something new."""
        if job.state is JobState.DONE:
            self._learn_from(_LEARN_EVERY)

    def _learn_from(self, least: int) -> None:
        """Put the confidence of all tasks right by their reviews, where that is better."""
        self._lane.run(lambda: self._learn(least), self._tell_learnt)

    def _learn(self, least: int) -> list[Lesson]:
        learnt = self._deskhand.store.recalibrations
        if learnt.unseen_reviews() < least:
            return []
        seen = learnt.newest_review()
        self._deskhand.collect_cases()
        counts = self._deskhand.store.cases.counts()
        lessons = [self._deskhand.learn_from_reviews(task) for task in self._deskhand.tasks.all() if task.id in counts]
        learnt.note_lesson(seen)
        return lessons

    def _tell_learnt(self, lessons: list[Lesson]) -> None:
        for lesson in lessons:
            if lesson.adopted is not None:
                task = self._jobs.tasks.get(lesson.adopted.task)
                title = title_of(task.title if task else {}, lesson.adopted.task)
                text = tr("The confidence of {task} now follows your reviews.", task=title)
                self._window.notice.tell("good", text, tr("Insights shows what it rests on, and the way back."))
