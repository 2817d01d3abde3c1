"""Where a document prints the words that stand beside values: "Invoice no.", "Total", "Bill to".

Every label of every field of a task is looked for at once, the longest at each place; so "order number" is never read as "number".
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.domain.task import FieldType, TaskField
from app.tasks.lines.layout import Layout, Line
from app.tasks.lines.notions import implied_labels
from app.tasks.text.folding import Token, spellings_of, tokens_of

_SKIPPED: Final = frozenset({"eur", "euro", "euros", "usd", "gbp", "chf", "try", "tl", "rm", "myr", "in"})
"""Words that may stand inside a label: "Total EUR incl. VAT"."""
_FUZZY_FROM_CHARS: Final = 5
_GLUED_FROM_CHARS: Final = 4
_SIGN: Final = r"[^\s<>()\[\]|,;\"']"
_ADDRESS: Final = re.compile(
    rf"(?<![\w.%+'-])[\w.%+'-]{{1,64}}+@{_SIGN}+|[A-Za-z]{{3,6}}://{_SIGN}+|(?<!\w)www\.{_SIGN}+"
    r"|(?<![\w.-])[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:com|org|net|info|eu|de|at|ch|fr|it|es|nl|be|uk|pl|tr|io|gov|edu)(?![\w-])"
    r"|(?<=\d[/-])[^\W\d_]+(?=[/-]\d)"
)
"""Where words are part of an address on the net or of a number: the "de" of "max@firma.de" announces nothing."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A label found. `own` are the fields it announces, `against` those for which it is a warning."""

    start: int
    end: int
    line: int
    first: int
    last: int
    own: frozenset[str]
    against: frozenset[str]
    chars: int
    ranks: Mapping[str, float] = field(default_factory=dict, compare=False)
    """For each field announced how early the label stands in its list: 1 for the first, 0 for the last."""

    def is_for(self, field: str) -> bool:
        return field in self.own

    def warns(self, field: str, rivals: frozenset[str]) -> bool:
        """Whether it announces something that could be mistaken for the field: a warning, or a field of a like type."""
        return field in self.against or not self.own.isdisjoint(rivals)


@dataclass
class _Node:
    children: dict[str, _Node]
    own: dict[str, float]
    against: set[str]

    @property
    def is_label(self) -> bool:
        return bool(self.own or self.against)


def labels_of(task_field: TaskField) -> list[str]:
    """The field's labels, its titles and the words of its name; without labels also those that its name and description imply."""
    return [*task_field.labels, *task_field.title.values(), task_field.name.replace("_", " "), *implied_labels(task_field)]


_PLAIN_WORDS: Final = frozenset(
    [
        "the",
        "of",
        "a",
        "an",
        "in",
        "on",
        "for",
        "to",
        "from",
        "and",
        "or",
        "name",
        "date",
        "number",
        "num",
        "no",
        "amount",
        "value",
        "type",
        "id",
        "start",
        "end",
    ]
)


def _implied_not_labels(task_field: TaskField) -> tuple[str, ...]:
    """Words for the end of something, for a date that is not asked for as one: "EXPIRES 11/17/2021" is not the day of a receipt."""
    if task_field.type is not FieldType.DATE:
        return ()
    asked = {token.text for token in tokens_of(" ".join((*labels_of(task_field), task_field.description)))}
    return () if asked & _ENDING or any(word.startswith(_ENDING_STEMS) for word in asked) else _EXPIRY


def _name_words(task_field: TaskField) -> list[str]:
    """The telling words of a field's name, for fields that come without labels."""
    if task_field.labels:
        return []
    return [word for word in task_field.name.split("_") if len(word) > 2 and word not in _PLAIN_WORDS]


_EXPIRY: Final = (
    *(
        "expires",
        "expires on",
        "expiry",
        "expiry date",
        "expiration",
        "expiration date",
        "exp date",
        "valid until",
        "valid through",
    ),
    *("best before", "return by", "use by", "gültig bis", "läuft ab am", "einlösbar bis", "valable jusqu'au", "expire le"),
    *(
        "valido fino al",
        "scade il",
        "válido hasta",
        "caduca el",
        "geldig tot",
        "ważny do",
        "geçerlilik tarihi",
        "son kullanma tarihi",
    ),
)
_ENDING: Final = frozenset(
    {"expiry", "expires", "expiration", "valid", "until", "due", "deadline", "end", "ends", "bis", "ablauf", "bitis"}
)

_ENDING_STEMS: Final = (
    *("expir", "valid", "return", "retour", "last", "latest", "ablauf", "gultig", "gueltig", "gilt", "ruckgabe", "rueckgabe"),
    *("frist", "letzte", "valab", "jusqu", "scad", "caduc", "geldig", "wazn", "gecerli", "best", "son"),
)

_LIKE_TYPES: Final[tuple[frozenset[FieldType], ...]] = (
    frozenset({FieldType.AMOUNT, FieldType.NUMBER}),
    frozenset({FieldType.IDENTIFIER, FieldType.TAX_ID, FieldType.IBAN, FieldType.PHONE}),
    frozenset({FieldType.NAME, FieldType.TEXT, FieldType.ADDRESS}),
)


def rivals_of(field: TaskField, fields: Iterable[TaskField]) -> frozenset[str]:
    """Names of the other fields whose values look like this one's."""
    like = next((types for types in _LIKE_TYPES if field.type in types), frozenset({field.type}))
    return frozenset(other.name for other in fields if other.type in like and other.name != field.name)


