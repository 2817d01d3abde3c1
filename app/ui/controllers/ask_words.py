"""Where asking about one document stands, and the line that says so."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.job import Job, JobError
from app.domain.proposal import Proposal, ProposalState
from app.domain.result import Opinion, Result
from app.domain.targets import iterate_values
from app.domain.task import Task
from app.errors import from_wire
from app.jobs.escalation import Escalation
from app.storage.figures import SETTLED
from app.ui.messages import tr, tr_n
from app.ui.models.job_row import error_sentence
from app.ui.views.ask_line import AskState
from app.ui.views.opinion_area import LOCAL, PICTURE
from app.ui.views.send_words import target_title

_MOST_NAMED = 3
_OWN = frozenset({LOCAL, PICTURE})
_UNDER_WAY = frozenset({ProposalState.APPROVED, ProposalState.SENDING})


@dataclass(frozen=True)
class JobStanding:
    """What is known of one job; `targets` could be asked now."""

    job: Job
    task: str = ""
    model: str = ""
    host: str = ""
    proposal: Proposal | None = None
    is_refused: bool = False
    """The person said never, perhaps when the document had another task or other words; it could be asked about otherwise."""
    targets: tuple[str, ...] = ()
    n_taken: int = 0
    n_answered: int = 0
    can_undo: bool = False
    is_only_offline: bool = False
    """Something could be asked, were there a connection."""


def standing_of(escalation: Escalation, job: Job) -> JobStanding:
    """Reads the store; not for the GUI thread."""
    store, config = escalation.store, escalation.config
    result = store.result(job.id) if job.state.is_finished else None
    if result is None:
        return JobStanding(job)
    proposal = store.proposals.of_job(job.id)
    can_ask = escalation.is_open and (proposal is None or proposal.state not in _UNDER_WAY)
    said = opinions_of(result)
    steps = [step for step in store.corrections(job.id) if not step.undone]
    return JobStanding(
        job=job,
        task=result.answer.task,
        model=config.model if config is not None else "",
        host=config.host if config is not None else "",
        proposal=proposal,
        is_refused=can_ask and escalation.is_refused(job) and bool(escalation.targets_of(job, anew=True)),
        targets=escalation.targets_of(job) if can_ask else (),
        n_taken=sum(map(_is_taken, said)),
        n_answered=len(said),
        can_undo=bool(steps) and steps[-1].target == SETTLED,
        is_only_offline=config is not None and escalation.settings.offline and proposal is None and _wants_more(result),
    )


def _wants_more(result: Result) -> bool:
    """Whether the policy would have asked, were it not for the connection."""
    reasons = result.route.reasons
    return any(":" in reason for reason in reasons) and "offline" in reasons


def opinions_of(result: Result) -> list[tuple[Opinion, ...]]:
    """What was said, value by value, of those that a larger model was asked about."""
    answer = result.answer
    found = [value.opinions for _, value in iterate_values(answer)]
    found += answer.opinions.values()
    found += [label.opinions for label in (result.label, answer.label) if label is not None]
    found += [point.opinions for point in answer.points]
    return [opinions for opinions in found if any(opinion.source not in _OWN for opinion in opinions)]


def _is_taken(opinions: tuple[Opinion, ...]) -> bool:
    """Whether the larger model's answer is another one than the local, and holds."""
    local = {opinion.value for opinion in opinions if opinion.source == LOCAL}
    return any(opinion.accepted and opinion.source not in _OWN and opinion.value not in local for opinion in opinions)


def ask_state(standing: JobStanding, error: JobError | None, task: Task | None) -> AskState:
    """`error` is what this run of the program was told; an earlier run's is known by its code alone."""
    proposal, ask = standing.proposal, tr("Look at what would be sent")
    state = proposal.state if proposal is not None else None
    if state in _UNDER_WAY:
        return AskState(tr("{model} is being asked …", model=standing.model))
    if proposal is not None and state is ProposalState.FAILED:
        again = ("ask", tr("Ask again …")) if standing.model else ("", "")
        return AskState(*_fault(standing, proposal, error), "warn", *again)
    if state is ProposalState.REFUSED or (standing.is_refused and not standing.can_undo):
        return AskState(
            tr("You decided that nothing of this document is sent."),
            "",
            "quiet",
            *(("ask", tr("Decide anew …")) if standing.model else ("", "")),
        )
    if standing.can_undo:
        return AskState(_answered(standing), "", "good", "undo", tr("Back to the local answer"))
    if state is ProposalState.ANSWERED and not standing.targets:
        return AskState(_answered(standing)) if standing.n_answered else AskState()
    if standing.targets:
        return AskState(
            tr("{model} could be asked: {fields}.", model=standing.model, fields=_named(standing.targets, task)),
            "",
            "quiet",
            "ask",
            ask,
        )
    if standing.is_only_offline:
        return AskState(tr("{model} could be asked, but Deskhand is offline.", model=standing.model))
    return AskState()


def _answered(standing: JobStanding) -> str:
    if not standing.n_taken:
        return tr("A larger model was asked; the local answer stays.")
    return tr_n(
        "A larger model was asked: {n} answer of its own was taken.",
        "A larger model was asked: {n} answers of its own were taken.",
        standing.n_taken,
    )


def _fault(standing: JobStanding, proposal: Proposal, error: JobError | None) -> tuple[str, str]:
    if error is not None:
        return error_sentence(error.message, ""), error_sentence("", error.hint)
    known = from_wire({"code": proposal.error}, host=standing.host, model=standing.model, file=standing.job.name)
    return error_sentence(known.user_text, ""), error_sentence("", known.hint)


def _named(targets: tuple[str, ...], task: Task | None) -> str:
    titles = [target_title(target, task) for target in targets]
    if len(titles) <= _MOST_NAMED:
        return ", ".join(titles)
    return ", ".join([*titles[:_MOST_NAMED], tr_n("{n} more", "{n} more", len(titles) - _MOST_NAMED)])
