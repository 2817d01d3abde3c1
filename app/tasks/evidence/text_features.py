"""Facts about names, addresses and other text: what it is made of, and what stands around it."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from typing import Final

from app.domain.task import TaskField
from app.tasks.candidates.options import Option
from app.tasks.evidence.blocks import has_legal_form, has_town, is_address, is_sender_line
from app.tasks.evidence.forms import is_in_address, label_word_share, share_of_keys
from app.tasks.evidence.scene import Scene
from app.tasks.lines.labels import labels_of
from app.tasks.lines.layout import Line
from app.tasks.lines.leads import ROLE_AFTER
from app.tasks.lines.notions import WEBSITE, asks_for
from app.tasks.text.folding import fold, tokens_of
from app.tasks.text.vocabulary import CONTACT, HEADING_WORDS, OPEN_END, POSTCODE, SEPARATORS, STREET, TITLE_WORDS

Features = dict[str, float]

_REACH_ISSUER: Final = 4
_SLACK: Final = 3
_FAR_LINES: Final = 40
_COLUMN: Final = 25


def text_features(option: Option, scene: Scene, line: int) -> Features:
    said = option.value if option.parts else option.text
    folded = fold(said)
    words = tokens_of(said)
    source = scene.source
    here = source.layout.lines[line]
    covered = sum(hit.end - hit.start for hit in source.hits.within(option.start, option.end, line))
    letters = [character for character in said if character.isalpha()]
    segment = source.layout.segment_of(option.start)
    below = _below(scene, option, line)
    position = _position_in_block(scene, option, line) if below["address"] else -1
    rest = fold(source.text[option.end : segment.end]) if segment else ""
    often = math.log(max(1, scene.times(folded)))
    legal_form = float(has_legal_form(folded))
    return {
        "legal_form": legal_form,
        "legal_often": legal_form * often,
        "legal_top": legal_form * math.exp(-line / 6),
        "issuer_near": float(_is_near_issuer(option, scene, here)),
        "figures": float(any(character.isdigit() for character in folded)),
        "contact": float(bool(CONTACT.search(folded))),
        "street": float(bool(STREET.search(folded))),
        "postcode": float(has_town(folded)),
        "is_label": min(1.0, covered / max(1, len(said))),
        "boiler": float(any(word.text in HEADING_WORDS for word in words)),
        "one_word": float(len(words) == 1),
        "many_words": float(len(words) > 6),
        "prose": float(len(words) > 10),
        "upper": float(bool(letters) and all(character.isupper() for character in letters)),
        "lower_start": float(said[:1].islower()),
        "capitals": sum(word[:1].isupper() for word in said.split()) / max(1, len(said.split())),
        "often": often,
        "address_below": below["address"],
        "contact_below": below["contact"],
        "label_words": label_word_share(words, source),
        "under_sender": float(_under_sender(scene, option, line)),
        "block_first": float(position == 0),
        "block_second": float(position == 1),
        "all_label_words": float(label_word_share(words, source) == 1.0),
        "one_label_word": float(len(words) == 1 and label_word_share(words, source) == 1.0),
        "first_line": float(line == 0),
        "second_line": float(line == 1),
        "right_half": float(bool(here.segments) and option.start - here.start > 45),
        "letterhead": float(_opens_sender_line(source.text[here.start : here.end], option, here.start)),
        "piece": float(option.kind == "piece"),
        "labelled": float(option.kind == "labelled"),
        "bare_label": float(
            option.kind == "labelled" and not re.search(r"[:.#°-]\s*$", source.text[max(0, option.start - 4) : option.start])
        ),
        "key": float(rest.lstrip().startswith((":", "："))),
        "bracket": float("(" in said),
        "phrase": float(option.kind == "phrase"),
        "lead": float(option.kind == "lead"),
        "lead_long": option.lead,
        "role_after": float(bool(ROLE_AFTER.match(source.text, option.end))),
        "block": float(option.kind == "block"),
        "beside": float(option.kind == "beside"),
        "near_code": _nearness_to_code(line, scene),
        "joined": float(option.kind == "joined"),
        "colon": float(":" in said),
        "key_column": share_of_keys(segment, source) if segment else 0.0,
        "in_address": float(is_in_address(option, segment, source)),
        "open_end": float(bool(OPEN_END.search(folded))),
        "lines": float(said.count("\n")),
        "mostly_figures": float(2 * sum(sign.isdigit() for sign in folded) > sum(sign.isalnum() for sign in folded)),
    }


def titled(field: TaskField, option: Option, scene: Scene) -> float:
    """How far the option says the same as the file's own title, 0–1, where a title is asked for; as its end, where a website is."""
    if not scene.title:
        return 0.0
    asked = {token.text for label in (*labels_of(field), field.description) for token in tokens_of(label)}
    if asks_for(field, WEBSITE):
        wanted = scene.title[-1:] if len(scene.title) > 1 else ()
    elif asked.isdisjoint(TITLE_WORDS):
        wanted = ()
    else:
        wanted = (frozenset().union(*scene.title), max(scene.title, key=len))
    words = {token.text for token in tokens_of(option.text)}
    return max((len(words & known) / len(words | known) for known in wanted), default=0.0)


