"""A run over cases, its report, and what is saved and compared."""

import pytest

from app.domain.recalibration import Recalibration
from app.domain.result import ModelUsed
from app.errors import EvaluationError, ModelLoadError, UnknownRunError
from app.evaluation.cases import Case
from app.evaluation.outcome import Answer, CaseOutcome, ListAnswer, Run, SummaryAnswer
from app.evaluation.report import report_of
from app.evaluation.runner import EvaluationRun, finished_run
from app.evaluation.runs import SavedRuns, compare, scored_anew
from tests.helpers.fake_services import TASK, FakeModel, FakeReader, FakeTasks

CASES = [
    Case(file="a.txt", expected={"first": "alpha", "second": None}),
    Case(file="broken.txt", expected={"first": "beta"}),
    Case(text="gamma ray", expected={"first": "delta"}, group="texts"),
    Case(text="? one", expected={"first": []}, group="texts"),
]


@pytest.fixture
def outcomes(tmp_path):
    (tmp_path / "a.txt").write_text("alpha one")
    (tmp_path / "broken.txt").write_text("locked: x")
    run = EvaluationRun(TASK, CASES, tmp_path, tasks=FakeTasks(), reader=FakeReader(), language="en")
    return [outcome for _, outcome, _ in run.examined(FakeModel(), 10_000)]


def test_a_failed_document_does_not_stop_the_run(outcomes):
    assert [case.shown for case in outcomes] == ["a.txt", "broken.txt", "gamma ray", "? one"]
    assert [bool(case.error) for case in outcomes] == [False, True, False, False]
    assert "password" in outcomes[1].error
    assert [[answer.right for answer in case.answers] for case in outcomes] == [[True, True], [False], [False], [False]]


def test_confidence_is_that_which_a_persons_documents_get(tmp_path, outcomes):
    (tmp_path / "a.txt").write_text("alpha one")
    doubting = Recalibration(task=TASK.id, version=1, kind="logistic", reviews=50, offset=-3.0, model_sha256="model")
    run = EvaluationRun(
        *(TASK, CASES[:1], tmp_path),
        tasks=FakeTasks(),
        reader=FakeReader(),
        language="en",
        map_of=lambda task, model: doubting if (task, model) == (TASK.id, "model") else None,
    )
    ((_, outcome, _),) = run.examined(FakeModel(), 10_000)
    raw, mapped = outcomes[0].answers[0], outcome.answers[0]
    assert mapped.confidence == pytest.approx(doubting.probability(raw.confidence), abs=1e-4)
    assert mapped.confidence < raw.confidence


def test_a_missing_file_is_a_failed_case(tmp_path):
    run = EvaluationRun(TASK, CASES[:1], tmp_path, tasks=FakeTasks(), reader=FakeReader(), language="en")
    ((_, outcome, _),) = run.examined(FakeModel(), 10_000)
    assert outcome.error


def test_a_model_that_does_not_load_ends_the_run(tmp_path):
    model = FakeModel()
    model.errors[CASES[2].key] = [ModelLoadError(model="x", detail="too large")]
    run = EvaluationRun(TASK, CASES[2:], tmp_path, tasks=FakeTasks(), reader=FakeReader(), language="en")
    with pytest.raises(ModelLoadError):
        list(run.examined(model, 10_000))


def test_the_report_counts_fields_and_pools_them(outcomes):
    report = report_of(finished_run(TASK, ModelUsed(id="small"), outcomes))
    first = report.fields["first"]
    assert (report.cases, report.failed, report.model.id) == (4, 1, "small")
    assert (first.n, first.right, first.false_null, first.false_value) == (4, 1, pytest.approx(1 / 3), 1.0)
    assert first.accuracy_interval is not None
    assert (report.values, report.invented) == (3, 0)
    assert report.pooled is not None
    assert (report.pooled.n, report.pooled.right, report.pooled.documents_all_right) == (5, 2, 0.25)
    assert report.pooled.accuracy_by_document is not None
    pooled = report_of(finished_run(TASK, ModelUsed(), outcomes), ["second"]).pooled
    assert pooled is not None
    assert pooled.n == 1


