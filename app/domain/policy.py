"""Policy: when an answer is handed on and what may leave, as the task says it and as folders and files change it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.domain.privacy import PrivacyClass, strictest
from app.domain.task import EscalateIf, Routing, Task


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RoutingChange(_Part):
    """What a folder changes of a task's routing; None leaves it as it is."""

    primary: Literal["local", "frontier"] | None = None
    escalate_to: Literal["frontier", "none"] | None = None
    send: Literal["fields", "document"] | None = None
    pictures: bool | None = None
    confidence_below: float | None = Field(default=None, ge=0, le=1)
    schema_invalid: bool | None = None
    check_failed: bool | None = None
    complexity_above: float | None = Field(default=None, ge=0, le=1)

    def applied_to(self, routing: Routing) -> Routing:
        change = self.model_dump(exclude_none=True)
        rules = {name: change.pop(name) for name in list(change) if name not in Routing.model_fields}
        rule = routing.escalate_if.model_copy(update=rules)
        return routing.model_copy(update=change | {"escalate_if": rule})


class PlacePolicy(_Part):
    """What holds for a folder with everything in it, or for one file."""

    path: str = Field(min_length=1)
    """Absolute."""
    privacy: PrivacyClass | None = None
    routing: RoutingChange = RoutingChange()


class Policies(_Part):
    """All that a person has set for folders and files."""

    everywhere: PrivacyClass | None = None
    """Holds for every document."""
    folders: tuple[PlacePolicy, ...] = ()
    files: tuple[PlacePolicy, ...] = ()


class Policy(_Part):
    """What holds for one document and one task."""

    routing: Routing = Routing()
    privacy: PrivacyClass = PrivacyClass.ASK
    place: str = ""
    """The folder or file whose class it is, if one decided."""
    asking: tuple[str, ...] = ()
    """Folders and files of which a person said to be asked each time: only a word for such a folder, or for one in it, stands."""

    @property
    def keeps_here(self) -> bool:
        """Whether no larger model is asked, whatever a person agreed to."""
        return self.privacy is PrivacyClass.NEVER or self.routing.escalate_to == "none"

    def stricter(self, other: Policy) -> Policy:
        """In each respect what lets less leave of the two."""
        decides = self if strictest(self.privacy, other.privacy) is self.privacy else other
        asking = tuple(dict.fromkeys((*self.asking, *other.asking)))
        return decides.model_copy(update={"routing": _stricter_routing(self.routing, other.routing), "asking": asking})


def policy_for(task: Task, path: PurePath | str, policies: Policies) -> Policy:
    """What the task says, and what is set for the places that hold a file."""
    return policy_at(task, (*folders_of(path, policies.folders), *files_of(path, policies.files)), policies.everywhere)


def policy_at(task: Task, places: Sequence[PlacePolicy], everywhere: PrivacyClass | None = None) -> Policy:
    """The strictest privacy class of task and places; the routing of the task, then of the places from the outermost in."""
    routing = task.routing
    for place in places:
        routing = place.routing.applied_to(routing)
    asking = tuple(place.path for place in places if place.privacy is PrivacyClass.ASK)
    policy = Policy(routing=routing, privacy=PrivacyClass(task.privacy.class_), asking=asking)
    for named, privacy in [("", everywhere), *((place.path, place.privacy) for place in places)]:
        if privacy is not None and strictest(privacy, policy.privacy) is not policy.privacy:
            policy = policy.model_copy(update={"privacy": privacy, "place": named})
    return policy


def _stricter_routing(one: Routing, other: Routing) -> Routing:
    ones, others = one.escalate_if, other.escalate_if
    return Routing(
        primary="frontier" if one.primary == other.primary == "frontier" else "local",
        escalate_to="none" if "none" in (one.escalate_to, other.escalate_to) else "frontier",
        send="document" if one.send == other.send == "document" else "fields",
        pictures=one.pictures and other.pictures,
        escalate_if=EscalateIf(
            confidence_below=min(ones.confidence_below, others.confidence_below),
            schema_invalid=ones.schema_invalid and others.schema_invalid,
            check_failed=ones.check_failed and others.check_failed,
            complexity_above=max(ones.complexity_above, others.complexity_above),
        ),
    )


def folders_of(path: PurePath | str, folders: Iterable[PlacePolicy]) -> tuple[PlacePolicy, ...]:
    """Those folders that hold a file at any depth, the outermost first."""
    around = PurePath(path).parents
    holding = [folder for folder in folders if PurePath(folder.path) in around]
    return tuple(sorted(holding, key=lambda folder: len(PurePath(folder.path).parts)))


def files_of(path: PurePath | str, files: Iterable[PlacePolicy]) -> tuple[PlacePolicy, ...]:
    """What is set for this very file."""
    return tuple(file for file in files if PurePath(file.path) == PurePath(path))
