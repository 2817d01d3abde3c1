"""Fetches one file over HTTP, going on where an earlier connection, or an earlier run, stopped."""

from __future__ import annotations

import email.utils
import re
import time
from collections.abc import Mapping
from http import HTTPStatus

from app.catalog.transfer import SourceFailedError, Transfer
from app.network.gate import Gate, TransferError, host_of
from app.network.stream import Head, Stream

MAGIC = b"GGUF"
_CONTENT_RANGE = re.compile(r"bytes\s+(\d+)-(\d+)/(\d+|\*)$")
_PASSING = frozenset({408, 409, 423, 425, 429, 500, 502, 503, 504, 507, 509, 520, 521, 522, 523, 524, 530})
_GAIN_SHARE = 100


def fetch_over_http(url: str, transfer: Transfer, gate: Gate, headers: Mapping[str, str] | None = None) -> None:
    """Fill the transfer's part. Raises `SourceFailedError` once trying again brings nothing more."""
    attempts = _Attempts(transfer)
    fetcher = _Fetcher(url, transfer, gate, headers or {})
    while not transfer.part.is_complete:
        before = transfer.part.done_bytes
        try:
            fetcher.fetch_rest()
        except TransferError as error:
            attempts.count(error, gained=transfer.part.done_bytes - before)


class _Attempts:
    """Counts tries that bring next to nothing, and pauses between tries: twice as long each time, or as long as the server asks."""

    def __init__(self, transfer: Transfer) -> None:
        self._transfer = transfer
        self._n_vain = 0
        self._has_come = False
        self._worth_bytes = max(1, transfer.file.size_bytes // _GAIN_SHARE)

    def count(self, error: TransferError, *, gained: int) -> None:
        patience = self._transfer.patience
        self._n_vain = 0 if gained >= self._worth_bytes else self._n_vain + 1
        self._has_come |= gained > 0
        is_hurried = not self._has_come and (error.is_unreachable or self._transfer.has_alternative)
        if error.is_lasting or self._n_vain >= (patience.first_tries if is_hurried else patience.tries):
            is_unreachable = error.is_unreachable and not error.is_lasting and not self._has_come
            raise SourceFailedError(str(error), is_unreachable=is_unreachable) from error
        if error.wait_s is not None and error.wait_s > patience.longest_asked_wait_s:
            raise SourceFailedError(f"{error}, and asks to wait {error.wait_s / 60:.0f} minutes") from error
        pause = patience.first_wait_s * 2 ** max(0, self._n_vain - 1) if error.wait_s is None else error.wait_s
        self._transfer.wait(min(pause, patience.longest_wait_s) if error.wait_s is None else pause)


class _Fetcher:
    """One address. Remembers when its server can't answer for a part of the file."""

    def __init__(self, url: str, transfer: Transfer, gate: Gate, headers: Mapping[str, str]) -> None:
        self._url = url
        self._transfer = transfer
        self._part = transfer.part
        self._gate = gate
        self._headers = dict(headers)
        self._asks_for_range = True

    def fetch_rest(self) -> None:
        """One request. Returns when the file is there; raises `TransferError` when another request is needed."""
        self._gate.require(host_of(self._url), "to download a model")
        with (
            self._transfer.request(self._url) as request,
            Stream(self._gate, self._url, self._request_headers(), self._transfer.patience) as stream,
        ):
            head = self._await_head(stream)
            request.status, request.redirected_to = head.status, " ".join(head.redirected_to)
            position = self._begin(head)
            for piece in stream.pieces():
                request.received_bytes += len(piece)
                if piece:
                    self._refuse_other_kind(position, piece)
                    position = self._part.put(position, piece)
                self._transfer.tell()
                # What follows a complete file is not the publisher's.
                if self._part.is_complete:
                    return
        raise TransferError("the connection ended early")

    def _request_headers(self) -> dict[str, str]:
        done = self._part.done_bytes
        headers = self._headers | {"Accept-Encoding": "identity"}
        if done and self._asks_for_range:
            headers["Range"] = f"bytes={done}-"
            # Without a tag nothing proves that the rest is of the same version; the hash will tell.
            if self._part.tag:
                headers["If-Range"] = self._part.tag
        return headers

    def _await_head(self, stream: Stream) -> Head:
        for head in stream.head():
            self._transfer.tell()
            if head is not None:
                return head
        raise TransferError("the connection ended early")

    def _begin(self, head: Head) -> int:
        """The position of the first byte that follows."""
        if head.headers.get("content-encoding", "identity").lower() not in {"", "identity"}:
            raise TransferError("the file comes in a changed form")
        match head.status:
            case HTTPStatus.PARTIAL_CONTENT:
                position = self._position_of(head)
                tag = _strong_tag(head) or self._part.tag
            case HTTPStatus.OK:
                # A server that leaves the range out sends all; what is there already is compared and kept.
                self._require_size(head.headers.get("content-length", ""))
                position, tag = 0, _strong_tag(head)
            case _:
                raise self._refused(head)
        self._part.begin_piece(tag)
        return position

    def _position_of(self, head: Head) -> int:
        found = _CONTENT_RANGE.match(head.headers.get("content-range", ""))
        if found is None:
            raise TransferError("the server sends a part without saying which")
        begin, total = int(found[1]), found[3]
        if total != "*":
            self._require_size(total)
        if begin > self._part.done_bytes:
            raise TransferError("the server sends another part than asked for")
        return begin

    def _require_size(self, told: str) -> None:
        size = self._transfer.file.size_bytes
        if told.isdigit() and int(told) != size:
            kind = "larger" if int(told) > size else "smaller"
            raise TransferError(f"the file there is {kind} than the publisher's")

    def _refuse_other_kind(self, position: int, piece: bytes) -> None:
        """A page of a hotel's network, or an error told as a success, must not take the place of what is there."""
        if position == 0 and not (self._part.starts_like(piece[:4]) and MAGIC.startswith(piece[:4])):
            raise TransferError("what the server sends is not a model file")

    def _refused(self, head: Head) -> TransferError:
        if head.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            self._asks_for_range = False
        words = f"the server answered {head.status} {head.reason}".strip()
        may_pass = head.status in _PASSING or head.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or head.status < 400
        if head.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            words = f"{words}: it wants to know who asks, or does not give the file to everyone"
        return TransferError(words, is_lasting=not may_pass, wait_s=_wait_asked(head) if may_pass else None)


def _strong_tag(head: Head) -> str:
    tag = head.headers.get("etag", "")
    return tag if tag.startswith('"') and tag.endswith('"') and len(tag) > 2 else ""


def _wait_asked(head: Head) -> float | None:
    """Retry-After, as seconds or as a date."""
    told = head.headers.get("retry-after", "").strip()
    if told.isdigit():
        return float(told)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(told).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
