"""A real conversion in its child, which may write one file."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.catalog.gguf import read_header
from app.errors import ModelError
from app.worker.conversion_service import ConversionService
from tests.helpers.models import real_model

pytestmark = pytest.mark.model


def test_a_converted_model_is_a_sound_file_and_the_source_stays(tmp_path: Path) -> None:
    source = real_model()
    target = tmp_path / "copy.part"
    target.touch()
    ConversionService()(source.path, target, "Q4_0")
    header = read_header(target)
    assert header.architecture == read_header(source.path).architecture
    assert 0.5 < target.stat().st_size / source.path.stat().st_size < 1.1


def test_a_file_that_is_no_model_is_a_typed_error(tmp_path: Path) -> None:
    source, target = tmp_path / "source.gguf", tmp_path / "copy.part"
    source.write_bytes(b"GGUF" + bytes(5000))
    target.touch()
    with pytest.raises(ModelError):
        ConversionService()(source, target, "Q4_0")
