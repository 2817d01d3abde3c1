"""Deskhand: extraction, classification and summaries of documents by a small model on this computer."""

__version__ = "0.1.0"
