"""Classes and points of a larger model: a class must be one of the task's, every fact of a point stand in the document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from pydantic import JsonValue

from app.documents.language import guess_language
from app.domain.document import Document
from app.domain.result import LabelAnswer, LabelScore, Opinion, Point, Proof, Result
from app.domain.targets import LABEL, POINTS
from app.domain.task import Task
from app.tasks.answers.grounding import evidence_at
from app.tasks.settling.values import OTHER_FORM, SAME, Larger, sure_if_other, sure_if_same, words_of
from app.tasks.text.facts import unsupported
from app.tasks.text.folding import same_name_key
from app.tasks.text.passages import own_passages
from app.tasks.text.salience import stems_of
from app.tasks.text.sentences import Sentence, split_sentences

_NO_LABEL: Final = "The task has no such class."
_LABEL_TAKEN: Final = "The larger model chose this class."
_POINT_TAKEN: Final = "The larger model's words; every number, date and name in them stands in these sentences."
_NO_POINT: Final = "No sentence of the document says this."
_OWN_FACTS: Final = "It states what does not stand in the document: {facts}."
_MOST_SENTENCES: Final = 3
_LEAST_WORDS: Final = 3
_LEAST_OVERLAP: Final = 0.4
"""Of a point's content words, so many must stand in the sentences it rests on, where both are in one language."""
_MAX_CHARS: Final = 1000
_AMBIGUOUS_BELOW: Final = 0.6


class _Said(NamedTuple):
    text: str
    question: str


def settle_label(answer: Result, task: Task, given: JsonValue, by: Larger) -> Result:
    local = answer.label
    if local is None or local.method == "person":
        return answer
    try:
        said = words_of(given)
    except ValueError as fault:
        return _with_label(answer, _refused(local, by.source, None, str(fault)))
    names = {same_name_key(label.name): label.name for label in task.labels}
    name = names.get(same_name_key(said or ""))
    if name is None:
        return _with_label(answer, _refused(local, by.source, said, _NO_LABEL))
    if name == local.value:
        opinion = Opinion(source=by.source, value=name, accepted=True, reason=SAME)
        confidence = max(local.confidence, sure_if_same(local.confidence, by))
        proof = Proof.GROUNDED if confidence >= _AMBIGUOUS_BELOW else local.proof
        update = {"confidence": confidence, "proof": proof, "opinions": (*_opinions(local), opinion)}
        return _with_label(answer, local.model_copy(update=update | {"alternatives": _scaled(local, name, confidence)}))
    return _with_label(answer, _taken(local, by, name))


def settle_points(answer: Result, task: Task, document: Document, given: JsonValue, source: str) -> Result:
    """The points that hold, in their order; the local ones where none does."""
    if any(point.proof is Proof.VERIFIED for point in answer.points):
        return answer
    own = Opinion(source="local", value=_as_json(answer.points), accepted=True)
    before = answer.opinions.get(POINTS, (own,))
    theirs = Opinion(source=source, value=json.dumps(given, ensure_ascii=False))
    if not isinstance(given, list):
        return _with_opinions(answer, (*before, theirs.model_copy(update={"reason": OTHER_FORM})))
    supports = _Supports(document)
    judged = [supports.judge(said) for said in _said(given[: task.max_points])]
    points = tuple(point for point, _ in judged if point is not None)
    reason = " ".join(fault for _, fault in judged if fault)
    if not points:
        return _with_opinions(answer, (*before, theirs.model_copy(update={"reason": reason or _NO_POINT})))
    before = tuple(opinion.model_copy(update={"accepted": False}) for opinion in before)
    theirs = theirs.model_copy(update={"accepted": True, "reason": reason})
    return _with_opinions(answer.model_copy(update={"points": points}), (*before, theirs))


