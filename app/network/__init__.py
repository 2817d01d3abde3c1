"""The gate: the only package that opens a socket."""
