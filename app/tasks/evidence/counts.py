"""Numbers that hardly answer a field which asks how many: measures of something else, and nought."""

from __future__ import annotations

import re
from typing import Final

from app.domain.task import TaskField
from app.tasks.candidates.options import Option
from app.tasks.lines.labels import labels_of
from app.tasks.text.folding import tokens_of

_MEASURE = re.compile(
    r"[ \u00a0]?(?P<unit>k?cals?|calories|kalorien|calorias|calorie|kalori|kj|kg|mg|ml|cl|dl|g|gr|oz|lbs?|cups?|tbsp|tsp|el|tl"
    r"|cm|mm|km|mins?|minutes?|minuten|hours?|hrs?|stunden|heures?|dakika|saat|x|%|°[cf]?)(?![^\W_])"
)
_UNLIKELY: Final = -3.0
_LISTED: Final = (",", ", ", ";", "; ")


def unlikely_count(field: TaskField, option: Option, folded: str, *, is_labelled: bool) -> float:
    """What a number loses that is the measure of something else ("760 kcal") or nought; `folded` is the document's text."""
    if option.value.strip("-0.") == "":
        return _UNLIKELY
    measure = _MEASURE.match(folded, option.end)
    if measure is None or (is_labelled and not folded[max(0, option.start - 2) : option.start].endswith(_LISTED)):
        return 0.0
    asked = {
        token.text for words in (field.name.replace("_", " "), field.description, *labels_of(field)) for token in tokens_of(words)
    }
    return 0.0 if measure["unit"] in asked else _UNLIKELY
