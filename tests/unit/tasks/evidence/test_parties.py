from __future__ import annotations

import pytest

from app.domain.task import FieldType, TaskField
from app.tasks.candidates.finding import Source, find_typed, options_of
from app.tasks.candidates.options import Option
from app.tasks.evidence.blocks import has_legal_form, is_address, is_sender_line
from app.tasks.evidence.forms import goes_beyond
from app.tasks.evidence.party_features import owner_features, party_features
from app.tasks.evidence.scene import Scene
from app.tasks.evidence.sums import column_sums
from app.tasks.evidence.text_features import text_features
from app.tasks.lines.labels import LabelIndex
from app.tasks.lines.layout import Layout
from app.tasks.text.folding import fold

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


COLUMNS = """\
Seller:                               Buyer:
Harrow School for                     Fenwick Partners &
Sound and Light                       Whitby LLP
11 Foundry Street                     80 Canal Street
"""


@pytest.mark.parametrize(
    ("name", "pieces"),
    [
        ("Harrow School for Sound and Light", ("Harrow School for", "Sound and Light")),
        ("Fenwick Partners & Whitby LLP", ("Fenwick Partners &", "Whitby LLP")),
    ],
)
def test_a_name_that_ends_openly_goes_on_in_its_column(name: str, pieces: tuple[str, ...]) -> None:
    found = option(name, source_of(COLUMNS))
    assert tuple(COLUMNS[start:end] for start, end in found.parts) == pieces
    assert COLUMNS[found.start : found.end] == found.text


def test_names_in_two_columns_are_not_at_the_same_place() -> None:
    source = source_of(COLUMNS)
    left, right = option("Harrow School for Sound and Light", source), option("Fenwick Partners & Whitby LLP", source)
    assert left.end > right.start
    assert not left.overlaps(right)
    assert left.overlaps(option("Sound and Light", source))


def test_the_first_piece_of_a_name_that_goes_on_ends_openly() -> None:
    source = source_of(COLUMNS)
    scene = Scene.of(source)
    assert text_features(option("Harrow School for", source), scene, 1)["open_end"] == 1.0
    assert text_features(option("Harrow School for Sound and Light", source), scene, 1)["open_end"] == 0.0


def test_whose_tax_number_it_is_is_told_by_the_heading_above() -> None:
    text = "Loom & Thread Ltd\n\nBill to\nOakfield Joinery GmbH\nTorhaus 2\n10115 Berlin\nVAT ID DE136695976\n"
    field = TaskField(name="seller_tax_id", type=FieldType.TAX_ID, labels=("VAT ID",))
    source = source_of(text)
    (number,) = options_of(field, source)
    found = owner_features(field, number, Scene.of(source))
    assert found["owner_other"] > 0.5
    assert found["owner_own"] == 0.0


def test_the_holder_of_the_account_and_the_mailbox_speak_for_a_name() -> None:
    text = "Piano teacher\nNora Feldt\n4 Mill Lane\nnora.feldt@mail.example\n\nAccount holder: Nora Feldt\nTotal 120.00\n"
    source = source_of(text)
    scene = Scene.of(source)
    name, trade = (party_features(SELLER, option(words, source), scene, 1) for words in ("Nora Feldt", "Piano teacher"))
    assert (name["account_holder"], name["mailbox"]) == (1.0, 1.0)
    assert (trade["account_holder"], trade["mailbox"]) == (0.0, 0.0)


def test_a_town_behind_its_code_is_no_counted_thing() -> None:
    source = source_of("Mill & Co\nSeestrasse 44\n8802 Kilchberg ZH\n")
    assert "Kilchberg ZH" not in {found.value for found in options_of(SELLER, source)}


@pytest.mark.parametrize(
    ("text", "town", "firm"),
    [
        ("Mill Centre, Red Deer, AB", True, False),
        ("Denver, CO 80202", True, False),
        ("Calgary AB T2P 1J9", True, True),
        ("Svensk Kvarn AB", False, True),
        ("Oak & Sons, Co.", False, True),
        ("Jane Field, MD", False, False),
    ],
)
def test_a_province_behind_its_town_is_no_legal_form(text: str, town: bool, firm: bool) -> None:
    assert (is_address(fold(text)), has_legal_form(fold(text))) == (town, firm)


def test_keys_of_a_form_are_told_from_its_values() -> None:
    lines = ("Invoice #     771", "Invoice date  1.2.2024", "Sponsor       Costa Ltd", "Goods         Jam", "Order #       5")
    text = "\n".join((*lines, "Terms:        net"))
    source = source_of(text)
    scene = Scene.of(source)
    keys = text_features(option("Goods", source), scene, 3)["key_column"]
    assert keys > 0.5
    assert text_features(option("Costa Ltd", source), scene, 2)["key_column"] == 0.0


@pytest.mark.parametrize(("below", "goes_on"), [("50667 Cologne", 1.0), ("St.-Nr. 215/5123/0456", 0.0), ("Tea 3.80", 0.0)])
def test_an_address_goes_on_with_its_town_and_not_with_a_tax_number(below: str, goes_on: float) -> None:
    source = source_of(f"Roastery\nBridge Street 14\n{below}\n")
    street = option("Bridge Street 14", source)
    assert goes_beyond(street, source)["goes_on_below"] == goes_on
