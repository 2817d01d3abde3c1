"""The figures of a benchmark, made from its measurements."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from app.evaluation.bench.limits import Limits
from app.evaluation.bench.records import Measurement, SystemName
from app.evaluation.bench.statistics import Ratio, ratio


@dataclass(frozen=True)
class SystemFigures:
    """One system. Seconds are medians over documents, token counts means; shares are of what the machine allows."""

    system: SystemName
    documents: int
    faults: int
    documents_per_minute: float
    seconds: float
    read_s: float
    prompt_s: float
    decode_s: float
    around_s: float
    """Neither reading the prompt nor writing: Python, the way between processes."""
    processor_s: float | None
    prompt_tokens: float
    cached_tokens: float
    generated_tokens: float
    steps: float
    right: int
    asked: int
    right_by_field: dict[str, int]
    invented: int
    cut: int
    peak_bytes: int | None
    prompt_share: float | None
    decode_share: float | None

    @property
    def accuracy(self) -> float | None:
        return self.right / self.asked if self.asked else None


@dataclass(frozen=True)
class Comparison:
    """How many times longer a peer takes than Deskhand on the same documents: with reading them, and without."""

    peer: SystemName
    ours: SystemName
    with_reading: Ratio | None
    answer_alone: Ratio | None
    processor_time: Ratio | None
    """Of the model's process."""


def figures_of(
    system: SystemName, measurements: Sequence[Measurement], limits: Limits | None, peak_bytes: int | None
) -> SystemFigures | None:
    """None where no document was answered."""
    own = [one for one in measurements if one.system is system]
    done = [one for one in own if not one.fault]
    if not done:
        return None
    fields = {name for one in own for name in one.right}
    return SystemFigures(
        system=system,
        documents=len(done),
        faults=len(own) - len(done),
        documents_per_minute=60 * len(done) / sum(one.total_s for one in done),
        seconds=statistics.median(one.total_s for one in done),
        read_s=statistics.median(one.read_s for one in done),
        prompt_s=statistics.median(one.prompt_s for one in done),
        decode_s=statistics.median(one.decode_s for one in done),
        around_s=statistics.median(one.answer_s - one.prompt_s - one.decode_s for one in done),
        processor_s=statistics.median(known)
        if (known := [one.processor_s for one in done if one.processor_s is not None])
        else None,
        prompt_tokens=statistics.fmean(one.tokens.prompt for one in done),
        cached_tokens=statistics.fmean(one.tokens.cached for one in done),
        generated_tokens=statistics.fmean(one.tokens.generated for one in done),
        steps=statistics.fmean(one.tokens.steps for one in done),
        right=sum(sum(one.right.values()) for one in own),
        asked=sum(len(one.right) for one in own),
        right_by_field={name: sum(one.right.get(name, False) for one in own) for name in sorted(fields)},
        invented=sum(one.invented for one in done),
        cut=sum(one.was_cut for one in done),
        peak_bytes=peak_bytes,
        prompt_share=_prompt_share(done, limits),
        decode_share=_decode_share(done, limits),
    )


def compare(measurements: Sequence[Measurement], peer: SystemName, ours: SystemName = SystemName.DESKHAND) -> Comparison:
    """Paired by document and round; documents that either failed on are left out."""
    own = {(one.file, one.round): one for one in measurements if one.system is ours and not one.fault}
    theirs = {(one.file, one.round): one for one in measurements if one.system is peer and not one.fault}
    both = [key for key in own if key in theirs]
    return Comparison(
        peer,
        ours,
        ratio([theirs[key].total_s for key in both], [own[key].total_s for key in both]),
        ratio([theirs[key].answer_s for key in both], [own[key].answer_s for key in both]),
        ratio([theirs[key].processor_s or 0.0 for key in both], [own[key].processor_s or 0.0 for key in both]),
    )


def _prompt_share(done: Sequence[Measurement], limits: Limits | None) -> float | None:
    """Speed of reading prompts beside the kernels' own."""
    seconds = sum(one.prompt_s for one in done)
    if limits is None or limits.speeds is None or seconds <= 0:
        return None
    return sum(one.tokens.prompt - one.tokens.cached for one in done) / seconds / limits.speeds.prompt_tokens_per_s


def _decode_share(done: Sequence[Measurement], limits: Limits | None) -> float | None:
    """Speed of writing beside what memory bandwidth allows one token after another; above 1 where several are computed at once."""
    seconds, written = sum(one.decode_s for one in done), sum(one.tokens.generated for one in done)
    if limits is None or limits.written_tokens_per_s is None or seconds <= 0 or not written:
        return None
    return written / seconds / limits.written_tokens_per_s
