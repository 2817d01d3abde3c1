from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.case import CaseSource
from app.domain.result import Result, Value
from app.domain.review import ReviewRule
from app.evaluation.cases import read_cases
from app.evaluation.collect import collect_cases
from app.evaluation.kept import as_cases, export_cases, import_cases
from app.evaluation.runner import EvaluationRun
from app.storage.queue import NewJob
from app.storage.store import Store
from tests.helpers.fake_services import TASK, FakeModel, FakeReader, FakeTasks, make_document, make_value

TASKS = FakeTasks(TASK, TASK.model_copy(update={"id": "other"}))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "deskhand.sqlite") as made:
        yield made


def _review(store: Store, path: Path, text: str) -> None:
    document = make_document(text, path.name)
    ((job, _),) = store.queue.add([NewJob(str(path), path.name, document.sha256, 5, TASK.id)])
    store.queue.claim()
    answer = Result(task=TASK.id, fields={"first": make_value(document, text.split(maxsplit=1)[0], 0.5), "second": Value()})
    store.queue.finish(job.id, answer, document, ReviewRule(frozenset(), 0.75))
    store.accept(job.id)
    collect_cases(store.cases, lambda _: "")


def test_kept_cases_are_run_on_their_own_documents(store: Store, tmp_path: Path) -> None:
    _review(store, tmp_path / "gone.txt", "alpha one")
    cases = as_cases(store.cases.all())
    run = EvaluationRun(TASK, cases, tmp_path, tasks=FakeTasks(), reader=FakeReader(), language="en", kept=store.cases.document)
    ((_, outcome, _),) = run.examined(FakeModel(), 10_000)
    assert (outcome.shown, outcome.error) == ("gone.txt", "")
    assert [answer.right for answer in outcome.answers] == [True, True]


def test_a_removed_case_fails_alone(store: Store, tmp_path: Path) -> None:
    _review(store, tmp_path / "gone.txt", "alpha one")
    cases = as_cases(store.cases.all())
    store.cases.remove(store.cases.all()[0].id)
    run = EvaluationRun(TASK, cases, tmp_path, tasks=FakeTasks(), reader=FakeReader(), language="en", kept=store.cases.document)
    ((_, outcome, _),) = run.examined(FakeModel(), 10_000)
    assert "removed" in outcome.error


def test_an_exported_case_names_its_file_or_holds_its_text(store: Store, tmp_path: Path) -> None:
    there = tmp_path / "documents" / "there.txt"
    there.parent.mkdir()
    there.write_text("alpha one")
    _review(store, there, "alpha one")
    _review(store, tmp_path / "gone.txt", "beta two")
    path = tmp_path / "cases" / "mine.jsonl"
    path.parent.mkdir()
    export_cases(store, store.cases.all(), path)
    first, second = map(json.loads, path.read_text().splitlines())
    assert first["file"] == "../documents/there.txt"
    assert first["expected"] == {"first": "alpha", "second": None}
    assert second["text"] == "beta two"
    assert [case.expected["second"] for case in read_cases(path)] == [None, None]


def test_imported_cases_are_kept_and_faulty_ones_named(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("alpha one")
    path = tmp_path / "cases.jsonl"
    given = [
        {"file": "a.txt", "expected": {"first": "alpha"}, "group": "one"},
        {"file": "missing.txt", "expected": {"first": "x"}},
        {"text": "gamma", "task": "other", "expected": {"first": None}},
    ]
    path.write_text("\n".join(map(json.dumps, given)))
    told = list(import_cases(store.cases, path, TASK.id, FakeReader(), TASKS.get, max_bytes=10_000))
    assert [(case.shown, error is None) for case, error in told] == [("a.txt", True), ("missing.txt", False), ("gamma", True)]
    kept = store.cases.all()
    assert [(case.task, case.expected, case.source) for case in kept] == [
        (TASK.id, {"first": "alpha"}, CaseSource.IMPORT),
        ("other", {"first": None}, CaseSource.IMPORT),
    ]
    assert kept[0].group == "one"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"task": "unknown"}, "unknown"),
        ({"expected": {"first": "alpha", "third": "x"}}, "first_word has no field third"),
    ],
)
def test_what_no_task_can_answer_is_not_taken(store: Store, tmp_path: Path, given: dict[str, object], said: str) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps({"text": "alpha", "expected": {"first": "alpha"}} | given))
    ((_, error),) = import_cases(store.cases, path, TASK.id, FakeReader(), TASKS.get, max_bytes=10_000)
    assert error is not None
    assert said in error.user_text
    assert not store.cases.all()


