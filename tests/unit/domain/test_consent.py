"""How far a consent reaches."""

import pytest

from app.domain.consent import Consent, ConsentScope
from app.settings import destination_of

SERVICE = "https://api.example"


def consent(scope: ConsentScope, subject: str = "", **more: str) -> Consent:
    return Consent(scope=scope, subject=subject, destination=SERVICE, **more)


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
        assert consent(ConsentScope.FOLDER, subject).covers(path, "invoice", SERVICE) is is_covered


def test_a_task_and_always_reach_over_folders():
    assert consent(ConsentScope.TASK, "invoice").covers("/anywhere", "invoice", SERVICE)
    assert not consent(ConsentScope.TASK, "invoice").covers("/anywhere", "receipt", SERVICE)
    assert consent(ConsentScope.ALWAYS).covers("/anywhere", "receipt", SERVICE)


def test_a_document_is_allowed_once_and_covers_nothing():
    assert not consent(ConsentScope.DOCUMENT, "/a.pdf").covers("/a.pdf", "invoice", SERVICE)


@pytest.mark.parametrize("scope", list(ConsentScope))
def test_no_scope_reaches_another_service_or_outlasts_its_end(scope):
    subject = {"folder": "/", "task": "invoice"}.get(scope, "")
    for other in ("https://other.example", "https://api.example:9999", "http://api.example"):
        assert not consent(scope, subject).covers("/a.pdf", "invoice", other)
    assert not consent(scope, subject, revoked_at="2026-11-22T00:00:00Z").covers("/a.pdf", "invoice", SERVICE)
    assert consent(scope, subject).covers("/a.pdf", "invoice", SERVICE) is (scope is not ConsentScope.DOCUMENT)


@pytest.mark.parametrize(
    ("url", "destination"),
    [
        ("https://API.example/v1/chat", "https://api.example"),
        ("HTTPS://api.example:443/v1", "https://api.example"),
        ("https://api.example:/v1", "https://api.example"),
        ("https://api.example:8443/v1", "https://api.example:8443"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://127.0.0.1:443", "http://127.0.0.1:443"),
        ("http://[fd00::80]:8080/v1", "http://[fd00::80]:8080"),
        ("http://[fd00::80]/v1", "http://[fd00::80]"),
    ],
)
def test_a_destination_is_told_without_its_path(url, destination):
    assert destination_of(url) == destination


def test_it_is_told_in_words():
    assert consent(ConsentScope.FOLDER, "/bills").words == "folder /bills"
    assert consent(ConsentScope.ALWAYS).words == "always"
