"""Typed values in text: dates, amounts, identifiers and the like, with exact places and normal forms. No I/O."""

from app.documents.recognizers.candidate import Candidate
from app.documents.recognizers.finder import find_candidates, warm_up

__all__ = ["Candidate", "find_candidates", "warm_up"]
