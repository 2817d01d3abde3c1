"""Bytes to documents: sniffing, one reader per format, recognizers and normalizers of typed values. Runs in the reader worker."""
