"""Models that other programs keep: found by their folders, used in place only if they are the publisher's."""

import hashlib
import json
from pathlib import Path

import pytest

from app.catalog.discovery import find_copies, find_copies_of, find_files, model_files_in, use_copy, use_first
from app.catalog.imports import import_file
from app.catalog.places import FoundFile, Place, usual_places
from app.catalog.spec import HubSource
from app.errors import HashMismatchError, ModelMissingError
from tests.helpers.catalogs import gguf_bytes, make_catalog, make_spec

DATA = gguf_bytes(padding=2 * 2**20)
SHA256 = hashlib.sha256(DATA).hexdigest()


def put(path: Path, data: bytes = DATA) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    ("program", "below", "environment", "system"),
    [
        ("Ollama", ".ollama/models", {}, "linux"),
        ("Ollama", "elsewhere", {"OLLAMA_MODELS": "{home}/elsewhere"}, "win32"),
        ("LM Studio", ".lmstudio/models", {}, "linux"),
        ("LM Studio", ".cache/lm-studio/models", {}, "darwin"),
        ("Jan", ".local/share/Jan/data/llamacpp/models", {}, "linux"),
        ("Jan", "data/Jan/data/llamacpp/models", {"XDG_DATA_HOME": "{home}/data"}, "linux"),
        ("Jan", "AppData/Roaming/Jan/data/llamacpp/models", {}, "win32"),
        ("Jan", "Library/Application Support/Jan/data/models", {}, "darwin"),
        ("GPT4All", ".local/share/nomic.ai/GPT4All", {}, "linux"),
        ("GPT4All", "Local/nomic.ai/GPT4All", {"LOCALAPPDATA": "{home}/Local"}, "win32"),
        ("llama.cpp", ".cache/llama.cpp", {}, "linux"),
        ("llama.cpp", "Library/Caches/llama.cpp", {}, "darwin"),
        ("llama.cpp", "llama", {"LLAMA_CACHE": "{home}/llama"}, "linux"),
        ("Hugging Face", ".cache/huggingface/hub", {}, "darwin"),
        ("Hugging Face", "hf/hub", {"HF_HOME": "{home}/hf"}, "linux"),
        ("Hugging Face", "x/huggingface/hub", {"XDG_CACHE_HOME": "{home}/x"}, "linux"),
        ("Hugging Face", "cache", {"HF_HUB_CACHE": "{home}/cache"}, "linux"),
    ],
)
def test_places_are_those_of_the_programs_documentation(home, program, below, environment, system):
    folder = home / below
    folder.mkdir(parents=True)
    variables = {name: value.format(home=home) for name, value in environment.items()}
    places = [place for place in usual_places(variables, home, system) if place.folder.is_relative_to(home)]
    assert Place(program, folder) in places


def test_lm_studios_pointer_and_settings_are_followed(home):
    base, chosen = home / "studio", home / "big disk"
    base.mkdir()
    chosen.mkdir()
    (home / ".lmstudio-home-pointer").write_text(f"{base}\n")
    (base / "settings.json").write_text(json.dumps({"downloadsFolder": str(chosen)}))
    assert Place("LM Studio", chosen) in usual_places({}, home, "linux")


def test_blobs_of_ollama_are_found_by_their_hash_and_named_by_its_manifests(tmp_path):
    folder = tmp_path / "ollama"
    put(folder / "blobs" / f"sha256-{SHA256}")
    put(folder / "blobs" / ("sha256-" + "0" * 64), b"a template" * 200_000)
    manifest = folder / "manifests" / "registry" / "library" / "tiny" / "1b"
    put(
        manifest,
        json.dumps({"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{SHA256}"}]}).encode(),
    )
    found = find_files([Place("Ollama", folder)])
    assert [(file.program, file.name, file.size_bytes) for file in found] == [("Ollama", "tiny:1b", len(DATA))]


def test_blob_of_the_right_size_under_another_hash_is_no_copy(tmp_path):
    folder = tmp_path / "ollama"
    put(folder / "blobs" / ("sha256-" + "0" * 64))
    catalog = make_catalog(tmp_path / "models", make_spec(DATA))
    assert find_copies(catalog, find_files([Place("Ollama", folder)])) == []


def test_folders_are_searched_but_what_is_no_model_is_left_out(tmp_path):
    put(tmp_path / "a" / "b" / "c" / "model.GGUF")
    put(tmp_path / "small.gguf", b"GGUF")
    put(tmp_path / "text.gguf", b"no model" * 200_000)
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "gone.gguf").symlink_to(tmp_path / "nowhere")
    put(tmp_path / "1" / "2" / "3" / "4" / "5" / "6" / "7" / "8" / "deep.gguf")
    assert [file.path.name for file in model_files_in(tmp_path)] == ["model.GGUF"]


def test_file_under_two_names_counts_once(tmp_path):
    blob = put(tmp_path / "models--a--b" / "blobs" / SHA256)
    snapshot = tmp_path / "models--a--b" / "snapshots" / "c"
    snapshot.mkdir(parents=True)
    (snapshot / "one.gguf").symlink_to(blob)
    (snapshot / "two.gguf").symlink_to(blob)
    assert len(find_files([Place("Hugging Face", tmp_path)])) == 1


