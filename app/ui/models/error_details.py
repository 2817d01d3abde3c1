"""What stands in the `{detail}` of errors: put together in English where the fault is met, translated when it is shown."""

from __future__ import annotations

from typing import Final

DETAILS: Final = (
    # Connections.
    "its name can't be looked up; is there a connection?",
    "{host} did not answer within {seconds} s",
    "{host} sent next to nothing for {seconds} s",
    "{host} was to be contacted without encryption",
    "the connection ended early",
    "the server answered {status}",
    "it wants to know who asks, or does not give the file to everyone",
    "and asks to wait {minutes} minutes",
    "what the server sends is not a model file",
    "the file there is {kind} than the publisher's",
    "not the publisher's file",
    # Files and folders.
    "the drive can only be read",
    "the drive's file system can't hold a file of this size",
    "you have no right to write there",
    "the drive is gone",
    "the drive reports a fault",
    "No such file or directory",
    "Permission denied",
    "Is a directory",
    # Model files and their engine.
    "it does not begin as a GGUF file does",
    "it ends within its header",
    "its header is not plausible",
    "its end is missing",
    "it has no vocabulary",
    "it is not there",
    "this version of Deskhand can't run it",
    # Workers.
    "the system, or another program, ended it",
    "it crashed with {signal}",
    "it ended with code {code}",
    "its answer made no sense",
    "there is not enough memory",
    "reading it takes more than {size} GB of memory",
)
"""Without the full stop that may follow. A blank is one word."""
