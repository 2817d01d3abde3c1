"""Rows of tables: heads over several lines, figures and words over several lines, discounts, sums and pages."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from app.domain.document import Document, Page, Word
from app.domain.result import Proof, Value
from app.domain.task import FieldType, Task, TaskField, TaskKind, TaskRows
from app.tasks.extraction.extract import scene_of
from app.tasks.rows import read_rows

_TASKS = Path(__file__).resolve().parents[4] / "resources" / "tasks"
_CHAR_POINTS, _LINE_POINTS = 5.0, 12.0


def _document(text: str, *, printed: bool) -> Document:
    """A document of fixed-width text; `printed` gives its words places on pages, a form feed begins a page."""
    pages, words, start = [], [], 0
    for number, content in enumerate(text.split("\f"), 1):
        end = start + len(content)
        pages.append(Page(number=number, start=start, end=end, width=595, height=842))
        for match in re.finditer(r"\S+", content) if printed else ():
            line = content.count("\n", 0, match.start())
            column = match.start() - (content.rfind("\n", 0, match.start()) + 1)
            x0, y0 = column * _CHAR_POINTS, line * _LINE_POINTS
            x1 = x0 + len(match.group()) * _CHAR_POINTS
            words.append(Word(start + match.start(), start + match.end(), number, x0, y0, x1, y0 + 10))
        start = end + 1
    return Document(name="a.pdf", sha256="0" * 64, format="pdf", text=text, pages=tuple(pages), words=tuple(words))


def _rows(text: str, *, printed: bool = True) -> list[tuple[str | None, ...]]:
    document = _document(text, printed=printed)
    task = Task.model_validate(tomllib.loads((_TASKS / "invoice.toml").read_text(encoding="utf-8")))
    (group,) = task.rows
    rows = read_rows(group, scene_of(task, document), document)
    for row in rows:
        assert list(row) == [field.name for field in group.fields]
        for value in row.values():
            _assert_grounded(value, document)
    return [tuple(value.value for value in row.values()) for row in rows]


def _assert_grounded(value: Value, document: Document) -> None:
    if value.value is not None:
        assert value.evidence is not None
        assert document.text[value.evidence.start : value.evidence.end] == value.text


PLAIN = """\
Pos  Article              Quantity  Unit price    Amount
1    Garden spade         2 pcs          20.00     40.00
2    Pruning shears       1 pcs          60.00     60.00
                                     Net total    100.00
                                       VAT 20%     20.00
                                         Total    120.00
"""


@pytest.mark.parametrize("printed", [True, False])
def test_totals_are_no_rows(printed: bool) -> None:
    assert _rows(PLAIN, printed=printed) == [
        ("Garden spade", "2", "20.00", "40.00"),
        ("Pruning shears", "1", "60.00", "60.00"),
    ]


def test_a_head_may_wrap_and_words_may_go_on_below() -> None:
    text = """\
      Item no.                                          Line-
Pos   (type)        Description      Net price    Qty   amount
                                                        excl.
 1    A-100         Office chair,     191.0000   3 Pcs  573.00
      4123456000014 blue
 2    B-200         Desk lamp          20.5000   2 Pcs   41.00
      4123456000021 with switch
"""
    assert _rows(text) == [("Office chair, blue", "3", "191.0000", "573.00"), ("Desk lamp with switch", "2", "20.5000", "41.00")]


def test_a_name_above_the_figures_belongs_to_the_row_below() -> None:
    text = """\
Description                Quantity   Unit price    Amount
Roof tiles, red
                              10           3.00      30.00

Ridge tiles, red
                               4           5.00      20.00
"""
    assert _rows(text) == [("Roof tiles, red", "10", "3.00", "30.00"), ("Ridge tiles, red", "4", "5.00", "20.00")]


def test_articles_numbers_are_not_the_name() -> None:
    text = """\
Description          Quantity   Unit price    Amount
ZS997                     5          1.00       5.00
Citric acid 100ml
GZ250                     2          1.45       2.90
Preserving sugar
"""
    assert [row[0] for row in _rows(text)] == ["Citric acid 100ml", "Preserving sugar"]


def test_a_discount_is_no_row_where_rows_have_quantities() -> None:
    text = """\
Description          Quantity   Unit price    Amount
Consulting                5         40.00     200.00
Discount for loyalty                          -20.00
Total                                         180.00
"""
    assert _rows(text) == [("Consulting", "5", "40.00", "200.00")]


def test_a_column_without_a_label_is_told_by_the_product() -> None:
    text = """\
