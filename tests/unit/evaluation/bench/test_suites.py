"""The order of the work, and that a system that fails does not stop the others."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from app.domain.task import Task, TaskCheck, TaskField, TaskKind, TaskLabel
from app.errors import FileAccessError
from app.evaluation.bench.documents import Source, read_all, sources_of_cases, sources_of_paths
from app.evaluation.bench.extraction import measure, restricted
from app.evaluation.bench.labelling import measure_labelling, short_texts, ten_labels
from app.evaluation.bench.linear import measure_linear, write_documents
from app.evaluation.bench.records import SystemName
from app.evaluation.bench.second_task import NamedTask, measure_second_tasks, tasks_to_pair, without_examples
from app.evaluation.cases import Case
from tests.helpers.bench_systems import FakeSystem, documents
from tests.helpers.fake_services import FakeReader, make_document

FIELDS = (TaskField(name="net"), TaskField(name="total"), TaskField(name="people", many=True))
TASK = Task(
    id="bill",
    kind=TaskKind.EXTRACT,
    fields=FIELDS,
    checks=(TaskCheck(expression="net <= total"), TaskCheck(expression="total > 0")),
)
SUMMARY = Task(id="sum", kind=TaskKind.SUMMARIZE)
KINDS = Task(id="kinds", kind=TaskKind.CLASSIFY, labels=tuple(TaskLabel(name=f"k{n}", examples=("a", "b")) for n in range(12)))


def test_systems_take_turns_in_another_order_each_time():
    log: list[str] = []
    systems = [FakeSystem(name, log) for name in (SystemName.DESKHAND, SystemName.CHAT, SystemName.SERVER)]
    found = list(measure(systems, documents("a", "b"), TASK, FIELDS[:2], round_number=0))
    assert log == ["a deskhand", "a chat", "a server", "b chat", "b server", "b deskhand"]
    assert [one.processor_s for one in found] == [1.0] * 6


def test_failing_system_goes_on_with_the_next_document():
    systems = [FakeSystem(SystemName.DESKHAND, []), FakeSystem(SystemName.CHAT, [], fails_on="a")]
    found = list(measure(systems, documents("a", "b"), TASK, FIELDS[:2], round_number=0))
    faults = {(one.file, one.system.value): one.fault for one in found}
    assert faults[("a", "chat")] == "The benchmark's peer chat failed: no more."
    assert [fault for key, fault in faults.items() if key != ("a", "chat")] == ["", "", ""]
    assert [one.right for one in found if one.fault] == [{"total": False}]


def test_task_is_restricted_to_what_is_asked():
    task, fields = restricted(TASK, ["total"])
    assert [field.name for field in task.fields] == [field.name for field in fields] == ["total"]
    assert [check.expression for check in task.checks] == ["total > 0"]
    assert restricted(TASK, [])[0] is TASK
    assert [field.name for field in restricted(TASK, [])[1]] == ["net", "total"]
    with pytest.raises(KeyError):
        restricted(TASK, ["people"])


def test_tasks_to_pair_are_the_rest_the_kind_and_a_summary():
    first, _ = restricted(TASK, ["total"])
    found = {one.name: one.task for one in tasks_to_pair(TASK, first, KINDS, SUMMARY)}
    assert [field.name for field in found["other fields"].fields] == ["net"]
    assert found["class, learnt"] is KINDS
    assert not any(label.examples for label in found["class, scored"].labels)
    assert found["summary"] is SUMMARY
    assert "other fields" not in {one.name for one in tasks_to_pair(TASK, TASK, KINDS, SUMMARY)}


def test_every_task_follows_every_other_on_each_document():
    log: list[str] = []
    system = FakeSystem(SystemName.DESKHAND, log)
    tasks = [NamedTask("fields", TASK), NamedTask("class", KINDS), NamedTask("learnt", KINDS, asks_model=False)]
    times = list(measure_second_tasks(system, documents("a", "b"), make_document("warm", "warm"), tasks))
    assert [(one.first, one.second, one.file) for one in times] == [
        (first, second, file)
        for first, second in (("fields", "class"), ("fields", "learnt"), ("class", "fields"), ("class", "learnt"))
        for file in ("a", "b")
    ]
    assert log[3:7] == ["a deskhand", "a learnt deskhand", "b deskhand", "b learnt deskhand"]
    assert all(one.was_read_twice for one in times)


def test_labels_are_asked_in_every_way():
    log: list[str] = []
    systems = [FakeSystem(SystemName.DESKHAND, log), FakeSystem(SystemName.CHAT, log)]
    times = list(measure_labelling(systems, short_texts(documents("a")), ten_labels(KINDS)))
    assert [one.way for one in times] == ["deskhand, scored", "deskhand, learnt", "chat, written"]
    assert log[-3:] == ["a bare deskhand", "a learnt deskhand", "a bare chat"]
    assert len(ten_labels(KINDS).labels) == 10
    assert without_examples(KINDS).head_temperature is None


def test_copies_differ_from_their_first_line_on(tmp_path):
    paths = write_documents(tmp_path, documents("a", "b"), 5)
    texts = [path.read_text() for path in paths]
    assert len({text.splitlines()[0] for text in texts}) == 5
    assert [text.splitlines()[1] for text in texts[:3]] == ["text  of a", "text  of b", "text  of a"]


def test_growth_is_told_by_quarters():
    def answer(paths: Sequence[Path]) -> Iterator[object]:
        yield from paths

    held = iter(range(100, 200))
    told: list[str] = []
    found = measure_linear(answer, [Path(str(n)) for n in range(40)], lambda: next(held), told.append)
    assert told[-1].startswith("40/40 documents")
    assert (found.documents, found.first_bytes) == (40, 102)
    assert found.last_bytes == 120
    assert found.seconds > 0


def test_documents_come_from_folders_and_cases(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.txt").write_text("hello")
    assert [source.shown for source in sources_of_paths([tmp_path])] == [str(tmp_path / "sub" / "a.txt")]
    cases = [Case(file="sub/a.txt", expected={"x": "1"}), Case(text="some words", expected={"x": "2"})]
    sources = [*sources_of_cases(cases, tmp_path), Source("gone", path=tmp_path / "gone.txt")]
    faults = []
    read = list(read_all(sources, FakeReader(), faults.append))
    assert [(one.document.text, one.expected) for one in read] == [("hello", {"x": "1"}), ("some words", {"x": "2"})]
    assert [type(fault) for fault in faults] == [FileAccessError]


def test_empty_folder_is_told(tmp_path):
    with pytest.raises(FileAccessError):
        sources_of_paths([tmp_path])
