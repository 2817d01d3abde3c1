"""Extraction: fields, lists and rows of a document, every value with its place.

Recognizers and the layout say what could answer a field, evidence around each place and the model's reading say how likely it is,
the task's checks decide between values that must agree. The model never writes a value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from app.documents.language import guess_language
from app.domain.document import Document
from app.domain.picture import PagePicture
from app.domain.progress import Progress
from app.domain.result import Result, Value
from app.domain.task import FieldType, Task, TaskCheck, TaskField
from app.tasks.answers.absence import without_guesses
from app.tasks.answers.answer_facts import shared_places
from app.tasks.answers.checks import parse_check, run_check
from app.tasks.answers.choice import Decision, contenders_of, decide_together, settled
from app.tasks.answers.confidence import confirm_rows, value_of, verdict_on
from app.tasks.asking.engine import Engine, SeeingEngine
from app.tasks.candidates.finding import TEXT_TYPES, Source, find_typed, options_of
from app.tasks.evidence.counts import unlikely_count
from app.tasks.evidence.features import features
from app.tasks.evidence.scene import Scene
from app.tasks.evidence.sections import section_under
from app.tasks.evidence.weights import absent_utility, evidence_weights, special_key
from app.tasks.extraction.header_facts import told_by_header
from app.tasks.extraction.lists import MAX_MEMBERS, asks_for_sentences, list_values, request_values, section_values
from app.tasks.extraction.readings import with_backing
from app.tasks.extraction.vision import Sighting, look, with_opinions, with_sightings
from app.tasks.extraction.votes import ask, in_doubt
from app.tasks.lines.labels import LabelIndex
from app.tasks.lines.layout import Layout
from app.tasks.lines.windows import Excerpt, pages_of
from app.tasks.rows import read_rows
from app.tasks.text.columns import Span
from app.tasks.text.mail_header import header_of

OnProgress = Callable[[Progress], None]

Checks = tuple[list[TaskCheck], Mapping[str, Sequence[str | None]]]
"""Those of the task that can be answered, and the columns of the rows."""

_KEPT_CONTENDERS: Final = 24
_SEVERAL: Final = 3
_OTHER_TYPE: Final = -3.0
"""Utility of a date, an e-mail address or the like as the words of a field that the weights do not know."""


def extract(
    task: Task,
    document: Document,
    engine: Engine | None,
    *,
    pictures: Sequence[PagePicture] = (),
    language: str = "",
    on_progress: OnProgress | None = None,
) -> Result:
    """The task's fields, lists and rows. `language` is the person's; values are copied, so it changes nothing here.

    `pictures` are those of recognised pages, for an engine that sees. Without an engine the document's own evidence decides alone,
    which is what the measurements compare with.
    """
    tell = on_progress or (lambda _progress: None)
    del language
    scene = scene_of(task, document)
    requests = [field.name for field in task.fields if asks_for_sentences(field)]
    decisions = {field.name: weigh_evidence(field, scene) for field in task.fields if field.name not in requests}
    sightings, remarks = _look(task, scene, engine, pictures, decisions, tell)
    decisions = with_sightings(decisions, sightings)
    lists = {field.name: _members(field, decisions.pop(field.name, None), scene, document) for field in task.fields if field.many}
    rows = {group.name: read_rows(group, scene, document) for group in task.rows}
    columns = _columns(rows)
    checks = [check for check in task.checks if _is_answerable(check, decisions, columns)], columns
    decisions, part = _ask_model(task, scene, engine, decisions, checks, tell)
    decisions = decide_together(decisions, *checks)
    decisions = without_guesses(decisions, _failing(decisions, *checks), _listed(rows))
    values = {name: decision.value for name, decision in decisions.items()}
    outcomes = [run_check(check, values, columns) for check in task.checks]
    rows = {name: confirm_rows(name, records, outcomes) for name, records in rows.items()}
    shared = shared_places(decisions)
    fields = {
        name: value_of(decision, document, verdict_on(name, outcomes, values), task.id, is_shared=name in shared)
        for name, decision in decisions.items()
    }
    fields = with_opinions(fields, sightings)
    for name, value in fields.items():
        tell(Progress("field", 1.0, name=name, value=value))
    return Result(
        task=task.id,
        task_version=task.version,
        fields=fields,
        lists=lists,
        rows=rows,
        checks=tuple(outcomes),
        pages_read=tuple(page.number for page in document.pages),
        notices=(*_notices(document, part), *remarks),
    )


def scene_of(task: Task, document: Document) -> Scene:
    """The document as the fields' features see it."""
    layout = Layout(document.text)
    recognised = any(page.ocr for page in document.pages)
    hits = LabelIndex(task.fields).find(layout, fuzzy=recognised)
    source = Source(layout, hits, find_typed(document.text, language=guess_language(document.text)))
    title, header = document.metadata.get("title", ""), header_of(task, document)
    return Scene.of(source, task.id, fuzzy=recognised, title=title, header=header)


