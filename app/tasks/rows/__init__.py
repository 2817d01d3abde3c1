"""Repeated rows: the lines of a table, each value with its place. Heads and arithmetic tell which column is which field."""

from app.tasks.rows.reader import read_rows

__all__ = ["read_rows"]
