"""The reader as a whole: PDFs, pictures, limits, typed errors, and independence from the file system."""

from __future__ import annotations

import io
import subprocess
import sys
import textwrap
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from app.documents.image import turn_back
from app.documents.reader import read_document
from app.errors import (
    DamagedDocumentError,
    DocumentTooLargeError,
    EmptyDocumentError,
    UnsupportedFormatError,
)
from app.settings import ReadLimits

LIMITS = ReadLimits()


def pdf(*pages: str) -> bytes:
    """A PDF with a line of text at (20, 700) for each page."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", "", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    kids = []
    for text in pages:
        stream = f"BT /F1 12 Tf 20 700 Td ({text}) Tj ET"
        objects.append(f"<</Length {len(stream)}>> stream\n{stream}\nendstream")
        content = len(objects)
        objects.append(f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents {content} 0 R/Resources<</Font<</F1 3 0 R>>>>>>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>"
    body = "".join(f"{number} 0 obj {content} endobj\n" for number, content in enumerate(objects, start=1))
    return f"%PDF-1.4\n{body}trailer <</Root 1 0 R>>\n".encode()


def drawing(lines: dict[tuple[int, int], str], size: tuple[int, int] = (700, 300)) -> Image.Image:
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    for place, text in lines.items():
        pen.text(place, text, fill="black", font=ImageFont.load_default(32))
    return image


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def test_pdf_pages_and_words_point_into_the_text() -> None:
    document = read_document(
        pdf("Invoice number 17 of the first page", "Second page with enough letters to be read"), "a.pdf", LIMITS
    )
    assert [page.number for page in document.pages] == [1, 2]
    first, second = document.pages
    assert document.text[second.start : second.end].strip().startswith("Second page")
    assert document.text[first.end : second.start] == "\n\n"
    number = document.text.index("17")
    (box,) = document.boxes_of(number, number + 2)
    assert 100 < box.x0 < box.x1 < 130
    assert 80 < box.y0 < box.y1 < 105
    assert all(document.text[word.start : word.end].strip() for word in document.words)


def test_values_typed_into_a_form_stand_beside_their_labels() -> None:
    form = (
        "/AcroForm<</Fields[9 0 R]>>",
        "9 0 obj <</Type/Annot/Subtype/Widget/FT/Tx/T(n)/V(Alice)/Rect[120 696 200 710]/P 5 0 R>> endobj\n",
    )
    data = pdf("Name of the person:").decode()
    data = (
        data.replace("/Catalog", "/Catalog" + form[0], 1)
        .replace("/MediaBox", "/Annots[9 0 R]/MediaBox", 1)
        .replace("trailer", form[1] + "trailer", 1)
    )
    document = read_document(data.encode(), "form.pdf", LIMITS)
    assert document.text.split() == ["Name", "of", "the", "person:", "Alice"]
    assert "\n" not in document.text


def test_pages_over_the_limit_are_left_out_with_a_notice() -> None:
    pages = [f"Page {number} with enough letters to be read" for number in range(5)]
    document = read_document(pdf(*pages), "a.pdf", ReadLimits(max_pages=2))
    assert len(document.pages) == 2
    assert document.notices == ("Only the first 2 of 5 pages were read.",)


def test_text_over_the_limit_is_cut_with_a_notice() -> None:
    document = read_document(b"word and word\n" * 5000, "a.txt", ReadLimits(max_chars=10_000))
    assert len(document.text) <= 10_000
    assert "left out" in document.notices[0]


def test_a_receipt_reads_as_it_looks() -> None:
    image = drawing({(20, 20): "CORNER SHOP", (20, 100): "TOTAL", (500, 102): "60.30", (20, 180): "CASH", (500, 181): "70.00"})
    document = read_document(saved(image), "a.png", LIMITS)
    lines = [line.split() for line in document.text.split("\n") if line.strip()]
    assert lines == [["CORNER", "SHOP"], ["TOTAL", "60.30"], ["CASH", "70.00"]]
    page = document.pages[0]
    assert page.ocr
    assert (page.quality or 0) > 0.8
    at = document.text.index("60.30")
    (box,) = document.boxes_of(at, at + 5)
    assert abs(box.x0 - 500 * 72 / 150) < 8
    assert abs(box.y0 - 102 * 72 / 150) < 8


def test_the_same_words_twice_on_a_line_keep_their_own_boxes() -> None:
    document = read_document(pdf("Illinois total 10,00 EUR - WWW MMM total 10,00 EUR - ill total 10,00 EUR"), "a.pdf", LIMITS)
    lefts = [word.x0 for word in document.words]
    assert len(lefts) == len(document.text.split())
    assert lefts == sorted(lefts)


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_turned_pages_are_read_and_boxes_lie_on_the_page_as_it_is(angle: int) -> None:
    lines = {(40, 40 + 60 * row): f"Line number {row} of the letter" for row in range(8)}
    image = drawing(lines, (800, 560)).rotate(angle, expand=True)
    document = read_document(saved(image), "a.png", LIMITS)
    assert "Line number 3 of the letter" in document.text
    word = document.words[0]
    assert 0 <= word.x0 < word.x1 <= document.pages[0].width + 1
    assert 0 <= word.y0 < word.y1 <= document.pages[0].height + 1


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_turning_back_is_the_inverse_of_turning(turns: int) -> None:
    width, height = 100.0, 60.0
    box = (10.0, 20.0, 30.0, 25.0)
    turned = box
    turned_width, turned_height = width, height
    for _ in range(turns):
        x0, y0, x1, y1 = turned
        turned = (turned_height - y1, x0, turned_height - y0, x1)
        turned_width, turned_height = turned_height, turned_width
    assert turn_back(turned, turns, width, height) == box


def test_every_page_of_a_tiff_is_read() -> None:
    pages = [drawing({(20, 20): text}, (400, 120)) for text in ("FIRST", "SECOND")]
    data = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    heard: list[tuple[int, int]] = []
    document = read_document(data, "a.tif", LIMITS, on_page=lambda page, pages: heard.append((page, pages)))
    assert document.text.split() == ["FIRST", "SECOND"]
    assert heard == [(1, 2), (2, 2)]


def test_size_is_checked_before_a_picture_is_decoded() -> None:
    declared = bytearray(saved(Image.new("1", (8, 8))))
    declared[16:24] = (60_000).to_bytes(4, "big") * 2
    declared[29:33] = zlib.crc32(declared[12:29]).to_bytes(4, "big")
    with pytest.raises(DocumentTooLargeError):
        read_document(bytes(declared), "a.png", LIMITS)


def test_a_photo_of_a_phone_is_read_upright() -> None:
    data = (Path(__file__).parents[2] / "data" / "turned.heic").read_bytes()
    document = read_document(data, "photo.heic", LIMITS)
    assert document.format == "image"
    assert document.text.split() == ["INVOICE", "4711", "Total", "due", "119.00", "EUR"]


def test_a_blank_picture_is_empty() -> None:
    with pytest.raises(EmptyDocumentError):
        read_document(saved(Image.new("RGB", (300, 300), "white")), "a.png", LIMITS)


@pytest.mark.parametrize(
    ("data", "name", "error"),
    [
        (b"", "a.pdf", EmptyDocumentError),
        (b" \n\0", "a.txt", EmptyDocumentError),
        (b"%PDF-1.4\nnothing", "a.pdf", DamagedDocumentError),
        (b"\x89PNG\r\n\x1a\n broken", "a.png", DamagedDocumentError),
        (b"PK\x03\x04 no office", "a.zip", UnsupportedFormatError),
        (b"7z\xbc\xaf\x27\x1c\0\0", "a.7z", UnsupportedFormatError),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage\0".encode("utf-16-le"), "a.docx", DamagedDocumentError),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument\0".encode("utf-16-le"), "a.doc", DamagedDocumentError),
    ],
)
def test_bad_files_end_in_the_fitting_error(data: bytes, name: str, error: type[Exception]) -> None:
    with pytest.raises(error, match=name):
        read_document(data, name, LIMITS)


def test_a_file_over_the_size_limit_is_refused() -> None:
    with pytest.raises(DocumentTooLargeError):
        read_document(b"x" * (1 << 20) + b"y", "a.txt", ReadLimits(max_bytes=1 << 20))


def test_reading_opens_no_file_after_warming_up() -> None:
    program = textwrap.dedent(
        """
        import sys
        from app.documents.reader import read_document, warm_up
        from app.documents.warmup import canaries
        from app.errors import DocumentError
        from app.settings import ReadLimits
        warm_up()
        files = [*canaries(), ("drawn.png", sys.stdin.buffer.read())]
        def refuse(event, arguments):
            if event in {"open", "import", "socket.connect", "subprocess.Popen", "os.fork", "ctypes.dlopen"}:
                raise PermissionError(f"{event} {arguments[:1]}")
        sys.addaudithook(refuse)
        for name, data in files:
            try:
                document = read_document(data, name, ReadLimits())
            except DocumentError:
                continue
        print(document.text)
        """
    )
    shown = drawing({(20, 20): "AFTER THE LOCK"}, (500, 120))
    done = subprocess.run([sys.executable, "-c", program], input=saved(shown), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert "AFTER THE LOCK" in done.stdout.decode()
