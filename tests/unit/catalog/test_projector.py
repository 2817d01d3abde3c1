"""A model of two files: its projector is fetched, imported, checked, found and removed with it, and never taken for the model."""

import hashlib

import pytest

from app.bootstrap import build
from app.catalog.catalog import Catalog
from app.catalog.discovery import find_copies, find_copies_of
from app.catalog.download import fetch
from app.catalog.fit import estimate, most_bytes, need_bytes
from app.catalog.imports import import_file
from app.catalog.machine import MachineMemory
from app.catalog.places import FoundFile
from app.catalog.spec import ModelFile, ModelSpec, PathSource
from app.errors import HashMismatchError, ModelMissingError
from app.network.gate import Gate
from app.settings import Settings
from tests.helpers.catalogs import gguf_bytes, install, make_catalog, make_spec

DATA = gguf_bytes()
EYES = gguf_bytes(architecture="clip", padding=3000)
OFFLINE = Gate(offline=True)
GIB = 2**30


@pytest.fixture
def origin(tmp_path):
    folder = tmp_path / "origin"
    folder.mkdir()
    (folder / "model.gguf").write_bytes(DATA)
    (folder / "mmproj-F16.gguf").write_bytes(EYES)
    return folder


@pytest.fixture
def spec(origin) -> ModelSpec:
    plain = make_spec(DATA, PathSource(kind="path", path=str(origin / "model.gguf")), model_id="seer")
    projector = ModelFile(
        role="projector",
        filename="mmproj-F16.gguf",
        size_bytes=len(EYES),
        sha256=hashlib.sha256(EYES).hexdigest(),
        quantization="F16",
        checked="downloaded",
        sources=(PathSource(kind="path", path=str(origin / "mmproj-F16.gguf")),),
    )
    return plain.model_copy(update={"files": (*plain.files, projector), "tasks": ("extract", "vision")})


@pytest.fixture
def catalog(tmp_path, spec) -> Catalog:
    return make_catalog(tmp_path / "models", spec)


def test_projector_is_fetched_beside_its_model(catalog, spec):
    path = fetch(spec, catalog, OFFLINE)
    assert not catalog.is_installed(spec.eyes)
    eyes = fetch(spec.eyes, catalog, OFFLINE)
    assert eyes == path.parent / "projector" / "mmproj-F16.gguf"
    assert (path.read_bytes(), eyes.read_bytes()) == (DATA, EYES)
    assert (catalog.verify(spec), catalog.verify(spec.eyes)) == (path, eyes)
    assert [known.id for known in catalog.all()] == ["seer"]
    assert catalog.get("seer").memory != make_spec(DATA).memory, "the model's own figures stay learnt"


def test_changed_projector_is_refused_and_its_model_is_not(catalog, spec):
    fetch(spec, catalog, OFFLINE)
    eyes = fetch(spec.eyes, catalog, OFFLINE)
    eyes.write_bytes(EYES[:-1] + b"x")
    with pytest.raises(HashMismatchError):
        catalog.verify(spec.eyes)
    assert catalog.verify(spec)


@pytest.mark.parametrize("mode", ["copy", "link"])
def test_imported_projector_is_recognised_by_its_hash(catalog, spec, origin, tmp_path, mode):
    named_differently = (origin / "mmproj-F16.gguf").rename(tmp_path / "download (1).gguf")
    chosen = import_file(named_differently, catalog, mode=mode)
    assert chosen.spec.id == "seer/projector"
    assert catalog.verify(spec.eyes) == chosen.path
    with pytest.raises(ModelMissingError):
        catalog.verify(spec)
    assert [known.id for known in catalog.all()] == ["seer"]
    assert (chosen.path == named_differently) is (mode == "link")


def test_removing_a_model_takes_its_projector_and_leaves_what_is_used_in_place(catalog, spec, origin):
    fetch(spec, catalog, OFFLINE)
    fetch(spec.eyes, catalog, OFFLINE)
    assert catalog.remove(spec) >= len(DATA) + len(EYES)
    assert not catalog.is_installed(spec)
    assert not catalog.is_installed(spec.eyes)
    import_file(origin / "mmproj-F16.gguf", catalog, mode="link")
    catalog.remove(spec)
    assert not catalog.is_installed(spec.eyes)
    assert (origin / "mmproj-F16.gguf").read_bytes() == EYES


def test_projector_of_another_program_is_found_for_itself_only(catalog, spec, origin, monkeypatch):
    found = FoundFile("LM Studio", origin / "mmproj-F16.gguf", len(EYES), "mmproj")
    monkeypatch.setattr("app.catalog.discovery.find_files", lambda: [found])
    assert find_copies(catalog) == []
    (copy,) = find_copies_of(spec.eyes, catalog)
    assert (copy.spec.id, copy.file) == ("seer/projector", found)
    assert find_copies_of(make_spec(DATA), catalog) == []


def test_need_counts_the_projector_and_what_a_picture_takes(spec):
    memory = MachineMemory(16 * GIB, 12 * GIB)
    blind = need_bytes(spec, context_tokens=1024)
    seeing = need_bytes(spec, context_tokens=1024, with_projector=True)
    assert seeing - blind == round(1.15 * len(EYES)) + 256 * 2**20 + 100 * 1024
    assert estimate(spec, memory, context_tokens=1024, with_projector=True).need_bytes == seeing
    assert most_bytes(spec, memory, context_tokens=1024, with_projector=True) > 1.2 * seeing
    assert need_bytes(make_spec(DATA), context_tokens=1024, with_projector=True) == need_bytes(make_spec(DATA), context_tokens=1024)


def test_bound_never_reaches_all_of_the_memory(spec):
    assert most_bytes(spec, MachineMemory(4 * GIB, 4 * GIB), context_tokens=1024) <= 2.5 * GIB
    large = spec.model_copy(update={"files": (spec.main_file.model_copy(update={"size_bytes": 9 * GIB}),)})
    assert most_bytes(large, MachineMemory(8 * GIB, 8 * GIB), context_tokens=1024) == 6.5 * GIB
    assert most_bytes(large, MachineMemory(0, 0), context_tokens=1024) > 9 * GIB


@pytest.mark.parametrize(
    ("settings", "is_here", "sees"),
    [
        ({"model": "seer"}, True, True),
        ({"model": "seer"}, False, False),
        ({"model": "seer", "vision": "off"}, True, False),
        ({}, True, True),
    ],
)
def test_model_looks_at_scans_where_its_eyes_are_here(tmp_path, catalog, spec, settings, is_here, sees):
    install(catalog, spec, DATA)
    if is_here:
        install(catalog, spec.eyes, EYES)
    with build(data_dir=tmp_path / "data", models_dir=catalog.folder) as deskhand:
        deskhand.__dict__["catalog"] = catalog
        deskhand.settings = Settings(**settings)
        assert (deskhand.projector_path() is not None) is sees
        names = [rung.name for rung in deskhand._below_chosen_model("")]
        assert ("seer without its eyes" in names) is sees
