"""Facts that tell whose name a name is: its place in an address block, the block's heading, and where else the name stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from app.domain.task import TaskField
from app.tasks.candidates.options import Option
from app.tasks.evidence.blocks import Place, column_of, has_legal_form
from app.tasks.evidence.scene import Domain, Scene
from app.tasks.text.folding import Token, fold, tokens_of
from app.tasks.text.vocabulary import LEGAL_FORM

Features = dict[str, float]

_NEAR_LINES: Final = 10
_LEAST_WORD: Final = 5
_FADING: Final = 0.7
_TINY: Final = 3
_REACH_OWNER: Final = 10
_FADING_OWNER: Final = 0.95
_LEAST_PART: Final = 3
_NAME_PARTS: Final = 2


def party_features(field: TaskField, option: Option, scene: Scene, line: int) -> Features:
    source = scene.source
    place = scene.place_of(option)
    said = option.value if option.parts else option.text
    folded = fold(said)
    has_address = place.after >= 0
    legal_form = has_legal_form(folded)
    words = tokens_of(said)
    domains = _matching([word.text for word in words if word.text not in source.hits.vocabulary], scene.domains)
    return {
        **_heading_features(field, place, scene),
        "block_opens": float(has_address and place.before == 0),
        "block_second_line": float(has_address and place.before == 1),
        "block_later": float(has_address and place.before > 1),
        "block_next_address": float(place.after == 0),
        "block_tax_id": float(has_address and place.has_tax_id),
        "block_contact": float(has_address and place.has_contact),
        "sibling_legal": float(place.has_legal_form and not legal_form),
        "domain_near": float(any(abs(domain.line - line) <= _NEAR_LINES for domain in domains)),
        "domain_far": float(any(abs(domain.line - line) > _NEAR_LINES for domain in domains)),
        "account_holder": float(any(_begins(holder, folded) for holder in scene.holders)),
        "mailbox": float(_has_mailbox(words, scene, line)),
        "again_in_foot": float(scene.folded.find(folded, max(option.end, scene.foot)) >= 0),
        "names_sender": float(any(_begins(sender, folded) for sender in scene.senders)),
        "only_legal_form": float(bool(LEGAL_FORM.fullmatch(folded))),
        "tiny": float(sum(len(word.text) for word in words) <= _TINY),
        "opens_warning": float(_opens_warning(field, option, scene, line)),
        "capitals_in_block": float(has_address and option.text[:1].isupper()),
    }


def owner_features(field: TaskField, option: Option, scene: Scene) -> Features:
    """Whether the name above a tax number is announced as that of the field's own party ("seller" of "seller_tax_id")."""
    source = scene.source
    segment = source.layout.segment_of(option.start)
    if segment is None or "_" not in field.name:
        return {}
    role = field.name.partition("_")[0] + "_"
    left = [other for other in source.layout.lines[segment.line].segments if other.end <= segment.start][-1:]
    for distance, other in enumerate([segment, *left, *column_of(segment, source, -1, _REACH_OWNER)]):
        hits = source.hits.within(other.start, min(other.end, option.start), other.line)
        owners = {name for hit in hits for name in hit.own if name.endswith("_name")}
        if owners:
            near = math.pow(_FADING_OWNER, distance)
            own = any(name.startswith(role) for name in owners)
            return {"owner_own": near * own, "owner_other": near * (not own)}
    return {}


def _heading_features(field: TaskField, place: Place, scene: Scene) -> Features:
    heading = place.heading
    if heading is None:
        return {}
    near = math.pow(_FADING, place.before)
    rivals = scene.source.hits.rivals.get(field.name, frozenset())
    own = heading.is_for(field.name)
    return {"heading_own": near * own, "heading_other": near * (not own and heading.warns(field.name, rivals))}


def _has_mailbox(words: Sequence[Token], scene: Scene, line: int) -> bool:
    """Whether an e-mail address near the name begins with its words: "ann.lee@" for Ann Lee."""
    parts = [word.text for word in words if len(word.text) >= _LEAST_PART]
    return len(parts) >= _NAME_PARTS and any(
        abs(mailbox.line - line) <= _NEAR_LINES and all(part in mailbox.letters for part in parts) for mailbox in scene.mailboxes
    )


def _begins(text: str, name: str) -> bool:
    """Whether a text begins with a name as a whole."""
    return text.startswith(name) and not text[len(name) : len(name) + 1].isalnum()


def _opens_warning(field: TaskField, option: Option, scene: Scene, line: int) -> bool:
    """Whether the name begins with words that announce something else, as "Contact" does."""
    return any(
        hit.start == option.start and hit.end < option.end and field.name in hit.against and not hit.is_for(field.name)
        for hit in scene.source.hits.on(line)
    )


def _matching(words: Sequence[str], domains: Sequence[Domain]) -> list[Domain]:
    """The domains that the name, or one of its longer words, is part of."""
    parts = ["".join(words), *words[:3]]
    return [domain for domain in domains if any(len(part) >= _LEAST_WORD and part in domain.letters for part in parts)]
