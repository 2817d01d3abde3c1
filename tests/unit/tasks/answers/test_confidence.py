"""Every proof comes with its reason in words."""

import pytest

from app.domain.document import Document, Page
from app.domain.result import CheckOutcome, Proof, Value
from app.domain.task import FieldType, Task, TaskCheck, TaskField, TaskKind
from app.tasks.answers.choice import Contender, Decision
from app.tasks.answers.confidence import Verdict, value_of, verdict_on
from app.tasks.candidates.options import Option
from app.tasks.extraction.extract import extract

AMOUNTS = tuple(
    TaskField(name=name, type=FieldType.AMOUNT, required=True, labels=(label,))
    for name, label in (("net_amount", "Net"), ("tax_amount", "VAT"), ("total_amount", "Total"))
)
SUM = TaskCheck(expression="net_amount + tax_amount == total_amount", message="Net and tax add up to the total")


def answers(text: str, *fields: TaskField, checks: tuple[TaskCheck, ...] = ()) -> dict[str, Value]:
    document = Document(name="a.txt", sha256="0", format="text", text=text, pages=(Page(number=1, start=0, end=len(text)),))
    return extract(Task(id="own", kind=TaskKind.EXTRACT, fields=fields, checks=checks), document, None).fields


def test_a_sum_that_holds_is_told_with_its_values():
    total = answers("Net 46.68 EUR\nVAT 9.34 EUR\nTotal 56.02 EUR\n", *AMOUNTS, checks=(SUM,))["total_amount"]
    assert (total.value, total.proof) == ("56.02", Proof.VERIFIED)
    assert total.reason == "Net amount 46.68 + tax amount 9.34 = total amount 56.02"


def test_a_sum_that_fails_is_told():
    found = answers("Net 46.68 EUR\nVAT 9.34 EUR\nTotal 70.00 EUR\n", *AMOUNTS, checks=(SUM,))
    contradicted = [value for value in found.values() if value.proof is Proof.CONTRADICTED]
    assert contradicted
    assert all(value.reason == "This does not hold: Net and tax add up to the total." for value in contradicted)


def test_a_sum_of_rows_does_not_outweigh_a_total_that_fails():
    failing = CheckOutcome(
        expression=SUM.expression, passed=False, fields=("net_amount", "tax_amount", "total_amount"), message="No"
    )
    rows = CheckOutcome(expression="sum(items.amount) == net_amount", passed=True, fields=("items.amount", "net_amount"))
    values = {"net_amount": "53", "tax_amount": "8.60", "total_amount": "51.60"}
    assert verdict_on("net_amount", (failing, rows), values) == Verdict(contradicted="No")
    assert verdict_on("net_amount", (rows,), values).confirmed


def test_check_digits_are_told():
    iban = answers("IBAN DE89 3704 0044 0532 0130 00\n", TaskField(name="iban", type=FieldType.IBAN, labels=("IBAN",)))["iban"]
    assert (iban.proof, iban.reason) == (Proof.VERIFIED, "Its check digits are right.")


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("IBAN DE89 3704 0044 0532 0130 01\n", TaskField(name="iban", type=FieldType.IBAN, labels=("IBAN",))),
        ("ISIN: US0378331006\n", TaskField(name="isin", type=FieldType.IDENTIFIER, labels=("ISIN",))),
    ],
)
def test_wrong_check_digits_are_told(text, field):
    value = answers(text, field)[field.name]
    assert value.value is not None
    assert (value.proof, value.reason) == (Proof.CONTRADICTED, "Its check digits are wrong: see how it is printed.")


@pytest.mark.parametrize(("name", "proof"), [("Elif Y\u25a0ld\u25a0z", Proof.AMBIGUOUS), ("Elif Yıldız", Proof.GROUNDED)])
def test_letters_that_were_not_read_are_told(name, proof):
    field = TaskField(name="buyer_name", type=FieldType.NAME, labels=("Bill to",))
    value = answers(f"Bill to: {name}\n", field)["buyer_name"]
    assert (value.value, value.proof) == (name, proof)
    assert (value.reason == "Some of its letters could not be read.") == (proof is Proof.AMBIGUOUS)
    assert (value.confidence <= 0.5) == (proof is Proof.AMBIGUOUS)


