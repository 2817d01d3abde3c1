"""Choosing, verifying, importing and removing model files."""

import os

import pytest

from app.catalog.catalog import Catalog
from app.catalog.fit import estimate
from app.catalog.imports import import_file
from app.catalog.machine import MachineMemory
from app.catalog.spec import CatalogFile, Memory
from app.errors import HashMismatchError, ModelFileError, ModelFolderError, ModelMissingError, UnknownModelError
from tests.helpers.catalogs import gguf_bytes, install, make_catalog, make_spec


def test_best_installed_model_is_chosen_and_test_models_never(tmp_path):
    one, two, three = gguf_bytes(padding=10), gguf_bytes(padding=20), gguf_bytes(padding=30)
    small = make_spec(one, model_id="small", rank=10)
    large = make_spec(two, model_id="large", rank=50)
    test = make_spec(three, model_id="test", rank=90, purpose="test")
    catalog = make_catalog(tmp_path, small, large, test)
    install(catalog, test, three)
    with pytest.raises(ModelMissingError, match="small"):
        catalog.choose()
    install(catalog, small, one)
    assert catalog.choose().spec.id == "small"
    install(catalog, large, two)
    assert catalog.choose().spec.id == "large"
    assert catalog.choose("test").spec.id == "test"


def test_model_that_fits_the_memory_is_preferred(tmp_path, monkeypatch):
    one, two = gguf_bytes(padding=10), gguf_bytes(padding=20)
    small = make_spec(one, model_id="small", rank=10)
    large = make_spec(two, model_id="large", rank=50).model_copy(
        update={"memory": Memory(kv_bytes_per_token=2**20, n_vocab=1000, n_embd=64)}
    )
    catalog = make_catalog(tmp_path, small, large)
    install(catalog, small, one)
    install(catalog, large, two)
    for free_bytes in (0, 4 * 2**30):
        monkeypatch.setattr("app.catalog.catalog.machine_memory", lambda free=free_bytes: MachineMemory(4 * 2**30, free))
        assert catalog.choose().spec.id == "small"
    assert catalog.choose("large").spec.id == "large"


def test_of_models_too_large_for_the_memory_the_smallest_is_chosen(tmp_path, monkeypatch):
    """A tight fit beats any rank; where nothing fits the nearest miss is taken."""
    files = {name: gguf_bytes(padding=10 * number) for number, name in enumerate(("tight", "near", "far"), 1)}
    cache_bytes = {"tight": 2**20, "near": 2 * 2**20, "far": 3 * 2**20}
    specs = [
        make_spec(files[name], model_id=name, rank=rank).model_copy(
            update={"memory": Memory(kv_bytes_per_token=cache_bytes[name], n_vocab=1000, n_embd=64)}
        )
        for rank, name in enumerate(files, 1)
    ]
    catalog = make_catalog(tmp_path, *specs)
    monkeypatch.setattr("app.catalog.catalog.machine_memory", lambda: MachineMemory(4 * 2**30, 0))
    install(catalog, specs[1], files["near"])
    install(catalog, specs[2], files["far"])
    assert catalog.choose().spec.id == "near"
    install(catalog, specs[0], files["tight"])
    assert catalog.choose().spec.id == "tight"
    huge = specs[2].model_copy(update={"files": (specs[2].main_file.model_copy(update={"size_bytes": 10**9}),)})
    assert catalog.smaller_than(huge).spec.id == "tight"


def test_damaged_model_gives_way_to_a_good_one(tmp_path):
    one, two = gguf_bytes(padding=10), gguf_bytes(padding=20)
    small, large = make_spec(one, model_id="small", rank=10), make_spec(two, model_id="large", rank=50)
    catalog = make_catalog(tmp_path, small, large)
    install(catalog, large, two[:-1] + b"\xff")
    assert catalog.is_installed(large), "nobody has looked yet"
    for _ in range(2):
        with pytest.raises(HashMismatchError, match=r"large\.gguf"):
            catalog.choose()
    assert catalog.is_damaged(large)
    assert not catalog.is_installed(large)
    install(catalog, small, one)
    assert catalog.choose().spec.id == "small"
    with pytest.raises(HashMismatchError):
        catalog.choose("large")
    install(catalog, large, two)
    assert catalog.choose().spec.id == "large"


def test_wanted_model_must_be_here_and_known(tmp_path):
    catalog = make_catalog(tmp_path, make_spec(gguf_bytes()))
    with pytest.raises(ModelMissingError):
        catalog.choose("small")
    with pytest.raises(UnknownModelError):
        catalog.choose("huge")


def test_changed_file_is_refused_and_hashed_once_while_unchanged(tmp_path, monkeypatch):
    data = gguf_bytes()
    spec = make_spec(data)
    catalog = make_catalog(tmp_path, spec)
    path = install(catalog, spec, data)
    assert catalog.verify(spec) == path
    hashed = []
    monkeypatch.setattr("app.catalog.files.hash_file", lambda path, **_: hashed.append(path) or spec.main_file.sha256)
    catalog.verify(spec)
    assert hashed == []
    os.utime(path, (1, 1))
    catalog.verify(spec)
    assert hashed == [path]


