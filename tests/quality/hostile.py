"""Reads awkward files through the locked reader child, as the program does: behaviour, seconds, memory, children used up.

python tests/quality/hostile.py DATA_FOLDER/nasty [--json]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from app.errors import AppError
from app.settings import ReadLimits
from app.worker.services import ReaderService

_SECONDS_ALLOWED = 30
_MEMORY_ALLOWED_MB = 2048
_ACCEPTED = {
    "read": {"read", "empty_document"},
    "say_password_needed_or_read": {"read", "password_needed", "empty_document", "damaged_document"},
    "read_or_unsupported": {"read", "unsupported_format", "empty_document"},
}
"""Outcomes that fit an expected behaviour; for all others every typed error that is not a crash or a timeout."""
_NEVER = {"reader_crashed", "read_timeout", "error"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    lines = (arguments.folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    with ReaderService(ReadLimits()) as reader:
        rows = [_read(reader, arguments.folder, json.loads(line)) for line in lines]
    figures = {
        "files": len(rows),
        "as_expected": sum(row["fits"] for row in rows),
        "slowest_s": max(row["seconds"] for row in rows),
        "peak_mb": max(row["peak_mb"] for row in rows),
        "children": len({row["pid"] for row in rows}),
        "wrong": [row for row in rows if not row["fits"]],
    }
    print(json.dumps(figures, indent=2 if not arguments.json else None))
    return 1 if figures["wrong"] else 0


def _read(reader: ReaderService, folder: Path, row: dict[str, Any]) -> dict[str, Any]:
    path = folder / row["file"]
    began = time.perf_counter()
    try:
        reader.read(path.read_bytes(), path.name)
        outcome = "read"
    except AppError as error:
        outcome = error.code
    seconds = time.perf_counter() - began
    pid = int((reader.start_info or {}).get("pid", 0))
    peak_mb = _peak_mb(pid)
    accepted = _ACCEPTED.get(row["expected"]["behaviour"])
    fits = outcome not in _NEVER if accepted is None else outcome in accepted
    fits = fits and seconds <= _SECONDS_ALLOWED and peak_mb <= _MEMORY_ALLOWED_MB
    return {"file": row["file"], "outcome": outcome, "seconds": round(seconds, 2), "peak_mb": peak_mb, "pid": pid, "fits": fits}


def _peak_mb(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)


if __name__ == "__main__":
    sys.exit(main())
