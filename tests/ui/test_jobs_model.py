from __future__ import annotations

import time
from dataclasses import replace
from decimal import Decimal

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester

from app.domain.job import Job, JobError, JobState
from app.domain.progress import Progress
from app.ui.models.digest import AMOUNT, SUBJECT, Cell, Digest
from app.ui.models.jobs import BY_GAIN, DOCUMENT, INTERNAL_DRAG, STATUS, Column, JobsTableModel, mixed_columns
from app.ui.models.jobs_filter import JobsFilter


def make_job(number: int, state: JobState = JobState.WAITING, name: str = "", task: str = "invoice") -> Job:
    name = name or f"bill-{number:05}.pdf"
    return Job(id=number, path=f"/in/{name}", name=name, sha256=f"{number:064x}", size_bytes=10, task=task, state=state)


def make_digest(total: str, words: str = "") -> Digest:
    return Digest("invoice", "Invoice", {AMOUNT: Cell(total, (0, Decimal(total), ""), is_number=True)}, words=words)


def filled(count: int = 6) -> tuple[JobsTableModel, JobsFilter]:
    model = JobsTableModel()
    states = list(JobState)
    model.put_jobs((make_job(number, states[number % len(states)]), "Invoice") for number in range(1, count + 1))
    return model, JobsFilter(model, model)


def test_models_keep_the_rules_of_qt(qtmodeltester: ModelTester) -> None:
    model, jobs = filled()
    for tested in (model, jobs):
        qtmodeltester.check(tested, force_py=True)
    jobs.show_states([JobState.FAILED, JobState.DONE])
    qtmodeltester.check(jobs, force_py=True)


def test_a_changed_job_stays_in_its_row(qtbot: object) -> None:
    model, _ = filled()
    model.put_jobs([(make_job(2, JobState.DONE, "z.pdf"), "Invoice")])
    assert [row.job.id for row in model.all_rows()] == [1, 2, 3, 4, 5, 6]
    assert model.index(1, 0).data() == "z.pdf"


def test_values_fill_in_while_the_job_runs(qtbot: object) -> None:
    model, _ = filled()
    model.put_jobs([(make_job(1, JobState.WORKING), "Invoice")])
    model.put_progress(1, Progress("page", 0.2, page=2, pages=3), {})
    assert model.row_of(1).note == "Reading page 2 of 3"
    model.put_progress(1, Progress("field", 0.6, name="total_amount"), {AMOUNT: Cell("9.50")})
    amount = [column.key for column in model.columns].index(AMOUNT)
    assert model.index(0, amount).data() == "9.50"
    model.put_digests([(1, make_digest("9.75"))])
    assert model.index(0, amount).data() == "9.75"


def test_sorting_by_amount_is_by_number_and_keeps_the_selection(qtbot: object) -> None:
    model, _ = filled(3)
    model.put_digests([(1, make_digest("100")), (2, make_digest("20")), (3, make_digest("3"))])
    held = QPersistentModelIndex(model.index_of(1))
    amount = [column.key for column in model.columns].index(AMOUNT)
    model.sort(amount, Qt.SortOrder.AscendingOrder)
    assert [row.job.id for row in model.all_rows()] == [3, 2, 1]
    assert held.row() == 2
    model.sort(-1)
    assert [row.job.id for row in model.all_rows()] == [1, 2, 3]


def test_documents_with_most_errors_to_be_expected_come_first(qtbot: object) -> None:
    model, _ = filled(4)
    doubts = {1: 0.2, 2: 1.7, 4: 0.9}
    model.put_digests([(number, Digest("invoice", "Invoice", expected_errors=doubt)) for number, doubt in doubts.items()])
    model.sort(BY_GAIN)
    assert [row.job.id for row in model.all_rows()] == [2, 4, 1, 3]


