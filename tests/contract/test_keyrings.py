"""The key store against a real Secret Service: open, locked and absent."""

from __future__ import annotations

import os
import sys

import pytest

from app.errors import KeyStoreError
from app.frontier.keys import KeyPlace, KeyStore
from app.settings import ProviderConfig
from tests.helpers.secret_service import message_bus, needs_secret_service, secret_service

pytestmark = [
    pytest.mark.network,
    pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's"),
    needs_secret_service(),
]

KEY = "sk-planted-real-keyring-4711"
CONFIG = ProviderConfig(id="one", kind="anthropic", base_url="https://api.anthropic.com", model="big")
PROMPT_S = 20.0


@pytest.fixture(autouse=True)
def no_session(monkeypatch):
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)


def enter(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def test_an_open_keyring_keeps_the_key_beyond_the_program(tmp_path, monkeypatch):
    with secret_service(tmp_path, unlocked=True) as variables:
        enter(monkeypatch, variables)
        keys = KeyStore()
        assert (keys.state().kind, keys.state().name) == ("open", "Secret Service")
        assert keys.place_of(CONFIG) is KeyPlace.NOWHERE
        assert keys.get(CONFIG) is None
        assert keys.put(CONFIG, KEY) is KeyPlace.KEYRING
        assert KeyStore().place_of(CONFIG) is KeyPlace.KEYRING
        assert KeyStore().get(CONFIG).reveal() == KEY
    with secret_service(tmp_path, unlocked=True) as variables:
        enter(monkeypatch, variables)
        assert KeyStore().get(CONFIG).reveal() == KEY
        KeyStore().remove(CONFIG)
        assert KeyStore().get(CONFIG) is None
    assert all(KEY.encode() not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_locked_keyring_is_told_from_an_absent_one_and_asked_for_its_password_only_when_a_key_is_needed(tmp_path, monkeypatch):
    with secret_service(tmp_path, unlocked=True) as variables:
        enter(monkeypatch, variables)
        KeyStore().put(CONFIG, KEY)
    with secret_service(tmp_path, unlocked=False) as variables:
        enter(monkeypatch, variables)
        keys = KeyStore(prompt_s=PROMPT_S)
        assert keys.state().kind == "locked"
        assert keys.place_of(CONFIG) is KeyPlace.KEYRING
        with pytest.raises(KeyStoreError, match="stayed locked"):
            keys.get(CONFIG)
        assert keys.put(CONFIG, KEY + "-new") is KeyPlace.MEMORY
        assert keys.get(CONFIG).reveal() == KEY + "-new"
        assert keys.state().kind == "locked"


@pytest.mark.parametrize("has_bus", [True, False])
def test_without_a_secret_service_the_key_stays_in_this_process(has_bus, tmp_path, monkeypatch):
    with message_bus(tmp_path) as variables:
        if has_bus:
            enter(monkeypatch, variables)
        else:
            monkeypatch.setenv("XDG_RUNTIME_DIR", os.fspath(tmp_path / "none"))
        keys = KeyStore()
        state = keys.state()
        assert state.kind == "absent"
        assert state.detail
        assert keys.put(CONFIG, KEY) is KeyPlace.MEMORY
        assert keys.get(CONFIG).reveal() == KEY
        assert KeyStore().place_of(CONFIG) is KeyPlace.NOWHERE
    assert all(KEY.encode() not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_plain_keyring_that_is_installed_and_configured_gets_nothing(tmp_path, monkeypatch):
    """The library itself would choose it, which is shown first."""
    modules = tmp_path / "modules"
    modules.mkdir()
    (modules / "plain_keyring.py").write_text(
        "from keyring.backend import KeyringBackend\n"
        "class PlaintextKeyring(KeyringBackend):\n"
        "    priority = 99\n"
        f"    file = {os.fspath(tmp_path / 'plain.txt')!r}\n"
        "    def set_password(self, service, username, password): open(self.file, 'a').write(password)\n"
        "    def get_password(self, service, username): return open(self.file).read()\n"
        "    def delete_password(self, service, username): pass\n"
    )
    monkeypatch.syspath_prepend(os.fspath(modules))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "plain_keyring.PlaintextKeyring")
    import keyring.core

    assert type(keyring.core.load_env()).__name__ == "PlaintextKeyring"
    keys = KeyStore()
    assert keys.put(CONFIG, KEY) is KeyPlace.MEMORY
    assert not (tmp_path / "plain.txt").exists()
