from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.domain.cutout import Cutout, cut_out
from app.domain.document import Page, Word
from app.domain.picture import PagePicture

TEXT = "Total 80.25\nIBAN DE89370400440532013000"
PAGE = Page(number=1, start=0, end=len(TEXT), width=200, height=100)
WORDS = (
    Word(0, 5, 1, 10, 10, 40, 20),
    Word(6, 11, 1, 50, 10, 90, 20),
    Word(12, 16, 1, 10, 40, 40, 50),
    Word(17, 39, 1, 50, 40, 150, 50),
)
LINES = ((0, 11, TEXT[:11]), (12, 39, TEXT[12:]))
IBAN = (17, 39, TEXT[17:])


def picture(ink: int = 40, noise: int = 0, scale: int = 2, secret: int = 40) -> PagePicture:
    """Words of one shade, the last one of another, with `noise` all over what is not words."""
    width, height = 200 * scale, 100 * scale
    stride = 3 * width + 5
    rows = bytearray([noise]) * (stride * height)
    for word in WORDS:
        for y in range(int(word.y0) * scale, int(word.y1) * scale):
            at = y * stride + 3 * int(word.x0) * scale
            rows[at : at + 3 * int(word.x1 - word.x0) * scale] = bytes([secret if word is WORDS[-1] else ink]) * (
                3 * int(word.x1 - word.x0) * scale
            )
    return PagePicture(width, height, stride, bytes(rows))


def opened(cutout: Cutout) -> Image.Image:
    image = Image.open(io.BytesIO(cutout.png))
    image.load()
    return image


def made(shown: tuple[tuple[int, int, str], ...] = LINES, **changes: int) -> Cutout:
    found = cut_out(picture(**changes), PAGE, WORDS, shown)
    assert found is not None
    return found


def test_words_are_seen_where_they_stand() -> None:
    image = opened(made(noise=255))
    assert image.mode == "L"
    assert image.size == (200 + 80 + 5, 80 + 5)
    assert image.getpixel((10, 8)) == 40
    assert image.getpixel((70, 8)) == 255


def test_nothing_but_the_words_of_the_lines_is_seen() -> None:
    first = (LINES[0],)
    quiet, noisy = made(first, noise=255), made(first, noise=7)
    assert (quiet.width, quiet.height) == (160 + 5, 20 + 5)
    between = [opened(one).crop((70, 0, 76, quiet.height)) for one in (quiet, noisy)]
    assert {shade for crop in between for shade in crop.tobytes()} == {255}


def test_words_that_reach_into_others_are_not_seen() -> None:
    near = (*WORDS[:2], WORDS[2]._replace(y0=19, y1=30), WORDS[3]._replace(x0=38, x1=52, y0=12, y1=18))
    cutout = cut_out(picture(noise=255), PAGE, near, (LINES[0],))
    assert cutout is not None
    box = cutout.words[0]
    image = opened(cutout)
    assert image.getpixel((box.left + 10, box.top + 8)) == 40
    assert set(image.crop((box.left, box.bottom - 4, box.right, box.bottom)).tobytes()) == {255}
    assert set(image.crop((box.right - 4, box.top + 8, box.right, box.top + 16)).tobytes()) == {255}


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_of_a_hidden_word_no_pixel_is_left(scale: int) -> None:
    first, second = (made(scale=scale, noise=255, secret=shade) for shade in (40, 200))
    assert first.png != second.png
    painted, again = first.without([IBAN]), second.without([IBAN])
    assert painted is not None
    assert again is not None
    assert painted.png == again.png
    assert opened(painted).getpixel((10, 8)) == 40
    box = painted.words[-1]
    assert set(opened(painted).crop((box.left, box.top, box.right, box.bottom)).tobytes()) == {0}


def test_what_has_no_place_keeps_the_picture_here() -> None:
    cutout = made()
    assert cutout.without([(17, 40, TEXT[17:] + "1")]) is None
    assert cutout.without([(100, 105, "other")]) is None
    assert cutout.without([(11, 17, "\nIBAN ")]) is not None
    lost = [word for word in WORDS if word.start != 17]
    assert cut_out(picture(), PAGE, lost, LINES) is None
    assert cut_out(picture(), PAGE.model_copy(update={"width": 0.0}), WORDS, LINES) is None
    assert cut_out(picture(), PAGE, (), LINES) is None


def test_a_part_of_a_word_hides_all_of_it() -> None:
    assert made().without([(20, 22, TEXT[20:22])]) == made().without([IBAN])


def test_words_beyond_the_edge_are_cut_at_it() -> None:
    far = (*WORDS[:3], WORDS[3]._replace(x1=900, y1=400, x0=-30))
    cutout = cut_out(picture(), PAGE, far, LINES)
    assert cutout is not None
    assert (cutout.width, cutout.height) <= (400, 200)
    assert opened(cutout).size == (cutout.width, cutout.height)


@given(st.lists(st.tuples(st.integers(0, 45), st.integers(0, 45)), max_size=4))
def test_hiding_never_shows_more(pairs: list[tuple[int, int]]) -> None:
    cutout = made()
    spans = [(min(pair), max(pair), TEXT[min(pair) : max(pair)]) for pair in pairs]
    painted = cutout.without(spans)
    if painted is not None:
        before, after = opened(cutout).tobytes(), opened(painted).tobytes()
        assert all(new in (0, old) for old, new in zip(before, after, strict=True))


def test_a_cutout_survives_being_written_down() -> None:
    cutout = made()
    assert Cutout.model_validate_json(cutout.model_dump_json()) == cutout
    assert made().png == cutout.png
