"""Fits the confidence of extracted values (``app/tasks/answers/fitted_confidence.py``) and judges it on answers out of fold.

usage: python -m tests.quality.fit_confidence DATA [--cache FOLDER] [--folds FILE] [--answers FILE]
       [--model FILE --votes FILE [--minutes N]] [--write]
The answers are those of weights that were fitted without documents of the same seller, merchant or bank
(`fit_extraction.held_out`). Printed are the figures by cross-validation over such groups, and those where a whole kind of
documents is kept out of this fit, beside plain measures. With --model documents are asked of a model, too, drawn at random until
the minutes are over; these answers join the fit. --answers keeps the answers without a model between runs, --votes what the model
said: a later run goes on from there.
"""

from __future__ import annotations

import argparse
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from app.domain import metrics
from app.tasks.answers.calibration import ABSENCES, BIAS, MEMBERS, Calibrator
from tests.quality.answers import ABSENT, GIVEN, LISTED, Judged, collect, keep, kept
from tests.quality.fit_extraction import held_out
from tests.quality.kept_engine import KeptEngine, OutOfTimeError

_WRITTEN = Path(__file__).resolve().parents[2] / "app" / "tasks" / "answers" / "fitted_confidence.py"
_KINDS = (
    "einvoice_pdf",
    "tr_efatura_html",
    "sroie_receipts",
    "fcc_adbuy",
    "bank_documents",
    "kleister_nda",
    "seminar_emails",
)
_SETS = (*_KINDS, "invoices_misc", "emails_eml", "cuad_contracts")
_FOLDS = 8
_PRIOR = {
    GIVEN: {"share": 0.3, "margin": 0.4},
    ABSENT: {"absent": 0.6, "nothing": 2.0, "unnamed": 1.5, "printed": 1.5, "required": 1.5},
    LISTED: {"share": 0.6},
}
_PULL = {GIVEN: 300.0, ABSENT: 30.0, LISTED: 30.0}
_PULL_EVERYWHERE = 30.0
_EVERYWHERE = frozenset(
    {"apart", "backed", "contradicted", "ends", "figures", "led", "overlap", "places", "present", "short", "verified"}
)
"""Facts of values that hold in all kinds of documents are pulled less."""
_WITHOUT_WEIGHT = frozenset({"short", "led", "ends", "figures", "backed", "apart", "open:text", "open:name"})
"""Facts of lists that hold in one kind of document only."""
_PULL_TYPE = {GIVEN: 300.0, ABSENT: 3.0, LISTED: 3.0}
"""Strong for values: what types and facts say in one kind of document holds less in another."""
_PULL_OPEN = 100.0
_PULL_PLACE = 3.0
_PULL_VOTE = 3.0
_VOTES = frozenset({"asked", "model_differs"})
_PULL_NEGATIVE = 1000.0
"""Whether a printed minus belongs to the value differs between sources, so few documents must not settle it."""
_SPREAD = 0.1
_LEAST_WEIGHT = 0.02
_LEAST_ANSWERS = 12
"""A field with fewer judged answers has no weight of its own."""

Matrix = NDArray[np.float64]
Predict = Callable[[Sequence[Judged]], list[float]]


@dataclass(frozen=True)
class Fit:
    """Weights by fact, of which those of ``own:`` fields serve the fit alone."""

    weights: dict[str, float]

    def confidences(self, answers: Sequence[Judged]) -> list[float]:
        calibrator = Calibrator(self.weights)
        return [calibrator.probability(answer.facts) for answer in answers]


def fit(answers: Sequence[Judged], kind: str) -> Fit:
    """Weights drawn towards a prior. Facts speak for an answer or not at all; types and fields have levels of their own.

    A field that no built-in task knows has a level in the fit, so that its set does not shift the weights that all share.
    """
    used = [answer for answer in answers if answer.kind == kind]
    if not used:
        return Fit(dict(_PRIOR[kind]))
    told = {name for answer in used for name in answer.facts if not name.startswith("field:")}
    names = sorted(told - _WITHOUT_WEIGHT if kind == LISTED else told)
    places = sorted({answer.place for answer in used}) if kind != ABSENT else []
    columns = [BIAS, *names, *places]
    matrix = np.zeros((len(used), len(columns)))
    for row, answer in enumerate(used):
        matrix[row, 0] = 1.0
        matrix[row, 1 : 1 + len(names)] = [answer.facts.get(name, 0.0) for name in names]
        if places:
            matrix[row, columns.index(answer.place)] = 1.0
    right = np.array([answer.right for answer in used], float)
    sizes = Counter(answer.set for answer in used)
    shares = np.array([sizes[answer.set] ** -0.5 for answer in used])
    shares *= len(used) / shares.sum()
    prior = np.array([_PRIOR[kind].get(name, 0.0) for name in columns])
    spread = np.maximum(matrix.std(axis=0), _SPREAD)
    pull = np.array([_pull(kind, name, float(wide)) for name, wide in zip(columns, spread, strict=True)])

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        scores = matrix @ weights
        away = weights - prior
        value = float((shares * (np.logaddexp(0.0, scores) - right * scores)).sum() + 0.5 * (pull * away * away).sum())
        return value, matrix.T @ (shares * (1.0 / (1.0 + np.exp(-scores)) - right)) + pull * away

    bounds = [(None, None) if name == BIAS or ":" in name else (0.0, None) for name in columns]
    found = minimize(loss, prior, jac=True, method="L-BFGS-B", bounds=bounds).x
    return Fit({name: float(weight) for name, weight in zip(columns, found, strict=True)})


