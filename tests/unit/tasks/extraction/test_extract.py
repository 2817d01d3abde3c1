from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.document import Document, Page
from app.domain.progress import Progress
from app.domain.result import Proof, Result, Value
from app.domain.task import FieldType, Task, TaskCheck, TaskField, TaskKind
from app.tasks.extraction.extract import extract
from app.worker.fake import FakeEngine

TASKS = Path(__file__).resolve().parents[4] / "resources" / "tasks"

INVOICE = """\
Nordlicht Werkzeuge GmbH · Hafenstr. 12 · 24103 Kiel

Nordlicht Werkzeuge GmbH · Hafenstr. 12 · 24103 Kiel
Beate Sommer Gartenbau KG                     Rechnungsnummer   RE-2024-118
Am Bach 3                                     Rechnungsdatum    05.03.2024
24226 Heikendorf                              Fällig am         04.04.2024
                                              Bestellnummer     B-7781

Pos   Beschreibung             Menge     Einzelpreis        Gesamt
1     Spaten                       2         20,00 €       40,00 €
2     Gartenschere                 1         60,00 €       60,00 €

                               Nettobetrag                100,00 €
                               zzgl. 19 % USt              19,00 €
                               Gesamtbetrag               119,00 €

USt-IdNr. DE136695976   IBAN DE89 3704 0044 0532 0130 00
"""


def document(text: str) -> Document:
    return Document(name="a.txt", sha256="0", format="text", text=text, pages=(Page(number=1, start=0, end=len(text)),))


def task(name: str) -> Task:
    return Task.model_validate(tomllib.loads((TASKS / f"{name}.toml").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def invoice() -> Result:
    return extract(task("invoice"), document(INVOICE), FakeEngine())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seller_name", "Nordlicht Werkzeuge GmbH"),
        ("buyer_name", "Beate Sommer Gartenbau KG"),
        ("invoice_number", "RE-2024-118"),
        ("issue_date", "2024-03-05"),
        ("due_date", "2024-04-04"),
        ("purchase_order", "B-7781"),
        ("currency", "EUR"),
        ("seller_tax_id", "DE136695976"),
        ("iban", "DE89370400440532013000"),
    ],
)
def test_fields_of_an_invoice(invoice: Result, field: str, value: str) -> None:
    assert invoice.fields[field].value == value


def test_amounts_are_chosen_so_that_they_add_up(invoice: Result) -> None:
    amounts = [Decimal(invoice.fields[name].value or "0") for name in ("net_amount", "tax_amount", "total_amount")]
    assert amounts == [100, 19, 119]
    total = invoice.fields["total_amount"]
    assert total.proof is Proof.VERIFIED
    assert total.reason == "Net amount 100.00 + tax amount 19.00 = total amount 119.00"


def test_every_value_stands_where_it_says(invoice: Result) -> None:
    values = [*invoice.fields.values(), *(value for row in invoice.rows["line_items"] for value in row.values())]
    for value in values:
        if value.value is not None:
            assert value.evidence is not None
            assert INVOICE[value.evidence.start : value.evidence.end] == value.text


def test_rows_are_read_and_summed(invoice: Result) -> None:
    rows = [{name: value.value for name, value in row.items()} for row in invoice.rows["line_items"]]
    assert [(row["description"], row["quantity"], Decimal(row["amount"] or "0")) for row in rows] == [
        ("Spaten", "2", 40),
        ("Gartenschere", "1", 60),
    ]
    (check,) = [check for check in invoice.checks if check.expression.startswith("sum")]
    assert check.passed is True


def test_the_same_input_gives_the_same_answer(invoice: Result) -> None:
    assert extract(task("invoice"), document(INVOICE), FakeEngine()) == invoice


def test_wrong_totals_are_contradicted() -> None:
    text = "Net amount 100,00 EUR\nUSt 19,00 EUR\nGesamtbetrag 219,00 EUR\n"
    result = extract(task("invoice"), document(text), None)
    assert result.fields["total_amount"].proof in {Proof.CONTRADICTED, Proof.AMBIGUOUS}


def test_nothing_is_found_in_an_empty_document() -> None:
    result = extract(task("invoice"), document("Hello\n"), FakeEngine())
    assert result.fields["total_amount"].value is None
    assert result.fields["total_amount"].proof is Proof.NOT_FOUND
    assert result.rows["line_items"] == ()


def test_a_task_made_by_a_person_works_without_labels() -> None:
    own = Task(
        id="visit",
        kind=TaskKind.EXTRACT,
        fields=(
            TaskField(name="patient_number", type=FieldType.IDENTIFIER),
            TaskField(name="admission_date", type=FieldType.DATE),
            TaskField(name="doctor", type=FieldType.NAME),
        ),
    )
    text = "Patient number: P-48213\nAdmission date: 3 May 2024\nDischarge: 9 May 2024\nDoctor: Helen Marsh\n"
    result = extract(own, document(text), None)
    assert result.fields["patient_number"].value == "P-48213"
    assert result.fields["admission_date"].value == "2024-05-03"
    assert result.fields["doctor"].value == "Helen Marsh"


def test_spans_of_dates_go_to_start_and_end() -> None:
    own = Task(
        id="stay",
        kind=TaskKind.EXTRACT,
        fields=(TaskField(name="stay_from", type=FieldType.DATE), TaskField(name="stay_to", type=FieldType.DATE)),
    )
    result = extract(own, document("Printed 01/02/2024\nStay: 13/03/2024 - 17/03/2024\n"), None)
    assert result.fields["stay_from"].value == "2024-03-13"
    assert result.fields["stay_to"].value == "2024-03-17"


