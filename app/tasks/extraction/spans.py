"""Words that the model copies by itself where any words may answer a field: a run of whole words of one line, never its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from app.tasks.candidates.options import Option, option_at

_CHUNK = re.compile(r"\s+|\w+|[^\w\s]")
_SPAN = r"""/[^\s"\\.,;:!?)\]}\-]([^\n"\\]{0,98}[^\s"\\,;:])?/"""


def copy_grammar(text: str) -> str:
    """A quoted JSON string whose content is a run of words of a line of `text`, as a llguidance grammar."""
    chunks = json.dumps({"substring_chunks": _CHUNK.findall(text)})
    return f'start: " \\"" SPAN "\\""\nSPAN: WORDS & {_SPAN}\nWORDS: %regex {chunks}\n'


def option_copied(words: str, text: str, spans: Iterable[tuple[int, int]]) -> Option | None:
    """Where the copied words stand first in these parts of the document; gaps between words may be wider there."""
    pattern = re.compile(r"(?<!\w)" + r"[ \t\u00a0]+".join(map(re.escape, words.split())) + r"(?!\w)")
    for start, end in spans:
        match = pattern.search(text, start, end)
        if match:
            return option_at(text, match.start(), match.end(), "copied")
    return None
