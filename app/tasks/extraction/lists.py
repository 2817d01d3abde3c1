"""Lists: which contenders are members, and the sentences that answer a field which asks for requests."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from app.domain.document import Document
from app.domain.result import Proof, Value
from app.domain.task import FieldType, TaskField
from app.tasks.answers.choice import Contender, Decision
from app.tasks.answers.confidence import Verdict, value_of
from app.tasks.answers.grounding import evidence_at, evidence_of
from app.tasks.candidates.finding import TEXT_TYPES
from app.tasks.evidence.sections import Section
from app.tasks.lines.leads import ROLE_AFTER
from app.tasks.text.actions import possible_actions
from app.tasks.text.folding import fold
from app.tasks.text.passages import own_passages
from app.tasks.text.sentences import Sentence, split_sentences
from app.tasks.text.vocabulary import DOCUMENT_WORDS, LEGAL_FORM

MAX_MEMBERS: Final = 40
_LEAST_MEMBER: Final = 0.01
_BEST_MEMBER: Final = 0.92
_MEMBER_SHARE: Final = 0.3
_NAME_SHARE: Final = 0.08
"""Names differ more in what speaks for them than typed values do."""
_SHARE_POWER: Final = 0.25
_DEFINED = re.compile(r"[\"“”„‘'«]\s*([^\n\"“”„‘’'«»]{2,60}?)\s*[,.]?[\"”“’'»]")
_BROKEN = re.compile(r"(?<![A-Z])[^\W\d_]{3,}(?<!Inc)(?<!Ltd)(?<!Corp)(?<!Bros)(?<!LLC)(?<!Messrs)\. [A-Z]|\((?![^)]*\))|[\"“”]")
_LEGAL_FORM_ALONE = re.compile(rf"(?:{LEGAL_FORM.pattern})")
_FOLLOWS = re.compile(r"[>)\"']*\s*[,;]\s*(?:[^<>,;:@\n]{0,60}<)?")
_POSSESSIVE = re.compile(r"['’]s?$")
_PARAGRAPH_END: Final = "\n\n"
_ABSENT_LIST: Final = 0.6
_MAX_REQUESTS: Final = 12
_LEAST_REQUEST: Final = 0.6
"""A request or promise without anything that weakens it."""
_SPEECH = re.compile(r"[\"“”„«»](?:[^\s\"“”„«»]+\s+){3}")
"""Several words in quotation marks, or a quotation that goes on."""
_BULLETED: Final = 0.77
_LISTED: Final = 0.58
"""How often lines under a heading were members: 144 of 187 with bullets, 42 of 72 without, on the recipes of 21 web pages."""
_UNHEADED: Final = "It stands in a list of counted things."
_SENTENCE: Final = "It asks for something or promises it."


def asks_for_sentences(field: TaskField) -> bool:
    return field.many and field.requests and field.type is FieldType.TEXT


def request_values(document: Document) -> tuple[Value, ...]:
    """The sentences of the writer that ask for something or promise it, in the order of the document."""
    prose = split_sentences(document.text, own_passages(document).spans)
    found: dict[str, tuple[float, Sentence]] = {}
    for score, sentence in possible_actions(prose):
        if score >= _LEAST_REQUEST and not _is_speech(sentence):
            found.setdefault(sentence.text, (score, sentence))
    chosen = sorted(list(found.values())[:_MAX_REQUESTS], key=lambda pair: pair[1].index)
    values = (_request_value(score, sentence, document) for score, sentence in chosen)
    return tuple(value for value in values if value)


def _is_speech(sentence: Sentence) -> bool:
    """Whether it quotes what somebody in a story says; the writer asks nothing there."""
    return bool(_SPEECH.search(sentence.text))


def _request_value(score: float, sentence: Sentence, document: Document) -> Value | None:
    start, end = sentence.spans[0][0], sentence.spans[-1][1]
    text = document.text[start:end]
    if " ".join(text.split()) != " ".join(sentence.text.split()):
        return None
    return Value(
        value=" ".join(text.split()),
        text=text,
        evidence=evidence_at(document, start, end),
        confidence=round(1.0 - 0.5 * math.exp(-1.6 * score), 4),
        proof=Proof.GROUNDED,
        reason=_SENTENCE,
    )


def section_values(section: Section, document: Document) -> tuple[Value, ...]:
    """The members printed under a heading of the field, one a line."""
    reason = _UNHEADED
    if section.heading is not None:
        heading = " ".join(document.text[section.heading.start : section.heading.end].split()).rstrip(":")
        reason = f"It stands in the list under “{heading}”."
    confidence, proof = (_BULLETED, Proof.GROUNDED) if section.bulleted and section.heading else (_LISTED, Proof.AMBIGUOUS)
    return tuple(
        Value(
            value=option.value,
            text=option.text,
            evidence=evidence_of(document, option),
            confidence=confidence,
            proof=proof,
            reason=reason,
        )
        for option in section.members
    )


def list_values(decision: Decision, document: Document) -> tuple[Value, ...]:
    """The members of a list. One that is not likely enough is left out rather than shown for checking."""
    if decision.field.type is FieldType.NAME:
        terms = {fold(match[1]) for match in _DEFINED.finditer(document.text)}
        kept = tuple(contender for contender in decision.contenders if _is_own_name(contender.option.value, terms))
        decision = replace(decision, contenders=kept)
    best = max((contender.probability for contender in decision.contenders), default=1.0)
    values = []
    for contender in _with_followers(_with_roles(_members(decision), decision, document.text), decision, document.text):
        # Members of a list share the probability among them, so each is measured against the best.
        likely = _BEST_MEMBER * min(1.0, contender.probability / best) ** _SHARE_POWER * (1.0 - decision.absent)
        alone = replace(decision, contenders=(replace(contender, probability=likely),), chosen=0)
        values.append(value_of(alone, document, Verdict()))
    return tuple(values)


def _is_own_name(name: str, terms: Collection[str]) -> bool:
    """Whether it names somebody: no term defined in quotation marks, no end of a sentence with the start of another."""
    folded = fold(name)
    bare = _POSSESSIVE.sub("", folded).removeprefix("the ")
    return bare not in terms and not _BROKEN.search(name) and not _LEGAL_FORM_ALONE.fullmatch(folded)


def _members(decision: Decision) -> Sequence[Contender]:
    """The contenders of a list that are about as likely as its best one, in the order of the document; none inside another."""
    best = decision.contenders[0].probability if decision.contenders else 0.0
    if decision.absent > best and decision.absent > _ABSENT_LIST:
        return []
    share = _NAME_SHARE if decision.field.type is FieldType.NAME else _MEMBER_SHARE
    least = share * best if decision.field.type is FieldType.NAME else max(_LEAST_MEMBER, share * best)
    chosen: list[Contender] = []
    for contender in decision.contenders[:MAX_MEMBERS]:
        option = contender.option
        apart = all(option.end <= other.option.start or other.option.end <= option.start for other in chosen)
        if apart and contender.probability >= least:
            chosen.append(contender)
    return sorted(chosen, key=lambda contender: contender.option.start)


def _with_roles(members: Sequence[Contender], decision: Decision, text: str) -> Sequence[Contender]:
    """The members with those names that the same paragraph leads up to and gives a role: "and Ann Lee (the “Employee”)"."""
    if decision.field.type is not FieldType.NAME:
        return members
    named = [member for member in members if _has_role(member, text)]
    chosen = list(members)
    for contender in decision.contenders[:MAX_MEMBERS]:
        option = contender.option
        apart = all(option.end <= other.option.start or other.option.end <= option.start for other in chosen)
        together = any(
            _PARAGRAPH_END not in text[min(option.end, other.option.end) : max(option.start, other.option.start)] for other in named
        )
        if apart and together and _has_role(contender, text):
            chosen.append(contender)
    return sorted(chosen, key=lambda contender: contender.option.start)


def _has_role(contender: Contender, text: str) -> bool:
    """Whether a label leads up to a name that is followed by its role; a paper is named so, too: "this Lease Agreement (the …)"."""
    is_paper = fold(contender.option.value).rpartition(" ")[2] in DOCUMENT_WORDS
    return contender.option.kind == "lead" and not is_paper and ROLE_AFTER.match(text, contender.option.end) is not None


def _with_followers(members: Sequence[Contender], decision: Decision, text: str) -> Sequence[Contender]:
    """The members with those typed values that follow one after a comma, as a second address behind "To:" does."""
    if decision.field.type in TEXT_TYPES:
        return members
    chosen = {contender.option.start: contender for contender in members}
    for contender in sorted(decision.contenders[:MAX_MEMBERS], key=lambda contender: contender.option.start):
        start = contender.option.start
        if any(_FOLLOWS.fullmatch(text, known.option.end, start) for known in chosen.values() if known.option.end <= start):
            chosen.setdefault(start, contender)
    return [chosen[start] for start in sorted(chosen)]
