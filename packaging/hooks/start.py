"""Runs in the frozen program before anything else: other programs that it opens must not load its libraries."""

import os
import sys

if sys.platform == "linux":
    # The loader has read the variable already; from here on only programs that are started would see it.
    original = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    os.environ.pop("LD_LIBRARY_PATH", None)
    if original:
        os.environ["LD_LIBRARY_PATH"] = original
