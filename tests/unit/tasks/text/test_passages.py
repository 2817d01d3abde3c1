"""Passages: the sender's own words of an e-mail, all of any other document."""

from app.domain.document import Document, Page
from app.tasks.text.passages import own_passages

MAIL = """From: Ann <ann@example.org>
Subject: Plan
Date: Mon, 1 Jul 2024

Please send me the plan by Friday.

On Sun, 30 Jun 2024 Bob wrote:
> Here is the old plan.
> Do you like it?

I like the second page.

Kind regards,
Ann Miller
"""


def document(text: str, format_: str) -> Document:
    return Document(name="a", sha256="0" * 64, format=format_, text=text, pages=(Page(number=1, start=0, end=len(text)),))


def test_quotes_headers_and_signature_are_left_out():
    passages = own_passages(document(MAIL, "eml"))
    own = "".join(MAIL[start:end] for start, end in passages.spans)
    assert own.split("\n") == ["", "Please send me the plan by Friday.", "", "", "I like the second page.", "", ""]
    assert passages.without_quotes


def test_other_documents_are_taken_whole():
    passages = own_passages(document(MAIL, "text"))
    assert passages.spans == ((0, len(MAIL)),)
    assert not passages.without_quotes


def test_a_mail_of_quotes_alone_is_taken_whole():
    text = "Subject: x\n\n> All of it is quoted.\n"
    assert "quoted" in "".join(text[start:end] for start, end in own_passages(document(text, "eml")).spans)
