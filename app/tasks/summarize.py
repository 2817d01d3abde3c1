"""Summaries whose every point is bound to the sentences it rests on. The points hold no number, date or name of their own."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from app.documents.language import guess_language
from app.domain.document import Document
from app.domain.progress import Progress
from app.domain.result import Point, Result
from app.domain.task import SummaryStyle, Task
from app.tasks.actions import possible_actions
from app.tasks.engine import Engine
from app.tasks.judge import judge, relative
from app.tasks.passages import QUOTED, own_passages
from app.tasks.points import Source, point_of
from app.tasks.questions import ask, topic_of
from app.tasks.salience import Ranked, choose, rank
from app.tasks.sentences import Prose, Sentence, split_sentences
from app.tasks.windows import pages_of

OnProgress = Callable[[Progress], None]

NO_PROSE = "The document holds no sentences that could be summed up."
NO_ACTIONS = "Nothing was found that somebody is asked or has promised to do."
MORE_ACTIONS = "There are more possible items than are shown."
_SHORTLIST: Final = 2
"""Candidates a point that the model sees."""
_MODEL_WEIGHT: Final = 0.08
_MOST_JUDGED: Final = 24
_ONE_PARAGRAPH: Final = (2, 12)
"""Paragraphs (a title line may count as one) and sentences of a text that is hardly longer than a summary."""
_FEW_SENTENCES: Final = 3
_IMPORTANCE: Final = (
    "You decide whether a sentence belongs in the summary of a document: Yes or No."
    " Sentences with results, decisions and main statements belong there; details, examples and formalities do not."
)
_ASKING: Final = (
    "You decide whether a sentence is a task for somebody: Yes or No. A sentence that asks, orders or reminds somebody to do"
    " something, or that promises to do something, is a task; a statement of facts is not."
)


def summarize(task: Task, document: Document, engine: Engine, *, language: str, on_progress: OnProgress) -> Result:
    """The points of a document in the task's style, in the document's own words and language.

    All of the text is weighed; the model judges the best sentences of it. `language` is the person's, used only where the
    document's can't be told.
    """
    passages = own_passages(document)
    prose = split_sentences(document.text, passages.spans)
    source = Source(document, guess_language(document.text) or language)
    notices = [QUOTED] if passages.without_quotes else []
    on_progress(Progress("thinking", 0.1))
    if not prose.sentences:
        points: tuple[Point, ...] = ()
        notices.append(NO_PROSE)
    elif task.style is SummaryStyle.ACTION_ITEMS:
        points, more = _action_items(task, source, prose, engine, on_progress)
        notices += more
    else:
        points = _key_points(task, source, prose, engine, on_progress)
    return Result(task=task.id, points=points, pages_read=pages_of(document, passages.spans), notices=tuple(notices))


def _key_points(task: Task, source: Source, prose: Prose, engine: Engine, on_progress: OnProgress) -> tuple[Point, ...]:
    count = _fitting_count(task, prose)
    ranked = rank(prose)
    shortlist = choose(ranked, min(_MOST_JUDGED, _SHORTLIST * count))
    if len(shortlist) > count:
        ranked = weighted_by_judgement(ranked, shortlist, prose, engine, on_progress)
        shortlist = choose(ranked, count)
    confidences = _confidences(ranked, shortlist)
    points = []
    for number, index in enumerate(sorted(shortlist), start=1):
        sentence = prose.sentences[index]
        if task.style is SummaryStyle.FAQ:
            question, sure = ask(engine, sentence.text, source.language, topic_of(sentence.text, ranked.vectors[index]))
            points.append(point_of(source, sentence, confidence=confidences[index] * sure, question=question))
            on_progress(Progress("thinking", 0.6 + 0.4 * number / count))
        else:
            points.append(point_of(source, sentence, confidence=confidences[index]))
    return tuple(points)


def _fitting_count(task: Task, prose: Prose) -> int:
    """How many points a document of this length bears, up to what the task asks for."""
    full = sum(sentence.is_full for sentence in prose.sentences) or len(prose.sentences)
    paragraphs = len({sentence.block for sentence in prose.sentences})
    is_paragraph = paragraphs <= _ONE_PARAGRAPH[0] and full <= _ONE_PARAGRAPH[1]
    if task.style is SummaryStyle.ABSTRACT:
        count = 1 if is_paragraph or full <= _FEW_SENTENCES else max(2, math.ceil(0.4 * full))
    else:
        count = max(1, round((0.3 if is_paragraph else 0.4) * full))
    return min(task.max_points, count, len(prose.sentences))


def weighted_by_judgement(
    ranked: Ranked, shortlist: Sequence[int], prose: Prose, engine: Engine, on_progress: OnProgress
) -> Ranked:
    """The scores with what the model thinks of the shortlist; all other sentences are out."""
    probabilities = judge(
        engine,
        [prose.sentences[index].text for index in shortlist],
        instructions=_IMPORTANCE,
        question="Yes or No?",
        after_each=lambda number: on_progress(Progress("thinking", 0.1 + 0.5 * number / len(shortlist))),
    )
    scores = np.full_like(ranked.scores, -np.inf)
    for index, odds in zip(shortlist, relative(probabilities), strict=True):
        scores[index] = ranked.scores[index] + _MODEL_WEIGHT * odds
    return replace(ranked, scores=scores)


def _confidences(ranked: Ranked, chosen: Sequence[int]) -> dict[int, float]:
    """How far a sentence stands out, as a probability."""
    return {index: 1.0 / (1.0 + math.exp(1.5 - float(ranked.scores[index]))) for index in chosen}


def _action_items(
    task: Task, source: Source, prose: Prose, engine: Engine, on_progress: OnProgress
) -> tuple[tuple[Point, ...], list[str]]:
    found = possible_actions(prose)
    asked = found[: max(_MOST_JUDGED, task.max_points)]
    probabilities = judge(
        engine,
        [sentence.text for _, sentence in asked],
        instructions=_ASKING,
        question="Yes or No?",
        after_each=lambda number: on_progress(Progress("thinking", 0.1 + 0.9 * number / len(asked))),
    )
    rated: list[tuple[float, Sentence]] = [
        (score + _MODEL_WEIGHT * odds, sentence) for (score, sentence), odds in zip(asked, relative(probabilities), strict=True)
    ]
    best = sorted(rated, key=lambda pair: -pair[0])[: task.max_points]
    points = tuple(
        point_of(source, sentence, confidence=min(0.95, max(0.05, score)))
        for score, sentence in sorted(best, key=lambda pair: pair[1].index)
    )
    if not points:
        return (), [NO_ACTIONS]
    return points, [MORE_ACTIONS] if len(found) > len(points) else []
