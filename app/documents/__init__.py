"""Bytes to documents: sniffing, one reader per format, recognizers and normalizers of typed values. Runs inside the reader worker."""
