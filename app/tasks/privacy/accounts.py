"""Numbers of bank accounts however they are printed: IBANs with any gaps and line breaks, and what a word calls an account.

Hiding one number too many costs little, since answers get it back; what is left of an account number goes out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from app.documents.recognizers.iban import iban_is_valid, signs_missing
from app.tasks.privacy.labelled import Fences, Span, find_labelled, label_pattern, number_at

_GAP_SIGNS: Final = r" \t.\u2010\u2013\u2014/|_\u00ad\u200b-"
_BREAK: Final = r"-?[ \t]{0,80}\r?\n[ \t]{0,80}"
_GAP: Final = rf"(?:{_BREAK}|[{_GAP_SIGNS}]{{0,6}})"
_HEAD = re.compile(rf"[a-z]{_GAP}[a-z]{_GAP}[0-9]{_GAP}[0-9]")
_SIGN = re.compile(rf"(?P<gap>{_GAP})(?P<sign>[a-z0-9])")
_GROUP = re.compile(rf"(?P<gap>{_GAP})(?P<group>(?=[a-z]{{0,6}}[0-9])[a-z0-9]{{1,34}}|[a-z]{{4}}(?![a-z0-9]))")
_BELOW = re.compile(r"(?<![\w.,/-])(?=[a-z ]{0,20}[0-9])[a-z0-9]{1,4}(?: [a-z0-9]{1,4}){0,8}(?![\w/-]|[.,][0-9])")
_MORE_BELOW = re.compile(rf"{_BREAK}(?=[0-9])")
_IBAN_REACH: Final = 40
_MOST_BREAKS: Final = 2
_LEAST_SIGNS: Final = 8
_USUAL_SIGNS: Final = 20
"""What is shorter after the word may go on on the next line."""

_ACCOUNTS = label_pattern(
    r"(?:(?:account|acct|a/c|acc(?=[. ]{0,2}(?:no|nr|num|#))|[a-z]{0,10}konto|kto"
    r"|[a-z]{0,6}depot|[a-z]{0,8}rekening|hesap)[ -]?(?:nummer|number|num|nr|no)?"
    r"|accounts|kontos|bankverbindung|hesabi|compte|rib|cuenta|clabe|cbu|conto|conta|c/c|rachunek|rachunku)(?![a-z])"
)
_IBAN = label_pattern("iban")
_BANK_CODES = label_pattern(
    r"(?:sort ?code|s/c|blz|bankleitzahl|routing|aba|transit(?= ?(?:no|num))|bsb|code (?:banque|guichet)"
    r"|sube kodu|abi|cab)(?![a-z])"
)


def find_accounts(text: str, folded: str, starts: Collection[int], fences: Fences) -> Iterator[Span]:
    """All of them. `starts` are the places of known IBANs, right or wrong, of which more may follow on the next line."""
    yield from _find_ibans(text, folded, starts, fences)
    yield from find_labelled(text, folded, _ACCOUNTS, fences, bare=True)
    for start, end in find_labelled(text, folded, _IBAN, fences):
        yield start, end
        more = _MORE_BELOW.match(folded, end)
        if more and len(_compact(folded[start:end])) < _USUAL_SIGNS:
            yield number_at(folded, more.end(), fences)
    yield from find_labelled(text, folded, _BANK_CODES)


def _find_ibans(text: str, folded: str, starts: Collection[int], fences: Fences) -> Iterator[Span]:
    fenced = {start for start, _ in fences}
    last_end = 0
    for head in _HEAD.finditer(folded):
        compact = _compact(head[0])
        if head.start() < last_end or not signs_missing(compact):
            continue
        is_announced = head.start() in starts or "iban" in folded[max(0, head.start() - _IBAN_REACH) : head.start()]
        end = _right_end(text, folded, head, is_announced)
        if end is not None:
            spans = [(head.start(), end)]
        elif is_announced:
            spans = _wrong_spans(text, folded, head, fenced)
        else:
            continue
        yield from spans
        last_end = spans[0][1]


def _right_end(text: str, folded: str, head: re.Match[str], is_announced: bool) -> int | None:
    """Where an IBAN ends whose check digits are right, with gaps wherever they are."""
    compact, end = _compact(head[0]), head.end()
    gaps: set[str] = set()
    for _ in range(signs_missing(compact)):
        sign = _SIGN.match(folded, end)
        if sign is None:
            return None
        gap = sign["gap"]
        if gap and "\n" not in gap:
            gaps.add(gap.strip() or " ")
        compact += sign["sign"].upper()
        end = sign.end()
    if folded.count("\n", head.start(), end) > _MOST_BREAKS or not iban_is_valid(compact):
        return None
    # One text in 97 has right check digits by chance: prose and rows of a table are told by their letters and mixed gaps.
    printed = text[head.end() : end]
    is_whole = printed in {printed.upper(), printed.lower()} and not folded[end : end + 1].isalnum()
    is_tight = len(head[0]) == len(_compact(head[0])) and text[head.start() : head.end()].isupper()
    is_likely = is_whole and 2 * sum(map(str.isdigit, compact)) >= len(compact) and (is_tight or len(gaps) <= 1)
    return end if is_announced or is_likely else None


def _wrong_spans(text: str, folded: str, head: re.Match[str], fenced: Collection[int]) -> list[Span]:
    """What an announced IBAN with wrong signs has of its country's length, here and on the lines below."""
    missing, end, breaks = signs_missing(_compact(head[0])), head.end(), 0
    while missing > 0:
        group = _GROUP.match(folded, end)
        if group is None or group.start("group") in fenced:
            break
        printed = text[group.start("group") : group.end("group")]
        is_below = "\n" in group["gap"]
        breaks += is_below
        if (is_below and len(printed) > missing) or breaks > _MOST_BREAKS or (printed.isalpha() and not printed.isupper()):
            break
        missing -= len(printed)
        end = group.end()
    if len(_compact(folded[head.start() : end])) < _LEAST_SIGNS:
        return [(head.start(), head.start())]
    return [(head.start(), end), *(_rest_below(folded, end, missing) if missing > 0 else ())]


def _rest_below(folded: str, end: int, missing: int) -> Iterator[Span]:
    """As many letters and digits as are missing, anywhere on the next line, where nothing follows on this one."""
    line_end = folded.find("\n", end)
    if line_end < 0 or folded[end:line_end].strip():
        return
    below_end = folded.find("\n", line_end + 1)
    for match in _BELOW.finditer(folded, line_end + 1, len(folded) if below_end < 0 else below_end):
        if len(_compact(match[0])) == missing:
            yield match.span()


def _compact(printed: str) -> str:
    return "".join(sign for sign in printed if sign.isalnum()).upper()
