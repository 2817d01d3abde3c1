"""What `deskhand doctor` says of the locks: what is missing is a fault, what a person chose to weaken is told and is none."""

import pytest

from app.cli.doctor import _protection
from app.worker.sandbox import CALLS, FILES, LIMITS, SandboxReport


@pytest.mark.parametrize(
    ("report", "ok", "words"),
    [
        (SandboxReport((LIMITS, FILES, CALLS), ()), True, f"{LIMITS}, {FILES}, {CALLS}"),
        (SandboxReport((LIMITS,), (FILES, CALLS)), False, f"{LIMITS}; missing: {FILES}, {CALLS}"),
        (SandboxReport((LIMITS, FILES), (), (CALLS,)), True, f"{LIMITS}, {FILES}; weaker for the graphics card, as set: {CALLS}"),
        (SandboxReport((), (LIMITS, FILES), (CALLS,)), False, f"none; weaker for the graphics card, as set: {CALLS}; missing: "),
        (None, False, "not running"),
    ],
)
def test_layers_are_told(report, ok, words):
    finding = _protection("model protection", report)
    assert finding.ok is ok
    assert finding.detail.startswith(words)
