"""Names of persons, told by the words around them. What nothing announces is not found."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from app.domain.privacy import SensitiveKind
from app.tasks.privacy.labelled import Fences
from app.tasks.privacy.name_labels import ABOVE, CLOSING, NAMED, NAMED_IN_FULL, NO_NAME, ON_FORMS
from app.tasks.text.folding import tokens_of

Found = tuple[int, int, SensitiveKind]

UPPER: Final = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĹĻĽŁŃŅŇŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽ"
WORD: Final = rf"[{UPPER}](?:[^\W\d_]|['’-](?=[^\W\d_])){{1,40}}"
_PARTICLE: Final = r"(?:(?:van|von|der|den|de|du|da|di|del|la|le|el|al|bin|zu|ter)[ ]){0,2}"
_INITIAL: Final = rf"[{UPPER}]\."
_NAME: Final = rf"(?:{WORD}|{_INITIAL})(?:[ ]{_PARTICLE}(?:{WORD}|{_INITIAL})){{0,3}}"
FULL_NAME: Final = rf"(?:{WORD}|{_INITIAL})(?:[ ]{_PARTICLE}(?:{WORD}|{_INITIAL})){{1,3}}"
_TITLE: Final = (
    r"Mr|Mrs|Ms|Miss|Dr|Prof|Herrn?|Frau|Hr\.|Fr\.|Mme|Mlle|Madame|Sayın|Sn|Av\.|Doç|Sra?|Señora?|Sig(?:ra)?|Dott|Dhr|Mevr"
)
_TITLED = re.compile(
    rf"(?<!\w)(?:{_TITLE})\.?[ ](?:(?:Dr|Prof|med|Dipl|Ing|Doç|Öğr)\b[.-]*(?:[ ]|-?Ing\.?[ ])?){{0,3}}(?P<name>{_NAME})(?!\w)"
)
_MAILBOX = re.compile(rf"(?<![\w'’-])(?P<name>{FULL_NAME})[\"']?[ ]*[<(\[][^\s<>@]{{1,64}}@[^\s<>]{{3,}}[>)\]]")
_DEAR = re.compile(
    rf"(?:^|\n)[ \t]*(?:Dear|Hi|Hello|Hallo|Liebe[r]?|Bonjour|Cher|Chère|Merhaba|Sevgili)[ ](?P<name>{_NAME})[ ]*[,!:]"
)
_SENDER = re.compile(rf"@[^\s()<>@]{{3,64}}[ ]\((?P<name>{FULL_NAME})\)")
_BEFORE_PHONE = re.compile(rf"(?<![\w'’-])(?P<name>{FULL_NAME}),[ ](?=[+(]?[0-9][0-9 ()/.-]{{6}})")
REST: Final = r"(?=[ \t]*(?:\r?\n|\Z|[,;|(]|[ \t]{2}))"
_VALUE = re.compile(rf"{_PARTICLE}(?P<name>{_NAME})(?![\w@])(?:,[ ]{_NAME}(?!\w))?")
_VALUE_BELOW = re.compile(rf"\r?\n[ \t]{{0,60}}(?P<name>{_PARTICLE}{_NAME}(?:,[ ]{_NAME})?){REST}")
_SMALL_NAME = re.compile(rf"(?P<name>[^\W\d_]{{2,30}}(?:[ ](?:[^\W\d_]|['’-](?=[^\W\d_])){{2,30}}){{1,3}}){REST}")
_FULL_VALUE = re.compile(rf"(?P<name>{FULL_NAME}(?:,[ ]{_NAME})?){REST}")
_SIGNED = re.compile(rf"(?:i\. ?[AV]\.|ppa\.?|gez\.|/s/)?[ ]?(?P<name>{_NAME}(?:,[ ]{_NAME})?){REST}")
_LINE_BELOW = re.compile(r"[^\n]{0,160}\n(?:[ \t\r]*\n)?(?P<line>[^\n]{1,200})")
_CELL = re.compile(r"\S(?:[^\s]|[ ](?=[^\s]))*")
_TELLING: Final = (_TITLED, _MAILBOX, _DEAR, _SENDER, _BEFORE_PHONE)
_COLUMN_SLACK: Final = 3
_LEAST_CHARS: Final = 2


def find_persons(text: str, folded: str, fences: Fences) -> Iterator[Found]:
    """Names by titles, labels, greetings and closings, below address labels, and beside e-mail addresses and phone numbers."""
    told = {match.span("name") for pattern in _TELLING for match in pattern.finditer(text)}
    for start, end in (*told, *_labelled(text, folded)):
        words = [token.text for token in tokens_of(text[start:end])]
        is_name = NO_NAME.isdisjoint(words) and ((start, end) in told or not ON_FORMS.issuperset(words))
        if end - start >= _LEAST_CHARS and is_name and not _crosses(fences, start, end):
            yield start, end, SensitiveKind.NAME


def _labelled(text: str, folded: str) -> Iterator[tuple[int, int]]:
    for label in NAMED.finditer(folded):
        if value := _VALUE.match(text, label.end()):
            yield value.span("name")
            yield value.span()
        elif value := _VALUE_BELOW.match(text, label.end()) or _SMALL_NAME.match(text, label.end()):
            yield value.span("name")
    for before, after in ((NAMED_IN_FULL, _FULL_VALUE), (CLOSING, _SIGNED)):
        for words in before.finditer(folded):
            if name := after.match(text, words.end()):
                yield name.span("name")
    for label in ABOVE.finditer(folded):
        yield from _below(text, label)


def _below(text: str, label: re.Match[str]) -> Iterator[tuple[int, int]]:
    """The name in the line below a label, in the label's column where the line has several."""
    below = _LINE_BELOW.match(text, label.end())
    if below is None:
        return
    column = label.start() - (text.rfind("\n", 0, label.start()) + 1)
    cells = list(_CELL.finditer(text, *below.span("line")))
    for cell in cells:
        is_under = abs(cell.start() - below.start("line") - column) <= _COLUMN_SLACK
        if (is_under or len(cells) == 1) and (name := _FULL_VALUE.match(text, cell.start())) and name.end() <= cell.end():
            yield name.span("name")


def _crosses(fences: Fences, start: int, end: int) -> bool:
    """Whether a date or an amount stands there: a month is no first name."""
    index = bisect_left(fences, (end, 0))
    return index > 0 and fences[index - 1][1] > start
