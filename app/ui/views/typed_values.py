"""Typed values as people read and write them: normalized values shown in their locale, typed text normalized again."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from PySide6.QtCore import QDate, QLocale, QTime

from app.domain.task import FieldType
from app.ui import messages
from app.ui.messages import tr

_SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP", "₺": "TRY", "TL": "TRY", "¥": "JPY", "₹": "INR", "CHF": "CHF"}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}")
_DURATION = re.compile(r"P(\d+)([YMWD])")


class EntryError(ValueError):
    """Typed text that does not fit the field's type; the message is a sentence for the person."""


def shown_value(type_: FieldType, value: str | None, *, currency: str = "", locale: QLocale | None = None) -> str:
    """A normalized value as this person reads it; values of an unexpected form are shown as they are."""
    if not value:
        return ""
    locale = locale or messages.locale()
    match type_:
        case FieldType.DATE:
            date = QDate.fromString(value, "yyyy-MM-dd")
            return locale.toString(date, "d MMM yyyy") if date.isValid() else value
        case FieldType.TIME:
            time = QTime.fromString(value)
            return locale.toString(time, QLocale.FormatType.ShortFormat) if time.isValid() else value
        case FieldType.AMOUNT:
            return f"{_grouped(value, locale)} {currency}".strip()
        case FieldType.NUMBER:
            return _grouped(value, locale)
        case FieldType.IBAN:
            return " ".join(value[index : index + 4] for index in range(0, len(value), 4))
        case FieldType.DURATION:
            return _shown_duration(value)
        case _:
            return value


def _grouped(value: str, locale: QLocale) -> str:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if not number.is_finite():
        return value
    sign, digits, exponent = number.as_tuple()
    places = max(0, -int(exponent))
    plain = f"{abs(number):,.{places}f}"
    swap = {",": locale.groupSeparator(), ".": locale.decimalPoint()}
    return ("−" if sign and any(digits) else "") + "".join(swap.get(character, character) for character in plain)


def _shown_duration(value: str) -> str:
    found = _DURATION.fullmatch(value)
    if found is None:
        return value
    count = int(found[1])
    templates = {
        "Y": ("1 year", "{n} years"),
        "M": ("1 month", "{n} months"),
        "W": ("1 week", "{n} weeks"),
        "D": ("1 day", "{n} days"),
    }
    one, several = templates[found[2]]
    return tr(one) if count == 1 else tr(several, n=count)


def parsed_value(
    type_: FieldType, text: str, *, choices: dict[str, tuple[str, ...]] | None = None, locale: QLocale | None = None
) -> str:
    """The normalized value of what a person typed. Raises `EntryError` with what was expected."""
    text = " ".join(text.split())
    if not text:
        raise EntryError(tr("Type a value, or press Esc to leave it as it is."))
    locale = locale or messages.locale()
    parsers: dict[FieldType, Callable[[], str | None]] = {
        FieldType.DATE: lambda: _parsed_date(text, locale),
        FieldType.TIME: lambda: _parsed_time(text, locale),
        FieldType.AMOUNT: lambda: parsed_decimal(text, locale),
        FieldType.NUMBER: lambda: parsed_decimal(text, locale),
        FieldType.CURRENCY: lambda: _parsed_currency(text),
        FieldType.IBAN: lambda: _parsed_iban(text),
        FieldType.EMAIL: lambda: text.lower() if _EMAIL.fullmatch(text) else None,
        FieldType.PHONE: lambda: text if len(re.sub(r"\D", "", text)) >= 5 else None,
        FieldType.CHOICE: lambda: _parsed_choice(text, choices or {}),
    }
    parse = parsers.get(type_)
    value = parse() if parse is not None else text
    if value is None:
        raise EntryError(_expectation(type_, text, choices or {}, locale))
    return value


def _parsed_date(text: str, locale: QLocale) -> str | None:
    day_first = _day_first(locale)
    numeric = ["d.M.yyyy", "d-M-yyyy"] + (["d/M/yyyy", "M/d/yyyy"] if day_first else ["M/d/yyyy", "d/M/yyyy"])
    formats = [
        "yyyy-M-d",
        "yyyy/M/d",
        "yyyy.M.d",
        *numeric,
        "d MMM yyyy",
        "d MMMM yyyy",
        "d. MMM yyyy",
        "d. MMMM yyyy",
        "MMM d, yyyy",
        "MMMM d, yyyy",
    ]
    for locale_ in (locale, QLocale(QLocale.Language.English)):
        for form in formats:
            date = locale_.toDate(text, form)
            if date.isValid():
                return date.toString("yyyy-MM-dd")
    return None


