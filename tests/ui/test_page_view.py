from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QImage

from app.domain.document import Word
from app.ui.views.document_view import DocumentView
from app.ui.views.entries import layout_of
from app.ui.views.marks import marks_of
from app.ui.views.page_layout import WordFinder
from app.ui.views.page_view import PageView
from app.ui.views.text_offsets import Offsets
from app.ui.views.text_view import TextView
from tests.helpers.review_samples import TASK, make_document, make_result, place


@pytest.fixture
def document():
    return make_document()


@pytest.fixture
def marks(document):
    return marks_of(layout_of(TASK, make_result(document), review_below=0.75).entries, document)


@pytest.fixture
def view(qtbot, document, marks):
    view = PageView()
    qtbot.addWidget(view)
    view.resize(640, 700)
    with qtbot.waitExposed(view):
        view.show()
    view.set_document(document)
    view.set_marks(marks)
    return view


def spot(view: PageView, box) -> QPoint:
    """Where the middle of a box of page 1 is drawn."""
    rect = view._visible_rects()[1]
    return QPoint(
        round(rect.left() + (box.x0 + box.x1) / 2 * view._scale),
        round(rect.top() + (box.y0 + box.y1) / 2 * view._scale),
    )


def word(document, text: str) -> Word:
    start = document.text.index(text)
    return next(word for word in document.words if word.start == start)


def press(qtbot, view, at, modifiers=Qt.KeyboardModifier.NoModifier):
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifiers, at)


def test_asks_for_pictures_of_the_pages_in_view_once(qtbot, view):
    asked = []
    view.page_requested.connect(lambda page, dpi: asked.append((page, dpi)))
    view.set_document(make_document())
    qtbot.waitUntil(lambda: bool(asked))
    page, dpi = asked[0]
    assert page == 1
    assert dpi >= view._scale * 72 * 0.95
    view.set_picture(1, QImage(100, 140, QImage.Format.Format_RGB888), dpi)
    asked.clear()
    view.verticalScrollBar().setValue(1)
    view.verticalScrollBar().setValue(0)
    qtbot.wait(150)
    assert asked == []


def test_zooming_in_asks_for_a_sharper_picture(qtbot, view):
    qtbot.wait(120)
    view.set_picture(1, QImage(100, 140, QImage.Format.Format_RGB888), 96)
    with qtbot.waitSignal(view.page_requested, check_params_cb=lambda page, dpi: page == 1 and dpi > 96):
        for _ in range(4):
            view.zoom_in()


def test_zoom_goes_back_to_the_width_of_the_view(view):
    fitting = view.zoom
    view.zoom_in()
    assert view.zoom > fitting
    view.zoom_out()
    view.zoom_out()
    assert view.zoom < fitting
    view.fit_width()
    assert view.zoom == pytest.approx(fitting)


def test_paging_names_the_page(qtbot, view):
    with qtbot.waitSignal(view.page_changed, check_params_cb=lambda page: page == 2):
        qtbot.keyClick(view, Qt.Key.Key_PageDown)
    assert view.accessibleName() == "Page 2 of 2"
    qtbot.keyClick(view, Qt.Key.Key_PageUp)
    assert view.page == 1


def test_click_on_a_box_selects_its_value(qtbot, view, document):
    with qtbot.waitSignal(view.mark_clicked) as clicked:
        press(qtbot, view, spot(view, place(document, "717,97").boxes[0]))
    assert clicked.args == ["total_amount"]


def test_click_on_a_word_picks_it_and_shift_click_extends(qtbot, view, document):
    with qtbot.waitSignal(view.words_picked) as picked:
        press(qtbot, view, spot(view, word(document, "Invoice number").box))
    assert picked.args[0] == "Invoice"
    with qtbot.waitSignal(view.words_picked) as picked:
        press(qtbot, view, spot(view, word(document, "number").box), Qt.KeyboardModifier.ShiftModifier)
    text, evidence = picked.args
    assert text == "Invoice number"
    assert document.text[evidence.start : evidence.end] == "Invoice number"
    assert evidence.page == 1
    assert len(evidence.boxes) == 1


def test_dragging_over_boxes_picks_their_words(qtbot, view, document):
    boxes = place(document, "19 April 2014").boxes
    start, end = spot(view, word(document, "19").box), spot(view, word(document, "2014").box)
    with qtbot.waitSignal(view.words_picked) as picked:
        qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=start)
        qtbot.mouseMove(view.viewport(), (start + end) / 2)
        qtbot.mouseMove(view.viewport(), end)
        qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=end)
    assert picked.args[0] == "19 April 2014"
    assert len(boxes) == len(picked.args[1].boxes) == 1


