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


MIGRATIONS: tuple[Migration, ...] = (
    ("0001_create_tables", _create_tables),
    ("0002_keep_checks", _keep_checks),
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
