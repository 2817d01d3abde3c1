from __future__ import annotations

import pytest

from app.domain.job import Job, JobError, JobState
from app.domain.result import Evidence, LabelAnswer, Proof, Result, Value
from app.domain.task import FieldType, Task, TaskField, TaskKind, TaskLabel
from app.errors import DamagedDocumentError, PasswordNeededError
from app.ui.messages import use_language
from app.ui.models.digest import AMOUNT, SUBJECT, digest, key_fields, running_cells
from app.ui.models.job_row import JobRow, error_sentence

TASK = Task(
    id="bill",
    kind=TaskKind.EXTRACT,
    title={"en": "Bill", "tr": "Fatura"},
    fields=(
        TaskField(name="seller", type=FieldType.NAME, required=True),
        TaskField(name="number", type=FieldType.IDENTIFIER, required=True),
        TaskField(name="due", type=FieldType.DATE),
        TaskField(name="issued", type=FieldType.DATE, required=True),
        TaskField(name="currency", type=FieldType.CURRENCY, required=True),
        TaskField(name="net", type=FieldType.AMOUNT),
        TaskField(name="total", type=FieldType.AMOUNT, required=True),
    ),
)


def value(text: str, proof: Proof = Proof.GROUNDED, confidence: float = 0.95) -> Value:
    return Value(value=text, text=text, evidence=Evidence(page=1, start=0, end=1), confidence=confidence, proof=proof)


def job(state: JobState, error: JobError | None = None) -> Job:
    return Job(id=1, path="/a.pdf", name="a.pdf", sha256="", size_bytes=1, task="bill", state=state, error=error)


def result(**fields: Value) -> Result:
    complete = {
        "seller": value("Acme"),
        "number": value("7"),
        "issued": value("2024-02-01"),
        "currency": value("EUR"),
        "total": value("1234.50"),
    }
    return Result(task="bill", fields={**complete, **fields})


def test_key_fields_are_who_which_when_and_how_much() -> None:
    assert [item.name for item in key_fields(TASK)] == ["seller", "number", "issued", "total"]


def test_cells_show_values_in_the_persons_locale() -> None:
    cells = digest(result(), TASK, 0.5).cells
    assert cells[SUBJECT].text == "Acme"
    assert cells[AMOUNT].text == "1,234.50 EUR"
    assert cells["issued"].text == "1 Feb 2024"


@pytest.mark.parametrize(
    ("fields", "word", "tone"),
    [
        ({"total": value("1", Proof.AMBIGUOUS), "number": value("2", Proof.AMBIGUOUS)}, "2 to check", "warn"),
        ({"total": Value()}, "1 not found", "bad"),
        ({"total": value("1", Proof.CONTRADICTED)}, "1 contradicted", "bad"),
        ({"total": Value(), "number": value("7", confidence=0.2)}, "2 to check", "warn"),
    ],
)
def test_the_pill_says_what_is_open(fields: dict[str, Value], word: str, tone: str) -> None:
    row = JobRow(job(JobState.REVIEW), digest=digest(result(**fields), TASK, 0.75))
    assert (row.status.word, row.status.tone) == (word, tone)


def test_done_is_proven_only_if_everything_is() -> None:
    grounded = JobRow(job(JobState.DONE), digest=digest(result(), TASK, 0.5))
    assert grounded.status.word == "grounded"
    names = ("seller", "number", "issued", "currency", "total")
    proven = digest(result(**{name: value("1", Proof.VERIFIED) for name in names}), TASK, 0.5)
    assert JobRow(job(JobState.DONE), digest=proven).status.word == "proven"


def test_a_failed_row_says_why_and_what_to_do() -> None:
    error = PasswordNeededError(file="a.pdf")
    row = JobRow(job(JobState.FAILED, JobError(code=error.code, message=error.user_text, hint=error.hint)))
    assert row.note == "Needs a password. Enter the password, or save a copy without one and add that."
    assert row.actions == ("password", "remove")
    assert row.status.word == "needs a password"


def test_stored_errors_are_translated() -> None:
    use_language("tr")
    error = DamagedDocumentError(file="a.pdf", detail="page 3 cannot be read.")
    sentence = error_sentence(error.user_text, error.hint)
    assert "a.pdf" in sentence
    assert "page 3 cannot be read." in sentence
    assert "damaged" not in sentence


def test_a_class_is_the_answer_of_a_sorting_task() -> None:
    task = Task(
        id="kind",
        kind=TaskKind.CLASSIFY,
        labels=(TaskLabel(name="news_article", title={"en": "News"}), TaskLabel(name="other")),
    )
    made = digest(Result(task="kind", label=LabelAnswer(value="news_article", confidence=0.9)), task, 0.5)
    assert made.cells[SUBJECT].text == "News"
    assert "news article" in made.words


def test_a_running_job_fills_who_and_how_much() -> None:
    assert set(running_cells(TASK, "seller", value("Acme"))) == {"seller", SUBJECT}
    assert set(running_cells(TASK, "total", value("3"))) == {"total", AMOUNT}
    assert set(running_cells(TASK, "net", value("3"))) == {"net"}


def test_documents_without_a_known_task_are_still_shown() -> None:
    made = digest(result(), None, 0.5)
    assert made.title == "Bill"
    assert made.cells[SUBJECT].text == "Acme"


def test_search_words_hold_printed_and_normalized_values() -> None:
    printed = Value(value="2024-02-01", text="1. Februar 2024", confidence=1.0, proof=Proof.GROUNDED)
    words = digest(result(issued=printed), TASK, 0.5).words
    assert "februar" in words
    assert "2024-02-01" in words
