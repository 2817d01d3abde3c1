"""Classification: sound probabilities, true evidence, a head where there are examples, the model's scores where there are none."""

import pytest

from app.domain.document import Document, Page
from app.domain.result import Proof
from app.domain.task import Task
from app.paths import resources
from app.tasks.classes.classify import classify
from app.tasks.classes.methods import head_of
from app.tasks.library import load_task
from app.worker.fake import FakeEngine

KINDS = load_task(resources() / "tasks" / "document_type.toml")
INVOICE = """Rechnung Nr. 2024-17    Rechnungsdatum 3. Mai 2024
Pos. Bezeichnung Menge Einzelpreis Gesamt
1 Beratung 2 Std 90,00 180,00
Nettobetrag 180,00 zzgl. 19 % MwSt 34,20 Rechnungsbetrag 214,20 EUR
Zahlbar innerhalb von 14 Tagen auf IBAN DE02 1203 0000 0000 2020 51"""
SORT = Task(
    id="sort", kind="classify", labels=({"name": "red_fruit"}, {"name": "tool", "description": "for work"}, {"name": "other"})
)


def document(text: str) -> Document:
    return Document(name="a.txt", sha256="0" * 64, format="text", text=text, pages=(Page(number=1, start=0, end=len(text)),))


def answer(task: Task, text: str):
    return classify(task, document(text), FakeEngine(), on_progress=lambda _news: None).label


@pytest.mark.parametrize("text", [INVOICE, "", "?", "a\n" * 10_000, "\u202e\x00 ﷽"])
@pytest.mark.parametrize("task", [KINDS, SORT], ids=["head", "model"])
def test_probabilities_of_all_labels_sum_to_one(task: Task, text: str):
    label = answer(task, text)
    scores = [label.confidence, *(other.probability for other in label.alternatives)]
    assert sum(scores) == pytest.approx(1.0)
    assert sorted([label.value, *(other.value for other in label.alternatives)]) == sorted(one.name for one in task.labels)
    assert scores == sorted(scores, reverse=True)


def test_examples_make_a_head_that_answers_without_the_model():
    label = answer(KINDS, INVOICE)
    assert (label.value, label.method) == ("invoice", "head")


def test_evidence_is_lines_of_the_document():
    for evidence in answer(KINDS, INVOICE).evidence:
        line = INVOICE[evidence.start : evidence.end]
        assert line == line.strip()
        assert "\n" not in line
        assert evidence.page == 1
    assert answer(KINDS, INVOICE).evidence


def test_without_examples_lines_that_name_the_class_are_evidence():
    text = "Dear all,\nI have lost my card somewhere\nRegards"
    task = Task(id="t", kind="classify", labels=({"name": "lost_card"}, {"name": "weather"}))
    (found,) = answer(task, text).evidence
    assert text[found.start : found.end] == "I have lost my card somewhere"


def test_a_close_call_is_to_check_and_names_the_runner_up():
    fruit, tools = ("red apples", "red cherries", "apples"), ("red hammers", "red pliers", "hammers")
    task = Task(id="t", kind="classify", labels=({"name": "fruit", "examples": fruit}, {"name": "tools", "examples": tools}))
    label = answer(task, "red")
    assert label.proof is Proof.AMBIGUOUS
    assert label.alternatives[0].value.replace("_", " ") in label.reason


@pytest.mark.parametrize(
    "text", ["", "zzz", "4711 0815", "99.95", "TOTAL", "8374 2938 1029", "a", "???", "こんにちは", "مرحبا", "x" * 300]
)
def test_a_text_without_content_is_none_of_the_kinds_and_unsure(text: str):
    label = answer(KINDS, text)
    assert label.value == "other"
    assert label.confidence < 0.6
    assert label.proof is Proof.AMBIGUOUS
    assert label.reason


def test_temperature_of_the_task_replaces_the_fitted_one():
    assert head_of(KINDS).temperature == KINDS.head_temperature
