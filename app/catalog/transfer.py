"""One file on its way: the part that survives an interruption, the progress told, and the wish to stop."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

from app.catalog.part import PartFile
from app.catalog.spec import ModelFile
from app.domain.ledger import Ending, LedgerEntry, LedgerOutcome, Purpose, RequestLog
from app.errors import AppError, CancelledError, OfflineError, StorageError
from app.network.gate import TransferError
from app.network.stream import Patience

_log = logging.getLogger(__name__)

_SPEED_WINDOW_S = 10.0
_WAIT_POLL_S = 0.05

TransferProgress = Callable[[int, int, str], None]
"""Called with bytes done, bytes in all, and the name of the source, also while nothing comes."""


class SourceFailedError(Exception):
    """This source can't give the file; the text says why, for the list of sources tried.

    `is_unreachable` when there was no connection at all.
    """

    def __init__(self, text: str, *, is_unreachable: bool = False) -> None:
        super().__init__(text)
        self.is_unreachable = is_unreachable


@dataclass
class Request:
    """What is known of one request while it runs, for the ledger."""

    status: int = 0
    """Of HTTP; 0 while no answer has come."""
    received_bytes: int = 0
    redirected_to: str = ""


@dataclass(frozen=True)
class Transfer:
    """What a source needs: where to put the bytes of which file, whom to tell, and how long to wait."""

    file: ModelFile
    part: PartFile
    source: str
    progress: TransferProgress | None = None
    cancel: threading.Event | None = None
    patience: Patience = field(default_factory=Patience)
    has_alternative: bool = False
    """Another source follows if this one fails."""
    model_id: str = ""
    ledger: RequestLog | None = None

    @contextmanager
    def request(self, url: str, *, host: str = "") -> Iterator[Request]:
        """Around a request: its row in the ledger stands before the first byte leaves, and is closed however it ends.

        `host` is given where the address is not known beforehand, and says who is asked.
        """
        request = Request()
        if self.ledger is None:
            yield request
            return
        place = urlsplit(url)
        entry = LedgerEntry(purpose=Purpose.DOWNLOAD, host=host or place.hostname or url, url_path=place.path, model=self.model_id)
        number = self.ledger.open(entry)
        failure: BaseException | None = None
        try:
            yield request
        except BaseException as error:
            failure = error
            raise
        finally:
            _close(self.ledger, number, request, failure)

    def tell(self, extra_bytes: int = 0, *, remark: str = "") -> None:
        """Report progress; raises `CancelledError` when the person asked to stop. The part stays for the next try."""
        if self.cancel is not None and self.cancel.is_set():
            raise CancelledError(file=self.file.filename)
        if self.progress is not None:
            done = min(self.part.done_bytes + extra_bytes, self.file.size_bytes)
            self.progress(done, self.file.size_bytes, f"{self.source}{remark}")

    def wait(self, seconds: float) -> None:
        """Pause; ends at once when the person asks to stop."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.tell(remark=f", tries again in {left:.0f} s")
            time.sleep(min(_WAIT_POLL_S, left))


def _close(ledger: RequestLog, number: int, request: Request, failure: BaseException | None) -> None:
    outcome = LedgerOutcome(
        ending=_ending_of(request, failure),
        cost_micros=0,
        received_bytes=request.received_bytes,
        redirected_to=request.redirected_to,
        error="" if failure is None else failure.code if isinstance(failure, AppError) else type(failure).__name__,
    )
    try:
        ledger.close(number, outcome)
    except StorageError as error:
        # The row stays without an outcome, which means that anything may have left. The download is not to suffer.
        _log.warning("The end of a download could not be written to the ledger: %s", error)


def _ending_of(request: Request, failure: BaseException | None) -> Ending:
    if failure is None:
        return Ending.DONE
    if isinstance(failure, CancelledError):
        return Ending.CANCELLED
    if isinstance(failure, OfflineError) or (isinstance(failure, TransferError) and failure.is_unreachable and not request.status):
        return Ending.NOT_SENT
    return Ending.REFUSED if request.status >= HTTPStatus.BAD_REQUEST else Ending.BROKEN


class Speedometer:
    """Bytes a second over the last seconds, and the seconds that are left, from what a `TransferProgress` tells."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()
        self._total = 0

    def update(self, done: int, total: int, *, now: float | None = None) -> None:
        moment = time.monotonic() if now is None else now
        self._total = total
        if self._seen and done < self._seen[-1][1]:
            self._seen.clear()
        self._seen.append((moment, done))
        while len(self._seen) > 2 and moment - self._seen[1][0] > _SPEED_WINDOW_S:
            self._seen.popleft()

    @property
    def bytes_per_s(self) -> float:
        """0 until two moments are known."""
        if len(self._seen) < 2:
            return 0.0
        (began, first), (ended, last) = self._seen[0], self._seen[-1]
        return (last - first) / (ended - began) if ended > began else 0.0

    @property
    def left_s(self) -> float | None:
        """None while it can't be told."""
        speed = self.bytes_per_s
        return (self._total - self._seen[-1][1]) / speed if speed > 0 else None
