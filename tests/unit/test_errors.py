"""The sentences of errors: a hint may follow each of them."""

import pytest

from app.errors import AppError, FileAccessError


@pytest.mark.parametrize("detail", ["No such file", "No such file."])
def test_a_sentence_ends_once(detail):
    assert FileAccessError(file="a.pdf", detail=detail).user_text == "a.pdf could not be opened: No such file."


def kinds(root: type[AppError]) -> list[type[AppError]]:
    return [root, *(kind for child in root.__subclasses__() for kind in kinds(child))]


@pytest.mark.parametrize("kind", kinds(AppError))
def test_no_detail_makes_a_sentence_end_twice(kind):
    told = kind(detail="It is so.", file="a.pdf", task="t", model="m", known="a").user_text
    assert not told.endswith(("..", ":"))
