"""Measures how many truth values stand among the recognizers' candidates, over the folder of real documents.

    python tests/quality/recognizers.py DATA [--set NAME]... [--misses] [--json]

A value counts as found when a candidate of its type has the same normal form. Candidates per document show the other side.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from app.documents.language import guess_language
from app.documents.normalizers import normalize
from app.documents.reader import read_document
from app.documents.recognizers import Candidate, find_candidates, warm_up
from app.domain.task import FieldType
from app.errors import DocumentError
from app.settings import ReadLimits

INVOICE = {
    "issue_date": FieldType.DATE, "due_date": FieldType.DATE, "delivery_date": FieldType.DATE, "order_date": FieldType.DATE,
    "net_total": FieldType.AMOUNT, "tax_total": FieldType.AMOUNT, "grand_total": FieldType.AMOUNT, "amount_due": FieldType.AMOUNT,
    "iban": FieldType.IBAN, "seller_vat_id": FieldType.TAX_ID, "buyer_vat_id": FieldType.TAX_ID, "seller_tax_id": FieldType.TAX_ID,
    "buyer_tax_id": FieldType.TAX_ID, "seller_tax_number": FieldType.TAX_ID, "currency": FieldType.CURRENCY,
    "document_number": FieldType.IDENTIFIER, "buyer_order_number": FieldType.IDENTIFIER, "order_id": FieldType.IDENTIFIER,
    "customer_number": FieldType.IDENTIFIER, "ettn": FieldType.IDENTIFIER,
}  # fmt: skip
SETS: dict[str, dict[str, FieldType]] = {
    "einvoice_pdf": INVOICE,
    "tr_efatura_html": INVOICE,
    "invoices_misc": INVOICE,
    "sroie_receipts": {"date": FieldType.DATE, "total": FieldType.AMOUNT},
    "fcc_adbuy": {
        "contract_num": FieldType.IDENTIFIER, "gross_amount": FieldType.AMOUNT,
        "flight_from": FieldType.DATE, "flight_to": FieldType.DATE,
    },
    "kleister_nda": {"effective_date": FieldType.DATE, "term": FieldType.DURATION},
    "cuad_contracts": {"agreement_date": FieldType.DATE, "effective_date": FieldType.DATE, "expiration_date": FieldType.DATE},
    "bank_documents": {
        "date": FieldType.DATE, "amount": FieldType.AMOUNT, "currency": FieldType.CURRENCY, "isin": FieldType.IDENTIFIER,
        "wkn": FieldType.IDENTIFIER, "shares": FieldType.NUMBER,
    },
    "seminar_emails": {"start_time": FieldType.TIME, "end_time": FieldType.TIME},
}  # fmt: skip
TYPES = tuple(
    FieldType(name)
    for name in ["date", "time", "amount", "number", "currency", "identifier", "tax_id", "iban", "email", "phone", "duration"]
)


class Miss(NamedTuple):
    file: str
    key: str
    kind: str
    wanted: str
    near: list[str]


class Scores(NamedTuple):
    asked: Counter[tuple[str, str]]
    found: Counter[tuple[str, str]]
    candidates: dict[str, list[int]]
    lines: dict[str, list[int]]
    misses: list[Miss]
    slowest_ms: float


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("data", type=Path)
    arguments.add_argument("--set", action="append", dest="sets", choices=sorted(SETS))
    arguments.add_argument("--cache", type=Path, help="folder for the documents' text, to measure again quickly")
    arguments.add_argument("--misses", action="store_true")
    arguments.add_argument("--json", action="store_true")
    options = arguments.parse_args()
    warm_up()
    scores = measure(options.data, options.sets or list(SETS), options.cache)
    if options.json:
        print(json.dumps(as_json(scores), ensure_ascii=False))
    else:
        show(scores, options.misses)


def measure(data: Path, sets: list[str], cache: Path | None) -> Scores:
    scores = Scores(Counter(), Counter(), defaultdict(list), defaultdict(list), [], 0.0)
    slowest = 0.0
    for name in sets:
        for row in map(json.loads, (data / name / "truth.jsonl").open(encoding="utf-8")):
            text = text_of(data / name / row["file"], row, cache)
            if not text.strip():
                continue
            started = time.process_time()
            candidates = find_candidates(text, TYPES, language=guess_language(text))
            elapsed_ms = (time.process_time() - started) * 1000
            slowest = max(slowest, elapsed_ms * 30_000 / max(30_000, len(text)))
            score(scores, name, row, candidates, text)
    return scores._replace(slowest_ms=slowest)


def score(scores: Scores, name: str, row: dict[str, Any], candidates: list[Candidate], text: str) -> None:
    values: dict[FieldType, set[str]] = defaultdict(set)
    for candidate in candidates:
        values[candidate.type].add(comparable(candidate.type, candidate.value))
        if candidate.type is FieldType.TIME:
            values[candidate.type].add(comparable(candidate.type, normalize(FieldType.TIME, candidate.text) or ""))
    for kind in TYPES:
        scores.candidates[f"{name}/{kind}"].append(len(values[kind]))
    for key, wanted, kind in truths(row, SETS[name]):
        scores.asked[name, kind] += 1
        if wanted & values[kind]:
            scores.found[name, kind] += 1
        else:
            scores.misses.append(Miss(row["file"], key, kind, "/".join(sorted(wanted)), near(text, row["expected"][key])))


def truths(row: dict[str, Any], keys: dict[str, FieldType]) -> Iterator[tuple[str, set[str], FieldType]]:
    for key, kind in keys.items():
        if row["expected"].get(key) in (None, ""):
            continue
        forms = [row.get("normalized", {}).get(key, row["expected"][key]), *row.get("acceptable", {}).get(key, [])]
        yield key, {comparable(kind, normalized(kind, str(form))) for form in forms}, kind


def normalized(kind: FieldType, value: str) -> str:
    if kind in {FieldType.TIME, FieldType.DURATION}:
        return normalize(kind, value) or value
    return value


def comparable(kind: FieldType, value: str) -> str:
    if kind in {FieldType.AMOUNT, FieldType.NUMBER}:
        try:
            return f"{abs(float(value)):.6f}"
        except ValueError:
            return value
    if kind in {FieldType.TAX_ID, FieldType.IBAN}:
        return re.sub(r"[^0-9A-Za-z]", "", value).upper()
    return value


def near(text: str, value: object) -> list[str]:
    """Lines of the document that show figures of a value, to see why it was missed."""
    figures = re.findall(r"\d+", str(value))
    longest = max(figures, key=len, default=str(value))
    return [line.strip()[:160] for line in text.splitlines() if longest and longest in line][:3]


def text_of(path: Path, row: dict[str, Any], cache: Path | None) -> str:
    if row.get("ocr_text"):
        return str(row["ocr_text"])
    stored = cache / f"{path.parent.parent.name}__{path.name}.txt" if cache else None
    if stored is not None and stored.exists():
        return stored.read_text(encoding="utf-8")
    text = _read(path)
    if stored is not None:
        stored.parent.mkdir(parents=True, exist_ok=True)
        stored.write_text(text, encoding="utf-8")
    return text


def _read(path: Path) -> str:
    try:
        return read_document(path.read_bytes(), path.name, ReadLimits()).text
    except DocumentError as error:
        print(error)
        return ""


def show(scores: Scores, with_misses: bool) -> None:
    print(f"{'set':18} {'type':11} {'found':>5} {'asked':>5} {'recall':>7}   candidates per document: median, largest")
    for name, kind in sorted(scores.asked):
        asked, found = scores.asked[name, kind], scores.found[name, kind]
        counts = sorted(scores.candidates[f"{name}/{kind}"])
        print(f"{name:18} {kind:11} {found:5} {asked:5} {found / asked:7.1%}   {counts[len(counts) // 2]}, {counts[-1]}")
    for kind in sorted({kind for _, kind in scores.asked}):
        asked = sum(count for (_, other), count in scores.asked.items() if other == kind)
        found = sum(count for (_, other), count in scores.found.items() if other == kind)
        print(f"{'all':18} {kind:11} {found:5} {asked:5} {found / asked:7.1%}")
    print(f"slowest: {scores.slowest_ms:.0f} ms for 30,000 characters")
    if with_misses:
        for miss in scores.misses:
            print(f"{miss.file} {miss.key} {miss.wanted}\n      " + "\n      ".join(miss.near))


def as_json(scores: Scores) -> dict[str, Any]:
    return {
        "recall": {f"{name}/{kind}": scores.found[name, kind] / asked for (name, kind), asked in scores.asked.items()},
        "candidates": {key: sum(counts) / len(counts) for key, counts in scores.candidates.items()},
        "slowest_ms_per_30k": scores.slowest_ms,
        "misses": [miss._asdict() for miss in scores.misses],
    }


if __name__ == "__main__":
    main()
