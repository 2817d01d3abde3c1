"""The program that `test_budget_schedules` kills: threads that reserve, send and note what it cost, on the real ledger.

Usage: budget_child.py DATA_FOLDER SERVICE_LOG SEED. The log is the service's: what stands in it was really charged.
"""

from __future__ import annotations

import os
import random
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from app.domain.ledger import Caps, Ending, LedgerEntry, LedgerOutcome, Purpose
from app.errors import BudgetError
from app.storage.ledger import Ledger
from app.storage.store import Store

CAP_MICROS = 20_000
BATCH_CAP_MICROS = 6_000
N_THREADS = 4
N_CALLS = 40


def month_of(seed: int) -> datetime:
    """A schedule and the one after it share a month: what a kill leaves reserved still counts after the next start."""
    return datetime(1500 + seed // 24, 1 + seed // 2 % 12, 1, tzinfo=UTC)


def run(data: Path, service_log: Path, seed: int) -> None:
    descriptor = os.open(service_log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    with Store(data / "deskhand.sqlite") as store:
        ledger = Ledger(store._database, clock=lambda: month_of(seed))
        threads = [threading.Thread(target=call, args=(ledger, descriptor, seed, n)) for n in range(N_THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def call(ledger: Ledger, descriptor: int, seed: int, thread: int) -> None:
    chance = random.Random(f"{seed}.{thread}")
    for _ in range(N_CALLS):
        reserved = chance.randint(1, 900)
        batch = chance.choice(("", f"a{seed // 2}", f"b{seed // 2}"))
        entry = LedgerEntry(purpose=Purpose.FRONTIER, host="h", batch=batch, reserved_micros=reserved, payload=b"x" * 50)
        try:
            number = ledger.open(entry, Caps(monthly_micros=CAP_MICROS, batch_micros=BATCH_CAP_MICROS))
        except BudgetError:
            continue
        cost = chance.randint(0, reserved)
        os.write(descriptor, f"{number} {cost} {month_of(seed):%Y-%m} {batch}\n".encode())
        ledger.close(number, LedgerOutcome(ending=Ending.DONE, cost_micros=cost))


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
