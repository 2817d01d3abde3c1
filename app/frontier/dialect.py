"""What a provider's protocol has to say about one request and one reply. Pure: no sockets, no keys, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from pydantic import JsonValue

from app.frontier.prompt import Prompt
from app.frontier.schema import Schema
from app.settings import ProviderConfig

SCHEMA_NAME = "answers"

Json = dict[str, JsonValue]


@dataclass(frozen=True)
class Said:
    """What stands in a reply. `text` holds JSON when it ended as it should; `detail` tells why it did not."""

    text: str = ""
    ending: Literal["done", "refused", "cut", "wrong"] = "done"
    detail: str = ""


@dataclass(frozen=True)
class Tokens:
    """As the service counts them; output includes what the model wrote to itself."""

    input: int = 0
    output: int = 0


class Dialect(Protocol):
    nullable: bool
    """Whether the protocol's strict mode is at ease with null as an answer."""
    most_picture_tokens: int
    """What a picture can be counted as, at most."""

    def url(self, config: ProviderConfig) -> str: ...

    def headers(self) -> tuple[tuple[str, str], ...]: ...

    def key_header(self, key: str) -> tuple[str, str]: ...

    def body(self, config: ProviderConfig, prompt: Prompt, schema: Schema, max_tokens: int) -> Json: ...

    def said(self, reply: Json) -> Said:
        """What the reply says; `reply` comes from outside and may have any form."""

    def tokens(self, reply: Json) -> Tokens: ...


def part(value: JsonValue, *path: str | int) -> JsonValue:
    """What stands at a path of names and places; None where there is nothing."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def parts(value: JsonValue, *path: str | int) -> list[JsonValue]:
    found = part(value, *path)
    return found if isinstance(found, list) else []


def words(value: JsonValue) -> str:
    """A text, or nothing."""
    return value if isinstance(value, str) else ""


def count(value: JsonValue) -> int:
    """A number of tokens, or 0. True and huge numbers are none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else 0


def without_thoughts(text: str) -> str:
    """Some servers put what the model wrote to itself before its answer."""
    return text.rpartition("</think>")[2]
