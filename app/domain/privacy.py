"""Privacy: whether a document's text may leave this computer, and the kinds of things in it that are nobody else's business."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class PrivacyClass(StrEnum):
    """From task, folder, file and text; the strictest wins."""

    NEVER = "never"
    ASK = "ask"
    """A person agrees beforehand. What stands out as sensitive is hidden unless the person shows it."""
    REDACTED = "redacted"
    """What stands out as sensitive is always hidden."""
    ALLOWED = "allowed"
    """Nothing is hidden."""

    @property
    def hides(self) -> bool:
        """Whether what is sensitive is replaced by placeholders to begin with."""
        return self is not PrivacyClass.ALLOWED


class SensitiveKind(StrEnum):
    """What a sensitive span is. `placeholder` words are made of it: ``[IBAN_1]``."""

    IBAN = "iban"
    CARD = "card"
    TAX_ID = "tax_id"
    NATIONAL_ID = "national_id"
    PHONE = "phone"
    EMAIL = "email"
    NAME = "name"
    ADDRESS = "address"
    BIRTH_DATE = "birth_date"
    HEALTH = "health"
    LEGAL = "legal"


_STRICTEST_FIRST: Final = (PrivacyClass.NEVER, PrivacyClass.ASK, PrivacyClass.REDACTED, PrivacyClass.ALLOWED)
_FOUND: Final = {SensitiveKind.HEALTH: PrivacyClass.ASK, SensitiveKind.LEGAL: PrivacyClass.ASK}
"""Words about health or the law tell what a placeholder can't hide, so a person has to look."""


def strictest(*classes: PrivacyClass) -> PrivacyClass:
    """The strictest of some classes; ALLOWED when there are none."""
    return min(classes, key=_STRICTEST_FIRST.index, default=PrivacyClass.ALLOWED)


def class_of(*kinds: SensitiveKind) -> PrivacyClass:
    """The class that a text has for what was found in it."""
    return strictest(*(_FOUND.get(kind, PrivacyClass.REDACTED) for kind in kinds))
