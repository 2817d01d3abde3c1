"""Sensitive spans: what is found in which language, what is left alone, and where."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.result import Choice, Evidence, Result, Value
from app.domain.task import Task, TaskField, TaskKind
from app.tasks.candidates.finding import find_typed
from app.tasks.privacy.sensitive import find_sensitive

TASK = Task(id="t", kind=TaskKind.EXTRACT, fields=(TaskField(name="buyer", type="name"), TaskField(name="place", type="address")))


def spans(text, *, answer=None, within=None, language=""):
    return find_sensitive(text, find_typed(text, language=language), TASK, answer or Result(task="t"), within or [(0, len(text))])


def found(text, **more):
    return [(span.kind.value, span.text) for span in spans(text, **more)]


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("DE67 1004 8392 7221\n 8882 73\nBIC: X", []),
        ("IBAN DE67 1004 8392 7221 8882\nDatum 05.01.2026    72", ["72"]),
        ("DE67 1004 8392 7221\nKunde 4711 von 2026", []),
        ("IBAN DE89 3704 0044 0532 0130 00\n4711 22", []),
        ("IBAN DE67 1004 8392 7221 gehört uns\n8882 72", []),
    ],
)
def test_the_rest_of_an_iban_on_the_next_line_is_hidden_too(text, rest):
    hidden = [words for kind, words in found(text) if kind == "iban"]
    assert hidden[1:] == rest


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("Konto DE89 3704 0044 0532 0130 00 danke", "iban", "DE89 3704 0044 0532 0130 00"),
        ("Paid by card 4111 1111 1111 1111 today", "card", "4111 1111 1111 1111"),
        ("Kart no: 5555555555554444", "card", "5555555555554444"),
        ("AMEX 3782-822463-10005", "card", "3782-822463-10005"),
        ("USt-IdNr. DE136695976", "tax_id", "DE136695976"),
        ("T.C. Kimlik No: 10000000146", "national_id", "10000000146"),
        ("SSN 536-90-4399 on file", "national_id", "536-90-4399"),
        ("Codice fiscale RSSMRA85T10A562S", "national_id", "RSSMRA85T10A562S"),
        ("AHV-Nr. 756.9217.0769.85", "national_id", "756.9217.0769.85"),
        ("henkilötunnus 131052-308T", "national_id", "131052-308T"),
        ("CPF 390.533.447-05", "national_id", "390.533.447-05"),
        ("PESEL 44051401359", "national_id", "44051401359"),
        ("NI number QQ123456C", "national_id", "QQ123456C"),
        ("National Insurance AB 12 34 56 C", "national_id", "AB 12 34 56 C"),
        ("Passport No: C01X00T47", "national_id", "C01X00T47"),
        ("write to ada@example.org", "email", "ada@example.org"),
        ("Tel. +49 30 1234567", "phone", "+49 30 1234567"),
        ("Date of birth: 3 April 1961", "birth_date", "3 April 1961"),
        ("geboren am 03.04.1961 in Ulm", "birth_date", "03.04.1961"),
        ("Doğum Tarihi: 03.04.1961", "birth_date", "03.04.1961"),
        ("née le 03/04/1961", "birth_date", "03/04/1961"),
        ("signed by Mr John A. Smith yesterday", "name", "John A. Smith"),
        ("an Herrn Dr. med. Hans Meier-Müller", "name", "Hans Meier-Müller"),
        ("Sayın Ayşe Yılmaz", "name", "Ayşe Yılmaz"),
        ("Mme Claire Dupont", "name", "Claire Dupont"),
        ("Hasta Adı: Ali Veli", "name", "Ali Veli"),
        ("Patient: Jane Doe", "name", "Jane Doe"),
        ("Ada Novak <ada@x.org>", "name", "Ada Novak"),
        ("Dear Ada,", "name", "Ada"),
        ("wohnhaft Hauptstraße 12a", "address", "Hauptstraße 12a"),
        ("lives at 45 Old Mill Road", "address", "45 Old Mill Road"),
        ("12 rue de la Paix", "address", "12 rue de la Paix"),
        ("Atatürk Mah. 1234 Sok. No: 12/3", "address", "Atatürk Mah. 1234 Sok. No: 12/3"),
    ],
)
def test_each_kind_is_found(text, kind, words):
    assert (kind, words) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Paid 4111 1111 1111 1112",
        "Order 4111111111111111",
        "Item 10000000146 of the list",
        "Part 123-45-678 and 12-345-6789",
        "Invoice 2026-000471 of 12.03.2026",
        "The company name: GmbH",
        "Cashier: Cashier",
        "The diagnosis tool of the printer is patient",
        "Total 1,234.50 due on 4 May 2026",
        "confidential treatment has been requested",
        "Account statement, invoice no. 20260047",
        "Account of 12.05.2026: 1,234.50 EUR",
        "Konto vom 12.05.2026, 1.234,50 EUR",
        "VISA 12.50 03.04.2026 12 34 5678 1234",
        "Order 4711 2019\n2020\n2021 2022",
        "Flight from: January 5, 2026",
        "ID no. for invoice 20260012",
        "Invoice ID No. 20260012",
        "Fatura Seri No: A 0123456",
        "by credit card\nRechnungsnummer 4006381333931",
        "kart ile\nABC2026000000471",
        "Passport of 2026",
        "Er hat nie mehr als 20260 Stück gekauft",
        "LU0225880524\nZum Kurs von 12",
        "BUYER ACC REF: QUOT ID: QUOT_125487",
        "From: 12 May 2026",
        "Bill To:            Invoice Date:\n                    Due Date",
        "Thank you\nfor shopping",
        "we met at 12 3456 7890 1234 5678 90",
        "an\nInvoice Number",
    ],
)
def test_what_only_looks_alike_is_left_alone(text):
    assert [kind for kind, _ in found(text) if kind not in {"health"}] == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The medical certificate is attached.", "health"),
        ("Der Patient war im Krankenhaus.", "health"),
        ("Certificat médical du docteur", "health"),
        ("Hastanın tedavisi hastanede sürüyor.", "health"),
        ("The plaintiff and the defendant agreed.", "legal"),
        ("Attorney client communication", "legal"),
        ("attorney-client privileged", "legal"),
        ("her medical\nrecord", "health"),
        ("le compte-rendu opératoire", "health"),
        ("Im Strafverfahren wurde entschieden.", "legal"),
        ("Le casier judiciaire est vierge.", "legal"),
        ("Diabetes, insulin 20 IU", "health"),
        ("cancer", "health"),
        ("Verdacht auf Brustkrebs", "health"),
        ("sclérose en plaques", "health"),
        ("Şeker hastalığı", "health"),
        ("esclerosis múltiple", "health"),
        ("Davacı ve davalı duruşmada hazır bulundu.", "legal"),
    ],
)
def test_subjects_are_told_by_their_words(text, kind):
    assert kind in [name for name, _ in found(text)]


@pytest.mark.parametrize("text", ["Be patient.", "We visited the hospital.", "He was arrested.", "Der Arzt kam."])
def test_one_weak_word_tells_nothing(text):
    assert found(text) == []


def place(text, words):
    start = text.index(words)
    return Evidence(page=1, start=start, end=start + len(words))


def test_names_that_the_task_found_are_hidden_everywhere():
    text = "Sold to: Novak and Sons\nPaid by Novak and Sons, not by Lindqvist Trading\nShips from Hamburg"
    other = Choice(value="x", text="Lindqvist Trading", evidence=place(text, "Lindqvist Trading"), probability=0.3)
    buyer = Value(value="x", text="Novak and Sons", evidence=place(text, "Novak and Sons"), alternatives=(other,))
    where = Value(value="x", text="Hamburg", evidence=place(text, "Hamburg"))
    names = found(text, answer=Result(task="t", fields={"buyer": buyer, "place": where}))
    assert names == [("name", "Novak and Sons")] * 2 + [("name", "Lindqvist Trading"), ("address", "Hamburg")]


def test_the_same_words_are_found_in_other_letters_and_gaps():
    text = "Mr John Smith signed.\nJOHN   SMITH\nJohn Smithson\nsmith, john\nmail ADA@X.org and ada@x.org, not ada x org"
    assert found(text) == [
        ("name", "John Smith"),
        ("name", "JOHN   SMITH"),
        ("email", "ADA@X.org"),
        ("email", "ada@x.org"),
    ]


def test_only_what_is_shown_is_listed_and_cut_where_it_ends():
    text = "Tel. +49 30 1234567\nMr John Smith\nada@example.org"
    shown = spans(text, within=[(text.index("Mr"), text.index("Smith") + 2), (text.index("ada"), len(text))])
    assert [span.text for span in shown] == ["John Sm", "ada@example.org"]


words = st.sampled_from(
    [
        *[
            "Mr",
            "Ada Novak",
            "DE89 3704 0044 0532 0130 00",
            "4111 1111 1111 1111",
            "ada@x.org",
            "+49 30 1234567",
            "born",
            "3.4.1961",
        ],
        *["3.4.1961", "Patient:", "\n", "Diagnosis", "12 rue de la Paix", "10000000146", "T.C.", "x", "7"],
    ]
)


@given(st.lists(words, max_size=12), st.data())
def test_spans_are_in_order_apart_and_inside(parts, data):
    text = " ".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=6)))
    within = list(zip(cuts[::2], cuts[1::2], strict=False))
    position = 0
    for span in spans(text, within=within):
        assert position <= span.start < span.end
        assert text[span.start : span.end] == span.text
        assert any(start <= span.start and span.end <= end for start, end in within)
        position = span.end


def test_a_long_hostile_text_takes_no_time_out():
    began = time.process_time()
    for text in ("A " * 20_000, "1 " * 20_000, "Mr " * 10_000, "Ab-" * 10_000, "Max Mah. " * 5_000, "4 rue de " * 5_000):
        spans(text, within=[(0, 100)])
    many = " ".join(f"ada{number}@example.org" for number in range(5_000))
    spans(many)
    spans(" ".join(f"Mr John Ab{number}c" for number in range(5_000)))
    assert time.process_time() - began < 20


_REPEATED = (
    "DE89-",
    "IBAN DE89 ",
    "DE\n",
    "4 ",
    "4111 ",
    "IBAN de12 3",
    "Konto 1 ",
    "SSN 1 2 ",
    "Card 4 ",
    "Name:\n",
    "Bill To:  a",
)


def test_the_longest_hostile_texts_take_time_by_their_length_only():
    began = time.process_time()
    for text in (*(repeated * (200_000 // len(repeated)) for repeated in _REPEATED), "12 Main Street" + " " * 200_000):
        find_sensitive(text, {}, TASK, Result(task="t"), [(0, 100)])
    assert time.process_time() - began < 40


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Dear Mr. Larry Page", "Larry Page"),
        ("Patient: Alan Price", "Alan Price"),
        ("Name: Bill Johnson", "Bill Johnson"),
        ("Frau Menge kommt", "Menge"),
        ("From: Bill Gates <bill@example.org>", "Bill Gates"),
    ],
)
def test_a_name_that_is_also_a_word_of_forms_is_hidden(text, name):
    assert ("name", name) in found(text)


def test_words_of_forms_alone_are_no_names():
    assert not [kind for kind, _ in found("Name: Price\nMenge: Preis") if kind == "name"]


@pytest.mark.parametrize("number", ["CZ6X1PJ4K", "CFG3HJ8K2"])
def test_a_passport_number_of_many_letters_is_hidden(number):
    assert ("national_id", number) in found(f"Passport No: {number}")
