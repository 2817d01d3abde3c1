"""The truth rows of the public sets, in the words of the product's tasks: which set is measured with which task, key for key."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.documents.reader import read_document
from app.domain.document import Document
from app.domain.task import FieldType, Task, TaskField, TaskKind
from app.evaluation.cases import Case
from app.settings import ReadLimits
from app.tasks.text.folding import same_name_key

TASKS = Path(__file__).resolve().parents[2] / "resources" / "tasks"
_COLUMNS = {"name": "description", "line_total": "amount"}
_INVOICE = {
    "document_number": "invoice_number",
    "grand_total": "total_amount",
    "net_total": "net_amount",
    "tax_total": "tax_amount",
    "seller_vat_id": "seller_tax_id",
    "buyer_order_number": "purchase_order",
}


@dataclass(frozen=True)
class TruthSet:
    """A set with its task. `keys` renames truth keys to fields; `headline` are the fields that are pooled."""

    task: str
    keys: Mapping[str, str]
    headline: tuple[str, ...]
    own_fields: tuple[tuple[str, str, str], ...] = ()
    """Fields (name, type, description) of a task made for the set, as a person would make one."""
    lists: tuple[str, ...] = ()
    """Those of the own fields that have many values."""


SETS: dict[str, TruthSet] = {
    "einvoice_pdf": TruthSet(
        "invoice", _INVOICE, ("seller_name", "buyer_name", "invoice_number", "issue_date", "currency", "total_amount")
    ),
    "tr_efatura_html": TruthSet(
        "invoice", _INVOICE, ("seller_name", "buyer_name", "invoice_number", "issue_date", "currency", "total_amount")
    ),
    "invoices_misc": TruthSet("invoice", _INVOICE, ("invoice_number", "issue_date", "currency", "total_amount")),
    "sroie_receipts": TruthSet("receipt", {"company": "merchant", "total": "total_amount"}, ("merchant", "date", "total_amount")),
    "bank_documents": TruthSet(
        "bank_statement", {}, ("date", "amount", "currency", "isin", "security_name", "shares", "transaction_type")
    ),
    "kleister_nda": TruthSet(
        "contract", {"party": "parties", "jurisdiction": "governing_law"}, ("parties", "effective_date", "term", "governing_law")
    ),
    "cuad_contracts": TruthSet("contract", {}, ("parties", "effective_date", "governing_law")),
    "emails_eml": TruthSet("email", {"from_address": "sender", "to": "recipients"}, ("sender", "subject", "date", "recipients")),
    "fcc_adbuy": TruthSet(
        "",
        {},
        ("contract_num", "advertiser", "gross_amount", "flight_from", "flight_to"),
        (
            ("contract_num", "identifier", "contract number"),
            ("advertiser", "name", "advertiser"),
            ("gross_amount", "amount", "gross amount"),
            ("flight_from", "date", "start of the flight"),
            ("flight_to", "date", "end of the flight"),
        ),
    ),
    "recipes_html": TruthSet(
        "",
        {},
        ("title", "servings", "author"),
        (
            ("title", "text", "title of the recipe"),
            ("ingredients", "text", "ingredients with their quantities"),
            ("servings", "number", "number of servings"),
            ("author", "name", "author of the recipe"),
        ),
        lists=("ingredients",),
    ),
    "articles_html": TruthSet(
        "",
        {},
        ("title", "author", "site_name"),
        (
            ("title", "text", "title of the article"),
            ("author", "name", "author of the article"),
            ("site_name", "name", "name of the website"),
        ),
    ),
    "seminar_emails": TruthSet(
        "",
        {},
        ("speaker", "location", "start_time", "end_time"),
        (
            ("speaker", "name", "speaker of the talk"),
            ("location", "text", "place of the talk"),
            ("start_time", "time", "start of the talk"),
            ("end_time", "time", "end of the talk"),
        ),
    ),
}


@dataclass(frozen=True)
class Row:
    """One document with the values expected of each field: any of the listed ones is right. An empty list: there is none."""

    file: Path
    name: str
    expected: Mapping[str, list[Any]]
    group: str
    """Documents of one group look alike and stay in one fold."""


def task_for(name: str, tasks_dir: Path) -> Task:
    """The built-in task of a set, or one made of its own fields."""
    truth_set = SETS[name]
    if truth_set.task:
        return Task.model_validate(tomllib.loads((tasks_dir / f"{truth_set.task}.toml").read_text(encoding="utf-8")))
    fields = tuple(
        TaskField(name=n, type=FieldType(kind), description=text, many=n in truth_set.lists)
        for n, kind, text in truth_set.own_fields
    )
    return Task(id=name, kind=TaskKind.EXTRACT, fields=fields)


def rows_of(data: Path, name: str) -> Iterator[Row]:
    """The rows of a set that have a file."""
    keys = SETS[name].keys
    for line in (data / name / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if "file" not in row:
            continue
        given = dict(row["expected"]) | row.get("normalized", {})
        if "grand_total" not in given and "amount_due" in given:
            given["grand_total"] = given["amount_due"]
        expected = {keys.get(key, key): _acceptable(row, key, value) for key, value in given.items() if value not in (None, "")}
        for key in row.get("keys_asked", ()):
            expected.setdefault(keys.get(key, key), [])
        group = given.get("seller_name") or given.get("company") or row.get("bank") or row["file"]
        yield Row(data / name / row["file"], row["file"], expected, same_name_key(str(group)))


def _acceptable(row: Mapping[str, Any], key: str, value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [value, *row.get("acceptable", {}).get(key, ())]


def case_of(row: Row, task: Task, file: str = "") -> Case | None:
    """What is expected of the fields and rows that the task has; None where it asks for nothing that is known."""
    fields = {field.name for field in task.fields}
    expected: dict[str, Any] = {key: value for key, value in row.expected.items() if key in fields}
    for table in {group.name for group in task.rows} & row.expected.keys():
        expected[table] = [{_COLUMNS.get(column, column): cell for column, cell in line.items()} for line in row.expected[table]]
    return Case(file=file or row.name, task=task.id, expected=expected, group=row.group) if expected else None


def read(path: Path, cache: Path | None) -> Document:
    """The document, read once and kept under `cache`."""
    data = path.read_bytes()
    kept = cache / f"{hashlib.sha256(data + path.name.encode()).hexdigest()}.json" if cache else None
    if kept and kept.is_file():
        return Document.model_validate_json(kept.read_text(encoding="utf-8"))
    document = read_document(data, path.name, ReadLimits())
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(document.model_dump_json(), encoding="utf-8")
    return document
