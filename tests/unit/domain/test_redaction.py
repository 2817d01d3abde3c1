"""Redaction: nothing chosen stays, everything comes back, and no placeholder is mistaken for the document's words."""

import re
import zlib

from hypothesis import given
from hypothesis import strategies as st

from app.domain.cutout import Cutout, PlacedWord
from app.domain.enquiry import Enquiry, Excerpt, Question, Sensitive
from app.domain.privacy import SensitiveKind
from app.domain.redaction import redact, restore
from app.domain.task import TaskKind

HIDEABLE = [kind for kind in SensitiveKind if kind not in {SensitiveKind.HEALTH, SensitiveKind.LEGAL}]
words = st.text(alphabet="abXY19 [_]ıİß\nNAME", min_size=1, max_size=12)


def enquiry_of(texts, sensitive=(), **more):
    excerpts, start = [], 0
    for text in texts:
        excerpts.append(Excerpt(1, start, start + len(text), text))
        start += len(text) + 1
    questions = (Question(target="name", title="Name"),)
    return Enquiry(task="t", kind=TaskKind.EXTRACT, questions=questions, excerpts=tuple(excerpts), sensitive=sensitive, **more)


@st.composite
def enquiries(draw):
    texts = draw(st.lists(st.lists(words, min_size=1, max_size=5).map("".join), min_size=1, max_size=3))
    text, spans = "\n".join(texts), []
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, min(len(text), start + 9)))
        spans.append(Sensitive(start, end, draw(st.sampled_from(HIDEABLE)), text[start:end]))
    return enquiry_of(texts, tuple(sorted(spans)))


@given(enquiries())
def test_restoring_gives_the_words_back(enquiry):
    redacted = redact(enquiry)
    hidden = [excerpt.text for excerpt in redacted.enquiry.excerpts]
    assert restore(hidden, redacted.replacements) == [excerpt.text for excerpt in enquiry.excerpts]


@given(enquiries())
def test_what_is_hidden_is_gone(enquiry):
    redacted = redact(enquiry)
    for before, after in zip(enquiry.excerpts, redacted.enquiry.excerpts, strict=True):
        shown = {place for place in range(before.start, before.end)}
        for span in enquiry.sensitive:
            shown -= set(range(span.start, span.end))
        kept = "".join(before.text[place - before.start] for place in sorted(shown))
        rest = after.text
        for placeholder, _ in redacted.replacements:
            rest = rest.replace(placeholder, "")
        assert rest == kept
    assert redacted.enquiry.sensitive == ()


@given(enquiries())
def test_placeholders_stand_nowhere_else_and_are_one_to_one(enquiry):
    redacted = redact(enquiry)
    text = "\n".join(excerpt.text for excerpt in enquiry.excerpts).upper()
    placeholders = [placeholder for placeholder, _ in redacted.replacements]
    originals = [original for _, original in redacted.replacements]
    assert len(set(placeholders)) == len(placeholders)
    assert len(set(originals)) == len(originals)
    assert all(placeholder.strip("[]") not in text for placeholder in placeholders)


def test_the_same_words_get_the_same_placeholder():
    text = "Ada Novak owes Ada Novak 5 to Bo Li."
    spans = [Sensitive(start, start + 9, SensitiveKind.NAME, "Ada Novak") for start in (0, 15)]
    spans.append(Sensitive(30, 35, SensitiveKind.NAME, "Bo Li"))
    redacted = redact(enquiry_of([text], tuple(spans)))
    assert redacted.enquiry.excerpts[0].text == "[NAME_1] owes [NAME_1] 5 to [NAME_2]."
    assert redacted.replacements == (("[NAME_1]", "Ada Novak"), ("[NAME_2]", "Bo Li"))


def test_a_placeholder_that_the_document_itself_holds_is_skipped():
    redacted = redact(enquiry_of(["[name_1] wrote to Ada"], (Sensitive(18, 21, SensitiveKind.NAME, "Ada"),)))
    assert redacted.enquiry.excerpts[0].text == "[name_1] wrote to [NAME_2]"
    assert restore(["[name_1]", "NAME_2"], redacted.replacements) == ["[name_1]", "Ada"]


def test_only_the_spans_chosen_are_hidden():
    spans = (Sensitive(0, 3, SensitiveKind.NAME, "Ada"), Sensitive(4, 9, SensitiveKind.PHONE, "12345"))
    redacted = redact(enquiry_of(["Ada 12345"], spans), spans[1:])
    assert redacted.enquiry.excerpts[0].text == "Ada [PHONE_1]"
    assert redacted.enquiry.sensitive == spans[:1]


def test_words_of_a_subject_are_shown_but_listed():
    spans = (Sensitive(0, 9, SensitiveKind.HEALTH, "Diagnosis"),)
    redacted = redact(enquiry_of(["Diagnosis: J06"], spans))
    assert redacted.enquiry.excerpts[0].text == "Diagnosis: J06"
    assert redacted.enquiry.sensitive == spans


def test_answers_are_restored_at_any_depth_and_other_values_stay():
    replacements = (("[NAME_1]", "Ada"), ("[NAME_10]", "Bo"))
    answer = {"seller": "[NAME_1] & name_10", "rows": [{"who": "[NAME_10]", "n": 3, "ok": None}], "NAME_1": True}
    assert restore(answer, replacements) == {"seller": "Ada & Bo", "rows": [{"who": "Bo", "n": 3, "ok": None}], "NAME_1": True}


def test_what_only_looks_like_a_placeholder_is_left():
    assert restore("SURNAME_1 NAME_12 [NAME_1", (("[NAME_1]", "Ada"),)) == "SURNAME_1 NAME_12 [NAME_1"


def drawn(page, text):
    """One row of pixels, one for each character, and a place for each word; the edges are farther apart than what is painted."""
    spread = 20
    words = tuple(
        PlacedWord(found.start(), found.end(), spread * found.start(), 0, spread * found.end() - 10, 1)
        for found in re.finditer(r"\S+", text)
    )
    return Cutout(page=page, width=spread * len(text), height=1, packed=zlib.compress(b"\x77" * spread * len(text)), words=words)


def is_visible(cutout, start, end):
    rows = zlib.decompress(cutout.packed)
    return [rows[20 * at + 5] != 0 for at in range(start, end)]


@given(enquiries())
def test_what_is_hidden_in_the_text_is_hidden_in_the_picture(enquiry):
    whole = "\n".join(excerpt.text for excerpt in enquiry.excerpts)
    redacted = redact(enquiry.model_copy(update={"cutouts": (drawn(1, whole), drawn(2, whole))}))
    by_page = {cutout.page: cutout for cutout in redacted.enquiry.cutouts}
    assert by_page[2] == drawn(2, whole)
    for span in enquiry.sensitive:
        parts = (part for part in re.finditer(r"\S+", whole[span.start : span.end]))
        for part in parts:
            assert not any(is_visible(by_page[1], span.start + part.start(), span.start + part.end()))


def test_a_picture_without_the_place_of_a_hidden_word_is_left_out():
    enquiry = enquiry_of(["call +49 30 901820"], (Sensitive(5, 18, SensitiveKind.PHONE, "+49 30 901820"),))
    whole = drawn(1, "call +49 30 901820")
    lost = whole.model_copy(update={"words": whole.words[:-1]})
    assert len(redact(enquiry.model_copy(update={"cutouts": (whole,)})).enquiry.cutouts) == 1
    assert redact(enquiry.model_copy(update={"cutouts": (lost,)})).enquiry.cutouts == ()
    assert redact(enquiry.model_copy(update={"cutouts": (lost,)}), []).enquiry.cutouts == (lost,)
