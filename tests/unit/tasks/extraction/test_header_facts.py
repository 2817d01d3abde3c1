from __future__ import annotations

import tomllib
from pathlib import Path

from app.domain.document import Document, Page
from app.domain.result import Result
from app.domain.task import FieldType, Task, TaskField, TaskKind
from app.tasks.extraction.extract import extract

TASKS = Path(__file__).resolve().parents[4] / "resources" / "tasks"

FORWARDED = """\
From: Ida Lund <ida@mill.example>
To: Bo Ray <bo@farm.example>
Cc: c1@farm.example, c2@farm.example
Subject: Re: Flour for May
Date: Tue, 5 May 2026 09:30:00 +0200

Please see below.

From: Old Writer <old@bakery.example>
To: someone@bakery.example
Subject: Flour for May
Date: Mon, 4 May 2026 08:00:00 +0200
"""


def read(text: str, format_name: str = "eml", task: str = "email") -> Result:
    document = Document(name="a", sha256="0", format=format_name, text=text, pages=(Page(number=1, start=0, end=len(text)),))
    return extract(Task.model_validate(tomllib.loads((TASKS / f"{task}.toml").read_text(encoding="utf-8"))), document, None)


def test_a_message_is_told_by_its_own_header_and_not_by_a_quoted_one() -> None:
    fields = read(FORWARDED).fields
    assert {name: fields[name].value for name in ("sender", "subject", "date")} == {
        "sender": "ida@mill.example",
        "subject": "Re: Flour for May",
        "date": "2026-05-05",
    }
    assert all(value.confidence > 0.9 for value in fields.values())
    evidence = fields["subject"].evidence
    assert evidence is not None
    assert FORWARDED[evidence.start : evidence.end] == "Re: Flour for May"


def test_every_address_behind_to_and_cc_is_a_recipient_named_or_bare() -> None:
    addresses = [value.value for value in read(FORWARDED).lists["recipients"]]
    assert addresses == ["bo@farm.example", "c1@farm.example", "c2@farm.example"]


def test_an_address_that_ends_like_a_label_is_no_sender() -> None:
    text = "From: eva@mill.example\nTo: max@firma.de, ida@farm.example\nSubject: Corn\n\nHello\n"
    assert read(text, "msg").fields["sender"].value == "eva@mill.example"


def test_an_address_shown_as_a_name_is_not_the_address() -> None:
    text = 'From: "eva@mill.example via list" <list@mill.example>\nTo: max@farm.example\nSubject: Corn\n\nHello\n'
    sender = read(text).fields["sender"]
    assert (sender.value, [choice.value for choice in sender.alternatives]) == ("list@mill.example", ["eva@mill.example"])
    assert sender.confidence < 0.75
    same = 'From: "eva@mill.example" <eva@mill.example>\nTo: max@farm.example\nSubject: Corn\n\nHello\n'
    assert read(same).fields["sender"].confidence > 0.9


def test_a_subject_that_was_never_written_is_absent() -> None:
    text = "From: eva@mill.example\nTo: max@farm.example\n\nHello\n\nSubject: the quoted one\n"
    assert read(text).fields["subject"].value is None


def test_a_sender_whose_header_has_no_address_is_looked_for_below() -> None:
    text = "From: Eva Mill\nTo: max@farm.example\nSubject: Corn\n\nHello\n\nEva Mill\nSender: eva@mill.example\n"
    assert read(text).fields["sender"].value == "eva@mill.example"


def test_other_tasks_and_other_papers_are_read_as_before() -> None:
    invoice = "From: eva@mill.example\nSubject: Bill\nDate: Tue, 5 May 2026 09:30:00 +0200\n\nInvoice date 4 May 2026\n"
    assert read(invoice, task="invoice").fields["issue_date"].value == "2026-05-04"
    assert read(FORWARDED, "text").fields["sender"].value is not None


def test_a_name_that_is_asked_for_is_no_address() -> None:
    task = Task(id="own", kind=TaskKind.EXTRACT, fields=(TaskField(name="sender", type=FieldType.NAME, labels=("from",)),))
    text = "From: Max Muster <max@x.example>\nSubject: Corn\n\nHello\n"
    document = Document(name="a", sha256="0", format="eml", text=text, pages=(Page(number=1, start=0, end=len(text)),))
    assert extract(task, document, None).fields["sender"].value == "Max Muster"