def _day_first(locale: QLocale) -> bool:
    form = locale.dateFormat(QLocale.FormatType.ShortFormat)
    return form.find("d") < form.find("M")


def _parsed_time(text: str, locale: QLocale) -> str | None:
    for form in ("H:mm", "HH:mm:ss", "H.mm", locale.timeFormat(QLocale.FormatType.ShortFormat), "h:mm AP"):
        time = QLocale(QLocale.Language.English).toTime(text, form)
        if time.isValid():
            return time.toString("HH:mm")
    return None


def parsed_decimal(text: str, locale: QLocale) -> str | None:
    """A number with separators in the locale's way, or in any unmistakable way; currency words around it are dropped."""
    found = re.search(r"\(?[-−+]?\s*\d[\d.,'’ \u00a0\u202f]*[-−]?\)?", text)
    rest = text.replace(found[0], "", 1) if found else text
    if found is None or re.search(r"\d", rest) or len(re.sub(r"[\W_]", "", rest)) > 4:
        return None
    negative = bool(re.search(r"[-−(]", found[0]))
    digits = re.sub(r"[^\d.,]", "", found[0]).strip(".,") if found[0].strip()[-1:] in ".," else re.sub(r"[^\d.,]", "", found[0])
    plain = _without_groups(digits, locale.decimalPoint())
    return ("-" if negative and plain.strip("0.") else "") + plain if plain is not None else None


def _without_groups(digits: str, decimal_point: str) -> str | None:
    """``1.234,50`` and ``1,234.50`` as ``1234.50``. A lone separator groups only if the locale says so and three digits follow."""
    marks = [character for character in digits if character in ".,"]
    if not marks:
        return digits
    last = marks[-1]
    if len(set(marks)) == 2:
        if marks.count(last) > 1:
            return None
        whole, part = digits.rsplit(last, 1)
        return re.sub(r"[.,]", "", whole) + "." + part
    groups = re.fullmatch(rf"\d{{1,3}}(?:{re.escape(last)}\d{{3}})+", digits) is not None
    if len(marks) > 1:
        return digits.replace(last, "") if groups else None
    if groups and last != decimal_point:
        return digits.replace(last, "")
    return digits.replace(last, ".")


def _parsed_currency(text: str) -> str | None:
    return _SYMBOLS.get(text.upper()) or (text.upper() if re.fullmatch(r"[A-Za-z]{3}", text) else None)


def _parsed_iban(text: str) -> str | None:
    compact = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", compact):
        return None
    number = "".join(str(int(character, 36)) for character in compact[4:] + compact[:4])
    return compact if int(number) % 97 == 1 else None


def _parsed_choice(text: str, choices: dict[str, tuple[str, ...]]) -> str | None:
    wanted = text.casefold()
    for name, words in choices.items():
        if wanted in {name.casefold(), name.replace("_", " ").casefold(), *(word.casefold() for word in words)}:
            return name
    return None if choices else text


def _expectation(type_: FieldType, text: str, choices: dict[str, tuple[str, ...]], locale: QLocale) -> str:
    match type_:
        case FieldType.DATE:
            example = locale.toString(QDate(2026, 4, 19), "d MMM yyyy")
            return tr("“{text}” is not a date. Write it like {example} or 2026-04-19.", text=text, example=example)
        case FieldType.TIME:
            return tr("“{text}” is not a time. Write it like 14:30.", text=text)
        case FieldType.AMOUNT | FieldType.NUMBER:
            return tr("“{text}” is not a number. Write it like {example}.", text=text, example=_grouped("1234.50", locale))
        case FieldType.CURRENCY:
            return tr("“{text}” is not a currency. Write its three letters, like EUR.", text=text)
        case FieldType.IBAN:
            return tr("“{text}” is not a valid IBAN: its check digits do not fit.", text=text)
        case FieldType.EMAIL:
            return tr("“{text}” is not an e-mail address.", text=text)
        case FieldType.PHONE:
            return tr("“{text}” is not a telephone number.", text=text)
        case _:
            return tr("“{text}” is not one of the choices: {choices}.", text=text, choices=", ".join(choices))
