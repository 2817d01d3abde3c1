"""HTML to text as it looks: paragraphs, lists, and tables with aligned columns. Scripts, styles and hidden parts are left out."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from app.documents.assembly import Draft
from app.documents.cleaning import clean_text, squeeze_columns
from app.documents.encoding import decode
from app.documents.tables import GAP, Cell, lay_out

_SKIPPED = frozenset(
    [
        "script",
        "style",
        "template",
        "noscript",
        "head",
        "title",
        "meta",
        "link",
        "base",
        "object",
        "embed",
        "iframe",
        "svg",
        "math",
        "canvas",
        "audio",
        "video",
        "map",
        "area",
        "datalist",
        "source",
        "track",
        "param",
    ]
)
_BLOCKS = frozenset(
    [
        "html",
        "body",
        "div",
        "p",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "nav",
        "aside",
        "address",
        "blockquote",
        "center",
        "details",
        "dialog",
        "dir",
        "dl",
        "dt",
        "dd",
        "fieldset",
        "figcaption",
        "figure",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hgroup",
        "hr",
        "legend",
        "li",
        "menu",
        "ol",
        "optgroup",
        "pre",
        "search",
        "summary",
        "ul",
        "table",
        "caption",
    ]
)
_SPACED = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "dl", "figure", "ol", "pre", "table", "ul", "hr"])
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_FLEX_STYLE = re.compile(r"display\s*:\s*(?:inline-)?flex(?!.*flex-direction\s*:\s*column)", re.IGNORECASE | re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n\f\xa0]+")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_ANY_TAG = re.compile(r"<[^<>]*>")
_SELF_CLOSING = frozenset(
    [
        *["p", "li", "td", "th", "tr", "tbody", "thead", "tfoot", "dt", "dd", "option", "optgroup", "col", "colgroup", "br", "img"],
        *["input", "hr", "meta", "link", "area", "base", "embed", "source", "track", "wbr", "param", "html", "head", "body"],
    ]
)
_DECORATION = re.compile(r"\.(?:png|jpe?g|gif|svg|webp)$|://|\b(?:logo|icon|spacer)\b", re.IGNORECASE)
_MAX_DEPTH = 120
_MAX_NESTING = 4000
_MAX_SPAN = 200
_HEAD_CHARS = 200_000
_MAX_LABEL_CHARS = 60


def read_html(data: bytes, declared: str = "") -> Draft:
    """Read an HTML file of any encoding."""
    untrusted_html, doubtful = decode(data, declared)
    draft = Draft.of_text("html", html_to_text(untrusted_html), _metadata(untrusted_html))
    if doubtful:
        draft.notices.append("The encoding of the text is uncertain; some letters may be wrong.")
    return draft


def html_to_text(untrusted_html: str) -> str:
    """The visible text of an HTML page or fragment."""
    if _nests_too_deeply(untrusted_html):
        return clean_text(_ANY_TAG.sub("\n", untrusted_html))
    body = LexborHTMLParser(untrusted_html.replace("\0", " ")).body
    if body is None:
        return ""
    return squeeze_columns(clean_text("\n".join(_Block().render(body, 0))))


def _nests_too_deeply(untrusted_html: str) -> bool:
    """Whether elements nest deeper than pages do: the parser's time grows with the square of the depth."""
    depth = 0
    for tag in _TAG.finditer(untrusted_html):
        if tag.group(2).lower() not in _SELF_CLOSING:
            depth = max(0, depth - 1) if tag.group(1) else depth + 1
            if depth > _MAX_NESTING:
                return True
    return False


def _metadata(untrusted_html: str) -> dict[str, str]:
    head = untrusted_html[:_HEAD_CHARS].replace("\0", " ")
    if _nests_too_deeply(head):
        return {}
    parser = LexborHTMLParser(head)
    title = parser.css_first("head title")
    author = parser.css_first("meta[name=author]")
    found = {"title": title.text() if title else "", "author": (author.attributes.get("content") or "") if author else ""}
    return {key: value for key, value in found.items() if value.strip()}


