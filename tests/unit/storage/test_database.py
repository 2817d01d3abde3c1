from __future__ import annotations

import errno
import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from app.domain.job import JobState
from app.domain.proposal import ProposalState
from app.domain.recalibration import Recalibration
from app.errors import DamagedDatabaseError, DatabaseInUseError, NewerDatabaseError, StorageError
from app.storage.database import Database
from app.storage.migrations import MIGRATIONS, migrate
from app.storage.queue import NewJob
from app.storage.store import Store

SCHEMA_1 = Path(__file__).parents[2] / "data" / "schema-1.sqlite"


def test_a_blank_database_gets_all_tables(tmp_path: Path) -> None:
    database = Database(tmp_path / "new" / "deskhand.sqlite")
    names = {row[0] for row in database.query("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert {"jobs", "results", "documents", "corrections", "migrations"} <= names
    assert [row[0] for row in database.query("SELECT name FROM migrations")] == [name for name, _ in MIGRATIONS]
    database.close()


def test_commits_are_flushed_and_keys_enforced(tmp_path: Path) -> None:
    database = Database(tmp_path / "deskhand.sqlite")
    assert database.query("PRAGMA synchronous") == [(2,)]
    assert database.query("PRAGMA journal_mode") == [("wal",)]
    assert database.query("PRAGMA foreign_keys") == [(1,)]
    database.close()


@pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX")
def test_what_is_stored_is_the_persons_alone_and_removed_for_good(tmp_path: Path) -> None:
    with Store(tmp_path / "new" / "deskhand.sqlite") as store:
        ((kept, _),) = store.queue.add([NewJob("/kept", "kept", "00", 1, "t")])
        ((removed, _),) = store.queue.add([NewJob("/a-name-nobody-else-has", "x", "01", 1, "t")])
        assert {path.stat().st_mode & 0o077 for path in (tmp_path / "new").iterdir()} == {0}
        assert (tmp_path / "new").stat().st_mode & 0o077 == 0
        store.queue.remove(removed.id)
    (content,) = [path.read_bytes() for path in (tmp_path / "new").iterdir() if path.stat().st_size]
    assert b"a-name-nobody-else-has" not in content
    assert kept.path.encode() in content


def test_a_folder_without_locks_is_guarded_by_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("app.file_lock.fcntl.flock", refuse)
    with Store(tmp_path / "deskhand.sqlite"):
        program = "import sys; from pathlib import Path; from app.storage.store import Store; Store(Path(sys.argv[1]))"
        command = [sys.executable, "-c", program, str(tmp_path / "deskhand.sqlite")]
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
        other = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert "DatabaseInUseError" in other.stderr


def test_a_database_of_the_first_schema_keeps_everything(tmp_path: Path) -> None:
    path = tmp_path / "deskhand.sqlite"
    shutil.copy(SCHEMA_1, path)
    with Store(path) as store:
        first, second, third = store.jobs()
        assert (first.name, first.state, first.attempts) == ("bill.txt", JobState.DONE, 1)
        assert (second.state, third.state) == (JobState.WAITING, JobState.FAILED)
        assert third.error is not None
        assert third.error.code == "damaged_document"
        result = store.result(first.id)
        document = store.document(first.id)
        assert result is not None
        assert document is not None
        assert result.fields["first"].value == "invoice"
        assert document.text == "bill number 1"
        assert [made.after for made in store.corrections(first.id)] == ["invoice"]
        figures = store.insights.overall()
        assert (figures.n_documents, figures.n_failed, figures.n_reviewed, figures.n_corrected) == (1, 1, 1, 1)
        assert figures.kept_chars == 0
        assert store.insights.read_looks() == 1
        assert store.insights.overall().kept_chars == len(document.text)
        assert store.ledger.rows() == store.consents.standing() == store.proposals.all() == []
        restored = store.undo(first.id)
        assert restored is not None
        assert restored.fields["first"].value == "bill"


def test_what_was_refused_before_refusals_were_kept_stays_refused(tmp_path: Path) -> None:
    path = tmp_path / "deskhand.sqlite"
    connection = apsw.Connection(str(path))
    migrate(connection, tmp_path, [step for step in MIGRATIONS if step[0] < "0009"])
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute(
        """
        INSERT INTO jobs (id, path, part, name, sha256, size_bytes, task, state, added_at) VALUES
            (1, '/a', '', 'a', 'aa', 1, 'invoice', 'done', '2026-11-01T10:00'),
            (2, '/a', '', 'a', 'aa', 1, 'receipt', 'done', '2026-11-01T11:00'),
            (3, '/b', '', 'b', 'bb', 1, 'invoice', 'done', '2026-11-02T10:00'),
            (4, '/removed', '', 'c', 'cc', 1, 'invoice', 'done', '2026-11-02T10:00');
        INSERT INTO proposals (job_id, state, decision, enquiry, made_at, changed_at) VALUES
            (1, 'refused', '', x'', '', ''), (2, 'proposed', '', x'', '', ''), (3, 'proposed', '', x'', '', ''),
            (4, 'refused', '', x'', '', '');
        INSERT INTO cases (id, task, key, name, look, held_out, expected, whole, source, job_id, kept_at, document, path) VALUES
            (1, 'invoice', 'aa', 'a', '', 0, '', 0, 'review', 1, '', x'', '/a'),
            (2, 'invoice', 'bb', 'b', '', 0, '', 0, 'review', 3, '', x'', '/b'),
            (3, 'invoice', 'cc/x.pdf', 'c', '', 0, '', 0, 'review', 4, '', x'', '/removed'),
            (4, 'receipt', 'dd/x.pdf', 'd', '', 0, '', 0, 'import', NULL, '', x'', '');
        DELETE FROM jobs WHERE id = 4;
        """
    )
    connection.close()
    with Store(path) as store:
        first, same_bytes, other = store.jobs()
        assert [store.refusals.cover(job) for job in (first, same_bytes, other)] == [True, True, False]
        counts = store.proposals.counts()
        assert (counts[ProposalState.REFUSED], counts[ProposalState.PROPOSED]) == (2, 1)
        assert store.cases.refused() == {1, 3}
        removed = other.model_copy(update={"sha256": "cc", "path": "/elsewhere"})
        assert store.refusals.cover(removed)
        assert first.batch == same_bytes.batch == "2026-11-01"
        assert other.batch == "2026-11-02"


def test_maps_of_confidence_from_before_belong_to_the_model_that_answered_then(tmp_path: Path) -> None:
    path = tmp_path / "deskhand.sqlite"
    connection = apsw.Connection(str(path))
    migrate(connection, tmp_path, [step for step in MIGRATIONS if step[0] < "0011"])
    connection.execute(
        """
        INSERT INTO jobs (id, path, name, sha256, size_bytes, task, state, added_at) VALUES
            (1, '/a', 'a', 'aa', 1, 'auto', 'done', ''), (2, '/b', 'b', 'bb', 1, 'receipt', 'done', ''),
            (3, '/c', 'c', 'cc', 1, 'invoice', 'done', '');
        INSERT INTO results (job_id, task_key, model_sha256, required, review_below, result, stored_at) VALUES
            (1, '', 'then', '', 0, '{"task": "auto", "then": {"task": "invoice"}}', '2026-11-01T10:00:00.000+00:00'),
            (2, '', 'of receipts', '', 0, '{"task": "receipt"}', '2026-11-02T10:00:00.000+00:00'),
            (3, '', 'since', '', 0, '{"task": "invoice"}', '2026-11-09T10:00:00.000+00:00');
        """
    )
    for made_at in ("2026-11-03T10:00:00+00:00", "2026-10-01T10:00:00+00:00"):
        made = Recalibration(task="invoice", version=1, kind="logistic", reviews=50, made_at=made_at)
        connection.execute("INSERT INTO recalibrations (task, made) VALUES ('invoice', ?)", (made.model_dump_json(),))
    connection.close()
    with Store(path) as store:
        of_then, of_any = (store.recalibrations.in_force("invoice", model) for model in ("then", "since"))
        assert of_then is not None
        assert (of_then.model_sha256, of_then.made_at[:7]) == ("then", "2026-11")
        assert of_any is not None
        assert (of_any.model_sha256, of_any.made_at[:7]) == ("", "2026-10")
        assert store.recalibrations.unseen_reviews() == 0


def test_classes_that_no_task_followed_join_the_others(tmp_path: Path) -> None:
    path = tmp_path / "deskhand.sqlite"
    connection = apsw.Connection(str(path))
    migrate(connection, tmp_path, [step for step in MIGRATIONS if step[0] < "0013"])
    connection.execute(
        """
        INSERT INTO cases (task, key, name, look, held_out, expected, whole, source, kept_at, document, path) VALUES
            ('auto', 'aa', 'a', '', 0, '{}', 0, 'review', '', x'', ''), ('auto', 'bb', 'b', '', 0, '{}', 0, 'review', '', x'', ''),
            ('document_type', 'bb', 'kept', '', 0, '{}', 0, 'review', '', x'', ''),
            ('document_type', 'cc', 'untouched', '', 0, '{}', 0, 'review', '', x'', '');
        INSERT INTO cases (task, key, name, look, held_out, expected, whole, source, kept_at, document, path, edited) VALUES
            ('auto', 'cc', 'edited', '', 0, '{}', 0, 'review', '', x'', '', 1);
        """
    )
    connection.close()
    with Store(path) as store:
        assert sorted((case.task, case.name) for case in store.cases.all()) == [
            ("document_type", "a"),
            ("document_type", "edited"),
            ("document_type", "kept"),
        ]


def test_steps_are_applied_once_and_in_order(tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / "x"))
    calls: list[str] = []
    steps = [("0001_a", lambda _: calls.append("a")), ("0002_b", lambda _: calls.append("b"))]
    assert migrate(connection, tmp_path, steps[:1]) == ["0001_a"]
    assert migrate(connection, tmp_path, steps) == ["0002_b"]
    assert migrate(connection, tmp_path, steps) == []
    assert calls == ["a", "b"]
    connection.close()


def test_a_step_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / "x"))

    def broken(one: apsw.Connection) -> None:
        one.execute("CREATE TABLE half (x)")
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        migrate(connection, tmp_path, [("0001_a", broken)])
    assert connection.execute("SELECT count(*) FROM sqlite_schema").fetchall() == [(0,)]
    connection.close()


