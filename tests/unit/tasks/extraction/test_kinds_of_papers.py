"""What invented papers of several kinds are read as, by the evidence alone."""

from __future__ import annotations

import tomllib
from pathlib import Path

from app.domain.document import Document, Page
from app.domain.result import Result
from app.domain.task import FieldType, Task, TaskField, TaskKind
from app.tasks.extraction.extract import extract

TASKS = Path(__file__).resolve().parents[4] / "resources" / "tasks"


def read(task: Task | str, text: str) -> Result:
    if isinstance(task, str):
        task = Task.model_validate(tomllib.loads((TASKS / f"{task}.toml").read_text(encoding="utf-8")))
    page = Page(number=1, start=0, end=len(text))
    return extract(task, Document(name="a.txt", sha256="0", format="text", text=text, pages=(page,)), None)


def made_by_a_person(*fields: TaskField) -> Task:
    return Task(id="made", kind=TaskKind.EXTRACT, fields=fields)


EVENT = made_by_a_person(
    TaskField(name="speaker", type=FieldType.NAME, description="speaker of the evening"),
    TaskField(name="location", description="place of the evening"),
)


def test_an_announcement_with_cues() -> None:
    fields = read(
        EVENT, "Topic: Bees in town\nWho: Dr. Ines Falk, Beekeepers' Society\nWhere: Old Mill, room 3\nHost: Tom Weller\n"
    ).fields
    assert (fields["speaker"].value, fields["location"].value) == ("Dr. Ines Falk", "Old Mill, room 3")


def test_an_announcement_in_prose() -> None:
    text = (
        "Subject: Garden Club\n\nThe next evening is on Tuesday, 5 May 2026, at 7 pm in the Old Mill, room 3.\n"
        "The talk will be given by Ines Falk of the Beekeepers' Society. Tea is served.\n"
    )
    fields = read(EVENT, text).fields
    assert (fields["speaker"].value, fields["location"].value) == ("Ines Falk", "Old Mill, room 3")


def test_the_day_of_the_trade_goes_before_that_of_the_money() -> None:
    text = (
        "Musterbank AG\nWertpapierabrechnung Verkauf\n\nNominale   Wertpapierbezeichnung     ISIN (WKN)\n"
        "Stück 25   BEISPIEL HOLDING N      CH0012345672 (A9B8C7)\n\nSchlusstag   04.03.2026\nKurs   17,20 EUR\n"
        "Kurswert   430,00 EUR\nProvision   9,90- EUR\nAusmachender Betrag   420,10 EUR\n"
        "Den Betrag buchen wir mit Wertstellung 06.03.2026 zu Gunsten Ihres Kontos.\n"
    )
    fields = read("bank_statement", text).fields
    found = {name: fields[name].value for name in ("transaction_type", "date", "amount", "isin", "wkn")}
    assert found == {"transaction_type": "sale", "date": "2026-03-04", "amount": "420.10", "isin": "CH0012345672", "wkn": "A9B8C7"}


AGREEMENT = (
    "CONFIDENTIALITY AGREEMENT\n\nThis Agreement is made as of March 2, 2026 between Alder Mills Inc. and Brook & Co. LLC.\n\n"
    "3. Non-Solicitation. For a period of eighteen (18) months thereafter the Recipient shall not solicit any employee of the\n"
    "Discloser.\n\n{term}\n\n8. Governing Law. This Agreement is governed by the laws of the State of Oregon.\n"
)


def test_how_long_an_agreement_lasts() -> None:
    term = "7. Term. This Agreement shall remain in effect for a term of two (2) years from the date hereof."
    fields = read("contract", AGREEMENT.format(term=term)).fields
    assert (fields["term"].value, fields["governing_law"].value) == ("P2Y", "Oregon")


def test_no_other_period_is_taken_for_it() -> None:
    fields = read("contract", AGREEMENT.format(term="7. Notices. Notices are sent by letter.")).fields
    assert fields["term"].value is None


def test_a_list_in_another_language_than_the_task() -> None:
    task = made_by_a_person(
        TaskField(name="servings", type=FieldType.NUMBER, description="number of servings"),
        TaskField(name="ingredients", many=True, description="ingredients with their quantities"),
    )
    text = (
        "Linsensuppe\n1 Kommentar\n\n4 Portionen\n\nZutaten\n\n- 250 g Linsen\n- 1 Zwiebel\n- Salz\n\n"
        "Zubereitung\n1. Alles 30 Minuten kochen.\n"
    )
    result = read(task, text)
    assert result.fields["servings"].value == "4"
    assert [value.value for value in result.lists["ingredients"]] == ["250 g Linsen", "1 Zwiebel", "Salz"]
