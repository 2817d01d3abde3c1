"""`deskhand models convert`: what it refuses before any work."""

import pytest

from app.cli.main import run


@pytest.fixture
def convert(tmp_path, capfd):
    def call(*arguments: str) -> tuple[int, str]:
        folders = ["--data-dir", str(tmp_path / "data"), "--models-dir", str(tmp_path / "models")]
        code = run(["models", "convert", *arguments, *folders], lambda _options: 77)
        return code, capfd.readouterr().err

    return call


def test_unknown_formats_are_refused_with_the_known_ones(convert):
    code, message = convert("smollm2-135m-instruct", "--to", "q3_k")
    assert code == 2
    assert "q4_0, iq4_nl" in message


def test_a_model_that_is_not_here_is_named(convert):
    code, message = convert("smollm2-135m-instruct")
    assert code != 0
    assert "smollm2-135m-instruct" in message
