"""Words that were given before they named scheme and port, and before what was shown was kept with them."""

from __future__ import annotations

from pathlib import Path

import apsw

from app.domain.consent import ConsentScope
from app.domain.enquiry import Enquiry, Excerpt, Question
from app.domain.proposal import ProposalState
from app.domain.routing import Decision
from app.domain.task import TaskKind
from app.storage.migrations import MIGRATIONS, migrate
from app.storage.proposals import _packed
from app.storage.store import Store

N_STEPS_BEFORE = 8
ENQUIRY = Enquiry(
    task="invoice",
    kind=TaskKind.EXTRACT,
    questions=(Question(target="total_amount", title="Total"),),
    excerpts=(Excerpt(1, 0, 5, "80.25"),),
)
DECISION = Decision(kind="ask", targets=("total_amount",))


def old_database(folder: Path) -> Path:
    """One word for everything, and three approved documents: shown under it, sent unasked under it, shown for once."""
    path = folder / "deskhand.sqlite"
    connection = apsw.Connection(str(path))
    migrate(connection, folder, MIGRATIONS[:N_STEPS_BEFORE])
    connection.execute(
        "INSERT INTO consents (scope, subject, destination, redacted, granted_at) VALUES ('always', '', 'API.example', 1, 'x')"
    )
    connection.execute(
        "INSERT INTO consents (scope, subject, destination, redacted, granted_at) VALUES ('document', '/3', 'api.example', 1, 'x')"
    )
    for number, (consent_id, sha256) in enumerate(((1, "ab"), (1, ""), (2, "cd")), start=1):
        connection.execute(
            "INSERT INTO jobs (path, name, sha256, size_bytes, task, state, added_at)"
            " VALUES (?, ?, ?, 1, 'invoice', 'review', 'x')",
            (f"/{number}", str(number), f"{number:02}"),
        )
        connection.execute(
            "INSERT INTO proposals (job_id, state, decision, enquiry, batch, consent_id, payload_sha256, made_at, changed_at)"
            " VALUES (?, 'approved', ?, ?, 'b', ?, ?, 'x', 'x')",
            (number, DECISION.model_dump_json(), _packed(ENQUIRY), consent_id, sha256),
        )
    connection.close()
    return path


def test_an_older_word_for_a_host_is_one_for_https(tmp_path: Path) -> None:
    with Store(old_database(tmp_path)) as store:
        (standing,) = store.consents.standing()
        assert (standing.scope, standing.destination) == (ConsentScope.ALWAYS, "https://api.example")
        assert store.consents.covering("/x", "invoice", "https://api.example") == [standing]
        assert store.consents.covering("/x", "invoice", "https://api.example:9999") == []
        assert store.consents.covering("/x", "invoice", "http://api.example") == []


def test_what_was_approved_by_its_bytes_alone_is_asked_again(tmp_path: Path) -> None:
    with Store(old_database(tmp_path)) as store:
        found = store.proposals.all()
        assert [one.state for one in found] == [ProposalState.PROPOSED, ProposalState.APPROVED, ProposalState.PROPOSED]
        assert [one.consent_id for one in found] == [None, 1, None]
        assert [one.shown for one in found] == [None, None, None]