def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "deskhand.sqlite"
    Store(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO migrations (name) VALUES ('9999_later')")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(NewerDatabaseError) as caught:
        Store(path)
    assert str(tmp_path) in caught.value.user_text
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"not a database" * 100, b"SQLite format 3\0" + os.urandom(4096)])
def test_a_damaged_database_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "deskhand.sqlite"
    path.write_bytes(content)
    with pytest.raises(DamagedDatabaseError) as caught:
        Store(path)
    assert "deskhand.sqlite is damaged" in caught.value.user_text
    assert "free space" not in caught.value.hint
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "deskhand.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA application_id = 7")
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    with pytest.raises(StorageError, match="another program"):
        Store(path)


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError) as caught:
        Store(tmp_path / "file" / "deskhand.sqlite")
    assert str(tmp_path / "file") in caught.value.hint


def _try_to_open(path: Path, answers: multiprocessing.Queue[str]) -> None:
    try:
        Store(path).close()
    except StorageError as error:
        answers.put(error.code)
    else:
        answers.put("opened")


def test_a_second_program_on_the_folder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "deskhand.sqlite"
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    with Store(path):
        other = context.Process(target=_try_to_open, args=(path, answers))
        other.start()
        assert answers.get(timeout=60) == "database_in_use"
        other.join(60)
        with pytest.raises(DatabaseInUseError) as caught:
            Store(path)
        assert "--data-dir" in caught.value.hint
    Store(path).close()


