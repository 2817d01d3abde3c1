"""The shipped catalog, and what a wrong one is refused for."""

from pathlib import Path

import pytest

from app.catalog.catalog import load_catalog
from app.catalog.spec import WheelsSource
from app.errors import CatalogError, UnknownModelError
from app.paths import bundled_catalog
from app.tasks.prompts import TEMPLATES

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
ram_min_gb = 1
tasks = ["extract"]
languages = "en"
turkish = "no"
rank = 10
license = { id = "MIT", url = "https://example.org", commercial = "yes" }
memory = { kv_bytes_per_token = 100, n_vocab = 1000, n_embd = 64 }
[[model.files]]
filename = "small.gguf"
size_bytes = 10
sha256 = "%s"
quantization = "Q8_0"
checked = "downloaded"
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
        ("a" * 64, "a" * 63, "model.0.files.0.sha256"),
        ('filename = "small.gguf"', 'filename = "../small.gguf"', "model.0.files.0.filename"),
        ('prompt_family = "chatml"', 'prompt_family = "unheard"', "model.0.prompt_family"),
        ("rank = 10", "rank = 10\ncolour = 3", "model.0.colour"),
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


def test_missing_catalog_is_told(tmp_path):
    with pytest.raises(CatalogError, match="No such file"):
        load_catalog(tmp_path / "models.toml", tmp_path)


def test_unknown_model_lists_the_known(tmp_path):
    catalog = load_catalog(write(tmp_path, VALID), tmp_path)
    with pytest.raises(UnknownModelError) as caught:
        catalog.get("big")
    assert "small" in caught.value.hint
