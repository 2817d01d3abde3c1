from __future__ import annotations

import time

import pytest

from app.domain.task import FieldType, TaskField
from app.tasks.lines.labels import LabelIndex
from app.tasks.lines.layout import Layout

NUMBER = TaskField(
    name="invoice_number", type=FieldType.IDENTIFIER, labels=("invoice no", "number"), not_labels=("order number", "customer no")
)
TOTAL = TaskField(name="total", type=FieldType.AMOUNT, labels=("total incl VAT", "total"))
TAX = TaskField(name="tax", type=FieldType.AMOUNT, labels=("VAT",))


def found(text: str, *, fuzzy: bool = False) -> list[tuple[str, set[str], set[str]]]:
    hits = LabelIndex([NUMBER, TOTAL, TAX]).find(Layout(text), fuzzy=fuzzy)
    return [(text[hit.start : hit.end], set(hit.own), set(hit.against)) for hit in hits.on(0)]


def test_longest_label_wins() -> None:
    assert found("Order number 12") == [("Order number", set(), {"invoice_number"})]
    assert found("Total incl. VAT 12") == [("Total incl. VAT", {"total"}, set())]


def test_currency_may_stand_inside_a_label() -> None:
    assert found("Total EUR incl. VAT 12") == [("Total EUR incl. VAT", {"total"}, set())]


def test_labels_end_at_words() -> None:
    assert found("Totally numb") == []


def test_one_wrong_letter_is_forgiven_only_when_recognised() -> None:
    assert found("T0tal 12") == []
    assert found("T0tal 12", fuzzy=True) == [("T0tal", {"total"}, set())]


def test_fields_of_like_types_are_rivals() -> None:
    hits = LabelIndex([NUMBER, TOTAL, TAX]).find(Layout("VAT 3.00"))
    (hit,) = hits.on(0)
    assert hit.warns("total", hits.rivals["total"])
    assert not hit.warns("invoice_number", hits.rivals["invoice_number"])


def test_a_field_without_labels_is_found_by_its_name() -> None:
    hits = LabelIndex([TaskField(name="contract_number", type=FieldType.IDENTIFIER)]).find(Layout("Contract 77"))
    assert [hit.own for hit in hits.on(0)] == [frozenset({"contract_number"})]


def test_a_hyphen_may_part_a_label_of_one_word() -> None:
    field = TaskField(name="issue_date", type=FieldType.DATE, labels=("Datum",), not_labels=("Lieferdatum",))
    (hit,) = LabelIndex([field]).find(Layout("Liefer-Datum: 1.2.2024")).on(0)
    assert hit.against == {"issue_date"}
    assert not hit.own


def test_umlauts_may_be_spelt_out() -> None:
    field = TaskField(name="due_date", type=FieldType.DATE, labels=("fällig bis",), not_labels=("Größe",))
    for printed in ("Fällig bis", "FAELLIG BIS", "Fallig bis"):
        (hit,) = LabelIndex([field]).find(Layout(f"{printed}: 3.4.2026")).on(0)
        assert hit.is_for("due_date")
    assert LabelIndex([field]).find(Layout("Groesse 3")).on(0)[0].warns("due_date", frozenset())


def test_no_label_lies_inside_an_address() -> None:
    field = TaskField(name="sender", type=FieldType.EMAIL, labels=("de", "an", "to"))
    index = LabelIndex([field])
    for text in (
        "max@firma.de, eva@b.example",
        "see www.an.example/to/de",
        "https://to.example/an",
        "at mail.firma.de only",
        "No 12-an-7",
    ):
        assert not index.find(Layout(text)).on(0), text
    assert len(index.find(Layout("De: eva@b.example")).on(0)) == 1


def test_words_for_an_end_speak_against_a_date_that_is_not_asked_for_as_one() -> None:
    bought = TaskField(name="date", type=FieldType.DATE, labels=("date",))
    until = TaskField(name="expiry_date", type=FieldType.DATE, labels=("expiry",))
    (hit,) = LabelIndex([bought, until]).find(Layout("EXPIRES 11/17/2021")).on(0)
    assert hit.warns("date", frozenset())
    assert not hit.warns("expiry_date", frozenset())


def test_figures_may_run_into_a_label() -> None:
    field = TaskField(name="date", type=FieldType.DATE, labels=("date",))
    (hit,) = LabelIndex([field]).find(Layout("EXPIRES11/17/2021")).on(0)
    assert (hit.start, hit.end, hit.warns("date", frozenset())) == (0, 7, True)


@pytest.mark.parametrize(("label", "text"), [("return", "Return by 30.06.2024"), ("Gültigkeit", "gültig bis 30.06.2024")])
def test_words_for_an_end_are_no_rivals_of_a_date_that_is_one(label: str, text: str) -> None:
    field = TaskField(name="day", type=FieldType.DATE, labels=(label,))
    assert not any(hit.warns("day", frozenset()) for hit in LabelIndex([field]).find(Layout(text)).on(0))


def test_many_addresses_on_a_line_cost_no_more_than_their_letters() -> None:
    began = time.perf_counter()
    LabelIndex([NUMBER, TOTAL, TAX]).find(Layout("Total a@b.c " * 8_000))
    assert time.perf_counter() - began < 3
