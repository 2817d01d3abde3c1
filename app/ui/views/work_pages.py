"""Inbox, Review and Done in words: which states each shows, its sentence, and what it says when it is empty."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.domain.job import JobState
from app.ui.formats import shown_number
from app.ui.messages import tr, tr_n
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.empty_state import EmptyState

STATES: dict[str, frozenset[JobState]] = {
    "inbox": frozenset({JobState.WAITING, JobState.WORKING, JobState.FAILED, JobState.CANCELLED}),
    "review": frozenset({JobState.REVIEW}),
    "done": frozenset({JobState.DONE}),
}


@dataclass(frozen=True)
class Counts:
    """Jobs by state."""

    waiting: int = 0
    working: int = 0
    failed: int = 0
    review: int = 0
    done: int = 0

    @property
    def inbox(self) -> int:
        return self.waiting + self.working + self.failed

    @property
    def total(self) -> int:
        return self.inbox + self.review + self.done


def title_of_page(page: str) -> str:
    titles = {
        "inbox": tr("Inbox"),
        "review": tr("Review"),
        "done": tr("Done"),
        "tasks": tr("Tasks"),
        "models": tr("Models"),
        "evaluate": tr("Evaluate"),
        "insights": tr("Insights"),
        "settings": tr("Settings"),
        "welcome": tr("Welcome"),
        "send": tr("Ask a larger model"),
        "quote": tr("Evaluate a larger model"),
        "ledger": tr("What left this computer"),
    }
    return titles[page]


def sentence_of_page(page: str, counts: Counts, *, n_shown: int = 0) -> str:
    """`n_shown`: so many rows are in view. Those just read stay in the inbox until another page is opened."""
    match page:
        case "inbox" if n_shown and not counts.inbox:
            return tr("Everything here has been read.")
        case "inbox":
            return _inbox_sentence(counts)
        case "review" if counts.review:
            return tr_n(
                "{n} document has values that need your eye. Everything else is done.",
                "{n} documents have values that need your eye. Everything else is done.",
                counts.review,
            )
        case "review":
            return tr("Nothing needs your eye.")
        case "done" if counts.done:
            return tr_n("{n} document is finished.", "{n} documents are finished.", counts.done)
        case "done":
            return tr("Nothing is finished yet.")
        case "send" | "quote":
            return tr("Nothing has been sent. Look at what would leave, then decide.")
        case "ledger":
            return tr("Every request to a larger model and every download of a model. Rows are only added.")
        case "tasks":
            return tr("What Deskhand looks for in a document.")
        case "models":
            return tr("Models run on this computer. A larger one answers better and takes longer.")
        case "evaluate":
            return tr("Is the small model good enough? Measured on documents whose answers are known.")
        case "insights":
            return tr("What was done, how well, and whether that changes.")
        case _:
            return tr("Changes take effect at once.")


def _inbox_sentence(counts: Counts) -> str:
    parts = []
    if counts.working:
        parts.append(tr("{n} in work", n=shown_number(counts.working)))
    if counts.waiting:
        parts.append(tr("{n} waiting", n=shown_number(counts.waiting)))
    if counts.failed:
        parts.append(tr_n("{n} could not be read", "{n} could not be read", counts.failed))
    return ", ".join(parts) + "." if parts else tr("Add documents to have them read.")


class WelcomePage(EmptyState):
    """The empty inbox. Signals: add_requested, samples_requested."""

    add_requested = Signal()
    samples_requested = Signal()

    def __init__(self, *, has_samples: bool, parent: QWidget | None = None) -> None:
        super().__init__(
            "documents",
            tr("Drop documents or a folder here"),
            tr("PDF, scans and photos, Word, Excel, PowerPoint, OpenDocument, HTML, e-mail, text"),
            "welcomePage",
            parent,
            is_target=True,
        )
        choose = TextButton(tr("Choose documents"), "chooseButton", "primary")
        choose.clicked.connect(self.add_requested)
        samples = TextButton(tr("Try it with samples"), "samplesButton")
        samples.clicked.connect(self.samples_requested)
        samples.setVisible(has_samples)
        self.add_buttons(choose, samples)
        self.set_foot(
            "shield",
            tr("Everything happens on this computer. Documents are never changed, and never sent anywhere unless you agree."),
        )


def empty_words(page: str, search: str) -> tuple[str, str]:
    """Title and sentence of a page without rows."""
    if search:
        return tr("No document or value matches “{words}”.", words=search), tr("Esc clears the search.")
    match page:
        case "review":
            return tr("Nothing to review"), tr("Documents with a value that needs your eye come here.")
        case "done":
            return tr("Nothing is finished yet"), tr("Documents whose values are proven or accepted come here.")
        case _:
            return tr("The inbox is empty"), tr("Finished documents are in Review and Done.")