def test_the_filter_follows_state_task_words_and_removal(qtbot: object) -> None:
    model, jobs = filled()
    model.put_jobs([(make_job(7, JobState.DONE, "Ürün.pdf", task="receipt"), "Receipt")])
    model.put_digests([(7, Digest("receipt", "Receipt", words="tan woon yann"))])
    jobs.show_states([JobState.DONE])
    assert set(jobs.job_ids()) == {7, *(row.job.id for row in model.all_rows() if row.job.state is JobState.DONE)}
    jobs.search("WOON ürün")
    assert jobs.job_ids() == [7]
    jobs.search("")
    jobs.show_task("receipt")
    assert jobs.job_ids() == [7]
    jobs.hide_jobs([7])
    assert jobs.job_ids() == []


def test_a_finished_row_lingers_where_its_work_was_watched(qtbot: object) -> None:
    model, jobs = filled(1)
    jobs.show_states([JobState.WAITING, JobState.WORKING])
    model.put_jobs([(make_job(1, JobState.WORKING), "")])
    jobs.let_linger([1])
    model.put_jobs([(make_job(1, JobState.DONE), "")])
    assert jobs.job_ids() == [1]
    jobs.show_states([JobState.WAITING, JobState.WORKING])
    assert jobs.job_ids() == []


def test_a_dragged_row_is_its_original_file(qtbot: object) -> None:
    model, _ = filled(2)
    data = model.mimeData([model.index(0, 0), model.index(0, 1), model.index(1, 0)])
    assert [url.toLocalFile() for url in data.urls()] == ["/in/bill-00001.pdf", "/in/bill-00002.pdf"]
    assert data.hasFormat(INTERNAL_DRAG)


def test_a_narrow_list_shows_who_and_how_much(qtbot: object) -> None:
    model, _ = filled(2)
    both = replace(make_digest("12.00"), cells={**make_digest("12.00").cells, SUBJECT: Cell("Acme Ltd")})
    model.put_digests([(1, both), (2, make_digest("7.00"))])
    model.set_columns([Column(DOCUMENT, "Document", has_headline=True), Column(STATUS, "State")])
    spoken = [model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(2)]
    assert spoken[0].endswith(". Acme Ltd. 12.00")
    assert spoken[1].endswith(". 7.00")


def test_a_screen_reader_hears_name_state_and_reason(qtbot: object) -> None:
    model = JobsTableModel()
    error = JobError(code="password_needed", message="a.pdf needs a password.", hint="Enter the password.")
    model.put_jobs([(make_job(1, JobState.FAILED, "a.pdf").model_copy(update={"error": error}), "Invoice")])
    spoken = model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "a.pdf. needs a password. Needs a password. Enter the password."


def test_tool_tips_of_documents_hold_no_markup(qtbot: object) -> None:
    model = JobsTableModel()
    model.put_jobs([(make_job(1, name="<img src=x>.pdf"), "")])
    tip = model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "<" not in tip


def test_thousands_of_rows_are_quick(qtbot: object) -> None:
    model = JobsTableModel()
    jobs = JobsFilter(model, model)
    started = time.perf_counter()
    model.put_jobs((make_job(number, JobState.DONE), "Invoice") for number in range(1, 5001))
    model.put_digests((number, make_digest(str(number), "words")) for number in range(1, 41))
    steps = [time.perf_counter() - started]
    for step in (lambda: jobs.search("0042"), lambda: jobs.search(""), lambda: model.sort(0, Qt.SortOrder.DescendingOrder)):
        started = time.perf_counter()
        step()
        steps.append(time.perf_counter() - started)
    assert max(steps) < 0.5, steps
    assert model.rowCount(QModelIndex()) == 5000
    assert [column.key for column in model.columns] == [column.key for column in mixed_columns()]


def test_removed_jobs_leave_the_others_in_place(qtbot: object) -> None:
    model, _ = filled(5)
    model.remove_jobs([2, 4, 99])
    assert [row.job.id for row in model.all_rows()] == [1, 3, 5]
    assert model.row_of(5).job.id == 5
    assert model.row_of(4) is None
