"""What a file is, is decided from its bytes."""

from __future__ import annotations

import pytest

from app.documents.sniff import Format, sniff
from app.documents.warmup import canaries

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("name", "data"),
    [(name, data) for name, data in canaries() if name.startswith("canary")],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_formats_are_recognised_without_their_names(name: str, data: bytes) -> None:
    suffix = name.partition(".")[2]
    expected = {"txt": Format.TEXT}.get(suffix) or (Format.IMAGE if sniff(data, "") is Format.IMAGE else Format(suffix))
    hint = name if suffix == "csv" else "unknown.bin"
    assert sniff(data, hint) is expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (_OLE + "EncryptedPackage\0".encode("utf-16-le"), Format.ENCRYPTED),
        (_OLE + "Workbook\0".encode("utf-16-le"), Format.XLS),
        (_OLE, Format.UNSUPPORTED),
        (b"junk\n%PDF-1.4\n", Format.PDF),
        (b"7z\xbc\xaf\x27\x1c\0\0", Format.UNSUPPORTED),
        (b"\x1f\x8b\x08\0", Format.UNSUPPORTED),
        (bytes(range(256)), Format.UNSUPPORTED),
        (b"<!DOCTYPE html><html>", Format.HTML),
        ("<html>".encode("utf-16"), Format.HTML),
        (b"Dear all,\nSubject: nothing\n", Format.TEXT),
        (b"Received: from a\nFrom: a@b.c\nSubject: d\n\nbody", Format.EML),
        (b'"just a string"', Format.TEXT),
        (b"{not json", Format.TEXT),
    ],
)
def test_content_decides(data: bytes, expected: Format) -> None:
    assert sniff(data, "misleading.docx") is expected


def test_the_name_decides_between_kinds_of_plain_text() -> None:
    assert sniff(b"# Title\n", "a.md") is Format.MARKDOWN
    assert sniff(b"a;b\n", "a.csv") is Format.CSV
    assert sniff(b"a;b\n", "a.txt") is Format.TEXT
