"""Prompt templates per model family, fixed here: the template inside a model file is untrusted and never run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.tasks.asking.engine import Engine, Tokens


@dataclass(frozen=True)
class Template:
    """The parts written around the instructions and the person's message. Only these may hold control tokens."""

    before_system: str
    before_user: str
    before_answer: str


_CHATML: Final = Template("<|im_start|>system\n", "<|im_end|>\n<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n")

TEMPLATES: Final[Mapping[str, Template]] = {
    "chatml": _CHATML,
    # Without the empty thought these models begin to think aloud.
    "qwen3": Template(_CHATML.before_system, _CHATML.before_user, _CHATML.before_answer + "<think>\n\n</think>\n\n"),
    "lfm2": Template("<|startoftext|>" + _CHATML.before_system, _CHATML.before_user, _CHATML.before_answer),
    "gemma": Template("<bos><start_of_turn>user\n", "\n\n", "<end_of_turn>\n<start_of_turn>model\n"),
    "gemma4": Template("<bos><|turn>system\n", "<turn|>\n<|turn>user\n", "<turn|>\n<|turn>model\n"),
    "granite": Template(
        "<|start_of_role|>system<|end_of_role|>",
        "<|end_of_text|>\n<|start_of_role|>user<|end_of_role|>",
        "<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>",
    ),
    "llama3": Template(
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\n",
        "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n",
        "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
    ),
    "plain": Template("", "\n\n", "\n\n"),
}


def template_of(family: str) -> Template:
    """The family's template; ChatML for a family without one of its own."""
    return TEMPLATES.get(family, _CHATML)


def prompt(engine: Engine, *, instructions: str, document: str, question: str, answer: str = "") -> list[Tokens]:
    """The segments of a prompt for `Engine.feed`: instructions, document, question with the beginning of the answer.

    The same document under the same instructions is computed once, whatever is asked about it.
    """
    template = template_of(engine.info.family)
    return [
        engine.tokenize(template.before_system, special=True)
        + engine.tokenize(instructions)
        + engine.tokenize(template.before_user, special=True),
        engine.tokenize(document),
        engine.tokenize(f"\n\n{question}")
        + engine.tokenize(template.before_answer, special=True)
        + (engine.tokenize(answer) if answer else []),
    ]
