"""The real reader and the real model, both in their lock."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from app.documents.reader import read_document
from app.documents.warmup import canaries
from app.domain.document import Document, Page
from app.domain.progress import Progress
from app.domain.task import Task
from app.errors import CancelledError, DocumentError, EmptyDocumentError, UnsupportedFormatError, WrongPasswordError
from app.paths import resources
from app.settings import ReadLimits
from app.worker.services import ModelService, PageService, ReaderService
from tests.helpers.models import real_model
from tests.helpers.protected_files import (
    opendocument_protected_as_a_whole,
    opendocument_with_protected_members,
    protected_office,
)

_SAMPLES = sorted(path for path in (resources() / "samples").iterdir() if path.suffix != ".md")
_DATA = Path(__file__).parents[1] / "data"
_OF_OTHER_PROGRAMS = [_DATA / name for name in ("turned.heic", "forwarded.msg", "rich_text.msg")]
_TASK = Task.model_validate({"id": "sort", "kind": "classify", "labels": [{"name": "bill"}, {"name": "poem"}, {"name": "recipe"}]})
"""Without examples the model itself must answer."""
_LONG_TASK = Task.model_validate({"id": "sort", "kind": "classify", "labels": [{"name": f"matter number {n}"} for n in range(60)]})
_TEXT = "INVOICE 4711\nDate: 2026-02-17\n\nConsulting        100.00\nTotal due         119.00 EUR\n"


@pytest.fixture(scope="module")
def reader() -> Iterator[ReaderService]:
    with ReaderService(ReadLimits()) as service:
        yield service


@pytest.fixture(scope="module")
def model() -> Iterator[ModelService]:
    chosen = real_model()
    with ModelService(
        chosen.path, model_id=chosen.spec.id, sha256=chosen.sha256, family=chosen.spec.prompt_family, n_ctx=2048, threads=2
    ) as service:
        yield service


def _document(text: str) -> Document:
    return Document(name="bill.txt", sha256="0" * 64, format="text", text=text, pages=(Page(number=1, start=0, end=len(text)),))


@pytest.mark.parametrize("sample", [*_SAMPLES, *_OF_OTHER_PROGRAMS], ids=lambda path: path.name)
def test_the_lock_changes_nothing_in_what_is_read(reader: ReaderService, sample: Path) -> None:
    data = sample.read_bytes()
    assert reader.read(data, sample.name) == read_document(data, sample.name, ReadLimits())


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (protected_office(dict(canaries())["canary.xlsx"], "geheim"), "a.xlsx"),
        (opendocument_protected_as_a_whole("Total 17", "geheim"), "whole.odt"),
        (opendocument_with_protected_members("Total 17", "geheim"), "members.odt"),
        (opendocument_with_protected_members("Total 17", "geheim", "blowfish"), "older.odt"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_passwords_open_files_in_the_lock(reader: ReaderService, data: bytes, name: str) -> None:
    with pytest.raises(WrongPasswordError):
        reader.read(data, name, password="wrong")
    assert "Total" in reader.read(data, name, password="geheim").text


def test_pages_are_rendered_in_the_lock(reader: ReaderService) -> None:
    sample = next(path for path in _SAMPLES if path.suffix == ".pdf")
    picture = reader.render(sample.read_bytes(), sample.name, 1, dpi=72)
    assert picture.width > 300
    assert len(set(picture.pixels)) > 1
    with PageService(ReadLimits()) as pages:
        assert pages.render(sample.read_bytes(), sample.name, 1, dpi=72) == picture
        with pytest.raises(UnsupportedFormatError):
            pages.render(b"a text has no pages", "text.txt", 1, dpi=72)
        assert pages.sandbox is not None
        assert pages.sandbox.is_complete


def test_pages_of_a_scan_are_told_as_they_come(reader: ReaderService) -> None:
    pages = [Image.new("RGB", (600, 200), "white") for _ in range(2)]
    for number, page in enumerate(pages, start=1):
        ImageDraw.Draw(page).text((20, 60), f"Invoice number {number}", fill="black", font_size=48)
    scan = io.BytesIO()
    pages[0].save(scan, "TIFF", save_all=True, append_images=pages[1:])
    news: list[Progress] = []
    document = reader.read(scan.getvalue(), "scan.tif", on_progress=news.append)
    assert "Invoice" in document.text
    assert (news[0].page, news[0].pages) == (1, 2)


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"", "empty.pdf", EmptyDocumentError),
        (b"\x7fELF" + bytes(200), "program", UnsupportedFormatError),
        (b"%PDF-1.7", "cut.pdf", DocumentError),
    ],
)
def test_faults_of_documents_cross_typed_and_keep_the_reader(
    reader: ReaderService, data: bytes, name: str, kind: type[DocumentError]
) -> None:
    reader.wait_ready()
    before = reader.start_info
    with pytest.raises(kind) as caught:
        reader.read(data, name)
    assert not caught.value.is_worker_failure
    assert name in caught.value.user_text
    assert reader.start_info == before


@pytest.mark.model
def test_the_model_computes_in_the_lock(model: ModelService) -> None:
    news: list[Progress] = []
    result = model.run(_TASK, _document(_TEXT), followups={}, language="en", on_progress=news.append)
    assert result.tokens.steps > 0
    assert result.label is not None
    assert {result.label.value, *(other.value for other in result.label.alternatives)} == {"bill", "poem", "recipe"}
    assert news
    assert result.model.sha256 == real_model().sha256
    again = model.run(_TASK, _document(_TEXT), followups={}, language="en")
    assert again.label == result.label


@pytest.mark.model
def test_a_run_of_the_model_is_cancelled_within_200_ms(model: ModelService) -> None:
    model.wait_ready()
    before = model.start_info
    cancel = threading.Event()
    cancelled_at = 0.0

    def stop() -> None:
        nonlocal cancelled_at
        cancelled_at = time.monotonic()
        cancel.set()

    threading.Timer(0.15, stop).start()
    with pytest.raises(CancelledError):
        model.run(_LONG_TASK, _document(_TEXT * 60), followups={}, language="en", cancel=cancel)
    assert time.monotonic() - cancelled_at < 0.2
    assert model.start_info == before


@pytest.mark.model
def test_enquiries_are_built_and_answers_settled_in_the_lock(model: ModelService) -> None:
    task = Task.model_validate(
        {
            "id": "bill",
            "kind": "extract",
            "fields": [
                {"name": "total", "type": "amount"},
                {"name": "day", "type": "date"},
                {"name": "seller", "type": "name"},
                {"name": "vat", "type": "tax_id"},
            ],
            "rows": [{"name": "items", "fields": [{"name": "text"}, {"name": "amount", "type": "amount"}]}],
        }
    )
    text = (
        "Herrn Dr. Hans Meier, geboren am 3.4.1961, IBAN DE89 3704 0044 0532 0130 00, Tel. +49 30 1234567, ada@example.org\n"
        "SSN 536-90-4399, T.C. Kimlik No: 10000000146, USt-IdNr. DE136695976, Visa 4111 1111 1111 1111\n"
        "Diagnose: Grippe, Arztbrief\n"
    )
    document = _document(_TEXT + text)
    local = model.run(task, document, followups={}, language="en")
    enquiry = model.enquire(task, document, local, targets=["total", "day", "seller", "vat", "items"], whole_document=True)
    assert {span.kind.value for span in enquiry.sensitive} >= {
        "iban", "card", "tax_id", "national_id", "phone", "email", "name", "birth_date", "health"
    }  # fmt: skip
    said = {
        "total": "119.00",
        "day": "17 February 2026",
        "seller": "Nobody Ltd",
        "items": [{"text": "Consulting", "amount": "100.00"}],
    }
    settled = model.settle(task, document, local, said, source="big")
    assert (settled.fields["total"].value, settled.fields["day"].value) == ("119.00", "2026-02-17")
    assert settled.fields["seller"].value == local.fields["seller"].value
    assert [row["amount"].value for row in settled.rows["items"]] == ["100.00"]
    assert model.sandbox is not None
