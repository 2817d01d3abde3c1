"""Bytes to documents: sniffing, one reader per format, recognizers and normalizers of typed values. Runs in the reader worker."""

import os

# The runtime that recognizes text in pictures calls its maker's servers and writes an identifier of this computer
# from the moment it is imported; its own switch comes too late for that.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
