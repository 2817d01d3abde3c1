"""How far a consent reaches."""

import pytest

from app.domain.consent import Consent, ConsentScope

HOST = "api.example"


def consent(scope: ConsentScope, subject: str = "", **more: str) -> Consent:
    return Consent(scope=scope, subject=subject, destination=HOST, **more)


@pytest.mark.parametrize(
    ("path", "is_covered"),
    [
        ("/home/a/bills/1.pdf", True),
        ("/home/a/bills/2026/may/1.pdf", True),
        ("/home/a/bills", True),
        ("/home/a/bills2/1.pdf", False),
        ("/home/a/1.pdf", False),
        ("/home/a/bills/../1.pdf", False),
        ("/home/a/bills/x/../1.pdf", True),
        ("bills/1.pdf", False),
        ("", False),
    ],
)
def test_a_folder_is_what_lies_below_it(path, is_covered):
    for subject in ("/home/a/bills", "/home/a/bills/"):
        assert consent(ConsentScope.FOLDER, subject).covers(path, "invoice", HOST) is is_covered


def test_a_task_and_always_reach_over_folders():
    assert consent(ConsentScope.TASK, "invoice").covers("/anywhere", "invoice", HOST)
    assert not consent(ConsentScope.TASK, "invoice").covers("/anywhere", "receipt", HOST)
    assert consent(ConsentScope.ALWAYS).covers("/anywhere", "receipt", HOST)


def test_a_document_is_allowed_once_and_covers_nothing():
    assert not consent(ConsentScope.DOCUMENT, "/a.pdf").covers("/a.pdf", "invoice", HOST)


@pytest.mark.parametrize("scope", list(ConsentScope))
def test_no_scope_reaches_another_host_or_outlasts_its_end(scope):
    subject = {"folder": "/", "task": "invoice"}.get(scope, "")
    assert not consent(scope, subject).covers("/a.pdf", "invoice", "other.example")
    assert not consent(scope, subject, revoked_at="2026-11-22T00:00:00Z").covers("/a.pdf", "invoice", HOST)
    assert consent(scope, subject).covers("/a.pdf", "invoice", HOST.upper()) is (scope is not ConsentScope.DOCUMENT)


def test_it_is_told_in_words():
    assert consent(ConsentScope.FOLDER, "/bills").words == "folder /bills"
    assert consent(ConsentScope.ALWAYS).words == "always"