def _pull(kind: str, name: str, spread: float) -> float:
    if name == BIAS:
        return 1e-3
    if name in _VOTES:
        return _PULL_VOTE
    if ":" in name:
        group = name.partition(":")[0]
        return {"type": _PULL_TYPE[kind], "open": _PULL_OPEN * spread * spread}.get(group, _PULL_PLACE)
    pull = _PULL_EVERYWHERE if kind == GIVEN and name in _EVERYWHERE else _PULL[kind]
    return (_PULL_NEGATIVE if name == "negative" else pull) * spread * spread


def fit_all(answers: Sequence[Judged]) -> dict[str, Fit]:
    """An answer that the model left as it was counts once."""
    unlike = list({answer.key: answer for answer in answers}.values())
    return {kind: fit(unlike, kind) for kind in (GIVEN, ABSENT, LISTED)}


def predict(fits: Mapping[str, Fit], answers: Sequence[Judged]) -> list[float]:
    return [fits[answer.kind].confidences([answer])[0] for answer in answers]


def cross_validated(answers: Sequence[Judged]) -> list[float]:
    """Each answer's confidence by a fit without documents of its group."""
    sizes = Counter((answer.set, answer.group) for answer in answers)
    load: Counter[tuple[str, int]] = Counter()
    folds: dict[tuple[str, str], int] = {}
    for key, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        folds[key] = min(range(_FOLDS), key=lambda fold: (load[key[0], fold], fold))
        load[key[0], folds[key]] += size
    return _held_out(answers, [folds[answer.set, answer.group] for answer in answers])


def kinds_kept_out(answers: Sequence[Judged]) -> list[float]:
    """Each answer's confidence by a fit without documents of its kind."""
    return _held_out(answers, [answer.set for answer in answers])


def _held_out(answers: Sequence[Judged], parts: Sequence[int] | Sequence[str]) -> list[float]:
    confidences = [0.0] * len(answers)
    for part in set(parts):
        fits = fit_all([answer for answer, other in zip(answers, parts, strict=True) if other != part])
        for index, answer in enumerate(answers):
            if parts[index] == part:
                confidences[index] = predict(fits, [answer])[0]
    return confidences


def line(title: str, confidences: Sequence[float], answers: Sequence[Judged], *, is_probability: bool = True) -> str:
    right = [answer.right for answer in answers]
    ranking, surest = metrics.auroc(confidences, right), metrics.accuracy_at(0.8, confidences, right)
    error = metrics.expected_calibration_error(confidences, right) if is_probability else None
    honest = expected_error(confidences) if is_probability else None
    shown = [
        f"{value:6.3f}" if value is not None else "     -" for value in (sum(right) / len(right), ranking, surest, error, honest)
    ]
    return f"{title:51}{len(right):5} {' '.join(shown)}"


def expected_error(confidences: Sequence[float], rounds: int = 100) -> float:
    """The calibration error that probabilities would show which are as true as can be: with few answers, bins err by chance."""
    generator = np.random.default_rng(0)
    drawn = [(generator.random(len(confidences)) < np.asarray(confidences)).tolist() for _ in range(rounds)]
    return float(np.mean([metrics.expected_calibration_error(confidences, right) for right in drawn]))


def report(answers: Sequence[Judged]) -> None:
    """Scalar answers whose truth is known, pooled and by kind; lists apart."""
    crossed, apart = cross_validated(answers), kinds_kept_out(answers)
    judged = [index for index, answer in enumerate(answers) if _counts(answer)]
    headline = [index for index in judged if answers[index].headline]
    listed = [index for index, answer in enumerate(answers) if answer.kind == LISTED]
    print(f"{'':51}{'n':>5} {'right':>6} {'AUROC':>6} {'at 80%':>6} {'ECE':>6} {'honest':>6}")
    complete = [index for index, answer in enumerate(answers) if answer.kind != LISTED and answer.set in _KINDS]
    groups = (
        ("all fields", judged),
        ("and what whole truths leave out", complete),
        ("headline fields", headline),
        ("members of lists", listed),
    )
    for title, members in groups:
        mine = [answers[index] for index in members]
        print(line(f"{title}, cross-validated", [crossed[index] for index in members], mine))
        print(line(f"{title}, kind kept out", [apart[index] for index in members], mine))
        _print_plain(mine)
    for kind in _SETS:
        members = [index for index, answer in enumerate(answers) if answer.set == kind and answer.certain and answer.kind != LISTED]
        if members:
            mine = [answers[index] for index in members]
            print(line(f"{kind}, cross-validated", [crossed[index] for index in members], mine))
            print(line("   kind kept out", [apart[index] for index in members], mine))


