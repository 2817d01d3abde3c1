"""llama.cpp through its low-level API: one GGUF, one context, no sampling, no chat loop.

Only `app.worker` imports llama_cpp: here, and in `backends`, `converter`, `native_log` and `vision`.
"""

from __future__ import annotations

import ctypes
import math
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import llama_cpp as llama
import llguidance
import llguidance.llamacpp
import llguidance.numpy as guidance_numpy
import numpy as np
from numpy.typing import NDArray

from app.catalog.geometry import STATE_COPIES
from app.domain.result import TokenCounts
from app.errors import CancelledError, ModelError, ModelFileError, ModelLoadError, ModelMemoryError
from app.tasks.asking.engine import Generation, ModelInfo, Step, Tokens
from app.worker.backends import load_backend
from app.worker.batch import TokenBatch
from app.worker.drafts import DRAFT_TOKENS, DraftSource
from app.worker.graphics_cards import graphics_cards
from app.worker.native_log import memory_fault, silence_logs
from app.worker.prompt_memory import PromptMemory
from app.worker.token_tree import groups, merge

_BATCH_TOKENS = 256
_MAX_OUTPUTS = 64
"""Rows of logits kept of one batch: each is n_vocab floats, so this bounds the output and compute buffers."""
_MAX_BRANCHES = _MAX_OUTPUTS - 1
_ALTERNATIVES = 4
_LARGE_VOCABULARY = 200_000
_ALL_LAYERS = -1


