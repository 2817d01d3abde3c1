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
from app.tasks.asking.engine import Engine
from app.tasks.asking.judge import affinity
from app.tasks.lines.windows import pages_of
from app.tasks.summary.points import Source, point_of
from app.tasks.summary.questions import ask, topic_of
from app.tasks.text.actions import possible_actions
from app.tasks.text.passages import QUOTED, own_passages
from app.tasks.text.salience import Ranked, choose, rank
from app.tasks.text.sentences import Prose, split_sentences

OnProgress = Callable[[Progress], None]

NO_PROSE = "The document holds no sentences that could be summed up."
NO_ACTIONS = "Nothing was found that somebody is asked or has promised to do."
MORE_ACTIONS = "There are more possible items than are shown."
_SHORTLIST: Final = 2
"""Candidates a point that the model sees."""
_MODEL_WEIGHT: Final = 0.5
"""Points of salience that one standard deviation of the model's liking is worth; measured on news and earnings calls."""
_MOST_JUDGED: Final = 24
_ONE_PARAGRAPH: Final = (2, 12)
"""Paragraphs (a title line may count as one) and sentences."""
_FEW_SENTENCES: Final = 3
_MAIN_POINT: Final = "What is the main point of this text? Answer with one sentence."
_TO_DO: Final = "What does somebody have to do according to this text? Answer with one sentence."


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
        points, more = _action_items(task, source, prose, engine)
        notices += more
    else:
        points = _key_points(task, source, prose, engine, on_progress)
    on_progress(Progress("thinking", 1.0))
    return Result(task=task.id, points=points, pages_read=pages_of(document, passages.spans), notices=tuple(notices))


def _key_points(task: Task, source: Source, prose: Prose, engine: Engine, on_progress: OnProgress) -> tuple[Point, ...]:
    count = _fitting_count(task, prose)
    ranked = rank(prose)
    shortlist = choose(ranked, min(_MOST_JUDGED, _SHORTLIST * count))
    if len(shortlist) > count and not _is_paragraph(prose):
        # In one paragraph, the words that announce the main sentence tell more than the model (measured on abstracts).
        ranked = weighted_by_judgement(ranked, shortlist, prose, engine)
    shortlist = choose(ranked, count)
    on_progress(Progress("thinking", 0.6))
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
    full = _full_sentences(prose)
    is_paragraph = _is_paragraph(prose)
    if task.style is SummaryStyle.ABSTRACT:
        count = 1 if is_paragraph or full <= _FEW_SENTENCES else max(2, math.ceil(0.4 * full))
    else:
        count = max(1, round((0.3 if is_paragraph else 0.4) * full))
    return min(task.max_points, count, len(prose.sentences))


def _full_sentences(prose: Prose) -> int:
    return sum(sentence.is_full for sentence in prose.sentences) or len(prose.sentences)


def _is_paragraph(prose: Prose) -> bool:
    """Whether the text is hardly longer than a summary."""
    return (
        len({sentence.block for sentence in prose.sentences}) <= _ONE_PARAGRAPH[0] and _full_sentences(prose) <= _ONE_PARAGRAPH[1]
    )


def weighted_by_judgement(ranked: Ranked, shortlist: Sequence[int], prose: Prose, engine: Engine) -> Ranked:
    """The scores with what the model thinks of the shortlist; all other sentences are out."""
    order = sorted(shortlist)
    title = prose.headings[0].text if prose.headings else ""
    liked = affinity(engine, [prose.sentences[index].text for index in order], _MAIN_POINT, title=title)
    scores = np.full_like(ranked.scores, -np.inf)
    scores[order] = ranked.scores[order] + _MODEL_WEIGHT * np.array(liked)
    return replace(ranked, scores=scores)


def _confidences(ranked: Ranked, chosen: Sequence[int]) -> dict[int, float]:
    """How far a sentence stands out, as a probability."""
    return {index: 1.0 / (1.0 + math.exp(1.5 - float(ranked.scores[index]))) for index in chosen}


def _action_items(task: Task, source: Source, prose: Prose, engine: Engine) -> tuple[tuple[Point, ...], list[str]]:
    found = possible_actions(prose)
    if not found:
        return (), [NO_ACTIONS]
    best = found
    if len(found) > task.max_points:
        asked = found[: max(task.max_points, min(_MOST_JUDGED, _SHORTLIST * task.max_points))]
        liked = affinity(engine, [sentence.text for _, sentence in asked], _TO_DO)
        rated = [(score + _MODEL_WEIGHT * value, sentence) for (score, sentence), value in zip(asked, liked, strict=True)]
        best = sorted(rated, key=lambda pair: -pair[0])[: task.max_points]
    points = tuple(
        point_of(source, sentence, confidence=min(0.95, max(0.05, 0.6 * score)))
        for score, sentence in sorted(best, key=lambda pair: pair[1].index)
    )
    return points, [MORE_ACTIONS] if len(found) > len(points) else []
