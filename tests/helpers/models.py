"""Where tests find real model files; ``packaging/test`` brings them."""

from __future__ import annotations

from app.catalog.catalog import ChosenModel, load_catalog
from app.paths import bundled_catalog, find_paths

STARTER = "qwen2.5-coder-0.5b-instruct"
QUICK = "smollm2-135m-instruct"


def real_model(model_id: str = QUICK) -> ChosenModel:
    """A verified model file. Raises `app.errors.ModelMissingError`, which names the command that fetches it."""
    return load_catalog(bundled_catalog(), find_paths().models).choose(model_id)