def test_a_database_locked_by_another_tool_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "deskhand.sqlite"
    Store(path).close()
    monkeypatch.setattr("app.storage.database._BUSY_TIMEOUT_MS", 10)
    program = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN IMMEDIATE');"
        "print('locked', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"
        with pytest.raises(DatabaseInUseError):
            Store(path)
        other.communicate()
    Store(path).close()


def test_a_full_disk_is_told_and_harms_nothing(tmp_path: Path) -> None:
    with Store(tmp_path / "deskhand.sqlite") as store:
        ((kept, _),) = store.queue.add([NewJob("/a", "a", "00", 1, "t")])
        (pages,) = store._database.query("PRAGMA page_count")[0]
        store._database.query(f"PRAGMA max_page_count = {pages + 1}")
        with pytest.raises(StorageError, match="disk is full"):
            store.queue.add([NewJob("/" + "x" * 100_000, "x", "01", 1, "t")])
        assert store.job(kept.id) == kept
        store._database.query("PRAGMA max_page_count = 1000000")
        ((_, is_new),) = store.queue.add([NewJob("/b", "b", "b", 1, "t")])
        assert is_new


def test_a_closed_store_tells_so(tmp_path: Path) -> None:
    store = Store(tmp_path / "deskhand.sqlite")
    store.close()
    with pytest.raises(StorageError, match="closed"):
        store.jobs()
