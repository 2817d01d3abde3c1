"""The words about a model: how it fits, how fast it is, what it costs and speaks. Pure."""

from __future__ import annotations

from app.catalog.fit import Reason, Verdict
from app.catalog.machine import Machine
from app.catalog.offers import Offer, Purpose, Recommendation
from app.catalog.spec import ModelSpec
from app.ui.formats import shown_number, shown_size
from app.ui.messages import language, locale, tr, tr_n
from app.ui.models.model_offer import ModelOffer
from app.ui.widgets.pill import Mark, Tone

_EXACT_BELOW = 10
_ROUGH_FROM, _ROUGH_STEP = 20, 5
"""An expectation is not told as if it were exact."""
_SEPARATOR = "  ·  "


def fit_pill(offer: Offer) -> tuple[str, Tone, Mark]:
    match offer.fit.verdict:
        case Verdict.WELL:
            return tr("fits well"), "good", "tick"
        case Verdict.TIGHT:
            return tr("fits tightly"), "warn", "question"
        case _:
            return tr("does not fit"), "bad", "cross"


def fit_sentence(offer: Offer, machine: Machine) -> str:
    """Why it does not fit well; empty where it does."""
    need = shown_size(offer.fit.need_bytes)
    total, free = shown_size(machine.memory.total_bytes), shown_size(machine.memory.available_bytes)
    match offer.fit.reason:
        case Reason.TOTAL_MEMORY:
            return tr("It needs {need} of memory; this computer has {total}.", need=need, total=total)
        case Reason.FREE_MEMORY:
            return tr("It needs {need} of memory and {free} are free now. Close other programs first.", need=need, free=free)
        case Reason.LITTLE_MEMORY:
            return tr(
                "It takes most of this computer's memory ({need} of {total}); other programs get slow.", need=need, total=total
            )
        case Reason.DISK:
            left = shown_size(machine.disk_free_bytes or 0)
            size = shown_size(offer.spec.main_file.size_bytes - offer.part_bytes)
            return tr("{size} are still to be fetched and only {left} are free on the disk.", size=size, left=left)
        case Reason.PROCESSOR:
            return tr("This processor lacks instructions that it needs to be fast.")
        case _:
            return ""


def speed_words(offer: Offer) -> str:
    """Documents a minute, and what that rests on."""
    speed = offer.speed
    rate = speed.documents_per_minute
    if speed.source != "documents" and rate >= _ROUGH_FROM:
        rate = float(_ROUGH_STEP * round(rate / _ROUGH_STEP))
    shown = locale().toString(rate, "f", 0 if rate >= _EXACT_BELOW else 1)
    match speed.source:
        case "documents":
            told = tr_n("from {n} document of yours", "from {n} documents of yours", speed.n_documents)
            return tr("{rate} documents a minute ({how})", rate=shown, how=told)
        case "measured":
            return tr("about {rate} documents a minute ({how})", rate=shown, how=tr("measured here"))
        case "related":
            return tr("about {rate} documents a minute ({how})", rate=shown, how=tr("by another model's speed here"))
        case _:
            return tr("about {rate} documents a minute ({how})", rate=shown, how=tr("by this computer's parts"))


def facts(shown: ModelOffer) -> str:
    """One line: speed, memory, disk, languages, licence, maker."""
    offer, spec = shown.offer, shown.spec
    parts = [
        speed_words(offer),
        tr("{size} of memory", size=shown_size(offer.fit.need_bytes)),
        tr("{size} on disk", size=shown_size(spec.main_file.size_bytes)),
        language_words(spec),
        tr("reads pictures") if shown.sees else "",
        tr("file checked") if shown.is_checked else "",
        license_facts(spec),
        spec.publisher if spec.main_file.checked != "imported" else "",
    ]
    return _SEPARATOR.join(part for part in parts if part)


def good_for(shown: ModelOffer) -> str:
    """What it is good at, or how far an unknown one is known."""
    spec = shown.spec
    if spec.good_for is not None:
        return spec.good_for.in_language(language())
    if not shown.is_unknown:
        return ""
    if shown.tested is None:
        return tr("A file of your own that no list describes. Try it out before you rely on it.")
    if shown.tested:
        return tr("A file of your own. It passed its self-test: it understands what it is asked.")
    return tr("A file of your own. It failed its self-test: its answers are not to be relied on.")


def language_words(spec: ModelSpec) -> str:
    turkish = {"broad": tr("good Turkish"), "base-only": tr("basic Turkish"), "no": tr("no Turkish")}.get(spec.turkish, "")
    count, _, rest = spec.languages.partition(" ")
    if count.rstrip("+").isdigit():
        spoken = tr("{n} languages", n=count)
    elif rest:
        spoken = tr("{n} languages", n=shown_number(len(spec.languages.split())))
    else:
        spoken = ""
    return ", ".join(part for part in (spoken, turkish) if part)


def license_words(spec: ModelSpec) -> str:
    return tr("licence unknown") if spec.license.id == "unknown" else spec.license.id.removeprefix("LicenseRef-")


def license_facts(spec: ModelSpec) -> str:
    """The licence and its limits in a few words."""
    limits = {"limited": tr("commercial use limited"), "no": tr("no commercial use")}
    limit = limits.get(spec.license.commercial, "")
    return f"{license_words(spec)} ({limit})" if limit else license_words(spec)


def license_note(spec: ModelSpec) -> str:
    """What the licence forbids, in a sentence."""
    notes = {
        "limited": tr("Commercial use is limited; the licence says how."),
        "no": tr("Commercial use is not allowed."),
        "unknown": tr("What it allows is not known."),
    }
    return notes.get(spec.license.commercial, "")


def purpose_words(purpose: Purpose) -> str:
    words = {
        "extract": tr("Finding values"),
        "classify": tr("Sorting into classes"),
        "summarize": tr("Summing up"),
        "vision": tr("Reading pictures"),
    }
    return words[purpose]


def why_words(choice: Recommendation) -> str:
    match choice.why:
        case "best":
            return tr("the best of those that fit well")
        case "fast_enough":
            return tr("the best that fits well and is fast enough here")
        case "only_one_that_fits":
            return tr("the fastest that fits; larger ones would keep you waiting")
        case _:
            return tr("no model for this fits this computer")


def machine_words(machine: Machine) -> str:
    """This computer in one line."""
    parts = [machine.processor, tr_n("{n} core", "{n} cores", machine.n_cores)]
    if machine.memory.total_bytes:
        total, free = shown_size(machine.memory.total_bytes), shown_size(machine.memory.available_bytes)
        parts.append(tr("{total} of memory, {free} free", total=total, free=free))
    if machine.disk_free_bytes is not None:
        parts.append(tr("{size} free on the disk", size=shown_size(machine.disk_free_bytes)))
    if machine.on_battery:
        parts.append(tr("on battery, which slows models down"))
    return _SEPARATOR.join(parts)
