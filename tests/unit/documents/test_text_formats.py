"""Cleaning, encodings, plain text, CSV, JSON, HTML and XML."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents.cleaning import clean_inline, clean_text, squeeze_columns
from app.documents.encoding import decode
from app.documents.html import html_to_text
from app.documents.reader import read_document
from app.errors import DamagedDocumentError
from app.settings import ReadLimits


def text_of(data: bytes, name: str) -> str:
    return read_document(data, name, ReadLimits()).text


def test_cleaning_normalises_and_drops_what_cannot_be_shown() -> None:
    assert clean_text("Ga\u0308ste\r\nﬁx\u00a0mit\tTab\u200b\x00\ud800  \r\n\n\n\nEnde") == "Gäste\nfix mit    Tab\n\nEnde"
    assert clean_inline(" a \n b\t c ") == "a b c"


@given(st.text())
@settings(max_examples=200)
def test_cleaned_text_is_stable_and_storable(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert not any(ord(character) < 32 and character != "\n" for character in cleaned)


def test_squeezing_keeps_columns_aligned() -> None:
    wide = "Item" + " " * 40 + "Price\nShip" + " " * 40 + "10,00\n" + " " * 44 + "20,00"
    lines = squeeze_columns(wide).split("\n")
    assert {line.find(part) for line, part in zip(lines, ("Price", "10,00", "20,00"), strict=True)} == {8}


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1254", "iso-8859-9"])
def test_turkish_text_is_decoded(codec: str) -> None:
    text = "Şirketin ödeyeceği vergiler, ağustos ayında yürürlüğe giren yasaya göre değişmiştir. İşçiler için çalışma süresi."
    assert decode(text.encode(codec))[0] == text


def test_declared_encodings_are_read_as_their_larger_set() -> None:
    assert decode("<meta charset=iso-8859-9>“Şişli” – 10 €".encode("cp1254"))[0].endswith("“Şişli” – 10 €")


def test_a_few_broken_bytes_do_not_change_the_encoding() -> None:
    text, doubtful = decode("Größe und Länge für Gäste über Öfen ".encode() * 5 + b"\xff")
    assert text.startswith("Größe und Länge")
    assert doubtful


def test_html_tables_keep_label_and_value_on_one_line() -> None:
    page = """<html><head><title>x</title><style>.a{}</style><script>var total = 1</script></head><body>
      <table><tr><td>
      <table><tr><td>Invoice No:</td><td>A-17</td></tr><tr><td>Date:</td><td>01.02.2024</td></tr></table></td></tr></table>
      <div style="display: none">secret</div><p hidden>secret</p><input type=hidden value=secret>
      <table><tr><th>Item</th><th>Price</th></tr><tr><td>Chair</td><td>10,00</td></tr>
      <tr><td colspan=2>Total 10,00</td></tr></table>"""
    assert html_to_text(page).split("\n") == [
        "Invoice No:  A-17",
        "Date:        01.02.2024",
        "",
        "Item   Price",
        "Chair  10,00",
        "Total 10,00",
    ]


def test_html_rowspans_shift_the_cells_below() -> None:
    table = "<table><tr><td rowspan=2>A</td><td>B</td></tr><tr><td>C</td></tr></table>"
    assert html_to_text(table) == "A  B\n   C"


def test_html_lists_breaks_and_forms() -> None:
    page = "<ol><li>one<li>two</ol>a<br>b<select><option>no<option selected>yes</select><dl><dt>Due<dd>today</dl>"
    assert html_to_text(page) == "1. one\n2. two\n\na\nb yes\n\nDue  today"


def test_deeply_nested_html_still_gives_its_text() -> None:
    assert "bottom" in html_to_text("<div>" * 5000 + "bottom" + "</div>" * 5000)
    assert "bottom" in html_to_text("<table><tr><td>" * 300 + "bottom")
    assert html_to_text("<div>" * 200_000 + "bottom").strip() == "bottom"


def test_xml_reads_as_names_and_values() -> None:
    data = b"<?xml version='1.0'?><i:Invoice xmlns:i='u'><i:ID>A1</i:ID><i:Total currencyID='TRY'>10.00</i:Total></i:Invoice>"
    assert text_of(data, "a.xml") == "Invoice\n  ID: A1\n  Total: 10.00  currencyID=TRY"


def test_xml_that_declares_entities_is_refused() -> None:
    bomb = b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'bb'><!ENTITY c '&b;&b;'>]><a>&c;</a>"
    with pytest.raises(DamagedDocumentError):
        text_of(bomb, "a.xml")


def test_broken_xml_gives_its_text_and_a_notice() -> None:
    document = read_document(b"<?xml version='1.0'?><a><b>kept</b><c>", "a.xml", ReadLimits())
    assert "kept" in document.text
    assert "not well formed" in document.notices[0]


def test_csv_columns_are_aligned_whatever_the_delimiter() -> None:
    expected = "Name   Amount\nChair  1,50\nA, B   2"
    assert text_of(b'Name,Amount\nChair,"1,50"\n"A, B",2\n', "a.csv") == expected
    assert text_of(b"Name;Amount\nChair;1,50\nA, B;2\n", "a.csv") == expected


def test_json_keeps_the_digits_of_numbers() -> None:
    assert text_of(b'{"total": 60.30, "lines": [{"name": "\\u00c7ay"}, 2], "paid": true}', "a.json") == (
        "total: 60.30\nlines:\n  -\n    name: Çay\n  - 2\npaid: true"
    )
