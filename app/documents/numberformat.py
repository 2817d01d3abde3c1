"""Shows stored numbers of a workbook as its number formats say. Dates always come as year-month-day."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta

from app.documents.package import Element, attribute, child, children, whole_number

_BUILT_IN = {
    **dict.fromkeys((1,), "0"),
    **dict.fromkeys((2,), "0.00"),
    **dict.fromkeys((3, 37, 38, 41, 42), "#,##0"),
    **dict.fromkeys((4, 39, 40, 43, 44), "#,##0.00"),
    **dict.fromkeys((9,), "0%"),
    **dict.fromkeys((10,), "0.00%"),
    **dict.fromkeys((11, 48), "0.00E+00"),
    **dict.fromkeys((14, 15, 16, 17), "yyyy-mm-dd"),
    **dict.fromkeys((18, 20), "h:mm"),
    **dict.fromkeys((19, 21, 45, 46, 47), "h:mm:ss"),
    **dict.fromkeys((22,), "yyyy-mm-dd h:mm"),
}
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!\$|h|m|s)[^\]]*\]', re.IGNORECASE)
_CURRENCY = re.compile(r"\[\$([^\]-]*)[^\]]*\]")
_QUOTED = re.compile(r'"([^"]*)"|\\(.)')
_MAX_DAY = 2_958_465


class NumberFormats:
    """The cell formats of one workbook."""

    def __init__(self, styles: Element | None, from_1904: bool) -> None:
        self._epoch = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)
        codes = dict(_BUILT_IN)
        numbered = child(styles, "numFmts")
        for entry in children(numbered, "numFmt") if numbered is not None else ():
            codes[whole_number(attribute(entry, "numFmtId"))] = attribute(entry, "formatCode")
        used = child(styles, "cellXfs")
        entries = children(used, "xf") if used is not None else ()
        self._codes = [codes.get(whole_number(attribute(entry, "numFmtId")), "General") for entry in entries]

    def show(self, raw: str, style: int) -> str:
        """A stored number in its format; what is no number stays as it is."""
        try:
            number = float(raw)
        except ValueError:
            return raw
        code = self._codes[style] if style < len(self._codes) else "General"
        if not math.isfinite(number):
            return raw
        sections = code.split(";")
        section = sections[1] if number < 0 and len(sections) > 1 else sections[0]
        bare = _LITERALS.sub("", section)
        if _is_date(bare) and 0 <= number <= _MAX_DAY:
            return self._date(number, bare)
        return _number(number, section, _CURRENCY.sub("", bare)) if re.search(r"[0#]", bare) else _general(number)

    def _date(self, number: float, code: str) -> str:
        moment = self._epoch + timedelta(seconds=round(number * 86_400))
        has_date, has_time = bool(re.search(r"[yd]", code, re.IGNORECASE)), bool(re.search(r"[hs]", code, re.IGNORECASE))
        if has_time and not has_date and "mmm" not in code.lower():
            return moment.strftime("%H:%M:%S" if "s" in code.lower() else "%H:%M")
        return moment.strftime("%Y-%m-%d %H:%M" if has_time else "%Y-%m-%d")


def _is_date(code: str) -> bool:
    plain = _CURRENCY.sub("", code)
    return bool(re.search(r"[ydhs]|m", plain, re.IGNORECASE)) and not re.search(r"general|[0#]\.?[0#]|e\+", plain, re.IGNORECASE)


def _general(number: float) -> str:
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return format(number, ".10g")


def _number(number: float, section: str, bare: str) -> str:
    percent = "%" in bare
    value = number * 100 if percent else number
    if "e+" in bare.lower():
        return format(value, ".2E")
    decimals = len(re.findall(r"[0#?]", bare.partition(".")[2].split("%")[0]))
    grouped = "," in bare.partition(".")[0]
    text = format(abs(value), f"{',' if grouped else ''}.{min(decimals, 10)}f")
    if decimals and "#" in bare.partition(".")[2]:
        text = text.rstrip("0").rstrip(".")
    prefix, suffix = _affixes(section)
    sign = "-" if value < 0 and "-" not in prefix and "(" not in prefix else ""
    return f"{sign}{prefix}{text}{'%' if percent else ''}{suffix}".strip()


def _affixes(section: str) -> tuple[str, str]:
    """Currency signs and words that the format puts before and after the digits."""
    shown = _CURRENCY.sub(lambda match: match.group(1), section)
    shown = re.sub(r"_.|\*.|\[[^\]]*\]", "", shown)
    shown = _QUOTED.sub(lambda match: match.group(1) or match.group(2) or "", shown)
    digits = re.search(r"[0#?][0#?.,]*%?", shown)
    if digits is None:
        return "", ""
    return shown[: digits.start()].lstrip(), shown[digits.end() :].rstrip().replace("%", "")
