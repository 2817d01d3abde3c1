"""All words people read: English in the code, other languages from ``resources/i18n/<language>/*.json``.

The English sentence is the key. Counted sentences give both forms: ``tr_n("{n} file", "{n} files", n)``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLocale

from app.paths import resources

LANGUAGES = ("en", "tr")

_catalog: dict[str, str] = {}
_chosen = {"language": "en"}


def use_language(language: str) -> None:
    """Speak this language from now on; an unknown one means English. Widgets made earlier keep their words."""
    _chosen["language"] = language if language in LANGUAGES else "en"
    _catalog.clear()
    _catalog.update(read_catalog(_chosen["language"]))


def language() -> str:
    """The language spoken now."""
    return _chosen["language"]


def locale() -> QLocale:
    """The system's locale, or the one of a language chosen in Settings."""
    system = QLocale.system()
    chosen = QLocale(language())
    return system if system.language() == chosen.language() else chosen


def read_catalog(name: str, folder: Path | None = None) -> dict[str, str]:
    """All entries of one language; the files of its folder are parts of one catalog."""
    entries: dict[str, str] = {}
    for file in sorted(((folder or resources() / "i18n") / name).glob("*.json")):
        entries.update(json.loads(file.read_text(encoding="utf-8")))
    return entries


def tr(text: str, /, **params: object) -> str:
    """The sentence in the person's language, with ``{name}`` replaced."""
    return _put(_catalog.get(text, text), params)


def tr_n(one: str, many: str, n: int, /, **params: object) -> str:
    """A counted sentence; ``{n}`` is the number, as the person's locale writes it."""
    return tr(one if n == 1 else many, n=locale().toString(n), **params)


def title_of(titles: Mapping[str, str], fallback: str) -> str:
    """The name for people out of a task file's titles, else the technical name made readable."""
    title = titles.get(language()) or titles.get("en")
    return title or fallback.replace("_", " ").strip().capitalize()


def tr_filled(sentence: str, templates: Iterable[str], details: Iterable[str] = ()) -> str:
    """Translate a sentence that was filled in English already (a stored error), by finding the template it came from.

    What its blanks were filled with is translated as far as it consists of `details`.
    """
    if not _catalog:
        return sentence
    for template in templates:
        translated = _catalog.get(template)
        if translated is None:
            continue
        match = re.fullmatch(_pattern(template), sentence, re.DOTALL)
        if match is not None:
            return _put(translated, {name: _tr_within(value, details) for name, value in match.groupdict().items()}).strip()
    return sentence


def _tr_within(text: str, details: Iterable[str]) -> str:
    """Translate the details within a text; names, numbers and what is not known stay as they are."""
    if text in _catalog:
        return _catalog[text]
    for detail in details:
        if detail in _catalog:
            text = re.sub(_detail_pattern(detail), partial(_put_detail, _catalog[detail]), text)
    return text


def _put_detail(words: str, found: re.Match[str]) -> str:
    return _put(words, {name: _catalog.get(value, value) for name, value in found.groupdict().items()})


def _detail_pattern(detail: str) -> str:
    return re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^\\s;:]+)", re.escape(detail))


def _pattern(template: str) -> str:
    seen: set[str] = set()
    parts: list[str] = []
    for literal, name in re.findall(r"([^{]*)(?:\{(\w+)\})?", template):
        parts.append(re.escape(literal))
        if name:
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.*?)")
            seen.add(name)
    return "".join(parts).rstrip("\\ ") + r"\s*"


def _put(text: str, params: Mapping[str, object]) -> str:
    for name, value in params.items():
        text = text.replace("{" + name + "}", str(value))
    return text
