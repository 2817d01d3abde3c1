"""Pictures for larger models from real pages: what was painted over can't be recognised any more, the rest can."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.document import Document
from app.domain.enquiry import Enquiry, Excerpt, Question, Sensitive
from app.domain.job import Job, JobState
from app.domain.privacy import SensitiveKind
from app.domain.redaction import redact
from app.domain.task import TaskKind
from app.jobs.page_cutouts import PageCutouts
from app.paths import resources
from app.settings import ReadLimits
from app.worker.services import ReaderService

_SAMPLES = resources() / "samples"


@pytest.fixture(scope="module")
def reader() -> Iterator[ReaderService]:
    with ReaderService(ReadLimits()) as service:
        yield service


def _enquiry(document: Document, hidden: str) -> Enquiry:
    """The first page, but for its last line, with some words sensitive wherever they stand."""
    text = document.text[: document.pages[0].end].rstrip().rpartition("\n")[0]
    words = "|".join(map(re.escape, hidden.split()))
    found = [match for match in re.finditer(words, text, re.IGNORECASE)]
    return Enquiry(
        task="t",
        kind=TaskKind.EXTRACT,
        questions=(Question(target="a", title="A"),),
        excerpts=(Excerpt(1, 0, len(text), text),),
        sensitive=tuple(Sensitive(*match.span(), SensitiveKind.NAME, match.group()) for match in found),
    )


@pytest.mark.parametrize(
    ("name", "hidden", "shown"),
    [("invoice-german.pdf", "Tanja Tinder", "Liselotte"), ("receipt.jpg", "INDAH GIFT & HOME DECO", "RECEIPT")],
)
def test_hidden_words_can_not_be_read_and_others_can(reader: ReaderService, name: str, hidden: str, shown: str) -> None:
    path: Path = _SAMPLES / name
    data = path.read_bytes()
    document = reader.read(data, name)
    enquiry = _enquiry(document, hidden)
    digest = hashlib.sha256(data).hexdigest()
    job = Job(id=1, path=str(path), name=name, sha256=digest, size_bytes=len(data), task="t", state=JobState.REVIEW, attempts=1)
    cutouts = PageCutouts(reader, lambda _: None, lambda: 1 << 28).of(job, document, enquiry)
    assert len(cutouts) == 1
    redacted = redact(enquiry.model_copy(update={"cutouts": cutouts})).enquiry
    (painted,) = redacted.cutouts
    recognised = reader.read(painted.png, "picture.png").text.casefold()
    assert shown.casefold() in recognised
    assert not [word for word in hidden.split() if word.casefold() in recognised]
    left_out = _flat(document.text[: document.pages[0].end].rstrip().rpartition("\n")[2])
    assert _flat(recognised).count(left_out) <= _flat(enquiry.excerpts[0].text).count(left_out)


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())
