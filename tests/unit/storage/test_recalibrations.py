from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.recalibration import Recalibration
from app.storage.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "deskhand.sqlite") as made:
        yield made


def _made(version: int, task: str = "invoice") -> Recalibration:
    return Recalibration(task=task, version=version, kind="logistic", reviews=50 * version, slope=0.5, offset=0.1)


def test_the_newest_version_is_in_force_also_after_a_restart(store: Store, tmp_path: Path) -> None:
    store.recalibrations.add(_made(1))
    store.recalibrations.add(_made(2))
    store.recalibrations.add(_made(1, "receipt"))
    assert store.recalibrations.in_force("invoice") == _made(2)
    store.close()
    with Store(tmp_path / "deskhand.sqlite") as again:
        assert again.recalibrations.all_in_force() == {"invoice": _made(2), "receipt": _made(1, "receipt")}


def test_versions_are_taken_back_one_by_one(store: Store) -> None:
    store.recalibrations.add(_made(1))
    store.recalibrations.add(_made(2))
    store.recalibrations.drop_newest("invoice")
    assert store.recalibrations.in_force("invoice") == _made(1)
    store.recalibrations.drop_newest("invoice")
    store.recalibrations.drop_newest("invoice")
    assert store.recalibrations.in_force("invoice") is None
