"""Finds the encoding of text files: byte order mark, UTF-8, what the file declares, else detection."""

from __future__ import annotations

import codecs
import re

import chardet

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
# What is announced under these names is, in files people have, the larger set of the same family (WHATWG Encoding Standard).
_LARGER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_DECLARATION_BYTES = 4096
_DETECTION_BYTES = 256 * 1024
_TRUSTED_DETECTION = 0.3
_BROKEN_SHARE = 0.2


def decode(data: bytes, declared: str = "") -> tuple[str, bool]:
    """The text, and whether the encoding is doubtful. Never fails: what no encoding explains becomes U+FFFD."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace"), False
    wide = _wide_encoding(data)
    if wide:
        return data.decode(wide, "replace"), False
    text = _strictly(data, "utf-8")
    if text is not None and b"\x1b" not in data:
        return text, False
    for name in (declared, declared_encoding(data)):
        text = _strictly(data, name) if name else None
        if text is not None:
            return text, False
    return _detected(data)


def declared_encoding(data: bytes) -> str:
    """The encoding an XML declaration or an HTML meta element announces, or nothing."""
    match = _DECLARED.search(data[:_DECLARATION_BYTES])
    return match.group(1).decode("ascii") if match else ""


def _strictly(data: bytes, name: str) -> str | None:
    try:
        codec = codecs.lookup(name).name
        return data.decode(_LARGER.get(codec, codec))
    except (LookupError, UnicodeError, ValueError, AssertionError):
        return None


def _wide_encoding(data: bytes) -> str:
    """UTF-16 or UTF-32 without a mark: every second (or three of four) bytes of western text are zero."""
    head = data[:2048]
    if len(head) < 4 or b"\0" not in head:
        return ""
    if head[:3] == b"\0\0\0" and len(data) % 4 == 0:
        return "utf-32-be"
    if head[1:4] == b"\0\0\0" and len(data) % 4 == 0:
        return "utf-32-le"
    even, odd = head[0::2].count(0) / len(head[0::2]), head[1::2].count(0) / len(head[1::2])
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.05 else ""


def _detected(data: bytes) -> tuple[str, bool]:
    loose = data.decode("utf-8", "replace")
    broken, wide = loose.count("\ufffd"), sum(character > "\x7f" for character in loose)
    # Mostly UTF-8 with a few broken bytes is more common than any other encoding in which its letters happen to decode.
    if 0 < broken <= _BROKEN_SHARE * wide:
        return loose, True
    guess = chardet.detect(data[:_DETECTION_BYTES])
    name, certainty = guess["encoding"] or "cp1252", guess["confidence"] or 0.0
    text = _strictly(data, name)
    if text is not None:
        return text, certainty < _TRUSTED_DETECTION
    try:
        return data.decode(name, "replace"), True
    except LookupError:
        return data.decode("cp1252", "replace"), True
