from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.tasks.lines.layout import Layout
from app.tasks.text.folding import fold, same_name_key, tokens_of


@given(st.text(max_size=80))
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_folding_makes_spellings_equal() -> None:
    assert same_name_key("İZİBİZ BİLİŞİM A.Ş.") == same_name_key("izibiz bilişim a.ş")
    assert [token.text for token in tokens_of("USt.-IdNr. Größe")] == ["ust", "idnr", "grose"]


@given(st.text(alphabet="ab1 .|\t\n-", max_size=120))
def test_segments_are_parts_of_the_text_in_order(text: str) -> None:
    layout = Layout(text)
    end = 0
    for segment in layout.segments():
        assert segment.start >= end
        assert text[segment.start : segment.end].strip() == text[segment.start : segment.end] != ""
        end = segment.end


def test_columns_are_kept_apart() -> None:
    text = "Bill to:            Invoice no. 7\nACME Ltd            Date  1.2.2024\n"
    layout = Layout(text)
    assert [text[s.start : s.end] for s in layout.lines[1].segments] == ["ACME Ltd", "Date", "1.2.2024"]
    above = [text[s.start : s.end] for _, s in layout.above(1, 0, 8, 3)]
    assert above == ["Bill to:"]


def test_markdown_tables_are_columns() -> None:
    text = "| Total | 12.00 |\n| --- | --- |\n| Net | 10.00 |"
    assert [[text[s.start : s.end] for s in line.segments] for line in Layout(text).lines] == [["Total", "12.00"], ["Net", "10.00"]]
