"""What a model reads in a picture counts only where the recognised text holds it, as recognition errs or not."""

from __future__ import annotations

import json

import llguidance
import pytest

from app.domain.document import Document, Page
from app.domain.picture import PagePicture
from app.domain.task import FieldType, Task, TaskField
from app.errors import ModelError
from app.tasks.asking.engine import Generation, SeeingEngine, Words
from app.tasks.extraction.extract import extract, scene_of
from app.tasks.extraction.vision import answer_grammar
from app.tasks.extraction.vision_places import RecognisedText
from app.worker.fake import FakeEngine

TEXT = (
    "C0RNER BAKERY LTD\nHigh Street 5, Brighlon\nDate: 12.03.2O24\nReceipt no  A-4711\n\n"
    "Bread            3.50\nCake             9.OO\nTotal           12.50 GBP\nPaid by card\n"
)
TASK = Task.model_validate(
    {
        "id": "slip",
        "kind": "extract",
        "fields": [
            {"name": "shop", "type": "name"},
            {"name": "receipt_no", "type": "identifier", "labels": ["Receipt no"]},
            {"name": "paid", "type": "amount", "labels": ["Given"]},
        ],
    }
)
PICTURE = PagePicture(2, 2, 6, bytes(12))


class EngineWithEyes(FakeEngine):
    """Says about each picture what it was told to, once its grammar allows that."""

    def __init__(self, *answers: str) -> None:
        super().__init__()
        self.answers, self.questions, self.has_looked = list(answers), [], False

    def look(self, parts) -> None:
        if self.answers[0] == "too large":
            self.answers.pop(0)
            raise ModelError(model="fake", detail="a picture takes 9 tokens and there is room for 8.")
        self.questions.append("".join(part.text for part in parts if isinstance(part, Words) and not part.special))
        self.has_looked = True

    def generate(self, grammar: str, *, limit: int, draft_from=()) -> Generation:
        if not self.has_looked:
            return super().generate(grammar, limit=limit, draft_from=draft_from)
        self.has_looked = False
        told = json.loads(self.answers.pop(0))
        answer = json.dumps({name: words for name, words in told.items() if f'\\"{name}\\"' in grammar})
        assert accepts(grammar, answer)
        return Generation(answer, [])


def accepts(grammar: str, text: str) -> bool:
    matcher = llguidance.LLMatcher(llguidance.LLTokenizer("byte"), llguidance.LLMatcher.grammar_from_lark(grammar))
    return not matcher.is_error() and all(matcher.consume_token(byte) for byte in text.encode()) and matcher.is_accepting()


def document(text: str = TEXT) -> Document:
    page = Page(number=1, start=0, end=len(text), width=200, height=300, ocr=True, quality=0.9)
    return Document(name="slip.png", sha256="0" * 64, format="image", text=text, pages=(page,))


def place(words: str, type_: FieldType, text: str = TEXT):
    scene = scene_of(TASK, document(text))
    return RecognisedText(scene.source).place_of(words, TaskField(name="x", type=type_))


@pytest.mark.parametrize(
    ("words", "type_", "printed", "value"),
    [
        ("Corner Bakery Ltd", FieldType.NAME, "C0RNER BAKERY LTD", "C0RNER BAKERY LTD"),
        ("12.50", FieldType.AMOUNT, "12.50", "12.50"),
        ("GBP 12,50", FieldType.AMOUNT, "12.50", "12.50"),
        ("9.00", FieldType.AMOUNT, "9.OO", "9.00"),
        ("12.03.2024", FieldType.DATE, "12.03.2O24", "2024-03-12"),
        ("A-4711", FieldType.IDENTIFIER, "A-4711", "A-4711"),
        ("High Street 5, Brighton", FieldType.TEXT, "High Street 5, Brighlon", "High Street 5, Brighlon"),
        ("paid  by   card", FieldType.TEXT, "Paid by card", "Paid by card"),
    ],
)
def test_words_are_found_as_recognition_misreads_them(words, type_, printed, value):
    option = place(words, type_)
    assert (option.text, option.value) == (printed, value)
    assert TEXT[option.start : option.end] == printed