def test_other_numbers_have_no_check_digits_of_securities():
    field = TaskField(name="invoice_number", type=FieldType.IDENTIFIER, labels=("Rechnungsnummer",))
    value = answers("Rechnungsnummer: RE2024000123\n", field)["invoice_number"]
    assert (value.value, value.proof) == ("RE2024000123", Proof.GROUNDED)


def test_a_value_that_repeats_a_likelier_one_in_a_failing_sum_is_no_value():
    net, tax, total = (field.model_copy(update={"required": field.name == "total_amount"}) for field in AMOUNTS)
    found = answers("Net 49.00\nTotal 49.00\nVAT is paid by whom we bill 49.00\n", net, tax, total, checks=(SUM,))
    assert (found["net_amount"].value, found["tax_amount"].value, found["total_amount"].value) == ("49.00", None, "49.00")


def test_a_label_is_told():
    due = answers("Due date: 2024-03-05\n", TaskField(name="due", type=FieldType.DATE, labels=("Due date",)))["due"]
    assert (due.proof, due.reason) == (Proof.GROUNDED, "It stands beside a label of this field.")


def test_several_places_are_told():
    text = "It began on 2024-03-05, went on until 2024-04-06 and was settled on 2024-05-07.\n"
    day = answers(text, TaskField(name="day", type=FieldType.DATE, required=True))["day"]
    assert day.proof is Proof.AMBIGUOUS
    assert day.reason.startswith("Three dates could be meant: ")


@pytest.mark.parametrize("kind", [FieldType.IBAN, FieldType.DATE])
def test_absence_is_told(kind):
    value = answers("Hello there\n", TaskField(name="thing", type=kind))["thing"]
    assert (value.value, value.proof) == (None, Proof.NOT_FOUND)
    assert value.reason == "Nothing of this kind stands in the document."
    assert value.confidence > 0.8


def test_a_labelled_value_of_low_confidence_is_told():
    field = TaskField(name="total", type=FieldType.AMOUNT, labels=("Total",))
    option = Option(6, 11, "56.02", "56.02", "56.02")
    only = Contender("56.02", option, 0.15, label=0.9, alone=0.15)
    document = Document(name="a", sha256="0", format="text", text="Total 56.02", pages=(Page(number=1, start=0, end=11),))
    value = value_of(Decision(field, (only,), 0.4, chosen=0), document, Verdict())
    assert value.proof is Proof.AMBIGUOUS
    assert value.reason == "A label of this field stands beside it, but such values are often wrong."


@pytest.mark.parametrize(("model", "told"), [(0.3, 0.3), (None, 0.6)])
def test_the_probability_before_the_calibrator_is_the_models_or_that_of_the_evidence(model, told):
    option = Option(6, 11, "56.02", "56.02", "56.02")
    best = Contender("56.02", option, 0.8, model=model, alone=0.6)
    document = Document(name="a", sha256="0", format="text", text="Total 56.02", pages=(Page(number=1, start=0, end=11),))
    field = TaskField(name="total", type=FieldType.AMOUNT)
    assert value_of(Decision(field, (best,), 0.2, chosen=0), document, Verdict()).plain_probability == told
    assert value_of(Decision(field, (best,), 0.7), document, Verdict()).plain_probability == 0.7


@pytest.mark.parametrize(
    ("either_way", "settled", "field", "reason"),
    [
        (
            "Date: 05/04/2026\n",
            "Date: 5 April 2026\n",
            TaskField(name="date", type=FieldType.DATE, labels=("date",)),
            "Nothing in the document tells whether the day or the month comes first.",
        ),
        (
            "Paid in: $\n",
            "Paid in: US$\n",
            TaskField(name="currency", type=FieldType.CURRENCY, labels=("paid in",)),
            "Nothing in the document tells which dollar this is.",
        ),
    ],
)
def test_what_reads_either_way_is_never_sure(either_way, settled, field, reason):
    value = answers(either_way, field)[field.name]
    assert (value.proof, value.reason) == (Proof.AMBIGUOUS, reason)
    assert value.confidence <= 0.7
    assert answers(settled, field)[field.name].confidence > 0.75
