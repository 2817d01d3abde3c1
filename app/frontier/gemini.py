"""Google's Gemini: generateContent. The key goes into a header, never into the address."""

from __future__ import annotations

from urllib.parse import quote

from pydantic import JsonValue

from app.frontier.dialect import Json, Said, Tokens, count, part, parts, words
from app.frontier.prompt import Prompt
from app.frontier.schema import Schema
from app.settings import ProviderConfig

_REFUSALS = frozenset({"SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "OTHER"})


class Gemini:
    nullable = True
    most_picture_tokens = 5_000

    def url(self, config: ProviderConfig) -> str:
        model = quote(config.model.removeprefix("models/"), safe="")
        return f"{config.base_url.rstrip('/')}/models/{model}:generateContent"

    def headers(self) -> tuple[tuple[str, str], ...]:
        return (("Content-Type", "application/json"),)

    def key_header(self, key: str) -> tuple[str, str]:
        return "x-goog-api-key", key

    def body(self, config: ProviderConfig, prompt: Prompt, schema: Schema, max_tokens: int) -> Json:
        generation: Json = {
            "responseMimeType": "application/json",
            "responseJsonSchema": schema,
            "maxOutputTokens": max_tokens,
            "candidateCount": 1,
        }
        if config.effort:
            generation["thinkingConfig"] = {"thinkingLevel": "minimal" if config.effort == "none" else config.effort}
        pictures: list[JsonValue] = [{"inlineData": {"mimeType": "image/png", "data": picture}} for picture in prompt.pictures]
        return {
            "systemInstruction": {"parts": [{"text": prompt.system}]},
            "contents": [{"role": "user", "parts": [*pictures, {"text": prompt.user}]}],
            "generationConfig": generation,
        }

    def said(self, reply: Json) -> Said:
        blocked = words(part(reply, "promptFeedback", "blockReason"))
        candidate = part(reply, "candidates", 0)
        reason = words(part(candidate, "finishReason"))
        if blocked or reason in _REFUSALS:
            return Said(ending="refused", detail=words(part(candidate, "finishMessage")) or blocked or reason)
        if reason == "MAX_TOKENS":
            return Said(ending="cut")
        pieces = parts(candidate, "content", "parts")
        text = "".join(words(part(piece, "text")) for piece in pieces if part(piece, "thought") is not True)
        return Said(text) if text else Said(ending="wrong", detail=reason or "it is empty")

    def tokens(self, reply: Json) -> Tokens:
        usage = part(reply, "usageMetadata")
        n_output = count(part(usage, "candidatesTokenCount")) + count(part(usage, "thoughtsTokenCount"))
        return Tokens(count(part(usage, "promptTokenCount")), n_output)
