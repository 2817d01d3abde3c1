"""What a person has set for folders and files, kept in ``policies.toml``. A file that can't be read lets nothing leave."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from pathlib import Path, PurePath

import tomli_w

from app.domain.consent import Consent, ConsentScope
from app.domain.policy import PlacePolicy, Policies, Policy, files_of, folders_of, policy_for
from app.domain.privacy import PrivacyClass
from app.domain.task import Task
from app.errors import PolicyFileError
from app.export.atomic import write_atomically
from app.tasks.faults import Fault, KeyLines, read_as

_log = logging.getLogger(__name__)
_MAX_BYTES = 2**20
_NOTHING_LEAVES = Policies(everywhere=PrivacyClass.NEVER)
_ABSENT = Policies()


class PolicyFile:
    """Read again whenever the file has changed, so that edits by hand hold at once. Thread safe: what is kept is replaced whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: tuple[tuple[int, int], Policies] | None = None

    def load(self) -> Policies:
        """What is set; nothing when there is no file. Raises `PolicyFileError` naming the first faulty line."""
        version = self._version()
        if version is None:
            return _ABSENT
        if self._kept is None or self._kept[0] != version:
            self._kept = version, self._read()
        return self._kept[1]

    def in_force(self) -> Policies:
        """What is set, with links followed; while the file is faulty, that nothing leaves."""
        try:
            policies = self.load()
        except PolicyFileError as error:
            _log.warning("%s %s", error.user_text, error.hint)
            return _NOTHING_LEAVES
        return policies.model_copy(update={"folders": _followed(policies.folders), "files": _followed(policies.files)})

    def save(self, policies: Policies) -> None:
        text = tomli_w.dumps(policies.model_dump(mode="json", exclude_none=True, exclude_defaults=True))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self._path, text.encode())

    def _read(self) -> Policies:
        try:
            with self._path.open("rb") as file:
                raw = file.read(_MAX_BYTES + 1)
            source = raw.decode("utf-8-sig")
        except OSError as error:
            raise self._fault(Fault(1, f"the file can't be read: {error.strerror}.")) from error
        except UnicodeDecodeError as error:
            raise self._fault(Fault(raw[: error.start].count(b"\n") + 1, "the text is not UTF-8.")) from error
        if len(raw) > _MAX_BYTES:
            raise self._fault(Fault(1, "the file is larger than 1 MiB."))
        policies, faults = read_as(Policies, source)
        if policies is None:
            raise self._fault(faults[0])
        lines = KeyLines(source)
        policies = policies.model_copy(update={"folders": _from_home(policies.folders), "files": _from_home(policies.files)})
        for key, places in (("folders", policies.folders), ("files", policies.files)):
            for index, place in enumerate(places):
                if not PurePath(place.path).is_absolute():
                    raise self._fault(Fault(lines.of((key, index, "path")), "'path' must be a full path."))
        return policies

    def _fault(self, fault: Fault) -> PolicyFileError:
        return PolicyFileError(file=self._path.name, line=fault.line, detail=fault.detail)

    def _version(self) -> tuple[int, int] | None:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._fault(Fault(1, f"the file can't be read: {error.strerror}.")) from error
        return status.st_size, status.st_mtime_ns


def policy_of(task: Task, path: Path, policies: Policies) -> Policy:
    """The policy for a document under all of its names: a link does not lead around what holds for its target."""
    policy, target = policy_for(task, path, policies), _target(path)
    return policy if target == path else policy.stricter(policy_for(task, target, policies))


def stands_for(consent: Consent, policy: Policy) -> bool:
    """Whether a standing consent that covers a document holds under its policy.

    Where a person wants to be asked each time, only a word given there counts: one for a folder at or below that place.
    """
    if not policy.asking:
        return True
    if consent.scope is not ConsentScope.FOLDER:
        return False
    names = {PurePath(os.path.normpath(consent.subject)), _target(Path(consent.subject))}
    return all(any(name.is_relative_to(place) for name in names) for place in policy.asking)


def must_hide(task: Task, path: Path, policies: Policies) -> bool:
    """Whether task, place or file let a document leave only with what is sensitive hidden, under any of its names.

    Also where something else asks for a person's word: that is stricter, and takes nothing back.
    """
    names = {path, _target(path)}
    places = [place for name in names for place in (*folders_of(name, policies.folders), *files_of(name, policies.files))]
    return PrivacyClass.REDACTED in (task.privacy.class_, policies.everywhere, *(place.privacy for place in places))


def _from_home(places: Iterable[PlacePolicy]) -> tuple[PlacePolicy, ...]:
    """With the home folder in place of "~"; a home that nobody has stays, and is told as a path that is not full."""
    return tuple(place.model_copy(update={"path": os.path.expanduser(place.path)}) for place in places)  # noqa: PTH111  # Path's raises for such a home.


def _followed(places: Iterable[PlacePolicy]) -> tuple[PlacePolicy, ...]:
    """The places under the names that were given, and under those that links lead to."""
    found = []
    for place in places:
        found.append(place)
        target = str(_target(Path(place.path)))
        if target != place.path:
            found.append(place.model_copy(update={"path": target}))
    return tuple(found)


def _target(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path
