"""llama-cpp-python as most programs use it: `create_chat_completion` with a JSON schema. Runs in its own process only."""

from __future__ import annotations

import time
from typing import Any

import llama_cpp

from app.domain.result import TokenCounts
from app.evaluation.bench.peer_child import ChatRequest, PeerSetup, PromptTooLongError, Speeds
from app.evaluation.bench.records import Reply

_BATCH_TOKENS = 512
_WRITTEN_TOKENS = 32
_TRIES = 3


class LlamaChat:
    """One model, one context; the prefix that a prompt shares with the one before is reused by the library itself."""

    def __init__(self, setup: PeerSetup) -> None:
        self._llama = llama_cpp.Llama(
            str(setup.model),
            n_ctx=setup.n_ctx,
            n_batch=_BATCH_TOKENS,
            n_threads=setup.threads,
            n_threads_batch=setup.threads,
            flash_attn=True,
            verbose=False,
        )

    def chat(self, request: ChatRequest) -> Reply:
        context = self._llama.ctx
        llama_cpp.llama_perf_context_reset(context)
        started = time.perf_counter()
        completion = self._complete(request)
        total_s = time.perf_counter() - started
        usage = completion["usage"]
        figures = llama_cpp.llama_perf_context(context)
        # A single prompt token is counted as a written one, so what was read is what the counters do not call written.
        generated = int(usage["completion_tokens"])
        read = max(1, int(figures.n_p_eval) + int(figures.n_eval) - max(0, generated - 1))
        prompt_s = figures.t_p_eval_ms / 1000
        return Reply(
            text=completion["choices"][0]["message"]["content"] or "",
            tokens=TokenCounts(
                prompt=usage["prompt_tokens"],
                cached=max(0, usage["prompt_tokens"] - read),
                generated=generated,
                steps=-(-read // _BATCH_TOKENS) + max(0, generated - 1),
            ),
            prompt_s=prompt_s,
            decode_s=total_s - prompt_s,
        )

    def speeds(self) -> Speeds:
        """The best of some tries: what disturbs them only slows them down."""
        tokens = [self._llama.token_bos() or 1, *(100 + index % 1000 for index in range(_BATCH_TOKENS - 1))]
        reading, writing = [], []
        for _ in range(_TRIES):
            self._llama.reset()  # type: ignore[no-untyped-call]
            started = time.perf_counter()
            self._llama.eval(tokens)
            reading.append(time.perf_counter() - started)
            started = time.perf_counter()
            for token in tokens[1 : 1 + _WRITTEN_TOKENS]:
                self._llama.eval([token])
            writing.append(time.perf_counter() - started)
        self._llama.reset()  # type: ignore[no-untyped-call]
        weights_bytes = int(llama_cpp.llama_model_size(self._llama.model))
        return Speeds(len(tokens) / min(reading), _WRITTEN_TOKENS / min(writing), weights_bytes)

    def _complete(self, request: ChatRequest) -> Any:
        wanted: Any = {"type": "json_object", "schema": request.schema} if request.schema else None
        try:
            return self._llama.create_chat_completion(
                messages=request.messages,  # type: ignore[arg-type]
                response_format=wanted,
                max_tokens=request.max_tokens,
                temperature=0.0,
            )
        except ValueError as error:
            if "context window" in str(error):
                raise PromptTooLongError(str(error)) from error
            raise
