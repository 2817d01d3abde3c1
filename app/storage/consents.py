"""Consents in the database: granted, looked up, revoked. None is ever removed, so that the ledger's rows keep their reason."""

from __future__ import annotations

from app.domain.consent import Consent, ConsentScope
from app.storage.database import Database, Row
from app.storage.rows import now

_COLUMNS = "id, scope, subject, destination, redacted, granted_at, revoked_at"


class Consents:
    def __init__(self, database: Database) -> None:
        self._database = database

    def grant(self, scope: ConsentScope, subject: str, destination: str, *, redacted: bool = True) -> Consent:
        consent = Consent(scope=scope, subject=subject, destination=destination, redacted=redacted, granted_at=now())
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO consents (scope, subject, destination, redacted, granted_at) VALUES (?, ?, ?, ?, ?)",
                (consent.scope.value, consent.subject, consent.destination, consent.redacted, consent.granted_at),
            )
            return consent.model_copy(update={"id": connection.last_insert_rowid()})

    def revoke(self, consent_id: int) -> None:
        """It stands for nothing from now on. What was sent under it stays in the ledger."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE consents SET revoked_at = ? WHERE id = ? AND revoked_at = ''", (now(), consent_id))

    def standing(self) -> list[Consent]:
        """Those that hold for documents to come, newest first."""
        rows = self._database.query(f"SELECT {_COLUMNS} FROM consents WHERE revoked_at = '' ORDER BY id DESC")  # noqa: S608
        return [consent for consent in map(_to_consent, rows) if consent.is_standing]

    def covering(self, path: str, task: str, destination: str) -> list[Consent]:
        """The standing consents for such a document; those that hide sensitive words before those that do not."""
        found = [consent for consent in self.standing() if consent.covers(path, task, destination)]
        return sorted(found, key=lambda consent: not consent.redacted)

    def get(self, consent_id: int) -> Consent | None:
        rows = self._database.query(f"SELECT {_COLUMNS} FROM consents WHERE id = ?", (consent_id,))  # noqa: S608
        return _to_consent(rows[0]) if rows else None


def _to_consent(row: Row) -> Consent:
    number, scope, subject, destination, redacted, granted_at, revoked_at = row
    return Consent(
        id=number,
        scope=ConsentScope(scope),
        subject=subject,
        destination=destination,
        redacted=bool(redacted),
        granted_at=granted_at,
        revoked_at=revoked_at,
    )
