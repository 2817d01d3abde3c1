"""E-mail: headers as text, bodies, attachments as documents."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from app.documents.compressed_rtf import unpack_rtf
from app.documents.reader import read_document
from app.settings import ReadLimits
from tests.helpers.ole_files import compound_file

DATA = Path(__file__).parents[2] / "data"


def message(**headers: str) -> EmailMessage:
    built = EmailMessage()
    for name, value in {
        "From": "Ayşe Yılmaz <a@example.com>",
        "To": "b@example.com",
        "Subject": "Fatura ödemesi",
        **headers,
    }.items():
        built[name] = value
    return built


def test_headers_stand_on_top_and_in_the_metadata() -> None:
    mail = message(Date="Mon, 01 Jan 2024 10:00:00 +0300")
    mail.set_content("Merhaba, ödeme günü geldi.")
    document = read_document(mail.as_bytes(), "a.eml", ReadLimits())
    assert document.text.split("\n")[:3] == ["From: Ayşe Yılmaz <a@example.com>", "To: b@example.com", "Subject: Fatura ödemesi"]
    assert document.text.endswith("\n\nMerhaba, ödeme günü geldi.")
    assert document.metadata["subject"] == "Fatura ödemesi"


def test_the_plain_body_wins_over_html_unless_it_is_missing() -> None:
    both = message()
    both.set_content("The plain body of this message.")
    both.add_alternative("<p>The HTML body</p>", subtype="html")
    assert "HTML" not in read_document(both.as_bytes(), "a.eml", ReadLimits()).text
    only_html = message()
    only_html.set_content("<table><tr><td>Total</td><td>5,00</td></tr></table>", subtype="html")
    assert "Total  5,00" in read_document(only_html.as_bytes(), "a.eml", ReadLimits()).text


def test_attachments_become_documents_and_bad_ones_notices() -> None:
    mail = message()
    mail.set_content("See attached.")
    mail.add_attachment(b"a;b\n1;2\n", maintype="text", subtype="csv", filename="../tablo ğ.csv")
    mail.add_attachment(b"%PDF-1.4 broken", maintype="application", subtype="pdf", filename="broken.pdf")
    mail.add_attachment(b"\x7fELF" + bytes(64), maintype="application", subtype="octet-stream", filename="run.exe")
    document = read_document(mail.as_bytes(), "a.eml", ReadLimits())
    assert [(child.name, child.format) for child in document.children] == [("tablo ğ.csv", "csv")]
    assert "Attachments: tablo ğ.csv, broken.pdf, run.exe" in document.text
    assert any("broken.pdf is damaged" in notice for notice in document.notices)
    assert any("run.exe is a program" in notice for notice in document.notices)


def test_messages_within_messages_are_read_one_level_deep() -> None:
    innermost, inner, outer = message(Subject="innermost"), message(Subject="inner"), message(Subject="outer")
    innermost.set_content("third body")
    inner.set_content("second body")
    inner.add_attachment(innermost)
    outer.set_content("first body")
    outer.add_attachment(inner)
    document = read_document(outer.as_bytes(), "a.eml", ReadLimits())
    assert "second body" in document.children[0].text
    assert document.children[0].children == ()
    assert "were not read" in document.children[0].notices[0]


def test_the_number_of_attachments_is_bounded() -> None:
    mail = message()
    mail.set_content("See attached.")
    for number in range(4):
        mail.add_attachment(f"text {number}", filename=f"{number}.txt")
    document = read_document(mail.as_bytes(), "a.eml", ReadLimits(max_attachments=2))
    assert len(document.children) == 2
    assert "first 2 of 4" in document.notices[0]


def test_raw_letters_and_unknown_charsets_are_decoded() -> None:
    raw = (
        b"From: a@b.c\nTo: d@e.f\nSubject: " + "Ödeme gecikti, değişiklik yapılmıştır".encode("cp1254")
        + b"\nMIME-Version: 1.0\nContent-Type: text/plain; charset=no-such-thing\n\n" + "Çok teşekkürler".encode()
    )  # fmt: skip
    text = read_document(raw, "a.eml", ReadLimits()).text
    assert "Subject: Ödeme gecikti, değişiklik yapılmıştır" in text
    assert text.endswith("Çok teşekkürler")


def test_outlook_messages_read_like_others() -> None:
    sent = (datetime(2024, 1, 31, 9, 30, tzinfo=UTC) - datetime(1601, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 10
    data = compound_file(
        {
            "__properties_version1.0": bytes(32) + struct.pack("<HHIQ", 0x0040, 0x0039, 6, sent),
            "__substg1.0_0037001F": "Fatura ödemesi".encode("utf-16-le"),
            "__substg1.0_0C1A001F": "Ayşe Yılmaz".encode("utf-16-le"),
            "__substg1.0_5D01001F": "a@example.com".encode("utf-16-le"),
            "__substg1.0_0E04001F": "b@example.com".encode("utf-16-le"),
            "__substg1.0_1000001F": "Ödeme günü geldi.\r\nSaygılar".encode("utf-16-le"),
            "__attach_version1.0_#00000000/__substg1.0_3707001F": "tablo.csv".encode("utf-16-le"),
            "__attach_version1.0_#00000000/__substg1.0_37010102": b"Kalem;Tutar\nMasa;15\n".ljust(4096, b"\n"),
        }
    )
    document = read_document(data, "a.msg", ReadLimits())
    assert document.format == "msg"
    assert document.text.split("\n") == [
        "From: Ayşe Yılmaz <a@example.com>",
        "To: b@example.com",
        "Subject: Fatura ödemesi",
        "Date: 2024-01-31 09:30:00 +0000",
        "Attachments: tablo.csv",
        "",
        "Ödeme günü geldi.",
        "Saygılar",
    ]
    assert document.children[0].text == "Kalem  Tutar\nMasa   15"


def test_a_message_inside_an_outlook_message_is_an_attachment() -> None:
    document = read_document((DATA / "forwarded.msg").read_bytes(), "forwarded.msg", ReadLimits())
    assert document.text.endswith("Attachments: Teklif 17.eml\n\nBilgine.")
    inner = document.children[0]
    assert "From: Ayşe Yılmaz <ayse@example.com>" in inner.text
    assert inner.text.endswith("teklifimiz 1.250,00 TL tutarındadır.")
    assert "liste.csv" in inner.notices[0]


def test_an_outlook_body_of_nothing_but_rich_text_is_read() -> None:
    text = read_document((DATA / "rich_text.msg").read_bytes(), "a.msg", ReadLimits()).text
    assert "Fatura No: 4711" in text
    assert "119,00 TL ödenecek" in text


def test_old_outlook_text_follows_the_code_page_of_the_message() -> None:
    data = compound_file(
        {
            "__properties_version1.0": bytes(32) + struct.pack("<HHIQ", 0x0003, 0x3FFD, 6, 1254),
            "__substg1.0_0037001E": "Şubat ayı".encode("cp1254"),
            "__substg1.0_1000001E": "Gün değişti".encode("cp1254"),
        }
    )
    assert read_document(data, "a.msg", ReadLimits()).text == "Subject: Şubat ayı\n\nGün değişti"


@pytest.mark.parametrize("cut", [0, 3, 15, 16, 17, 40])
def test_packed_rich_text_that_ends_early_gives_what_there_is(cut: int) -> None:
    packed = struct.pack("<IIII", 100, 100, 0x75465A4C, 0) + bytes([0]) + b"Invoice " + bytes([1]) + b"\x00\x0f" * 9
    if cut < 16:
        with pytest.raises(ValueError, match="header"):
            unpack_rtf(packed[:cut], 1000)
    else:
        assert b"Invoice 17".startswith(unpack_rtf(packed[:cut], 1000)[:8])
    assert unpack_rtf(packed, 4) == b"Invo"
