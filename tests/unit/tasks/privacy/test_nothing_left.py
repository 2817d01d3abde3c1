"""Nothing is left of a number or a name, however it is printed."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents.recognizers.iban import iban_is_valid
from app.domain.result import Result
from app.domain.task import Task, TaskField, TaskKind
from app.tasks.candidates.finding import find_typed
from app.tasks.privacy.sensitive import find_sensitive

TASK = Task(id="t", kind=TaskKind.EXTRACT, fields=(TaskField(name="total", type="amount"),))


def shown(text):
    """The text as it goes out, with nothing in the place of what is hidden."""
    for span in reversed(find_sensitive(text, find_typed(text), TASK, Result(task="t"), [(0, len(text))])):
        text = text[: span.start] + text[span.end :]
    return text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("IBAN DE89-3704-0044-0532-0130-00", "IBAN "),
        ("IBAN: DE89.3704.0044.0532.0130.00", "IBAN: "),
        ("IBAN: de89 3704 0044 0532 0130 00", "IBAN: "),
        ("IBAN: DE89  3704  0044  0532  0130  00", "IBAN: "),
        ("IBAN:\tDE89\t3704\t0044\t0532\t0130\t00", "IBAN:\t"),
        ("IBAN: DE89\u20093704\u20090044\u20090532\u20090130\u200900", "IBAN: "),
        ("IBAN: DE89|3704|0044|0532|0130|00", "IBAN: "),
        ("IBAN: D E 8 9 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 0", "IBAN: "),
        ("xDE89370400440532013000", "x"),
        ("IBANDE89370400440532013000", "IBAN"),
        ("Pay to De89 3704 0044 0532 0130 00 now", "Pay to  now"),
        ("Pay to DE89  3704  0044  0532  0130  00 now", "Pay to  now"),
        ("IBAN: DE67 1004 8392 7221\n      8882 72\nBIC: X", "IBAN: \nBIC: X"),
        ("IBAN: DE89 3704 0044 0532\n        0130 00 by Friday", "IBAN:  by Friday"),
        ("IBAN: DE89 3704 0044 0532  \n0130 00", "IBAN: "),
        ("IBAN: TR33 0006 1005 1978 6457\r\n8413 26", "IBAN: "),
        ("IBAN\nDE89 3704\n0044 0532\n0130 00", "IBAN\n"),
        ("IBAN: DE89 3704 0044\n0532 0130 01", "IBAN: "),
        ("IBAN: DE89 3704 0044 0532\n0130 01 Betrag", "IBAN:  Betrag"),
        ("IBAN: GB29 NWBK 6016 1331\n9268 18", "IBAN: "),
        ("IBAN: 3704 0044 0532 0130 00", "IBAN: "),
        ("IBAN XX89 3704 0044 0532 0130 00", "IBAN "),
        ("IBAN XX89 3704 0044 0532\n  0130 00 Ulm", "IBAN \n   Ulm"),
    ],
)
def test_ibans(text, left):
    assert shown(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("card 4111  1111  1111  1111", "card "),
        ("card 4111.1111.1111.1111", "card "),
        ("4111.1111.1111.1111", ""),
        ("Card no 4111 1111 1111\n1111", "Card no "),
        ("4111 1111 1111\r\n   1111", ""),
        ("Card4111 1111 1111 1111.", "Card."),
        ("Card: 4111 1111 1111 1112", "Card: "),
        ("Card number: 6759 6498 2643 8453 123", "Card number: "),
        ("card 4222222222222", "card "),
        ("card 30569309025904", "card "),
        ("card: 3056 930902 5904", "card: "),
        ("No. 1 4111 1111 1111 1111", "No. 1 "),
        ("4111 1111 1111 1111 4111 1111 1111 1111", " "),
        ("Card: 5555 5555 5555 4444 exp 12/27 CVC 123", "Card:  exp 12/27 CVC "),
        ("VISA 4111 1111 1111 1112 03.04.2026", "VISA  03.04.2026"),
    ],
)
def test_cards(text, left):
    assert shown(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("SSN: 536904399", "SSN: "),
        ("SSN 536 90 4399", "SSN "),
        ("SSN: 000-12-3456", "SSN: "),
        ("SSN\n536904399", "SSN\n"),
        ("SSN of the applicant: 536904399 and", "SSN of the applicant:  and"),
        ("Rentenversicherungsnummer 65 170839 J 003", "Rentenversicherungsnummer "),
        ("Sozialversicherungsnummer: 65170839J003", "Sozialversicherungsnummer: "),
        ("PPS No: 1234567T", "PPS No: "),
        ("NINO: QQ 12 34 56 C", "NINO: "),
        ("PAN: ABCDE1234F", "PAN: "),
        ("NIE X1234567A", "NIE "),
        ("DNI núm. 12345678A", "DNI núm. "),
        ("PESEL 44051401358", "PESEL "),
        ("Driving licence MORGA657054SM9IJ", "Driving licence "),
        ("MRN 12345678", "MRN "),
        ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10", "\n"),
        ("Account number: 12345678 Sort code: 20-00-00", "Account number:  Sort code: "),
        ("Konto 532013000 BLZ 37040044", "Konto  BLZ "),
        ("Konto 532013000 12.05.2026 100,00 EUR", "Konto  12.05.2026 100,00 EUR"),
        ("Hesap No: 12345-6789012", "Hesap No: "),
        ("Routing 021000021 Account 000123456789", "Routing  Account "),
        ("Compte N° 508TI00085554410EUR", "Compte N° "),
        ("Depotnummer\n 99999999\n", "Depotnummer\n \n"),
        ("Sort code: 20-04-05", "Sort code: "),
        ("Acc. No.: 12345678", "Acc. No.: "),
        ("Bankverbindung: 532013000", "Bankverbindung: "),
        ("Hesap Numarası: 12345678", "Hesap Numarası: "),
        ("RIB : 30006 00001 12345678901 89", "RIB : "),
        ("Cuenta: 2100 0418 45 0200051332", "Cuenta: "),
        ("D.O.B. | 03/04/1961", "D.O.B. | "),
    ],
)
def test_announced_numbers(text, left):
    assert shown(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Account holder: Jane Doe", "Account holder: "),
        ("Account holder   Jane Doe", "Account holder   "),
        ("Kunde: Max Mustermann", "Kunde: "),
        ("Müşteri: Ayşe Yılmaz", "Müşteri: "),
        ("İsim: Ahmet Kaya", "İsim: "),
        ("Name:\nMax Mustermann", "Name:\n"),
        ("Name: van der Berg", "Name: "),
        ("Contact: jane doe", "Contact: "),
        ("Employee: Doe, Jane", "Employee: "),
        ("NAME: Doe, Jane M.", "NAME: "),
        ("Patient Name Jane Doe", " "),
        ("Sayın\nAyşe Yılmaz", "Sayın\n"),
        ("Bill To:\nJohn A. Smith\n45 Old Mill Road\nSpringfield, IL 62704", "Bill To:\n\n\n"),
        ("Bill To:            Ship To:\nJohn A. Smith       Jane Doe\n", "Bill To:            Ship To:\n       \n"),
        ("Max Mustermann\nHauptstr. 5\n12345 Berlin", "\n\n"),
        ("Name        Max Mustermann\n", "Name        \n"),
        ("Bill To John A. Smith", "Bill To "),
        ("Sincerely,\nJane Doe", "Sincerely,\n"),
        ("Best regards\n\n\n\n\n\nJane Doe", "Best regards\n\n\n\n\n\n"),
        ("Mit freundlichen Grüßen\n\n  i.A. Max Mustermann\n", "Mit freundlichen Grüßen\n\n  i.A. \n"),
        ("Saygılarımla,\nAyşe Yılmaz", "Saygılarımla,\n"),
        ("From: jane@x.org (Jane Doe)", "From:  ()"),
        ("questions to Jana Krüger, +49 30 901820", "questions to , "),
    ],
)
def test_names(text, left):
    assert shown(text) == left


def test_what_another_kind_covers_in_part_is_hidden_to_its_end():
    assert shown("Tel. +49 30 1234567 8\nKonto +49 30 1234567 8") == "Tel. \nKonto +"


_LENGTHS = {"DE": 22, "TR": 26, "FR": 27, "NL": 18, "ES": 24, "GB": 22, "NO": 15, "MT": 31}
_GAPS = ["", " ", "  ", "\t", "-", " - ", ".", "/", "|", " | ", "\u00a0", "\u2009", "\u202f", "\u2013"]
_BREAKS = ["\n", "\r\n", "\n        ", "  \n", " \r\n\t", "-\n"]


@st.composite
def ibans(draw):
    country = draw(st.sampled_from(sorted(_LENGTHS)))
    account = draw(st.text("0123456789", min_size=_LENGTHS[country] - 4, max_size=_LENGTHS[country] - 4))
    if draw(st.booleans()):
        account = "NWBK" + account[4:]
    check = next(f"{number:02}" for number in range(2, 99) if iban_is_valid(f"{country}{number:02}{account}"))
    return country + check + account


@st.composite
def printed(draw, groups):
    """Groups with any gaps between, at most two of them breaks of a line."""
    gaps = draw(st.lists(st.sampled_from(_GAPS), min_size=len(groups) - 1, max_size=len(groups) - 1))
    for place in draw(st.lists(st.integers(0, len(gaps) - 1), max_size=2)):
        gaps[place] = draw(st.sampled_from(_BREAKS))
    return "".join(group + gap for group, gap in zip(groups, [*gaps, ""], strict=True))


@settings(deadline=None)
@given(ibans(), st.data())
def test_no_four_digits_of_an_announced_iban_are_left(iban, data):
    cuts = sorted(data.draw(st.sets(st.integers(1, len(iban) - 1), min_size=1)))
    groups = [iban[start:end] for start, end in zip([0, *cuts], [*cuts, len(iban)], strict=True)]
    words = data.draw(printed(groups))
    if data.draw(st.booleans()):
        words = words.lower()
    assert not re.search(r"\d(?:\D*\d){3}", shown(f"Please pay to IBAN: {words} soon"))


@settings(deadline=None)
@given(ibans(), st.data())
def test_no_four_digits_of_an_iban_in_groups_are_left(iban, data):
    words = data.draw(printed([iban[start : start + 4] for start in range(0, len(iban), 4)]))
    assert not re.search(r"\d(?:\D*\d){3}", shown(f"Please pay to {words} soon"))
