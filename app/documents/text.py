"""Plain text, Markdown, CSV and JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any

from app.documents.assembly import Draft
from app.documents.cleaning import clean_inline, clean_text
from app.documents.encoding import decode
from app.documents.tables import lay_out_texts

_DOUBT = "The encoding of the text is uncertain; some letters may be wrong."
_MAX_ROWS = 100_000
_SAMPLE_LINES = 50
_DELIMITERS = ",;\t|"


def read_text(data: bytes, format_name: str) -> Draft:
    """Text and Markdown stay as they are."""
    untrusted_text, doubtful = decode(data)
    draft = Draft.of_text(format_name, clean_text(untrusted_text))
    if doubtful:
        draft.notices.append(_DOUBT)
    return draft


def read_csv(data: bytes) -> Draft:
    """A table with aligned columns; what is no table after all stays text."""
    untrusted_text, doubtful = decode(data)
    lines = untrusted_text.replace("\0", " ").splitlines()
    try:
        reader = csv.reader(lines, delimiter=_delimiter(lines))
        rows = [[clean_inline(cell) for cell in row] for row, _ in zip(reader, range(_MAX_ROWS), strict=False)]
    except csv.Error:
        return read_text(data, "csv")
    draft = Draft.of_text("csv", clean_text(lay_out_texts(rows)))
    if doubtful:
        draft.notices.append(_DOUBT)
    if len(rows) == _MAX_ROWS:
        draft.notices.append(f"Only the first {_MAX_ROWS} rows were read.")
    return draft


def _delimiter(lines: list[str]) -> str:
    """The delimiter that gives the most lines the same number of cells, and more than one."""
    sample = [line for line in lines[:_SAMPLE_LINES] if line.strip()]

    def regularity(delimiter: str) -> tuple[float, int]:
        try:
            counts = [len(row) for row in csv.reader(sample, delimiter=delimiter)]
        except csv.Error:
            return (0.0, 0)
        usual = max(set(counts), key=counts.count, default=1)
        return (counts.count(usual) / max(1, len(counts)) if usual > 1 else 0.0, usual)

    return max(_DELIMITERS, key=regularity)


def read_json(data: bytes) -> Draft:
    """Indented ``key: value`` lines; numbers keep the digits of the file."""
    untrusted_text, _ = decode(data)
    try:
        value = json.loads(untrusted_text.lstrip("\ufeff"), parse_float=str, parse_int=str)
        text = "\n".join(_json_lines(value, 0))
    except (ValueError, RecursionError):
        text = untrusted_text
    return Draft.of_text("json", clean_text(text))


def _json_lines(value: Any, depth: int) -> Iterator[str]:
    indent = "  " * depth
    items = value.items() if isinstance(value, dict) else ((None, item) for item in value)
    for key, item in items:
        label = f"{indent}{clean_inline(str(key))}:" if key is not None else f"{indent}-"
        if isinstance(item, dict | list):
            yield label
            yield from _json_lines(item, depth + 1)
        else:
            yield f"{label} {_json_scalar(item)}".rstrip()


def _json_scalar(value: object) -> str:
    return {None: "", True: "true", False: "false"}[value] if value is None or isinstance(value, bool) else clean_inline(str(value))