class LlamaEngine:
    """`app.tasks.asking.engine.Engine` on llama.cpp. Not thread safe; `should_stop` may be set and answer from any thread."""

    def __init__(
        self, path: Path, *, model_id: str, sha256: str, family: str, n_ctx: int, threads: int, graphics: bool = False
    ) -> None:
        """Load the model, on a graphics card if wanted and known. Raises `ModelFileError` or `ModelLoadError`.

        A native abort ends the process.
        """
        self.should_stop: Callable[[], bool] = lambda: False
        silence_logs()
        self.variant = load_backend(model_id)
        """Which of the engine's builds computes here."""
        llama.llama_backend_init()
        self._path = path
        self.uses_graphics = graphics and bool(llama.llama_supports_gpu_offload())
        self.cards = graphics_cards() if self.uses_graphics else []
        """Those that it computes on, as they were before."""
        self._model = self._load_model(model_id)
        self._vocab = llama.llama_model_get_vocab(self._model)
        n_vocab = llama.llama_vocab_n_tokens(self._vocab)
        n_ctx = min(n_ctx, llama.llama_model_n_ctx_train(self._model) or n_ctx)
        self._n_batch = _BATCH_TOKENS // 2 if n_vocab > _LARGE_VOCABULARY else _BATCH_TOKENS
        has_states = llama.llama_model_is_recurrent(self._model) or llama.llama_model_is_hybrid(self._model)
        self._n_branches = STATE_COPIES - 1 if has_states else _MAX_BRANCHES
        self._abort = llama.ggml_abort_callback(lambda _data: self.should_stop())
        self._context = self._make_context(model_id, n_ctx, threads)
        self._memory = PromptMemory(self._context, self._model, has_states=has_states)
        n_sequences = self._n_branches + 1
        self._batch = TokenBatch(llama.llama_batch_init(self._n_batch, 0, n_sequences), self._n_batch, n_sequences)
        self._guide = llguidance.llamacpp.lltokenizer_from_vocab(self._vocab)
        self._mask = guidance_numpy.allocate_token_bitmask(1, self._guide.vocab_size)
        self._info = ModelInfo(
            id=model_id,
            sha256=sha256,
            family=family,
            n_ctx=n_ctx,
            n_vocab=n_vocab,
            n_embd=llama.llama_model_n_embd(self._model),
            architecture=self._metadata("general.architecture"),
        )
        self._logits = self._prompt_logits = np.zeros(n_vocab, np.float32)
        self._scratch = np.empty(n_vocab, np.float32)
        """Room for sums over the vocabulary: memory taken anew for each costs more than the sum."""
        self.reset_counts()

    @property
    def info(self) -> ModelInfo:
        return self._info

    @property
    def counts(self) -> TokenCounts:
        return TokenCounts(**self._counts)

    @property
    def seconds(self) -> tuple[float, float]:
        return self._prefill_s, self._decode_s

    def reset_counts(self) -> None:
        self._counts = dict.fromkeys(TokenCounts.model_fields, 0)
        self._prefill_s = self._decode_s = 0.0

    def set_threads(self, threads: int) -> None:
        llama.llama_set_n_threads(self._context, threads, threads)

    def close(self) -> None:
        """Free the native memory; the engine can't be used afterwards."""
        llama.llama_batch_free(self._batch.raw)
        llama.llama_free(self._context)
        llama.llama_model_free(self._model)

    def tokenize(self, text: str, *, special: bool = False) -> Tokens:
        raw = text.encode("utf-8", errors="replace")
        buffer = (llama.llama_token * (len(raw) + 16))()
        count = llama.llama_tokenize(self._vocab, raw, len(raw), buffer, len(buffer), False, special)
        if count < 0:
            raise ModelError(model=self._info.id, detail="its tokenizer failed.")
        return list(buffer[:count])

    def detokenize(self, tokens: Sequence[int]) -> str:
        return str(self._guide.decode_str(list(tokens)))

    def feed(self, segments: Sequence[Sequence[int]]) -> None:
        started = time.perf_counter()
        parts = [[tuple(part) for part in _cut(segment, self._n_batch)] for segment in segments]
        chunks = [chunk for part in parts for chunk in part]
        total = sum(map(len, chunks))
        if total >= self._info.n_ctx:
            raise ModelError(model=self._info.id, detail=f"the text takes {total} tokens and the context holds {self._info.n_ctx}.")
        kept, lasting = self._memory.go_back_to(chunks), self._memory.lasting(parts)
        self._count(prompt=total, cached=len(self._memory.history))
        for index, chunk in enumerate(chunks[kept:], kept):
            if index in lasting:
                self._memory.keep()
            self._decode_run(chunk, outputs=int(index + 1 == len(chunks)))
            self._memory.add(chunk)
        if kept < len(chunks):
            self._prompt_logits = self._rows(1)[0].copy()
        self._logits = self._prompt_logits
        self._prefill_s += time.perf_counter() - started

    def generate(self, grammar: str, *, limit: int, draft_from: Sequence[int] = ()) -> Generation:
        started = time.perf_counter()
        matcher = llguidance.LLMatcher(self._guide, llguidance.LLMatcher.grammar_from_lark(grammar))
        if matcher.is_error():
            raise ModelError(model=self._info.id, detail=f"the grammar is refused: {matcher.get_error()}")
        source = DraftSource(draft_from)
        tokens: Tokens = []
        steps: list[Step] = []
        while not matcher.is_stopped() and len(tokens) < limit:
            pending = self._choose_and_force(matcher, self._logits, tokens, steps)
            if matcher.is_stopped() or len(self._memory.history) + len(pending) + DRAFT_TOKENS >= self._info.n_ctx:
                self._append(pending)
                break
            draft = source.guess([*self._memory.history, *pending])
            draft = draft[: matcher.validate_tokens(draft)] if draft else []
            self._verify(matcher, pending, draft, tokens, steps)
        self._decode_s += time.perf_counter() - started
        self._count(generated=len(tokens), forced=len(tokens) - len(steps))
        return Generation(text=self.detokenize(tokens), tokens=tokens, steps=steps, stopped=bool(matcher.is_stopped()))

    def next_token_logprobs(self) -> NDArray[np.float32]:
        return (self._logits - self._log_sum_exp(self._logits)).astype(np.float32)

    def score(self, continuations: Sequence[Sequence[int]]) -> list[float]:
        started = time.perf_counter()
        scores = [0.0] * len(continuations)
        total = self._log_sum_exp(self._logits)
        for index, continuation in enumerate(continuations):
            if continuation:
                scores[index] = float(self._logits[continuation[0]]) - total
        longer = [index for index, continuation in enumerate(continuations) if len(continuation) > 1]
        longer.sort(key=lambda index: tuple(continuations[index]))
        for group in groups(longer, continuations, max_tokens=self._n_batch, max_sequences=self._n_branches):
            self._score_group(group, continuations, scores)
        self._decode_s += time.perf_counter() - started
        return scores

    def embed(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        started = time.perf_counter()
        self._memory.clear()
        total = np.zeros(self._info.n_embd, np.float32)
        position = 0
        tokens = list(tokens[: self._info.n_ctx - 1])
        llama.llama_set_embeddings(self._context, True)
        try:
            for chunk in _cut(tokens, min(self._n_batch, _MAX_OUTPUTS)):
                self._decode_run(chunk, outputs=len(chunk), start=position)
                for row in range(len(chunk)):
                    total += np.ctypeslib.as_array(llama.llama_get_embeddings_ith(self._context, row), shape=(self._info.n_embd,))
                position += len(chunk)
        finally:
            llama.llama_set_embeddings(self._context, False)
            self._memory.clear()
        self._prefill_s += time.perf_counter() - started
        return np.asarray(total / max(1, position), np.float32)

    def _load_model(self, model_id: str) -> Any:
        if not self._path.is_file():
            raise ModelFileError(file=self._path.name, detail="it is not there.")
        params = llama.llama_model_default_params()
        params.n_gpu_layers = _ALL_LAYERS if self.uses_graphics else 0
        params.load_mode = llama.LLAMA_LOAD_MODE_MMAP
        model = llama.llama_model_load_from_file(str(self._path).encode(), params)
        if not model and memory_fault.is_set():
            raise ModelMemoryError(model=model_id)
        if not model:
            raise ModelFileError(file=self._path.name, detail="this version of Deskhand can't run it.")
        return model

    def _make_context(self, model_id: str, n_ctx: int, threads: int) -> Any:
        params = llama.llama_context_default_params()
        params.n_ctx = n_ctx
        params.n_batch = params.n_ubatch = self._n_batch
        params.n_outputs_max = params.n_outputs_max_per_seq = _MAX_OUTPUTS
        params.n_seq_max = self._n_branches + 1
        params.kv_unified = True
        params.swa_full = False
        params.flash_attn_type = llama.LLAMA_FLASH_ATTN_TYPE_ENABLED
        params.n_threads = params.n_threads_batch = threads
        params.abort_callback = self._abort
        context = llama.llama_init_from_model(self._model, params)
        if not context:
            fault = ModelMemoryError if memory_fault.is_set() else ModelLoadError
            raise fault(model=model_id, detail=f"no context of {n_ctx} tokens can be made.")
        return context

    def _metadata(self, key: str) -> str:
        buffer = ctypes.create_string_buffer(256)
        size = llama.llama_model_meta_val_str(self._model, key.encode(), buffer, len(buffer))
        return buffer.value.decode("utf-8", errors="replace") if size > 0 else ""

    def _count(self, **amounts: int) -> None:
        for name, amount in amounts.items():
            self._counts[name] += amount

    def _append(self, pending: Tokens) -> None:
        """Feed tokens whose logits nobody needs any more but which belong to the text that goes on."""
        for part in _cut(pending, self._n_batch):
            self._decode_run(part, outputs=1)
            self._memory.history += part
            self._logits = self._rows(1)[0].copy()

    def _choose_and_force(
        self, matcher: llguidance.LLMatcher, logits: NDArray[np.float32], tokens: Tokens, steps: list[Step]
    ) -> Tokens:
        """Take the best allowed token and all that the grammar then forces; both are appended to `tokens`."""
        token = self._choose(matcher, logits, len(tokens), steps)
        matcher.consume_token(token)
        pending = [token]
        if not matcher.is_stopped():
            forced = matcher.compute_ff_tokens()
            if forced:
                matcher.consume_tokens(forced)
                pending += forced
        tokens += pending
        return pending

    def _choose(self, matcher: llguidance.LLMatcher, logits: NDArray[np.float32], index: int, steps: list[Step]) -> int:
        guidance_numpy.fill_next_token_bitmask(matcher, self._mask)
        bits = np.unpackbits(self._mask.view(np.uint8), bitorder="little")[: self._info.n_vocab]
        # As booleans these are found ten times as fast as as numbers.
        allowed = np.flatnonzero(bits.view(np.bool_))
        if not len(allowed):
            raise ModelError(model=self._info.id, detail="the grammar allows no next token.")
        scores = logits[allowed]
        top = _largest(scores, _ALTERNATIVES + 1)
        weights = np.exp(scores - scores[top[0]])
        total = float(weights.sum())
        others = tuple((int(allowed[i]), float(weights[i]) / total) for i in top[1:])
        steps.append(Step(index, 1.0 / total, others))
        return int(allowed[top[0]])

    def _verify(self, matcher: llguidance.LLMatcher, pending: Tokens, draft: Tokens, tokens: Tokens, steps: list[Step]) -> None:
        """Feed chosen tokens and a guess in one batch, keep the guess as far as greedy decoding agrees, drop the rest."""
        for part in _cut(pending[:-1], self._n_batch - DRAFT_TOKENS - 1):
            self._append(list(part))
        batch = [pending[-1], *draft]
        self._decode_run(batch, outputs=len(batch))
        rows = self._rows(len(batch))
        kept = 0
        for guess in draft:
            token = self._choose(matcher, rows[kept], len(tokens), steps)
            if token != guess:
                steps.pop()
                break
            matcher.consume_token(token)
            tokens.append(token)
            kept += 1
            if matcher.is_stopped():
                break
        self._memory.history += batch[: kept + 1]
        self._logits = rows[kept].copy()
        self._count(drafted=kept)
        if kept < len(draft) and not self._memory.forget_after(len(self._memory.history)):
            self._refill()

    def _refill(self) -> None:
        """Recompute the memory of a model that can't forget a tail (recurrent state)."""
        history, logits = self._memory.history, self._logits
        self._memory.clear()
        for part in _cut(history, self._n_batch):
            self._append(list(part))
        self._logits = logits

    def _score_group(self, group: list[int], continuations: Sequence[Sequence[int]], scores: list[float]) -> None:
        """Score continuations as a tree in one batch: a shared beginning is one token that belongs to several sequences."""
        nodes, rows_of = merge([continuations[index] for index in group])
        followers: list[list[tuple[int, int]]] = [[] for _ in nodes]
        for leaf, index in enumerate(group):
            for depth, row in enumerate(rows_of[leaf]):
                followers[row].append((index, continuations[index][depth + 1]))
        with self._memory.branches(len(group)):
            for first in range(0, len(nodes), _MAX_OUTPUTS):
                part = nodes[first : first + _MAX_OUTPUTS]
                self._batch.fill_tree(part, len(self._memory.history))
                self._decode()
                for line, following in zip(self._rows(len(part)), followers[first:], strict=False):
                    total = self._log_sum_exp(line)
                    for index, token in following:
                        scores[index] += float(line[token]) - total

    def _decode_run(self, tokens: Sequence[int], *, outputs: int, start: int | None = None) -> None:
        """Compute tokens that go on from the history; the last `outputs` of them give logits."""
        self._batch.fill_run(tokens, len(self._memory.history) if start is None else start, outputs=outputs)
        self._decode()

    def _decode(self) -> None:
        status = llama.llama_decode(self._context, self._batch.raw)
        if status != 0:
            self._memory.clear()
            if self.should_stop():
                raise CancelledError(file="The document")
            detail = "its context is full." if status == 1 else f"it failed to compute (code {status})."
            raise ModelError(model=self._info.id, detail=detail)
        self._count(steps=1)

    def _log_sum_exp(self, row: NDArray[np.float32]) -> float:
        top = float(row.max())
        np.subtract(row, np.float32(top), out=self._scratch)
        np.exp(self._scratch, out=self._scratch)
        return top + math.log(float(self._scratch.sum()))

    def _rows(self, count: int) -> NDArray[np.float32]:
        """The logits that the last batch gave, valid until the next one."""
        return np.ctypeslib.as_array(llama.llama_get_logits(self._context), shape=(count, self._info.n_vocab))


def _cut(tokens: Sequence[int], size: int) -> Iterable[Sequence[int]]:
    return (tokens[start : start + size] for start in range(0, len(tokens), size))


def _largest(scores: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    """Indices of the largest scores, the largest first; equal ones in the order of their tokens."""
    top = np.argpartition(scores, -count)[-count:] if len(scores) > count else np.arange(len(scores))
    return top[np.lexsort((top, -scores[top]))]
