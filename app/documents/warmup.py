"""Runs every reader once on tiny documents made in memory, so that nothing is imported or opened once files are out of reach."""

from __future__ import annotations

import base64
import codecs
import encodings.aliases
import io
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage

from PIL import Image

_PDF = b"""%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>> endobj
4 0 obj <</Length 59>> stream
BT /F1 12 Tf 10 50 Td (A small page for warming up, done.) Tj ET
endstream endobj
5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj
trailer <</Root 1 0 R>>
"""
# Nothing here can write this format: a white picture of 64 × 48 pixels.
_HEIC = base64.b85decode(
    b"0000SW^{RQXk}?*00000ZE0pPXk}?*ZE0a<0004fZDn*}000000000XXk=`10000000000aA{+700000000000000000000B57=IV*mgE07O6l"
    b"0RRC200001p#T8@00000000yK001LtX>Mi!000000RR916=`l}WdZ;I000310BCk&F#rGn01j|zbZr0t000010002}X>f9I0002pX>en20001X"
    b"Xm(>m0RwOV0058x000009`FGC{rLC*01pFT0096PKmiN^|NjGU00093kN^M!000939=ZZRVE_RDDnbDP18@KU0|1Z!00RI30{|YNAb|yz>g1-m"
    b"xCm%4AOHXZ10VnZ0{|gn00967L;=Bbz=;3=025<xY;ta6Y<K_x01W^JfB*mh6lrsCWdHyG00000KmY&$KmY&$C}V74Z~y=RKmY&$0RR91FaQ7m"
    b"0RR91000000{{R2@Bjb+0ssI25O8UDX#fBK00RgJ2mk;87-?{AVE_OC000000RRC7fdT^sga7~l9BpJ_bN~PV5GVn!8G!C2N?oVusSp8&Fa"
)
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_ODF = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_REFERENCES = "http://schemas.openxmlformats.org/package/2006/relationships"
_PICTURES = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF", "AVIF")


def load_codecs() -> None:
    """Import every text codec; Python does so at first use otherwise."""
    for name in {"utf-8-sig", "utf-32", "utf-16", *encodings.aliases.aliases.values()}:
        try:
            codecs.lookup(name)
        except LookupError:
            continue


def drawable_canaries() -> Iterator[tuple[str, bytes]]:
    """Small files of the formats that have pages to draw."""
    yield "canary.pdf", _PDF
    for kind in _PICTURES:
        yield f"canary.{kind.lower()}", picture(kind)
    yield "canary.heic", _HEIC


def canaries() -> Iterator[tuple[str, bytes]]:
    """Small files of every format, valid and broken."""
    yield from drawable_canaries()
    yield "broken.pdf", _PDF[:40]
    yield (
        "canary.docx",
        _zipped({"word/document.xml": f'<document xmlns="{_WORD}"><body><p><r><t>Canary</t></r></p></body></document>'}),
    )
    yield "canary.xlsx", _zipped(_workbook())
    yield (
        "canary.pptx",
        _zipped({"ppt/slides/slide1.xml": "<sld><cSld><spTree><sp><p><t>Canary</t></p></sp></spTree></cSld></sld>"}),
    )
    yield (
        "canary.odt",
        _zipped(
            {
                "mimetype": "application/vnd.oasis.opendocument.text",
                "content.xml": f'<c xmlns="{_ODF}"><body><text><p>Canary</p></text></body></c>',
            }
        ),
    )
    yield "broken.docx", b"PK\x03\x04word/document.xml"
    yield "canary.rtf", rb"{\rtf1\ansi Canary}"
    yield "broken.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument\0".encode("utf-16-le")
    yield "broken.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "__properties_version1.0\0".encode("utf-16-le")
    yield "canary.html", b"<html><body><table><tr><td>Total<td>1</table></body></html>"
    yield "canary.xml", b"<?xml version='1.0'?><a><b c='d'>e</b></a>"
    yield "broken.xml", b"<?xml version='1.0'?><a><b>"
    yield "canary.json", b'{"total": 1.50}'
    yield "canary.csv", b"a;b\n1;2\n"
    yield "canary.txt", "Ödenecek tutar: yüz kırk Türk lirası, şöyle ki ağustos ayında ödeme yapıldı.".encode("cp1254")
    yield "canary.eml", _message()


def picture(kind: str) -> bytes:
    """A small white picture."""
    stream = io.BytesIO()
    Image.new("RGB", (64, 48), "white").save(stream, kind)
    return stream.getvalue()


def _zipped(members: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return stream.getvalue()


def _workbook() -> dict[str, str]:
    sheet = "".join(
        [
            f'<worksheet xmlns="{_MAIN}"><sheetData><row r="1">',
            '<c r="A1" t="inlineStr"><is><t>Total</t></is></c><c r="B1"><v>1.5</v></c>',
            "</row></sheetData></worksheet>",
        ]
    )
    return {
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets><sheet r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_REFERENCES}"><Relationship Id="a" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": sheet,
    }


def _message() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Ayşe <a@example.com>", "b@example.com", "Fatura ödemesi"
    message["Date"] = "Mon, 01 Jan 2024 10:00:00 +0300"
    message.set_content("Merhaba, fatura ektedir; ödeme günü geldi.")
    message.add_alternative("<p>Merhaba</p>", subtype="html")
    message.add_attachment(b"a;b\n1;2\n", maintype="text", subtype="csv", filename="tablo ğ.csv")
    return message.as_bytes()
