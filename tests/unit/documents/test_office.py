"""Word, Excel, PowerPoint and OpenDocument files made here part by part."""

from __future__ import annotations

import io
import zipfile

import pytest
from PIL import Image, ImageDraw, ImageFont

from app.documents.numberformat import NumberFormats
from app.documents.package import ElementTree
from app.documents.reader import read_document
from app.domain.document import Document
from app.errors import DamagedDocumentError, DocumentTooLargeError, PasswordNeededError
from app.settings import ReadLimits

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_REL = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'


def zipped(parts: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def read(data: bytes, name: str) -> Document:
    return read_document(data, name, ReadLimits())


def docx(body: str, **more: str) -> bytes:
    return zipped({"word/document.xml": f"<w:document {_W} {_R}><w:body>{body}</w:body></w:document>", **more})


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_docx_tables_align_and_merged_cells_keep_their_columns() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"

    table = (
        "<w:tbl><w:tr>" + cell("Item") + cell("Qty") + cell("Price") + "</w:tr><w:tr>"
        + cell("Chair") + cell("2", '<w:vMerge w:val="restart"/>') + cell("10") + "</w:tr><w:tr>"
        + cell("Table") + cell("hidden", "<w:vMerge/>") + cell("20") + "</w:tr><w:tr>"
        + cell("Total", '<w:gridSpan w:val="2"/>') + cell("30") + "</w:tr></w:tbl>"
    )  # fmt: skip
    assert read(docx(table), "a.docx").text == "Item   Qty  Price\nChair  2    10\nTable       20\nTotal       30"


def test_docx_counts_list_items_and_leaves_deletions_out() -> None:
    numbering = (
        f'<w:numbering {_W}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/>'
        '<w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    relations = f'<Relationships {_REL}><Relationship Id="n" Target="numbering.xml"/></Relationships>'
    item = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="7"/></w:numPr>'
    deleted = "<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:t>kept</w:t></w:r></w:p>"
    data = docx(
        paragraph("first", item) + paragraph("second", item) + deleted,
        **{"word/numbering.xml": numbering, "word/_rels/document.xml.rels": relations},
    )
    assert read(data, "a.docx").text == "3. first\n4. second\nkept"


def test_docx_text_boxes_and_headers_are_read_once() -> None:
    box = f"<w:p><w:r><w:t>before</w:t><w:pict><w:txbxContent>{paragraph('boxed')}</w:txbxContent></w:pict></w:r></w:p>"
    edges = '<w:sectPr><w:headerReference r:id="h"/><w:headerReference r:id="h"/></w:sectPr>'
    relations = f'<Relationships {_REL}><Relationship Id="h" Target="header1.xml"/></Relationships>'
    header = f"<w:hdr {_W}>{paragraph('letterhead')}</w:hdr>"
    data = docx(box + edges, **{"word/header1.xml": header, "word/_rels/document.xml.rels": relations})
    assert read(data, "a.docx").text.split() == ["letterhead", "before", "boxed"]


def test_entities_in_a_part_are_refused() -> None:
    bomb = f'<!DOCTYPE x [<!ENTITY a "aaaa">]><w:document {_W}><w:body>&a;</w:body></w:document>'
    with pytest.raises(DamagedDocumentError, match="declares entities"):
        read(zipped({"word/document.xml": bomb}), "a.docx")
    with pytest.raises(DamagedDocumentError, match="declares entities"):
        read(docx(paragraph("fine"), **{"docProps/core.xml": bomb}), "a.docx")


def test_a_container_that_inflates_too_much_is_refused_unread() -> None:
    with pytest.raises(DocumentTooLargeError):
        read(zipped({"word/document.xml": " " * (64 << 20)}), "bomb.docx")


def test_a_truncated_container_is_named_damaged() -> None:
    with pytest.raises(DamagedDocumentError):
        read(docx(paragraph("x" * 2000))[:-40], "a.docx")


def test_a_letter_that_is_one_scan_is_recognised() -> None:
    image = Image.effect_noise((640, 160), 12).convert("RGB")
    ImageDraw.Draw(image).text((20, 40), "SCANNED LETTER", fill="black", font=ImageFont.load_default(48))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    data = io.BytesIO(docx("<w:p/>"))
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr("word/media/image1.png", stream.getvalue())
    document = read(data.getvalue(), "a.docx")
    assert document.text == "SCANNED LETTER"
    assert document.words == ()
    assert "pictures only" in document.notices[0]


def workbook(rows: str, *, state: str = "", styles: str = "") -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheets = f'<sheet name="Data" r:id="a"/><sheet name="Secret" r:id="a" {state}/>' if state else '<sheet name="Data" r:id="a"/>'
    return zipped(
        {
            "xl/workbook.xml": f'<workbook xmlns="{main}" {_R}><sheets>{sheets}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships {_REL}><Relationship Id="a" Target="/xl/worksheets/sheet1.xml"/>'
            "</Relationships>",
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
            "xl/sharedStrings.xml": f'<sst xmlns="{main}"><si><t>Total</t></si><si><r><t>Due </t></r><r><t>date</t></r></si></sst>',
            "xl/styles.xml": f'<styleSheet xmlns="{main}">{styles}</styleSheet>',
        }
    )


def test_xlsx_shows_values_as_their_formats_say() -> None:
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="4"/><xf numFmtId="14"/></cellXfs>'
    rows = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" s="1"><v>1234.5</v></c></row>'
        '<row r="4"><c r="A4" t="s"><v>1</v></c><c r="C4" s="2"><v>45000</v></c></row>'
    )
    assert read(workbook(rows, styles=styles), "a.xlsx").text == "Total     1,234.50\n\nDue date  2023-03-15"


def test_hidden_sheets_are_left_out_with_a_notice() -> None:
    document = read(workbook('<row><c t="str"><v>seen</v></c></row>', state='state="hidden"'), "a.xlsx")
    assert document.text == "Data\n\nseen"
    assert "“Secret”" in document.notices[0]


@pytest.mark.parametrize(
    ("code", "raw", "shown"),
    [
        ("General", "0.1", "0.1"),
        ("General", "43110.0", "43110"),
        ('#,##0.00\\ "€"', "-1234.5", "-1,234.50 €"),
        ("[$₺-41F]#,##0.00", "12", "₺12.00"),
        ("0.0%", "0.181", "18.1%"),
        ("#,##0_);(#,##0)", "-5", "(5)"),
        ("dd/mm/yyyy hh:mm", "45000.5", "2023-03-15 12:00"),
        ("@", "abc", "abc"),
    ],
)
def test_number_formats(code: str, raw: str, shown: str) -> None:
    escaped = code.replace("&", "&amp;").replace('"', "&quot;")
    styles = ElementTree.fromstring(
        f'<s><numFmts><numFmt numFmtId="164" formatCode="{escaped}"/></numFmts><cellXfs><xf numFmtId="164"/></cellXfs></s>'
    )
    assert NumberFormats(styles, from_1904=False).show(raw, 0) == shown


def test_pptx_reads_slides_in_order_and_shapes_from_the_top() -> None:
    def shape(text: str, y: int) -> str:
        return f'<sp><xfrm><off x="0" y="{y}"/></xfrm><p><t>{text}</t></p></sp>'

    slide = "<sld><cSld><spTree>{}</spTree></cSld></sld>"
    data = zipped(
        {
            "ppt/slides/slide10.xml": slide.format(shape("last", 0)),
            "ppt/slides/slide2.xml": slide.format(shape("below", 900_000) + shape("above", 0)),
        }
    )
    document = read(data, "a.pptx")
    assert [document.text[page.start : page.end].split() for page in document.pages] == [["above", "below"], ["last"]]


def test_odt_reads_paragraphs_lists_and_tables() -> None:
    body = (
        "<text><p>One<s c='3'/>two</p><list><list-item><p>item</p></list-item></list>"
        "<table><table-row><table-cell><p>a</p></table-cell><table-cell><p>b</p></table-cell></table-row></table></text>"
    )
    data = zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": f"<c><body>{body}</body></c>"})
    assert read(data, "a.odt").text == "One   two\n- item\n\na  b"


def test_encrypted_opendocument_asks_for_a_password() -> None:
    data = zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": "x",
            "META-INF/manifest.xml": "<m><file-entry><encryption-data/></file-entry></m>",
        }
    )
    with pytest.raises(PasswordNeededError):
        read(data, "a.odt")


def test_rtf_is_read() -> None:
    assert read(rb"{\rtf1\ansi\ansicpg1254 Fatura No: 17\par}", "a.rtf").text == "Fatura No: 17"