def _run_of(right: list[bool], n_fields: int = 12) -> Run:
    """Documents whose every answer is right, or none."""
    answers = [
        tuple(Answer(name=f"f{at}", value="1", expected=("1",), right=is_right, confidence=0.9) for at in range(n_fields))
        for is_right in right
    ]
    cases = [CaseOutcome(key=f"{at}", shown="", group=f"{at}", answers=given) for at, given in enumerate(answers)]
    return finished_run(TASK, ModelUsed(), cases)


def test_values_that_err_together_widen_the_interval_of_all_fields():
    pooled = report_of(_run_of([False] * 4 + [True] * 16)).pooled
    assert pooled is not None
    assert pooled.accuracy_by_document == pytest.approx((0.6, 0.95), abs=0.03)
    few = report_of(_run_of([True] * 3)).pooled
    assert few is not None
    assert few.accuracy_by_document == pytest.approx((0.44, 1.0), abs=0.01)


def test_lists_and_summaries_in_the_report():
    case = CaseOutcome(
        key="a",
        shown="a",
        group="a",
        lists=(ListAnswer(name="items", found=2, given=4, expected=3),),
        summary=SummaryAnswer(points=3, unsupported=("7",), without_evidence=1, rouge_l=0.5),
    )
    report = report_of(finished_run(TASK, ModelUsed(), [case]))
    assert report.pooled is None
    assert (report.lists["items"].recall, report.lists["items"].precision) == (pytest.approx(2 / 3), 0.5)
    assert report.summaries is not None
    assert (report.summaries.unsupported_facts, report.summaries.points_without_evidence, report.summaries.rouge_l) == (1, 1, 0.5)


def test_saved_runs_come_back_and_are_compared(tmp_path, outcomes):
    saved = SavedRuns(tmp_path / "runs")
    before = finished_run(TASK, ModelUsed(id="old"), outcomes[:3])
    saved.save("before", before)
    assert saved.load("before") == before
    better = outcomes[2].model_copy(update={"answers": tuple(a.model_copy(update={"right": True}) for a in outcomes[2].answers)})
    worse = outcomes[0].model_copy(update={"answers": tuple(a.model_copy(update={"right": False}) for a in outcomes[0].answers)})
    comparison = compare(saved.load("before"), finished_run(TASK, ModelUsed(), [worse, better, outcomes[3]]))
    assert [(change.case, change.name) for change in comparison.improved] == [("gamma ray", "first")]
    assert [(change.case, change.name) for change in comparison.regressed] == [("a.txt", "first"), ("a.txt", "second")]
    assert (comparison.shared, comparison.only_before, comparison.only_now) == (2, 1, 1)


def test_unknown_and_impossible_names(tmp_path, outcomes):
    saved = SavedRuns(tmp_path)
    saved.save("known", finished_run(TASK, ModelUsed(), outcomes))
    with pytest.raises(UnknownRunError) as caught:
        saved.load("other")
    assert "known" in caught.value.hint
    with pytest.raises(EvaluationError):
        saved.save("../outside", finished_run(TASK, ModelUsed(), outcomes))
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(EvaluationError):
        saved.load("bad")


def test_a_run_is_scored_by_what_its_cases_expect_now(outcomes):
    run = finished_run(TASK, ModelUsed(), outcomes)
    edited = [CASES[0], CASES[2].model_copy(update={"expected": {"first": "gamma"}})]
    now = scored_anew(Run.model_validate_json(run.model_dump_json()), edited, lambda result: TASK)
    assert [case.key for case in now.cases] == [edited[0].key, edited[1].key]
    assert [[answer.right for answer in case.answers] for case in now.cases] == [[True, True], [True]]
    assert now.cases[0] == run.cases[0]


def test_a_failed_case_stays_failed_when_scored_anew(outcomes):
    run = finished_run(TASK, ModelUsed(), outcomes)
    assert scored_anew(run, CASES, lambda result: TASK) == run
