"""Redaction: sensitive words of an enquiry become placeholders, and placeholders in an answer become those words again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from pydantic import BaseModel, ConfigDict, JsonValue

from app.domain.cutout import Cutout
from app.domain.enquiry import Enquiry, Excerpt, Sensitive
from app.domain.privacy import SensitiveKind

NEVER_HIDDEN: Final = frozenset({SensitiveKind.HEALTH, SensitiveKind.LEGAL})
"""Words of a subject, not about somebody: a placeholder would take the sense away and hide nothing."""


class Redacted(BaseModel):
    """An enquiry with placeholders. `replacements` pairs each with what it stands for; they never leave this computer."""

    model_config = ConfigDict(frozen=True)
    enquiry: Enquiry
    replacements: tuple[tuple[str, str], ...] = ()


def redact(enquiry: Enquiry, spans: Collection[Sensitive] | None = None) -> Redacted:
    """Hide some of the enquiry's sensitive spans, or all that can be hidden. The same words get the same placeholder.

    In pictures they are painted over; a picture in which that can't be done for certain is left out. What is hidden is no longer
    listed as sensitive in the enquiry that is returned.
    """
    chosen = [span for span in enquiry.sensitive if (span.kind not in NEVER_HIDDEN if spans is None else span in spans)]
    if not chosen:
        return Redacted(enquiry=enquiry)
    names = _Placeholders(_everything_said(enquiry))
    excerpts = tuple(excerpt._replace(text=_hidden(excerpt, chosen, names)) for excerpt in enquiry.excerpts)
    rest = tuple(span for span in enquiry.sensitive if span not in chosen)
    cutouts = tuple(painted for cutout in enquiry.cutouts if (painted := _painted(cutout, enquiry.excerpts, chosen)) is not None)
    update = {"excerpts": excerpts, "cutouts": cutouts, "sensitive": rest}
    return Redacted(enquiry=enquiry.model_copy(update=update), replacements=tuple(names.replacements))


def restore(answer: JsonValue, replacements: Sequence[tuple[str, str]]) -> JsonValue:
    """An answer with every placeholder replaced by what it stands for, at any depth; brackets and capitals may be lost."""
    if not replacements:
        return answer
    originals = {_bare(placeholder): original for placeholder, original in replacements}
    names = "|".join(sorted(map(re.escape, originals), key=len, reverse=True))
    pattern = re.compile(rf"\[(?:{names})\]|(?<![\w\[])(?:{names})(?![\w\]])", re.IGNORECASE | re.ASCII)
    return _restored(answer, pattern, originals)


def _restored(answer: JsonValue, pattern: re.Pattern[str], originals: dict[str, str]) -> JsonValue:
    match answer:
        case str():
            return pattern.sub(lambda match: originals[_bare(match[0])], answer)
        case list():
            return [_restored(each, pattern, originals) for each in answer]
        case dict():
            return {name: _restored(each, pattern, originals) for name, each in answer.items()}
    return answer


class _Placeholders:
    """Hands out ``[IBAN_1]`` and the like, none of which stands anywhere in what is sent."""

    def __init__(self, text: str) -> None:
        self._taken = text.upper()
        self._counts: Counter[SensitiveKind] = Counter()
        self._known: dict[str, str] = {}
        self.replacements: list[tuple[str, str]] = []

    def of(self, words: str, kind: SensitiveKind) -> str:
        if words not in self._known:
            self._known[words] = placeholder = self._next(kind)
            self.replacements.append((placeholder, words))
        return self._known[words]

    def _next(self, kind: SensitiveKind) -> str:
        while True:
            self._counts[kind] += 1
            name = f"{kind.value.upper()}_{self._counts[kind]}"
            if name not in self._taken:
                return f"[{name}]"


def _hidden(excerpt: Excerpt, chosen: Sequence[Sensitive], names: _Placeholders) -> str:
    parts: list[str] = []
    position = 0
    for start, end, kind in _merged(excerpt, chosen):
        parts += excerpt.text[position:start], names.of(excerpt.text[start:end], kind)
        position = end
    return "".join([*parts, excerpt.text[position:]])


def _merged(excerpt: Excerpt, chosen: Sequence[Sensitive]) -> Iterator[tuple[int, int, SensitiveKind]]:
    """What to hide as places in the excerpt's text, in order; those that overlap become one of the first one's kind."""
    held: tuple[int, int, SensitiveKind] | None = None
    for span in sorted(chosen):
        start, end = max(span.start, excerpt.start) - excerpt.start, min(span.end, excerpt.end) - excerpt.start
        if start >= end:
            continue
        if held is not None and start < held[1]:
            held = (held[0], max(held[1], end), held[2])
            continue
        if held is not None:
            yield held
        held = (start, end, span.kind)
    if held is not None:
        yield held


def _painted(cutout: Cutout, excerpts: Sequence[Excerpt], chosen: Sequence[Sensitive]) -> Cutout | None:
    """The page's picture without what is hidden of the page's excerpts."""
    return cutout.without(
        (start, end, excerpt.text[start - excerpt.start : end - excerpt.start])
        for excerpt in excerpts
        if excerpt.page == cutout.page
        for span in chosen
        if (start := max(span.start, excerpt.start)) < (end := min(span.end, excerpt.end))
    )


def _everything_said(enquiry: Enquiry) -> str:
    """All text that goes with an enquiry, which placeholders must not be taken for."""
    return enquiry.model_dump_json(include={"task", "instructions", "questions"}) + "\n".join(
        excerpt.text for excerpt in enquiry.excerpts
    )


def _bare(placeholder: str) -> str:
    return placeholder.strip("[]").upper()
