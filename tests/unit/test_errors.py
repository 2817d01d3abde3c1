"""The sentences of errors: a hint may follow each of them."""

import pytest

from app.errors import FileAccessError


@pytest.mark.parametrize("detail", ["No such file", "No such file."])
def test_a_sentence_ends_once(detail):
    assert FileAccessError(file="a.pdf", detail=detail).user_text == "a.pdf could not be opened: No such file."
