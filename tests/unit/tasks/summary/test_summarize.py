"""Summaries: points rest on sentences of the document, in every style, whatever the model answers."""

from collections.abc import Sequence

import pytest

from app.domain.document import Document, Page
from app.domain.progress import Progress
from app.domain.result import Result
from app.domain.task import SummaryStyle, Task, TaskKind
from app.tasks.summary.questions import topic_of
from app.tasks.summary.summarize import MORE_ACTIONS, NO_ACTIONS, NO_PROSE, summarize, weighted_by_judgement
from app.tasks.text.facts import unsupported
from app.tasks.text.passages import QUOTED
from app.tasks.text.salience import choose, rank
from app.tasks.text.sentences import split_sentences
from app.worker.fake import FakeEngine

REPORT = """Annual report of the Harbour Museum

The Harbour Museum had 48,200 visitors in 2023, which is 12 % more than in 2022.

The new hall for ships opened on 4 May 2023 and drew most of the visitors of the museum.
However, the costs of heating rose to 61,000 euros.

Good morning and thank you for reading.

The board decided to raise the price of tickets for visitors to 9 euros from January 2024.
Ms Olsen will present a plan for the roof of the museum by 1 March 2024.

The museum thanks its many helpers, and it hopes to see them again at the summer party.
"""


class Partial(FakeEngine):
    """Expects sentences about heating and nothing else."""

    def score(self, continuations: Sequence[Sequence[int]]) -> list[float]:
        return [-1.0 if b"heating" in bytes(tokens) else -3.0 * len(tokens) for tokens in continuations]