class _Supports:
    """Finds the sentences that a point rests on."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._language = guess_language(document.text)
        self._sentences = split_sentences(document.text, own_passages(document).spans).sentences
        self._stems = [frozenset(stems_of(sentence.text)) for sentence in self._sentences]

    def judge(self, said: _Said) -> tuple[Point | None, str]:
        """The point with its sentences, or why there is none."""
        chosen, overlap = self._sentences_for(said.text)
        basis = " ".join(f"{sentence.speaker} {sentence.text}" for sentence in chosen)
        own = unsupported(_capital(said.text), basis)
        if own:
            return None, _OWN_FACTS.format(facts=", ".join(own[:5]))
        is_same_language = not self._language or guess_language(said.text) in {self._language, ""}
        if not chosen or (is_same_language and overlap < _LEAST_OVERLAP):
            return None, _NO_POINT
        evidence = tuple(evidence_at(self._document, *span) for sentence in chosen for span in sentence.spans)
        confidence = round(0.5 + 0.4 * overlap, 3)
        return Point(text=said.text, evidence=evidence, question=said.question, confidence=confidence, reason=_POINT_TAKEN), ""

    def _sentences_for(self, text: str) -> tuple[list[Sentence], float]:
        """A few sentences that together hold most of a point's facts and content words, in the order of the document."""
        wanted = set(stems_of(text))
        missing, chosen = set(wanted), list[int]()
        facts = set(unsupported(_capital(text), ""))
        while len(chosen) < _MOST_SENTENCES and (missing or facts):
            index = max(range(len(self._stems)), key=lambda each: self._gain(each, missing, facts), default=-1)
            if index < 0 or self._gain(index, missing, facts) <= 0:
                break
            chosen.append(index)
            missing -= self._stems[index]
            facts &= set(unsupported(_capital(text), " ".join(self._sentences[each].text for each in chosen)))
        sentences = [self._sentences[index] for index in sorted(chosen)]
        return sentences, 1.0 - len(missing) / len(wanted) if wanted else 0.0

    def _gain(self, index: int, missing: set[str], facts: set[str]) -> float:
        text = self._sentences[index].text
        return 3.0 * sum(fact in text for fact in facts) + len(missing & self._stems[index]) - 0.001 * len(self._stems[index])


def _said(given: Sequence[JsonValue]) -> Iterator[_Said]:
    for each in given:
        text, question = (each.get("text"), each.get("question")) if isinstance(each, dict) else (each, None)
        if isinstance(text, str) and len(text.split()) >= _LEAST_WORDS:
            asked = question if isinstance(question, str) else ""
            yield _Said(" ".join(text.split())[:_MAX_CHARS], " ".join(asked.split())[:_MAX_CHARS])


def _capital(text: str) -> str:
    """The first word counts as a beginning, not as a name."""
    return text[:1].upper() + text[1:]


def _taken(local: LabelAnswer, by: Larger, name: str) -> LabelAnswer:
    prior = next((each.probability for each in local.alternatives if each.value == name), 0.0)
    confidence = sure_if_other(local.confidence, prior, by)
    before = tuple(opinion.model_copy(update={"accepted": False}) for opinion in _opinions(local))
    opinion = Opinion(source=by.source, value=name, confidence=confidence, accepted=True, reason=_LABEL_TAKEN)
    return LabelAnswer(
        value=name,
        confidence=confidence,
        alternatives=_scaled(local, name, confidence),
        method="frontier",
        proof=Proof.GROUNDED if confidence >= _AMBIGUOUS_BELOW else Proof.AMBIGUOUS,
        reason=_LABEL_TAKEN,
        opinions=(*before, opinion),
    )


def _refused(local: LabelAnswer, source: str, said: str | None, reason: str) -> LabelAnswer:
    return local.model_copy(update={"opinions": (*_opinions(local), Opinion(source=source, value=said, reason=reason))})


def _scaled(local: LabelAnswer, name: str, confidence: float) -> tuple[LabelScore, ...]:
    """The other classes, best first; with the chosen one their probabilities sum to one."""
    others = [LabelScore(value=local.value, probability=local.confidence), *local.alternatives]
    others = [each for each in others if each.value != name]
    total = sum(each.probability for each in others)
    scale = (1.0 - confidence) / total if total else 0.0
    return tuple(each.model_copy(update={"probability": each.probability * scale}) for each in others)


def _opinions(local: LabelAnswer) -> tuple[Opinion, ...]:
    own = Opinion(source="local", value=local.value, confidence=local.confidence, accepted=True, reason=local.reason)
    return local.opinions or (own,)


def _with_label(answer: Result, label: LabelAnswer) -> Result:
    return answer.model_copy(update={LABEL: label})


def _with_opinions(answer: Result, opinions: tuple[Opinion, ...]) -> Result:
    return answer.model_copy(update={"opinions": answer.opinions | {POINTS: opinions}})


def _as_json(points: Sequence[Point]) -> str:
    return json.dumps([point.text for point in points], ensure_ascii=False)
