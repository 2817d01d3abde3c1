"""Proposals in the database, one for each job. Every step is one transaction and is taken by one caller only."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterable

import apsw
from pydantic import TypeAdapter

from app.domain.enquiry import Enquiry, Sensitive
from app.domain.parcel import Shown
from app.domain.proposal import Proposal, ProposalState, may_follow
from app.domain.routing import Decision
from app.storage.database import Database, Row, fetch
from app.storage.refusals import is_refused, note_refusal, take_back_refusal
from app.storage.rows import now

_COLUMNS = "job_id, state, decision, enquiry, redactions, batch, consent_id, shown, request_id, error, made_at, changed_at"
_SPANS = TypeAdapter(tuple[Sensitive, ...])
_UNDER_WAY = frozenset({ProposalState.APPROVED, ProposalState.SENDING})
_SHOWN = frozenset({ProposalState.PROPOSED, ProposalState.REFUSED})
"""Can stand on a sheet: a person may look at what they refused, and leave it so."""
_UNDECIDED: dict[str, str | None] = {"consent_id": None, "batch": "", "shown": "", "request_id": None, "error": ""}
INTERRUPTED = "interrupted"
"""Error code of a proposal that was being sent when the program ended."""


class Proposals:
    """Methods that move a proposal on return it as it is then, or None where another step came first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def propose(self, job_id: int, decision: Decision, enquiry: Enquiry, *, anew: bool = False) -> Proposal | None:
        """Store or renew a job's proposal; None where one is under way, or the person has said no to this document.

        With `anew` the person looks again at what they said no to: it is renewed and stays refused. What stands out as sensitive
        is hidden at first where the decision says so.
        """
        hidden = enquiry.sensitive if decision.redact else ()
        with self._database.transaction() as connection:
            before = _find(connection, job_id)
            state = _waiting_state(connection, job_id)
            if (before is not None and before.state in _UNDER_WAY) or (state is ProposalState.REFUSED and not anew):
                return None
            moment = now()
            connection.execute(
                "INSERT OR REPLACE INTO proposals (job_id, state, decision, enquiry, redactions, made_at, changed_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    job_id,
                    state.value,
                    decision.model_dump_json(),
                    _packed(enquiry),
                    _spans(hidden),
                    moment,
                    moment,
                ),
            )
            return _find(connection, job_id)

    def hide(self, job_id: int, hidden: Collection[Sensitive]) -> Proposal | None:
        """Change what is hidden of a proposal that waits for the person."""
        with self._database.transaction() as connection:
            before = _find(connection, job_id)
            if before is None or before.state not in _SHOWN:
                return None
            return _change(connection, job_id, redactions=_spans(hidden))

    def redraw(self, job_id: int, enquiry: Enquiry) -> Proposal | None:
        """Change the pictures of what would be sent, while it waits for the person."""
        with self._database.transaction() as connection:
            before = _find(connection, job_id)
            if before is None or before.state not in _SHOWN:
                return None
            changed = before.enquiry.model_copy(update={"cutouts": enquiry.cutouts})
            return _change(connection, job_id, enquiry=_packed(changed))

    def approve(self, job_id: int, *, consent_id: int, batch: str, shown: Shown | None = None) -> Proposal | None:
        """`shown` is what the person saw: their word for it takes back what they refused before."""
        with self._database.transaction() as connection:
            before = _find(connection, job_id)
            if before is not None and before.state is ProposalState.REFUSED and shown is not None:
                for freed in {job_id, *take_back_refusal(connection, job_id)}:
                    _move(connection, freed, ProposalState.PROPOSED, **_UNDECIDED)
            seen = "" if shown is None else shown.model_dump_json()
            return _move(connection, job_id, ProposalState.APPROVED, consent_id=consent_id, batch=batch, shown=seen)

    def refuse(self, job_id: int) -> list[Proposal]:
        """Never send the document, now or later, for whatever task; returns the proposals that are refused by this."""
        with self._database.transaction() as connection:
            moved = [_move(connection, like, ProposalState.REFUSED) for like in note_refusal(connection, job_id)]
            return [proposal for proposal in moved if proposal is not None]

    def reopen(self, job_id: int) -> Proposal | None:
        """Let what failed or was not sent yet wait for the person, or stay refused where they said no meanwhile."""
        with self._database.transaction() as connection:
            return _move(connection, job_id, _waiting_state(connection, job_id), **_UNDECIDED)

    def begin(self, job_id: int) -> Proposal | None:
        """Take an approved proposal to send it; one caller gets it."""
        return self._move(job_id, ProposalState.SENDING)

    def answered(self, job_id: int, request_id: int) -> Proposal | None:
        """Its pictures go: the ledger keeps what was sent."""
        before = self.of_job(job_id)
        pictures = {"enquiry": _packed(before.enquiry.model_copy(update={"cutouts": ()}))} if before is not None else {}
        return self._move(job_id, ProposalState.ANSWERED, request_id=request_id, error="", **pictures)

    def failed(self, job_id: int, error: str, request_id: int | None = None) -> Proposal | None:
        return self._move(job_id, ProposalState.FAILED, request_id=request_id, error=error)

    def recover(self) -> list[Proposal]:
        """At the start of the program: what was being sent then has failed, for it may have arrived and been paid."""
        with self._database.transaction() as connection:
            rows = fetch(connection, "SELECT job_id FROM proposals WHERE state = ?", (ProposalState.SENDING.value,))
            return [
                _change(connection, job_id, state=ProposalState.FAILED.value, error=INTERRUPTED, changed_at=now())
                for (job_id,) in rows
            ]

    def of_job(self, job_id: int) -> Proposal | None:
        rows = self._database.query(f"SELECT {_COLUMNS} FROM proposals WHERE job_id = ?", (job_id,))  # noqa: S608
        return _to_proposal(rows[0]) if rows else None

    def all(self, states: Iterable[ProposalState] | None = None) -> list[Proposal]:
        """In the order of their jobs."""
        wanted = list(ProposalState if states is None else states)
        sql = f"SELECT {_COLUMNS} FROM proposals WHERE state IN ({', '.join('?' * len(wanted))}) ORDER BY job_id"  # noqa: S608
        return [_to_proposal(row) for row in self._database.query(sql, tuple(state.value for state in wanted))]

    def targets(self) -> dict[int, tuple[ProposalState, tuple[str, ...]]]:
        """State and targets by job, without unpacking what would be sent."""
        rows = self._database.query("SELECT job_id, state, decision FROM proposals ORDER BY job_id")
        return {
            int(job_id): (ProposalState(state), tuple(map(str, json.loads(decision)["targets"])))
            for job_id, state, decision in rows
        }

    def counts(self) -> dict[ProposalState, int]:
        rows = self._database.query("SELECT state, count(*) FROM proposals GROUP BY state")
        return dict.fromkeys(ProposalState, 0) | {ProposalState(state): int(count) for state, count in rows}

    def _move(self, job_id: int, following: ProposalState, **columns: str | bytes | int | None) -> Proposal | None:
        with self._database.transaction() as connection:
            return _move(connection, job_id, following, **columns)


