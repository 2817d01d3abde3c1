"""A small document with boxes, a task and a result to show in widgets."""

from __future__ import annotations

import re

from app.domain.document import Document, Page, Word
from app.domain.job import Job, JobState
from app.domain.result import Choice, Evidence, Proof, Result, Value
from app.domain.task import FieldType, Task, TaskCheck, TaskField, TaskRows

CHAR_PT, LINE_PT, LEFT_PT, TOP_PT = 6.0, 20.0, 50.0, 60.0

PAGES = (
    "ACME Ltd.                 INVOICE\nInvoice number   4711\nInvoice date   19 April 2014\n"
    "Net      593,36\nVAT      124,61\nTotal    717,97\nDue date\n",
    "Terms and conditions\nPaid within 14 days\n",
)
TASK = Task(
    id="invoice",
    kind="extract",
    title={"en": "Invoice", "tr": "Fatura"},
    fields=(
        TaskField(name="seller_name", type=FieldType.NAME, title={"en": "Seller", "tr": "Satıcı"}, required=True),
        TaskField(name="invoice_number", type=FieldType.IDENTIFIER, title={"en": "Invoice number"}, required=True),
        TaskField(name="issue_date", type=FieldType.DATE, title={"en": "Issue date"}, required=True),
        TaskField(name="due_date", type=FieldType.DATE, required=True, labels=("due date", "payable by")),
        TaskField(name="net_amount", type=FieldType.AMOUNT, title={"en": "Net amount"}),
        TaskField(name="total_amount", type=FieldType.AMOUNT, title={"en": "Total amount"}, required=True),
        TaskField(name="tags", many=True),
    ),
    rows=(TaskRows(name="line_items", fields=(TaskField(name="description"), TaskField(name="amount", type=FieldType.AMOUNT))),),
    checks=(TaskCheck(expression="net_amount <= total_amount"),),
)


def make_document(pages: tuple[str, ...] = PAGES, *, name: str = "acme.pdf", paged: bool = True, format_: str = "pdf") -> Document:
    """A document whose words stand on a grid of characters."""
    text, made, words = "", [], []
    for number, page_text in enumerate(pages, start=1):
        start = len(text)
        for row, line in enumerate(page_text.split("\n")):
            for found in re.finditer(r"\S+", line):
                x0, y0 = LEFT_PT + found.start() * CHAR_PT, TOP_PT + row * LINE_PT
                offset = len(text)
                words.append(
                    Word(offset + found.start(), offset + found.end(), number, x0, y0, x0 + len(found[0]) * CHAR_PT, y0 + 12)
                )
            text += line + "\n"
        made.append(Page(number=number, start=start, end=len(text), width=595 if paged else 0, height=842 if paged else 0))
    return Document(name=name, sha256="0", format=format_, text=text, pages=tuple(made), words=tuple(words) if paged else ())


def place(document: Document, text: str) -> Evidence:
    start = document.text.index(text)
    end = start + len(text)
    return Evidence(page=document.page_of(start).number, start=start, end=end, boxes=document.boxes_of(start, end))


def value(
    document: Document, text: str, normalized: str = "", proof: Proof = Proof.GROUNDED, confidence: float = 0.95, **rest: object
) -> Value:
    return Value(value=normalized or text, text=text, evidence=place(document, text), proof=proof, confidence=confidence, **rest)  # type: ignore[arg-type]


def choice(document: Document, text: str, normalized: str) -> Choice:
    return Choice(value=normalized, text=text, evidence=place(document, text), probability=0.2)


def make_result(document: Document) -> Result:
    """Two values to check: the total is ambiguous, the due date is required and missing."""
    return Result(
        task="invoice",
        fields={
            "seller_name": value(document, "ACME Ltd."),
            "invoice_number": value(document, "4711", proof=Proof.VERIFIED),
            "issue_date": value(document, "19 April 2014", "2014-04-19"),
            "due_date": Value(confidence=0.9),
            "net_amount": value(document, "593,36", "593.36"),
            "total_amount": value(
                document,
                "717,97",
                "717.97",
                Proof.AMBIGUOUS,
                0.55,
                reason="Several amounts could be meant.",
                alternatives=(choice(document, "593,36", "593.36"), choice(document, "124,61", "124.61")),
            ),
        },
        lists={"tags": (value(document, "Terms"), value(document, "conditions", confidence=0.9))},
        rows={
            "line_items": (
                {"description": value(document, "Paid"), "amount": value(document, "14", "14", Proof.AMBIGUOUS, 0.5)},
                {"description": value(document, "days")},
            )
        },
    )


def make_job(state: JobState = JobState.REVIEW, *, job_id: int = 1, task: str = "invoice", **rest: object) -> Job:
    return Job(id=job_id, path="/in/acme.pdf", name="acme.pdf", sha256="0", size_bytes=1, task=task, state=state, **rest)  # type: ignore[arg-type]
