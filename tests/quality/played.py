"""A larger model played by the truth, with errors by design: what handing on could buy with a better model than is at hand.

usage: examined = list(answered(FOLDER, MODEL, TASK, cases, folder_of_cases)); report = handed_on(examined, share=0.85)
"""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from pydantic import TypeAdapter

from app.bootstrap import build
from app.domain.enquiry import Enquiry
from app.domain.parcel import Parcel, Reply
from app.domain.redaction import redact
from app.domain.task import TaskField
from app.evaluation.cases import Case
from app.evaluation.comparison import expected_values, is_right
from app.evaluation.deferral import Deferral, deferral
from app.evaluation.deferral_methods import FieldTrial, WholeTrial
from app.evaluation.deferral_run import Examined, asked_names, trials_of
from app.evaluation.evidence import EvidenceAlone
from app.evaluation.recorded_frontier import RecordedFrontier
from app.export.atomic import write_atomically
from app.frontier.provider import pack
from app.settings import ProviderConfig
from app.tasks.candidates.finding import Source, options_of
from app.tasks.candidates.options import Option
from app.tasks.extraction.extract import scene_of

_CONFIG: Final = ProviderConfig(id="played", kind="openai_chat", base_url="http://127.0.0.1:1/v1", model="m", thinking_tokens=0)
_LANGUAGE: Final = "en"
_EXAMINED: Final = TypeAdapter(Examined)


class Played:
    """Knows the single fields of one document; a `share` of the answers is right, the others name something else that is printed.

    Document and field decide which: a field is answered alike, whatever else is asked.
    """

    def __init__(self, examined: Examined, share: float) -> None:
        source = scene_of(examined.task, examined.document).source
        self._answers = {
            field.name: _said(
                field,
                source,
                expected_values(examined.case.expected[field.name]),
                share,
                random.Random(f"{examined.outcome.key}{field.name}"),
            )
            for field in examined.task.fields
            if field.name in examined.names
        }

    def pack(self, enquiry: Enquiry) -> Parcel:
        return pack(_CONFIG, redact(enquiry).enquiry)

    def ask(self, parcel: Parcel, enquiry: Enquiry) -> Reply:
        del parcel
        return Reply({target: self._answers[target] for target in enquiry.targets if target in self._answers})


def _said(field: TaskField, source: Source, expected: Sequence[object], share: float, chance: random.Random) -> str | None:
    options = options_of(field, source)
    right = [option for option in options if is_right(field.type, option.value, expected)]
    wrong = [option for option in options if option not in right]
    if chance.random() >= share and wrong:
        return _spoken(chance.choice(wrong))
    return _spoken(right[0]) if right else str(expected[0]) if expected else None


def _spoken(option: Option) -> str:
    """As it is printed; a sign may be printed apart."""
    return option.value if option.value.startswith("-") else option.text


def handed_on(examined: Iterable[Examined], share: float) -> Deferral:
    """What asking the played model about each case comes to."""
    fields: list[FieldTrial] = []
    wholes: list[WholeTrial] = []
    with TemporaryDirectory() as folder:
        for number, one in enumerate(examined):
            frontier = RecordedFrontier(Played(one, share), Path(folder, str(number)))
            if trials := trials_of(one, EvidenceAlone(), frontier, _LANGUAGE):
                fields += trials.fields
                wholes.append(trials.whole)
    return deferral(fields, wholes)


def answered(data_dir: Path, model: Path, named: str, cases: Sequence[Case], folder: Path) -> Iterator[Examined]:
    """The cases as the model here answers them. Answers are kept in `data_dir`, so that a run can be ended and goes on.

    `named` is a task or its file, and `folder` is where the cases lie. After a change of the program take another `data_dir`.
    """
    with build(data_dir=data_dir, model=str(model), offline=True) as deskhand:
        task = deskhand.tasks.get(named)
        kept = {case.key: data_dir / "answered" / _file_name(model.stem, task.id, case.key) for case in cases}
        run = deskhand.evaluation_of(task, [case for case in cases if not kept[case.key].is_file()], folder)
        service = deskhand.make_model(task.id)
        try:
            for case, outcome, document in run.examined(service, deskhand.settings.limits.max_bytes):
                if document is None or outcome.result is None:
                    print(f"{outcome.shown}: {outcome.error}", file=sys.stderr)
                    continue
                one = Examined(case, outcome, document, task, outcome.result, asked_names(outcome, ()), run.path_of(case))
                kept[case.key].parent.mkdir(exist_ok=True)
                write_atomically(kept[case.key], _EXAMINED.dump_json(one, by_alias=True))
        finally:
            service.close()
    for path in kept.values():
        if path.is_file():
            yield _EXAMINED.validate_json(path.read_bytes())


def _file_name(*parts: str) -> str:
    return f"{hashlib.sha256(repr(parts).encode()).hexdigest()}.json"
