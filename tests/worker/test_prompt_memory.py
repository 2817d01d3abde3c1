"""Beginnings that come again are not computed again, and give what they gave: over models of all kinds of memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from app.tasks.asking.engine import Tokens
from app.worker.runtime import LlamaEngine
from tests.helpers.chance_models import write_hybrid_model, write_windowed_model
from tests.helpers.models import real_model

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("ignore:llama_token_get_attr is deprecated")]

_WINDOW = 4


@pytest.fixture(scope="module", params=["cache", "states", "window"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaEngine]:
    path = tmp_path_factory.mktemp("model") / "model.gguf"
    if request.param == "cache":
        path = real_model().path
    elif request.param == "states":
        write_hybrid_model(path)
    else:
        write_windowed_model(path, window=_WINDOW)
    engine = LlamaEngine(path, model_id="m", sha256="", family="chatml", n_ctx=2048, threads=1)
    yield engine
    engine.close()


def _words(engine: LlamaEngine, text: str, count: int) -> Tokens:
    return engine.tokenize(f"{text} and " * count)[:count]


def _answer(engine: LlamaEngine, *segments: Tokens) -> tuple[NDArray[np.float32], int]:
    """Logits after a prompt, and how many of its tokens were computed."""
    engine.reset_counts()
    engine.feed(segments)
    return engine.next_token_logprobs(), engine.counts.prompt - engine.counts.cached


def test_instructions_survive_other_prompts(engine: LlamaEngine) -> None:
    instructions, other, document, longer = (
        _words(engine, text, count) for text, count in (("Sort it", 300), ("Read it", 40), ("An invoice", 30), ("A contract", 700))
    )
    fresh, computed = _answer(engine, instructions, document)
    assert computed == 330
    _answer(engine, other, longer)
    again, computed = _answer(engine, instructions, document)
    assert computed == 30
    np.testing.assert_array_equal(again, fresh)


def test_the_same_prompt_costs_nothing_unless_something_was_written_after_it(engine: LlamaEngine) -> None:
    instructions, document = _words(engine, "Name it", 20), _words(engine, "A letter", 50)
    fresh, _ = _answer(engine, instructions, document)
    engine.score([document[:3], document[1:4]])
    again, computed = _answer(engine, instructions, document)
    assert computed == 0
    np.testing.assert_array_equal(again, fresh)
    engine.generate("start: /[a-z]{3}/", limit=4)
    after, computed = _answer(engine, instructions, document)
    assert computed <= 50
    np.testing.assert_allclose(after, fresh, atol=1e-5)


def test_a_shorter_prompt_gets_its_own_answer_back(engine: LlamaEngine) -> None:
    instructions, document, question = (_words(engine, text, 20) for text in ("List it", "A note", "Which"))
    fresh, _ = _answer(engine, instructions, document)
    _answer(engine, instructions, document, question)
    again, computed = _answer(engine, instructions, document)
    assert computed <= 20
    np.testing.assert_array_equal(again, fresh)


def test_what_a_window_gave_up_is_computed_again(engine: LlamaEngine) -> None:
    beginning, document, question = _words(engine, "To", 10), _words(engine, "A report", 700), _words(engine, "Who", 10)
    fresh, _ = _answer(engine, beginning, question)
    _answer(engine, beginning, document)
    again, _ = _answer(engine, beginning, question)
    np.testing.assert_array_equal(again, fresh)
