"""A window for tests, and checks that nothing outlives a test: widgets, threads, running timers."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.ui.desktop import Desktop
from app.ui.messages import use_language
from app.ui.theme import Theme
from tests.helpers.window_world import FakeDeskhand


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


@pytest.fixture(autouse=True)
def _nothing_dangles(request: pytest.FixtureRequest) -> Iterator[None]:
    if "qapp" not in request.fixturenames:
        yield
        return
    # Asked for first, so that it is the last to be torn down.
    widgets = {id(widget) for widget in QApplication.topLevelWidgets()}
    threads = set(threading.enumerate())
    yield
    gc.collect()
    delete_now()
    left = [widget for widget in QApplication.topLevelWidgets() if id(widget) not in widgets and isValid(widget)]
    assert not [f"{type(widget).__name__} {widget.objectName()}" for widget in left if widget.parent() is None], "widgets dangle"
    begun = [thread for thread in set(threading.enumerate()) - threads if not thread.name.startswith("Dummy")]
    for thread in begun:
        # A server of a test notices a moment later that its client has gone.
        thread.join(1.0)
    alive = [thread.name for thread in begun if thread.is_alive()]
    assert not alive, f"threads dangle: {alive}"
    timers = [timer for timer in gc.get_objects() if type(timer) is QTimer and isValid(timer) and timer.isActive()]
    assert not [timer.parent() for timer in timers], "timers run on"


def delete_now() -> None:
    """Carry out `deleteLater`."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, "light")


@pytest.fixture
def no_other_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No model that another program keeps on this computer is found."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("OLLAMA_MODELS", "XDG_DATA_HOME", "XDG_CACHE_HOME", "HF_HOME", "HF_HUB_CACHE", "LLAMA_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / "home" / name))


@pytest.fixture
def deskhand(tmp_path: Path) -> Iterator[FakeDeskhand]:
    with FakeDeskhand(tmp_path) as services:
        services.install_model()
        services.change_settings(services.settings.model_copy(update={"default_task": "invoice"}))
        yield services


@pytest.fixture
def desktop(qtbot: QtBot, theme: Theme, deskhand: FakeDeskhand) -> Iterator[Desktop]:
    """An open, empty window at 1400 × 850."""
    theme.set_appearance("light")
    opened = open_desktop(qtbot, theme, deskhand)
    yield opened
    close_desktop(opened)


def open_desktop(qtbot: QtBot, theme: Theme, deskhand: FakeDeskhand) -> Desktop:
    opened = Desktop(deskhand, theme, deskhand.fake_reader)
    opened.open()
    qtbot.waitUntil(lambda: opened.is_complete and bool(opened.work.tasks) and opened.work.is_loaded, timeout=10_000)
    return opened


def close_desktop(desktop: Desktop) -> None:
    desktop.window.close()
    desktop.window.deleteLater()
    desktop.deleteLater()
    delete_now()
