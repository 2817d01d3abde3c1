"""What the Models page shows: each model, the choice for each purpose, and files that other programs keep. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from app.catalog.machine import Machine
from app.catalog.offers import Offer, Purpose, Recommendation
from app.catalog.places import FoundFile
from app.catalog.spec import ModelSpec
from app.errors import AppError


@dataclass(frozen=True)
class TaskUse:
    """A task that a model can be chosen for, and whether it was."""

    id: str
    title: str
    is_chosen: bool


@dataclass(frozen=True)
class ModelOffer:
    """One model, with what is known of it here."""

    offer: Offer
    is_in_use: bool = False
    is_starter: bool = False
    is_checked: bool = False
    """The file was found to be the publisher's, and has not changed since."""
    tested: bool | None = None
    """How its self-test ended; None where there was none."""
    needs_acceptance: bool = False
    """Its licence must be accepted before it is fetched."""
    recommended_for: tuple[Purpose, ...] = ()
    path: str = ""
    """Where the file lies, damaged or not; empty while there is none."""
    sees: bool = False
    """The second file, with which it reads pictures, is here."""
    tasks: tuple[TaskUse, ...] = ()

    @property
    def spec(self) -> ModelSpec:
        return self.offer.spec

    @property
    def id(self) -> str:
        return self.offer.spec.id

    @property
    def name(self) -> str:
        return self.offer.spec.name

    @property
    def size_bytes(self) -> int:
        return self.offer.spec.main_file.size_bytes

    @property
    def is_here(self) -> bool:
        return self.offer.is_here

    @property
    def used_for(self) -> str:
        """The tasks that it was chosen for, by their names."""
        return ", ".join(task.title for task in self.tasks if task.is_chosen)

    @property
    def could_see(self) -> bool:
        """It is here and would read pictures if its second file were, too."""
        return self.is_here and self.spec.projector is not None and not self.sees

    @property
    def is_unknown(self) -> bool:
        """A file of the person's own that no list describes."""
        return self.offer.spec.main_file.checked == "imported"


@dataclass(frozen=True)
class FoundModel:
    """A file that another program keeps. `model_name` is empty where no list knows it."""

    file: FoundFile
    model_id: str = ""
    model_name: str = ""


@dataclass(frozen=True)
class Shelf:
    """Everything on the page at one moment."""

    offers: tuple[ModelOffer, ...]
    choices: tuple[Recommendation, ...]
    found: tuple[FoundModel, ...]
    machine: Machine
    used_bytes: int
    folder: str
    is_offline: bool
    chosen_id: str = ""
    """The model that the person has named; empty while Deskhand chooses."""
    faults: tuple[AppError, ...] = ()
    """What is wrong with the person's own list, and with descriptions of models taken in."""

    def offer_of(self, model_id: str) -> ModelOffer | None:
        return next((offer for offer in self.offers if offer.id == model_id), None)

    @property
    def in_use(self) -> ModelOffer | None:
        return next((offer for offer in self.offers if offer.is_in_use), None)

    def choice_for(self, purpose: Purpose) -> Recommendation | None:
        return next((choice for choice in self.choices if choice.purpose == purpose), None)
