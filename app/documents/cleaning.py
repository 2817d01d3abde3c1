"""Makes text from any file safe to store, show and point into: NFC, no control characters, blanks for tabs."""

from __future__ import annotations

import re
import unicodedata

_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]|[\ud800-\udfff]|[\ue000-\uf8ff]|[\ufdd0-\ufdef\ufffe\uffff]")
_PRESENTATION_FORMS = re.compile("[\ufb50-\ufdcf\ufe70-\ufefc]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_WIDE_BLANKS = re.compile(r" {5,}")
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_LETTERS = _LIGATURES | {0xF0B7: "•", 0xF0A7: "•", 0xF0D8: "•", 0xF0FC: "✓"}
TAB = "    "


def clean_text(untrusted_text: str) -> str:
    """Normalise any text: NFC, only line feeds break lines, no control or invisible characters, no blanks at line ends."""
    text = _BREAKS.sub("\n", untrusted_text).translate(_LETTERS).replace("\t", TAB)
    text = _INVISIBLE.sub("", _BLANKS.sub(" ", text))
    text = _PRESENTATION_FORMS.sub(lambda form: unicodedata.normalize("NFKC", form.group()), text)
    text = unicodedata.normalize("NFC", _CONTROL.sub(" ", text))
    # No pattern for blanks at line ends: it would try every blank of a long run anew.
    text = "\n".join(line.rstrip(" ") for line in text.split("\n"))
    return _EMPTY_LINES.sub("\n\n", text).strip("\n")


def clean_inline(untrusted_text: str) -> str:
    """Normalise a piece of one line: like `clean_text`, with every run of white space as one blank."""
    return " ".join(clean_text(untrusted_text).split())


def squeeze_columns(text: str, gap: int = 4) -> str:
    """Take out character columns that are blank on every line, leaving `gap` of each such run: alignment stays, width shrinks."""
    lines = text.split("\n")
    width = max(map(len, lines), default=0)
    used = bytearray(width)
    for line in lines:
        end = 0
        for run in _WIDE_BLANKS.finditer(line):
            used[end : run.start()] = b"\x01" * (run.start() - end)
            end = run.end()
        used[end : len(line)] = b"\x01" * (len(line) - end)
    keep = [(match.start(), match.end()) for match in re.finditer(rb"\x01+", bytes(used))]
    if not keep:
        return text
    squeezed = []
    for line in lines:
        pieces = [line[start:end].ljust(end - start) for start, end in keep]
        squeezed.append((" " * gap).join(pieces).rstrip())
    return "\n".join(squeezed)
