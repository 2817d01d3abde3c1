"""Anthropic's Messages."""

from __future__ import annotations

from pydantic import JsonValue

from app.frontier.dialect import Json, Said, Tokens, count, part, parts, words
from app.frontier.prompt import Prompt
from app.frontier.schema import Schema
from app.settings import ProviderConfig

_VERSION = "2023-06-01"
_NO_EFFORT = frozenset({"none", "minimal"})
_INPUT_COUNTS = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


class Anthropic:
    nullable = False
    """Each choice between a type and null makes the compiled form larger, and the service refuses large ones."""
    most_picture_tokens = 5_000

    def url(self, config: ProviderConfig) -> str:
        return config.base_url.rstrip("/").removesuffix("/v1") + "/v1/messages"

    def headers(self) -> tuple[tuple[str, str], ...]:
        return ("Content-Type", "application/json"), ("anthropic-version", _VERSION)

    def key_header(self, key: str) -> tuple[str, str]:
        return "x-api-key", key

    def body(self, config: ProviderConfig, prompt: Prompt, schema: Schema, max_tokens: int) -> Json:
        output: Json = {"format": {"type": "json_schema", "schema": schema}}
        thinking: Json = {}
        if config.effort in _NO_EFFORT:
            thinking = {"thinking": {"type": "disabled"}}
        elif config.effort:
            output["effort"] = config.effort
        return {
            "model": config.model,
            "max_tokens": max_tokens,
            "system": prompt.system,
            "messages": [{"role": "user", "content": _content(prompt)}],
            "output_config": output,
            **thinking,
        }

    def said(self, reply: Json) -> Said:
        text = "".join(words(part(block, "text")) for block in parts(reply, "content") if part(block, "type") == "text")
        match part(reply, "stop_reason"):
            case "refusal":
                return Said(ending="refused", detail=text)
            case "max_tokens" | "model_context_window_exceeded":
                return Said(ending="cut")
        return Said(text) if text else Said(ending="wrong", detail="it is empty")

    def tokens(self, reply: Json) -> Tokens:
        n_input = sum(count(part(reply, "usage", name)) for name in _INPUT_COUNTS)
        return Tokens(n_input, count(part(reply, "usage", "output_tokens")))


def _content(prompt: Prompt) -> JsonValue:
    if not prompt.pictures:
        return prompt.user
    pictures: list[JsonValue] = [
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": picture}} for picture in prompt.pictures
    ]
    return [*pictures, {"type": "text", "text": prompt.user}]
