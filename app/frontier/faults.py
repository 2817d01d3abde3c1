"""What a service's refusal means: whose fault it is, whether to try again, and whether it may have cost something."""

from __future__ import annotations

import email.utils
import json
import re
import time
from dataclasses import dataclass

from pydantic import JsonValue

from app.errors import (
    AnswerLostError,
    AppError,
    KeyRefusedError,
    NoSuchModelError,
    QuotaUsedUpError,
    RequestRefusedError,
    ServiceBusyError,
)
from app.frontier.dialect import part, parts, words
from app.frontier.provider import plain
from app.network.gate import Posted
from app.network.secret import scrub
from app.settings import ProviderConfig

_BUSY = frozenset({429, 503, 521, 522, 523, 529})
"""The service turned the request away, or what stands before it did not reach the service: nobody worked."""
_FAILED = frozenset({500, 502, 520})
"""The service broke off. How far it came, and whether that has to be paid, is not known."""
_TIMED_OUT = frozenset({408, 504, 524})
"""The service, or what stands before it, gave up waiting. The model may have answered nobody, and be paid for it."""
_NO_CREDIT = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "enforced_spend_limit_reached"})
_NO_CREDIT_WORDS = ("credit balance", "insufficient balance", "spend limit", "spending limit")
_KEY_REASONS = frozenset({"API_KEY_INVALID", "API_KEY_EXPIRED", "invalid_api_key", "authentication_error"})
_MODEL_CODES = frozenset({"model_not_found", "not_found_error", "NOT_FOUND"})


@dataclass(frozen=True)
class Fault:
    """A refused request. `wait_s` is what the service asks for; None where it names no time."""

    error: AppError
    may_retry: bool = False
    may_cost: bool = False
    wait_s: float | None = None


def fault_of(config: ProviderConfig, posted: Posted) -> Fault:
    """The meaning of an answer with another status than 200."""
    body = _json(posted.body)
    codes = _codes(body)
    detail = scrub(plain(_message(body)))
    host, status = config.host, posted.status
    if 300 <= status < 400:
        return Fault(RequestRefusedError(host=host, detail="It sends on to another address, which is not followed."))
    if status == 402 or codes & _NO_CREDIT or any(phrase in detail.casefold() for phrase in _NO_CREDIT_WORDS) or _is_daily(body):
        return Fault(QuotaUsedUpError(host=host, detail=detail))
    if status in {401, 403} or codes & _KEY_REASONS:
        return Fault(KeyRefusedError(host=host, detail=detail))
    if status == 404 or (status == 400 and codes & _MODEL_CODES):
        return Fault(NoSuchModelError(host=host, model=config.model, detail=detail))
    if status in _TIMED_OUT:
        return Fault(AnswerLostError(host=host, detail=f"it gave up ({status})"), may_cost=True)
    wants_retry = posted.headers.get("x-should-retry", "") != "false"
    if status in _FAILED:
        lost = AnswerLostError(host=host, detail=detail or f"it broke off ({status})")
        return Fault(lost, may_retry=wants_retry, may_cost=True, wait_s=_wait_s(posted, body))
    if status in _BUSY:
        busy = ServiceBusyError(host=host, detail=detail or f"It answered {status}.")
        return Fault(busy, may_retry=wants_retry, wait_s=_wait_s(posted, body))
    return Fault(RequestRefusedError(host=host, detail=detail or f"It answered {status}."))


def _json(body: bytes) -> JsonValue:
    try:
        found: JsonValue = json.loads(body)
    except (ValueError, RecursionError):
        return None
    # Some of Google's servers put the object into a list.
    return found[0] if isinstance(found, list) and found else found


def _message(body: JsonValue) -> str:
    found = words(part(body, "error", "message")) or words(part(body, "error")) or words(part(body, "message"))
    return found or words(part(body, "detail"))


def _codes(body: JsonValue) -> frozenset[str]:
    error = part(body, "error")
    found = [
        part(error, "code"),
        part(error, "type"),
        part(error, "status"),
        part(error, "details", "error_code"),
        part(body, "type"),
    ]
    found += [part(detail, "reason") for detail in parts(error, "details")]
    return frozenset(code for code in found if isinstance(code, str))


def _is_daily(body: JsonValue) -> bool:
    """Whether a limit for the day is used up, for which Google names a wait of seconds all the same."""
    violations = [violation for detail in parts(body, "error", "details") for violation in parts(detail, "violations")]
    return any("PerDay" in words(part(violation, "quotaId")) for violation in violations)


def _wait_s(posted: Posted, body: JsonValue) -> float | None:
    if milliseconds := re.fullmatch(r"\d{1,9}", posted.headers.get("retry-after-ms", "")):
        return int(milliseconds[0]) / 1000
    asked = posted.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", asked):
        return float(asked)
    if asked and (at := email.utils.parsedate_tz(asked)) is not None:
        return max(0.0, email.utils.mktime_tz(at) - time.time())
    for detail in parts(body, "error", "details"):
        if delay := re.fullmatch(r"(\d{1,9}(?:\.\d+)?)s", words(part(detail, "retryDelay"))):
            return float(delay[1])
    return None