#        Product              VAT   Unit price   Sum
3.00     Balloons             19%         0.50   1.50
8.00     Hot air              19%         0.25   2.00
"""
    rows = _rows(text)
    assert [row[1:3] for row in rows] == [("3.00", "0.50"), ("8.00", "0.25")]


def test_a_product_less_a_percentage_decides_between_two_prices() -> None:
    text = """\
Description        Quantity    Unit price   Disc.    Price
Nougat                   20          4.55     10%    81.90
Biscuits                 15          3.20            48.00
"""
    assert [row[1:] for row in _rows(text)] == [("20", "4.55", "81.90"), ("15", "3.20", "48.00")]


def test_a_table_goes_on_over_a_page() -> None:
    first, second = PLAIN.split("2    Pruning")
    rest = second.split("\n", 1)
    text = first + "Page 1 of 2\n\f" + first.split("\n", 1)[0] + "\n2    Pruning" + "\n".join(rest)
    assert [row[0] for row in _rows(text)] == ["Garden spade", "Pruning shears"]


def test_without_a_head_there_are_no_rows() -> None:
    assert _rows("Garden spade  2  20.00  40.00\nPruning shears  1  60.00  60.00\n") == []


def test_a_letterhead_between_two_rows_is_no_name() -> None:
    text = """\
Pos  Bezeichnung             Menge    Einzelpreis      Gesamt
1    Schrauben M8            100 St.     0,10           10,00
     Übertrag                                           10,00
\fMuster GmbH                                    Seite 2
Musterweg 1
     Übertrag                                           10,00
2    Unterlegscheiben        50 St.      0,10            5,00
     Zwischensumme                                      15,00
"""
    assert _rows(text) == [("Schrauben M8", "100", "0.10", "10.00"), ("Unterlegscheiben", "50", "0.10", "5.00")]


def test_figures_on_the_lines_above_the_amount_belong_to_the_row() -> None:
    text = """\
Description                 Quantity    Unit price     Amount
Oak board 200x20 cm
   4123456                      3           12.00
                                                        36.00
Screws, box of 100
   4123457                      2            4.50
                                                         9.00
Net amount                                              45.00
"""
    assert _rows(text) == [("Oak board 200x20 cm", "3", "12.00", "36.00"), ("Screws, box of 100", "2", "4.50", "9.00")]


STATEMENT = """\
Date          Description                          Paid out      Paid in      Balance
03 May 2026   Card payment Green Grocer               45.20                  1,158.90
05 May 2026   Credit Harbour Works                             2,300.00      3,458.90

Closing balance                                                              3,458.90
"""


def test_bookings_of_a_statement_are_rows() -> None:
    task = Task.model_validate(tomllib.loads((_TASKS / "bank_statement.toml").read_text(encoding="utf-8")))
    document = _document(STATEMENT, printed=True)
    rows = read_rows(task.rows[0], scene_of(task, document), document)
    given = [{name: value.value for name, value in row.items() if value.value} for row in rows]
    assert given == [
        {"date": "2026-05-03", "description": "Card payment Green Grocer", "debit": "45.20", "balance": "1158.90"},
        {"date": "2026-05-05", "description": "Credit Harbour Works", "credit": "2300.00", "balance": "3458.90"},
    ]


def test_a_name_that_goes_on_below_other_columns_is_whole() -> None:
    text = """\
Description           Qty     Price     Amount
Office chair,           2     50.00     100.00
blue
Lamp                    1     20.00      20.00
"""
    document = _document(text, printed=True)
    task = Task.model_validate(tomllib.loads((_TASKS / "invoice.toml").read_text(encoding="utf-8")))
    chair, lamp = (row["description"] for row in read_rows(task.rows[0], scene_of(task, document), document))
    assert (chair.value, lamp.value) == ("Office chair, blue", "Lamp")
    assert chair.evidence is not None
    assert document.text[chair.evidence.start : chair.evidence.end] == chair.text
    assert len(chair.evidence.boxes) == 2


def test_a_name_that_fills_its_column_goes_on_with_its_size() -> None:
    text = """\
Pos   Item no.  Description     Net price    Qty   amount
 1              Elderflowerjam     4.0000  3 Pcs    12.00
      E-77      350g
      4123456000014
                Packing: jar

 2              Wallpaper         20.5000  2 Pcs    41.00
      W-12      Paste needed
"""
    assert [row[0] for row in _rows(text)] == ["Elderflowerjam 350g", "Wallpaper"]


def test_a_name_set_with_wide_blanks_is_whole_and_a_remark_below_is_none_of_it() -> None:
    text = """\