def test_a_case_file_can_not_name_a_kept_case(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text('{"text": "x", "kept": 7, "name": "y", "expected": {"first": "x"}}')
    (case,) = read_cases(path)
    assert (case.kept, case.shown) == (None, "x")


def test_a_review_that_is_written_and_taken_in_again_stays_as_it_was(store: Store, tmp_path: Path) -> None:
    there = tmp_path / "there.txt"
    there.write_text("alpha one")
    _review(store, there, "alpha one")
    _review(store, tmp_path / "gone.txt", "beta two")
    before, firsts = store.cases.all(), [store.cases.first_answer(case.id) for case in store.cases.all()]
    path = tmp_path / "mine.jsonl"
    export_cases(store, before, path)
    assert all(error is None for _, error in import_cases(store.cases, path, TASK.id, FakeReader(), TASKS.get, max_bytes=10_000))
    assert store.cases.all() == [
        case.model_copy(update={"path": after.path}) for case, after in zip(before, store.cases.all(), strict=True)
    ]
    assert [store.cases.first_answer(case.id) for case in store.cases.all()] == firsts
    assert all(first is not None for first in firsts)


def test_what_a_file_expects_of_a_reviewed_document_counts_as_edited(store: Store, tmp_path: Path) -> None:
    _review(store, tmp_path / "gone.txt", "alpha one")
    path = tmp_path / "mine.jsonl"
    export_cases(store, store.cases.all(), path)
    line = json.loads(path.read_text())
    path.write_text(json.dumps(line | {"expected": {"first": "one"}}))
    list(import_cases(store.cases, path, TASK.id, FakeReader(), TASKS.get, max_bytes=10_000))
    (case,) = store.cases.all()
    assert (case.expected, case.edited, case.whole, case.job_id is not None) == ({"first": "one"}, True, True, True)


def test_groups_and_the_split_travel_to_another_computer(store: Store, tmp_path: Path) -> None:
    with Store(tmp_path / "other" / "deskhand.sqlite") as other:
        path = tmp_path / "mine.jsonl"
        words = " ".join(f"{first}{second}ing" for first in "abcdefgh" for second in "klmnop")
        _review(store, tmp_path / "gone.txt", f"alpha one {words}")
        (case,) = store.cases.all()
        assert store.look_of(case.job_id or 0) == "look-1"
        other_day = case.model_copy(update={"group": "look-1", "key": "x", "held_out": not case.held_out})
        store.cases.keep(other_day, make_document("y other words", "x.txt"), None)
        export_cases(store, store.cases.all(), path)
        written = [json.loads(line) for line in path.read_text().splitlines()]
        assert len(written[1]["group"]) > len("look-1")
        list(import_cases(other.cases, path, TASK.id, FakeReader(), TASKS.get, max_bytes=10_000))
        taken = other.cases.all()
        assert [one.held_out for one in taken] == [case.held_out, not case.held_out]
        assert taken[1].group == written[1]["group"]


def test_a_case_that_was_removed_and_kept_again_is_the_same_case(store: Store, tmp_path: Path) -> None:
    _review(store, tmp_path / "gone.txt", "alpha one")
    (case,) = store.cases.all()
    document = store.cases.document(case.id)
    assert document is not None
    (before,) = as_cases([case])
    store.cases.remove(case.id)
    _review(store, tmp_path / "next.txt", "beta two")
    store.cases.keep(case, document, None)
    again = next(one for one in store.cases.all() if one.key == case.key)
    assert again.id != case.id
    assert as_cases([again])[0].key == before.key


def test_a_group_that_is_no_look_keeps_its_name(store: Store) -> None:
    for group in ("look-" + "9" * 25, "look-x", "7", ""):
        assert store.insights.lasting_name(group) == group
