from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.job import JobError, JobState
from app.domain.result import Evidence, LabelAnswer, Point, Proof, Result, Value
from app.domain.task import FieldType, Task, TaskField, TaskKind, TaskRows
from app.errors import ExportError
from app.export.formulas import restore
from app.export.tables import build_tables
from app.export.writer import ExportFormat, ExportItem, export, field_types, render
from tests.helpers.workbooks import read_workbook

TASK = Task(
    id="invoice",
    kind=TaskKind.EXTRACT,
    fields=(
        TaskField(name="invoice_number", type=FieldType.IDENTIFIER),
        TaskField(name="issue_date", type=FieldType.DATE),
        TaskField(name="total_amount", type=FieldType.AMOUNT),
        TaskField(name="seller_name", type=FieldType.NAME),
        TaskField(name="status"),
    ),
    rows=(TaskRows(name="line_items", fields=(TaskField(name="amount", type=FieldType.AMOUNT), TaskField(name="description"))),),
)


def value(text: str | None) -> Value:
    if text is None:
        return Value(confidence=0.5)
    return Value(value=text, text=text, evidence=Evidence(page=1, start=0, end=3), confidence=0.9, proof=Proof.GROUNDED)


def invoice(file: str = "a.pdf", **fields: str | None) -> ExportItem:
    given_fields = {"invoice_number": "0042", "issue_date": "2026-01-31", "total_amount": "1234.50", "seller_name": "=1+1"} | fields
    result = Result(
        task="invoice",
        fields={name: value(text) for name, text in given_fields.items()},
        lists={"parties": (value("A"), value("B"))},
        rows={"line_items": ({"amount": value("-5.00"), "description": value("Nägel")}, {"amount": value(None)})},
    )
    return ExportItem(file, "00", "invoice", JobState.DONE, result, types=field_types(TASK))


FAILED = ExportItem("b.pdf", "01", "invoice", JobState.FAILED, error=JobError(code="x", message="b.pdf is damaged"))


def read_csv(data: bytes, separator: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=separator))


def test_tables_leave_out_what_an_earlier_run_left_of_a_failed_document() -> None:
    failed = replace(invoice(), status=JobState.FAILED)
    assert [table.name for table in build_tables([failed])] == ["documents"]
    assert "total_amount" not in build_tables([failed])[0].header


def test_csv_opens_in_excel_and_runs_nothing() -> None:
    data = render([invoice(), FAILED], "csv")
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == 3
    first, second = read_csv(data)
    assert first["seller_name"] == "'=1+1"
    assert first["invoice_number"] == "0042"
    assert first["parties"] == "A; B"
    assert (second["status"], second["error"], second["total_amount"]) == ("failed", "b.pdf is damaged", "")


def test_csv_takes_a_semicolon_where_the_comma_is_the_decimal_sign() -> None:
    (line,) = read_csv(render([invoice()], "csv", separator=";"), ";")
    assert line["total_amount"] == "1234.50"


def test_csv_puts_repeated_groups_beside_the_file(tmp_path: Path) -> None:
    written = export([invoice()], tmp_path / "out.csv", "csv")
    assert [path.name for path in written] == ["out.csv", "out.line_items.csv"]
    lines = read_csv(written[1].read_bytes())
    assert [(line["file"], line["row"], line["amount"], line["description"]) for line in lines] == [
        ("a.pdf", "1", "-5.00", "Nägel"),
        ("a.pdf", "2", "", ""),
    ]


def test_details_are_columns_on_demand() -> None:
    assert "total_amount proof" not in read_csv(render([invoice()], "csv"))[0]
    line = read_csv(render([invoice()], "csv", details=True))[0]
    assert (line["total_amount confidence"], line["total_amount proof"]) == ("0.9000", "grounded")


def test_a_field_named_like_a_column_does_not_replace_it() -> None:
    line = read_csv(render([invoice(status="paid")], "csv"))[0]
    assert (line["status"], line["status (field)"]) == ("done", "paid")


def test_labels_and_summaries_have_columns() -> None:
    result = Result(
        task="t",
        label=LabelAnswer(value="letter", confidence=0.5),
        points=(Point(text="A.", evidence=()), Point(text="B.", evidence=())),
    )
    line = read_csv(render([ExportItem("a", "0", "t", JobState.DONE, result)], "csv"))[0]
    assert (line["label"], line["label confidence"], line["summary"]) == ("letter", "0.5000", "A.\nB.")


