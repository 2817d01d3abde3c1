"""Looks at the models, this computer and other programs' files. Takes a moment, so it runs in the background."""

from __future__ import annotations

from dataclasses import dataclass

from app.bootstrap import Deskhand
from app.catalog.discovery import find_copies, find_files
from app.catalog.licenses import needs_acceptance
from app.catalog.offers import Offer, Purpose, recommend
from app.catalog.spec import ModelSpec
from app.errors import AppError, HashMismatchError
from app.ui.messages import title_of
from app.ui.models.model_offer import FoundModel, ModelOffer, Shelf, TaskUse

_PROJECTOR = "mmproj"


@dataclass(frozen=True)
class Glance:
    """What the window needs to know at once: which models are here, and which one answers."""

    names: dict[str, str]
    in_use: ModelSpec | None
    to_fetch: ModelSpec
    """The one to get where none answers: the one whose file is damaged, if it can be had again, else the starter."""
    damaged: str = ""
    """The name of the model that would answer were its file not damaged."""
    lost: str = ""
    """The name of the model that the settings want and that is not there, while others are."""


def glance(deskhand: Deskhand) -> Glance:
    catalog = deskhand.catalog
    names = {spec.id: spec.name for spec in catalog.installed()}
    starter = catalog.get(catalog.starter_id)
    try:
        return Glance(names, deskhand.choose_model().spec, starter)
    except HashMismatchError as error:
        damaged = next((spec for spec in catalog.all() if spec.id == error.params["model"]), None)
        to_fetch = damaged if damaged is not None and damaged.main_file.sources else starter
        return Glance(names, None, to_fetch, damaged.name if damaged is not None else error.params["model"])
    except AppError:
        return Glance(names, None, starter, lost=_lost(deskhand))


def _lost(deskhand: Deskhand) -> str:
    catalog, wanted = deskhand.catalog, deskhand.settings.model
    if not any(spec.answers_tasks for spec in catalog.installed()):
        return ""
    return next((spec.name for spec in catalog.all() if spec.id == wanted), wanted)


def look(deskhand: Deskhand) -> Shelf:
    """Everything that the page shows."""
    catalog = deskhand.catalog
    in_use = _in_use(deskhand)
    offers = [offer for offer in deskhand.offers() if offer.spec.answers_tasks or offer.is_here]
    choices = recommend(offers)
    uses: dict[str, list[Purpose]] = {}
    for choice in choices:
        if choice.offer is not None:
            uses.setdefault(choice.offer.spec.id, []).append(choice.purpose)
    in_use_id = in_use.id if in_use is not None else ""
    shown = [_shown(deskhand, offer, tuple(uses.get(offer.spec.id, ())), in_use_id) for offer in offers]
    shown.sort(key=_order)
    return Shelf(
        offers=tuple(shown),
        choices=tuple(choices),
        found=tuple(_found(deskhand)),
        machine=deskhand.machine(),
        used_bytes=catalog.used_bytes(),
        folder=str(catalog.folder),
        is_offline=deskhand.settings.offline,
        chosen_id=deskhand.settings.model,
        faults=catalog.faults,
    )


def _in_use(deskhand: Deskhand) -> ModelSpec | None:
    try:
        return deskhand.choose_model().spec
    except AppError:
        return None


def _shown(deskhand: Deskhand, offer: Offer, uses: tuple[Purpose, ...], in_use: str) -> ModelOffer:
    catalog, spec = deskhand.catalog, offer.spec
    path = catalog.path_of(spec)
    answers = offer.is_here and spec.answers_tasks
    return ModelOffer(
        offer=offer,
        is_in_use=spec.id == in_use,
        is_starter=spec.id == catalog.starter_id,
        is_checked=offer.is_here and catalog.hashes.known(path) == spec.main_file.sha256,
        tested=catalog.test_of(spec),
        needs_acceptance=needs_acceptance(catalog.folder, spec),
        recommended_for=uses,
        path=str(path) if catalog.lies_here(spec) else "",
        sees=offer.is_here and spec.eyes is not None and catalog.is_installed(spec.eyes),
        tasks=_task_uses(deskhand, spec.id) if answers else (),
    )


def _task_uses(deskhand: Deskhand, model_id: str) -> tuple[TaskUse, ...]:
    """All tasks by their names."""
    chosen = deskhand.settings.task_models
    uses = [TaskUse(task.id, title_of(task.title, task.id), chosen.get(task.id) == model_id) for task in deskhand.tasks.all()]
    return tuple(sorted(uses, key=lambda use: use.title))


def _order(shown: ModelOffer) -> tuple[object, ...]:
    verdicts = ("fits well", "fits tightly", "does not fit")
    return (
        not shown.is_in_use,
        shown.offer.state not in {"paused", "busy"} and not shown.offer.is_damaged,
        not shown.recommended_for,
        verdicts.index(shown.offer.fit.verdict),
        not shown.is_starter,
        -shown.spec.rank,
    )


def _found(deskhand: Deskhand) -> list[FoundModel]:
    """Files of other programs that are not in use here already."""
    catalog = deskhand.catalog
    here = catalog.installed()
    used = {catalog.path_of(spec).resolve() for spec in here}
    sizes = {spec.main_file.size_bytes for spec in here}
    files = [
        file
        for file in find_files()
        if file.path.resolve() not in used and file.size_bytes not in sizes and _PROJECTOR not in file.path.name.lower()
    ]
    known = {copy.file.path: copy.spec for copy in find_copies(catalog, files)}
    return [
        FoundModel(file, known[file.path].id, known[file.path].name) if file.path in known else FoundModel(file) for file in files
    ]
