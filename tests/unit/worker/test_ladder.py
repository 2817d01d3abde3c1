"""A model that does not fit gives way to less, at most twice, and the person is told."""

import pytest

from app.domain.enquiry import Enquiry, Question
from app.domain.result import Result
from app.domain.task import Task, TaskKind, TaskLabel
from app.errors import ModelCrashedError, ModelFileError, ModelLoadError, OutOfMemoryError
from app.worker.ladder import ModelLadder, Rung
from tests.helpers.fake_services import make_document

TASK = Task(id="sort", kind=TaskKind.CLASSIFY, labels=(TaskLabel(name="a"), TaskLabel(name="b")))


class Model:
    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.is_closed, self.n_runs = error, False, 0

    def run(self, task, document, **_options) -> Result:
        self.n_runs += 1
        if self.error is not None:
            raise self.error
        return Result(task=task.id, then=Result(task="chosen") if task.kind is TaskKind.AUTO else None)

    def enquire(self, task, _document, _result, *, targets, **_options) -> Enquiry:
        if self.error is not None:
            raise self.error
        return Enquiry(task=task.id, kind=task.kind, questions=(Question(target=targets[0], title=""),), excerpts=())

    def settle(self, _task, _document, result, answers, *, source, **_options) -> Result:
        if self.error is not None:
            raise self.error
        return result.model_copy(update={"notices": (source, *answers)})

    def close(self) -> None:
        self.is_closed = True


def ladder_of(first: Model, *below: Model) -> ModelLadder:
    rungs = [Rung(f"model {number}", lambda model=model: model) for number, model in enumerate(below, start=1)]
    return ModelLadder(first, lambda: rungs)


def run(ladder: ModelLadder, task: Task = TASK) -> Result:
    return ladder.run(task, make_document("text"), followups={}, language="document")


def test_model_that_fits_answers_and_nothing_is_said():
    below = Model()
    assert run(ladder_of(Model(), below)).notices == ()
    assert below.n_runs == 0


@pytest.mark.parametrize("error", [OutOfMemoryError(), ModelLoadError(detail="x")])
def test_model_that_does_not_fit_gives_way_and_that_is_told(error):
    models = [Model(error), Model(error), Model()]
    ladder = ladder_of(*models)
    for _ in range(2):
        assert run(ladder).notices == ("There was not enough memory for the model chosen; model 2 answered.",)
    assert [model.n_runs for model in models] == [1, 1, 2]
    assert [model.is_closed for model in models] == [True, True, False]
    ladder.close()
    assert models[2].is_closed


def test_with_auto_it_is_told_beside_the_answer_of_the_chosen_task():
    result = run(ladder_of(Model(OutOfMemoryError()), Model()), Task(id="auto", kind=TaskKind.AUTO))
    assert result.answer.task == "chosen"
    assert result.answer.notices == ("There was not enough memory for the model chosen; model 1 answered.",)


def test_a_file_that_the_engine_refuses_gives_way_to_another_file_at_once():
    same, other = Model(), Model()
    rungs = [
        Rung("model on the processor", lambda: same, "The graphics card could not be used", frozenset({"new.gguf"})),
        Rung("model with a shorter context", lambda: same, files=frozenset({"new.gguf"})),
        Rung("small", lambda: other, files=frozenset({"small.gguf"})),
    ]
    result = run(ModelLadder(Model(ModelFileError(file="new.gguf", detail="x")), lambda: rungs))
    assert result.notices == ("The model chosen can't be run by this version of Deskhand; small answered.",)
    assert same.n_runs == 0
    with pytest.raises(ModelFileError):
        run(ModelLadder(Model(ModelFileError(file="new.gguf", detail="x")), lambda: rungs[:2]))


def test_no_more_than_two_steps_down():
    last = Model()
    with pytest.raises(OutOfMemoryError):
        run(ladder_of(*[Model(OutOfMemoryError()) for _ in range(3)], last))
    assert last.n_runs == 0


def test_graphics_card_gives_way_to_the_processor_upon_a_crash_and_the_processor_does_not():
    on_processor = Model()
    rung = Rung("model on the processor", lambda: on_processor, "The graphics card could not be used")
    ladder = ModelLadder(Model(ModelCrashedError()), lambda: [rung], gives_way_to=(ModelCrashedError,))
    assert run(ladder).notices == ("The graphics card could not be used; model on the processor answered.",)
    on_processor.error = ModelCrashedError()
    with pytest.raises(ModelCrashedError):
        run(ladder)


def test_other_faults_are_not_the_memorys():
    ladder = ladder_of(Model(ModelCrashedError()), Model())
    for _ in range(2):
        with pytest.raises(ModelCrashedError):
            run(ladder)


def test_what_surrounds_the_asking_of_a_larger_model_gives_way_likewise():
    ladder = ladder_of(Model(OutOfMemoryError()), Model())
    document, result = make_document("text"), Result(task="sort")
    assert ladder.enquire(TASK, document, result, targets=["label"]).targets == ("label",)
    assert ladder.settle(TASK, document, result, {"label": "a"}, source="big").notices == ("big", "label")
