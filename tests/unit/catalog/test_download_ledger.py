"""Every request of a download stands in the ledger before it leaves, and its row says how it ended."""

from __future__ import annotations

import http.server
import threading
from pathlib import Path

import pytest

from app.catalog.download import fetch
from app.catalog.spec import PathSource, UrlSource
from app.domain.ledger import NO_CAPS, Caps, Ending, LedgerEntry, LedgerOutcome, Purpose
from app.errors import AppError, CancelledError, NoSourceError, OfflineError, StorageError
from app.network.gate import Gate
from app.network.stream import Patience
from tests.helpers.catalogs import gguf_bytes, make_catalog, make_spec
from tests.helpers.unruly_server import Act, Play, UnrulyServer, running_server

DATA = gguf_bytes(padding=300_000)
QUICK = Patience(tries=3, first_tries=2, first_wait_s=0.001, stall_s=1)


class Rows:
    """A ledger in memory that knows how many requests the server had when a row was opened."""

    def __init__(self, play: Play | None = None) -> None:
        self._play = play
        self.entries: list[LedgerEntry] = []
        self.outcomes: dict[int, LedgerOutcome] = {}
        self.seen_before: list[int] = []

    def open(self, entry: LedgerEntry, caps: Caps = NO_CAPS) -> int:
        self.seen_before.append(len(self._play.requests) if self._play else 0)
        self.entries.append(entry)
        return len(self.entries) - 1

    def close(self, request_id: int, outcome: LedgerOutcome) -> None:
        assert request_id not in self.outcomes
        self.outcomes[request_id] = outcome


@pytest.fixture(scope="module")
def server():
    with running_server() as running:
        yield running


def get(folder: Path, server: UnrulyServer, play: Play, rows: Rows, *, name: str = "m", **more: object) -> None:
    server.plays[name] = play
    spec = make_spec(DATA, UrlSource(kind="url", url=server.url(name)))
    fetch(spec, make_catalog(folder, spec), Gate(offline=False), patience=QUICK, ledger=rows, **more)


@pytest.mark.network
def test_a_row_is_written_before_each_request(tmp_path, server):
    play = Play(DATA, [Act("cut", 0.5), Act("cut", 0.5)])
    rows = Rows(play)
    get(tmp_path, server, play, rows)
    assert rows.seen_before == [0, 1, 2]
    assert len(play.requests) == 3
    entry = rows.entries[0]
    assert (entry.purpose, entry.host, entry.url_path, entry.model) == (Purpose.DOWNLOAD, "127.0.0.1", "/m/file.gguf", "small")
    assert (entry.payload, entry.document, entry.reserved_micros) == (b"", "", 0)
    assert [rows.outcomes[number].ending for number in range(3)] == [Ending.BROKEN, Ending.BROKEN, Ending.DONE]
    assert sum(outcome.received_bytes for outcome in rows.outcomes.values()) == len(DATA)
    assert {outcome.cost_micros for outcome in rows.outcomes.values()} == {0}


@pytest.mark.network
def test_a_refusal_is_told_as_one(tmp_path, server):
    play, rows = Play(DATA, [Act("not_found")] * 9), Rows()
    with pytest.raises(NoSourceError):
        get(tmp_path, server, play, rows)
    assert {outcome.ending for outcome in rows.outcomes.values()} == {Ending.REFUSED}
    assert len(rows.outcomes) == len(play.requests)


class SendingOn(http.server.BaseHTTPRequestHandler):
    target = ""

    def do_GET(self) -> None:
        self.send_response(302)
        self.send_header("Location", self.target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Silent."""


@pytest.mark.network
def test_hosts_that_were_sent_on_to_are_kept(tmp_path, server, monkeypatch):
    server.plays["other"] = Play(DATA)
    monkeypatch.setattr(SendingOn, "target", server.url("other").replace("127.0.0.1", "localhost"))
    rows = Rows()
    with http.server.HTTPServer(("127.0.0.1", 0), SendingOn) as first:
        thread = threading.Thread(target=first.handle_request)
        thread.start()
        spec = make_spec(DATA, UrlSource(kind="url", url=f"http://127.0.0.1:{first.server_address[1]}/m.gguf"))
        fetch(spec, make_catalog(tmp_path, spec), Gate(offline=False), patience=QUICK, ledger=rows)
        thread.join()
    assert [entry.host for entry in rows.entries] == ["127.0.0.1"]
    assert rows.outcomes[0].redirected_to == "localhost"


@pytest.mark.network
def test_a_pause_is_told(tmp_path, server):
    cancel = threading.Event()
    rows = Rows()
    with pytest.raises(CancelledError):
        get(tmp_path, server, Play(DATA, pace_s=0.01), rows, progress=lambda done, *_: done and cancel.set(), cancel=cancel)
    assert [outcome.ending for outcome in rows.outcomes.values()] == [Ending.CANCELLED]


@pytest.mark.network
def test_what_no_connection_was_made_for_did_not_leave(tmp_path):
    spec = make_spec(DATA, UrlSource(kind="url", url="http://127.0.0.1:1/x.gguf"))
    rows = Rows()
    with pytest.raises(NoSourceError):
        fetch(spec, make_catalog(tmp_path, spec), Gate(offline=False), patience=QUICK, ledger=rows)
    assert {outcome.ending for outcome in rows.outcomes.values()} == {Ending.NOT_SENT}


def test_nothing_is_written_offline_or_for_a_file_of_this_computer(tmp_path):
    rows = Rows()
    spec = make_spec(DATA, UrlSource(kind="url", url="https://example.invalid/x.gguf"))
    with pytest.raises(OfflineError):
        fetch(spec, make_catalog(tmp_path, spec), Gate(offline=True), ledger=rows)
    (tmp_path / "here.gguf").write_bytes(DATA)
    spec = make_spec(DATA, PathSource(kind="path", path=str(tmp_path / "here.gguf")), model_id="other")
    fetch(spec, make_catalog(tmp_path, spec), Gate(offline=True), ledger=rows)
    assert rows.entries == []


@pytest.mark.network
def test_nothing_leaves_when_no_row_can_be_written(tmp_path, server):
    class Full(Rows):
        def open(self, entry: LedgerEntry, caps: Caps = NO_CAPS) -> int:
            raise StorageError(folder=tmp_path, detail="the disk is full")

    play = Play(DATA)
    with pytest.raises(AppError, match="the disk is full"):
        get(tmp_path, server, play, Full(), name="full")
    assert play.requests == []


@pytest.mark.network
def test_a_download_outlives_a_row_that_can_not_be_closed(tmp_path, server):
    class Full(Rows):
        def close(self, request_id: int, outcome: LedgerOutcome) -> None:
            raise StorageError(folder=tmp_path, detail="the disk is full")

    rows = Full()
    get(tmp_path, server, Play(DATA), rows)
    assert len(rows.entries) == 1
