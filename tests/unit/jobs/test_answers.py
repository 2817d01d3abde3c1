"""Which models answer a task, which of them stay in memory, and when an answer has grown old."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from app.domain.document import Document
from app.domain.progress import Progress
from app.domain.result import LabelAnswer, ModelUsed, Result, Timing, TokenCounts
from app.domain.task import Task, TaskField, TaskKind
from app.jobs.answers import Answers
from app.jobs.loaded_models import LoadedModels
from app.worker.ports import OnProgress
from tests.helpers.fake_services import FakeModel, FakeTasks, make_document

AUTO = Task(id="auto", kind=TaskKind.AUTO)
BILL = Task(id="bill", kind=TaskKind.EXTRACT, fields=(TaskField(name="total"),))
POEM = Task(id="poem", kind=TaskKind.SUMMARIZE)
DOCUMENT = make_document("bill 17.00")


class SortingModel(FakeModel):
    """The first word of a document is its class."""

    def run(
        self,
        task: Task,
        document: Document,
        *,
        followups: Mapping[str, Task],
        language: str,
        cancel: threading.Event | None = None,
        on_progress: OnProgress | None = None,
    ) -> Result:
        self.runs.append(task.id)
        if on_progress is not None:
            on_progress(Progress("answering", 0.5))
        made = Result(
            task=task.id,
            model=ModelUsed(sha256=self.sha256),
            notices=(f"by {self.sha256}",),
            timing=Timing(total_s=1.0),
            tokens=TokenCounts(prompt=10),
        )
        if task.kind is not TaskKind.AUTO:
            return made
        label = LabelAnswer(value=document.text.split()[0], confidence=1.0)
        then = followups.get(label.value)
        return made.model_copy(update={"label": label, "then": made.model_copy(update={"task": then.id}) if then else None})


class SortingTasks(FakeTasks):
    def __init__(self) -> None:
        super().__init__(AUTO, BILL, POEM)

    def followups(self) -> Mapping[str, Task]:
        return {"bill": BILL, "poem": POEM}


class Shelf:
    """Models by hash, and the hash of the model that each task asks for."""

    def __init__(self, *, room: int = 1, **chosen: str) -> None:
        self.chosen = chosen
        self.room = room
        self.made: list[SortingModel] = []
        self.models = LoadedModels(self.make, self.sha256_of, lambda _, others: len(others) < self.room)
        self.answers = Answers(SortingTasks(), self.models)

    def sha256_of(self, task: str) -> str:
        return self.chosen.get(task, "small")

    def make(self, task: str) -> SortingModel:
        self.made.append(SortingModel(self.sha256_of(task)))
        return self.made[-1]

    @property
    def loaded(self) -> list[str]:
        return [model.sha256 for model in self.made if not model.closed]

    def answer(self, task: Task = AUTO, cancel: threading.Event | None = None, news: list[Progress] | None = None) -> Result:
        heard = news if news is not None else []
        return self.answers.run(task, DOCUMENT, language="en", cancel=cancel or threading.Event(), on_progress=heard.append)


def test_one_model_does_all_of_auto() -> None:
    shelf = Shelf()
    result = shelf.answer()
    assert [model.runs for model in shelf.made] == [["auto"]]
    assert result.answer.task == "bill"


def test_with_auto_a_task_is_answered_by_its_own_model() -> None:
    shelf = Shelf(bill="large", poem="other")
    news: list[Progress] = []
    result = shelf.answer(news=news)
    assert [(model.sha256, model.runs) for model in shelf.made] == [("small", ["auto"]), ("large", ["bill"])]
    assert (result.model.sha256, result.answer.task, result.answer.model.sha256) == ("small", "bill", "large")
    assert (result.timing.total_s, result.tokens.prompt, result.answer.timing.total_s) == (2.0, 20, 2.0)
    assert (result.notices, result.answer.notices) == (("by small",), ("by large",))
    assert [one.fraction for one in news] == sorted(one.fraction for one in news)


def test_what_has_another_class_stays_with_the_model_that_sorts() -> None:
    shelf = Shelf(poem="large")
    assert shelf.answer().answer.model.sha256 == "small"
    assert len(shelf.made) == 1


def test_no_second_model_is_asked_after_a_cancel() -> None:
    shelf, cancel = Shelf(bill="large"), threading.Event()
    cancel.set()
    shelf.answer(cancel=cancel)
    assert [model.sha256 for model in shelf.made] == ["small"]


def test_models_stay_while_memory_holds_them() -> None:
    roomy = Shelf(room=2, bill="large")
    for _ in range(3):
        roomy.answer()
    assert roomy.loaded == ["small", "large"]
    assert len(roomy.made) == 2
    tight = Shelf(room=0, bill="large")
    for _ in range(2):
        tight.answer()
    assert [model.sha256 for model in tight.made] == ["small", "large"] * 2
    assert tight.loaded == ["large"]


def test_the_model_that_was_not_wanted_for_longest_makes_room() -> None:
    shelf = Shelf(room=2, bill="large", poem="other")
    for task in (AUTO, BILL, AUTO, POEM):
        shelf.models.of(task.id)
    assert shelf.loaded == ["small", "other"]
    assert shelf.models.at_hand() == shelf.made[-1]


def test_models_are_made_anew_when_they_expire() -> None:
    shelf = Shelf(room=2, bill="large")
    shelf.answer()
    shelf.chosen["bill"] = "larger"
    shelf.answer()
    assert len(shelf.made) == 2, "nobody said that another file was chosen"
    shelf.models.expire()
    shelf.answer()
    assert shelf.loaded == ["small", "larger"]
    shelf.models.close()
    assert shelf.loaded == []


def test_answers_grow_old_with_any_of_the_models_that_made_them() -> None:
    plain = Shelf().answers.key_of(AUTO)
    assert plain[1] == "small"
    keys = [shelf.answers.key_of(AUTO) for shelf in (Shelf(bill="large"), Shelf(bill="larger"), Shelf(auto="large"))]
    assert len({plain, *keys}) == 4
    assert all(sha256 == "" for _, sha256 in keys)
    assert Shelf(bill="large").answers.key_of(BILL) == (Shelf().answers.key_of(BILL)[0], "large")