def _nearness_to_code(line: int, scene: Scene) -> float:
    """Less for each line between the option and the nearest code with check digits."""
    place = bisect_left(scene.code_lines, line)
    nearest = min((abs(line - code) for code in scene.code_lines[max(0, place - 1) : place + 1]), default=_FAR_LINES)
    return math.exp(-nearest / 2)


def _is_near_issuer(option: Option, scene: Scene, here: Line) -> bool:
    """Whether a tax number or a bank account follows within a few lines, in the column of the option or right of it."""
    first = option.start - here.start
    return any(
        0 <= segment.line - here.index <= _REACH_ISSUER and segment.last >= first - _SLACK and segment.first - first <= _COLUMN
        for segment in scene.issuer_places
    )


def _under_sender(scene: Scene, option: Option, line: int) -> bool:
    """Whether the sender's address in one small line stands right above, as in the window of an envelope."""
    layout = scene.source.layout
    here = layout.lines[line]
    first = option.start - here.start
    if line == 0 or layout.text.count("\n", layout.lines[line - 1].end, here.start) > 2:
        return False
    above = layout.lines[line - 1]
    if not above.segments or abs(above.segments[0].first - first) > 3:
        return False
    return is_sender_line(layout.text[above.start : above.end])


def _opens_sender_line(line: str, option: Option, line_start: int) -> bool:
    """Whether the option is the name at the beginning of a sender line."""
    first, last = option.start - line_start, option.end - line_start
    return (
        not line[:first].strip()
        and bool(SEPARATORS.match(line[last:].lstrip(" ")) or SEPARATORS.match(line[last:]))
        and is_sender_line(line)
    )


def _position_in_block(scene: Scene, option: Option, line: int) -> int:
    """How many lines of its column stand directly above, up to a label, an empty place or the end of another address."""
    layout, hits = scene.source.layout, scene.source.hits
    first = option.start - layout.lines[line].start
    position = 0
    for index in range(line - 1, max(-1, line - 6), -1):
        above = [segment for segment in layout.lines[index].segments if abs(segment.first - first) <= 3]
        gap = layout.text.count("\n", layout.lines[index].end, layout.lines[index + 1].start)
        if not above or gap > 1:
            break
        segment = above[0]
        folded = fold(layout.text[segment.start : segment.end])
        labelled = sum(hit.end - hit.start for hit in hits.within(segment.start, segment.end, index))
        if labelled > 0.6 * len(folded) or ":" in folded or POSTCODE.search(folded) or CONTACT.search(folded):
            break
        position += 1
    return position


def _below(scene: Scene, option: Option, line: int) -> dict[str, float]:
    """Whether an address, or a tax or contact line, follows in the same column."""
    layout = scene.source.layout
    first = option.start - layout.lines[line].start
    address, contact = 0.0, 0.0
    for distance, segment in layout.below(line, first, first + len(option.text), 5):
        folded = fold(layout.text[segment.start : segment.end])
        if is_address(folded) and distance <= 4:
            address = max(address, 1.0 if distance <= 3 else 0.6)
        if CONTACT.search(folded):
            contact = max(contact, 1.0 - 0.15 * distance)
    return {"address": address, "contact": contact}
