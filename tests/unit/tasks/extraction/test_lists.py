from __future__ import annotations

import tomllib
from pathlib import Path

from app.domain.document import Document, Page
from app.domain.result import Result
from app.domain.task import Task
from app.tasks.extraction.extract import extract

TASKS = Path(__file__).resolve().parents[4] / "resources" / "tasks"


def contract(text: str) -> Result:
    document = Document(name="a.txt", sha256="0", format="text", text=text, pages=(Page(number=1, start=0, end=len(text)),))
    return extract(Task.model_validate(tomllib.loads((TASKS / "contract.toml").read_text(encoding="utf-8"))), document, None)


def test_a_party_without_a_legal_form_is_told_by_its_role() -> None:
    text = (
        "This Service and Employment Agreement (the “Agreement”) is made by and between Oakfield Joinery Ltd., an English"
        " company with offices at 4 Mill Lane, Leeds (the “Employer”), and Mary Field (the “Employee”).\n\n"
        "The Employee works in the workshop and at Oakfield House (the “Premises”).\n"
    )
    assert [value.value for value in contract(text).lists["parties"]] == ["Oakfield Joinery Ltd.", "Mary Field"]


def test_the_term_of_a_lease_may_be_told_by_shall_be() -> None:
    text = (
        "LEASE\n\nThis Lease is made on 1 March 2026 between Oakfield Joinery Ltd. and Mill Lane Estates LLC.\n\n"
        "2. The initial term of this Lease shall be five (5) years, commencing on 1 April 2026. It may be ended with ninety (90)"
        " days written notice.\n"
    )
    assert contract(text).fields["term"].value == "P5Y"