def test_lists_hold_several_values() -> None:
    own = Task(
        id="mails",
        kind=TaskKind.EXTRACT,
        fields=(TaskField(name="recipients", type=FieldType.EMAIL, many=True, labels=("to", "cc")),),
    )
    text = "From: a@example.org\nTo: b@example.org, c@example.org\nCc: d@example.org\n"
    result = extract(own, document(text), None)
    assert {"b@example.org", "d@example.org"} <= {value.value for value in result.lists["recipients"]}
    assert "a@example.org" not in {value.value for value in result.lists["recipients"]}


def test_addresses_after_a_comma_are_members_too() -> None:
    mail = "From: ann@east.example\nTo: Bo Lund <bo@north.example>, Cy Marsh <cy@west.example>\nSubject: Keys\n\nHere.\n"
    recipients = extract(task("email"), document(mail), None).lists["recipients"]
    assert [value.value for value in recipients] == ["bo@north.example", "cy@west.example"]


def test_progress_tells_every_value() -> None:
    news: list[Progress] = []
    extract(task("receipt"), document("Shop Ltd\nDate 1/2/2024\nTotal 5.00\n"), FakeEngine(), on_progress=news.append)
    told = {progress.name for progress in news if progress.phase == "field" and progress.value is not None}
    assert told == {field.name for field in task("receipt").fields}
    assert all(0 <= progress.fraction <= 1 for progress in news)


def test_a_broken_check_of_a_persons_task_is_ignored_when_values_are_missing() -> None:
    own = Task(
        id="own",
        kind=TaskKind.EXTRACT,
        fields=(TaskField(name="total", type=FieldType.AMOUNT),),
        checks=(TaskCheck(expression="total == other"),),
    )
    result = extract(own, document("Total 5.00"), None)
    assert result.checks[0].passed is None


LETTER = """From: ann@example.com
To: bob@example.com
Subject: The plan
Date: Mon, 6 Jun 2022 22:21:22 +0200

The hare ran fast. "Though you be swift, you must not sleep on the way to the goal", said the tortoise.

Could you send me the figures by Friday? The weather is fine.
I will bring the contract to the meeting on Monday.
"""


def test_asks_are_the_sentences_that_ask_or_promise() -> None:
    values = extract(task("email"), document(LETTER), None).lists["asks"]
    assert [value.value for value in values] == [
        "Could you send me the figures by Friday?",
        "I will bring the contract to the meeting on Monday.",
    ]
    assert all(value.proof is Proof.GROUNDED and value.confidence > 0.8 for value in values)


def test_a_mail_that_asks_nothing_has_no_asks() -> None:
    text = LETTER.split("Could you", maxsplit=1)[0]
    assert extract(task("email"), document(text), None).lists["asks"] == ()


AGREEMENT = """Confidentiality agreement

This agreement is made as of May 4, 2020 by and between Northwind Tools,
Inc., a Delaware corporation ("Northwind"), and Harbor Lane LLC (the "Recipient").

This agreement shall be governed by and construed in accordance with the laws of
the State of New
York. The parties submit to the courts of that state.
"""


def test_the_law_of_an_agreement_is_read_over_ends_of_lines() -> None:
    value = extract(task("contract"), document(AGREEMENT), None).fields["governing_law"]
    assert (value.value, value.text) == ("New York", "New\nYork")


def test_parties_are_the_names_with_their_roles() -> None:
    parties = extract(task("contract"), document(AGREEMENT), None).lists["parties"]
    assert [party.value for party in parties] == ["Northwind Tools, Inc.", "Harbor Lane LLC"]


def test_an_optional_value_that_nothing_names_stays_empty() -> None:
    text = "Invoice R18-31\nDate: 2018-07-02\nFrom: Northwind Tools GmbH\nBill to: Harbor Lane Ltd\nTotal: 119.00 EUR\n"
    result = extract(task("invoice"), document(text), None)
    assert result.fields["invoice_number"].value == "R18-31"
    assert result.fields["purchase_order"].value is None
    assert result.fields["due_date"].value is None


def test_a_booking_among_several_is_no_trade_of_the_document() -> None:
    text = """\
STRAITS HARBOUR BANK                    Statement of account
Account holder   Ann Lee

Date         Description             Amount      Balance
01/08/2031   Fund transfer            75.25       771.45
05/08/2031   Cash deposit            150.00       921.45
08/08/2031   Stock Corner Ltd         20.00       901.45
"""
    result = extract(task("bank_statement"), document(text), None)
    assert len(result.rows["transactions"]) == 3
    assert result.fields["security_name"].value is None
    assert result.fields["shares"].value is None


def test_what_stands_between_two_pages_of_a_table_is_a_value_of_the_document() -> None:
    own = task("invoice").model_copy(
        update={"fields": (*task("invoice").fields, TaskField(name="project", type=FieldType.NAME, labels=("Project",)))}
    )
    head = "Description            Quantity   Unit price    Amount\n"
    items = [f"Item of kind {name:<12}     2        10.00     20.00\n" for name in ("ash", "birch", "cedar")]
    pages = "".join(("INVOICE R-1\n", head, *items)), "".join(("\nProject: Harbour wall\n\n", head, *items, "\nTotal 120.00 EUR\n"))
    text = "".join(pages)
    cut = len(pages[0])
    both = (Page(number=1, start=0, end=cut), Page(number=2, start=cut, end=len(text)))
    result = extract(own, document(text).model_copy(update={"pages": both}), None)
    assert len(result.rows["line_items"]) >= 3
    assert result.fields["project"].value == "Harbour wall"


def test_rows_without_any_value_take_nothing_from_the_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.tasks.extraction.extract.read_rows", lambda *_given: ({"description": Value()},) * 3)
    assert extract(task("bank_statement"), document("Account holder: Ann Lee\n"), None).fields["account_holder"].value == "Ann Lee"
