"""Questions that a sentence answers, written by the model under a grammar that knows no names or numbers but the sentence's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from app.tasks.asking import prompts
from app.tasks.asking.engine import Engine
from app.tasks.text.facts import unsupported
from app.tasks.text.salience import stems_of

_OPENINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": ("What", "Who", "When", "Where", "Why", "How", "Which"),
    "de": ("Was", "Wer", "Wann", "Wo", "Warum", "Wie", "Welche", "Welcher", "Welches"),
    "fr": ("Que", "Qui", "Quand", "Où", "Pourquoi", "Comment", "Quel", "Quelle", "Quels", "Quelles", "Combien"),
    "es": ("Qué", "Quién", "Cuándo", "Dónde", "Por qué", "Cómo", "Cuál", "Cuánto"),
    "it": ("Che", "Chi", "Quando", "Dove", "Perché", "Come", "Quale", "Quanto"),
    "nl": ("Wat", "Wie", "Wanneer", "Waar", "Waarom", "Hoe", "Welke"),
}
_ABOUT: Final[Mapping[str, str]] = {
    "en": "What does the document say about {topic}?",
    "de": "Was sagt das Dokument über {topic}?",
    "fr": "Que dit le document au sujet de {topic} ?",
    "tr": "{topic} hakkında ne deniyor?",
    "es": "¿Qué dice el documento sobre {topic}?",
    "it": "Che cosa dice il documento su {topic}?",
    "nl": "Wat zegt het document over {topic}?",
}
_INSTRUCTIONS: Final = (
    "You write questions for a list of frequently asked questions. You get one sentence, the answer."
    " You write one short question in its language that it answers."
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LOWER: Final = "a-zà-öø-ÿğışœßąćęłńóśźżčřěůţțșăőű"
_TOKENS: Final = 40
_MAX_ANSWER_CHARS: Final = 400
_TOPIC_WORDS: Final = 3


def ask(engine: Engine, sentence: str, language: str, topic: str) -> tuple[str, float]:
    """A question for a sentence, and how sure the model was of its words.

    Where the model's question fails the check of facts or shares no word with the sentence, a plain one about `topic` is used.
    """
    openings = _OPENINGS.get(language)
    if openings is not None:
        engine.feed(
            prompts.prompt(
                engine, instructions=_INSTRUCTIONS, document=f"Sentence: {sentence[:_MAX_ANSWER_CHARS]}", question="Question:"
            )
        )
        answer = engine.generate(_grammar(sentence, openings), limit=_TOKENS)
        question = " ".join(answer.text.split())
        if answer.stopped and _fits(question, sentence):
            sure = [step.probability for step in answer.steps]
            return question, sum(sure) / len(sure) if sure else 0.5
    return _ABOUT.get(language, _ABOUT["en"]).format(topic=topic), 0.5


def topic_of(sentence: str, weights: Mapping[str, float]) -> str:
    """The run of up to three neighbouring words that weighs most in the document."""
    words = list(_WORD.finditer(sentence))
    best, best_weight = "", -1.0
    for length in range(1, _TOPIC_WORDS + 1):
        for run in zip(*(words[offset:] for offset in range(length)), strict=False):
            content = sentence[run[0].start() : run[-1].end()]
            if len(content) != sum(len(word.group()) for word in run) + length - 1:
                continue
            stems = [stems_of(word.group()) for word in run]
            weight = sum(weights.get(stem[0], 0.0) for stem in stems if stem) / (length + 1)
            if all(stems) and weight > best_weight:
                best, best_weight = content, weight
    return best or sentence


def _grammar(sentence: str, openings: tuple[str, ...]) -> str:
    """One question of 3 to 15 words; capitalised words and numbers only as they stand in the sentence."""
    own = {word for word in re.findall(r"[\w'’.,%$€-]*[\w%]", sentence) if not word.islower() or any(map(str.isdigit, word))}
    words = "|".join([f"[{_LOWER}]+(['’-][{_LOWER}]+)?", *(_escaped(word) for word in sorted(own))])
    return f"start: /({'|'.join(openings)})( ({words}),?){{2,14}} ?\\?/"


def _escaped(word: str) -> str:
    return re.sub(r"([^\w])", r"\\\1", word)


def _fits(question: str, sentence: str) -> bool:
    return not unsupported(question, sentence) and bool(set(stems_of(question)) & set(stems_of(sentence)))