@pytest.mark.parametrize(
    ("words", "type_"),
    [
        ("Coffee House", FieldType.NAME),
        ("12.60", FieldType.AMOUNT),
        ("2.50", FieldType.AMOUNT),
        ("19.00", FieldType.AMOUNT),
        ("A-4712", FieldType.IDENTIFIER),
        ("4711", FieldType.AMOUNT),
        ("13.03.2024", FieldType.DATE),
        ("High Street 6, Brighton", FieldType.TEXT),
        ("", FieldType.TEXT),
        ("x", FieldType.TEXT),
        ("aid by car", FieldType.TEXT),
    ],
)
def test_what_the_text_does_not_hold_has_no_place(words, type_):
    assert place(words, type_) is None


def test_a_figure_that_reads_otherwise_by_itself_is_not_the_pictures():
    """A point for a comma is a misreading of one sign, and another amount."""
    text = TEXT.replace("12.50 GBP", "1,250 GBP")
    assert place("1,250", FieldType.AMOUNT, text).value == "1250"
    assert place("1.250", FieldType.AMOUNT, text) is None


def test_empty_text_holds_nothing():
    assert place("Corner Bakery", FieldType.NAME, text="") is None


def test_place_that_the_picture_speaks_for_becomes_likelier():
    before = extract(TASK, document(), EngineWithEyes())
    engine = EngineWithEyes('{"shop": "Paid by card", "receipt_no": "A-4711", "paid": null}')
    after = extract(TASK, document(), engine, pictures=[PICTURE])

    def probability(result, text):
        value = result.fields["shop"]
        return 1.0 if value.text == text else next((other.probability for other in value.alternatives if other.text == text), 0.0)

    assert probability(after, "Paid by card") > 2 * probability(before, "Paid by card") > 0
    assert after.fields["receipt_no"].value == "A-4711"
    assert after.notices == ()


def test_what_only_the_picture_says_is_kept_as_a_refused_opinion_and_never_as_a_value():
    engine = EngineWithEyes('{"shop": "Coffee House", "receipt_no": "B-9", "paid": "77.70"}')
    result = extract(TASK, document(), engine, pictures=[PICTURE])
    for name, said in (("shop", "Coffee House"), ("paid", "77.70")):
        value = result.fields[name]
        (opinion,) = value.opinions
        assert (opinion.source, opinion.text, opinion.value) == ("picture", said, said)
        assert not opinion.accepted
        assert opinion.evidence is None
        assert said not in {value.text, value.value, *(choice.text for choice in value.alternatives)}


def test_next_page_is_asked_for_what_the_first_did_not_show():
    engine = EngineWithEyes('{"shop": "Corner Bakery Ltd", "paid": null}', '{"paid": "12.50"}')
    task = TASK.model_copy(update={"fields": (TASK.fields[0], TASK.fields[2])})
    extract(task, document(), engine, pictures=[PICTURE, PICTURE])
    assert [("- shop:" in question, "- paid:" in question) for question in engine.questions] == [(True, True), (False, True)]


def test_picture_that_does_not_fit_is_told_and_the_text_is_read():
    result = extract(TASK, document(), EngineWithEyes("too large"), pictures=[PICTURE])
    assert "A page could not be read from its picture." in result.notices[0]
    assert result.fields["receipt_no"].value == "A-4711"


def test_engine_without_eyes_is_not_asked_to_look():
    assert not isinstance(FakeEngine(), SeeingEngine)
    assert extract(TASK, document(), FakeEngine(), pictures=[PICTURE]).notices == ()


def test_answers_are_one_object_of_the_fields_with_words_of_one_line():
    grammar = answer_grammar(["a", "b"])
    assert accepts(grammar, '{"a": "1,50 €", "b": null}')
    for wrong in ('{"a": "x"}', '{"b": null, "a": null}', '{"a": "x\n", "b": null}', '{"a": ' + '"' + "x" * 81 + '", "b": null}'):
        assert not accepts(grammar, wrong)