def test_copy_is_used_in_place_and_never_touched(tmp_path):
    path = put(tmp_path / "other" / "tiny.gguf")
    before = path.stat()
    spec = make_spec(DATA)
    catalog = make_catalog(tmp_path / "models", spec)
    (copy,) = find_copies(catalog, find_files([Place("Jan", tmp_path / "other")]))
    assert use_copy(copy, catalog) == path
    assert catalog.is_installed(spec)
    assert catalog.choose().path == path
    assert find_copies(catalog, find_files([Place("Jan", tmp_path / "other")])) == []
    catalog.remove(spec)
    after = path.stat()
    assert (before.st_mtime_ns, before.st_size, before.st_mode) == (after.st_mtime_ns, after.st_size, after.st_mode)
    with pytest.raises(ModelMissingError):
        catalog.choose()


def test_file_that_only_looks_like_a_model_of_the_list_is_refused(tmp_path):
    put(tmp_path / "other" / "tiny.gguf", DATA[:-1] + b"\xff")
    spec = make_spec(DATA)
    catalog = make_catalog(tmp_path / "models", spec)
    (copy,) = find_copies(catalog, find_files([Place("Jan", tmp_path / "other")]))
    with pytest.raises(HashMismatchError):
        use_copy(copy, catalog)
    assert not catalog.is_installed(spec)


def test_linked_file_that_was_changed_or_removed_is_not_used(tmp_path):
    path = put(tmp_path / "tiny.gguf")
    spec = make_spec(DATA)
    catalog = make_catalog(tmp_path / "models", spec)
    catalog.link(spec, path)
    put(path, DATA[:-1] + b"\xff")
    with pytest.raises(HashMismatchError):
        catalog.verify(spec)
    path.unlink()
    assert not catalog.is_installed(spec)


def test_cache_of_the_hubs_own_tools_is_asked_first(tmp_path, monkeypatch):
    path = put(tmp_path / "cache" / "small.gguf")
    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", lambda repo, name, revision: str(path))
    monkeypatch.setattr("app.catalog.discovery.usual_places", list)
    spec = make_spec(DATA, HubSource(kind="hub", repo="a/b", revision="a" * 40, filename="small.gguf"))
    assert [copy.file for copy in find_copies_of(spec, make_catalog(tmp_path / "models", spec))] == [
        FoundFile("Hugging Face", path, len(DATA), "Small")
    ]


def test_the_first_that_is_the_publishers_is_used(tmp_path):
    spec = make_spec(DATA)
    catalog = make_catalog(tmp_path / "models", spec)
    files = [put(tmp_path / "jan" / f"{name}.gguf", data) for name, data in (("a", DATA[:-1] + b"!"), ("b", DATA), ("c", DATA))]
    copies = find_copies(catalog, find_files([Place("Jan", tmp_path / "jan")]))
    files[2].unlink()
    assert len(copies) == 3
    told = []
    used = use_first(copies, catalog, progress=lambda *news: told.append(news))
    assert used is not None
    assert catalog.path_of(spec) == used.file.path == files[1]
    assert (len(DATA), len(DATA), str(files[1])) in told
    assert use_first([copies[0], copies[2]], catalog) is None


def test_a_damaged_file_of_deskhands_own_is_not_answered_with_a_link_behind_it(tmp_path, monkeypatch):
    spec = make_spec(DATA)
    catalog = make_catalog(tmp_path / "models", spec)
    put(catalog.own_path_of(spec), DATA[:-1] + b"!")
    put(tmp_path / "jan" / "a.gguf")
    monkeypatch.setattr("app.catalog.discovery.usual_places", lambda: [Place("Jan", tmp_path / "jan")])
    catalog.hashes.hash_of(catalog.own_path_of(spec))
    assert catalog.is_damaged(spec)
    assert find_copies_of(spec, catalog) == []


def test_own_file_can_be_used_where_it_lies(tmp_path):
    own = put(tmp_path / "stick" / "own.gguf", gguf_bytes(padding=7))
    catalog = make_catalog(tmp_path / "models", make_spec(DATA))
    chosen = import_file(own, catalog, mode="link")
    assert chosen.path == own
    assert catalog.choose("own").path == own
    assert not list((tmp_path / "models").rglob("*.gguf"))


def test_two_own_files_of_one_name_are_two_models(tmp_path):
    catalog = make_catalog(tmp_path / "models", make_spec(DATA))
    first = import_file(put(tmp_path / "a" / "model.gguf", gguf_bytes(padding=7)), catalog)
    second = import_file(put(tmp_path / "b" / "model.gguf", gguf_bytes(padding=8)), catalog)
    again = import_file(put(tmp_path / "c" / "model.gguf", gguf_bytes(padding=7)), catalog)
    assert first.spec.id == again.spec.id == "model"
    assert second.spec.id.startswith("model-")
    assert {spec.id for spec in catalog.installed()} == {first.spec.id, second.spec.id}
