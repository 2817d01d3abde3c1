"""The keyrings of the systems: only those that keep keys encrypted are used, whatever else is installed or configured."""

from __future__ import annotations

import contextlib
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, TypeVar

SERVICE: Final = "deskhand"
PROMPT_S: Final = 120.0
"""A system may ask for the password of its keyring; nobody waits for ever."""

_NAMES: Final = {"linux": "Secret Service", "darwin": "macOS Keychain", "win32": "Windows Credential Manager"}
_DEFAULT_COLLECTION: Final = "/org/freedesktop/secrets/aliases/default"

T = TypeVar("T")


class Backend(Protocol):
    """As the keyring library has it."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


@dataclass(frozen=True)
class KeyringState:
    """`name` is the system's word for its keyring; `detail` tells why there is none."""

    kind: Literal["open", "locked", "absent"]
    name: str
    detail: str = ""


class KeyringFault(Exception):  # noqa: N818 - it becomes a KeyStoreError, which a person sees
    """The keyring did not do what it was asked; the text never holds a key."""


class SystemKeyring:
    """The system's own keyring. Others are never asked, since some write keys to plain files."""

    def __init__(self, system: str = sys.platform) -> None:
        self._system = system

    def backend(self) -> Backend | None:
        """None where there is no usable one."""
        try:
            kind = _kind_of(self._system)
            # The priority raises an error where the keyring can't be used.
            backend: Backend | None = kind() if kind is not None and kind.priority > 0 else None
        except Exception:  # noqa: BLE001 - the library raises many kinds for "not here"
            return None
        return backend

    def state(self) -> KeyringState:
        """Asks for no password."""
        name = _NAMES.get(self._system, "keyring")
        if self.backend() is None:
            return KeyringState("absent", name, "the system has none, or it does not run")
        if self._system == "linux" and _is_locked():
            return KeyringState("locked", name)
        return KeyringState("open", name)

    def holds(self, account: str) -> bool:
        """Whether there is a key, also in a locked keyring where the system tells. Asks for no password on Linux."""
        backend = self.backend()
        if backend is None:
            return False
        return _holds_item(account) if self._system == "linux" else backend.get_password(SERVICE, account) is not None

    def unlock(self) -> None:
        """Let the system ask for the password of a locked keyring. Raises `KeyringFault` if it stays locked."""
        if self._system != "linux" or not _is_locked():
            return
        # The library leaves its connection open when it can't unlock a keyring, so it is never given a locked one.
        with contextlib.suppress(Exception), _default_collection() as collection:
            collection.unlock()
        if _is_locked():
            raise KeyringFault("it stayed locked")


def within(limit_s: float, action: Callable[[], T]) -> T:
    """The result of an action that may wait for a person.

    Raises `KeyringFault`, without the words of the library, which may hold a key.
    """
    done: queue.SimpleQueue[T | KeyringFault] = queue.SimpleQueue()

    def run() -> None:
        try:
            done.put(action())
        except KeyringFault as fault:
            done.put(fault)
        except Exception as error:  # noqa: BLE001 - the edge of a thread
            done.put(KeyringFault("it stayed locked" if "Locked" in type(error).__name__ else type(error).__name__))

    threading.Thread(target=run, name="keyring", daemon=True).start()
    try:
        result = done.get(timeout=limit_s)
    except queue.Empty:
        raise KeyringFault(f"it did not answer within {limit_s:.0f} s") from None
    if isinstance(result, KeyringFault):
        raise result
    return result


def _kind_of(system: str) -> Any:
    """The library's class for a system's keyring. Named here one by one, so that no other is ever loaded."""
    match system:
        case "linux":
            from keyring.backends.SecretService import Keyring

            return Keyring
        case "darwin":
            from keyring.backends.macOS import Keyring as Keychain

            return Keychain
        case "win32":
            from keyring.backends.Windows import WinVaultKeyring

            return WinVaultKeyring
    return None


def _holds_item(account: str) -> bool:
    with contextlib.suppress(Exception):
        import secretstorage

        with contextlib.closing(secretstorage.dbus_init()) as bus:
            items = secretstorage.search_items(bus, {"service": SERVICE, "username": account})
            return next(iter(items), None) is not None
    return False


def _is_locked() -> bool:
    """Of the collection that new keys go to. One that is not there yet is made when it is needed."""
    with contextlib.suppress(Exception), _default_collection() as collection:
        return bool(collection.is_locked())
    return False


@contextlib.contextmanager
def _default_collection() -> Iterator[Any]:
    import secretstorage

    with contextlib.closing(secretstorage.dbus_init()) as bus:
        yield secretstorage.Collection(bus, _DEFAULT_COLLECTION)
