"""XML as indented ``Name: value`` lines. Entity declarations are refused, so nothing expands and nothing is fetched."""

from __future__ import annotations

import re
from xml.parsers import expat

from app.documents.assembly import Draft
from app.documents.cleaning import clean_inline, clean_text
from app.documents.encoding import decode
from app.documents.html import html_to_text
from app.errors import DamagedDocumentError

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DATA = re.compile(r"[A-Za-z0-9+/=\s]{400,}")
_IGNORED_ATTRIBUTES = ("xmlns", "xsi:", "xml:")
_MAX_DEPTH = 200
_MAX_INDENT = 20


def read_xml(data: bytes, name: str) -> Draft:
    """Read any XML file; XHTML reads as HTML, broken XML as text without its tags."""
    untrusted_xml, doubtful = decode(data)
    notices = ["The encoding of the text is uncertain; some letters may be wrong."] if doubtful else []
    outline = _Outline(name)
    try:
        text = outline.read(_DECLARATION.sub("", untrusted_xml.lstrip("\ufeff"), count=1))
    except expat.ExpatError as error:
        text = html_to_text(untrusted_xml)
        notices.append(
            f"The XML is not well formed ({expat.ErrorString(error.code)}, line {error.lineno}); its text was read as it is."
        )
    if outline.root == "html":
        return Draft.of_text("html", html_to_text(untrusted_xml))
    draft = Draft.of_text("xml", clean_text(text))
    draft.notices.extend(notices)
    return draft


class _Outline:
    """Turns parser events into lines: an element with text is one line, one with children heads an indented block."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.root = ""
        self._lines: list[str] = []
        self._path: list[str] = []
        self._text: list[str] = []
        self._open = ""
        self._attributes = ""

    def read(self, untrusted_xml: str) -> str:
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        parser.EntityDeclHandler = self._refuse
        parser.StartDoctypeDeclHandler = self._doctype
        parser.Parse(untrusted_xml.encode("utf-8", "replace"), True)
        return "\n".join(self._lines)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        self.root = self.root or local.lower()
        self._flush()
        if len(self._path) >= _MAX_DEPTH:
            raise DamagedDocumentError(file=self._name, detail="its XML is nested too deeply.")
        self._path.append(local)
        self._open = local
        shown = (f"{key}={value}" for key, value in attributes.items() if value.strip() and not key.startswith(_IGNORED_ATTRIBUTES))
        self._attributes = "  ".join(shown)

    def _end(self, _name: str) -> None:
        self._flush()
        self._path.pop()
        self._open = ""

    def _flush(self) -> None:
        """Write the element that is open, or loose text between children, as a line."""
        text = "".join(self._text).strip()
        self._text.clear()
        if "<" in text and ">" in text:
            text = html_to_text(text)
        text = "(embedded data)" if _DATA.fullmatch(text) and " " not in text else text
        if self._open:
            parts = [f"{self._open}:" if text else self._open, clean_inline(text), self._attributes]
            self._line("  ".join(part for part in parts if part).replace(":  ", ": ", 1), len(self._path) - 1)
        elif text:
            self._line(clean_inline(text), len(self._path))
        self._open = self._attributes = ""

    def _line(self, text: str, depth: int) -> None:
        self._lines.append("  " * min(depth, _MAX_INDENT) + text)

    def _doctype(self, _name: str, _system: str | None, _public: str | None, has_internal_subset: bool) -> None:
        if has_internal_subset:
            self._refuse()

    def _refuse(self, *_declaration: object) -> None:
        raise DamagedDocumentError(file=self._name, detail="its XML declares entities of its own, which is not accepted.")
