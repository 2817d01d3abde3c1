"""Keyrings on cue."""

from __future__ import annotations

from app.frontier.keyring_access import Backend, KeyringState


class NoKeyring:
    """A system without one."""

    def backend(self) -> Backend | None:
        return None

    def state(self) -> KeyringState:
        return KeyringState("absent", "Secret Service", "it does not run")

    def holds(self, account: str) -> bool:
        del account
        return False

    def unlock(self) -> None:
        pass


class OpenKeyring:
    """A keyring in memory. `fault` is raised by every access while it is set."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.fault: Exception | None = None

    def backend(self) -> Backend | None:
        return self

    def state(self) -> KeyringState:
        return KeyringState("locked" if self.fault else "open", "Secret Service")

    def holds(self, account: str) -> bool:
        return any(name == account for _, name in self.kept)

    def unlock(self) -> None:
        pass

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        del self.kept[service, username]

    def _check(self) -> None:
        if self.fault is not None:
            raise self.fault
