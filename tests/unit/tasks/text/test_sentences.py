"""Sentences: where they end, how wrapped lines and columns are read, and that places are exact."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tasks.text.sentences import split_sentences


def texts(text: str) -> list[str]:
    return [sentence.text for sentence in split_sentences(text).sentences]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sales rose 4.5 percent. Costs fell.", ["Sales rose 4.5 percent.", "Costs fell."]),
        ("Dr. Smith met Mr. J. Doe at 3 p.m. in Rome. They left.", ["Dr. Smith met Mr. J. Doe at 3 p.m. in Rome.", "They left."]),
        ("The U.S. economy grew. Jobs too.", ["The U.S. economy grew.", "Jobs too."]),
        (
            "Die Frist endet am 3. März 2024. Danach gilt z. B. Regel 2.",
            ["Die Frist endet am 3. März 2024.", "Danach gilt z. B. Regel 2."],
        ),
        ("Toplantı 5. Madde uyarınca yapıldı. Doç. Dr. Ali geldi.", ["Toplantı 5. Madde uyarınca yapıldı.", "Doç. Dr. Ali geldi."]),
        ("Il coûte 3,50 € env. dix fois moins. C'est bien !", ["Il coûte 3,50 € env. dix fois moins.", "C'est bien !"]),
        ("we may end it. you may not appeal this.", ["we may end it.", "you may not appeal this."]),
        ('He said "stop." Nobody did.', ['He said "stop."', "Nobody did."]),
    ],
)
def test_ends_of_sentences(text: str, expected: list[str]):
    assert texts(text) == expected


def test_joins_wrapped_lines_and_parted_words():
    text = (
        "The committee met on Monday to discuss the bud-\n"
        "get of the coming year and the plans for building\n"
        "the new library. It decided to wait until spring.\n\n"
        "Next steps\n\n"
        "The mayor will report in May on the costs of it.\n"
    )
    prose = split_sentences(text)
    assert [sentence.text for sentence in prose.sentences] == [
        "The committee met on Monday to discuss the budget of the coming year and the plans for building the new library.",
        "It decided to wait until spring.",
        "The mayor will report in May on the costs of it.",
    ]
    assert [heading.text for heading in prose.headings] == ["Next steps"]
    assert len(prose.sentences[0].spans) == 1


def test_a_parted_name_is_left_as_printed():
    assert texts("The contract was signed by Mr Schmidt and Mrs Schnei-\nder on behalf of the company that owns the house.") == [
        "The contract was signed by Mr Schmidt and Mrs Schnei- der on behalf of the company that owns the house."
    ]


def test_tables_are_no_sentences():
    table = "Item        Qty     Price\nPaper         2     10.00\nPens          5      3.50"
    text = f"We ordered paper today.\n\n{table}\n\nIt came late."
    assert texts(text) == ["We ordered paper today.", "It came late."]


def test_a_paragraph_with_wide_gaps_is_no_table():
    text = "We prove that boosting works for deep networks.   Our method needs only sequential training of parts.   It is fast."
    assert len(texts(text)) == 3


def test_text_without_full_stops_is_parted():
    text = "all of this goes on and on, " * 60
    sentences = split_sentences(text).sentences
    assert max(len(sentence.text.split()) for sentence in sentences) <= 110
    assert " ".join(sentence.text for sentence in sentences) == text.strip()


def test_transcripts_have_speakers():
    text = "\n".join(f"{name}: We agree on point {number}." for number in range(4) for name in ("Chair", "Ms Lee"))
    prose = split_sentences(text)
    assert [sentence.speaker for sentence in prose.sentences[:2]] == ["Chair", "Ms Lee"]
    assert prose.sentences[1].text == "We agree on point 0."
    start, end = prose.sentences[1].speaker_span or (0, 0)
    assert text[start:end] == "Ms Lee"


def test_columns_are_read_one_after_the_other():
    left = [f"this is line number {n} of the left column" for n in range(10)]
    right = [f"and here stands row {n} of the right side" for n in range(10)]
    left[0], right[0] = "Left begins with line zero of this column", "Right begins with row zero of this side"
    left[9], right[9] = "and this ends the text of the left column.", "and this ends the rows of the right side."
    text = "\n".join(f"{a:<50}{b}" for a, b in zip(left, right, strict=True))
    sentences = split_sentences(text).sentences
    assert [sentence.text.split()[0] for sentence in sentences] == ["Left", "Right"]
    assert "right" not in sentences[0].text
    assert " ".join(text[start:end] for start, end in sentences[0].spans).split() == sentences[0].text.split()


@given(st.text(alphabet="ab cD.,!?\n\t:-()1|\"'ğİ ", max_size=200))
def test_every_word_of_a_sentence_stands_at_its_places(text: str):
    for sentence in split_sentences(text).sentences:
        found = "".join("".join(text[start:end].split()) for start, end in sentence.spans)
        assert found.replace("-", "") == "".join(sentence.text.split()).replace("-", "")
        assert all(0 <= start < end <= len(text) for start, end in sentence.spans)
