"""What the tasks need from a model. Implemented by `app.worker.runtime` (llama.cpp) and `app.worker.fake` (tests)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from app.domain.picture import PagePicture
from app.domain.result import TokenCounts

Tokens = list[int]


@dataclass(frozen=True)
class ModelInfo:
    """Facts of the loaded model. `family` names its prompt template (see `app.tasks.asking.prompts`)."""

    id: str
    sha256: str
    family: str
    n_ctx: int
    n_vocab: int
    n_embd: int
    architecture: str = ""


@dataclass
class Generation:
    """Tokens decoded under a grammar, with what each step could have been.

    `steps` has one entry for each token that was chosen (not forced): its index in `tokens`, the probability of the choice among
    the tokens the grammar allowed, and the best other allowed tokens with theirs.
    """

    text: str
    tokens: Tokens
    steps: list[Step] = field(default_factory=list)
    stopped: bool = True
    """False when the token limit ended it."""


@dataclass(frozen=True)
class Step:
    index: int
    probability: float
    others: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True)
class Words:
    """A piece of a prompt; in a `special` one, control tokens written out are recognised."""

    text: str
    special: bool = False


PromptPart = Words | PagePicture


class Engine(Protocol):
    """One sequence of tokens in the model's memory, fed and decoded greedily. All methods check for cancellation.

    The position after `feed` is "the prompt"; `score` and `generate` go on from there, and the next `feed` keeps whatever prefix
    it shares with what is in memory. The segments of `feed` are cut into batches separately, so that the same segment gives the
    same logits whatever was cached before it.
    """

    @property
    def info(self) -> ModelInfo: ...

    @property
    def counts(self) -> TokenCounts:
        """Totals since `reset_counts`."""
        ...

    @property
    def seconds(self) -> tuple[float, float]:
        """Seconds of prefill and of decoding since `reset_counts`."""
        ...

    def reset_counts(self) -> None: ...

    def tokenize(self, text: str, *, special: bool = False) -> Tokens:
        """Tokens of a text; with `special`, control tokens written out in it are recognised (never for text from documents)."""
        ...

    def detokenize(self, tokens: Sequence[int]) -> str: ...

    def feed(self, segments: Sequence[Sequence[int]]) -> None:
        """Make the given segments, one after another, the prompt. Raises `app.errors.ModelError` when they exceed the context."""
        ...

    def generate(self, grammar: str, *, limit: int, draft_from: Sequence[int] = ()) -> Generation:
        """Decode greedily under an llguidance grammar (Lark). What was generated becomes part of the prompt.

        `draft_from` are tokens (the document's) from which copies are guessed ahead and verified in one batch.
        """
        ...

    def next_token_logprobs(self) -> NDArray[np.float32]:
        """Log-probabilities of the next token after the prompt, shape (n_vocab,)."""
        ...

    def score(self, continuations: Sequence[Sequence[int]]) -> list[float]:
        """Sum of log-probabilities of each continuation after the prompt, in parallel; shared beginnings are computed once.

        The prompt is left as it was.
        """
        ...

    def embed(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        """Mean hidden state of the last layer over the tokens, shape (n_embd,). Clears the prompt."""
        ...


@runtime_checkable
class SeeingEngine(Engine, Protocol):
    """An engine with eyes."""

    def look(self, parts: Sequence[PromptPart]) -> None:
        """Make words and pictures the prompt, from which only `generate` without drafts may go on; the next `feed` clears it.

        Raises `app.errors.ModelError` when they do not fit the context.
        """
        ...
