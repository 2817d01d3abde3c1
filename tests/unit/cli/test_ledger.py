"""`deskhand ledger`: rows as a table or a file, and the bytes of one request exactly."""

import csv
import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.cli.main import run
from app.domain.ledger import Ending, LedgerEntry, LedgerOutcome, Purpose
from app.storage.ledger import Ledger
from app.storage.store import Store

PAYLOAD = b'{"total": "1,5 \xe2\x82\xac"}\r\n\x00\xff'


@pytest.fixture
def data(tmp_path):
    with Store(tmp_path / "data" / "deskhand.sqlite") as store:
        ledger = Ledger(store._database, clock=lambda: datetime(2026, 10, 5, 12, tzinfo=UTC))
        number = ledger.open(
            LedgerEntry(
                purpose=Purpose.FRONTIER,
                host="api.example",
                url_path="/v1/messages",
                document="=cmd|' /C calc'!A0.pdf",
                job_id=3,
                targets=("total_amount", "due_date"),
                payload=PAYLOAD,
                consent="folder /bills",
                model="large",
                reserved_micros=2_000,
            )
        )
        ledger.close(
            number, LedgerOutcome(ending=Ending.DONE, input_tokens=100, output_tokens=7, cost_micros=1_250, received_bytes=64)
        )
        ledger = Ledger(store._database, clock=lambda: datetime(2026, 11, 5, 12, tzinfo=UTC))
        ledger.open(LedgerEntry(purpose=Purpose.DOWNLOAD, host="hub.example", model="small"))
    return tmp_path / "data"


@pytest.fixture
def deskhand(data, capfdbinary):
    def call(*arguments: object) -> tuple[int, bytes, str]:
        code = run(["ledger", "--data-dir", str(data), *map(str, arguments)], lambda _options: 77)
        captured = capfdbinary.readouterr()
        return code, captured.out, captured.err.decode()

    return call


def test_the_table_tells_all_and_sums_it_up(deskhand):
    code, out, _ = deskhand()
    text = out.decode()
    assert code == 0
    for words in ("api.example", "total_amount, due_date", "$0.00125", "done", "hub.example", "download", "not known"):
        assert words in text
    assert text.endswith(f"2 requests, {len(PAYLOAD)} bytes sent, $0.00125.\n")


def test_a_month_is_shown_by_itself(deskhand):
    rows = json.loads(deskhand("--month", "2026-10", "--format", "json")[1])
    assert [row["host"] for row in rows] == ["api.example"]
    assert deskhand("--month", "2026-09")[1] == b"Nothing has left this computer in 2026-09.\n"
    for wrong in ("2026-13", "2026-1", "november", "2026-11-01"):
        code, _, err = deskhand("--month", wrong)
        assert (code, err.count("\n")) == (2, 1)


def test_the_bytes_are_printed_exactly(deskhand, tmp_path):
    assert deskhand("--payload", 1) == (0, PAYLOAD, "")
    assert deskhand("--payload", 1, "--output", tmp_path / "p.bin") == (0, b"", "")
    assert (tmp_path / "p.bin").read_bytes() == PAYLOAD
    assert deskhand("--payload", 2) == (0, b"", "")
    code, out, err = deskhand("--payload", 99)
    assert (code, out, err) == (1, b"", "deskhand: The ledger has no row 99.\n")
    assert deskhand("--payload", 1, "--format", "csv")[0] == 2


def test_json_has_exact_money_and_no_payload(deskhand):
    download, sent = json.loads(deskhand("--format", "json")[1])
    assert (sent["cost_usd"], sent["reserved_usd"], sent["sent_bytes"]) == ("0.00125", "0.002", len(PAYLOAD))
    assert sent["targets"] == ["total_amount", "due_date"]
    assert (download["ending"], download["cost_usd"], download["closed_at"]) == (None, None, None)
    assert "payload" not in sent


def test_csv_is_harmless_in_a_spreadsheet(deskhand, tmp_path):
    path = tmp_path / "ledger.csv"
    assert deskhand("--output", path)[0] == 0
    download, sent = csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig")))
    assert sent["document"] == "'=cmd|' /C calc'!A0.pdf"
    assert sent["targets"] == "total_amount due_date"
    assert (sent["cost_usd"], download["cost_usd"]) == ("0.00125", "")


def test_an_output_needs_a_form(deskhand, tmp_path):
    assert deskhand("--output", tmp_path / "ledger.txt")[0] == 2
    assert deskhand("--output", tmp_path / "ledger.txt", "--format", "json")[0] == 0


def test_an_empty_ledger_says_so(tmp_path, capfd):
    assert run(["ledger", "--data-dir", str(tmp_path / "none")], lambda _options: 77) == 0
    assert capfd.readouterr().out == "Nothing has left this computer.\n"


def test_a_data_folder_in_use_is_told(data):
    with Store(data / "deskhand.sqlite"):
        command = [sys.executable, "-m", "app", "ledger", "--data-dir", str(data)]
        other = subprocess.run(command, cwd=Path(__file__).parents[3], env=dict(os.environ), capture_output=True, text=True)
    assert other.returncode == 1
    assert other.stderr.startswith("deskhand: Another Deskhand is working")
