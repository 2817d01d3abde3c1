"""Fetches a file from the model hub at its pinned revision, going on where an interrupted download stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.catalog.spec import HubSource
from app.catalog.transfer import SourceFailedError, Transfer
from app.network.gate import Gate, TransferError

if TYPE_CHECKING:
    from app.network.gate import Response

_TRIES = 4
_CHUNK_BYTES = 2**20
_PARTIAL_CONTENT = 206


def fetch_from_hub(source: HubSource, transfer: Transfer, gate: Gate) -> None:
    """Fill the transfer's partial file. A broken connection is taken up again as long as each try brings something."""
    from huggingface_hub import hf_hub_url

    url = hf_hub_url(source.repo, source.filename, revision=source.revision)
    for attempt in range(_TRIES):
        before = transfer.done_bytes
        try:
            _fetch_rest(url, transfer, gate)
            return
        except TransferError as error:
            if transfer.done_bytes <= before or attempt == _TRIES - 1:
                raise SourceFailedError(str(error)) from error


def _fetch_rest(url: str, transfer: Transfer, gate: Gate) -> None:
    done = transfer.done_bytes
    if done >= transfer.file.size_bytes:
        return
    tag_file = transfer.partial.with_name(transfer.partial.name + ".etag")
    tag = tag_file.read_text(encoding="utf-8").strip() if done and tag_file.exists() else ""
    # Without the tag nothing proves that the rest belongs to the same file.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={done}-", "If-Range": tag} if tag else {})
    with gate.download(url, headers) as response:
        if response.is_error:
            raise SourceFailedError(f"the hub answered {response.status_code} {response.reason_phrase}")
        goes_on = response.status_code == _PARTIAL_CONTENT and response.headers.get("content-range", "").startswith(
            f"bytes {done}-"
        )
        if not goes_on:
            tag_file.write_text(_strong_tag(response), encoding="utf-8")
        _append(response, transfer, done if goes_on else 0)


def _append(response: Response, transfer: Transfer, done: int) -> None:
    with transfer.partial.open("r+b" if done else "wb") as file:
        file.seek(done)
        file.truncate()
        for chunk in response.iter_bytes(_CHUNK_BYTES):
            done += len(chunk)
            if done > transfer.file.size_bytes:
                raise SourceFailedError("the file there is larger than the publisher's")
            file.write(chunk)
            transfer.tell(done)
    if done < transfer.file.size_bytes:
        raise TransferError("the connection ended early")


def _strong_tag(response: Response) -> str:
    tag = str(response.headers.get("etag", ""))
    return "" if tag.startswith("W/") else tag
