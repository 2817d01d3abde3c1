"""The gate: the only place that opens a connection, and only when the person has not chosen to work offline."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.errors import OfflineError
from app.settings import THIS_MACHINE

if TYPE_CHECKING:
    import httpx

    Response = httpx.Response

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 30.0
_PIECE_BYTES = 16 * 2**10
_BEFORE_BYTES = ("connect_tcp.started", "send_request_headers.started")
"""Steps of the connection, in the words of its library, after which bytes go out."""


class TransferError(Exception):
    """A connection failed or was refused; the text is one short sentence.

    `is_lasting` when trying again can't help; `is_unreachable` when there was no connection at all, so nothing was sent;
    `wait_s` when the other side said how long to wait.
    """

    def __init__(self, text: str, *, is_lasting: bool = False, is_unreachable: bool = False, wait_s: float | None = None) -> None:
        super().__init__(text)
        self.is_lasting = is_lasting
        self.is_unreachable = is_unreachable
        self.wait_s = wait_s


@dataclass(frozen=True)
class Posted:
    """The answer to a POST; the names of headers in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Gate:
    """Asked before anything leaves the machine. `offline` refuses everything, without a look-up of the host's name."""

    def __init__(self, *, offline: bool) -> None:
        self.offline = offline

    def require(self, host: str, who: str) -> None:
        """Raise `OfflineError` if `host` must not be contacted. Also called before a program is started that would connect.

        `who` names the purpose for the person: ``to download a model``.
        """
        if self.offline:
            raise OfflineError(host=host, who=who)

    @contextmanager
    def download(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        who: str = "to download a model",
        connect_s: float = CONNECT_TIMEOUT_S,
        read_s: float = READ_TIMEOUT_S,
    ) -> Iterator[Response]:
        """A streamed GET through the proxy of environment or system. Only https is spoken, except to this machine itself."""
        host = host_of(url)
        self.require(host, who)
        import httpx

        with (
            _told_plainly(host, connect_s),
            _client(
                timeout=httpx.Timeout(read_s, connect=connect_s),
                follow_redirects=True,
                event_hooks={"request": [_refuse_plain_http]},
            ) as client,
            client.stream("GET", url, headers=dict(headers)) as response,
        ):
            yield response

    def post(
        self,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        who: str,
        connect_s: float = CONNECT_TIMEOUT_S,
        read_s: float = READ_TIMEOUT_S,
        max_bytes: int = 2**20,
        may_be_plain: bool = False,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> Posted:
        """Send `body`, which may hold what nobody else may see, to this very address: a redirect is an answer.

        Nothing of it leaves once offline mode is chosen or it is not wanted any more, also not when connecting took a while.
        Without encryption it speaks to this machine, or where `may_be_plain`; then never through a proxy, which would read it.
        """
        host = host_of(url)
        self.require(host, who)
        is_plain = urlsplit(url).scheme != "https"
        if is_plain and not (may_be_plain or host in THIS_MACHINE):
            raise TransferError(f"{host} was to be contacted without encryption", is_lasting=True, is_unreachable=True)
        import httpx

        def before_step(step: str, _: object) -> None:
            if step.endswith(_BEFORE_BYTES):
                self.require(host, who)
                _require_wanted(is_wanted, host)

        with (
            _told_plainly(host, connect_s),
            _client(
                timeout=httpx.Timeout(read_s, connect=connect_s),
                follow_redirects=False,
                trust_env=not is_plain,
            ) as client,
            client.stream(
                "POST",
                url,
                headers={**headers, "Accept-Encoding": "identity"},
                content=body,
                extensions={"trace": before_step},
            ) as response,
        ):
            received = _read(response, max_bytes, is_wanted, host)
            return Posted(response.status_code, {name.lower(): value for name, value in response.headers.items()}, received)


def host_of(url: str) -> str:
    return urlsplit(url).hostname or url


@cache
def _system_trust() -> ssl.SSLContext:
    """The system's certificate store, which knows what the person's employer or virus scanner added."""
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@contextmanager
def _told_plainly(host: str, connect_s: float) -> Iterator[None]:
    import httpx

    try:
        yield
    except httpx.ConnectTimeout as error:
        raise TransferError(f"{host} did not answer within {connect_s:.0f} s", is_unreachable=True) from error
    except httpx.ConnectError as error:
        is_distrusted = "CERTIFICATE_VERIFY_FAILED" in str(error)
        raise TransferError(f"{host}: {_reason(error)}", is_lasting=is_distrusted, is_unreachable=True) from error
    except httpx.TooManyRedirects as error:
        raise TransferError(f"{host} sends from one address to the next without end", is_lasting=True) from error
    except (httpx.ProxyError, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise TransferError(f"{host}: {_reason(error)}", is_unreachable=True) from error
    except httpx.LocalProtocolError:
        # Its text repeats the header that is wrong, which may be the one with the key.
        raise TransferError(f"{host}: the request can't be written", is_lasting=True, is_unreachable=True) from None
    except httpx.HTTPError as error:
        raise TransferError(f"{host}: {_reason(error)}") from error


def _client(**options: Any) -> httpx.Client:
    import httpx

    try:
        return httpx.Client(verify=_system_trust(), **options)
    except (ImportError, ValueError) as error:
        text = "the proxy set on this computer is of a kind that is not known here"
        raise TransferError(text, is_lasting=True, is_unreachable=True) from error


def _read(response: Response, max_bytes: int, is_wanted: Callable[[], bool], host: str) -> bytes:
    received = bytearray()
    for piece in response.iter_bytes(_PIECE_BYTES):
        received += piece
        if len(received) > max_bytes:
            raise TransferError(f"{host} sent more than {max_bytes} bytes", is_lasting=True)
        _require_wanted(is_wanted, host)
    return bytes(received)


def _require_wanted(is_wanted: Callable[[], bool], host: str) -> None:
    if not is_wanted():
        raise TransferError(f"{host}: nobody waits for the answer any more", is_lasting=True)


def _refuse_plain_http(request: httpx.Request) -> None:
    if request.url.scheme != "https" and request.url.host not in THIS_MACHINE:
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
