"""What the pages child does: draw a page. It loads a fraction of what reading needs, so a window can have one beside the reader."""

from __future__ import annotations

from app.settings import ReadLimits
from app.worker.main import Call
from app.worker.protocol import Json


class PagesHandler:
    """Op ``render`` (blob: the file; answer: raw RGB rows)."""

    def warm_up(self, args: Json) -> Json:
        from app.documents.drawing import warm_up

        warm_up()
        return {}

    def handle(self, op: str, args: Json, blob: bytes, call: Call) -> tuple[Json, bytes]:
        if op != "render":
            raise ValueError(op)
        return render(args, blob, ReadLimits.model_validate(args["limits"]))


def render(args: Json, data: bytes, limits: ReadLimits) -> tuple[Json, bytes]:
    """The answer to a request for the picture of a page."""
    from app.documents.drawing import render_page

    picture = render_page(data, args["name"], args["page"], dpi=args["dpi"], limits=limits, password=args["password"])
    return {"width": picture.width, "height": picture.height, "stride": picture.stride, "format": "rgb24"}, picture.pixels
