"""OpenAI's Chat Completions, which OpenRouter, vLLM, llama.cpp's server and many others understand."""

from __future__ import annotations

from pydantic import JsonValue

from app.frontier.dialect import SCHEMA_NAME, Json, Said, Tokens, count, part, parts, without_thoughts, words
from app.frontier.prompt import Prompt
from app.frontier.schema import Schema
from app.settings import ProviderConfig

_HOSTS_WITH_NEW_LIMIT = ("api.openai.com", ".openai.azure.com")
"""They refuse `max_tokens` for newer models; other servers do not all know its successor."""
_OPENROUTER = "openrouter.ai"


class OpenAiChat:
    nullable = True
    most_picture_tokens = 50_000
    """The dearest model counts eight tiles of 5,667."""

    def url(self, config: ProviderConfig) -> str:
        return config.base_url.rstrip("/") + "/chat/completions"

    def headers(self) -> tuple[tuple[str, str], ...]:
        return (("Content-Type", "application/json"),)

    def key_header(self, key: str) -> tuple[str, str]:
        return "Authorization", f"Bearer {key}"

    def body(self, config: ProviderConfig, prompt: Prompt, schema: Schema, max_tokens: int) -> Json:
        has_new_limit = config.host.endswith(_HOSTS_WITH_NEW_LIMIT)
        body: Json = {
            "model": config.model,
            "messages": [{"role": "system", "content": prompt.system}, {"role": "user", "content": _content(prompt)}],
            "response_format": {"type": "json_schema", "json_schema": {"name": SCHEMA_NAME, "strict": True, "schema": schema}},
            "max_completion_tokens" if has_new_limit else "max_tokens": max_tokens,
        }
        if config.effort:
            body["reasoning_effort"] = config.effort
        if config.host == _OPENROUTER:
            # Only services that keep to the schema, and none that keeps what it is sent.
            body["provider"] = {"require_parameters": True, "data_collection": "deny"}
        return body

    def said(self, reply: Json) -> Said:
        choice = part(reply, "choices", 0)
        message = part(choice, "message")
        refusal, reason = words(part(message, "refusal")), words(part(choice, "finish_reason"))
        if refusal or reason == "content_filter":
            return Said(ending="refused", detail=refusal)
        if reason == "length":
            return Said(ending="cut")
        text = _text(part(message, "content"))
        if not text:
            error = words(part(choice, "error", "message")) or words(part(reply, "error", "message"))
            return Said(ending="wrong", detail=error or "it is empty")
        return Said(without_thoughts(text))

    def tokens(self, reply: Json) -> Tokens:
        return Tokens(count(part(reply, "usage", "prompt_tokens")), count(part(reply, "usage", "completion_tokens")))


def _content(prompt: Prompt) -> JsonValue:
    if not prompt.pictures:
        return prompt.user
    pictures: list[JsonValue] = [
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{picture}"}} for picture in prompt.pictures
    ]
    return [{"type": "text", "text": prompt.user}, *pictures]


def _text(content: JsonValue) -> str:
    if isinstance(content, list):
        return "".join(words(part(piece, "text")) for piece in parts(content))
    return words(content)
