"""A licence that must be accepted is asked for once."""

from __future__ import annotations

from pathlib import Path

from app.catalog.licenses import accept_license, accepted_at, needs_acceptance
from app.catalog.spec import License
from tests.helpers.catalogs import gguf_bytes, make_spec

STRICT = License(id="Strict-1", url="https://example.org/1", commercial="limited", must_accept=True)


def test_acceptance_is_remembered_until_the_licence_changes(tmp_path: Path) -> None:
    spec = make_spec(gguf_bytes()).model_copy(update={"license": STRICT})
    assert needs_acceptance(tmp_path, spec)
    assert accepted_at(tmp_path, spec) == ""
    accept_license(tmp_path, spec)
    assert not needs_acceptance(tmp_path, spec)
    assert accepted_at(tmp_path, spec).startswith("20")
    newer = spec.model_copy(update={"license": STRICT.model_copy(update={"url": "https://example.org/2"})})
    assert needs_acceptance(tmp_path, newer)


def test_free_licences_are_not_asked_for(tmp_path: Path) -> None:
    assert not needs_acceptance(tmp_path, make_spec(gguf_bytes()))
