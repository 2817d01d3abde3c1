"""Office files with a password: opened with the right one, refused clearly with none or a wrong one."""

from __future__ import annotations

import pytest

from app.documents.reader import read_document
from app.documents.warmup import canaries
from app.errors import DamagedDocumentError, PasswordNeededError, UnsupportedFormatError, WrongPasswordError
from app.settings import ReadLimits
from tests.helpers.protected_files import (
    opendocument_protected_as_a_whole,
    opendocument_with_protected_members,
    protected_office,
)

LIMITS = ReadLimits()
DOCX, XLSX = (dict(canaries())[f"canary.{kind}"] for kind in ("docx", "xlsx"))
PROTECTED = {
    "a.docx": (protected_office(DOCX, "geheim"), "Canary"),
    "whole.odt": (opendocument_protected_as_a_whole("Rechnung", "geheim"), "Rechnung"),
    "members.odt": (opendocument_with_protected_members("Rechnung", "geheim"), "Rechnung"),
    "older.odt": (opendocument_with_protected_members("Rechnung", "geheim", "blowfish"), "Rechnung"),
}


@pytest.mark.parametrize("name", PROTECTED)
def test_the_right_password_opens(name: str) -> None:
    data, text = PROTECTED[name]
    document = read_document(data, name, LIMITS, password="geheim")
    assert document.text == text
    assert document.format == name.rpartition(".")[2]


@pytest.mark.parametrize("name", PROTECTED)
def test_none_and_a_wrong_one_are_told_apart(name: str) -> None:
    with pytest.raises(PasswordNeededError):
        read_document(PROTECTED[name][0], name, LIMITS)
    with pytest.raises(WrongPasswordError):
        read_document(PROTECTED[name][0], name, LIMITS, password="Geheim")


@pytest.mark.parametrize("name", PROTECTED)
def test_damage_behind_the_password_is_a_typed_error(name: str) -> None:
    data = bytearray(PROTECTED[name][0])
    for at in range(len(data) // 3, len(data) - 200, 97):
        data[at] ^= 0x55
    with pytest.raises((DamagedDocumentError, WrongPasswordError, UnsupportedFormatError, PasswordNeededError)):
        read_document(bytes(data), name, LIMITS, password="geheim")


def test_a_workbook_that_excel_opens_without_asking_is_read_without_asking() -> None:
    data = protected_office(XLSX, "VelvetSweatshop")
    assert "Total" in read_document(data, "a.xlsx", LIMITS).text


def test_a_password_for_a_file_without_one_does_no_harm() -> None:
    assert read_document(DOCX, "a.docx", LIMITS, password="geheim").text == "Canary"


def test_what_hides_behind_the_password_decides_its_format() -> None:
    assert read_document(protected_office(XLSX, "geheim"), "a.docx", LIMITS, password="geheim").format == "xlsx"


def test_encrypted_members_of_an_archiver_ask_for_the_password() -> None:
    data = bytearray(DOCX)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    with pytest.raises(PasswordNeededError):
        read_document(bytes(data), "a.docx", LIMITS)
    with pytest.raises(WrongPasswordError):
        read_document(bytes(data), "a.docx", LIMITS, password="wrong")
