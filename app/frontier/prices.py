"""What services ask for a million tokens, from ``resources/prices.toml`` or as the person set it. Not listed means not known."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from app.paths import resources
from app.settings import ProviderConfig

_MILLION = 1_000_000
_VERSION = re.compile(r"[-@](\d{8}|\d{4}-\d{2}-\d{2}|latest)$")
"""Services date their models: ``gpt-5-2025-08-07`` costs what ``gpt-5`` does. Where it does not, it is listed with its date."""


class Price(BaseModel):
    """US dollars for a million tokens. Beyond `above` tokens of input all tokens of a request cost the long price."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    input: Decimal = Field(ge=0)
    output: Decimal = Field(ge=0)
    above: int = 0
    long_input: Decimal | None = None
    long_output: Decimal | None = None

    def cost(self, input_tokens: int, output_tokens: int) -> Decimal:
        is_long = 0 < self.above < input_tokens
        of_input = self.long_input if is_long and self.long_input is not None else self.input
        of_output = self.long_output if is_long and self.long_output is not None else self.output
        return (of_input * input_tokens + of_output * output_tokens) / _MILLION


class _Service(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    host: str
    page: str
    models: dict[str, Price]


class _List(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    date: date
    source: str
    service: tuple[_Service, ...]


@dataclass(frozen=True)
class KnownPrice:
    price: Price
    listed_on: date | None = None
    """The day of the list that it comes from; None for the person's own."""


def price_of(config: ProviderConfig, file: Path | None = None) -> KnownPrice | None:
    """The price of the chosen model, the person's own before the listed one; None if it is not known."""
    if config.input_price is not None and config.output_price is not None:
        return KnownPrice(Price(input=config.input_price, output=config.output_price))
    prices = _read(file or resources() / "prices.toml")
    models = next((service.models for service in prices.service if service.host == config.host.casefold()), {})
    name = config.model.removeprefix("models/")
    price = models.get(name) or models.get(_undated(name, prices.date))
    return None if price is None else KnownPrice(price, listed_on=prices.date)


def _undated(name: str, known_until: date) -> str:
    """The name without its date, unless the model is younger than the list, which can't know what it costs."""
    version = _VERSION.search(name)
    if version is None:
        return name
    try:
        is_younger = version[1] != "latest" and date.fromisoformat(version[1]) > known_until
    except ValueError:
        return name
    return name if is_younger else name[: version.start()]


def listed_models(host: str) -> tuple[str, ...]:
    """The models of a service whose price is known."""
    prices = _read(resources() / "prices.toml")
    return tuple(name for service in prices.service if service.host == host.casefold() for name in service.models)


@cache
def _read(file: Path) -> _List:
    return _List.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
