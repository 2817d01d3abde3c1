"""Facts about an option that speak for or against it as the answer of a field, as numbers for `app.tasks.weights`."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from app.domain.task import FieldType, TaskField
from app.tasks.candidates import TEXT_TYPES, Option, Source
from app.tasks.context import nearness
from app.tasks.folding import Token, fold, tokens_of

Features = dict[str, float]

_RANGE_SIGN = re.compile(r"\s{0,2}(?:[-–—~]|to\b|until\b|through\b|bis\b|au\b|à\b|a\b|al\b|t/m\b|tot\b)", re.IGNORECASE)
_DIGIT_SOON = re.compile(r"[^\n]{0,12}\d|[^\n]{0,6}[A-Z]")
_RANGE_BEFORE = re.compile(r"(?:\d|m\.?|h|uhr)\s{0,2}(?:[-–—~]|to|until|through|bis|au|à|a|al|t/m|tot)\s{0,2}$", re.IGNORECASE)
_START_WORDS: Final = frozenset(
    [
        "start",
        "starts",
        "from",
        "begin",
        "begins",
        "beginning",
        "von",
        "ab",
        "beginn",
        "debut",
        "du",
        "inicio",
        "inizio",
        "baslangic",
    ]
)
_END_WORDS: Final = frozenset(
    ["end", "ends", "until", "till", "to", "bis", "ende", "fin", "fine", "einde", "bitis", "expiration", "expiry"]
)
_MAX_TAX_RATE: Final = Decimal("0.3")
_MAX_SUMMANDS: Final = 150
_NEAR_LINES: Final = 6
_ROUNDING: Final = Decimal("0.05")
_TENTH: Final = Decimal("0.05")

_LEGAL_FORM = re.compile(
    r"(?<![^\W_])(?:gmbh|ag|kg|ohg|ug|e\.? ?k\.?|e\.? ?v\.?|se|inc|llc|l\.l\.c|ltd|limited|corp|corporation|company|co|plc|lp|llp|pty|n\.?a"
    r"|sarl|s\.a\.r\.l|sas|s\.a\.s|sasu|eurl|sa|s\.a|snc|bv|b\.v|nv|n\.v|s\.?r\.?l|s\.?p\.?a|s\.?l|oy|ab|aps|a/s|as|kft|sp\. ?z ?o\.? ?o"
    r"|sdn\.? ?bhd|bhd|enterprise|enterprises|trading|restaurant|restoran|bank|group|holding|holdings|stores?|shop|hotel|cafe|university|verlag"
    r"|a\.? ?s\.?|anonim sirketi|limited sirketi|ltd\.? ?sti|sirketi|ticaret|sanayi|and sons|associates|foundation|institute)\.?(?![^\W_])"
)
_CONTACT = re.compile(r"@|www\.|https?:|(?<![^\W_])(?:tel|telefon|phone|fax|e-?mail|mobil|tlf)(?![^\W_])")
_STREET = re.compile(
    r"(?<![^\W_])(?:street|st|road|rd|avenue|ave|lane|drive|suite|floor|box|p\.o|jalan|jln|lorong|lot|taman|kawasan|rue|chemin|avenue|allee|bd|boulevard|quai"
    r"|via|piazza|calle|plaza|sok|sokak|cad|caddesi|mah|mahallesi|bulvari|blok|kat)(?![^\W_])|(?:strasse|strase|straße|str\.|weg|platz|gasse|allee|ufer|damm|ring|hof|straat|laan|plein|kade|gracht)(?![^\W\d_])"
)
_POSTCODE = re.compile(
    r"(?<![\w.,/-])(?:[a-z]{1,2}[- ])?\d{4,6}(?![\w.,/-])|\b[a-z]{1,2}\d{1,2}[a-z]? ?\d[a-z]{2}\b|\b\d{4} ?[a-z]{2}\b"
)
_DOMAIN = re.compile(r"(?:@|www\.|https?://)([\w.-]+)")
_SEPARATORS = re.compile(r"[•●·|,;]| [-–—/] ")
_BOILER: Final = frozenset(
    "page seite invoice rechnung facture fatura factuur fattura factura receipt order total date datum tax vat iban bic thank you copy kopie original stylesheet number no nr nummer numero num id ref contact kontakt tel telefon phone fax"
    " email mail web gln siret siren naf ape rcs kunden kunde lieferant address adresse adres anschrift name nom firma line ligne zeile bank"
    " description quantity qty price amount menge preis betrag subtotal netto brutto terms payment shipment delivery".split()
)


class Sums:
    """Triples of amounts in which one is net, one its tax at a plausible rate, and one their sum."""

    def __init__(self, amounts: list[tuple[int, Decimal]]) -> None:
        lines: dict[Decimal, list[int]] = {}
        for line, amount in amounts:
            lines.setdefault(abs(amount), []).append(line)
        self._lines = lines
        self._triples: list[tuple[Decimal, Decimal, Decimal]] = []
        values = sorted(value for value in lines if value > 0)
        if len(values) <= _MAX_SUMMANDS:
            self._triples = [
                (net, tax, net + tax) for net in values for tax in values if tax <= net * _MAX_TAX_RATE and net + tax in lines
            ]

    def as_net(self, value: Decimal, line: int) -> float:
        return self._nearest(line, [(tax, gross) for net, tax, gross in self._triples if net == value])

    def as_tax(self, value: Decimal, line: int) -> float:
        return self._nearest(line, [(net, gross) for net, tax, gross in self._triples if tax == value])

    def as_gross(self, value: Decimal, line: int) -> float:
        return self._nearest(line, [(net, tax) for net, tax, gross in self._triples if gross == value])

    def _nearest(self, line: int, partners: list[tuple[Decimal, Decimal]]) -> float:
        """One when both partners stand within a few lines, less when they are further away."""
        best = 0.0
        for pair in partners:
            distance = max(min(abs(line - other) for other in self._lines[value]) for value in pair)
            best = max(best, 1.0 if distance <= _NEAR_LINES else 0.4)
        return best


@dataclass
class Scene:
    """A document with what is asked only once about it."""

    source: Source
    task_id: str = ""
    fuzzy: bool = False
    amounts: list[tuple[int, Decimal]] = field(default_factory=list)
    amount_lines: Counter[int] = field(default_factory=Counter)
    currencies: Counter[str] = field(default_factory=Counter)
    sums: Sums = field(default_factory=lambda: Sums([]))
    value_counts: dict[FieldType, Counter[str]] = field(default_factory=dict)
    folded: str = ""
    domains: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, source: Source, task_id: str = "", *, fuzzy: bool = False) -> Scene:
        scene = cls(source, task_id, fuzzy)
        scene.folded = fold(source.text)
        scene.domains = [re.sub(r"[^a-z0-9]", "", match[1]) for match in _DOMAIN.finditer(scene.folded)]
        for candidate in source.typed.get(FieldType.AMOUNT, ()):
            line = source.layout.line_of(candidate.start)
            index = line.index if line else 0
            scene.amounts.append((index, Decimal(candidate.value)))
            scene.amount_lines[index] += 1
            if candidate.currency:
                scene.currencies[candidate.currency] += 1
        scene.sums = Sums(scene.amounts)
        for type_, candidates in source.typed.items():
            scene.value_counts[type_] = Counter(candidate.value for candidate in candidates)
        return scene


def features(field_: TaskField, option: Option, scene: Scene) -> Features:
    """The features of one option. A missing name is zero."""
    near = nearness(field_.name, option, scene.source)
    layout = scene.source.layout
    line = layout.line_of(option.start)
    index = line.index if line else 0
    facts: Features = {
        "own_left": near.own_left,
        "other_left": near.other_left,
        "own_above": near.own_above,
        "other_above": near.other_above,
        "header_above": near.header_above * near.own_above,
        "specific": near.specific * max(near.own_left, near.own_above),
        "unlabelled": float(max(near.own_left, near.own_above) < 0.15),
        "opens_line": near.opens_line,
        "depth": index / max(1, len(layout.lines) - 1),
        "top": math.exp(-index / 6),
        "verified": float(option.verified),
    }
    if field_.examples:
        facts["like_example"] = float(any(_shape(example) == _shape(option.value) for example in field_.examples))
    if field_.type in {FieldType.DATE, FieldType.TIME}:
        facts |= _range_features(field_, option, scene)
    if field_.type in TEXT_TYPES:
        facts |= _text_features(option, scene, index)
        facts["own_labelled"] = float(option.kind == "labelled" and near.own_left > 0.9)
    else:
        counts = scene.value_counts.get(field_.type, Counter())
        facts["often"] = math.log(max(1, counts[option.value]))
        facts["share"] = counts[option.value] / max(1, sum(counts.values()))
        if field_.type in {FieldType.AMOUNT, FieldType.NUMBER}:
            facts |= _amount_features(option, scene, index)
        elif field_.type is FieldType.DATE:
            facts |= _date_features(option, counts)
        elif field_.type in {FieldType.IDENTIFIER, FieldType.TAX_ID}:
            facts |= _identifier_features(option)
    return facts


def _amount_features(option: Option, scene: Scene, line: int) -> Features:
    value = abs(Decimal(option.value))
    values = {abs(amount) for _, amount in scene.amounts}
    largest = max(values, default=Decimal(0))
    known = sum(scene.currencies.values())
    return {
        "largest": float(value == largest and value > 0),
        "relative": float(value / largest) if largest else 0.0,
        "gross_of": scene.sums.as_gross(value, line),
        "net_of": scene.sums.as_net(value, line),
        "tax_of": scene.sums.as_tax(value, line),
        "rounded_of": float(any(0 < abs(value - other) <= _ROUNDING for other in values)),
        "tenths": float(value % _TENTH == 0),
        "zero": float(value == 0),
        "negative": float(option.value.startswith("-")),
        "has_currency": float(option.currency is not None),
        "main_currency": scene.currencies[option.currency] / known if option.currency and known else 0.5,
        "cents": float(bool(re.search(r"[.,]\d\d\b", option.text))),
        "table_row": float(scene.amount_lines[line] >= 3),
        "alone": float(scene.amount_lines[line] == 1),
        "last_on_line": float(not re.search(r"\d", layout_rest(option, scene))),
    }


def layout_rest(option: Option, scene: Scene) -> str:
    """What follows the option on its line."""
    line = scene.source.layout.line_of(option.start)
    return scene.source.text[option.end : line.end] if line else ""


def _date_features(option: Option, counts: Counter[str]) -> Features:
    dates = sorted(counts)
    return {
        "earliest": float(option.value == dates[0]) if dates else 0.0,
        "latest": float(option.value == dates[-1]) if dates else 0.0,
        "only": float(len(dates) == 1),
    }


def _range_features(field_: TaskField, option: Option, scene: Scene) -> Features:
    """Whether the place is the beginning or the end of a span ("1.3. - 31.3."), and whether the field asks for one or the other."""
    text = scene.source.text
    opens = bool(_RANGE_SIGN.match(text[option.end : option.end + 12]) and _DIGIT_SOON.match(text[option.end : option.end + 16]))
    closes = bool(_RANGE_BEFORE.search(text[max(0, option.start - 12) : option.start]))
    words = {token.text for token in tokens_of(f"{field_.name} {field_.description}".replace("_", " "))}
    asks_start, asks_end = not words.isdisjoint(_START_WORDS), not words.isdisjoint(_END_WORDS)
    if asks_start and asks_end:
        asks_start = asks_end = False
    return {
        "span_right": float((opens and asks_start) or (closes and asks_end)),
        "span_wrong": float((opens and asks_end) or (closes and asks_start)),
        "no_span": float((asks_start or asks_end) and not (opens or closes)),
        "end_alone": float(asks_end and not closes),
        "first_of_kind": float(_is_first(option, field_.type, scene)),
    }


def _is_first(option: Option, kind: FieldType, scene: Scene) -> bool:
    found = scene.source.typed.get(kind, ())
    return bool(found) and found[0].start == option.start


def _shape(text: str) -> str:
    """Letters as A, figures as 9: "DE0005140008" is AA9999999999."""
    return "".join("9" if sign.isdigit() else "A" if sign.isalpha() else sign for sign in text.strip())


def _identifier_features(option: Option) -> Features:
    text = option.text
    digits = sum(character.isdigit() for character in text)
    return {
        "digits": digits / max(1, len(text)),
        "short": float(len(text) < 4),
        "long": float(len(text) > 16),
        "mixed": float(any(character.isalpha() for character in text) and digits > 0),
    }


def _text_features(option: Option, scene: Scene, line: int) -> Features:
    folded = fold(option.text)
    words = tokens_of(option.text)
    source = scene.source
    here = source.layout.lines[line]
    covered = sum(hit.end - hit.start for hit in source.hits.within(option.start, option.end, line))
    letters = [character for character in option.text if character.isalpha()]
    segment = source.layout.segment_of(option.start)
    below = _below(scene, option, line)
    position = _position_in_block(scene, option, line) if below["address"] else -1
    rest = fold(source.text[option.end : segment.end]) if segment else ""
    return {
        "legal_form": float(bool(_LEGAL_FORM.search(folded))),
        "figures": float(any(character.isdigit() for character in folded)),
        "contact": float(bool(_CONTACT.search(folded))),
        "street": float(bool(_STREET.search(folded))),
        "postcode": float(bool(_POSTCODE.search(folded))),
        "is_label": min(1.0, covered / max(1, len(option.text))),
        "boiler": float(any(word.text in _BOILER for word in words)),
        "one_word": float(len(words) == 1),
        "many_words": float(len(words) > 6),
        "prose": float(len(words) > 10),
        "upper": float(bool(letters) and all(character.isupper() for character in letters)),
        "lower_start": float(option.text[:1].islower()),
        "capitals": sum(word[:1].isupper() for word in option.text.split()) / max(1, len(option.text.split())),
        "often": math.log(max(1, scene.folded.count(folded))),
        "domain": float(_in_domain(words, scene.domains)),
        "address_below": below["address"],
        "contact_below": below["contact"],
        "label_words": _label_word_share(words, source),
        "under_sender": float(_under_sender(scene, option, line)),
        "block_first": float(position == 0),
        "block_second": float(position == 1),
        "all_label_words": float(_label_word_share(words, source) == 1.0),
        "one_label_word": float(len(words) == 1 and _label_word_share(words, source) == 1.0),
        "first_line": float(line == 0),
        "second_line": float(line == 1),
        "right_half": float(bool(here.segments) and option.start - here.start > 45),
        "letterhead": float(_opens_sender_line(source.text[here.start : here.end], option, here.start)),
        "piece": float(option.kind == "piece"),
        "labelled": float(option.kind == "labelled"),
        "bare_label": float(
            option.kind == "labelled" and not re.search(r"[:.#°-]\s*$", source.text[max(0, option.start - 4) : option.start])
        ),
        "key": float(rest.lstrip().startswith((":", "："))),
        "bracket": float("(" in option.text),
        "phrase": float(option.kind == "phrase"),
        "block": float(option.kind == "block"),
        "colon": float(":" in option.text),
        "lines": float(option.text.count("\n")),
    }


def _label_word_share(words: Sequence[Token], source: Source) -> float:
    """Part of the words that labels or headings are made of."""
    if not words:
        return 0.0
    return sum(word.text in _BOILER or word.text in source.hits.vocabulary for word in words) / len(words)


def _under_sender(scene: Scene, option: Option, line: int) -> bool:
    """Whether the sender's address in one small line stands right above, as in the window of an envelope."""
    layout = scene.source.layout
    here = layout.lines[line]
    first = option.start - here.start
    if line == 0 or layout.text.count("\n", layout.lines[line - 1].end, here.start) > 2:
        return False
    above = layout.lines[line - 1]
    if not above.segments or abs(above.segments[0].first - first) > 3:
        return False
    return _is_sender_line(layout.text[above.start : above.end])


