from __future__ import annotations

from app.domain.task import FieldType, TaskField
from app.tasks.blocks import is_sender_line
from app.tasks.candidates import Option, Source, find_typed, options_of
from app.tasks.labels import LabelIndex
from app.tasks.layout import Layout
from app.tasks.party_features import party_features
from app.tasks.scene import Scene, column_sums

SELLER = TaskField(name="seller_name", type=FieldType.NAME, labels=("seller", "from"), not_labels=("contact",))
BUYER = TaskField(name="buyer_name", type=FieldType.NAME, labels=("bill to", "customer"), not_labels=("contact",))

LETTER = """\
Weaver & Dunn · 4 Mill Lane · LS1 4AP Leeds

Bill to                              Weaver & Dunn
Oakfield Joinery                     4 Mill Lane
Contact Mary Field                   LS1 4AP Leeds
21 Station Road                      hello@weaverdunn.example
M4 5JD Manchester
                                     Amount 120.00
"""


def source_of(text: str) -> Source:
    layout = Layout(text)
    return Source(layout, LabelIndex((SELLER, BUYER)).find(layout), find_typed(text))


def option(text: str, source: Source, field: TaskField = BUYER) -> Option:
    return next(found for found in options_of(field, source) if found.value == text)


def facts(text: str, field: TaskField) -> dict[str, float]:
    source = source_of(LETTER)
    found = option(text, source, field)
    line = source.layout.line_of(found.start)
    return party_features(field, found, Scene.of(source), line.index if line else 0)


def test_a_heading_and_the_lines_down_to_the_address_are_found() -> None:
    source = source_of(LETTER)
    scene = Scene.of(source)
    place = scene.place_of(option("Oakfield Joinery", source))
    assert place.heading is not None
    assert place.heading.is_for("buyer_name")
    assert (place.before, place.after) == (0, 1)
    assert scene.place_of(option("Contact Mary Field", source)).before == 1


def test_a_heading_speaks_for_one_party_and_against_the_other() -> None:
    assert facts("Oakfield Joinery", BUYER)["heading_own"] == 1.0
    assert facts("Oakfield Joinery", SELLER)["heading_other"] == 1.0


def test_the_senders_line_and_the_domain_name_the_sender() -> None:
    assert is_sender_line("Weaver & Dunn · 4 Mill Lane · LS1 4AP Leeds")
    assert facts("Weaver & Dunn", SELLER)["names_sender"] == 1.0
    assert facts("Weaver & Dunn", SELLER)["domain_near"] == 1.0
    assert facts("Oakfield Joinery", SELLER)["names_sender"] == 0.0


def test_words_that_announce_a_person_are_told() -> None:
    assert facts("Contact Mary Field", BUYER)["opens_warning"] == 1.0


def test_a_legal_form_completes_a_name() -> None:
    source = source_of("NORDWIND    GMBH\n\nHarbour and Coastal\nTrading Ltd\n")
    values = [found.value for found in options_of(SELLER, source)]
    assert "NORDWIND GMBH" in values
    assert "Harbour and Coastal Trading Ltd" in values


def test_what_stands_beside_a_checked_code_is_a_name() -> None:
    source = source_of("12 Northern Lights Fund US0378331005\n")
    assert "Northern Lights Fund" in [found.value for found in options_of(SELLER, source)]


def test_the_sum_of_a_column_and_its_parts_are_told() -> None:
    source = source_of("a     10.00\nb      5.50\nc     15.50\nd     99.00\n")
    sums, parts = column_sums(source)
    amounts = {found.start: found.value for found in source.typed[FieldType.AMOUNT]}
    assert [amounts[start] for start in sums] == ["15.50"]
    assert sorted(amounts[start] for start in parts) == ["10.00", "5.50"]


def test_a_field_may_count_without_its_sign() -> None:
    field = TaskField(name="amount", type=FieldType.AMOUNT, unsigned=True)
    assert [found.value for found in options_of(field, source_of("Booked -45.20 EUR\n"))] == ["45.20"]
