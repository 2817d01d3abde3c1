"""Cycles that hold Qt objects are taken apart on the thread of the window, never beside it."""

import gc
import threading

import pytest
from PySide6.QtCore import QObject

from app.ui.garbage import GarbageCollector


@pytest.fixture
def collector(qapp):
    parent = QObject()
    yield GarbageCollector(parent)
    parent.deleteLater()
    gc.enable()


class Node(QObject):
    def __init__(self, ended):
        super().__init__()
        self.me = self
        self.ended = ended

    def __del__(self):
        self.ended.append(threading.current_thread())


def test_cycles_end_on_the_thread_of_the_window(qtbot, collector):
    ended = []
    Node(ended)

    def work():
        kept = [[n] for n in range(200_000)]
        del kept

    busy = threading.Thread(target=work)
    busy.start()
    busy.join()
    assert not ended, "a thread does not collect"
    kept = [[n] for n in range(2 * gc.get_threshold()[0])]
    qtbot.waitUntil(lambda: bool(ended), timeout=5_000)
    assert set(ended) == {threading.main_thread()}
    assert kept
