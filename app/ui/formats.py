"""Numbers, sizes, times and lengths of time as this person's locale writes them. For display only; exports stay in ISO."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from PySide6.QtCore import QDateTime, QLocale

from app.ui.messages import locale, tr, tr_n


def shown_number(number: int) -> str:
    return locale().toString(number)


def shown_size(size_bytes: int) -> str:
    decimals = 1 if size_bytes >= 10**9 else 0
    return locale().formattedDataSize(size_bytes, decimals, QLocale.DataSizeFormat.DataSizeSIFormat)


def shown_bytes(size_bytes: int) -> str:
    """Small amounts to a tenth, as of what was sent: ``3.1 kB``."""
    decimals = 1 if size_bytes >= 1000 else 0
    return locale().formattedDataSize(size_bytes, decimals, QLocale.DataSizeFormat.DataSizeSIFormat)


def shown_dollars(amount: Decimal | None) -> str:
    """US dollars; less than a cent to four places, rounded up, for a price is never told too low."""
    if amount is None:
        return tr("price not known")
    decimals = 2 if amount >= 1 or amount == amount.quantize(Decimal("0.01")) else 4
    rounded = amount.quantize(Decimal(1).scaleb(-decimals), ROUND_CEILING)
    return locale().toCurrencyString(float(rounded), "$", decimals)


def shown_rate(per_minute: float) -> str:
    return locale().toString(per_minute, "f", 1 if per_minute < 100 else 0)


def shown_moment(iso: str) -> str:
    """A stored moment (ISO 8601, UTC) in local time; empty for none."""
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return ""
    local = QDateTime.fromSecsSinceEpoch(int(moment.timestamp()))
    return locale().toString(local, QLocale.FormatType.ShortFormat)


def shown_time_left(seconds: float) -> str:
    """An estimate, coarse on purpose: a count-down to the second would pretend to know more."""
    if seconds < 50:
        return tr("under a minute left")
    minutes = round(seconds / 60)
    if minutes < 60:
        return tr_n("{n} min left", "{n} min left", max(1, minutes))
    return tr("{hours} h {minutes} min left", hours=minutes // 60, minutes=minutes % 60)
