"""What the Models page and ``deskhand models`` tell of each model on this computer, and which one to take for what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.catalog.catalog import Catalog
from app.catalog.fit import Fit, Verdict, assess
from app.catalog.machine import Machine
from app.catalog.part_place import is_being_fetched, part_bytes
from app.catalog.spec import ModelSpec
from app.catalog.speed import ModelSpeed, Speeds

Purpose = Literal["extract", "classify", "summarize", "vision"]
State = Literal["installed", "linked", "shared", "busy", "paused", "absent"]
"""A file of Deskhand's own, one that another program keeps, one that came for everyone with the installation; one on its way."""
Why = Literal["best", "fast_enough", "only_one_that_fits", "none_fits"]

PURPOSES: tuple[Purpose, ...] = ("extract", "classify", "summarize", "vision")
_IN_PLACE: frozenset[State] = frozenset({"installed", "linked", "shared"})
_LEAST_PER_MINUTE: dict[Purpose, float] = {"extract": 3.0, "classify": 6.0, "summarize": 1.0, "vision": 0.5}
"""Slower than this, people stop waiting: a better answer is then no better choice."""


@dataclass(frozen=True)
class Offer:
    """One model on this computer."""

    spec: ModelSpec
    fit: Fit
    fit_for_pictures: Fit
    """With the projector that reading pictures takes."""
    state: State
    speed: ModelSpeed
    part_bytes: int
    """How much of a paused download is here."""
    is_damaged: bool = False
    """The file in its place is not the publisher's: it is not used, and can be fetched again."""

    @property
    def is_here(self) -> bool:
        """A file that can be used."""
        return self.state in _IN_PLACE and not self.is_damaged


@dataclass(frozen=True)
class Recommendation:
    """The model to take for a purpose; `offer` is None where none fits."""

    purpose: Purpose
    offer: Offer | None
    why: Why


def make_offers(catalog: Catalog, machine: Machine, speeds: Speeds, *, context_tokens: int) -> list[Offer]:
    """Every known model."""
    return [_offer(catalog, spec, machine, speeds, context_tokens) for spec in catalog.all()]


def recommend(offers: Sequence[Offer]) -> list[Recommendation]:
    """One for each purpose: the best that fits well and is fast enough, else the fastest that fits at all."""
    return [_recommend_one(purpose, offers) for purpose in PURPOSES]


def _offer(catalog: Catalog, spec: ModelSpec, machine: Machine, speeds: Speeds, context_tokens: int) -> Offer:
    is_installed = catalog.is_installed(spec)
    n_there = 0 if is_installed else part_bytes(spec, catalog)
    missing = 0 if is_installed else spec.main_file.size_bytes - n_there
    state: State = "absent"
    if not is_installed and is_being_fetched(spec, catalog):
        state = "busy"
    elif n_there:
        state = "paused"
    elif catalog.lies_here(spec):
        own, linked = catalog.own_path_of(spec).exists(), catalog.link_of(spec) is not None
        state = "installed" if own else "linked" if linked else "shared"
    pictures = spec.projector.size_bytes if spec.projector else 0
    return Offer(
        spec=spec,
        fit=assess(spec, machine, context_tokens=context_tokens, missing_bytes=missing),
        fit_for_pictures=assess(
            spec, machine, context_tokens=context_tokens, missing_bytes=missing + pictures, with_projector=True
        ),
        state=state,
        speed=speeds.of(spec),
        part_bytes=n_there,
        is_damaged=state in _IN_PLACE and not is_installed,
    )


def _recommend_one(purpose: Purpose, offers: Sequence[Offer]) -> Recommendation:
    able = [offer for offer in offers if purpose in offer.spec.tasks and offer.spec.purpose == "product" and offer.spec.rank]
    verdicts = {offer.spec.id: (offer.fit_for_pictures if purpose == "vision" else offer.fit).verdict for offer in able}
    well = [offer for offer in able if verdicts[offer.spec.id] is Verdict.WELL]
    fast = [offer for offer in well if offer.speed.documents_per_minute >= _LEAST_PER_MINUTE[purpose]]
    if fast:
        best = max(fast, key=lambda offer: offer.spec.rank)
        is_best = best.spec.rank == max(offer.spec.rank for offer in well)
        return Recommendation(purpose, best, "best" if is_best else "fast_enough")
    possible = well or [offer for offer in able if verdicts[offer.spec.id] is Verdict.TIGHT]
    if possible:
        return Recommendation(purpose, max(possible, key=lambda offer: offer.speed.documents_per_minute), "only_one_that_fits")
    return Recommendation(purpose, None, "none_fits")
