"""Pages are drawn without what reading needs, and without opening a file."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from app.documents.drawing import render_page
from app.documents.warmup import drawable_canaries
from app.errors import AppError, DamagedDocumentError, DocumentTooLargeError, EmptyDocumentError, UnsupportedFormatError
from app.settings import ReadLimits

PDF = dict(drawable_canaries())["canary.pdf"]
PHOTO = Path(__file__).parents[2] / "data" / "turned.heic"
LIMITS = ReadLimits()


def test_drawn_pages_are_raw_pixels() -> None:
    picture = render_page(PDF, "a.pdf", 1, dpi=144, limits=LIMITS)
    assert (picture.width, picture.height, picture.stride) == (400, 200, 1200)
    assert len(picture.pixels) == 200 * 1200
    assert min(picture.pixels) < 100 < max(picture.pixels)


def test_a_photo_of_a_phone_is_drawn_upright() -> None:
    picture = render_page(PHOTO.read_bytes(), "photo.heic", 1, dpi=72, limits=LIMITS)
    assert picture.width > picture.height


@pytest.mark.parametrize(
    ("data", "name", "error"),
    [
        (PDF, "a.pdf", DamagedDocumentError),
        (PHOTO.read_bytes(), "a.heic", DamagedDocumentError),
        (b"%PDF-1.4\nnothing", "b.pdf", DamagedDocumentError),
        (b"", "c.pdf", EmptyDocumentError),
        (b"no pages here", "d.txt", UnsupportedFormatError),
        (b"PK\x03\x04 no office", "e.zip", UnsupportedFormatError),
    ],
)
def test_what_has_no_second_page_says_why(data: bytes, name: str, error: type[AppError]) -> None:
    with pytest.raises(error, match=name):
        render_page(data, name, 2, dpi=72, limits=LIMITS)


def test_pages_larger_than_the_limit_are_refused() -> None:
    with pytest.raises(DocumentTooLargeError):
        render_page(PDF, "a.pdf", 1, dpi=20_000, limits=LIMITS)


def test_drawing_loads_little_and_opens_no_file_after_warming_up() -> None:
    program = textwrap.dedent(
        """
        import sys
        from app.documents.drawing import render_page, warm_up
        from app.documents.warmup import drawable_canaries
        from app.settings import ReadLimits
        warm_up()
        print(*sorted({"cv2", "kreuzberg", "onnxruntime", "rapidocr"} & set(sys.modules)))
        files = list(drawable_canaries())
        def refuse(event, arguments):
            if event in {"open", "import", "socket.connect", "subprocess.Popen", "os.fork", "ctypes.dlopen"}:
                raise PermissionError(f"{event} {arguments[:1]}")
        sys.addaudithook(refuse)
        for name, data in files:
            print(name, render_page(data, name, 1, dpi=100, limits=ReadLimits()).width)
        """
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    loaded, *drawn = done.stdout.splitlines()
    assert not loaded
    assert len(drawn) > 7
