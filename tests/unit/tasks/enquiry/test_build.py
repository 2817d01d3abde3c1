"""The enquiry: the lines that the questions need, and nothing of the local answer."""

import tomllib
from pathlib import Path

import pytest

from app.domain.document import Document, Page
from app.domain.privacy import PrivacyClass, SensitiveKind
from app.domain.redaction import redact
from app.domain.result import LabelAnswer, Result
from app.domain.task import SummaryStyle, Task, TaskField, TaskKind, TaskLabel
from app.tasks.enquiry.build import enquire
from app.tasks.extraction.extract import extract

INVOICE = Task.model_validate(tomllib.loads(Path("resources/tasks/invoice.toml").read_text(encoding="utf-8")))
FILLER = "\n".join(f"The goods of part {number} stay property of the seller until they are paid in full." for number in range(40))
BILL = f"""Nordwind Werkzeuge GmbH            Invoice no: NW-2291
Bremer Weg 4, 20095 Hamburg        Invoice date: 04.05.2026
                                   Due date: 18.05.2026
Bill to: Mrs Clara Oswin
IBAN DE89 3704 0044 0532 0130 00

Description        Quantity   Unit price     Amount
Drill bits               4        12.50      50.00
Saw blade                2        10.00      20.00

Net amount                                   70.00
VAT 19 %                                     13.30
Total amount                                 83.30

{FILLER}
"""


def document_of(text, pages=1):
    size = len(text) // pages
    cuts = [size * number for number in range(pages)] + [len(text)]
    return Document(
        name="a.txt",
        sha256="0" * 64,
        format="text",
        text=text,
        pages=tuple(Page(number=n + 1, start=cuts[n], end=cuts[n + 1]) for n in range(pages)),
    )


@pytest.fixture(scope="module")
def bill():
    document = document_of(BILL)
    return document, extract(INVOICE, document, None)


def ask(bill, *targets, **more):
    return enquire(INVOICE, bill[0], bill[1], targets=targets, **more)


def shown(enquiry):
    return "\n".join(excerpt.text for excerpt in enquiry.excerpts)


def test_a_field_takes_the_lines_of_its_candidates_alone(bill):
    enquiry = ask(bill, "total_amount")
    assert "Total amount" in shown(enquiry)
    assert "property of the seller" not in shown(enquiry)
    assert enquiry.chars < 0.25 * len(bill[0].text)
    assert enquiry.targets == ("total_amount",)
    assert not enquiry.whole_document


def test_excerpts_are_the_documents_text_at_their_places(bill):
    enquiry = ask(bill, "total_amount", "seller_name", "line_items")
    for excerpt in enquiry.excerpts:
        assert BILL[excerpt.start : excerpt.end] == excerpt.text
    starts = [excerpt.start for excerpt in enquiry.excerpts]
    assert starts == sorted(starts)
    for span in enquiry.sensitive:
        assert BILL[span.start : span.end] == span.text
        assert any(excerpt.start <= span.start and span.end <= excerpt.end for excerpt in enquiry.excerpts)
    ends = [0, *(span.end for span in enquiry.sensitive)]
    assert all(end <= span.start for end, span in zip(ends, enquiry.sensitive, strict=False))


def test_rows_take_their_table_with_its_head(bill):
    text = shown(ask(bill, "line_items"))
    assert all(words in text for words in ("Unit price", "Drill bits", "Saw blade"))
    assert "property" not in text


def test_the_whole_document_only_when_it_is_asked_for(bill):
    enquiry = ask(bill, "total_amount", whole_document=True)
    assert enquiry.whole_document
    assert shown(enquiry) == BILL.strip("\n")


def test_no_local_answer_goes_with_it(bill):
    told = ask(bill, "total_amount", "seller_name").model_dump(exclude={"excerpts", "sensitive"})
    assert "83.30" not in str(told)
    assert "Nordwind" not in str(told)


def test_what_is_sensitive_is_found_and_can_be_hidden(bill):
    enquiry = ask(bill, "iban", "buyer_name")
    assert {SensitiveKind.IBAN, SensitiveKind.NAME} <= {span.kind for span in enquiry.sensitive}
    assert enquiry.privacy is PrivacyClass.REDACTED
    hidden = shown(redact(enquiry).enquiry)
    assert "3704" not in hidden
    assert "Oswin" not in hidden
    assert "[IBAN_1]" in hidden


def test_the_question_speaks_in_the_words_of_the_task(bill):
    fields, rows = ask(bill, "issue_date", "line_items").questions
    assert (fields.target, fields.title, fields.type) == ("issue_date", "Issue date", "date")
    assert "issued" in fields.description
    assert (rows.type, rows.many, [cell.target for cell in rows.cells]) == (
        "rows",
        True,
        ["description", "quantity", "unit_price", "amount"],
    )


def test_what_the_task_does_not_have_is_not_asked(bill):
    assert ask(bill, "label", "points", "no_such_field").questions == ()


def test_a_class_is_asked_with_its_labels_and_the_beginning():
    task = Task(id="sort", kind=TaskKind.CLASSIFY, labels=(TaskLabel(name="a", description="first"), TaskLabel(name="b")))
    text = "\n".join(f"line {number}" for number in range(200))
    result = Result(task="sort", label=LabelAnswer(value="a", confidence=0.4))
    enquiry = enquire(task, document_of(text), result, targets=["label"])
    assert enquiry.questions[0].labels == (("a", "first"), ("b", ""))
    assert shown(enquiry).startswith("line 0\n")
    assert enquiry.chars < 0.3 * len(text)


@pytest.mark.parametrize("style", SummaryStyle)
def test_points_are_asked_with_the_sentences_that_say_most(style):
    task = Task(id="sum", kind=TaskKind.SUMMARIZE, style=style, max_points=2)
    text = " ".join(f"The committee decided on matter {number} after a long debate in the town hall." for number in range(80))
    enquiry = enquire(task, document_of(text), Result(task="sum"), targets=["points"])
    (question,) = enquiry.questions
    assert question.many
    assert question.max_count == 2
    assert bool(question.cells) is (style is SummaryStyle.FAQ)
    assert 0 < enquiry.chars < 0.5 * len(text)
    assert enquiry.language == "en"


def test_excerpts_end_where_pages_do():
    task = Task(id="t", kind=TaskKind.EXTRACT, fields=(TaskField(name="total", type="amount"),))
    document = document_of("Total 12.50\nTotal 13.50\n" * 8, pages=4)
    enquiry = enquire(task, document, extract(task, document, None), targets=["total"], whole_document=True)
    assert [excerpt.page for excerpt in enquiry.excerpts] == [1, 2, 3, 4]


def test_what_no_line_can_answer_is_not_asked():
    task = Task(id="t", kind=TaskKind.EXTRACT, fields=(TaskField(name="total", type="amount"), TaskField(name="iban", type="iban")))
    document = document_of("Total 12.50\nThank you\n")
    enquiry = enquire(task, document, extract(task, document, None), targets=["total", "iban"])
    assert enquiry.targets == ("total",)
    for text in (" \n \n", "Thank you\n"):
        empty = document_of(text)
        for whole in (False, True):
            nothing = enquire(task, empty, extract(task, empty, None), targets=["iban"], whole_document=whole)
            assert bool(nothing.questions) is bool(nothing.excerpts) is (whole and bool(text.strip()))
