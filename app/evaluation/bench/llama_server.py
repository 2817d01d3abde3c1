"""llama-server's own code, as xllamacpp brings it: JSON schema, prompt cache on. Runs in its own process only."""

from __future__ import annotations

from typing import Any

import xllamacpp

from app.domain.result import TokenCounts
from app.evaluation.bench.peer_child import ChatRequest, PeerSetup, PromptTooLongError, Speeds
from app.evaluation.bench.records import Reply

_TOO_LONG = "exceed_context_size_error"


class LlamaServer:
    """One slot, since documents come one after another; all else as the server sets itself."""

    def __init__(self, setup: PeerSetup) -> None:
        params = xllamacpp.CommonParams()
        params.model.path = str(setup.model)
        params.n_ctx = setup.n_ctx
        params.n_parallel = 1
        params.n_gpu_layers = 0
        params.cpuparams.n_threads = setup.threads
        params.cpuparams_batch.n_threads = setup.threads
        params.cache_prompt = True
        self._batch_tokens = int(params.n_ubatch)
        self._server = xllamacpp.Server(params)

    def chat(self, request: ChatRequest) -> Reply:
        body: dict[str, Any] = {
            "messages": request.messages,
            "max_tokens": request.max_tokens,
            "temperature": 0,
            "cache_prompt": True,
        }
        if request.schema:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "answer", "strict": True, "schema": request.schema},
            }
        completion = self._complete(body)
        timings = completion["timings"]
        read, generated = int(timings["prompt_n"]), int(timings["predicted_n"])
        return Reply(
            text=completion["choices"][0]["message"]["content"] or "",
            tokens=TokenCounts(
                prompt=int(timings["cache_n"]) + read,
                cached=int(timings["cache_n"]),
                generated=generated,
                steps=-(-read // self._batch_tokens) + max(0, generated - 1),
            ),
            prompt_s=timings["prompt_ms"] / 1000,
            decode_s=timings["predicted_ms"] / 1000,
        )

    def speeds(self) -> Speeds:
        raise NotImplementedError

    def _complete(self, body: dict[str, Any]) -> Any:
        try:
            completion = self._server.handle_chat_completions(body)
        except Exception as error:
            if _TOO_LONG in str(error) or "context size" in str(error):
                raise PromptTooLongError(str(error)) from error
            raise
        if "error" in completion:
            told = completion["error"]
            raise PromptTooLongError(str(told)) if told.get("type") == _TOO_LONG else RuntimeError(str(told))
        return completion
