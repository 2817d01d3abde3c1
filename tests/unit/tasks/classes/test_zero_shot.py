"""Classes without examples: sound probabilities, no liking for a label, names as words, little to read."""

from dataclasses import replace

import pytest

from app.domain.task import Task
from app.tasks.classes.zero_shot import excerpt, scorer_of, spoken
from app.worker.fake import FakeEngine

SORT = Task(id="sort", kind="classify", labels=({"name": "red_fruit"}, {"name": "red_tool"}, {"name": "other"}))


class CountingEngine(FakeEngine):
    """Remembers what it was fed."""

    def __init__(self) -> None:
        super().__init__()
        self.fed: list[str] = []

    def feed(self, segments):
        self.fed.append(self.detokenize([token for segment in segments for token in segment]))
        super().feed(segments)


class SilentEngine(FakeEngine):
    """Likes all continuations alike."""

    def score(self, continuations):
        return [-float(len(continuation)) for continuation in continuations]


@pytest.mark.parametrize("correct_bias", [True, False])
@pytest.mark.parametrize("text", ["", "an apple", "x" * 5000, "\x00 ﷽"])
def test_probabilities_sum_to_one(text: str, correct_bias: bool):
    assert scorer_of(SORT, FakeEngine()).probabilities(text, correct_bias=correct_bias).sum() == pytest.approx(1.0)


def test_words_of_a_name_or_a_description_speak_for_the_label():
    labels = ({"name": "lost_card"}, {"name": "exchange_rate"}, {"name": "other", "description": "weather and holidays"})
    scorer = scorer_of(Task(id="t", kind="classify", labels=labels), SilentEngine())
    assert [scorer.probabilities(text).argmax() for text in ("I lost my card", "exchange rates?", "a rainy holiday")] == [0, 1, 2]


def test_the_same_text_is_judged_alike_whatever_came_before():
    engine = FakeEngine()
    first = scorer_of(SORT, engine).probabilities("an apple")
    scorer_of(SORT, engine).probabilities("something else")
    assert scorer_of(SORT, engine).probabilities("an apple") == pytest.approx(first)


def test_the_liking_for_labels_is_asked_once_for_a_task():
    engine = CountingEngine()
    scorer_of(SORT, engine).probabilities("an apple")
    before = len(engine.fed)
    scorer_of(SORT.model_copy(update={"version": 2}), engine).probabilities("a pear")
    assert [text for text in engine.fed[before:] if "pear" not in text] == []


def test_labels_are_listed_only_with_what_was_written_about_them():
    engine = CountingEngine()
    scorer_of(SORT, engine).probabilities("an apple")
    assert "red tool" not in engine.fed[0]
    described = Task(id="t", kind="classify", labels=({"name": "a"}, {"name": "b", "description": "the second letter"}))
    scorer_of(described, engine).probabilities("an apple")
    assert "- b: the second letter" in engine.fed[-1]


@pytest.mark.parametrize(
    ("family", "start"), [("gemma", "<bos>Text: "), ("llama3", "<|begin_of_text|>Text: "), ("chatml", "Text: ")]
)
def test_families_get_their_mark_of_a_beginning_and_nothing_else(family: str, start: str):
    engine = CountingEngine()
    engine._info = replace(engine.info, family=family)
    scorer_of(SORT, engine).probabilities("an apple")
    assert engine.fed[0].startswith(start)


def test_long_texts_show_their_beginning_and_end():
    engine = FakeEngine()
    part = engine.detokenize(excerpt(engine, "start " + "middle " * 5000 + "end"))
    assert part.startswith("start")
    assert part.endswith("end")
    assert len(excerpt(engine, "word " * 10_000)) < 120


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("red_fruit", "red fruit"),
        ("alarm/set_alarm", "alarm set alarm"),
        ("PlayMusic", "play music"),
        ("HR", "HR"),
        ("comp.sys.mac", "comp sys mac"),
        ("Şikâyet", "şikâyet"),
    ],
)
def test_names_are_spoken_as_words(name: str, words: str):
    assert spoken(name) == words
