"""The sentences of errors: a hint may follow each of them."""

import pytest

from app.errors import FileAccessError, error_kinds


@pytest.mark.parametrize("detail", ["No such file", "No such file."])
def test_a_sentence_ends_once(detail):
    assert FileAccessError(file="a.pdf", detail=detail).user_text == "a.pdf could not be opened: No such file."


def test_each_kind_has_a_code_of_its_own():
    codes = [kind.code for kind in error_kinds()]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("kind", error_kinds())
def test_no_detail_makes_a_sentence_end_twice(kind):
    told = kind(detail="It is so.", file="a.pdf", task="t", model="m", known="a").user_text
    assert not told.endswith(("..", ":"))
