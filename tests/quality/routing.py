"""Measures what the router would send and what comes of it, on documents with truth, by the evidence alone.

usage: python -m tests.quality.routing DATA [--cache FOLDER] [--folds FILE] [--only SETS] [--fitted] [--every N]
Printed are, by set: what the policy hands on; the part of the text that an enquiry shows, and whether the right value stands in it;
what is sensitive in it; the fields right before and after the right answers are settled (an oracle in the place of a larger model),
and how many invented answers are taken. At the end, how well complexity and confidence tell which answers are wrong. Answers are
those of weights fitted without documents of the same seller or source, unless --fitted is given.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.domain import metrics
from app.domain.document import Document
from app.domain.enquiry import Enquiry
from app.domain.policy import Policy
from app.domain.redaction import redact
from app.domain.result import Result
from app.domain.signals import signals_of
from app.domain.task import FieldType, TaskField
from app.evaluation.comparison import is_right
from app.tasks.candidates.finding import options_of
from app.tasks.complexity import complexity_of
from app.tasks.enquiry.build import count_tokens, enquire
from app.tasks.extraction.extract import scene_of
from app.tasks.settling.settle import settle
from tests.quality.fit_extraction import FITTED_SETS, Held, held_out, in_force

_ORACLE = "oracle"
_MAX_CHARS = 200_000


@dataclass
class Figures:
    """What was counted over the documents of a set."""

    documents: int = 0
    asked: int = 0
    tokens: int = 0
    tokens_shown: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    sensitive: Counter[str] = field(default_factory=Counter)
    hidden_chars: int = 0
    shown_chars: int = 0


@dataclass(frozen=True)
class Answer:
    """One answer with what foretells whether it is right."""

    document: str
    right: bool
    confidence: float
    complexity: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--folds", type=Path)
    parser.add_argument("--only", default="einvoice_pdf,tr_efatura_html,sroie_receipts,fcc_adbuy,kleister_nda")
    parser.add_argument("--fitted", action="store_true")
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    names = [name for name in options.only.split(",") if name in FITTED_SETS]
    held = in_force(options.data, names, options.cache) if options.fitted else None
    documents = held or held_out(options.data, names, options.cache, options.folds)
    figures: dict[str, Figures] = defaultdict(Figures)
    answers: list[Answer] = []
    for number, each in enumerate(documents):
        if number % options.every == 0 and len(each.document.text) <= _MAX_CHARS:
            with each.weights.in_force():
                answers += measure(each, figures[each.set])
    for name, counted in figures.items():
        report(name, counted)
    report_foretelling(answers)


def measure(held: Held, figures: Figures) -> Iterator[Answer]:
    """Count one document, and yield its answers."""
    result = held.result().model_copy(update={"complexity": complexity_of(held.document).score})
    targets = signals_of(result, held.task, Policy()).targets
    known = [each for each in held.task.fields if not each.many and each.name in held.row.expected]
    figures.documents += 1
    figures.tokens += count_tokens(held.document.text)
    for each in known:
        value = result.fields[each.name]
        right = is_right(each.type, value.value, held.row.expected[each.name])
        figures.counts[f"{'right' if right else 'wrong'}{' handed on' if each.name in targets else ''}"] += 1
        yield Answer(f"{held.set}/{held.row.name}", right, value.confidence, result.complexity)
    if targets:
        enquiry = enquire(held.task, held.document, result, targets=targets)
        _count_enquiry(enquiry, figures)
        asked = [each for each in known if each.name in targets]
        _count_shown(held, asked, enquiry, figures)
        _count_settled(held, asked, result, figures)


def _count_enquiry(enquiry: Enquiry, figures: Figures) -> None:
    figures.asked += 1
    figures.tokens_shown += sum(count_tokens(excerpt.text) for excerpt in enquiry.excerpts)
    figures.sensitive.update({span.kind.value for span in enquiry.sensitive})
    figures.shown_chars += enquiry.chars
    figures.hidden_chars += sum(len(original) for _, original in redact(enquiry).replacements)


def _count_shown(held: Held, asked: Iterable[TaskField], enquiry: Enquiry, figures: Figures) -> None:
    """Whether a place that says the right value is shown. Values that no candidate says are left out."""
    scene = scene_of(held.task, held.document)
    for each in asked:
        expected = held.row.expected[each.name]
        right = [option for option in options_of(each, scene.source) if expected and is_right(each.type, option.value, expected)]
        if right:
            shown = any(part.start <= option.start < part.end for option in right for part in enquiry.excerpts)
            figures.counts["value shown" if shown else "value not shown"] += 1


def _count_settled(held: Held, asked: Iterable[TaskField], result: Result, figures: Figures) -> None:
    asked = list(asked)
    truth = {each.name: _spoken(held.row.expected[each.name], held.document) for each in asked}
    settled = settle(held.task, held.document, result, truth, source=_ORACLE)
    invented = settle(held.task, held.document, result, {each.name: _invented(each) for each in asked}, source=_ORACLE)
    for each in asked:
        right = is_right(each.type, settled.fields[each.name].value, held.row.expected[each.name])
        figures.counts["right when settled"] += right
        figures.counts["settled"] += 1
        figures.counts["invented taken"] += invented.fields[each.name].value != result.fields[each.name].value


def _spoken(expected: list[object], document: Document) -> str | None:
    """The right value as a larger model would give it: in a spelling that the document has, if any."""
    spellings = [str(each) for each in expected]
    return next((spelling for spelling in spellings if spelling in document.text), spellings[0] if spellings else None)


def _invented(asked: TaskField) -> str:
    kinds = {FieldType.DATE: "2031-11-27", FieldType.AMOUNT: "918273.64", FieldType.NUMBER: "918273", FieldType.CURRENCY: "ISK"}
    return kinds.get(asked.type, "Zyxwvut Qponml 918273")


def report(name: str, figures: Figures) -> None:
    counts = figures.counts
    wrong, right = (counts[f"{kind} handed on"] for kind in ("wrong", "right"))
    print(f"{name}: {figures.asked} of {figures.documents} documents are asked about")
    print(f"  handed on        {wrong} of {wrong + counts['wrong']} wrong answers, {right} of {right + counts['right']} right ones")
    print(f"  text shown       {figures.tokens_shown / max(1, figures.tokens):.1%} of the tokens of all documents")
    print(f"  value shown      {counts['value shown']} of {counts['value shown'] + counts['value not shown']}")
    print(f"  right            {right} of {counts['settled']} before, {counts['right when settled']} after true answers")
    print(f"  invented         {counts['invented taken']} of {counts['settled']} taken")
    kinds = ", ".join(f"{kind} {count}" for kind, count in figures.sensitive.most_common())
    print(f"  sensitive        {kinds or 'nothing'} (enquiries)")
    print(f"  hidden           {figures.hidden_chars / max(1, figures.shown_chars):.0%} of what is shown")


def report_foretelling(answers: list[Answer]) -> None:
    """AUROC of complexity, the light router before any answer, beside that of confidence."""
    if not answers:
        return
    right = [answer.right for answer in answers]
    by_document: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_document[answer.document].append(answer)
    documents = list(by_document.values())
    all_right = [all(answer.right for answer in each) for each in documents]
    print(f"which of {len(answers)} answers are wrong, AUROC:")
    print(f"  complexity       {_shown(metrics.auroc([-answer.complexity for answer in answers], right))}")
    print(f"  confidence       {_shown(metrics.auroc([answer.confidence for answer in answers], right))}")
    print(f"which of {len(documents)} documents have a wrong one, AUROC:")
    print(f"  complexity       {_shown(metrics.auroc([-each[0].complexity for each in documents], all_right))}")
    print(f"  least confidence {_shown(metrics.auroc([min(a.confidence for a in each) for each in documents], all_right))}")


def _shown(measure_: float | None) -> str:
    return "-" if measure_ is None else f"{measure_:.3f}"


if __name__ == "__main__":
    main()
