"""Fields of a message that its own header answers: a fact of the file, which no quoted header below it can contradict."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from app.domain.task import FieldType, TaskField
from app.tasks.answers.choice import Decision, contenders_of
from app.tasks.candidates.finding import TEXT_TYPES, Source, typed_options
from app.tasks.candidates.options import Option
from app.tasks.text.columns import Span
from app.tasks.text.folding import fold, same_name_key
from app.tasks.text.mail_header import HEADER_NAMES, Header

_TAKEN: Final = frozenset({FieldType.TEXT, FieldType.EMAIL, FieldType.DATE, FieldType.TIME})
_NOT_ASKED: Final = frozenset({"reply-to"})
_FACT: Final = 8.0
"""Utility of what a header says, against none."""
_SHOWN: Final = 7.5
_IS_DISPLAYED = re.compile(r"[^,;<>\n]*<")
"""What follows an address that is only the name shown for the one in angle brackets."""


def told_by_header(field: TaskField, header: Header, source: Source) -> Decision | None:
    """What the header says of a field that names one of its lines; None where the field asks for something else.

    A line that the header lacks, such as a subject, was never written; an address that a line does not print may stand below.
    """
    names = HEADER_NAMES.intersection(map(fold, field.labels)) - _NOT_ASKED
    if not header or not names or field.type not in _TAKEN:
        return None
    spans = sorted(header[name] for name in names if name in header)
    options = list(_options(field, spans, source))
    if spans and not options:
        return None
    real = [option for option in options if not _IS_DISPLAYED.match(source.text, option.end)]
    # An address shown as the name of another is a slip or a deceit: a person should see both.
    shown = [option for option in options if real and option.start < real[0].start and option.key != real[0].key]
    wanted = real if field.many else [*real[:1], *shown[:1]]
    utilities = [_FACT if option in real else _SHOWN for option in wanted]
    contenders, absent = contenders_of(wanted, utilities, [1.0] * len(wanted), 0.0)
    sure = not shown or field.many
    kept = tuple(replace(contender, backing=float(sure)) for contender in contenders)
    return Decision(field, kept, absent, printed=bool(spans))


def _options(field: TaskField, spans: Sequence[Span], source: Source) -> Iterator[Option]:
    if field.type in TEXT_TYPES:
        for start, end in spans:
            text = source.text[start:end]
            yield Option(start, end, text, text, same_name_key(text), "labelled")
        return
    for option in sorted(typed_options(field.type, source), key=lambda option: option.start):
        if any(start <= option.start and option.end <= end for start, end in spans):
            yield option
