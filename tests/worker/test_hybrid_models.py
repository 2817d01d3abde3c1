"""Models whose layers carry states: no position can be taken back, and each branch costs a state. Tested with weights of chance."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.catalog.geometry import STATE_COPIES, memory_of
from app.catalog.gguf import read_header
from app.domain.picture import PagePicture
from app.tasks.asking.engine import Words
from app.worker.vision import SeeingLlamaEngine
from tests.helpers.chance_models import write_hybrid_model, write_scaling_projector

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("ignore:llama_token_get_attr is deprecated")]

_ANSWER = 'start: /[a-z]{12}/ "."'


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeeingLlamaEngine]:
    folder = tmp_path_factory.mktemp("hybrid")
    write_hybrid_model(folder / "model.gguf")
    write_scaling_projector(folder / "mmproj.gguf", n_embd=64)
    engine = SeeingLlamaEngine(
        folder / "model.gguf", folder / "mmproj.gguf", model_id="m", sha256="", family="qwen3", n_ctx=1024, threads=1
    )
    yield engine
    engine.close()


def _picture(width: int, height: int, seed: int = 0) -> PagePicture:
    pixels = np.random.default_rng(seed).integers(0, 255, (height, 3 * width), np.uint8)
    return PagePicture(width, height, 3 * width, pixels.tobytes())


def test_branches_that_share_a_beginning_are_scored_as_if_each_were_read_alone(engine: SeeingLlamaEngine) -> None:
    prompt = engine.tokenize("Total due on Monday: ")
    branches = [engine.tokenize(text) for text in ("12.50", "12.90", "7", "12", "13 June 2024", "x", "12.50 EUR")]
    engine.feed([prompt])
    scores = engine.score(branches)
    for branch, score in zip(branches, scores, strict=True):
        alone = 0.0
        for index, token in enumerate(branch):
            engine.feed([prompt, branch[:index]] if index else [prompt])
            alone += float(engine.next_token_logprobs()[token])
        assert score == pytest.approx(alone, abs=1e-3)


def test_guesses_that_fail_leave_no_trace(engine: SeeingLlamaEngine) -> None:
    prompt = engine.tokenize("The words are: ")
    engine.feed([prompt])
    plain = engine.generate(_ANSWER, limit=20).text
    engine.feed([prompt])
    # Begins like the answer and goes on otherwise, at every place.
    misleading = engine.tokenize("".join(f"{plain[: index + 1]}zq" for index in range(len(plain))))
    assert engine.generate(_ANSWER, limit=20, draft_from=misleading).text == plain


def test_picture_becomes_part_of_the_prompt_and_is_forgotten_with_it(engine: SeeingLlamaEngine) -> None:
    prompt = engine.tokenize("Total due: ")
    engine.feed([prompt])
    before = engine.next_token_logprobs()
    seen = []
    for picture in (_picture(200, 300), _picture(200, 300, seed=1), _picture(200, 300)):
        engine.look([Words("<|im_start|>user\n", special=True), picture, Words("\n\nRead.")])
        seen.append(engine.next_token_logprobs())
        assert engine.generate(_ANSWER, limit=20).stopped
    np.testing.assert_array_equal(seen[0], seen[2])
    assert np.abs(seen[0] - seen[1]).max() > 0
    engine.feed([prompt])
    np.testing.assert_allclose(engine.next_token_logprobs(), before, atol=1e-5)


def test_larger_pictures_take_more_of_the_context(engine: SeeingLlamaEngine) -> None:
    taken = []
    for side in (128, 512):
        engine.reset_counts()
        engine.look([_picture(side, side), Words("Read.")])
        taken.append(engine.counts.prompt)
    assert taken[0] < taken[1]


def test_need_counts_a_state_for_each_branch(engine: SeeingLlamaEngine, tmp_path: Path) -> None:
    write_hybrid_model(tmp_path / "model.gguf")
    memory = memory_of(read_header(tmp_path / "model.gguf"))
    assert memory.state_bytes == STATE_COPIES * 3 * (3 * (64 + 2 * 2 * 16) + 16 * 64) * 4
