"""The kinds of documents: small invented ones that are not among the examples, whole, cut short and badly recognised."""

import tomllib
from pathlib import Path

import pytest

from app.paths import resources
from app.tasks.classes.methods import head_of
from app.tasks.library import load_task

DOCUMENTS = tomllib.loads((Path(__file__).parents[3] / "data" / "document_kinds.toml").read_text("utf-8"))
HEAD = head_of(load_task(resources() / "tasks" / "document_type.toml"))
MISREAD = str.maketrans({"o": "0", "l": "1", "m": "rn"})


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_document_is_of_its_kind(kind: str):
    for text in DOCUMENTS[kind]:
        assert HEAD.labels[int(HEAD.probabilities(text).argmax())] == kind


@pytest.mark.parametrize(
    "spoil",
    [
        str.upper,
        lambda text: text.translate(MISREAD),
        lambda text: "\n".join(sorted(text.split("\n"))),
        lambda text: text[: len(text) // 2],
    ],
    ids=["capitals", "misread", "lines out of order", "first half"],
)
def test_most_spoilt_documents_are_still_of_their_kind(spoil):
    asked = [(text, kind) for kind, texts in DOCUMENTS.items() if kind != "other" for text in texts]
    answers = [HEAD.labels[int(HEAD.probabilities(spoil(text)).argmax())] for text, _ in asked]
    right = sum(answer == kind for answer, (_, kind) in zip(answers, asked, strict=True))
    assert right >= 0.75 * len(asked)


def test_all_kinds_are_asked():
    assert set(DOCUMENTS) == set(HEAD.labels)
