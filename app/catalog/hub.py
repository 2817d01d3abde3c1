"""A file of the model hub: its address at a pinned revision, and the person's key where the hub wants one."""

from __future__ import annotations

from pathlib import Path

from app.catalog.http_source import fetch_over_http
from app.catalog.spec import HubSource
from app.catalog.transfer import SourceFailedError, Transfer
from app.network.gate import Gate

_WANTS_KEY = ("answered 401", "answered 403")


def fetch_from_hub(source: HubSource, transfer: Transfer, gate: Gate) -> None:
    """Fill the transfer's part. The key that the hub's own tools keep is sent only where the hub refuses without it."""
    from huggingface_hub import get_token, hf_hub_url

    url = hf_hub_url(source.repo, source.filename, revision=source.revision)
    try:
        fetch_over_http(url, transfer, gate)
    except SourceFailedError as error:
        token = get_token() if any(mark in str(error) for mark in _WANTS_KEY) else None
        if token is None:
            raise
        fetch_over_http(url, transfer, gate, {"Authorization": f"Bearer {token}"})


def find_in_hub_cache(source: HubSource) -> Path | None:
    """The file where the hub's own tools keep what they fetched; opens no connection."""
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(source.repo, source.filename, revision=source.revision)
    return Path(found) if isinstance(found, str) else None
