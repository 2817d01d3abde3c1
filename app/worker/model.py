"""What the model child does: load one GGUF, prove that it computes, and run tasks on documents that come as text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from app.domain.document import Document
from app.domain.picture import PagePicture
from app.domain.progress import Progress
from app.domain.task import Task
from app.errors import AppError, ModelLoadError
from app.tasks.asking.engine import SeeingEngine, Words
from app.worker import escalation
from app.worker.main import Call
from app.worker.manners import processors, usual_threads
from app.worker.protocol import Json
from app.worker.vision_pages import unpack

if TYPE_CHECKING:
    from app.worker.runtime import LlamaEngine

_PROGRESS = TypeAdapter(Progress)
_CANARY_GRAMMAR = "start: /[a-z]{1,3}/"
_CANARY_TOKENS = 2
_CANARY_PIXELS = 64


class ModelHandler:
    """Op ``run``: the document as JSON in the blob, the result as JSON in the answer's blob; those of `escalation` besides."""

    def __init__(self) -> None:
        self._engine: LlamaEngine | None = None

    def warm_up(self, args: Json) -> Json:
        """Load the model and compute once: a model or build that crashes does so here, where no document is at stake."""
        import numpy.ma  # noqa: F401 - numpy itself loads it only when it is first needed

        import app.tasks.run  # noqa: F401 - everything must be imported before the lock
        from app.documents.recognizers import warm_up
        from app.worker.tuning import candidates, tune

        warm_up()
        escalation.warm_up()
        try:
            self._engine = engine = _load(args)
            _try_out(engine)
            tuning = tune(engine, candidates(usual_threads(), processors())) if args["tune"] else None
            engine.reset_counts()
        except AppError:
            raise
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelLoadError(model=args["model_id"], detail=f"it failed with {type(error).__name__}.") from error
        info = engine.info
        known = {"n_ctx": info.n_ctx, "architecture": info.architecture, "variant": engine.variant}
        known |= {"graphics": engine.uses_graphics, "cards": engine.cards if args.get("graphics") else None}
        return known | {"tuning": tuning and asdict(tuning)}

    def handle(self, op: str, args: Json, blob: bytes, call: Call) -> tuple[Json, bytes]:
        if op in {escalation.ENQUIRE, escalation.SETTLE}:
            return {}, escalation.handle(op, args, blob)
        if op != "run" or self._engine is None:
            raise ValueError(op)
        from app.tasks.run import run_task

        self._engine.should_stop = call.cancelled.is_set
        document, pictures = unpack(args, blob)
        result = run_task(
            Task.model_validate(args["task"]),
            Document.model_validate_json(document),
            self._engine,
            followups={label: Task.model_validate(task) for label, task in args["followups"].items()},
            pictures=pictures,
            language=args["language"],
            on_progress=progress_to(call),
        )
        call.check_cancelled()
        return {}, result.model_dump_json().encode("utf-8", "backslashreplace")


def progress_to(call: Call) -> Callable[[Progress], None]:
    """Pass a task's progress on; values are never dropped. It is also where a task notices that it was cancelled."""

    def tell(progress: Progress) -> None:
        call.check_cancelled()
        call.progress(_PROGRESS.dump_python(progress, mode="json"), urgent=progress.value is not None)

    return tell


def _load(args: Json) -> LlamaEngine:
    from app.worker.runtime import LlamaEngine

    options = {name: args[name] for name in ("model_id", "sha256", "family", "n_ctx")} | {"graphics": args.get("graphics", False)}
    path, threads = Path(args["path"]), args["threads"] or usual_threads()
    if not args.get("projector"):
        return LlamaEngine(path, threads=threads, **options)
    from app.worker.vision import SeeingLlamaEngine

    return SeeingLlamaEngine(path, Path(args["projector"]), threads=threads, **options)


def _try_out(engine: LlamaEngine) -> None:
    """Use every way of computing once, so that what loads code or memory lazily has done it before the lock."""
    prompt = engine.tokenize("Deskhand reads documents.")
    engine.feed([prompt])
    engine.generate(_CANARY_GRAMMAR, limit=_CANARY_TOKENS)
    engine.score([prompt[:1], prompt[:2]])
    engine.embed(prompt)
    if isinstance(engine, SeeingEngine):
        engine.look([PagePicture(_CANARY_PIXELS, _CANARY_PIXELS, 3 * _CANARY_PIXELS, bytes(3 * _CANARY_PIXELS**2)), Words("Read.")])
        engine.generate(_CANARY_GRAMMAR, limit=_CANARY_TOKENS)
