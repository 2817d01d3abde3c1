"""Corrections to examples and heads, each behind a gate."""
