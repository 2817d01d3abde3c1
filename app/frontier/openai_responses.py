"""OpenAI's Responses. It is told not to keep what it is sent."""

from __future__ import annotations

from pydantic import JsonValue

from app.frontier.dialect import SCHEMA_NAME, Json, Said, Tokens, count, part, parts, words
from app.frontier.prompt import Prompt
from app.frontier.schema import Schema
from app.settings import ProviderConfig


class OpenAiResponses:
    nullable = True
    most_picture_tokens = 50_000
    """The dearest model counts eight tiles of 5,667."""

    def url(self, config: ProviderConfig) -> str:
        return config.base_url.rstrip("/") + "/responses"

    def headers(self) -> tuple[tuple[str, str], ...]:
        return (("Content-Type", "application/json"),)

    def key_header(self, key: str) -> tuple[str, str]:
        return "Authorization", f"Bearer {key}"

    def body(self, config: ProviderConfig, prompt: Prompt, schema: Schema, max_tokens: int) -> Json:
        body: Json = {
            "model": config.model,
            "instructions": prompt.system,
            "input": _input(prompt),
            "text": {"format": {"type": "json_schema", "name": SCHEMA_NAME, "strict": True, "schema": schema}},
            "max_output_tokens": max_tokens,
            "store": False,
        }
        if config.effort:
            body["reasoning"] = {"effort": config.effort}
        return body

    def said(self, reply: Json) -> Said:
        reason = words(part(reply, "incomplete_details", "reason"))
        if reason == "max_output_tokens":
            return Said(ending="cut")
        pieces = [piece for item in parts(reply, "output") for piece in parts(item, "content")]
        refusal = next((words(part(piece, "refusal")) for piece in pieces if part(piece, "type") == "refusal"), "")
        if refusal or reason == "content_filter":
            return Said(ending="refused", detail=refusal)
        text = "".join(words(part(piece, "text")) for piece in pieces if part(piece, "type") == "output_text")
        if part(reply, "status") in {"failed", "cancelled"} or not text:
            return Said(ending="wrong", detail=words(part(reply, "error", "message")) or "it is empty")
        return Said(text)

    def tokens(self, reply: Json) -> Tokens:
        return Tokens(count(part(reply, "usage", "input_tokens")), count(part(reply, "usage", "output_tokens")))


def _input(prompt: Prompt) -> JsonValue:
    if not prompt.pictures:
        return prompt.user
    pictures: list[JsonValue] = [
        {"type": "input_image", "image_url": f"data:image/png;base64,{picture}"} for picture in prompt.pictures
    ]
    return [{"role": "user", "content": [{"type": "input_text", "text": prompt.user}, *pictures]}]
