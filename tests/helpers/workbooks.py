"""Reads back just as much of an XLSX file as the tests need."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from xml.etree import ElementTree

_NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
_DATE_FORMAT = "yyyy-mm-dd"


@dataclass
class Sheet:
    cells: dict[str, str | float | date]
    """By reference such as ``B2``."""
    formulas: int
    frozen_rows: int
    filtered: str


def read_workbook(data: bytes) -> dict[str, Sheet]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None

        def tree(name: str) -> ElementTree.Element:
            return ElementTree.fromstring(archive.read(name))

        names = [sheet.attrib["name"] for sheet in tree("xl/workbook.xml").iterfind(".//m:sheet", _NS)]
        strings: list[str] = []
        if "xl/sharedStrings.xml" in archive.namelist():
            items = tree("xl/sharedStrings.xml").iterfind("m:si", _NS)
            strings = [_unescape("".join(part.text or "" for part in item.iterfind(".//m:t", _NS))) for item in items]
        styles = tree("xl/styles.xml")
        formats = {one.attrib["numFmtId"]: one.attrib["formatCode"] for one in styles.iterfind(".//m:numFmt", _NS)}
        used = [formats.get(one.attrib["numFmtId"], "") for one in styles.iterfind("m:cellXfs/m:xf", _NS)]
        return {name: _sheet(tree(f"xl/worksheets/sheet{n}.xml"), strings, used) for n, name in enumerate(names, start=1)}


def _sheet(root: ElementTree.Element, strings: list[str], used: list[str]) -> Sheet:
    cells: dict[str, str | float | date] = {}
    for cell in root.iterfind(".//m:c", _NS):
        value = cell.find("m:v", _NS)
        if value is None or value.text is None:
            continue
        if cell.attrib.get("t") == "s":
            cells[cell.attrib["r"]] = strings[int(value.text)]
        elif used[int(cell.attrib.get("s", "0"))] == _DATE_FORMAT:
            cells[cell.attrib["r"]] = date(1899, 12, 30) + timedelta(days=float(value.text))
        else:
            cells[cell.attrib["r"]] = float(value.text)
    pane, filtered = root.find(".//m:pane", _NS), root.find("m:autoFilter", _NS)
    return Sheet(
        cells,
        formulas=len(list(root.iterfind(".//m:f", _NS))),
        frozen_rows=0 if pane is None else int(pane.attrib.get("ySplit", "0")),
        filtered="" if filtered is None else filtered.attrib["ref"],
    )


def _unescape(text: str) -> str:
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)