def write(fits: Mapping[str, Fit], answers: Sequence[Judged]) -> None:
    counts: Counter[str] = Counter()
    for answer in answers:
        if answer.kind == GIVEN:
            counts.update([BIAS, *(name for name in answer.facts if ":" in name)])
        elif answer.certain:
            counts.update([ABSENCES if answer.kind == ABSENT else MEMBERS])
    parts = [
        '"""What each fact about an answer counts for its confidence: written by `tests/quality/fit_confidence.py`."""',
        "from __future__ import annotations\n\nfrom collections.abc import Mapping\nfrom typing import Final",
        *(f"{kind.upper()}: Final[Mapping[str, float]] = {_literal(_readable(fits[kind], counts))}" for kind in fits),
        f"COUNTS: Final[Mapping[str, int]] = {_literal(counts)}",
    ]
    _WRITTEN.write_text(
        "\n\n".join(parts)
        + '\n"""Judged answers behind the fit: all values, by type, by field; absences and members of lists."""\n',
        "utf-8",
    )


def _readable(fitted: Fit, counts: Mapping[str, int]) -> dict[str, float]:
    """Weights that matter, of fields with enough answers."""
    return {
        name: round(weight, 2)
        for name, weight in fitted.weights.items()
        if abs(weight) >= _LEAST_WEIGHT
        and not name.startswith("own:")
        and (not name.startswith("field:") or counts[name] >= _LEAST_ANSWERS)
    }


def _literal(values: Mapping[str, float]) -> str:
    return "{\n" + "".join(f'    "{name}": {value},\n' for name, value in sorted(values.items())) + "}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--folds", type=Path)
    parser.add_argument("--answers", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--votes", type=Path)
    parser.add_argument("--minutes", type=float, default=6.0)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.model and not options.votes:
        parser.error("--model needs --votes, where its answers are kept")
    if options.answers and options.answers.is_file():
        answers = kept(options.answers)
    else:
        answers = list(collect(held_out(options.data, _SETS, options.cache, options.folds)))
        if options.answers:
            keep(answers, options.answers)
    report(answers)
    asked = _asked(options)
    if asked:
        report_with_model(answers, asked)
    if options.write:
        write(fit_all([*answers, *asked]), answers)


def _asked(options: argparse.Namespace) -> list[Judged]:
    """The answers with the model's word, of as many documents as the time allows; none without a model."""
    if not options.model:
        return []
    engine = KeptEngine(options.model, options.votes, seconds=60.0 * options.minutes)
    documents = held_out(options.data, _KINDS, options.cache, options.folds)
    answers: list[Judged] = []
    for held in sorted(documents, key=lambda held: zlib.crc32(f"{held.set} {held.row.name}".encode())):
        with suppress(OutOfTimeError):
            answers += list(collect([held], engine))
    engine.keep()
    return answers


def report_with_model(answers: Sequence[Judged], asked: Sequence[Judged]) -> None:
    """The documents that were asked of the model: without its word, with it, and those answers on which it voted."""
    files = {(answer.set, answer.file) for answer in asked}
    joined = [*answers, *asked]
    crossed, apart = cross_validated(joined), kinds_kept_out(joined)
    with_model = range(len(answers), len(joined))
    print(f"{len(files)} documents asked")
    for title, members in (
        ("evidence alone, same documents", range(len(answers))),
        ("with the model", with_model),
        ("   where it voted", [index for index in with_model if "asked" in joined[index].facts]),
    ):
        mine = [index for index in members if _counts(joined[index]) and (joined[index].set, joined[index].file) in files]
        given = [joined[index] for index in mine]
        print(line(f"{title}, cross-validated", [crossed[index] for index in mine], given))
        print(line(f"{title}, kind kept out", [apart[index] for index in mine], given))
        _print_plain(given)
    voted = [answer for answer in asked if "model" in answer.baselines and _counts(answer)]
    if voted:
        print(line("   the model's own probability", [answer.baselines["model"] for answer in voted], voted))


def _print_plain(answers: Sequence[Judged]) -> None:
    for name in ("probability", "margin", "checks"):
        values = [answer.baselines.get(name, 0.0) for answer in answers]
        print(line(f"   plain {name}", values, answers, is_probability=name == "probability"))


def _counts(answer: Judged) -> bool:
    return answer.certain and answer.kind != LISTED and answer.set in _KINDS


if __name__ == "__main__":
    main()
