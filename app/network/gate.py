"""The gate: the only place that opens a connection, and only when the person has not chosen to work offline."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.errors import OfflineError

if TYPE_CHECKING:
    import httpx

    Response = httpx.Response

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 30.0
_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


class TransferError(Exception):
    """A connection failed or was refused; the text is one short sentence.

    `is_lasting` when trying again can't help; `is_unreachable` when there was no connection at all; `wait_s` when the other side
    said how long to wait.
    """

    def __init__(self, text: str, *, is_lasting: bool = False, is_unreachable: bool = False, wait_s: float | None = None) -> None:
        super().__init__(text)
        self.is_lasting = is_lasting
        self.is_unreachable = is_unreachable
        self.wait_s = wait_s


class Gate:
    """Asked before anything leaves the machine. `offline` refuses everything, without a look-up of the host's name."""

    def __init__(self, *, offline: bool) -> None:
        self.offline = offline

    def require(self, host: str) -> None:
        """Raise `OfflineError` if `host` must not be contacted. Also called before a program is started that would connect."""
        if self.offline:
            raise OfflineError(host=host)

    @contextmanager
    def download(
        self, url: str, headers: Mapping[str, str], *, connect_s: float = CONNECT_TIMEOUT_S, read_s: float = READ_TIMEOUT_S
    ) -> Iterator[Response]:
        """A streamed GET through the proxy of environment or system. Only https is spoken, except to this machine itself."""
        host = host_of(url)
        self.require(host)
        import httpx

        try:
            with (
                httpx.Client(
                    verify=_system_trust(),
                    timeout=httpx.Timeout(read_s, connect=connect_s),
                    follow_redirects=True,
                    event_hooks={"request": [_refuse_plain_http]},
                ) as client,
                client.stream("GET", url, headers=dict(headers)) as response,
            ):
                yield response
        except httpx.ConnectTimeout as error:
            raise TransferError(f"{host} did not answer within {connect_s:.0f} s", is_unreachable=True) from error
        except httpx.ConnectError as error:
            is_distrusted = "CERTIFICATE_VERIFY_FAILED" in str(error)
            raise TransferError(f"{host}: {_reason(error)}", is_lasting=is_distrusted, is_unreachable=True) from error
        except httpx.TooManyRedirects as error:
            raise TransferError(f"{host} sends from one address to the next without end", is_lasting=True) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TransferError(f"{host}: {_reason(error)}") from error
        except ImportError as error:
            raise TransferError("the proxy set on this computer is of a kind that is not known here", is_lasting=True) from error


def host_of(url: str) -> str:
    return urlsplit(url).hostname or url


@cache
def _system_trust() -> ssl.SSLContext:
    """The system's certificate store, which knows what the person's employer or virus scanner added."""
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _refuse_plain_http(request: httpx.Request) -> None:
    if request.url.scheme != "https" and request.url.host not in _THIS_MACHINE:
        raise TransferError(f"{request.url.host} was to be contacted without encryption", is_lasting=True)


def _reason(error: Exception) -> str:
    if _is_from(error, socket.gaierror):
        return "its name can't be looked up; is there a connection?"
    text = str(error).strip().splitlines()
    return text[0][:200] if text else type(error).__name__


def _is_from(error: BaseException | None, kind: type[BaseException]) -> bool:
    """Whether the error, or one that led to it, is of a kind."""
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error is not None
