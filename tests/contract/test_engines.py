"""What every engine must do, run over the fake one and over llama.cpp."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
import pytest

from app.errors import ModelError
from app.tasks.asking.engine import Engine
from app.worker.fake import FakeEngine
from tests.helpers.models import real_model

_GRAMMAR = 'start: "Total: " /[0-9]{2}/ "."'


@pytest.fixture(scope="module", params=["fake", pytest.param("llama", marks=pytest.mark.model)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "fake":
        yield FakeEngine()
        return
    from app.worker.runtime import LlamaEngine

    model = real_model()
    with warnings.catch_warnings():
        # WORKAROUND(llguidance reads the vocabulary through old names of llama.cpp): until llguidance.llamacpp uses the new ones.
        warnings.simplefilter("ignore", DeprecationWarning)
        engine = LlamaEngine(
            model.path, model_id="test", sha256=model.sha256, family=model.spec.prompt_family, n_ctx=512, threads=2
        )
    yield engine
    engine.close()


@pytest.mark.parametrize("text", ["", "plain", "Größe: 12,50 €", "İstanbul\n\tçay", "<|im_end|>"])
def test_tokens_give_the_text_back(engine: Engine, text: str) -> None:
    assert engine.detokenize(engine.tokenize(text)) == text


def test_generation_obeys_the_grammar_and_says_what_was_chosen(engine: Engine) -> None:
    engine.feed([engine.tokenize("An invoice.\n")])
    generation = engine.generate(_GRAMMAR, limit=40)
    assert generation.stopped
    assert generation.text.startswith("Total: ")
    assert generation.text.endswith(".")
    assert generation.text[7:9].isdigit()
    assert engine.detokenize(generation.tokens) == generation.text
    assert generation.steps
    for step in generation.steps:
        assert 0 <= step.index < len(generation.tokens)
        assert 0 < step.probability <= 1


def test_a_limit_stops_generation(engine: Engine) -> None:
    engine.feed([engine.tokenize("An invoice.\n")])
    generation = engine.generate("start: /[a-z]{200}/", limit=5)
    assert not generation.stopped
    assert len(generation.tokens) <= 5 + 8


def test_the_same_prompt_gives_the_same_answer(engine: Engine) -> None:
    answers = []
    for _ in range(2):
        engine.feed([engine.tokenize("An invoice.\n"), engine.tokenize("What is the total?\n")])
        answers.append(engine.generate(_GRAMMAR, limit=40).text)
    assert answers[0] == answers[1]


def test_an_answer_does_not_depend_on_what_was_read_before(engine: Engine) -> None:
    instructions, document = (
        engine.tokenize("You read documents.\n"),
        engine.tokenize("An invoice of Miller Ltd, total 288.00. " * 12),
    )
    question, other = engine.tokenize("What is the total?\n"), engine.tokenize("Who sent it?\n")
    options = [engine.tokenize("288.00 EUR"), engine.tokenize("Miller Ltd"), engine.tokenize("288")]
    answers = []
    for before in ([other], [instructions, other], [instructions, document, other], [instructions, document, question]):
        engine.feed(before)
        engine.score(options)
        engine.feed([instructions, document, question])
        answers.append((engine.next_token_logprobs().tolist(), engine.score(options)))
    assert all(answer == answers[0] for answer in answers)


def test_logprobs_are_a_distribution(engine: Engine) -> None:
    engine.feed([engine.tokenize("An invoice.\n")])
    logprobs = engine.next_token_logprobs()
    assert logprobs.shape == (engine.info.n_vocab,)
    assert float(np.exp(logprobs.astype(np.float64)).sum()) == pytest.approx(1.0, abs=1e-3)


def test_scores_agree_with_logprobs_and_leave_the_prompt(engine: Engine) -> None:
    engine.feed([engine.tokenize("An invoice.\n")])
    before = engine.next_token_logprobs()
    first, second = engine.tokenize("a")[:1], engine.tokenize("b")[:1]
    scores = engine.score([first, second, first + second])
    assert scores[0] == pytest.approx(float(before[first[0]]), abs=1e-3)
    assert scores[1] == pytest.approx(float(before[second[0]]), abs=1e-3)
    assert scores[2] <= scores[0] + 1e-3
    assert np.array_equal(engine.next_token_logprobs(), before)


def test_many_continuations_score_as_they_do_alone(engine: Engine) -> None:
    engine.feed([engine.tokenize("An invoice.\n")])
    texts = [f"Item {number % 7}: {number} pieces of {number * 7919} at {number / 7:.5f}" for number in range(90)]
    continuations = [engine.tokenize(text) for text in texts]
    together = engine.score(continuations)
    alone = [engine.score([continuation])[0] for continuation in continuations[::15]]
    assert together[::15] == pytest.approx(alone, rel=0.02, abs=0.1)


def test_embeddings_have_the_models_width(engine: Engine) -> None:
    vector = engine.embed(engine.tokenize("An invoice."))
    assert vector.shape == (engine.info.n_embd,)
    assert np.isfinite(vector).all()
    assert float(np.abs(vector).sum()) > 0


def test_counts_start_anew(engine: Engine) -> None:
    engine.feed([engine.tokenize("An invoice.\n")])
    assert engine.counts.prompt > 0
    engine.reset_counts()
    assert engine.counts.prompt == 0


def test_a_prompt_that_does_not_fit_is_a_typed_error(engine: Engine) -> None:
    with pytest.raises(ModelError, match="context"):
        engine.feed([engine.tokenize("word ") * engine.info.n_ctx])


def test_a_broken_grammar_is_a_typed_error(engine: Engine) -> None:
    engine.feed([engine.tokenize("An invoice.\n")])
    with pytest.raises(ModelError, match="grammar"):
        engine.generate("start: (", limit=5)