Item no.   Description                             Qty      Price     Amount
K-1        Rye flour dark       25kg             2 Pcs      18.00      36.00
           Batch         1:  7781
K-2        Malt extract         500ml            4 Pcs       3.50      14.00
           Packing: tin
"""
    assert [row[0] for row in _rows(text)] == ["Rye flour dark 25kg", "Malt extract 500ml"]


def test_words_right_below_the_figures_are_nearer_than_a_remark_above() -> None:
    text = """\
GTIN            Item no.      Qty       Price   Amount
                Description

    According to our talk of last week   we credit
    the following   articles.

4006381333931   WP-110       5 Pcs       1.00     5.00
                Window putty grey

4006381333948   WG-220       2 Pcs       1.45     2.90
                Wood glue
"""
    assert [row[0] for row in _rows(text)] == ["Window putty grey", "Wood glue"]


@pytest.mark.parametrize(
    ("text", "columns", "rows"),
    [
        (
            "Region  Q1     Q2\nNorth   1,200  1,350\nSouth   900    870\n",
            {"region": FieldType.TEXT, "q1": FieldType.NUMBER, "q2": FieldType.NUMBER},
            [("North", "1200", "1350"), ("South", "900", "870")],
        ),
        (
            "Name       Born         Team\nAnn Lee    2001-05-04   Blue\nBob Ray    1999-12-31   Red\n",
            {"name": FieldType.TEXT, "born": FieldType.DATE},
            [("Ann Lee", "2001-05-04"), ("Bob Ray", "1999-12-31")],
        ),
        (
            "Country  Capital    Language\nFrance   Paris      French\nBrazil   Brasília   Portuguese\n",
            {"country": FieldType.TEXT, "language": FieldType.TEXT},
            [("France", "French"), ("Brazil", "Portuguese")],
        ),
    ],
)
def test_tables_without_amounts_are_read(text: str, columns: dict[str, FieldType], rows: list[tuple[str, ...]]) -> None:
    document = _document(text, printed=False)
    group = TaskRows(name="rows", fields=tuple(TaskField(name=name, type=kind) for name, kind in columns.items()))
    task = Task(id="own", kind=TaskKind.EXTRACT, rows=(group,))
    assert [tuple(value.value for value in row.values()) for row in read_rows(group, scene_of(task, document), document)] == rows


def test_a_discount_that_is_counted_like_the_others_is_a_row() -> None:
    text = """\
Description          Quantity      Amount
Garden spade                1       53.00
Discount                    1      -10.00
                        Net         43.00
"""
    assert [(row[0], row[3]) for row in _rows(text)] == [("Garden spade", "53.00"), ("Discount", "-10.00")]


def test_a_product_tells_the_columns_of_a_line_that_does_not_stand_under_its_head() -> None:
    text = """\
Pos. Description                              Quantity Unit price      Amount
Garden spade with a long ash handle                 12      34.90      418.80
Pruning shears         3   89.50  268.50
Net total                                                              687.30
"""
    assert _rows(text) == [
        ("Garden spade with a long ash handle", "12", "34.90", "418.80"),
        ("Pruning shears", "3", "89.50", "268.50"),
    ]


def test_an_amount_that_is_not_the_product_is_contradicted() -> None:
    text = """\
Description          Quantity   Unit price    Amount
Consulting                5         40.00     230.00
Travelling                1         50.00      50.00
"""
    document = _document(text, printed=True)
    task = Task.model_validate(tomllib.loads((_TASKS / "invoice.toml").read_text(encoding="utf-8")))
    first, second = read_rows(task.rows[0], scene_of(task, document), document)
    assert (first["amount"].proof, second["amount"].proof) == (Proof.CONTRADICTED, Proof.GROUNDED)
    assert first["amount"].confidence < second["amount"].confidence
    assert first["amount"].reason == "Quantity times unit price is not this amount."


def test_a_quantity_and_a_price_that_read_like_thousands_are_two_figures() -> None:
    text = """\
Pos. Description                              Quantity Unit price      Amount
Spade      2 860.00  1720.00
Pruning shears         3   89.50  268.50
Net total                                                             1988.50
"""
    assert _rows(text) == [("Spade", "2", "860.00", "1720.00"), ("Pruning shears", "3", "89.50", "268.50")]


def test_noughts_are_no_proof_of_another_column() -> None:
    text = """\
Description     Stock      Quantity   Unit price    Amount
Spade              12             4         5.00     20.00
Shears             10                       0.00      0.00
"""
    assert [(row[1], row[3]) for row in _rows(text)] == [("4", "20.00"), (None, "0.00")]
