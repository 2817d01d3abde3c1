"""The composition root: parts are built when used, once, and settings given on the command line win for this run alone."""

import pytest

from app.bootstrap import build
from app.catalog.machine import GraphicsCard, MachineMemory
from app.catalog.tuning import take_facts
from app.errors import DatabaseInUseError, ModelMissingError, OfflineError, SettingsError
from app.settings import Settings, load_settings, save_settings
from tests.helpers.catalogs import install, make_catalog, make_spec


@pytest.fixture
def folders(tmp_path):
    return {"data_dir": tmp_path / "data", "models_dir": tmp_path / "models"}


def test_building_touches_no_file(folders, tmp_path):
    with build(**folders) as deskhand:
        assert deskhand.catalog.starter_id
    assert list(tmp_path.iterdir()) == []


def test_parts_are_built_once(folders):
    with build(**folders) as deskhand:
        assert deskhand.store is deskhand.store
        assert deskhand.runner is deskhand.runner


def test_data_folder_is_released_at_the_end(folders):
    with build(**folders) as first:
        assert first.store.jobs() == []
        with build(**folders) as second, pytest.raises(DatabaseInUseError):
            second.store  # noqa: B018
    with build(**folders) as third:
        assert third.store.jobs() == []


def test_a_case_file_is_evaluated_beside_another_deskhand_and_makes_no_database(folders):
    with build(**folders) as deskhand:
        assert deskhand.evaluation_of(deskhand.tasks.get("invoice"), []).cases == []
        assert not deskhand.paths.database.exists()
    with build(**folders) as first, build(**folders) as second:
        assert first.store.jobs() == []
        assert second.evaluation_of(second.tasks.get("invoice"), []).cases == []


def test_what_is_given_wins_and_is_not_stored(folders):
    stored = folders["data_dir"] / "settings.json"
    save_settings(Settings(offline=False, model="one"), stored)
    with build(**folders, offline=True, model="two") as deskhand:
        assert (deskhand.settings.offline, deskhand.settings.model) == (True, "two")
        with pytest.raises(OfflineError):
            deskhand.gate.require("example.org", "to test")
    assert load_settings(stored) == Settings(offline=False, model="one")


def test_changed_settings_reach_gate_and_disk_at_once(folders):
    with build(**folders) as deskhand:
        with pytest.raises(OfflineError):
            deskhand.gate.require("example.org", "to test")
        deskhand.change_settings(deskhand.settings.model_copy(update={"offline": False}))
        deskhand.gate.require("example.org", "to test")
        assert load_settings(deskhand.paths.settings).offline is False


def test_a_graphics_card_counts_where_the_person_wants_it_to_compute(folders):
    card = {"name": "Card", "total_bytes": 8 * 2**30, "free_bytes": 6 * 2**30}
    with build(**folders) as deskhand:
        take_facts(deskhand.paths.models, "a" * 64, {"cards": [card]})
        assert deskhand.machine().graphics == ()
        deskhand.change_settings(deskhand.settings.model_copy(update={"graphics_card": True}))
        assert deskhand.machine().graphics == (GraphicsCard(**card),)


def test_only_what_the_person_changes_is_stored(folders):
    stored = folders["data_dir"] / "settings.json"
    save_settings(Settings(offline=False, model="one"), stored)
    with build(**folders, offline=True, allow_weak_sandbox=True) as deskhand:
        save_settings(Settings(offline=False, model="two"), stored)
        deskhand.change_settings(deskhand.settings.model_copy(update={"theme": "dark"}))
        assert (deskhand.settings.theme, deskhand.settings.offline, deskhand.settings.allow_weak_sandbox) == ("dark", True, True)
    assert load_settings(stored) == Settings(offline=False, model="two", theme="dark")


def test_faulty_settings_are_told_with_their_file(folders):
    path = folders["data_dir"] / "settings.json"
    path.parent.mkdir()
    path.write_text('{"threads": "many"}')
    with pytest.raises(SettingsError, match="threads"):
        build(**folders)


def test_no_model_is_told_by_name(folders):
    with build(**folders) as deskhand, pytest.raises(ModelMissingError) as caught:
        deskhand.make_model()
    assert "deskhand models download" in caught.value.hint


def test_a_task_takes_its_model_before_the_one_for_all(folders):
    one, two = make_spec(b"one", model_id="one"), make_spec(b"two", model_id="two")
    with build(**folders) as deskhand:
        deskhand.__dict__["catalog"] = make_catalog(folders["models_dir"], one, two)
        install(deskhand.catalog, one, b"one")
        install(deskhand.catalog, two, b"two")
        deskhand.change_settings(Settings(model="one", task_models={"invoice": "two"}))
        assert [deskhand.choose_model(task).spec.id for task in ("", "receipt", "invoice")] == ["one", "one", "two"]
        assert deskhand.make_model("invoice").info.id == "two"


def test_a_model_given_for_one_run_is_for_all_tasks(folders):
    save_settings(Settings(model="one", task_models={"invoice": "three"}), folders["data_dir"] / "settings.json")
    with build(**folders, model="two") as deskhand:
        assert deskhand.settings.model_of("invoice") == "two"
    with build(**folders) as deskhand:
        assert deskhand.settings.model_of("invoice") == "three"


@pytest.mark.parametrize(("memory_mib", "fits"), [(16_000, True), (3_300, False)])
def test_a_second_model_stays_loaded_where_memory_holds_both(folders, monkeypatch, memory_mib, fits):
    one, two = make_spec(b"one", model_id="one"), make_spec(b"two", model_id="two")
    memory = MachineMemory(memory_mib << 20, memory_mib << 20)
    monkeypatch.setattr("app.catalog.machine.machine_memory", lambda: memory)
    with build(**folders) as deskhand:
        deskhand.__dict__["catalog"] = make_catalog(folders["models_dir"], one, two)
        install(deskhand.catalog, one, b"one")
        install(deskhand.catalog, two, b"two")
        deskhand.change_settings(Settings(model="one", task_models={"invoice": "two"}))
        assert deskhand.fits_beside("invoice", ["auto"]) == fits
        assert not deskhand.fits_beside("invoice", ["auto"] * 100)
