"""Complexity: how hard a document looks before anything is answered, 0 to 1, and what makes it so. No model, a few milliseconds.

Judgement, not a fit: on public documents no mixture of these traits told which answers are wrong (see `tests/quality/routing.py`).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

from app.documents.language import guess_language
from app.domain.document import Document
from app.tasks.lines.layout import Layout

_FIGURE = re.compile(r"\d[\d.,/:-]*\d")
_TABLE_SEGMENTS: Final = 4
_MAX_CHARS: Final = 200_000
_MANY_PAGES: Final = 64
_MANY_FIGURES: Final = 1000
_TABLE: Final = 0.4
_LANGUAGE: Final = 0.2
_DOUBT: Final = 4.0
_WORTH_SAYING: Final = 0.1
_PARTS: Final = 3


@dataclass(frozen=True)
class Complexity:
    score: float
    reasons: tuple[str, ...] = ()
    """What counts, the most first, as ``name:amount``: ``pages:12``, ``figures:180``, ``reading:0.72``."""


def complexity_of(document: Document) -> Complexity:
    """Pages, figures, lines of tables, languages and doubtful reading, each of which adds to the others."""
    text = document.text[:_MAX_CHARS]
    layout = Layout(text)
    figures = len(_FIGURE.findall(text))
    tables = sum(len(line.segments) >= _TABLE_SEGMENTS for line in layout.lines) / (len(layout.lines) or 1)
    languages = _languages(text)
    quality = _quality(document)
    parts = [
        (math.log2(len(document.pages)) / math.log2(_MANY_PAGES), f"pages:{len(document.pages)}"),
        (math.log2(1 + figures) ** 2 / math.log2(_MANY_FIGURES) ** 2 / 2, f"figures:{figures}"),
        (_TABLE * tables, f"tables:{tables:.2f}"),
        (_LANGUAGE * (languages - 1), f"languages:{languages}"),
        (_DOUBT * (1.0 - quality), f"reading:{quality:.2f}"),
    ]
    score = 1.0 - math.exp(-sum(amount for amount, _ in parts))
    told = tuple(words for amount, words in sorted(parts, reverse=True) if amount >= _WORTH_SAYING)
    return Complexity(round(score, 3), told)


def _languages(text: str) -> int:
    """How many languages the beginning, the middle and the end are in, as far as that can be told."""
    size = max(1, len(text) // _PARTS)
    known = {guess_language(text[start : start + size]) for start in range(0, len(text), size)} - {""}
    return max(1, len(known))


def _quality(document: Document) -> float:
    """Mean quality of the pages that were recognised; 1 where the text was stored."""
    known = [page.quality for page in document.pages if page.ocr and page.quality is not None]
    return sum(known) / len(known) if known else 1.0
