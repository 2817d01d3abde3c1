"""A second reading of scans: a model that sees says what it reads in the page's picture, and the recognised text has the last word.

What does not stand in the text is never a value; it is kept beside the answer as an opinion that was refused.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.documents.normalizers import normalize
from app.domain.picture import PagePicture
from app.domain.result import Opinion, Value
from app.domain.task import Task, TaskField
from app.errors import ModelError
from app.tasks.answers.choice import Contender, Decision
from app.tasks.asking.engine import PromptPart, SeeingEngine, Words
from app.tasks.asking.prompts import template_of
from app.tasks.candidates.finding import Source
from app.tasks.candidates.options import Option
from app.tasks.extraction.vision_places import RecognisedText

_INSTRUCTIONS: Final = "You read pictures of documents and copy values from them exactly as printed."
_SURE: Final = 0.95
_ODDS: Final = 4.0
"""How many times likelier a value becomes that the picture shows as well. A judgement: no model with eyes was there to fit it."""
_NEW_SHARE: Final = 0.1
"""Probability, before this, of a place that only the picture led to."""
_TOKENS_PER_FIELD: Final = 40
_MOST_ANSWER_TOKENS: Final = 480
_MOST_CHARS: Final = 80
_PAIR = re.compile(r'"(\w+)": "([^"]*)"')
_SOURCE: Final = "picture"
_REFUSED: Final = "The picture seems to say this, but it does not stand in the recognised text."

OnField = Callable[[str, float], None]


@dataclass(frozen=True)
class Sighting:
    """What was read in a picture as a field's value, and where that stands in the text, if it does."""

    field: TaskField
    words: str
    place: Option | None


def look(
    task: Task,
    source: Source,
    engine: SeeingEngine,
    pictures: Sequence[PagePicture],
    decisions: Mapping[str, Decision],
    tell: Callable[[float], None],
) -> tuple[dict[str, Sighting], tuple[str, ...]]:
    """Ask about the fields that are not sure yet, page by page, and find the answers in the text; with notices for the person."""
    asked = [decision.field for decision in decisions.values() if not _is_sure(decision)]
    read: dict[str, str] = {}
    notices: tuple[str, ...] = ()
    for index, picture in enumerate(pictures):
        open_fields = [field for field in asked if field.name not in read]
        if not open_fields:
            break
        try:
            read |= _ask(task, engine, picture, open_fields)
        except ModelError as error:
            notices = (f"A page could not be read from its picture. {error.user_text}",)
        tell((index + 1) / len(pictures))
    text = RecognisedText(source)
    return {
        field.name: Sighting(field, read[field.name], text.place_of(read[field.name], field))
        for field in asked
        if field.name in read
    }, notices


def with_sightings(decisions: Mapping[str, Decision], sightings: Mapping[str, Sighting]) -> dict[str, Decision]:
    """The decisions with the places that pictures speak for made likelier."""
    return {
        name: _with_sighting(decision, place) if (place := _place(sightings.get(name))) else decision
        for name, decision in decisions.items()
    }


def with_opinions(values: Mapping[str, Value], sightings: Mapping[str, Sighting]) -> dict[str, Value]:
    """The values, each with what the picture says where that was refused."""
    refused = {name: _refused(seen) for name, seen in sightings.items() if seen.place is None}
    return {
        name: value.model_copy(update={"opinions": (*value.opinions, refused[name])}) if name in refused else value
        for name, value in values.items()
    }


def _refused(seen: Sighting) -> Opinion:
    words = " ".join(seen.words.split())
    return Opinion(source=_SOURCE, value=normalize(seen.field.type, words) or words, text=words, reason=_REFUSED)


def _ask(task: Task, engine: SeeingEngine, picture: PagePicture, fields: Sequence[TaskField]) -> dict[str, str]:
    template = template_of(engine.info.family)
    question = " ".join(filter(None, (task.instructions, _question(fields))))
    parts: list[PromptPart] = [
        Words(template.before_system, special=True),
        Words(_INSTRUCTIONS),
        Words(template.before_user, special=True),
        picture,
        Words(f"\n\n{question}"),
        Words(template.before_answer, special=True),
    ]
    engine.look([part for part in parts if isinstance(part, PagePicture) or part.text])
    limit = min(_MOST_ANSWER_TOKENS, _TOKENS_PER_FIELD * len(fields))
    answer = engine.generate(answer_grammar([field.name for field in fields]), limit=limit).text
    return {name: words for name, words in _PAIR.findall(answer) if words.strip()}


def answer_grammar(names: Sequence[str]) -> str:
    """A JSON object with these names, each null or words of one line, as a llguidance grammar."""
    pairs = ' ", " '.join(f"{json.dumps(json.dumps(name) + ': ')} value" for name in names)
    return f'start: "{{" {pairs} "}}"\nvalue: "null" | WORDS\nWORDS: /"[^"\\\\\\n]{{1,{_MOST_CHARS}}}"/\n'


def _question(fields: Sequence[TaskField]) -> str:
    lines = [f"- {field.name}: {field.description or field.title.get('en', field.name.replace('_', ' '))}" for field in fields]
    return "Give these values of the page as one line of JSON, copied as printed, or null where there is none:\n" + "\n".join(lines)


def _is_sure(decision: Decision) -> bool:
    return bool(decision.contenders) and decision.contenders[0].probability >= _SURE


def _place(sighting: Sighting | None) -> Option | None:
    return sighting.place if sighting is not None else None


def _with_sighting(decision: Decision, place: Option) -> Decision:
    contenders = list(decision.contenders)
    if all(contender.key != place.key for contender in contenders):
        first = contenders[0].probability if contenders else 1.0
        contenders.append(Contender(place.key, place, min(_NEW_SHARE, first)))
    weighed = [
        replace(contender, probability=_ODDS * contender.probability, seen=True) if contender.key == place.key else contender
        for contender in contenders
    ]
    scale = 1.0 / (math.fsum(contender.probability for contender in weighed) + decision.absent)
    weighed = [replace(contender, probability=contender.probability * scale) for contender in weighed]
    weighed.sort(key=lambda contender: (-contender.probability, contender.option.start))
    return replace(decision, contenders=tuple(weighed), absent=decision.absent * scale)