def _opens_sender_line(line: str, option: Option, line_start: int) -> bool:
    """Whether the option is the name at the beginning of a sender line."""
    first, last = option.start - line_start, option.end - line_start
    return (
        not line[:first].strip()
        and bool(_SEPARATORS.match(line[last:].lstrip(" ")) or _SEPARATORS.match(line[last:]))
        and _is_sender_line(line)
    )


def _is_sender_line(text: str) -> bool:
    """Name, street and town on one line, set apart by signs."""
    folded = fold(text)
    return bool(_POSTCODE.search(folded)) and len(_SEPARATORS.findall(folded)) >= 2


def _position_in_block(scene: Scene, option: Option, line: int) -> int:
    """How many lines of its column stand directly above, up to a label, an empty place or the end of another address."""
    layout, hits = scene.source.layout, scene.source.hits
    first = option.start - layout.lines[line].start
    position = 0
    for index in range(line - 1, max(-1, line - 6), -1):
        above = [segment for segment in layout.lines[index].segments if abs(segment.first - first) <= 3]
        gap = layout.text.count("\n", layout.lines[index].end, layout.lines[index + 1].start)
        if not above or gap > 1:
            break
        segment = above[0]
        folded = fold(layout.text[segment.start : segment.end])
        labelled = sum(hit.end - hit.start for hit in hits.within(segment.start, segment.end, index))
        if labelled > 0.6 * len(folded) or ":" in folded or _POSTCODE.search(folded) or _CONTACT.search(folded):
            break
        position += 1
    return position


def _below(scene: Scene, option: Option, line: int) -> dict[str, float]:
    """Whether an address, or a tax or contact line, follows in the same column."""
    layout = scene.source.layout
    first = option.start - layout.lines[line].start
    address, contact = 0.0, 0.0
    for distance, segment in layout.below(line, first, first + len(option.text), 5):
        folded = fold(layout.text[segment.start : segment.end])
        if _is_address(folded) and distance <= 4:
            address = max(address, 1.0 if distance <= 3 else 0.6)
        if _CONTACT.search(folded):
            contact = max(contact, 1.0 - 0.15 * distance)
    return {"address": address, "contact": contact}


def _is_address(folded: str) -> bool:
    return bool(_POSTCODE.search(folded) or (_STREET.search(folded) and len(folded) < 80))


def _in_domain(words: Sequence[Token], domains: Sequence[str]) -> bool:
    joined = "".join(word.text for word in words)
    if len(joined) >= 5 and any(joined in domain for domain in domains):
        return True
    return any(len(word.text) >= 5 and any(word.text in domain for domain in domains) for word in words[:3])