def test_selecting_scrolls_and_zooms_to_the_place(view, document):
    far = place(document, "Paid")
    view.resize(240, 300)
    view._relayout()
    before = view.zoom
    view.reveal(far.page, [])
    assert view.page == 2
    view.select("total_amount")
    assert view.page == 1
    assert view.zoom > before
    box = place(document, "717,97").boxes[0]
    assert view.viewport().rect().contains(spot(view, box))


def test_a_missing_value_leaves_a_dashed_hint_at_its_label(document, marks):
    hint = next(mark for mark in marks if mark.target == "due_date")
    assert hint.dashed
    assert document.text[hint.evidence.start : hint.evidence.end].lower() == "due date"


def test_marks_carry_the_tone_of_their_proof(marks):
    tones = {mark.target: mark.tone for mark in marks}
    assert tones["invoice_number"] == "good"
    assert tones["total_amount"] == "warn"
    assert tones["line_items[0].amount"] == "warn"


def test_words_of_two_columns_are_joined_by_a_blank(document):
    finder = WordFinder(document)
    words = [word(document, "ACME"), word(document, "INVOICE")]
    assert finder.text_of(words) == "ACME INVOICE"


def test_a_page_without_a_picture_still_paints(qtbot, view):
    view.set_picture(1, QImage(), 96)
    picture = view.grab().toImage()
    assert picture.width() >= 640


def test_document_view_pages_and_zooms_by_buttons(qtbot, document):
    view = DocumentView()
    qtbot.addWidget(view)
    view.resize(600, 500)
    with qtbot.waitExposed(view):
        view.show()
    view.show_document(document)
    assert view._where.text() == "page 1 of 2"
    view._next.click()
    assert view._where.text() == "page 2 of 2"
    assert not view._next.isEnabled()
    before = view._percent.text()
    view._in.click()
    assert view._percent.text() != before


def test_a_document_without_pages_is_shown_as_text(qtbot):
    plain = make_document(("Dear Sir,\n\nthe total is 717,97 €.\n",), paged=False, format_="eml")
    view = DocumentView()
    qtbot.addWidget(view)
    view.show_document(plain)
    assert not view.has_pages
    assert view.text_view.toPlainText() == plain.text
    assert view._where.text() == ""


def test_text_view_picks_words_with_offsets_of_the_document(qtbot):
    document = make_document(("Smile 😀 ACME costs 717,97\n",), paged=False, format_="text")
    view = TextView()
    qtbot.addWidget(view)
    view.set_document(document)
    start = Offsets(document.text).to_qt(document.text.index("717,97"))
    cursor = view.textCursor()
    cursor.setPosition(start)
    cursor.setPosition(start + 6, cursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)
    with qtbot.waitSignal(view.words_picked) as picked:
        view._emit_picked()
    text, evidence = picked.args
    assert text == "717,97"
    assert document.text[evidence.start : evidence.end] == "717,97"


def test_offsets_count_wide_characters_twice():
    text = "a😀b😀c"
    offsets = Offsets(text)
    assert [offsets.to_qt(index) for index in range(5)] == [0, 1, 3, 4, 6]
    assert [offsets.from_qt(offsets.to_qt(index)) for index in range(5)] == [0, 1, 2, 3, 4]


def test_very_long_lines_are_broken_for_show():
    text = "first\n" + "word " * 1_000 + "x" * 4_500 + "\nlast"
    offsets = Offsets(text)
    shown = offsets.shown(text)
    assert max(map(len, shown.splitlines())) <= 2_000
    assert shown.replace("\n", "") == text.replace("\n", "")
    for word in ("first", "xxx", "last"):
        place = text.index(word)
        assert shown[offsets.to_qt(place) :].startswith(word)
        assert offsets.from_qt(offsets.to_qt(place)) == place


def test_a_long_text_is_put_in_by_and_by(qtbot):
    document = make_document(("some words\n" * 40_000,), paged=False, format_="text")
    view = TextView()
    qtbot.addWidget(view)
    view.set_document(document)
    assert view.document().characterCount() < len(document.text)
    qtbot.waitUntil(lambda: view.document().characterCount() > len(document.text))
    assert view.toPlainText() == document.text


def test_big_text_is_highlighted_quickly(qtbot):
    document = make_document(("word " * 200_000 + "needle\n",), paged=False, format_="text")
    view = TextView()
    qtbot.addWidget(view)
    view.set_document(document)
    view.reveal(place(document, "needle"))
    assert view.toPlainText()[view.textCursor().position() :].startswith("needle")


def test_a_wide_sentence_never_makes_the_page_smaller(view, document):
    view.zoom_in()
    view.zoom_in()
    before = view.zoom
    view.reveal(1, [QRectF(0, 60, 590, 6)])
    assert view.zoom >= before
