"""The workers as the rest of the program sees them: typed calls in, typed values or errors out."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import JsonValue, TypeAdapter, ValidationError

from app.domain.document import Document
from app.domain.enquiry import Enquiry
from app.domain.picture import PagePicture
from app.domain.progress import Progress
from app.domain.result import ModelUsed, Result
from app.domain.task import Task
from app.domain.trust import UNJUDGED, Trust
from app.errors import ModelCrashedError, ReaderCrashedError
from app.settings import ReadLimits
from app.worker import escalation
from app.worker.checking import check_document, check_enquiry, check_picture, check_result
from app.worker.client import WorkerClient
from app.worker.outcome import Role
from app.worker.ports import OnProgress
from app.worker.protocol import Json
from app.worker.sandbox import SandboxReport
from app.worker.vision_pages import PageShelf, pack

_PROGRESS = TypeAdapter(Progress)
_RENDER_TIMEOUT_S = 30.0
_READS_PER_CHILD = 500
_STALL_TIMEOUT_S = 300.0
_RUN_TIMEOUT_S = 3600.0
_MODEL_OVERHEAD_BYTES = 3 * 2**30
_BYTES_PER_CONTEXT_TOKEN = 160 << 10
_REPLY_OVERHEAD_BYTES = 64 << 20


class _Service:
    """What both services share: one client, owned."""

    def __init__(self, client: WorkerClient) -> None:
        self._client = client

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def sandbox(self) -> SandboxReport | None:
        """The layers of the running child's lock; None while none runs."""
        info = self._client.info
        if info is None:
            return None
        layers = info.get("sandbox", {})
        return SandboxReport(**{name: tuple(map(str, layers.get(name, ()))) for name in ("active", "missing", "relaxed")})

    @property
    def start_info(self) -> Json | None:
        """Pid and seconds of the running child's start, for diagnosis."""
        return self._client.info

    def start(self) -> None:
        """Begin warming up; returns at once."""
        self._client.start()

    def wait_ready(self, cancel: threading.Event | None = None) -> None:
        """Wait until the child is locked and ready. Raises what keeps it from being so."""
        self._client.wait_ready(cancel)

    def close(self) -> None:
        self._client.close()


class PageService(_Service):
    """`Pages` on a child that draws them and reads nothing."""

    def __init__(
        self,
        limits: ReadLimits,
        *,
        allow_weak: bool = False,
        kind: str = "pages",
        command: Sequence[str] | None = None,
        on_log: Callable[[str], None] | None = None,
    ) -> None:
        self._limits = limits
        super().__init__(
            WorkerClient(
                kind,
                {},
                role=Role.READER,
                memory_bytes=limits.memory_bytes,
                allow_weak=allow_weak,
                command=command,
                max_reply_bytes=limits.max_pixels * 3 + _REPLY_OVERHEAD_BYTES,
                max_requests=_READS_PER_CHILD,
                on_log=on_log,
            )
        )

    def render(self, data: bytes, name: str, page: int, *, dpi: float, password: str | None = None) -> PagePicture:
        untrusted_shape, pixels = self._client.request(
            "render",
            self._args(name, password) | {"page": page, "dpi": dpi},
            data,
            timeout_s=_RENDER_TIMEOUT_S,
            known={"file": name},
        )
        try:
            return check_picture(untrusted_shape, pixels, self._limits)
        except ValueError as error:
            raise ReaderCrashedError(file=name, detail="its picture made no sense") from error

    def _args(self, name: str, password: str | None) -> Json:
        return {"name": name, "password": password, "limits": self._limits.model_dump(mode="json")}


