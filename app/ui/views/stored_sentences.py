"""Sentences that come in English with documents and answers, by which they are found again to be shown in the person's language."""

from __future__ import annotations

from collections.abc import Sequence

from app.ui.messages import tr_filled, tr_n

_SHOWN_NOTICES = 2

REASONS = (
    "It stands in the document.",
    "It stands beside a label of this field.",
    "It stands in a row of the table.",
    "Quantity times unit price is not this amount.",
    "Some of its letters could not be read.",
    "Its check digits are right.",
    "Its check digits are wrong: see how it is printed.",
    "Nothing in the document tells which dollar this is.",
    "Nothing in the document tells whether the day or the month comes first.",
    "The document does not seem to give it.",
    "Nothing of this kind stands in the document.",
    "No label of this field stands near it.",
    "A label of this field stands beside it, but such values are often wrong.",
    "It stands in the list under “{heading}”.",
    "It stands in a list of counted things.",
    "It asks for something or promises it.",
    "The rows add up to the document's own sum.",
    "You often corrected values like this one.",
    "You confirmed most values like this one.",
    "{sum}; its place alone spoke for {value}",
    "The text says too little to be sure.",
    "Two {kind} could be meant: {values}.",
    "Three {kind} could be meant: {values}.",
    "Four {kind} could be meant: {values}.",
    "Several {kind} could be meant: {values}.",
    "This does not hold: {check}.",
    "It could also be {name}.",
    "The sentence as it stands in the document. Its weight is a rank among the sentences, not a probability.",
    "A sentence of the document with some words left out. Its weight is a rank among the sentences, not a probability.",
    "Corrected by you.",
    "Confirmed by you.",
    "Entered by you; it does not stand in the document.",
    "Taken out by you.",
    "The picture seems to say this, but it does not stand in the recognised text.",
    "The larger model read the same.",
    "The larger model read it, and it stands in the document.",
    "The larger model found no such value.",
    "The larger model found no such value; the local one stays.",
    "The larger model found none; the local ones stay.",
    "It does not stand in the document.",
    "The answer is not of the kind that was asked for.",
    "A check fails with it.",
    "The local answer is surer than answers of larger models are.",
    "The rows do not add up, and the local ones do.",
    "The task has no such class.",
    "The larger model chose this class.",
    "The larger model's words; every number, date and name in them stands in these sentences.",
    "No sentence of the document says this.",
    "It states what does not stand in the document: {facts}.",
)
NOTICES = (
    "Page {page} could not be read.",
    "Page {page} could not be drawn, so its pictures were not read.",
    "Page {page} is hard to read; some of its text may be wrong.",
    "Page {page} was turned to be read.",
    "Page {page} is incomplete: the file ends too early.",
    "Only the first {n} of {all} pages were read.",
    "Only the first {n} of {all} pages were recognised.",
    "Only the first {n} of {all} slides were read.",
    "Only the first {n} of {all} attachments were read.",
    "Only the first {n} rows were read.",
    "Attachment left out: {reason}",
    "The file holds pictures only; their writing was recognised.",
    "The encoding of the text is uncertain; some letters may be wrong.",
    "The hidden sheet “{name}” was left out.",
    "The sheet “{name}” could not be read.",
    "Quoted earlier messages and signatures were left out.",
    "The document holds no sentences that could be summed up.",
    "Nothing was found that somebody is asked or has promised to do.",
    "There are more possible items than are shown.",
    "A page could not be read from its picture. {reason}",
    "There was not enough memory for the model chosen; {name} answered.",
    "The model chosen can't be run by this version of Deskhand; {name} answered.",
    "The graphics card could not be used for the model chosen; {name} answered.",
    "The model chosen could not be loaded together with its projector; {name} answered.",
)


def shown_reason(reason: str) -> str:
    """A stored reason in the person's language; one that is not known stays as it is."""
    return tr_filled(" ".join(reason.split()), REASONS)


def shown_notices(notices: Sequence[str]) -> tuple[str, str]:
    """What to show of the notices, and all of them when that is not all."""
    sentences = [tr_filled(notice, NOTICES) for notice in notices]
    if len(sentences) <= _SHOWN_NOTICES:
        return " ".join(sentences), ""
    rest = tr_n("And one more note.", "And {n} more notes.", len(sentences) - _SHOWN_NOTICES)
    return " ".join([*sentences[:_SHOWN_NOTICES], rest]), "\n".join(sentences)