def test_file_of_right_size_and_wrong_content_is_refused(tmp_path):
    data = gguf_bytes()
    spec = make_spec(data)
    catalog = make_catalog(tmp_path, spec)
    install(catalog, spec, data[:-1] + b"\xff")
    with pytest.raises(HashMismatchError):
        catalog.choose("small")


def test_path_of_a_known_file_is_recognised_by_content(tmp_path):
    data = gguf_bytes()
    catalog = make_catalog(tmp_path / "models", make_spec(data))
    elsewhere = tmp_path / "any name.gguf"
    elsewhere.write_bytes(data)
    chosen = catalog.choose(str(elsewhere))
    assert (chosen.spec.id, chosen.path) == ("small", elsewhere)


def test_own_file_is_described_by_its_header(tmp_path):
    catalog = make_catalog(tmp_path / "models", make_spec(gguf_bytes()))
    own = tmp_path / "My Model (v2).gguf"
    own.write_bytes(gguf_bytes(template="<start_of_turn>", padding=7))
    spec = catalog.choose(str(own)).spec
    assert (spec.id, spec.prompt_family, spec.context_max) == ("my-model-v2", "gemma", 2048)
    assert spec.memory.kv_bytes_per_token == 2 * 2 * 16 * 4


def test_imported_model_stays_known_and_the_original_untouched(tmp_path):
    catalog = make_catalog(tmp_path / "models", make_spec(gguf_bytes()))
    own = tmp_path / "own.gguf"
    own.write_bytes(gguf_bytes(padding=7))
    chosen = import_file(own, catalog)
    assert chosen.path == tmp_path / "models" / "own" / "own.gguf"
    assert own.exists()
    assert catalog.choose("own").path == chosen.path
    assert [spec.id for spec in catalog.installed()] == ["own"]
    assert catalog.remove(chosen.spec) > 0
    assert not chosen.path.exists()
    with pytest.raises(UnknownModelError):
        catalog.get("own")


def test_importing_what_is_no_model_is_refused_and_leaves_nothing(tmp_path):
    catalog = make_catalog(tmp_path / "models", make_spec(gguf_bytes()))
    text = tmp_path / "text.gguf"
    text.write_text("not a model")
    with pytest.raises(ModelFileError):
        import_file(text, catalog)
    assert not list((tmp_path / "models").glob("*/*.gguf"))


def test_memory_estimate_grows_with_context_and_decides(tmp_path):
    spec = make_spec(gguf_bytes())
    plenty = MachineMemory(16 * 2**30, 12 * 2**30)
    short, long = (estimate(spec, plenty, context_tokens=n) for n in (256, 2048))
    assert long.need_bytes - short.need_bytes == 100 * (2048 - 256)
    assert short.fits
    assert not estimate(spec, MachineMemory(16 * 2**30, short.need_bytes), context_tokens=256).fits


def test_a_model_that_cannot_be_deleted_is_not_told_as_freed(tmp_path, monkeypatch):
    spec = make_spec(gguf_bytes())
    catalog = make_catalog(tmp_path, spec)
    install(catalog, spec, gguf_bytes())

    def refuse(_folder, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("shutil.rmtree", refuse)
    with pytest.raises(ModelFolderError, match="Permission denied"):
        catalog.remove(spec)


def test_model_that_came_with_the_installation_is_used_and_never_deleted(tmp_path):
    data = gguf_bytes()
    spec = make_spec(data)
    shared = tmp_path / "usr" / "models" / "small" / "small.gguf"
    shared.parent.mkdir(parents=True)
    shared.write_bytes(data)
    catalog = Catalog(
        CatalogFile(schema_version=1, starter="small", model=(spec,)), tmp_path / "own", shared=(tmp_path / "usr" / "models",)
    )
    assert catalog.choose().path == shared
    assert catalog.remove(spec) == 0
    assert catalog.is_installed(spec)
    own = install_own(catalog, spec, data)
    assert catalog.path_of(spec) == own


def install_own(catalog, spec, data):
    path = catalog.own_path_of(spec)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_broken_description_of_an_imported_model_takes_nothing_else_away(tmp_path):
    catalog = make_catalog(tmp_path / "models", make_spec(gguf_bytes()))
    for number in (7, 8):
        own = tmp_path / f"own{number}.gguf"
        own.write_bytes(gguf_bytes(padding=number))
        import_file(own, catalog)
    assert catalog.used_bytes() > 2 * len(gguf_bytes(padding=7))
    (tmp_path / "models" / "own7" / "model.json").write_text('{"id": 3}')
    assert [spec.id for spec in catalog.all()] == ["small", "own8"]
    assert "own7" in catalog.faults[0].user_text
