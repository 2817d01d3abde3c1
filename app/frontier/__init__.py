"""Providers of frontier models, keys, redaction, budget and the ledger."""
