"""The XML parts of Office packages: bounded, without DTDs, found by their relations."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from app.errors import DamagedDocumentError, DocumentTooLargeError

Element = ElementTree.Element
_MAX_PART_BYTES = 128 << 20
_MAX_DEPTH = 400
_DTD = re.compile(rb"<\0?!\0?(?:D\0?O\0?C\0?T\0?Y\0?P\0?E|E\0?N\0?T\0?I\0?T\0?Y)")
_FAULTS = (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError)
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


class Package:
    """An opened container. Names of parts have no leading slash."""

    def __init__(self, data: bytes, name: str) -> None:
        self._file = name
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except _FAULTS as error:
            raise self.damaged() from error
        self._members = {member.replace("\\", "/").lstrip("/").lower(): member for member in self._archive.namelist()}
        self._left = 4 * _MAX_PART_BYTES
        self._hostile = False

    def damaged(self, detail: str = "its container is incomplete or broken.") -> DamagedDocumentError:
        return DamagedDocumentError(file=self._file, detail=detail)

    def names(self) -> list[str]:
        """The parts in natural order: slide2 comes before slide10."""
        return sorted(self._members, key=lambda name: [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)])

    def has(self, part: str) -> bool:
        return part.lower() in self._members

    def xml(self, part: str) -> Element:
        """The root of a part. Raises when it is missing, broken, too large or declares entities."""
        try:
            with self._archive.open(self._members[part.lower()]) as stream:
                data = stream.read(min(_MAX_PART_BYTES, self._left) + 1)
        except KeyError as error:
            raise self.damaged(f"its part {part} is missing.") from error
        except (*_FAULTS, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
            raise self.damaged(f"its part {part} can't be unpacked.") from error
        self._left -= len(data)
        if len(data) > _MAX_PART_BYTES or self._left < 0:
            raise DocumentTooLargeError(file=self._file, detail=f"its part {part} unpacks to too much.")
        self._hostile = bool(_DTD.search(data[:65536]))
        if self._hostile:
            raise self.damaged("its XML declares entities of its own, which is not accepted.")
        try:
            root = ElementTree.fromstring(data)  # noqa: S314  # Declarations are refused above.
        except (ElementTree.ParseError, LookupError, ValueError) as error:
            raise self.damaged(f"its part {part} is not valid XML.") from error
        if _deeper_than(root, _MAX_DEPTH):
            raise self.damaged("its XML is nested too deeply.")
        return root

    def optional(self, part: str) -> Element | None:
        """The root of a part that the document can be read without."""
        try:
            return self.xml(part) if self.has(part) else None
        except DamagedDocumentError:
            if self._hostile:
                raise
            return None

    def relations(self, part: str) -> dict[str, str]:
        """Ids of the parts that a part refers to, with their names; outside targets are left out."""
        folder, name = posixpath.split(part)
        root = self.optional(posixpath.join(folder, "_rels", f"{name}.rels"))
        found: dict[str, str] = {}
        for relation in root if root is not None else ():
            target = relation.get("Target", "")
            if relation.get("TargetMode") != "External" and target:
                joined = target if target.startswith("/") else posixpath.join(folder, target)
                found[relation.get("Id", "")] = posixpath.normpath(joined).lstrip("/")
        return found

    def metadata(self) -> dict[str, str]:
        """Title, author and dates that the file states."""
        root = self.optional("docProps/core.xml")
        wanted = {"title", "subject", "creator", "created", "modified", "keywords"}
        pairs = ((local(child), (child.text or "").strip()) for child in (root if root is not None else ()))
        return {("author" if key == "creator" else key): value for key, value in pairs if key in wanted and value}


def local(element: Element) -> str:
    """The name without its namespace; strict and transitional files differ only there."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str:
    """An attribute by its name without namespace."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return value
    return ""


def children(element: Element, *names: str) -> Iterator[Element]:
    return (child for child in element if local(child) in names)


def descendants(element: Element, *names: str) -> Iterator[Element]:
    return (child for child in element.iter() if local(child) in names)


def child(element: Element | None, *path: str) -> Element | None:
    """The first element along a path of names."""
    for name in path:
        if element is None:
            return None
        element = next(children(element, name), None)
    return element


def whole_number(text: str, default: int = 0) -> int:
    """A number from an attribute, or the default when it is none."""
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else default


def _deeper_than(root: Element, limit: int) -> bool:
    level = [root]
    for _ in range(limit):
        level = [child for element in level for child in element]
        if not level:
            return False
    return True
