"""The gate: the only place that opens a connection, and only when the person has not chosen to work offline."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.errors import OfflineError

if TYPE_CHECKING:
    import httpx

    Response = httpx.Response

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 30.0


class TransferError(Exception):
    """A connection failed or was refused; the text is one short sentence."""


class Gate:
    """Asked before anything leaves the machine. `offline` refuses everything, without a look-up of the host's name."""

    def __init__(self, *, offline: bool) -> None:
        self.offline = offline

    def require(self, host: str) -> None:
        """Raise `OfflineError` if `host` must not be contacted. Also called before a program is started that would connect."""
        if self.offline:
            raise OfflineError(host=host)

    @contextmanager
    def download(self, url: str, headers: Mapping[str, str]) -> Iterator[Response]:
        """A streamed GET. Only https is spoken, except to this machine itself."""
        host = urlsplit(url).hostname or url
        self.require(host)
        import httpx

        # The system's certificate store knows what the person's employer or virus scanner added.
        import truststore

        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        timeout = httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
        try:
            with (
                httpx.Client(
                    verify=context, timeout=timeout, follow_redirects=True, event_hooks={"request": [_refuse_plain_http]}
                ) as client,
                client.stream("GET", url, headers=dict(headers)) as response,
            ):
                yield response
        except httpx.ConnectTimeout as error:
            raise TransferError(f"{host} did not answer within {CONNECT_TIMEOUT_S:.0f} s") from error
        except httpx.HTTPError as error:
            raise TransferError(f"{host}: {_reason(error)}") from error


def _refuse_plain_http(request: httpx.Request) -> None:
    if request.url.scheme != "https" and request.url.host not in {"127.0.0.1", "::1", "localhost"}:
        raise TransferError(f"{request.url.host} was to be contacted without encryption")


def _reason(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return text[0][:200] if text else type(error).__name__