def _find(connection: apsw.Connection, job_id: int) -> Proposal | None:
    rows = fetch(connection, f"SELECT {_COLUMNS} FROM proposals WHERE job_id = ?", (job_id,))  # noqa: S608
    return _to_proposal(rows[0]) if rows else None


def _waiting_state(connection: apsw.Connection, job_id: int) -> ProposalState:
    return ProposalState.REFUSED if is_refused(connection, job_id) else ProposalState.PROPOSED


def _move(
    connection: apsw.Connection, job_id: int, following: ProposalState, **columns: str | bytes | int | None
) -> Proposal | None:
    before = _find(connection, job_id)
    if before is None or not may_follow(before.state, following):
        return None
    return _change(connection, job_id, state=following.value, changed_at=now(), **columns)


def _change(connection: apsw.Connection, job_id: int, **columns: str | bytes | int | None) -> Proposal:
    assignments = ", ".join(f"{name} = ?" for name in columns)
    connection.execute(f"UPDATE proposals SET {assignments} WHERE job_id = ?", (*columns.values(), job_id))  # noqa: S608
    proposal = _find(connection, job_id)
    assert proposal is not None
    return proposal


def _packed(enquiry: Enquiry) -> bytes:
    return zlib.compress(enquiry.model_dump_json().encode(), 6)


def _spans(hidden: Collection[Sensitive]) -> str:
    return json.dumps(sorted(hidden))


def _to_proposal(row: Row) -> Proposal:
    job_id, state, decision, enquiry, redactions, batch, consent_id, shown, request_id, error, made_at, changed_at = row
    return Proposal(
        job_id=job_id,
        state=ProposalState(state),
        decision=Decision.model_validate_json(decision),
        enquiry=Enquiry.model_validate_json(zlib.decompress(enquiry)),
        hidden=_SPANS.validate_json(redactions),
        batch=batch,
        consent_id=consent_id,
        shown=Shown.model_validate_json(shown) if shown else None,
        request_id=request_id,
        error=error,
        made_at=made_at,
        changed_at=changed_at,
    )
