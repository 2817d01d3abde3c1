"""A result as it grows while its job is at work, and what the job is doing in words. Pure; no widgets."""

from __future__ import annotations

from app.domain.progress import Progress
from app.domain.result import Result
from app.domain.targets import parse_target, replace_value
from app.domain.task import Task
from app.ui.messages import title_of, tr


def with_progress(result: Result, progress: Progress) -> Result:
    """The result with the value that was just decided; news that fits nowhere changes nothing."""
    if progress.value is None:
        return result
    try:
        return replace_value(result, parse_target(progress.name), progress.value)
    except ValueError:
        return result


def progress_sentence(progress: Progress, task: Task | None) -> str:
    match progress.phase:
        case "page" if progress.pages:
            return tr("reading page {page} of {pages}", page=progress.page, pages=progress.pages)
        case "reading" | "page":
            return tr("reading the document")
        case "loading":
            return tr("loading the model")
        case "field" if progress.name:
            return tr("found: {title}", title=_title(progress.name, task))
        case "storing":
            return tr("storing")
        case _:
            return tr("working …")


def _title(name: str, task: Task | None) -> str:
    name = name.partition("[")[0]
    titles = (
        {field.name: field.title for field in task.fields} | {rows.name: rows.title for rows in task.rows}
        if task is not None
        else {}
    )
    return title_of(titles.get(name, {}), name)
