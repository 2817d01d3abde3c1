"""A model with a projector, both in the lock: pictures cross as pixels and become the model's memory.

The projector's weights are of chance. What is tested: pictures are computed, and what the text does not hold is no value.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from app.domain.document import Document
from app.domain.task import Task
from app.errors import ModelFileError, ModelMemoryError
from app.settings import ReadLimits
from app.worker.services import ModelService, ReaderService
from app.worker.vision_pages import PageShelf
from tests.helpers.chance_models import write_projector
from tests.helpers.models import real_model

pytestmark = pytest.mark.model

_TASK = Task.model_validate(
    {"id": "slip", "kind": "extract", "fields": [{"name": "shop", "type": "name"}, {"name": "total", "type": "amount"}]}
)
_TOKENS_OF_MODEL = 576
"""Numbers that the test model has for each token."""


@pytest.fixture(scope="module")
def shelf() -> PageShelf:
    return PageShelf(lambda: True)


@pytest.fixture(scope="module")
def scan(shelf: PageShelf) -> Document:
    picture = Image.new("RGB", (600, 300), "white")
    ImageDraw.Draw(picture).text((20, 40), "Corner Bakery\nTotal 12.50\nChange 7.50", fill="black", font_size=48)
    data = io.BytesIO()
    picture.save(data, "PNG")
    with ReaderService(ReadLimits(), shelf=shelf) as reader:
        return reader.read(data.getvalue(), "slip.png")


@pytest.fixture(scope="module")
def projector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("projector") / "mmproj.gguf"
    write_projector(path, n_embd=_TOKENS_OF_MODEL)
    return path


def _service(projector: Path | None, shelf: PageShelf, **options: object) -> ModelService:
    chosen = real_model()
    settings: dict[str, object] = {
        "model_id": chosen.spec.id,
        "sha256": chosen.sha256,
        "family": chosen.spec.prompt_family,
        "n_ctx": 1536,
        "threads": 2,
    }
    return ModelService(chosen.path, projector=projector, shelf=shelf, **(settings | options))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def model(projector: Path, shelf: PageShelf) -> Iterator[ModelService]:
    with _service(projector, shelf) as service:
        yield service


def test_page_is_drawn_for_a_model_that_sees(shelf: PageShelf, scan: Document) -> None:
    (picture,) = shelf.of(scan)
    assert max(picture.width, picture.height) == 1440
    assert len(picture.pixels) == picture.stride * picture.height


def test_picture_is_computed_in_the_lock_and_the_text_decides(model: ModelService, shelf: PageShelf, scan: Document) -> None:
    result = model.run(_TASK, scan, followups={}, language="en")
    assert model.sandbox is not None
    assert model.sandbox.is_complete
    with _service(None, shelf) as blind:
        without = blind.run(_TASK, scan, followups={}, language="en")
    assert result.tokens.prompt >= without.tokens.prompt + 16
    for value in result.fields.values():
        assert value.text is None or value.text in scan.text
        assert all(opinion.evidence is None and not opinion.accepted for opinion in value.opinions)
    assert model.run(_TASK, scan, followups={}, language="en").fields == result.fields


def test_document_without_pictures_is_read_from_its_text(model: ModelService, scan: Document) -> None:
    unseen = scan.model_copy(update={"sha256": "1" * 64})
    assert not any(value.opinions for value in model.run(_TASK, unseen, followups={}, language="en").fields.values())


def test_projector_of_another_model_is_refused(tmp_path: Path, shelf: PageShelf) -> None:
    write_projector(tmp_path / "other.gguf", n_embd=64)
    with _service(tmp_path / "other.gguf", shelf) as model, pytest.raises(ModelFileError, match=r"other\.gguf"):
        model.wait_ready()


def test_file_that_is_no_projector_is_refused(tmp_path: Path, shelf: PageShelf) -> None:
    (tmp_path / "text.gguf").write_bytes(b"GGUF" + bytes(100))
    with _service(tmp_path / "text.gguf", shelf) as model, pytest.raises(ModelFileError, match=r"text\.gguf"):
        model.wait_ready()


def test_memory_of_the_projector_is_bounded_too(projector: Path, shelf: PageShelf) -> None:
    with _service(projector, shelf, memory_bytes=200 << 20) as model, pytest.raises(ModelMemoryError):
        model.wait_ready()
