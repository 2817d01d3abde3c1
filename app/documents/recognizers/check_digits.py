"""Which numbers have check digits of their own, and whether those are wrong."""

from __future__ import annotations

from app.documents.recognizers.iban import iban_is_valid
from app.documents.recognizers.identifiers import ISIN, isin_is_valid
from app.domain.task import FieldType


def has_wrong_check_digits(type_: FieldType, value: str) -> bool:
    """Whether a bank account or a securities number can't be right as it stands; False for kinds without check digits."""
    if type_ is FieldType.IBAN:
        return not iban_is_valid(value)
    return type_ is FieldType.IDENTIFIER and ISIN.fullmatch(value) is not None and not isin_is_valid(value)
