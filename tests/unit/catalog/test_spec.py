"""The shipped catalog, and what a wrong one is refused for."""

from pathlib import Path

import pytest

from app.catalog.catalog import load_catalog
from app.catalog.spec import WheelsSource
from app.errors import CatalogError, UnknownModelError
from app.paths import bundled_catalog
from app.tasks.asking.prompts import TEMPLATES

ENTRY = """
schema_version = 1
starter = "small"
[[model]]
id = "small"
name = "Small"
publisher = "Someone"
architecture = "llama"
prompt_family = "chatml"
parameters_b = 0.1
context_max = 2048
context_default = 2048
tasks = ["extract"]
languages = "en"
turkish = "no"
rank = 10
speed = "fast"
good_for = { en = "Tests.", tr = "Sınamalar." }
license = { id = "MIT", url = "https://example.org", commercial = "yes" }
memory = { kv_bytes_per_token = 100, n_vocab = 1000, n_embd = 64 }
[[model.files]]
filename = "small.gguf"
size_bytes = 10
sha256 = "%s"
quantization = "Q8_0"
checked = "downloaded"
[[model.files.sources]]
kind = "url"
url = "https://example.org/small.gguf"
"""
VALID = ENTRY % ("a" * 64)


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "models.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_shipped_catalog_is_valid_and_names_its_starter(tmp_path):
    catalog = load_catalog(bundled_catalog(), tmp_path)
    starter = catalog.get(catalog.starter_id)
    assert starter.main_file.size_bytes == 491_400_064
    assert starter.answers_tasks
    assert [source.kind for source in starter.main_file.sources] == ["hub", "wheels"]


def test_every_shipped_family_has_a_prompt_template(tmp_path):
    families = {spec.prompt_family for spec in load_catalog(bundled_catalog(), tmp_path).all()}
    assert families <= TEMPLATES.keys()


def test_every_shipped_hub_source_is_pinned_and_every_file_has_a_source(tmp_path):
    for spec in load_catalog(bundled_catalog(), tmp_path).all():
        for file in spec.files:
            assert file.sources, f"{spec.id}: {file.filename} can't be fetched"
            assert not any(isinstance(source, WheelsSource) and len(source.parts) > 10 for source in file.sources)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("a" * 64, "a" * 63, "model 'small', files.0.sha256: 64 digits"),
        ('filename = "small.gguf"', 'filename = "../small.gguf"', "model 'small', files.0.filename: a plain file name"),
        ('prompt_family = "chatml"', 'prompt_family = "unheard"', "model 'small', prompt_family"),
        ("rank = 10", "rank = 10\ncolour = 3", "model 'small', colour"),
        ('url = "https://example.org/small', 'url = "http://example.org/small', "model 'small', files.0.sources.0.url"),
        ("context_default = 2048", "context_default = 4096", "context_default is larger"),
        ('tasks = ["extract"]', 'tasks = ["vision"]', "'projector'"),
        ('speed = "fast"', "", "good_for, speed and a source"),
        ('speed = "fast"', 'speed = "quick"', "model 'small', speed"),
        ('starter = "small"', 'starter = "big"', "starter 'big'"),
        ("schema_version = 1", "schema_version = 2", "schema_version"),
        ("schema_version = 1", "schema_version = ", "line 2"),
    ],
)
def test_wrong_catalog_is_refused_naming_file_and_fault(tmp_path, old, new, told):
    path = write(tmp_path, VALID.replace(old, new, 1))
    with pytest.raises(CatalogError) as caught:
        load_catalog(path, tmp_path)
    assert told in caught.value.user_text
    assert "models.toml" in caught.value.user_text


def test_same_id_twice_is_refused(tmp_path):
    body = VALID.split("[[model]]", 1)[1]
    with pytest.raises(CatalogError, match="listed twice"):
        load_catalog(write(tmp_path, VALID + "[[model]]" + body), tmp_path)


def test_parts_must_add_up(tmp_path):
    part = '{ distribution = "a", version = "1", member = "a/b", size_bytes = 9 }'
    parts = f'[[model.files.sources]]\nkind = "wheels"\nparts = [{part}]\n'
    with pytest.raises(CatalogError, match="do not add up"):
        load_catalog(write(tmp_path, VALID + parts), tmp_path)


def own_list(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


OWN = VALID.replace('starter = "small"', "").replace('id = "small"', 'id = "mine"').replace('speed = "fast"', "")


def test_own_list_adds_to_the_shipped_one(tmp_path):
    catalog = load_catalog(write(tmp_path, VALID), tmp_path, own=own_list(tmp_path, OWN))
    assert [spec.id for spec in catalog.all()] == ["small", "mine"]
    assert catalog.faults == ()


def test_missing_own_list_is_no_fault(tmp_path):
    assert load_catalog(write(tmp_path, VALID), tmp_path, own=tmp_path / "none.toml").faults == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (OWN.replace("rank = 10", "rank = 101"), "model 'mine', rank"),
        (OWN.replace('id = "mine"', 'id = "small"'), "model 'small' is shipped"),
        (OWN + 'starter = "mine"', "'mine'"),
        ("not toml", "line 1"),
        ("", "schema_version"),
    ],
)
def test_fault_in_the_own_list_is_told_and_takes_nothing_away(tmp_path, text, told):
    catalog = load_catalog(write(tmp_path, VALID), tmp_path, own=own_list(tmp_path, text))
    assert [spec.id for spec in catalog.all()] == ["small"]
    assert told in catalog.faults[0].user_text
    assert "own.toml" in catalog.faults[0].user_text


def entry(text: str) -> str:
    return "[[model]]" + text.split("[[model]]", 1)[1]


def test_a_faulty_entry_of_the_own_list_takes_no_other_away(tmp_path):
    wrong = entry(OWN.replace('id = "mine"', 'id = "wrong"').replace("rank = 10", "rank = 101"))
    nameless = entry(OWN.replace('id = "mine"\n', ""))
    other = entry(OWN.replace('id = "mine"', 'id = "other"'))
    text = OWN + wrong + nameless + other + entry(OWN)
    catalog = load_catalog(write(tmp_path, VALID), tmp_path, own=own_list(tmp_path, text))
    assert [spec.id for spec in catalog.all()] == ["small", "mine", "other"]
    told = [fault.user_text for fault in catalog.faults]
    assert len(told) == 3
    assert "model 'wrong', rank" in told[0]
    assert "model.2.id" in told[1]
    assert "'mine' is listed twice" in told[2]
    assert {fault.hint for fault in catalog.faults} == {"Correct the file and start Deskhand again. The other models can be used."}


def test_every_shipped_model_tells_what_it_is_good_for_in_both_languages(tmp_path):
    specs = load_catalog(bundled_catalog(), tmp_path).all()
    assert len(specs) == 16
    for spec in specs:
        assert spec.good_for is not None
        assert spec.speed is not None
        assert spec.good_for.in_language("tr") != spec.good_for.in_language("en")
        assert spec.turkish != "unknown"


def test_missing_catalog_is_told(tmp_path):
    with pytest.raises(CatalogError, match="No such file"):
        load_catalog(tmp_path / "models.toml", tmp_path)


def test_unknown_model_lists_the_known(tmp_path):
    catalog = load_catalog(write(tmp_path, VALID), tmp_path)
    with pytest.raises(UnknownModelError) as caught:
        catalog.get("big")
    assert "small" in caught.value.hint
