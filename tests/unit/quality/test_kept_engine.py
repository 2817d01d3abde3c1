"""Kept answers of a model: the same as computed ones, given without computing, and never made up."""

import json

import pytest

from app.tasks.asking.engine import Engine, Generation
from app.worker.runtime import LlamaEngine
from tests.helpers.models import real_model
from tests.quality.kept_engine import KeptEngine, OutOfTimeError

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("ignore:llama_token_get_attr is deprecated")]


def said_by(engine: Engine) -> tuple[list[float], Generation]:
    engine.feed([engine.tokenize("The invoice is from"), engine.tokenize(" May.")])
    scores = engine.score([engine.tokenize(" May"), engine.tokenize(" June 2026")])
    engine.feed([engine.tokenize("The invoice is from May. Month:")])
    return scores, engine.generate('start: " May" | " June"', limit=4)


def test_what_is_kept_is_said_again_without_computing(tmp_path):
    model, kept = real_model().path, tmp_path / "votes.json"
    plain = LlamaEngine(model, model_id="plain", sha256="", family="chatml", n_ctx=512, threads=1)
    first = KeptEngine(model, kept, seconds=60.0)
    said = said_by(first)
    assert said == said_by(plain)
    first.keep()
    again = KeptEngine(model, kept, seconds=0.0)
    repeated = said_by(again)
    assert repeated[0] == said[0]
    assert repeated[1].text == said[1].text
    assert [step.probability for step in repeated[1].steps] == [step.probability for step in said[1].steps]
    assert again.counts.prompt == 0


def test_another_question_is_not_answered_with_what_is_kept(tmp_path):
    model, kept = real_model().path, tmp_path / "votes.json"
    kept.write_text(json.dumps({}), encoding="utf-8")
    late = KeptEngine(model, kept, seconds=0.0)
    late.feed([late.tokenize("The invoice is from June.")])
    with pytest.raises(OutOfTimeError):
        late.score([late.tokenize(" May")])
