"""Keys of services: in the system's keyring, else in this process until it ends. Nowhere else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from app.errors import KeyFormError, KeyStoreError
from app.frontier.keyring_access import PROMPT_S, SERVICE, Backend, KeyringFault, KeyringState, SystemKeyring, within
from app.network.secret import Secret
from app.settings import ProviderConfig

T = TypeVar("T")

_SHORTEST, _LONGEST = 8, 1000


class KeyPlace(StrEnum):
    KEYRING = "keyring"
    MEMORY = "memory"
    """For this run only."""
    NOWHERE = "nowhere"


class Keyring(Protocol):
    """The system's, or one for tests."""

    def backend(self) -> Backend | None: ...
    def state(self) -> KeyringState: ...
    def holds(self, account: str) -> bool: ...
    def unlock(self) -> None: ...


class KeyStore:
    """One for the program; may be used by several threads. Reading a locked keyring makes the system ask for its password."""

    def __init__(self, keyring: Keyring | None = None, prompt_s: float = PROMPT_S) -> None:
        self._keyring = keyring or SystemKeyring()
        self._prompt_s = prompt_s
        self._memory: dict[str, Secret] = {}
        self._lock = threading.Lock()

    def state(self) -> KeyringState:
        """Which keyring there is and whether it is open. Asks for no password."""
        try:
            return within(self._prompt_s, self._keyring.state)
        except KeyringFault as fault:
            return KeyringState("absent", "keyring", str(fault))

    def place_of(self, config: ProviderConfig) -> KeyPlace:
        """Where the service's key is. Asks for no password."""
        account = account_of(config)
        with self._lock:
            if account in self._memory:
                return KeyPlace.MEMORY
        return KeyPlace.KEYRING if self._is_in_keyring(account) else KeyPlace.NOWHERE

    def get(self, config: ProviderConfig) -> Secret | None:
        """The key; None if there is none. Raises `KeyStoreError` when the keyring that may hold it stays locked or fails."""
        account = account_of(config)
        with self._lock:
            kept = self._memory.get(account)
        backend = None if kept else self._keyring.backend()
        if backend is None:
            return kept
        try:
            text = self._opened(lambda: backend.get_password(SERVICE, account))
        except KeyringFault as fault:
            raise KeyStoreError(detail=str(fault)) from None
        return Secret(text) if text else None

    def put(self, config: ProviderConfig, text: str) -> KeyPlace:
        """Keep a key; tells where it went. Without a keyring, or while it stays locked, that is this process alone."""
        text = text.strip()
        if not _SHORTEST <= len(text) <= _LONGEST or not text.isascii() or not text.isprintable() or " " in text:
            raise KeyFormError(detail="a key is one word of 8 to 1000 letters, digits and signs")
        secret, account = Secret(text), account_of(config)
        is_stored = self._store(account, secret)
        with self._lock:
            if is_stored:
                self._memory.pop(account, None)
            else:
                self._memory[account] = secret
        return KeyPlace.KEYRING if is_stored else KeyPlace.MEMORY

    def remove(self, config: ProviderConfig) -> None:
        """Forget a key everywhere. Raises `KeyStoreError` if the keyring would not let go of it."""
        account = account_of(config)
        with self._lock:
            self._memory.pop(account, None)
        backend = self._keyring.backend()
        if backend is None or not self._is_in_keyring(account):
            return
        try:
            self._opened(lambda: backend.delete_password(SERVICE, account))
        except KeyringFault as fault:
            raise KeyStoreError(detail=str(fault)) from None

    def _store(self, account: str, secret: Secret) -> bool:
        backend = self._keyring.backend()
        if backend is None:
            return False
        try:
            self._opened(lambda: backend.set_password(SERVICE, account, secret.reveal()))
        except KeyringFault:
            return False
        return True

    def _opened(self, action: Callable[[], T]) -> T:
        def run() -> T:
            self._keyring.unlock()
            return action()

        return within(self._prompt_s, run)

    def _is_in_keyring(self, account: str) -> bool:
        try:
            return within(self._prompt_s, lambda: self._keyring.holds(account))
        except KeyringFault:
            return False


def account_of(config: ProviderConfig) -> str:
    """The name of a key in the keyring. The server is part of it: changed settings do not send a key elsewhere."""
    return f"{config.id}@{urlsplit(config.base_url).netloc.casefold()}"
