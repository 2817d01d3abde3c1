"""Settings for a larger model on a server of the test."""

from __future__ import annotations

from decimal import Decimal

from app.settings import ProviderConfig


def own_provider(base_url: str, model: str = "larger-model", *, thinking_tokens: int = 0) -> ProviderConfig:
    """It has prices, so that what it costs can be told."""
    return ProviderConfig(
        id="own",
        kind="openai_chat",
        base_url=base_url,
        model=model,
        thinking_tokens=thinking_tokens,
        input_price=Decimal(1),
        output_price=Decimal(2),
    )
