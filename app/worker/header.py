"""What the header child does: the beginning of a model file in, what it says out. No files."""

from __future__ import annotations

import json
import math
from dataclasses import asdict

from app.catalog.gguf import parse_header
from app.errors import ModelFileError
from app.worker.main import Call
from app.worker.protocol import Json


class HeaderHandler:
    """Op ``header``: the beginning of a file in the blob, what it tells as JSON in the answer's blob."""

    def warm_up(self, args: Json) -> Json:
        return {}

    def handle(self, op: str, args: Json, blob: bytes, call: Call) -> tuple[Json, bytes]:
        if op != "header":
            raise ValueError(op)
        try:
            header = parse_header(blob, int(args["size_bytes"]))
        except ValueError as error:
            raise ModelFileError(file="The file", detail=error) from error
        content = asdict(header)
        content["values"] = {key: value for key, value in header.values.items() if _is_finite(value)}
        content["lists"] = {key: values for key, values in header.lists.items() if all(map(_is_finite, values))}
        return {}, json.dumps(content).encode()


def _is_finite(value: object) -> bool:
    return not isinstance(value, float) or math.isfinite(value)
