"""Letters that a file's font or encoding did not give: a box, a replacement sign or a control sign where one should be."""

from __future__ import annotations

import re

_NO_LETTER = "\\x00-\\x08\\x0e-\\x1f\\x7f\\ufffd\\u2500-\\u25ff\\ue000-\\uf8ff"
_INSIDE_WORD = re.compile(rf"(?<=[^\W\d_])[{_NO_LETTER}]|[{_NO_LETTER}](?=[^\W\d_])")


def is_damaged(text: str) -> bool:
    """Whether a sign that is no letter stands in a word; one that stands by itself is an ornament."""
    return _INSIDE_WORD.search(text) is not None