class _Block:
    """Lines of one block element: inline text gathers in `_line` until a block or break ends it."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line = ""

    def render(self, node: LexborNode, depth: int) -> list[str]:
        self._walk(node, depth)
        self._break()
        while self._lines and not self._lines[-1]:
            self._lines.pop()
        return self._lines

    def _walk(self, node: LexborNode, depth: int) -> None:
        if depth > _MAX_DEPTH:
            self._add(node.text(deep=True, separator=" "))
            return
        child = node.first_child
        number = 0
        while child is not None:
            if child.is_text_node:
                self._add(child.text_content or "")
            elif child.is_element_node and not _is_hidden(child):
                number += child.tag == "li"
                self._element(child, depth + 1, number)
            child = child.next

    def _element(self, node: LexborNode, depth: int, number: int) -> None:
        tag = node.tag or ""
        if tag == "br":
            self._break(keep_empty=True)
        elif tag == "table":
            self._block(_table(node, depth), spaced=True)
        elif tag == "pre":
            self._block(node.text(deep=True).strip("\n").split("\n"), spaced=True)
        elif tag in {"input", "select", "textarea", "button"}:
            self._add(_form_value(node))
        elif tag == "img":
            # A picture often is the only place that names the sender.
            self._add(_alternative(node))
        elif tag in {"td", "th"}:
            self._break()
            self._walk(node, depth)
        elif tag == "dd" and self._lines and not self._line and self._follows_label(node):
            self._lines[-1] += " " * GAP + " ".join(_Block().render(node, depth))
        elif tag == "li":
            mark = f"{number}. " if node.parent is not None and node.parent.tag == "ol" else "- "
            self._block(_prefixed(_Block().render(node, depth), mark), spaced=False)
        elif _FLEX_STYLE.search(_style(node)):
            self._block(_flex(node, depth), spaced=False)
        elif tag in _BLOCKS or tag in {"tr", "tbody", "thead", "tfoot"}:
            self._block(_Block().render(node, depth), spaced=tag in _SPACED)
        else:
            self._walk(node, depth)

    def _follows_label(self, node: LexborNode) -> bool:
        before = node.prev
        while before is not None and not before.is_element_node:
            before = before.prev
        return before is not None and before.tag == "dt" and 0 < len(self._lines[-1]) <= _MAX_LABEL_CHARS

    def _add(self, text: str) -> None:
        piece = _SPACE.sub(" ", text)
        if not self._line or self._line.endswith(" "):
            piece = piece.lstrip(" ")
        self._line += piece

    def _break(self, *, keep_empty: bool = False) -> None:
        line = self._line.rstrip(" ")
        self._line = ""
        if line or (keep_empty and self._lines and self._lines[-1]):
            self._lines.append(line)

    def _block(self, lines: list[str], *, spaced: bool) -> None:
        self._break()
        if not lines:
            return
        if spaced and self._lines and self._lines[-1]:
            self._lines.append("")
        self._lines.extend(lines)
        if spaced:
            self._lines.append("")


def _table(table: LexborNode, depth: int) -> list[str]:
    caption: list[str] = []
    rows: list[list[Cell]] = []
    for row in _rows(table):
        if row.tag == "caption":
            caption = _Block().render(row, depth)
            continue
        cells = [_cell(cell, depth) for cell in row.iter() if cell.tag in {"td", "th"} and not _is_hidden(cell)]
        rows.append(cells)
    return caption + [line for line in lay_out(rows) if line.strip()]


def _rows(table: LexborNode) -> list[LexborNode]:
    rows: list[LexborNode] = []
    for child in table.iter():
        if child.tag in {"tr", "caption"}:
            rows.append(child)
        elif child.tag in {"thead", "tbody", "tfoot"} and not _is_hidden(child):
            rows.extend(row for row in child.iter() if row.tag == "tr")
    return [row for row in rows if not _is_hidden(row)]


def _cell(node: LexborNode, depth: int) -> Cell:
    lines = [line for line in _Block().render(node, depth + 1) if line.strip()]
    return Cell(tuple(lines), _span(node, "colspan"), _span(node, "rowspan"))


def _span(node: LexborNode, name: str) -> int:
    value = (node.attributes.get(name) or "1").strip()
    return max(1, min(_MAX_SPAN, int(value))) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _flex(node: LexborNode, depth: int) -> list[str]:
    """Children of a flex row stand side by side."""
    cells = [_cell(child, depth) for child in node.iter() if not _is_hidden(child)]
    return [line for line in lay_out([cells]) if line.strip()] if cells else _Block().render(node, depth)


def _prefixed(lines: list[str], mark: str) -> list[str]:
    return [(mark if number == 0 else " " * len(mark)) + line if line else line for number, line in enumerate(lines)]


def _style(node: LexborNode) -> str:
    return node.attributes.get("style") or ""


def _is_hidden(node: LexborNode) -> bool:
    if node.tag in _SKIPPED:
        return True
    attributes = node.attributes
    return "hidden" in attributes or bool(_HIDDEN_STYLE.search(attributes.get("style") or ""))


def _alternative(node: LexborNode) -> str:
    text = (node.attributes.get("alt") or "").strip()
    return f" {text} " if text and len(text) <= _MAX_LABEL_CHARS and not _DECORATION.search(text) else ""


def _form_value(node: LexborNode) -> str:
    """What a filled-in form shows: the text typed, the option chosen."""
    attributes = node.attributes
    if node.tag == "input":
        kind = (attributes.get("type") or "text").lower()
        if kind in {"checkbox", "radio"}:
            return "[x] " if "checked" in attributes else "[ ] "
        return f" {attributes.get('value') or ''} " if kind not in {"hidden", "password", "image", "file"} else ""
    if node.tag == "select":
        chosen = node.css_first("option[selected]") or node.css_first("option")
        return f" {chosen.text()} " if chosen else ""
    return f" {node.text(deep=True)} "