def document(text: str, format_: str = "text") -> Document:
    half = text.find("\n\n", len(text) // 2) + 1 or len(text)
    pages = (Page(number=1, start=0, end=half), Page(number=2, start=half, end=len(text)))
    return Document(name="a.txt", sha256="0" * 64, format=format_, text=text, pages=pages)


def run(
    text: str, style: SummaryStyle = SummaryStyle.BULLETS, *, max_points: int = 3, format_: str = "text", answer: str = "Y"
) -> Result:
    task = Task(id="sum", kind=TaskKind.SUMMARIZE, style=style, max_points=max_points)
    return summarize(task, document(text, format_), FakeEngine(), language="", on_progress=lambda _: None)


@pytest.mark.parametrize("style", list(SummaryStyle))
def test_every_point_rests_on_its_evidence(style: SummaryStyle):
    result = run(REPORT, style)
    assert result.points
    for point in result.points:
        places = " ".join(REPORT[place.start : place.end] for place in point.evidence)
        assert unsupported(point.text, places) == ()
        assert set(point.text.rstrip(".").lower().split()) <= set(places.lower().replace(".", "").split())
        assert [document(REPORT).page_of(place.start).number for place in point.evidence] == [
            place.page for place in point.evidence
        ]
        assert 0.0 < point.confidence < 1.0
        assert point.reason
    assert result.pages_read == (1, 2)


def test_bullets_are_the_main_statements_in_order():
    points = [point.text for point in run(REPORT).points]
    assert points[0].startswith("The Harbour Museum had 48,200 visitors")
    assert any("board decided" in point for point in points)
    assert not any("thank" in point for point in points)


def test_the_model_has_a_say():
    ranked = rank(split_sentences(REPORT))
    sentences = [0, 1, 2, 3]
    weighed = weighted_by_judgement(ranked, sentences, split_sentences(REPORT), Partial())
    gains = [float(weighed.scores[index] - ranked.scores[index]) for index in sentences]
    assert gains[2] == max(gains) > 0 > gains[0]


def test_an_abstract_of_one_paragraph_is_one_sentence():
    text = "A title\n\nWe study rivers. We propose a model of rivers that is fast. It was tested. It uses little memory."
    assert len(run(text, SummaryStyle.ABSTRACT, max_points=5).points) == 1


def test_actions_are_requests_and_promises():
    points = [point.text for point in run(REPORT, SummaryStyle.ACTION_ITEMS).points]
    assert points == ["Ms Olsen will present a plan for the roof of the museum by 1 March 2024."]


@pytest.mark.parametrize(
    "sentence",
    [
        "Please send the signed form back by Friday.",
        "Bitte senden Sie das Formular bis zum 3. Mai zurück.",
        "Veuillez renvoyer le formulaire signé avant le 3 mai.",
        "Lütfen imzalı formu 3 Mayıs tarihine kadar gönderiniz.",
        "Formun cuma gününe kadar gönderilmesi gerekmektedir.",
    ],
)
def test_requests_in_four_languages(sentence: str):
    assert [point.text for point in run(f"The sky was blue all day.\n\n{sentence}\n", SummaryStyle.ACTION_ITEMS).points] == [
        sentence
    ]


def test_listed_items_under_a_heading_of_actions():
    items = "- Budget draft to the board, Maria\n- New chairs for room five, Tom\n"
    text = f"Team meeting\n\nWe met on Monday in the office.\n\nAction items\n\n{items}"
    points = run(text, SummaryStyle.ACTION_ITEMS).points
    assert [point.text for point in points] == ["Budget draft to the board, Maria", "New chairs for room five, Tom"]


def test_no_actions_is_an_answer():
    result = run("The sky was blue. The sea was calm all day.", SummaryStyle.ACTION_ITEMS)
    assert result.points == ()
    assert result.notices == (NO_ACTIONS,)


def test_more_actions_than_asked_for_is_told():
    text = "\n\n".join(f"Please send page {number} to the office." for number in range(5))
    result = run(text, SummaryStyle.ACTION_ITEMS, max_points=2)
    assert len(result.points) == 2
    assert result.notices == (MORE_ACTIONS,)


def test_a_faq_has_a_question_for_each_answer():
    points = run(REPORT, SummaryStyle.FAQ).points
    assert all(point.question.endswith("?") for point in points)
    assert all(unsupported(point.question, REPORT + " What does the document say about") == () for point in points)


def test_a_document_without_sentences():
    result = run("12 34\n56", SummaryStyle.BULLETS)
    assert result.points == ()
    assert result.notices == (NO_PROSE,)


def test_quoted_messages_are_left_out_and_told():
    mail = (
        "From: a@b.c\nSubject: x\n\nThe new price is 5 euros for each visitor.\n\n> The old price was 4 euros for each visitor.\n"
    )
    result = run(mail, format_="eml")
    assert [point.text for point in result.points] == ["The new price is 5 euros for each visitor."]
    assert result.notices == (QUOTED,)


def test_points_of_a_transcript_name_the_speaker():
    text = "\n".join(
        f"{name}: Topic {number} is very important for our budget." for number in range(5) for name in ("Chair", "Ms Lee")
    )
    point = run(text).points[0]
    assert point.text.split(":")[0] in {"Chair", "Ms Lee"}
    assert text[point.evidence[0].start : point.evidence[0].end] == point.text.split(":")[0]


def test_progress_rises_to_the_end():
    told: list[float] = []
    task = Task(id="sum", kind=TaskKind.SUMMARIZE, style=SummaryStyle.FAQ)

    def tell(progress: Progress) -> None:
        told.append(progress.fraction)

    summarize(task, document(REPORT), FakeEngine(), language="", on_progress=tell)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)


def test_the_same_sentence_is_not_chosen_twice():
    prose = split_sentences(
        "The price of bread rose by 5 percent in May.\n\n" * 3 + "Rain fell on the hills all week long in June."
    )
    assert len(choose(rank(prose), 4)) == 2


def test_the_topic_is_the_weightiest_run_of_words():
    assert topic_of("They like the heating costs of it.", {"heatin": 1.0, "costs": 0.8, "like": 0.1}) == "heating costs"
