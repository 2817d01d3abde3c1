"""The words of the send sheet: what is asked of a document, and how far a consent reaches."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.consent import ConsentScope
from app.domain.sheet import SheetItem
from app.domain.targets import LABEL, POINTS
from app.domain.task import Task
from app.ui.messages import title_of, tr, tr_n

_MOST_NAMED = 3
_MOST_CHARS = 44
_FIRST_CHARS = 16


def asked_words(item: SheetItem, task: Task | None) -> str:
    """``Total amount, Due date, 2 more``; the whole document where it goes."""
    titles = [target_title(target, task) for target in item.proposal.enquiry.targets]
    named = titles[:_MOST_NAMED]
    if len(titles) > _MOST_NAMED:
        named.append(tr_n("{n} more", "{n} more", len(titles) - _MOST_NAMED))
    asked = ", ".join(named)
    if item.proposal.enquiry.whole_document:
        return tr("{asked} (the whole document)", asked=asked)
    return asked


def target_title(target: str, task: Task | None) -> str:
    if target == LABEL:
        return tr("Class")
    if target == POINTS:
        return tr("Summary")
    titles = {}
    if task is not None:
        titles = {field.name: field.title for field in task.fields} | {group.name: group.title for group in task.rows}
    return title_of(titles.get(target, {}), target)


def scope_title(scope: ConsentScope, titles: Sequence[str], n_documents: int) -> str:
    named = titles[0] if len(titles) == 1 else ""
    match scope:
        case ConsentScope.DOCUMENT:
            return tr_n("this document, once", "these {n} documents, once", n_documents)
        case ConsentScope.FOLDER:
            if not named:
                return tr("everything in their folders with subfolders")
            return tr("everything in the folder {name} with its subfolders", name=_elided(named))
        case ConsentScope.TASK:
            return tr("every document of the task {name}", name=named) if named else tr("every document of these tasks")
        case _:
            return tr("every document, always")


def scope_note(scope: ConsentScope, host: str) -> str:
    if scope is ConsentScope.DOCUMENT:
        return tr("Exactly these bytes go, once. Later documents are asked about again.")
    return tr(
        "Later ones go to {host} without asking, sensitive words hidden, within your limits. You can take it back in Settings.",
        host=host,
    )


def _elided(folder: str) -> str:
    """Where it begins and where it ends both tell which folder it is."""
    return folder if len(folder) <= _MOST_CHARS else f"{folder[:_FIRST_CHARS]}…{folder[_FIRST_CHARS + 1 - _MOST_CHARS :]}"
