"""Where keys are kept, and that nothing prints them."""

import copy
import logging
import pickle
import sys

import pytest

from app.errors import KeyFormError, KeyStoreError
from app.frontier.keyring_access import KeyringFault, SystemKeyring, within
from app.frontier.keys import KeyPlace, KeyStore, account_of
from app.network.secret import HIDDEN, Secret, SecretFilter, scrub
from app.settings import ProviderConfig
from tests.helpers.keyrings import NoKeyring, OpenKeyring

KEY = "sk-planted-0123456789"
CONFIG = ProviderConfig(id="one", kind="openai_chat", base_url="https://models.example.org/v1", model="big")


class KeyringLocked(Exception):  # noqa: N818 - as the library names it
    pass


def test_a_key_goes_into_the_keyring_and_comes_back():
    keyring = OpenKeyring()
    keys = KeyStore(keyring)
    assert keys.place_of(CONFIG) is KeyPlace.NOWHERE
    assert keys.put(CONFIG, f"  {KEY}\n") is KeyPlace.KEYRING
    assert keyring.kept == {("deskhand", "one@models.example.org"): KEY}
    assert KeyStore(keyring).get(CONFIG).reveal() == KEY
    assert keys.place_of(CONFIG) is KeyPlace.KEYRING
    keys.remove(CONFIG)
    assert keys.get(CONFIG) is None
    assert keyring.kept == {}


def test_without_a_keyring_a_key_lives_as_long_as_the_program():
    keys = KeyStore(NoKeyring())
    assert keys.state().kind == "absent"
    assert keys.put(CONFIG, KEY) is KeyPlace.MEMORY
    assert keys.place_of(CONFIG) is KeyPlace.MEMORY
    assert keys.get(CONFIG).reveal() == KEY
    assert KeyStore(NoKeyring()).get(CONFIG) is None
    keys.remove(CONFIG)
    assert keys.place_of(CONFIG) is KeyPlace.NOWHERE


def test_a_keyring_that_stays_locked_is_told_and_a_new_key_is_kept_for_this_run():
    keyring = OpenKeyring()
    keys = KeyStore(keyring)
    keys.put(CONFIG, KEY)
    keyring.fault = KeyringLocked(f"no access to {KEY}")
    with pytest.raises(KeyStoreError, match="stayed locked") as caught:
        keys.get(CONFIG)
    assert KEY not in caught.value.user_text
    assert keys.put(CONFIG, KEY + "-new") is KeyPlace.MEMORY
    assert keys.get(CONFIG).reveal() == KEY + "-new"
    with pytest.raises(KeyStoreError):
        keys.remove(CONFIG)


def test_another_server_has_another_key():
    keys = KeyStore(OpenKeyring())
    keys.put(CONFIG, KEY)
    for url in (
        "https://models.example.com/v1",
        "https://models.example.org:8443/v1",
        "https://models.example.org.evil.example/v1",
    ):
        assert keys.get(CONFIG.model_copy(update={"base_url": url})) is None
    assert account_of(CONFIG) == account_of(CONFIG.model_copy(update={"base_url": "https://Models.Example.org/v2"}))


@pytest.mark.parametrize(
    "text", ["", "short", "two words here", "key\nwith-line", "schlüssel-schlüssel", "k" * 1001, "a\x00bcdefghij"]
)
def test_what_can_not_be_a_key_is_refused_without_repeating_it(text):
    with pytest.raises(KeyFormError) as caught:
        KeyStore(OpenKeyring()).put(CONFIG, text)
    assert not text or text not in caught.value.user_text


def test_a_keyring_that_never_answers_is_not_waited_for():
    import threading

    with pytest.raises(KeyringFault, match="within 0 s"):
        within(0.1, threading.Event().wait)


@pytest.mark.parametrize("system", ["linux", "darwin", "win32", "haiku", "freebsd14"])
def test_plain_keyrings_are_not_used_whatever_is_configured(system, monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.helpers.keyrings.OpenKeyring")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "python_keyring").mkdir()
    (tmp_path / "python_keyring" / "keyringrc.cfg").write_text("[backend]\ndefault-keyring=keyrings.alt.file.PlaintextKeyring\n")
    backend = SystemKeyring(system).backend()
    assert backend is None or type(backend).__module__.startswith("keyring.backends.")
    if sys.platform == "linux":
        assert backend is None
        assert SystemKeyring(system).state().kind == "absent"


def test_a_secret_is_not_shown_by_printing_copying_or_writing_it_down():
    secret = Secret(KEY)
    assert KEY not in f"{secret} {secret!r} {secret:>30} {[secret]} {vars.__doc__}"
    assert str(secret) == HIDDEN
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        copy.deepcopy(secret)
    assert not hasattr(secret, "__dict__")
    assert secret.reveal() == KEY


def test_a_log_holds_no_key_whoever_writes_it(caplog):
    Secret(KEY)
    logger = logging.getLogger("app.test")
    caplog.handler.addFilter(SecretFilter())
    with caplog.at_level(logging.INFO, "app.test"):
        logger.info("the key is %s", KEY)
        logger.info("headers: %r", {"Authorization": f"Bearer {KEY}"})
        logger.info("%d of %s", KEY)  # noqa: PLE1206 - a faulty call
        try:
            raise ValueError(f"Illegal header value b'Bearer {KEY}'")
        except ValueError:
            logger.exception("it failed with %s", KEY)
    assert KEY not in caplog.text
    assert caplog.text.count(HIDDEN) >= 5


def test_scrubbing_leaves_other_words():
    Secret("short")
    Secret(KEY)
    assert scrub(f"short words and {KEY}.") == f"short words and {HIDDEN}."
