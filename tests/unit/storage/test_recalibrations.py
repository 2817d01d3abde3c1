from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.recalibration import Recalibration
from app.storage.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "deskhand.sqlite") as made:
        yield made


def _made(version: int, task: str = "invoice", model: str = "model") -> Recalibration:
    return Recalibration(task=task, version=version, kind="logistic", reviews=50 * version, slope=0.5, model_sha256=model)


def test_the_newest_version_is_in_force_also_after_a_restart(store: Store, tmp_path: Path) -> None:
    store.recalibrations.add(_made(1))
    store.recalibrations.add(_made(2))
    store.recalibrations.add(_made(1, "receipt"))
    assert store.recalibrations.in_force("invoice", "model") == _made(2)
    store.close()
    with Store(tmp_path / "deskhand.sqlite") as again:
        assert again.recalibrations.in_force("invoice", "model") == _made(2)
        assert again.recalibrations.in_force("receipt", "model") == _made(1, "receipt")


def test_versions_are_taken_back_one_by_one(store: Store) -> None:
    store.recalibrations.add(_made(1))
    store.recalibrations.add(_made(2))
    store.recalibrations.drop_newest("invoice", "model")
    assert store.recalibrations.in_force("invoice", "model") == _made(1)
    store.recalibrations.drop_newest("invoice", "model")
    store.recalibrations.drop_newest("invoice", "model")
    assert store.recalibrations.in_force("invoice", "model") is None


def test_a_version_that_is_added_while_others_are_read_is_in_force(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.recalibrations.add(_made(1))
    read = Recalibration.model_validate_json
    adding = threading.Thread(target=store.recalibrations.add, args=(_made(2),))

    def read_slowly(made: str) -> Recalibration:
        if adding.ident is None:
            adding.start()
            adding.join(0.2)
        return read(made)

    monkeypatch.setattr(Recalibration, "model_validate_json", read_slowly)
    assert store.recalibrations.in_force("invoice", "model") == _made(1)
    adding.join()
    assert store.recalibrations.in_force("invoice", "model") == _made(2)


def test_what_was_taken_back_is_known_and_can_be_taken_again(store: Store) -> None:
    store.recalibrations.add(_made(1))
    store.recalibrations.add(_made(2))
    assert store.recalibrations.refused_reviews("invoice", "model") == 0
    store.recalibrations.drop_newest("invoice", "model")
    assert store.recalibrations.refused_reviews("invoice", "model") == 100
    store.recalibrations.drop_newest("invoice", "model")
    store.recalibrations.take_again("invoice", "model")
    assert (store.recalibrations.in_force("invoice", "model"), store.recalibrations.refused_reviews("invoice", "model")) == (
        _made(1),
        100,
    )
    store.recalibrations.take_again("invoice", "model")
    assert (store.recalibrations.in_force("invoice", "model"), store.recalibrations.refused_reviews("invoice", "model")) == (
        _made(2),
        0,
    )
    store.recalibrations.drop_newest("invoice", "model")
    store.recalibrations.add(_made(3))
    assert store.recalibrations.refused_reviews("invoice", "model") == 0


def test_the_version_that_was_taken_back_last_is_taken_again_first(store: Store) -> None:
    for number in (1, 2):
        store.recalibrations.add(_made(number))
    store.recalibrations.drop_newest("invoice", "model")
    store.recalibrations.add(_made(3))
    store.recalibrations.drop_newest("invoice", "model")
    store.recalibrations.take_again("invoice", "model")
    assert store.recalibrations.in_force("invoice", "model") == _made(3)


def test_each_model_has_its_own_versions(store: Store) -> None:
    store.recalibrations.add(_made(1))
    store.recalibrations.add(_made(2, model="other"))
    assert store.recalibrations.in_force("invoice", "model") == _made(1)
    assert store.recalibrations.in_force("invoice", "third") is None
    store.recalibrations.drop_newest("invoice", "model")
    assert store.recalibrations.in_force("invoice", "model") is None
    assert store.recalibrations.refused_reviews("invoice", "model") == 50
    assert store.recalibrations.in_force("invoice", "other") == _made(2, model="other")
    assert store.recalibrations.refused_reviews("invoice", "other") == 0


def test_a_version_that_names_no_model_holds_for_all_until_theirs_is_made(store: Store) -> None:
    store.recalibrations.add(_made(1, model=""))
    assert store.recalibrations.in_force("invoice", "model") == _made(1, model="")
    store.recalibrations.add(_made(2))
    assert store.recalibrations.in_force("invoice", "model") == _made(2)
    assert store.recalibrations.in_force("invoice", "other") == _made(1, model="")
