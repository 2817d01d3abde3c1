"""Facts about an option that speak for or against it as the answer of a field, as numbers for `app.tasks.weights`."""

from __future__ import annotations

import math
from collections import Counter

from app.domain.task import FieldType, TaskField
from app.tasks.candidates import TEXT_TYPES, Option
from app.tasks.context import label_after, labels_before, nearness, section_strength
from app.tasks.party_features import party_features
from app.tasks.scene import Scene
from app.tasks.text_features import text_features, titled
from app.tasks.typed_features import amount_features, date_features, identifier_features, range_features, shape_of

Features = dict[str, float]


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
        "opens_line": near.opens_line,
        "depth": index / max(1, len(layout.lines) - 1),
        "top": math.exp(-index / 6),
        "verified": float(option.verified),
    }
    if field_.examples:
        facts["like_example"] = float(any(shape_of(example) == shape_of(option.value) for example in field_.examples))
    if field_.type in {FieldType.DATE, FieldType.TIME}:
        facts |= range_features(field_, option, scene)
    if field_.type in TEXT_TYPES:
        facts |= text_features(option, scene, index)
        if field_.type is FieldType.NAME:
            facts |= party_features(field_, option, scene, index)
        facts["titled"] = titled(field_, option, scene)
        if option.lead:
            facts["lead_support"] = labels_before(field_.name, option, scene.source)
        if field_.many:
            facts["section"] = section_strength(field_.name, index, scene.source)
        facts["own_labelled"] = float(option.kind == "labelled" and near.own_left > 0.9)
    else:
        facts["label_after"] = label_after(field_.name, option, scene.source)
        counts = scene.value_counts.get(field_.type, Counter())
        facts["often"] = math.log(max(1, counts[option.value]))
        facts["share"] = counts[option.value] / max(1, sum(counts.values()))
        if field_.type in {FieldType.AMOUNT, FieldType.NUMBER}:
            facts |= amount_features(option, scene, index)
        elif field_.type is FieldType.DATE:
            facts |= date_features(option, counts)
        elif field_.type in {FieldType.IDENTIFIER, FieldType.TAX_ID}:
            facts |= identifier_features(option)
    return facts
