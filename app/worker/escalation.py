"""The two steps around asking a larger model, as operations of the model child: what to ask, and what its answers are worth.

Neither needs the model itself, but both handle document text and foreign answers, so they belong behind the lock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import JsonValue

from app.domain.document import Document
from app.domain.result import Result
from app.domain.task import Task
from app.domain.trust import Trust
from app.worker.protocol import Json

ENQUIRE: Final = "enquire"
SETTLE: Final = "settle"


def warm_up() -> None:
    """Load all that the operations need, for the child can't open files later."""
    import app.tasks.enquiry.build
    import app.tasks.settling.settle  # noqa: F401 - everything must be imported before the lock
    from app.tasks.privacy.ids import warm_up_ids

    warm_up_ids()


def handle(op: str, args: Json, blob: bytes) -> bytes:
    """The enquiry, or the settled result, as JSON."""
    task, document, result = (
        Task.model_validate(args["task"]),
        Document.model_validate_json(blob),
        Result.model_validate(args["result"]),
    )
    if op == ENQUIRE:
        from app.tasks.enquiry.build import enquire

        enquiry = enquire(
            task,
            document,
            result,
            targets=args["targets"],
            whole_document=args["whole_document"],
            language=args["language"],
        )
        return enquiry.model_dump_json().encode("utf-8", "backslashreplace")
    from app.tasks.settling.settle import settle

    trust = Trust(n_right=args["n_right"], n_judged=args["n_judged"])
    settled = settle(task, document, result, args["answers"], source=args["source"], trust=trust)
    return settled.model_dump_json().encode("utf-8", "backslashreplace")


def enquire_args(task: Task, result: Result, targets: Sequence[str], whole_document: bool, language: str) -> Json:
    return _common(task, result) | {"targets": list(targets), "whole_document": whole_document, "language": language}


def settle_args(task: Task, result: Result, answers: Mapping[str, JsonValue], source: str, trust: Trust) -> Json:
    told = {"answers": dict(answers), "source": source, "n_right": trust.n_right, "n_judged": trust.n_judged}
    return _common(task, result) | told


def _common(task: Task, result: Result) -> Json:
    return {
        "task": task.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        "result": result.model_dump(mode="json", exclude_defaults=True),
    }
