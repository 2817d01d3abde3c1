"""Judged answers with the facts that their confidence is made of, collected from documents with truth, out of fold."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from unittest.mock import patch

from app.evaluation.comparison import is_right
from app.tasks.answers.answer_facts import Facts
from app.tasks.answers.calibration import SHIPPED
from app.tasks.answers.choice import Decision
from app.tasks.asking.engine import Engine
from tests.quality.fit_extraction import Held
from tests.quality.truths import SETS

GIVEN, ABSENT, LISTED = "given", "absent", "listed"
_COMPLETE = frozenset({"einvoice_pdf", "tr_efatura_html", "invoices_misc", "bank_documents"})
"""Sets whose truth names most of what a document has: a field that it does not name is probably absent."""


@dataclass
class Judged:
    """An answer, whether it is right, and what is known about it. `certain` is False where the truth only suggests it."""

    set: str
    group: str
    file: str
    name: str
    kind: str
    facts: dict[str, float]
    right: bool
    headline: bool
    certain: bool = True
    baselines: dict[str, float] = field(default_factory=dict)

    @property
    def key(self) -> Hashable:
        """The same for answers to one question that rest on the same facts."""
        return self.set, self.file, self.name, frozenset(self.facts.items())

    @property
    def place(self) -> str:
        """Where weights of its own belong: the field of a known task, or of this set alone."""
        return next((name for name in self.facts if name.startswith("field:")), f"own:{self.set}.{self.name}")


class _Recorder:
    """Stands in the place of the calibration and notes every decision with its facts."""

    def __init__(self) -> None:
        self.noted: list[tuple[Decision, dict[str, float]]] = []

    def confidence(self, decision: Decision, facts: Facts) -> float:
        self.noted.append((decision, dict(facts)))
        return SHIPPED.confidence(decision, facts)

    def rests_on(self, decision: Decision, facts: Facts) -> int:
        return SHIPPED.rests_on(decision, facts)


@contextmanager
def _recorded() -> Iterator[_Recorder]:
    recorder = _Recorder()
    with patch("app.tasks.answers.confidence.SHIPPED", recorder):
        yield recorder


def collect(documents: Iterable[Held], engine: Engine | None = None) -> Iterator[Judged]:
    """The answers to all fields whose truth is known. An absent value that the truth does not name is right with some doubt."""
    for held in documents:
        with _recorded() as recorder:
            held.result(engine)
        for decision, facts in recorder.noted:
            name, kind = decision.field.name, _kind(decision)
            known = name in held.row.expected
            if not known and (kind != ABSENT or held.set not in _COMPLETE):
                continue
            expected = held.row.expected.get(name, [])
            yield Judged(
                held.set,
                held.row.group,
                held.row.name,
                name,
                kind,
                facts,
                is_right(decision.field.type, decision.value, expected),
                name in SETS[held.set].headline,
                known,
                _baselines(decision, facts),
            )


def _kind(decision: Decision) -> str:
    if decision.field.many:
        return LISTED
    return ABSENT if decision.best is None else GIVEN


def _baselines(decision: Decision, facts: Facts) -> dict[str, float]:
    """What plain measures of confidence say of the same answer."""
    best = decision.best
    if best is None:
        return {"probability": decision.absent, "margin": facts["absent"], "checks": 0.0}
    checks = facts["confirmed"] + facts["contradicted"] + facts["verified"]
    asked = {} if best.model is None else {"model": best.model}
    return {"probability": best.probability, "margin": facts["margin"], "checks": checks} | asked


def keep(answers: list[Judged], path: Path) -> None:
    path.write_text(json.dumps([asdict(answer) for answer in answers]), encoding="utf-8")


def kept(path: Path) -> list[Judged]:
    return [Judged(**row) for row in json.loads(path.read_text(encoding="utf-8"))]
