"""Fits the weights of evidence (``app/tasks/evidence/fitted.py``) on folders of documents with truth, and judges them out of fold.

usage: python -m tests.quality.fit_extraction DATA [--cache FOLDER] [--folds FILE] [--only a,b] [--wrong] [--fitted] [--write]
Printed figures are those of the whole product without a model. Five folds: documents of one seller, merchant or bank are judged by
weights fitted without them. With --fitted the weights in force judge. --folds keeps the weights of the folds in a file; with
--write it is made anew.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain.document import Document
from app.domain.result import ModelUsed, Result
from app.domain.task import Task
from app.evaluation.judge import judge
from app.evaluation.outcome import CaseOutcome
from app.evaluation.report import Report, report_of
from app.evaluation.runner import finished_run
from app.tasks.asking.engine import Engine
from app.tasks.evidence.fitted import ABSENT, BY_FIELD, BY_TYPE
from app.tasks.extraction.extract import extract
from tests.quality.evidence import Case, Fitted, collect, fit, fold_weights, folds_of
from tests.quality.truths import SETS, TASKS, Row, case_of, read, rows_of, task_for

_FITTED = Path(__file__).resolve().parents[2] / "app" / "tasks" / "evidence" / "fitted.py"
_FOLDS = 5
FITTED_SETS = (
    "einvoice_pdf",
    "tr_efatura_html",
    "sroie_receipts",
    "invoices_misc",
    "bank_documents",
    "fcc_adbuy",
    "seminar_emails",
    "kleister_nda",
    "emails_eml",
    "recipes_html",
    "articles_html",
)
JUDGED_SETS = (*FITTED_SETS, "cuad_contracts")


@dataclass(frozen=True)
class Held:
    """A document with weights that were fitted without it and its like."""

    set: str
    row: Row
    task: Task
    document: Document
    weights: Fitted

    def result(self, engine: Engine | None = None) -> Result:
        """What the product makes of the document with these weights."""
        with self.weights.in_force():
            return extract(self.task, self.document, engine)


def held_out(
    data: Path, names: Sequence[str] = JUDGED_SETS, cache: Path | None = None, folds: Path | None = None
) -> Iterator[Held]:
    """Every document of the sets with weights fitted without documents of its group. `folds` keeps those weights between runs."""
    folds_by_group = _folds(data)
    weights = fold_weights(lambda: all_cases(data, cache), folds_by_group, folds)
    for name in names:
        task = task_for(name, TASKS)
        for row in rows_of(data, name):
            yield Held(name, row, task, read(row.file, cache), weights[folds_by_group[name, row.group]])


def all_cases(data: Path, cache: Path | None) -> list[Case]:
    return [case for name in FITTED_SETS for case in collect(data, name, cache)]


def _folds(data: Path) -> dict[tuple[str, str], int]:
    return folds_of(((name, row.group) for name in JUDGED_SETS for row in rows_of(data, name)), _FOLDS)


def in_force(data: Path, names: Sequence[str], cache: Path | None) -> Iterator[Held]:
    weights = Fitted(
        {kind: dict(given) for kind, given in BY_TYPE.items()}, {key: dict(given) for key, given in BY_FIELD.items()}, dict(ABSENT)
    )
    for name in names:
        task = task_for(name, TASKS)
        for row in rows_of(data, name):
            yield Held(name, row, task, read(row.file, cache), weights)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--folds", type=Path)
    parser.add_argument("--only", default=",".join(JUDGED_SETS))
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--fitted", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.write:
        cases = all_cases(options.data, options.cache)
        write(fit(cases))
        if options.folds:
            options.folds.unlink(missing_ok=True)
            fold_weights(lambda: cases, _folds(options.data), options.folds)
        return
    names = options.only.split(",")
    held = (
        in_force(options.data, names, options.cache)
        if options.fitted
        else held_out(options.data, names, options.cache, options.folds)
    )
    report(held, wrong=options.wrong)


def report(documents: Iterator[Held], *, wrong: bool) -> None:
    """Right values of each field of each set, and the share of the fields that count for the set together."""
    outcomes: dict[str, list[CaseOutcome]] = defaultdict(list)
    for held in documents:
        case = case_of(held.row, held.task)
        if case is not None:
            outcomes[held.set].append(judge(case, held.task, held.result(), held.document))
    for name, cases in outcomes.items():
        if wrong:
            _print_wrong(name, cases)
        _print(name, report_of(finished_run(task_for(name, TASKS), ModelUsed(), cases), SETS[name].headline))


def _print_wrong(name: str, cases: Sequence[CaseOutcome]) -> None:
    for case in cases:
        for answer in case.answers:
            if not answer.right:
                expected = list(answer.expected)
                print(f"  {name} {case.shown} {answer.name}: {answer.value!r} ({answer.confidence:.2f}), right {expected!r}")


def _print(name: str, figures: Report) -> None:
    if figures.pooled is not None:
        print(f"{name}: {figures.pooled.accuracy:.1%} of {figures.pooled.n}")
    for field, found in figures.fields.items():
        print(f"  {field:18} {found.right:3}/{found.n:3}")
    for field, listed in figures.lists.items():
        print(f"  {field:18} recall {listed.recall or 0:.2f}  precision {listed.precision or 0:.2f}")


def write(fitted: Fitted) -> None:
    parts = [
        '"""What each feature counts for, by field type and for known fields: written by `tests/quality/fit_extraction.py`."""',
        "from __future__ import annotations\n\nfrom collections.abc import Mapping\nfrom typing import Final",
        f"BY_TYPE: Final[Mapping[str, Mapping[str, float]]] = {_literal(fitted.types)}",
        f"BY_FIELD: Final[Mapping[str, Mapping[str, float]]] = {_literal(fitted.fields)}",
        "ABSENT: Final[Mapping[str, float]] = {\n"
        + "".join(f'    "{key}": {value},\n' for key, value in sorted(fitted.absent.items()))
        + "}",
    ]
    _FITTED.write_text("\n\n".join(parts) + '\n"""Utility of there being no value."""\n', encoding="utf-8")


def _literal(groups: Mapping[str, Mapping[str, float]]) -> str:
    lines = ["{"]
    for key, weights in sorted(groups.items()):
        lines += [f'    "{key}": {{', *(f'        "{name}": {weight},' for name, weight in sorted(weights.items())), "    },"]
    return "\n".join([*lines, "}"])


if __name__ == "__main__":
    main()