class LabelIndex:
    """The labels of a task's fields, ready to be found in a layout."""

    def __init__(self, fields: Iterable[TaskField]) -> None:
        fields = list(fields)
        self._root = _Node({}, {}, set())
        self._rivals = {field.name: rivals_of(field, fields) for field in fields}
        self._vocabulary: set[str] = set()
        for known in fields:
            last = max(1, len(known.labels) - 1)
            for place, label in enumerate((*labels_of(known), *_name_words(known))):
                rank = max(0.0, 1.0 - place / last) if known.labels else 0.0
                for node in map(self._node, spellings_of(label)):
                    node.own.setdefault(known.name, rank)
            for label in (*known.not_labels, *_implied_not_labels(known)):
                for node in map(self._node, spellings_of(label)):
                    node.against.add(known.name)

    def _node(self, label: str) -> _Node:
        """The place of a label in the tree of words; one of no words leads nowhere."""
        node = self._root
        for token in tokens_of(label):
            node = node.children.setdefault(token.text, _Node({}, {}, set()))
            if len(token.text) > 1:
                self._vocabulary.add(token.text)
        return node if node is not self._root else _Node({}, {}, set())

    def find(self, layout: Layout, *, fuzzy: bool = False) -> Hits:
        """All labels in the layout. With `fuzzy`, one wrong character in a longer word is forgiven, as OCR makes them."""
        by_line: dict[int, list[Hit]] = defaultdict(list)
        for line in layout.lines:
            tokens = [self._without_figures(token) for token in tokens_of(layout.text[line.start : line.end], line.start)]
            addresses = deque(match.span() for match in _ADDRESS.finditer(layout.text, line.start, line.end))
            position = 0
            while position < len(tokens):
                node, after = self._longest(layout.text, tokens, position, fuzzy)
                while addresses and addresses[0][1] <= tokens[position].start:
                    addresses.popleft()
                if node is None or (addresses and addresses[0][0] <= tokens[position].start):
                    position += 1
                    continue
                by_line[line.index].append(_hit(node, tokens[position:after], line))
                position = after
        return Hits(by_line, frozenset(self._vocabulary), self._rivals)

    def _without_figures(self, token: Token) -> Token:
        """A word of the labels without the figures that run into it: "EXPIRES11/17/2021"."""
        if not token.text[-1].isdigit() or token.text in self._vocabulary:
            return token
        word = token.text.rstrip("0123456789")
        if len(word) < _GLUED_FROM_CHARS or word not in self._vocabulary:
            return token
        return Token(word, token.start, token.start + len(word))

    def _longest(self, text: str, tokens: Sequence[Token], position: int, fuzzy: bool) -> tuple[_Node | None, int]:
        node, best, best_after = self._root, None, position
        while position < len(tokens):
            child, after = self._step(node, text, tokens, position, fuzzy)
            if child is None:
                if node is self._root or tokens[position].text not in _SKIPPED:
                    break
                position += 1
                continue
            node, position = child, after
            if node.is_label:
                best, best_after = node, position
        return best, best_after

    def _step(self, node: _Node, text: str, tokens: Sequence[Token], position: int, fuzzy: bool) -> tuple[_Node | None, int]:
        """What follows a node: the next word, or two that a hyphen joins ("Liefer-Datum" for "Lieferdatum")."""
        token = tokens[position]
        child = node.children.get(token.text)
        if child is None and position + 1 < len(tokens) and text[token.end : tokens[position + 1].start] == "-":
            joined = node.children.get(token.text + tokens[position + 1].text)
            if joined is not None:
                return joined, position + 2
        if child is None and fuzzy:
            child = _near(node.children, token.text)
        return child, position + 1


@dataclass(frozen=True)
class Hits:
    """Labels found, by line."""

    by_line: dict[int, list[Hit]]
    vocabulary: frozenset[str] = frozenset()
    """The words that the task's labels are made of."""
    rivals: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """For each field the fields whose values look alike."""

    def on(self, line: int) -> Sequence[Hit]:
        return self.by_line.get(line, ())

    def has(self, field: str) -> bool:
        """Whether a label of the field stands anywhere."""
        return any(hit.is_for(field) for hits in self.by_line.values() for hit in hits)

    def within(self, start: int, end: int, line: int) -> list[Hit]:
        return [hit for hit in self.on(line) if start <= hit.start and hit.end <= end]


def _hit(node: _Node, tokens: Sequence[Token], line: Line) -> Hit:
    start, end = tokens[0].start, tokens[-1].end
    chars = sum(len(token.text) for token in tokens)
    return Hit(
        start, end, line.index, start - line.start, end - line.start, frozenset(node.own), frozenset(node.against), chars, node.own
    )


def _near(children: dict[str, _Node], word: str) -> _Node | None:
    if len(word) < _FUZZY_FROM_CHARS:
        return None
    return next((child for known, child in children.items() if len(known) >= _FUZZY_FROM_CHARS and _one_edit(known, word)), None)


def _one_edit(left: str, right: str) -> bool:
    """Whether one character replaced, added or dropped makes the words equal."""
    if abs(len(left) - len(right)) > 1:
        return False
    shared = 0
    while shared < min(len(left), len(right)) and left[shared] == right[shared]:
        shared += 1
    if len(left) == len(right):
        return left[shared + 1 :] == right[shared + 1 :]
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    return longer[shared + 1 :] == shorter[shared:]
