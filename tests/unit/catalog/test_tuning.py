"""What was measured for a model is kept by file and processor."""

import dataclasses

from app.catalog import tuning
from app.catalog.machine import GraphicsCard
from app.catalog.tuning import Tuning, graphics_of, remember_tuning, take_facts, tuning_of

MEASURED = Tuning(threads=4, prompt_tokens_per_s=120.0, steps_per_s=20.0)


def test_a_measurement_is_kept_for_its_model_and_processor(tmp_path, monkeypatch):
    assert tuning_of(tmp_path, "a" * 64) is None
    remember_tuning(tmp_path, "a" * 64, MEASURED)
    assert tuning_of(tmp_path, "a" * 64) == MEASURED
    assert tuning_of(tmp_path, "b" * 64) is None
    monkeypatch.setattr(tuning, "processor_name", lambda: "another")
    assert tuning_of(tmp_path, "a" * 64) is None


def test_nonsense_counts_as_nothing(tmp_path):
    (tmp_path / ".tuning.json").write_text('{"x": 3', encoding="utf-8")
    assert tuning_of(tmp_path, "a" * 64) is None
    remember_tuning(tmp_path, "a" * 64, MEASURED)
    assert tuning_of(tmp_path, "a" * 64) == MEASURED


def test_what_a_worker_says_is_kept_only_if_it_makes_sense(tmp_path):
    take_facts(tmp_path, "a" * 64, {"tuning": {"threads": -1, "prompt_tokens_per_s": "fast"}})
    assert tuning_of(tmp_path, "a" * 64) is None
    take_facts(tmp_path, "a" * 64, {"tuning": MEASURED.model_dump()})
    assert tuning_of(tmp_path, "a" * 64) == MEASURED


def test_graphics_cards_are_kept_until_others_are_told(tmp_path):
    card = GraphicsCard("Card", 8 * 2**30, 6 * 2**30)
    told = {"cards": [dataclasses.asdict(card)]}
    take_facts(tmp_path, "a" * 64, told)
    for silent in ({}, {"cards": None}, {"cards": [{"name": "x", "total_bytes": -1, "free_bytes": 0}]}, {"cards": "no"}):
        take_facts(tmp_path, "a" * 64, silent)
        assert graphics_of(tmp_path) == (card,)
    take_facts(tmp_path, "a" * 64, {"cards": []})
    assert graphics_of(tmp_path) == ()
