"""Recognises text in pictures with the PP-OCR models of rapidocr. Models are kept as bytes and loaded at the first picture."""

from __future__ import annotations

import ctypes
import importlib
import logging
import mmap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
import rapidocr
from omegaconf import OmegaConf
from rapidocr.ch_ppocr_cls import TextClassifier
from rapidocr.ch_ppocr_det import TextDetector
from rapidocr.ch_ppocr_rec import TextRecInput, TextRecognizer
from rapidocr.utils.log import logger
from rapidocr.utils.process_img import get_rotate_crop_image
from rapidocr.utils.typings import EngineType, OCRVersion

from app.documents.cleaning import clean_inline
from app.documents.layout import Piece
from app.documents.picture import Pixels

MAX_SIDE_PIXELS = 2000
_MODELS = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
}
_THREADS = 2
_MIN_CONTRAST = 12
_DETECTION_SIDE_PIXELS = 1280
_DETECTION_LEAST_SIDE = 480
_LINES_AT_ONCE = 2
_MIN_SCORE = 0.5
_UPRIGHT_SAMPLE = 8


@dataclass(frozen=True)
class Recognition:
    """The text of one picture in its pixels; `turns` quarter turns (clockwise) set it upright before reading."""

    pieces: list[Piece]
    quality: float | None
    turns: int


class OcrEngine:
    """Finds and reads lines of text. Construction touches files; recognising does not."""

    def __init__(self) -> None:
        folder = Path(rapidocr.__file__).parent
        # rapidocr imports its runtime at first use, when no file can be opened any more.
        onnxruntime.disable_telemetry_events()
        importlib.import_module("rapidocr.inference_engine.onnxruntime.main")
        self._models = {part: _mapped(folder / "models" / file) for part, file in _MODELS.items()}
        self._settings: Any = OmegaConf.load(folder / "config.yaml")
        self._loaded: dict[str, Any] = {}
        self._trim = _memory_trimmer()
        logger.setLevel(logging.ERROR)

    def recognize(self, picture: Pixels) -> Recognition:
        """Read a picture (height × width × 3, BGR). Sideways and upside-down pages are turned first."""
        scaled, scale = _shrink(_widened(picture), MAX_SIDE_PIXELS)
        if _is_blank(scaled):
            return Recognition([], None, 0)
        turns, quads = self._upright(scaled)
        upright = np.ascontiguousarray(np.rot90(scaled, -turns))
        if not len(quads):
            return Recognition([], None, turns)
        crops = [get_rotate_crop_image(upright, quad.copy()) for quad in quads]
        result = self._part("Rec")(TextRecInput(img=crops, return_word_box=False))
        self._trim(0)
        pieces: list[Piece] = []
        weighted = letters = 0.0
        for quad, untrusted_text, score in zip(quads, result.txts, result.scores, strict=True):
            text = clean_inline(untrusted_text)
            if text and score >= _MIN_SCORE:
                pieces.append(_piece(text, quad / scale))
                weighted += score * len(text)
                letters += len(text)
        return Recognition(pieces, round(weighted / letters, 3) if letters else None, turns)

    def _upright(self, picture: Pixels) -> tuple[int, Any]:
        """Quarter turns that set the page upright, and the text boxes found on the turned page."""
        turns = 0
        quads = self._detect(picture)
        if len(quads) > 3 and _mostly_tall(quads):
            turns = 1
            picture = np.ascontiguousarray(np.rot90(picture, -1))
            quads = self._detect(picture)
        if len(quads) and self._is_upside_down(picture, quads):
            turns = (turns + 2) % 4
            quads = self._detect(np.ascontiguousarray(np.rot90(picture, 2)))
        return turns, quads

    def _detect(self, picture: Pixels) -> Any:
        """Boxes are found on a smaller picture, which costs half the memory; letters are read from the large one."""
        smaller, scale = _shrink(picture, _DETECTION_SIDE_PIXELS)
        found = self._part("Det")(smaller)
        return [quad / np.float32(scale) for quad in found.boxes] if found.boxes is not None else []

    def _is_upside_down(self, picture: Pixels, quads: Any) -> bool:
        longest = sorted(quads, key=lambda quad: -float(np.ptp(quad[:, 0])))[:_UPRIGHT_SAMPLE]
        result = self._part("Cls")([get_rotate_crop_image(picture, quad.copy()) for quad in longest])
        turned = sum(label == "180" and score > 0.8 for label, score in result.cls_res)
        return bool(turned > 0.6 * len(longest))

    def _part(self, part: str) -> Any:
        if part not in self._loaded:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = _THREADS
            options.inter_op_num_threads = 1
            options.enable_cpu_mem_arena = False
            options.log_severity_level = 4
            session = onnxruntime.InferenceSession(
                bytes(self._models[part]), sess_options=options, providers=["CPUExecutionProvider"]
            )
            settings: Any = OmegaConf.create(dict(self._settings[part]), flags={"allow_objects": True})
            settings.session, settings.font_path = session, None
            settings.engine_type, settings.ocr_version = EngineType(settings.engine_type), OCRVersion(settings.ocr_version)
            settings.limit_side_len, settings.rec_batch_num = _DETECTION_LEAST_SIDE, _LINES_AT_ONCE
            kind = {"Det": TextDetector, "Cls": TextClassifier, "Rec": TextRecognizer}[part]
            self._loaded[part] = kind(settings)
        return self._loaded[part]


def _memory_trimmer() -> Callable[[int], object]:
    """The GNU allocator keeps what recognition freed, some 150 MB; this gives it back. Elsewhere there is nothing to do."""
    try:
        trim: Callable[[int], object] = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):
        return int
    return trim


def _mapped(file: Path) -> mmap.mmap:
    """A file's bytes, readable when files can't be opened any more, and taking no memory until then."""
    with file.open("rb") as stream:
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)


@cache
def engine() -> OcrEngine:
    """The one engine of this process."""
    cv2.setNumThreads(_THREADS)
    return OcrEngine()


def _widened(picture: Pixels) -> Pixels:
    """A strip set on white so that it is no narrower than a third of its length: detection scales by the shorter side."""
    height, width = picture.shape[:2]
    least = max(height, width) // 3
    if min(height, width) >= least:
        return picture
    canvas = np.full((max(height, least), max(width, least), 3), 255, dtype=np.uint8)
    canvas[:height, :width] = picture
    return canvas


def _is_blank(picture: Pixels) -> bool:
    return bool(np.ptp(picture[::2, ::2]) < _MIN_CONTRAST)


def _shrink(picture: Pixels, side: int) -> tuple[Pixels, float]:
    longest = max(picture.shape[:2])
    if longest <= side:
        return picture, 1.0
    scale = side / longest
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8), scale


def _mostly_tall(quads: Any) -> bool:
    tall = sum(float(np.ptp(quad[:, 1])) > 1.5 * float(np.ptp(quad[:, 0])) for quad in quads)
    return bool(tall > 0.6 * len(quads))


def _piece(text: str, quad: Any) -> Piece:
    """Corners come clockwise from the top left. Of a sloping line the box is as high as the letters, not as the slope."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = ((float(x), float(y)) for x, y in quad)
    width = max(1.0, (x1 + x2 - x0 - x3) / 2)
    slope = (y1 + y2 - y0 - y3) / 2 / width
    height = ((y3 - y0) + (y2 - y1)) / 2
    middle = (y0 + y1 + y2 + y3) / 4
    return Piece(text, min(x0, x3), middle - height / 2, max(x1, x2), middle + height / 2, slope)
