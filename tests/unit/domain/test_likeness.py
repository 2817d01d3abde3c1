from __future__ import annotations

import random

import numpy as np

from app.domain.document import Document, Page
from app.domain.likeness import from_bytes, most_alike, signature_of, to_bytes

_WORDS = [
    f"{first}{last}"
    for first in ("bal", "cor", "dun", "fel", "gor", "hin", "jas", "kel")
    for last in ("amer", "ivan", "ost", "uria")
]


def _document(text: str) -> Document:
    return Document(name="a.txt", sha256="0", format="text", text=text, pages=(Page(number=1, start=0, end=len(text)),))


def _filled(seed: int, own: int) -> Document:
    """A template of 24 words with `own` words of its own."""
    generator = random.Random(seed)
    letters = ["".join(generator.choices("abcdefgh", k=9)) for _ in range(own)]
    return _document(" ".join([*_WORDS[:24], *letters, "2026-11-22", "1.234,56"]))


def _known(*documents: Document) -> np.ndarray:
    return np.stack([signature for one in documents if (signature := signature_of(one)) is not None])


def test_the_same_template_is_found_among_others() -> None:
    others = [_document(" ".join(random.Random(seed).choices(_WORDS, k=6)) + " " + "xyz ".join("abcdefghij")) for seed in range(5)]
    new = signature_of(_filled(2, own=6))
    assert new is not None
    known = _known(*others, _filled(1, own=6))
    assert most_alike(new, known) == len(known) - 1


def test_documents_with_few_common_words_are_not_alike() -> None:
    new = signature_of(_filled(2, own=60))
    assert new is not None
    assert most_alike(new, _known(_filled(1, own=60))) is None


def test_amounts_and_dates_do_not_matter() -> None:
    first, second = (signature_of(_document(" ".join(_WORDS) + f" {number}")) for number in (1, 99999))
    assert first is not None
    assert second is not None
    assert (first == second).all()


def test_a_document_almost_without_words_has_no_signature() -> None:
    assert signature_of(_document("12.50 EUR")) is None


def test_a_stored_signature_comes_back_and_never_changes() -> None:
    signature = signature_of(_document(" ".join(_WORDS)))
    assert signature is not None
    assert (from_bytes(to_bytes(signature)) == signature).all()
    assert signature[:3].tolist() == [79769295, 141526012, 25186306]


def test_nothing_is_alike_where_nothing_is_known() -> None:
    signature = signature_of(_document(" ".join(_WORDS)))
    assert signature is not None
    assert most_alike(signature, np.empty((0, len(signature)), np.uint32)) is None
