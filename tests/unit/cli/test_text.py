"""`deskhand text`: what is refused before the reader sees a byte."""

import os
import sys

import pytest

from app.bootstrap import Deskhand
from app.cli.main import run
from tests.helpers.fake_services import FakeReader


class Reader(FakeReader):
    def close(self) -> None:
        pass


@pytest.fixture
def text(monkeypatch, tmp_path, capfd):
    monkeypatch.setenv("DESKHAND_DATA", str(tmp_path / "home"))
    monkeypatch.setattr(Deskhand, "reader", Reader())

    def call(path: object) -> tuple[int, str, str]:
        code = run(["text", str(path)], lambda _options: 77)
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return call


def test_text_is_printed_as_it_is(text, tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"one\ntwo")
    assert text(path)[:2] == (0, "one\ntwo")


def test_a_file_beyond_the_limit_is_not_loaded(text, tmp_path):
    path = tmp_path / "big.pdf"
    with path.open("wb") as file:
        file.truncate(3 * 2**30)
    code, out, errors = text(path)
    assert (code, out) == (1, "")
    assert "big.pdf is too large" in errors


@pytest.mark.skipif(sys.platform == "win32", reason="has no named pipes in folders")
def test_a_pipe_and_a_device_end_at_once(text, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/zero", tmp_path, tmp_path / "none"):
        code, out, errors = text(path)
        assert (code, out) == (1, "")
        assert errors.startswith("deskhand: ")
        assert errors.count("\n") == 1
