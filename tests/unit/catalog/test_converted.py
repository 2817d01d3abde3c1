"""Copies in a faster number format: made beside the publisher's file, recorded with their own hash, chosen by name only."""

import hashlib
import shutil

import pytest

from app.catalog.converted import choose_converted, convert, converted_files, remove_converted
from app.errors import DiskFullError, HashMismatchError, ModelFileError, ModelMissingError, UnknownModelError
from tests.helpers.catalogs import gguf_bytes, install, make_catalog, make_spec

DATA = gguf_bytes()


def halve(source, target, weights, cancel):
    target.write_bytes(weights.encode() + source.read_bytes()[:1000])


@pytest.fixture
def catalog(tmp_path):
    catalog = make_catalog(tmp_path, make_spec(DATA))
    install(catalog, catalog.get("small"), DATA)
    return catalog


def test_a_copy_lies_beside_the_publishers_file_and_is_chosen_by_name(catalog):
    spec = catalog.get("small")
    made = convert(catalog, spec, "q4_0", halve)
    assert made.spec.id == "small:q4_0"
    assert made.spec.main_file.quantization == "Q4_0"
    assert made.sha256 == hashlib.sha256(b"Q4_0" + DATA[:1000]).hexdigest()
    assert catalog.choose("small:q4_0") == made
    assert catalog.choose().spec.id == "small"
    assert catalog.verify(spec).read_bytes() == DATA
    assert converted_files(catalog, spec) == [made]
    assert sorted(path.name for path in made.path.parent.iterdir()) == ["q4_0.gguf", "q4_0.json"]


def test_a_failed_conversion_leaves_nothing_and_keeps_the_copy_there_was(catalog):
    def fail(source, target, weights, cancel):
        target.write_bytes(b"half")
        raise ModelFileError(file=source, detail="refused")

    spec = catalog.get("small")
    with pytest.raises(ModelFileError):
        convert(catalog, spec, "q4_0", fail)
    assert converted_files(catalog, spec) == []
    made = convert(catalog, spec, "q4_0", halve)
    with pytest.raises(ModelFileError):
        convert(catalog, spec, "q4_0", fail)
    assert catalog.choose("small:q4_0") == made


def test_a_copy_that_changed_is_refused(catalog):
    made = convert(catalog, catalog.get("small"), "iq4_nl", halve)
    made.path.write_bytes(b"x" * made.spec.main_file.size_bytes)
    with pytest.raises(HashMismatchError):
        catalog.choose("small:iq4_nl")


def test_a_copy_of_another_release_does_not_count(catalog, tmp_path):
    convert(catalog, catalog.get("small"), "q4_0", halve)
    newer = make_spec(gguf_bytes(padding=70))
    assert converted_files(make_catalog(tmp_path, newer), newer) == []


def test_what_is_not_there_or_not_known_is_told(catalog):
    with pytest.raises(ModelMissingError, match="small:q4_0"):
        catalog.choose("small:q4_0")
    with pytest.raises(UnknownModelError, match="small:q2_k"):
        catalog.choose("small:q2_k")
    assert choose_converted(catalog, "other:q4_0") is None


def test_a_copy_can_be_removed_alone_or_with_its_model(catalog):
    spec = catalog.get("small")
    made = convert(catalog, spec, "q4_0", halve)
    assert remove_converted(catalog, made) == made.spec.main_file.size_bytes
    assert converted_files(catalog, spec) == []
    assert catalog.is_installed(spec)
    convert(catalog, spec, "q4_0", halve)
    catalog.remove(spec)
    assert not (catalog.folder / "small").exists()


def test_a_full_disk_is_told_before_work_begins(catalog, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(10, 10, 0))
    with pytest.raises(DiskFullError):
        convert(catalog, catalog.get("small"), "q4_0", halve)
