"""Measures the reader on real documents: word recall, encodings, headers, receipts by OCR, and awkward files.

    python tests/quality/reading.py DATA_FOLDER [--only SET]… [--json]

Awkward files are read in a child with limits, so that a crash or a bomb counts against the reader and not against this program.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from app.documents.reader import read_document
from app.errors import AppError
from app.settings import ReadLimits

_WORD = re.compile(r"\w+")
_MARKUP = re.compile(r"<!--.*?-->|!?\[([^\]]*)\]\([^)]*\)|<[^>]{1,60}>|\\(?=[_*#])|[*`#|]", re.DOTALL)
_SECONDS_ALLOWED = 30
_MEMORY_ALLOWED = 2 << 30


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", action="append", choices=sorted(_SETS))
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures: dict[str, Any] = {}
    for name in arguments.only or _SETS:
        figures[name] = _SETS[name](arguments.data / name)
        if not arguments.json:
            _print(name, figures[name])
    if arguments.json:
        print(json.dumps(figures, indent=2))
    return 0


def _print(name: str, figures: dict[str, Any]) -> None:
    print(f"\n{name}")
    for key, value in figures.items():
        if isinstance(value, list):
            print(f"  {key}: {len(value)}")
            for item in value[:25]:
                print(f"    {item}")
        else:
            print(f"  {key}: {value}")


def rows(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()]


def read(folder: Path, row: dict[str, Any]) -> str:
    """The text the reader finds, or nothing on an error."""
    path = folder / row["file"]
    try:
        return read_document(path.read_bytes(), path.name, ReadLimits()).text
    except AppError as error:
        print(f"{row['file']}: {error}", file=sys.stderr)
        return ""


def words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.casefold().replace("_", " ")))


def measure_text(folder: Path) -> dict[str, Any]:
    recalls: list[tuple[float, str]] = []
    for row in rows(folder):
        wanted = words(_MARKUP.sub(r" \1 ", row["expected"]["markdown"]))
        found = words(read(folder, row))
        recalls.append(((wanted & found).total() / max(1, wanted.total()), row["file"]))
    low = [f"{recall:.3f} {file}" for recall, file in sorted(recalls) if recall < 0.95]
    return {
        "word_recall": round(sum(recall for recall, _ in recalls) / len(recalls), 4),
        "documents": len(recalls),
        "below_0.95": low,
    }


def measure_encodings(folder: Path) -> dict[str, Any]:
    asked = found = 0
    wrong: list[str] = []
    for row in rows(folder):
        text = read(folder, row)
        missing = [word for word in row["expected"]["must_contain"] if word not in text]
        asked += len(row["expected"]["must_contain"])
        found += len(row["expected"]["must_contain"]) - len(missing)
        if missing or not text:
            wrong.append(f"{row['file']} {missing}")
    return {"word_recall": round(found / max(1, asked), 4), "words": asked, "wrong": wrong}


def measure_receipts(folder: Path) -> dict[str, Any]:
    names = ("date", "total")
    hits: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    missing: list[str] = []
    recall = seconds = 0.0
    every = rows(folder)
    for row in every:
        started = time.perf_counter()
        text = read(folder, row)
        seconds += time.perf_counter() - started
        wanted, found = words(row["ocr_text"]), words(text)
        recall += (wanted & found).total() / max(1, wanted.total())
        for name in names:
            value = str(row["expected"].get(name) or "")
            if value:
                asked[name] += 1
                hits[name] += value in text
                if value not in text:
                    missing.append(f"{row['file']} {name} {value}")
    figures: dict[str, Any] = {f"{name}_in_text": round(hits[name] / max(1, asked[name]), 4) for name in names}
    return figures | {
        "word_recall": round(recall / len(every), 4),
        "seconds_each": round(seconds / len(every), 2),
        "missing": missing,
    }


def measure_mail(folder: Path) -> dict[str, Any]:
    asked: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    wrong: list[str] = []
    for row in rows(folder):
        text = " ".join(read(folder, row).split()).casefold()
        for key in ("from_address", "from_name", "subject", "to", "cc", "attachments"):
            value = row["expected"].get(key)
            for item in value if isinstance(value, list) else [value] if value else []:
                asked[key] += 1
                if " ".join(str(item).split()).casefold() in text:
                    hits[key] += 1
                else:
                    wrong.append(f"{row['file']} {key} {item}")
    return {key: round(hits[key] / asked[key], 4) for key in asked} | {"wrong": wrong}


def measure_sheets(folder: Path) -> dict[str, Any]:
    asked = hits = 0
    for row in rows(folder):
        text = read(folder, row).replace(",", "")
        for question in row["questions"]:
            for answer in question["answer"] if question["answer_from"] != "text" else ():
                asked += 1
                hits += str(answer).replace(",", "").strip("$% ") in text
    return {"answers_in_text": round(hits / max(1, asked), 4), "answers": asked}


def measure_invoices(folder: Path) -> dict[str, Any]:
    asked = hits = 0
    missing: list[str] = []
    for row in rows(folder):
        text = " ".join(read(folder, row).split()).casefold()
        for key, value in row["expected"].items():
            if isinstance(value, str) and value and not key.endswith("date"):
                asked += 1
                if " ".join(value.split()).casefold() in text:
                    hits += 1
                else:
                    missing.append(f"{row['file']} {key} {value}")
    return {"strings_in_text": round(hits / max(1, asked), 4), "strings": asked, "missing": missing}


def _attempt(path: str) -> tuple[str, str, float, int]:
    """What became of one awkward file: outcome, detail, seconds, peak memory in bytes."""
    resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
    started = time.perf_counter()
    try:
        document = read_document(Path(path).read_bytes(), Path(path).name, ReadLimits())
        outcome, detail = "read", f"{document.format} {len(document.text)} characters, {len(document.notices)} notices"
    except AppError as error:
        outcome, detail = error.code, str(error)
    except BaseException as error:  # noqa: BLE001  # Anything else is what this program looks for.
        outcome, detail = "FAULT", f"{type(error).__name__}: {error}"[:200]
    return outcome, detail, time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


_REFUSALS = {"damaged_document", "empty_document", "unsupported_format", "document_too_large", "password_needed"}
_FITTING = {
    "read": {"read"},
    "read_or_clean_error": {"read", *_REFUSALS},
    "say_password_needed_or_read": {"read", "password_needed"},
    "bounded_time_and_memory": {"read", *_REFUSALS},
    "read_or_unsupported": {"read", "unsupported_format"},
}


def measure_nasty(folder: Path) -> dict[str, Any]:
    outcomes: Counter[str] = Counter()
    faults: list[str] = []
    unfit: list[str] = []
    slowest = largest = 0.0
    for row in rows(folder):
        outcome, detail, seconds, memory = _isolated(_attempt, str(folder / row["file"]))
        outcomes[outcome] += 1
        slowest, largest = max(slowest, seconds), max(largest, memory)
        cost = f"{seconds:.1f} s {memory >> 20} MiB"
        line = f"{outcome} {row['file']} {row['expected']['behaviour']} {cost} {detail} | {row.get('probe')}"
        if outcome in {"FAULT", "DIED"} or seconds > _SECONDS_ALLOWED or memory > _MEMORY_ALLOWED:
            faults.append(line)
        elif outcome not in _FITTING[row["expected"]["behaviour"]]:
            unfit.append(line)
    return {
        "files": outcomes.total(),
        "outcomes": dict(outcomes),
        "slowest_s": round(slowest, 1),
        "largest_mib": int(largest) >> 20,
        "faults": faults,
        "not_as_expected": unfit,
    }


def _isolated(attempt: Callable[[str], tuple[str, str, float, int]], path: str) -> tuple[str, str, float, int]:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool:
        try:
            return pool.submit(attempt, path).result(timeout=120)
        except Exception as error:  # noqa: BLE001  # A dead or hanging child.
            return "DIED", repr(error), 0.0, 0


_SETS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "doc_to_text": measure_text,
    "encodings": measure_encodings,
    "emails_eml": measure_mail,
    "tatqa_xlsx": measure_sheets,
    "invoices_misc": measure_invoices,
    "einvoice_pdf": measure_invoices,
    "tr_efatura_html": measure_invoices,
    "sroie_receipts": measure_receipts,
    "nasty": measure_nasty,
}


if __name__ == "__main__":
    sys.exit(main())