def test_a_workbook_has_typed_cells_and_no_formula() -> None:
    book = read_workbook(render([invoice(), FAILED], "xlsx"))
    assert list(book) == ["documents", "line_items"]
    documents, items = book["documents"], book["line_items"]
    header = {documents.cells[f"{column}1"]: f"{column}2" for column in "ABCDEFGHI"}
    assert documents.cells[header["issue_date"]] == date(2026, 1, 31)
    assert documents.cells[header["total_amount"]] == 1234.5
    assert documents.cells[header["invoice_number"]] == "0042"
    assert documents.cells[header["seller_name"]] == "=1+1"
    assert (documents.formulas, documents.frozen_rows, documents.filtered) == (0, 1, "A1:I3")
    assert (items.cells["B2"], items.cells["C2"], items.cells["D2"]) == (1.0, -5.0, "Nägel")


@pytest.mark.parametrize(
    ("number", "day"), [("12345678901234567.89", "1899-12-31"), ("1e5", "2026-02-30"), ("12,50", "31.01.2026")]
)
def test_what_excel_would_change_stays_text(number: str, day: str) -> None:
    book = read_workbook(render([invoice(total_amount=number, issue_date=day)], "xlsx"))
    assert number in book["documents"].cells.values()
    assert day in book["documents"].cells.values()


def test_an_overlong_value_does_not_break_the_workbook() -> None:
    book = read_workbook(render([invoice(seller_name="x" * 40_000)], "xlsx"))
    assert max(len(str(cell)) for cell in book["documents"].cells.values()) == 32_767


def test_sheets_of_any_name_are_possible() -> None:
    result = Result(task="t", rows={name: ({"a": value("1")},) for name in ("x" * 40, "X" * 41, "a/b", "documents")})
    book = read_workbook(render([ExportItem("a", "0", "t", JobState.DONE, result)], "xlsx"))
    assert len(book) == 5


def test_markdown_keeps_values_in_their_cells() -> None:
    text = render([invoice(seller_name="A|B\n<img src=x> [l](u)")], "md").decode()
    lines = text.splitlines()
    assert lines[0].startswith("| file | status | task |")
    assert r"A\|B<br>\<img src=x\> \[l\](u)" in lines[2]
    assert "## line\\_items" in text


def test_json_formats_are_the_contract() -> None:
    items = [invoice(), FAILED]
    told = [item.contract() for item in items]
    assert json.loads(render(items, "json")) == told
    assert [json.loads(line) for line in render(items, "jsonl").splitlines()] == told


@pytest.mark.parametrize("format", list(ExportFormat))
def test_nothing_to_export_is_an_empty_file_of_the_format(tmp_path: Path, format: ExportFormat) -> None:
    (path,) = export([], tmp_path / "out", format)
    assert path.exists()


def test_an_unknown_format_is_a_fault_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="docx"):
        export([], tmp_path / "out", "docx")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"out\.csv could not be written"):
        export([invoice()], tmp_path / "no" / "out.csv", "csv")


any_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40)
any_items = st.lists(
    st.builds(
        invoice,
        file=st.just("a.pdf") | any_text,
        seller_name=any_text | st.none() | st.sampled_from(["'=1", "\t", "-5", "_x0041_", "a\r\nb", "＝1"]),
        total_amount=st.decimals(min_value=-(10**9), max_value=10**9, places=2).map(str),
        issue_date=st.dates(min_value=date(1901, 1, 1)).map(str),
    ),
    max_size=3,
)


@given(any_items)
@settings(max_examples=60)
def test_every_format_reads_back_equal(items: list[ExportItem]) -> None:
    told = [item.contract() for item in items]
    assert json.loads(render(items, "json")) == told
    assert [json.loads(line) for line in render(items, "jsonl").decode().splitlines()] == told
    table = build_tables(items)[0]
    rows = [
        [restore(cell) for cell in row] for row in csv.reader(io.StringIO(render(items, "csv").decode("utf-8-sig"), newline=""))
    ]
    assert rows == [list(table.header), *([cell.text for cell in line] for line in table.lines)]


@given(any_items)
@settings(max_examples=25)
def test_a_workbook_reads_back_equal(items: list[ExportItem]) -> None:
    table = build_tables(items)[0]
    sheet = read_workbook(render(items, "xlsx"))["documents"]
    for row, line in enumerate(table.lines, start=2):
        for column, cell in enumerate(line):
            found = sheet.cells.get(f"{chr(65 + column)}{row}", "")
            expected: str | float | date = cell.text
            if cell.text and table.header[column] == "total_amount":
                expected = float(cell.text)
            elif cell.text and table.header[column] == "issue_date":
                expected = date.fromisoformat(cell.text)
            assert found == expected