def weigh_evidence(field: TaskField, scene: Scene) -> Decision:
    """What the document's own evidence makes of a field, before the model is asked."""
    told = told_by_header(field, scene.header, scene.source)
    if told is not None:
        return told
    options = options_of(field, scene.source)
    weights = evidence_weights(field, scene.task_id)
    facts = [features(field, option, scene) for option in options]
    utilities = [sum(weights.get(name, 0.0) * amount for name, amount in fact.items()) for fact in facts]
    known = bool(special_key(field, scene.task_id))
    if not known and field.type in TEXT_TYPES:
        utilities = [
            utility + (_OTHER_TYPE if scene.source.is_of_other_type(field, option) else 0.0)
            for utility, option in zip(utilities, options, strict=True)
        ]
    if not known and field.type is FieldType.NUMBER:
        utilities = [
            utility + unlikely_count(field, option, scene.folded, is_labelled=max(fact["own_left"], fact["own_above"]) > 0)
            for utility, option, fact in zip(utilities, options, facts, strict=True)
        ]
    labels = [max(fact["own_left"], fact["own_above"]) for fact in facts]
    contenders, absent = contenders_of(options, utilities, labels, absent_utility(field))
    if field.many:
        return Decision(field, tuple(contenders[:MAX_MEMBERS]), absent, known=known)
    kept = with_backing(contenders[:_KEPT_CONTENDERS], options, utilities, facts, weights)
    return Decision(field, kept, absent, known=known, printed=scene.source.hits.has(field.name))


def _members(field: TaskField, decision: Decision | None, scene: Scene, document: Document) -> tuple[Value, ...]:
    """A list's values: requests, the lines under a heading of the field, or the places that evidence speaks for."""
    if decision is None:
        return request_values(document)
    section = section_under(field, scene.source) if field.type is FieldType.TEXT else None
    return section_values(section, document) if section else list_values(decision, document)


def _look(
    task: Task,
    scene: Scene,
    engine: Engine | None,
    pictures: Sequence[PagePicture],
    decisions: Mapping[str, Decision],
    tell: OnProgress,
) -> tuple[dict[str, Sighting], tuple[str, ...]]:
    if not pictures or not isinstance(engine, SeeingEngine):
        return {}, ()
    single = {name: decision for name, decision in decisions.items() if not decision.field.many}
    return look(task, scene.source, engine, pictures, single, lambda done: tell(Progress("thinking", 0.05 * done)))


def _ask_model(
    task: Task, scene: Scene, engine: Engine | None, decisions: Mapping[str, Decision], checks: Checks, tell: OnProgress
) -> tuple[dict[str, Decision], Excerpt | None]:
    """Let the model weigh the contenders of those fields that evidence and checks leave in doubt; tells what it read."""
    decided = {name: settled(decision) for name, decision in decisions.items()}
    if engine is None:
        return decided, None
    agreed = decide_together(decided, *checks)
    doubtful = [name for name, decision in decided.items() if in_doubt(decision) and in_doubt(agreed[name])]
    if not doubtful:
        return decided, None
    tell(Progress("thinking", 0.05))

    def progress(name: str, done: float) -> None:
        tell(Progress("thinking", 0.1 + 0.85 * done, name=name))

    return ask(task, scene.source, engine, decided, doubtful, progress)


def _failing(
    decisions: Mapping[str, Decision], checks: Sequence[TaskCheck], columns: Mapping[str, Sequence[str | None]]
) -> list[frozenset[str]]:
    """The fields of each equation that does not hold."""
    values = {name: decision.value for name, decision in decisions.items()}
    outcomes = [run_check(check, values, columns) for check in checks if parse_check(check.expression).is_equation]
    return [frozenset(outcome.fields) for outcome in outcomes if outcome.passed is False]


def _listed(rows: Mapping[str, Sequence[Mapping[str, Value]]]) -> list[Span]:
    """Where the rows of the tables of several rows stand, each from its first cell to its last."""
    spans = []
    for records in rows.values():
        for record in records if len(records) >= _SEVERAL else ():
            places = [value.evidence for value in record.values() if value.evidence is not None]
            if places:
                spans.append((min(place.start for place in places), max(place.end for place in places)))
    return spans


def _columns(rows: Mapping[str, Sequence[Mapping[str, Value]]]) -> dict[str, list[str | None]]:
    """The values of each column of the rows, under ``rows.field``."""
    columns: dict[str, list[str | None]] = {}
    for name, records in rows.items():
        for record in records:
            for field, value in record.items():
                columns.setdefault(f"{name}.{field}", []).append(value.value)
    return columns


def _is_answerable(check: TaskCheck, decisions: Mapping[str, Decision], columns: Mapping[str, Sequence[str | None]]) -> bool:
    return all(name in decisions or columns.get(name) for name in parse_check(check.expression).names)


def _notices(document: Document, part: Excerpt | None) -> tuple[str, ...]:
    if part is None or part.is_whole:
        return ()
    pages = pages_of(document, part.spans)
    if len(document.pages) > 1:
        listed = ", ".join(map(str, pages))
        return (f"The document is long: all of it was searched, and the model read the parts that matter, on page {listed}.",)
    return ("The document is long: all of it was searched, and the model read the parts that matter.",)
