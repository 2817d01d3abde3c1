"""Facts about an option that speak for or against it as the answer of a field, as numbers for `app.tasks.evidence.weights`."""

from __future__ import annotations

import math
from collections import Counter
from typing import Final

from app.domain.task import FieldType, TaskField
from app.tasks.candidates.asked_kinds import kind_features
from app.tasks.candidates.finding import TEXT_TYPES
from app.tasks.candidates.options import Option
from app.tasks.evidence.context import label_after, labels_before, nearness, said_around, section_strength, under_foreign_key
from app.tasks.evidence.forms import goes_beyond
from app.tasks.evidence.party_features import owner_features, party_features
from app.tasks.evidence.scene import Scene
from app.tasks.evidence.text_features import text_features, titled
from app.tasks.evidence.typed_features import (
    amount_features,
    choice_features,
    date_features,
    identifier_features,
    is_like,
    range_features,
)
from app.tasks.evidence.wrong_digits import fails_check

Features = dict[str, float]

_BEFORE: Final = 12


def features(field_: TaskField, option: Option, scene: Scene) -> Features:
    """The features of one option. A missing name is zero."""
    near = nearness(field_, option, scene.source)
    layout = scene.source.layout
    line = layout.line_of(option.start)
    index = line.index if line else 0
    facts: Features = {
        "own_left": near.own_left,
        "other_left": near.other_left,
        "own_above": near.own_above,
        "other_above": near.other_above,
        "header_above": near.header_above * near.own_above,
        "specific": near.specific * max(near.own_left, near.own_above),
        "unlabelled": float(max(near.own_left, near.own_above) < 0.15),
        "preferred": near.preferred * max(near.own_left, near.own_above),
        "opens_line": near.opens_line,
        "foreign_key": under_foreign_key(field_.name, option, scene.source),
        "depth": index / max(1, len(layout.lines) - 1),
        "top": math.exp(-index / 6),
        "verified": float(option.verified),
    }
    if field_.examples:
        facts["like_example"] = float(is_like(field_.examples, option.value))
    if field_.type is FieldType.DURATION:
        facts["said_after"], facts["warned"] = said_around(field_.name, option, scene.source)
        facts["said_before"] = labels_before(field_.name, option, scene.source)
    if field_.type is FieldType.CHOICE:
        facts |= choice_features(field_, option, scene)
    if field_.type in {FieldType.DATE, FieldType.TIME}:
        facts |= range_features(field_, option, scene)
    if field_.type in TEXT_TYPES:
        facts |= text_features(option, scene, index)
        if field_.type is FieldType.NAME:
            facts |= party_features(field_, option, scene, index)
        if field_.type is FieldType.ADDRESS:
            facts |= goes_beyond(option, scene.source)
        facts["titled"] = titled(field_, option, scene)
        if option.lead:
            facts["lead_support"] = labels_before(field_.name, option, scene.source)
        if field_.many:
            facts["section"] = section_strength(field_.name, index, scene.source)
        facts |= kind_features(field_, option.text, layout.text[max(0, option.start - _BEFORE) : option.start])
        facts["typed_share"] = scene.source.typed_share(option)
        facts["own_labelled"] = float(option.kind == "labelled" and near.own_left > 0.9)
    else:
        facts["label_after"] = label_after(field_.name, option, scene.source)
        counts = scene.value_counts.get(field_.type, Counter())
        facts["often"] = math.log(max(1, counts[option.value]))
        facts["share"] = counts[option.value] / max(1, sum(counts.values()))
        if field_.type in {FieldType.AMOUNT, FieldType.NUMBER}:
            facts |= amount_features(option, scene, index)
            facts["tax_named"] = facts["tax_of"] * (1.0 - facts["unlabelled"])
        elif field_.type is FieldType.DATE:
            facts |= date_features(option, counts)
        elif field_.type in {FieldType.IDENTIFIER, FieldType.TAX_ID}:
            facts |= identifier_features(option, scene)
            facts["fails_check"] = float(fails_check(field_, option.value))
            if field_.type is FieldType.TAX_ID:
                facts |= owner_features(field_, option, scene)
        elif field_.type is FieldType.IBAN:
            facts["fails_check"] = float(fails_check(field_, option.value))
    return facts
