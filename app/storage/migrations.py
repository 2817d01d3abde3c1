"""The database's schema as numbered steps. A released step is never changed; the names of applied steps stand in the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import apsw

from app.errors import NewerDatabaseError

Migration = tuple[str, Callable[[apsw.Connection], None]]


def _create_tables(connection: apsw.Connection) -> None:
    connection.execute(
        """
        CREATE TABLE jobs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            path TEXT NOT NULL,
            part TEXT NOT NULL DEFAULT '',
            name TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            size_bytes INTEGER NOT NULL,
            task TEXT NOT NULL,
            task_key TEXT NOT NULL DEFAULT '',
            state TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            crashes INTEGER NOT NULL DEFAULT 0,
            interruptions INTEGER NOT NULL DEFAULT 0,
            error TEXT,
            added_at TEXT NOT NULL,
            finished_at TEXT NOT NULL DEFAULT '',
            UNIQUE (sha256, part, task)
        ) STRICT;
        CREATE INDEX jobs_state ON jobs (state);
        CREATE TABLE results (
            job_id INTEGER PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
            task_key TEXT NOT NULL,
            model_sha256 TEXT NOT NULL,
            required TEXT NOT NULL,
            review_below REAL NOT NULL,
            result TEXT NOT NULL,
            stored_at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE documents (
            sha256 TEXT NOT NULL,
            part TEXT NOT NULL,
            document BLOB NOT NULL,
            PRIMARY KEY (sha256, part)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE corrections (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
            target TEXT NOT NULL,
            before TEXT,
            after TEXT,
            text TEXT,
            evidence TEXT,
            made_at TEXT NOT NULL,
            undone INTEGER NOT NULL DEFAULT 0,
            superseded INTEGER NOT NULL DEFAULT 0,
            result_before BLOB NOT NULL,
            state_before TEXT NOT NULL
        ) STRICT;
        CREATE INDEX corrections_job ON corrections (job_id);
        """
    )


def _keep_checks(connection: apsw.Connection) -> None:
    connection.execute("ALTER TABLE results ADD COLUMN checks TEXT NOT NULL DEFAULT '[]'")


def _create_frontier_tables(connection: apsw.Connection) -> None:
    connection.execute(
        """
        CREATE TABLE ledger_requests (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            opened_at TEXT NOT NULL,
            month TEXT NOT NULL,
            purpose TEXT NOT NULL,
            host TEXT NOT NULL,
            url_path TEXT NOT NULL,
            document TEXT NOT NULL,
            job_id INTEGER,
            task TEXT NOT NULL,
            targets TEXT NOT NULL,
            consent TEXT NOT NULL,
            consent_id INTEGER,
            batch TEXT NOT NULL,
            provider TEXT NOT NULL,
            model TEXT NOT NULL,
            attempt INTEGER NOT NULL,
            reserved_micros INTEGER CHECK (reserved_micros >= 0),
            accepts_unknown_price INTEGER NOT NULL,
            sent_bytes INTEGER NOT NULL,
            payload_sha256 TEXT NOT NULL,
            payload BLOB NOT NULL,
            spooled_as TEXT UNIQUE
        ) STRICT;
        CREATE INDEX ledger_requests_month ON ledger_requests (month, purpose, reserved_micros, sent_bytes);
        CREATE INDEX ledger_requests_batch ON ledger_requests (batch, reserved_micros) WHERE batch != '';
        CREATE INDEX ledger_requests_job ON ledger_requests (job_id) WHERE job_id IS NOT NULL;
        CREATE TABLE ledger_outcomes (
            request_id INTEGER PRIMARY KEY REFERENCES ledger_requests (id),
            closed_at TEXT NOT NULL,
            ending TEXT NOT NULL,
            input_tokens INTEGER NOT NULL,
            output_tokens INTEGER NOT NULL,
            cost_micros INTEGER CHECK (cost_micros >= 0),
            received_bytes INTEGER NOT NULL,
            redirected_to TEXT NOT NULL,
            error TEXT NOT NULL
        ) STRICT;
        CREATE TABLE consents (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            scope TEXT NOT NULL,
            subject TEXT NOT NULL,
            destination TEXT NOT NULL,
            redacted INTEGER NOT NULL,
            granted_at TEXT NOT NULL,
            revoked_at TEXT NOT NULL DEFAULT ''
        ) STRICT;
        CREATE TABLE proposals (
            job_id INTEGER PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
            state TEXT NOT NULL,
            decision TEXT NOT NULL,
            enquiry BLOB NOT NULL,
            redactions TEXT NOT NULL DEFAULT '[]',
            batch TEXT NOT NULL DEFAULT '',
            consent_id INTEGER REFERENCES consents (id),
            payload_sha256 TEXT NOT NULL DEFAULT '',
            request_id INTEGER REFERENCES ledger_requests (id),
            error TEXT NOT NULL DEFAULT '',
            made_at TEXT NOT NULL,
            changed_at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX proposals_state ON proposals (state);
        """
    )
    for table, key in (("ledger_requests", "id"), ("ledger_outcomes", "request_id")):
        _make_append_only(connection, table, key)


def _make_append_only(connection: apsw.Connection, table: str, key: str) -> None:
    """Also against ``INSERT OR REPLACE``, which deletes without asking the triggers for deletion."""
    is_there = f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"  # noqa: S608
    for name, event, condition in (("update", "UPDATE", "1"), ("delete", "DELETE", "1"), ("replace", "INSERT", is_there)):
        connection.execute(
            f"CREATE TRIGGER {table}_no_{name} BEFORE {event} ON {table} WHEN {condition}"
            " BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        )


def _create_cases(connection: apsw.Connection) -> None:
    connection.execute(
        """
        CREATE TABLE cases (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            task TEXT NOT NULL,
            key TEXT NOT NULL,
            name TEXT NOT NULL,
            look TEXT NOT NULL,
            held_out INTEGER NOT NULL,
            expected TEXT NOT NULL,
            whole INTEGER NOT NULL,
            source TEXT NOT NULL,
            job_id INTEGER REFERENCES jobs (id) ON DELETE SET NULL,
            kept_at TEXT NOT NULL,
            edited INTEGER NOT NULL DEFAULT 0,
            document BLOB NOT NULL,
            first BLOB,
            UNIQUE (task, key)
        ) STRICT;
        CREATE INDEX cases_job ON cases (job_id);
        CREATE TABLE case_stamps (
            job_id INTEGER PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
            stamp TEXT NOT NULL
        ) STRICT;
        """
    )


def _create_figures(connection: apsw.Connection) -> None:
    """Filled when they are first asked for, since reading old answers takes a while."""
    connection.execute(
        """
        CREATE TABLE looks (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            signature BLOB NOT NULL
        ) STRICT;
        CREATE TABLE figures (
            job_id INTEGER PRIMARY KEY,
            task TEXT NOT NULL,
            finished_at TEXT NOT NULL,
            day TEXT NOT NULL,
            failed INTEGER NOT NULL,
            wanted INTEGER NOT NULL,
            to_review INTEGER NOT NULL,
            total_s REAL NOT NULL,
            sender TEXT NOT NULL,
            reviewed INTEGER NOT NULL,
            n_changes INTEGER NOT NULL,
            reviewed_at TEXT NOT NULL,
            look_id INTEGER REFERENCES looks (id),
            chars INTEGER
        ) STRICT;
        CREATE INDEX figures_day ON figures (day, task);
        CREATE INDEX figures_look ON figures (look_id, finished_at);
        CREATE INDEX ledger_requests_document ON ledger_requests (job_id, purpose, sent_bytes, reserved_micros)
            WHERE job_id IS NOT NULL;
        CREATE TRIGGER figures_forget AFTER DELETE ON jobs BEGIN
            UPDATE figures SET sender = '' WHERE job_id = OLD.id;
        END;
        """
    )


def _create_recalibrations(connection: apsw.Connection) -> None:
    connection.execute(
        "CREATE TABLE recalibrations ("
        " id INTEGER PRIMARY KEY AUTOINCREMENT, task TEXT NOT NULL, made TEXT NOT NULL, taken_back INTEGER NOT NULL DEFAULT 0"
        ") STRICT"
    )


def _keep_revisions(connection: apsw.Connection) -> None:
    connection.execute(
        """
        ALTER TABLE corrections ADD COLUMN undone_at TEXT NOT NULL DEFAULT '';
        ALTER TABLE corrections ADD COLUMN taken_back_by INTEGER;
        """
    )


def _keep_what_may_leave_of_cases(connection: apsw.Connection) -> None:
    connection.execute(
        """
        ALTER TABLE cases ADD COLUMN path TEXT NOT NULL DEFAULT '';
        ALTER TABLE cases ADD COLUMN refused INTEGER NOT NULL DEFAULT 0;
        UPDATE cases SET path = coalesce((SELECT path FROM jobs WHERE jobs.id = cases.job_id), '');
        CREATE TRIGGER cases_keep_refusal BEFORE DELETE ON jobs BEGIN
            UPDATE cases SET refused = 1
            WHERE job_id = OLD.id AND EXISTS (SELECT 1 FROM proposals WHERE job_id = OLD.id AND state = 'refused');
        END;
        """
    )


def _keep_refusals(connection: apsw.Connection) -> None:
    """Of documents, not of jobs. What waits of a document that was refused for another task is refused with it."""
    connection.execute(
        """
        CREATE TABLE refusals (
            sha256 TEXT NOT NULL,
            path TEXT NOT NULL,
            part TEXT NOT NULL,
            refused_at TEXT NOT NULL,
            PRIMARY KEY (sha256, path, part)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX refusals_path ON refusals (path, part);
        INSERT OR IGNORE INTO refusals (sha256, path, part, refused_at)
            SELECT sha256, path, part, changed_at FROM proposals JOIN jobs ON jobs.id = job_id WHERE proposals.state = 'refused';
        INSERT OR IGNORE INTO refusals (sha256, path, part, refused_at)
            SELECT substr(key, 1, instr(key || '/', '/') - 1), path, substr(key, instr(key || '/', '/') + 1), kept_at
            FROM cases WHERE refused;
        UPDATE proposals SET state = 'refused' WHERE state IN ('proposed', 'approved', 'failed') AND job_id IN (
            SELECT id FROM jobs JOIN refusals USING (sha256) UNION SELECT id FROM jobs JOIN refusals USING (path, part)
        );
        DROP TRIGGER cases_keep_refusal;
        ALTER TABLE cases DROP COLUMN refused;
        """
    )


def _keep_batches(connection: apsw.Connection) -> None:
    """Documents that are added together count together. Of those from before, the ones of a day do."""
    connection.execute(
        """
        ALTER TABLE jobs ADD COLUMN batch TEXT NOT NULL DEFAULT '';
        UPDATE jobs SET batch = substr(added_at, 1, 10);
        """
    )


def _keep_lessons(connection: apsw.Connection) -> None:
    """Maps of confidence belong to models: those from before to the one that answered last before they were made."""
    connection.execute(
        """
        CREATE TABLE lessons (seen INTEGER NOT NULL) STRICT;
        UPDATE recalibrations SET made = json_set(made, '$.model_sha256', coalesce((
            SELECT model_sha256 FROM results WHERE model_sha256 != '' AND stored_at <= made ->> '$.made_at'
            ORDER BY coalesce(result ->> '$.then.task', result ->> '$.task') = recalibrations.task DESC, stored_at DESC LIMIT 1
        ), ''));
        """
    )


def _keep_what_was_shown(connection: apsw.Connection) -> None:
    """A word for bytes alone says too little, and is asked for again. Hosts that were agreed to were spoken to in HTTPS."""
    connection.execute(
        """
        UPDATE proposals SET state = 'proposed', consent_id = NULL, batch = '' WHERE state = 'approved' AND payload_sha256 != '';
        ALTER TABLE proposals DROP COLUMN payload_sha256;
        ALTER TABLE proposals ADD COLUMN shown TEXT NOT NULL DEFAULT '';
        UPDATE consents SET destination = 'https://' || lower(destination) WHERE instr(destination, '://') = 0;
        """
    )


def _keep_classes_together(connection: apsw.Connection) -> None:
    """Classes that `auto` told and no task followed are cases of the classes, as those that a task followed have been."""
    connection.execute(
        "DELETE FROM cases WHERE task = 'document_type' AND NOT edited"
        " AND key IN (SELECT key FROM cases WHERE task = 'auto' AND edited);"
        "UPDATE OR IGNORE cases SET task = 'document_type' WHERE task = 'auto'; DELETE FROM cases WHERE task = 'auto'"
    )


MIGRATIONS: tuple[Migration, ...] = (
    ("0001_create_tables", _create_tables),
    ("0002_keep_checks", _keep_checks),
    ("0003_frontier", _create_frontier_tables),
    ("0004_insights", _create_figures),
    ("0005_cases", _create_cases),
    ("0006_recalibrations", _create_recalibrations),
    ("0007_revisions", _keep_revisions),
    ("0008_case_paths", _keep_what_may_leave_of_cases),
    ("0009_refusals", _keep_refusals),
    ("0010_batches", _keep_batches),
    ("0011_lessons", _keep_lessons),
    ("0012_shown", _keep_what_was_shown),
    ("0013_classes", _keep_classes_together),
)


def migrate(connection: apsw.Connection, folder: Path, migrations: Sequence[Migration] = MIGRATIONS) -> list[str]:
    """Apply what is missing in one transaction; returns the names applied now. Raises `NewerDatabaseError` for unknown steps."""
    with connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS migrations"
            " (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP) STRICT"
        )
        applied = {str(name) for (name,) in connection.execute("SELECT name FROM migrations")}
        if applied - {name for name, _ in migrations}:
            raise NewerDatabaseError(folder=folder)
        missing = [(name, step) for name, step in migrations if name not in applied]
        for name, step in missing:
            step(connection)
            connection.execute("INSERT INTO migrations (name) VALUES (?)", (name,))
    return [name for name, _ in missing]
