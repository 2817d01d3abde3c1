"""Where the fit of the evidence weights starts from, and what it is drawn back to: how a person would weigh each feature."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_LABELS: Final = {
    "own_left": 3.0,
    "other_left": -1.5,
    "own_above": 2.5,
    "other_above": -1.0,
    "header_above": -1.0,
    "specific": 1.5,
    "unlabelled": -1.0,
    "verified": 0.7,
    "opens_line": 0.7,
}

TYPES: Final[Mapping[str, Mapping[str, float]]] = {
    "amount": _LABELS
    | {
        "depth": 1.5,
        "relative": 1.0,
        "cents": 1.0,
        "table_row": -0.7,
        "zero": -0.7,
        "often": 0.2,
        "has_currency": 0.2,
        "main_currency": 1.0,
        "alone": 0.3,
        "last_on_line": 0.5,
    },
    "number": _LABELS | {"often": 0.1, "specific": 1.0},
    "date": _LABELS | {"depth": -0.7, "often": 0.3, "span_right": 2.0, "span_wrong": -3.0, "end_alone": -0.5},
    "identifier": _LABELS | {"depth": -1.0, "often": 0.4, "short": -1.5, "digits": 0.5, "like_example": 3.0},
    "tax_id": _LABELS | {"often": 0.2},
    "iban": _LABELS,
    "currency": {"share": 4.0, "own_left": 3.0, "own_above": 1.0},
    "time": _LABELS | {"span_right": 2.0, "span_wrong": -3.0, "end_alone": -1.0},
    "email": _LABELS,
    "phone": _LABELS,
    "duration": _LABELS,
    "choice": _LABELS,
    "name": _LABELS
    | {
        "legal_form": 1.5,
        "figures": -1.5,
        "contact": -4.0,
        "street": -2.5,
        "postcode": -4.0,
        "is_label": -1.5,
        "label_words": -1.5,
        "all_label_words": -1.0,
        "one_label_word": -3.0,
        "boiler": -0.7,
        "key": -3.0,
        "bare_label": -1.5,
        "bracket": -0.7,
        "many_words": -1.0,
        "prose": -3.0,
        "lower_start": -2.0,
        "capitals": 0.4,
        "often": 0.4,
        "one_word": -0.7,
        "domain": 1.0,
        "address_below": 1.5,
        "block_first": 1.5,
        "block_second": -0.5,
        "top": 0.5,
        "colon": -3.0,
        "piece": -1.0,
        "phrase": -1.0,
        "labelled": 0.3,
        "lines": -1.0,
    },
    "text": _LABELS
    | {
        "contact": -1.0,
        "is_label": -2.0,
        "label_words": -1.0,
        "all_label_words": -1.0,
        "one_label_word": -3.0,
        "key": -3.0,
        "prose": -1.0,
        "colon": -1.5,
        "piece": -0.3,
        "labelled": 0.5,
        "own_labelled": 2.0,
        "capitals": 0.7,
        "lines": -1.0,
    },
    "address": _LABELS
    | {
        "street": 2.0,
        "postcode": 2.0,
        "contact": -3.0,
        "legal_form": -1.5,
        "block": 1.5,
        "figures": 1.0,
        "lines": 0.3,
        "top": 1.0,
        "is_label": -2.0,
        "boiler": -1.0,
        "piece": -1.0,
    },
}

FIELDS: Final[Mapping[str, Mapping[str, float]]] = {
    "seller_name": {"contact_below": 1.0, "letterhead": 2.5, "top": 1.0, "domain": 0.7, "under_sender": -3.0},
    "buyer_name": {"letterhead": -3.0, "contact_below": -0.5, "domain": -0.7, "top": -0.7, "under_sender": 3.0},
    "merchant": {"top": 2.5, "first_line": 0.5, "upper": 0.3, "contact_below": 0.3},
    "net_amount": {"net_of": 2.0, "gross_of": -1.0, "tax_of": -1.0},
    "tax_amount": {"tax_of": 2.5, "gross_of": -2.0, "net_of": -1.0, "relative": -1.5},
    "total_amount": {"gross_of": 2.0, "tax_of": -2.0, "net_of": -0.5, "relative": 1.0},
    "receipt.total_amount": {"gross_of": 1.0, "tax_of": -2.0, "relative": 0.5, "tenths": 0.5},
    "parties": {"legal_form": 1.5, "phrase": 2.5, "piece": 0.5, "top": 1.5},
}