class ReaderService(PageService):
    """`Reader` on a reader child."""

    def __init__(
        self,
        limits: ReadLimits,
        *,
        allow_weak: bool = False,
        use_attached_xml: bool = False,
        shelf: PageShelf | None = None,
        kind: str = "reader",
        command: Sequence[str] | None = None,
        on_log: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(limits, allow_weak=allow_weak, kind=kind, command=command, on_log=on_log)
        self._use_attached_xml = use_attached_xml
        self._shelf = shelf

    def read(
        self,
        data: bytes,
        name: str,
        *,
        password: str | None = None,
        cancel: threading.Event | None = None,
        on_progress: OnProgress | None = None,
    ) -> Document:
        def tell(untrusted_news: Json) -> None:
            page, pages = _count(untrusted_news.get("page")), _count(untrusted_news.get("pages"))
            if on_progress is not None:
                on_progress(Progress("page", min(1.0, page / pages) if pages else 0.0, page=page, pages=pages))

        _, untrusted_blob = self._client.request(
            "read",
            self._args(name, password) | {"use_attached_xml": self._use_attached_xml},
            data,
            timeout_s=self._limits.timeout_s,
            on_progress=tell,
            extra_time=self._time_for_recognition,
            cancel=cancel,
            known={"file": name},
        )
        try:
            document = check_document(untrusted_blob, self._limits)
        except ValueError as error:
            raise ReaderCrashedError(file=name, detail="its answer made no sense") from error
        document = document.model_copy(update={"name": name, "sha256": hashlib.sha256(data).hexdigest()})
        if self._shelf is not None:
            self._shelf.keep(document, lambda page, dpi: self.render(data, name, page, dpi=dpi, password=password))
        return document

    def _time_for_recognition(self, untrusted_news: Json) -> float:
        """Seconds granted for the pages recognised so far and the one under way, within the limit of such pages."""
        recognised = _count(untrusted_news.get("recognised")) + 1
        return min(recognised, self._limits.max_ocr_pages) * self._limits.ocr_page_timeout_s


class ModelService(_Service):
    """`TaskModel` on a model child. The child is restarted, and the model loaded again, after a fault."""

    def __init__(
        self,
        path: Path,
        *,
        model_id: str,
        sha256: str,
        family: str,
        n_ctx: int,
        threads: int = 0,
        tune: bool = False,
        on_ready: Callable[[Json], None] | None = None,
        memory_bytes: int | None = None,
        graphics: bool = False,
        projector: Path | None = None,
        shelf: PageShelf | None = None,
        allow_weak: bool = False,
        stall_timeout_s: float = _STALL_TIMEOUT_S,
        kind: str = "model",
        command: Sequence[str] | None = None,
        on_log: Callable[[str], None] | None = None,
    ) -> None:
        self._info = ModelUsed(id=model_id, sha256=sha256)
        self._stall_timeout_s = stall_timeout_s
        self._shelf = shelf if projector is not None else None
        args: Json = {
            "path": str(path),
            "model_id": model_id,
            "sha256": sha256,
            "family": family,
            "n_ctx": n_ctx,
            "threads": threads,
            "tune": tune,
            "graphics": graphics,
            "projector": str(projector) if projector is not None else None,
        }
        self._on_ready = on_ready
        super().__init__(
            WorkerClient(
                kind,
                args,
                role=Role.MODEL,
                memory_bytes=memory_bytes or _model_memory_bytes(path, n_ctx),
                read_only=[path, *([projector] if projector is not None else [])],
                graphics=graphics,
                allow_weak=allow_weak,
                command=command,
                max_reply_bytes=_REPLY_OVERHEAD_BYTES,
                known={"model": model_id},
                on_log=on_log,
            )
        )

    @property
    def info(self) -> ModelUsed:
        return self._info

    def wait_ready(self, cancel: threading.Event | None = None) -> None:
        super().wait_ready(cancel)
        self._pass_on_facts()

    def _pass_on_facts(self) -> None:
        """What the child measured and found while it warmed up, told once."""
        told, self._on_ready = self._on_ready, None
        untrusted = (self._client.info or {}).get("handler")
        if told is not None and isinstance(untrusted, dict):
            told(untrusted)

    def run(
        self,
        task: Task,
        document: Document,
        *,
        followups: Mapping[str, Task],
        language: str,
        cancel: threading.Event | None = None,
        on_progress: OnProgress | None = None,
    ) -> Result:
        began = time.monotonic()

        def tell(untrusted_news: Json) -> None:
            if on_progress is not None:
                on_progress(self._progress(untrusted_news, document.name))

        pictures = self._shelf.of(document) if self._shelf is not None else ()
        shapes, blob = pack(document.model_dump_json().encode("utf-8", "backslashreplace"), pictures)
        _, untrusted_blob = self._client.request(
            "run",
            shapes
            | {
                "task": _to_json(task),
                "followups": {label: _to_json(then) for label, then in followups.items()},
                "language": language,
            },
            blob,
            timeout_s=self._stall_timeout_s,
            on_progress=tell,
            extra_time=lambda _news: min(time.monotonic() - began, _RUN_TIMEOUT_S),
            cancel=cancel,
            known={"file": document.name},
        )
        self._pass_on_facts()
        try:
            return check_result(untrusted_blob, document)
        except ValueError as error:
            raise self._nonsense(document.name) from error

    def enquire(
        self,
        task: Task,
        document: Document,
        result: Result,
        *,
        targets: Sequence[str],
        whole_document: bool = False,
        language: str = "",
        cancel: threading.Event | None = None,
    ) -> Enquiry:
        args = escalation.enquire_args(task, result, targets, whole_document, language)
        untrusted_blob = self._ask(escalation.ENQUIRE, args, document, cancel)
        try:
            return check_enquiry(untrusted_blob, task, document, targets)
        except ValueError as error:
            raise self._nonsense(document.name) from error

    def settle(
        self,
        task: Task,
        document: Document,
        result: Result,
        answers: Mapping[str, JsonValue],
        *,
        source: str,
        trust: Trust = UNJUDGED,
        cancel: threading.Event | None = None,
    ) -> Result:
        untrusted_blob = self._ask(
            escalation.SETTLE, escalation.settle_args(task, result, answers, source, trust), document, cancel
        )
        try:
            return check_result(untrusted_blob, document)
        except ValueError as error:
            raise self._nonsense(document.name) from error

    def _ask(self, op: str, args: Json, document: Document, cancel: threading.Event | None) -> bytes:
        """A request about a document without news on the way."""
        blob = document.model_dump_json().encode("utf-8", "backslashreplace")
        _, untrusted_blob = self._client.request(
            op, args, blob, timeout_s=self._stall_timeout_s, cancel=cancel, known={"file": document.name}
        )
        self._pass_on_facts()
        return untrusted_blob

    def _progress(self, untrusted_news: Json, name: str) -> Progress:
        try:
            return _PROGRESS.validate_python(untrusted_news)
        except ValidationError as error:
            raise self._nonsense(name) from error

    def _nonsense(self, name: str) -> ModelCrashedError:
        return ModelCrashedError(file=name, model=self._info.id, detail="its answer made no sense")


def _to_json(task: Task) -> Json:
    return task.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _model_memory_bytes(path: Path, n_ctx: int) -> int:
    """Room for a copy of the weights (some are repacked), the context and the program."""
    around = _MODEL_OVERHEAD_BYTES + n_ctx * _BYTES_PER_CONTEXT_TOKEN
    try:
        return path.stat().st_size * 2 + around
    except OSError:
        return around


def _count(untrusted_value: object) -> int:
    return untrusted_value if isinstance(untrusted_value, int) and 0 <= untrusted_value < 1_000_000 else 0
