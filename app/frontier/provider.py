"""Enquiries as requests and replies as answers, for whichever protocol a provider speaks. Pure and deterministic."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Final

from app.domain.enquiry import Enquiry, Question
from app.domain.parcel import Parcel, Reply
from app.errors import AnswerCutError, AnswerFormError, AnswerRefusedError
from app.frontier.anthropic import Anthropic
from app.frontier.dialect import Dialect, Json, Tokens
from app.frontier.gemini import Gemini
from app.frontier.openai_chat import OpenAiChat
from app.frontier.openai_responses import OpenAiResponses
from app.frontier.prices import price_of
from app.frontier.prompt import make_prompt
from app.frontier.schema import WrongFormError, read_answers, schema_of
from app.settings import ProviderConfig, ProviderKind

_DIALECTS: Final[dict[ProviderKind, Dialect]] = {
    "openai_chat": OpenAiChat(),
    "openai_responses": OpenAiResponses(),
    "anthropic": Anthropic(),
    "gemini": Gemini(),
}
_FRAME_TOKENS = 1024
"""What services add of their own: marks of a chat, and words about the form of the answer."""
_FORM_TOKENS = 64
_VALUE_TOKENS = 120
_MEMBER_TOKENS = 40
_POINT_TOKENS = 160
_USUAL_MEMBERS = 20
_MOST_ROWS = 150


def dialect_of(config: ProviderConfig) -> Dialect:
    return _DIALECTS[config.kind]


def pack(config: ProviderConfig, enquiry: Enquiry) -> Parcel:
    """The request that would be sent, to the byte; only the key is added on the way."""
    dialect = dialect_of(config)
    max_tokens = _answer_tokens(enquiry) + config.thinking_tokens
    prompt = make_prompt(enquiry, nullable=dialect.nullable)
    content = dialect.body(config, prompt, schema_of(enquiry, nullable=dialect.nullable), max_tokens)
    body = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
    # Tokens are at least one byte long, and no tokenizer of the services adds more than it is given.
    # Pictures are not counted by their bytes.
    drawn = sum(map(len, prompt.pictures))
    input_tokens = len(body) - drawn + len(prompt.pictures) * dialect.most_picture_tokens + _FRAME_TOKENS
    known = price_of(config)
    return Parcel(
        provider=config.id,
        kind=config.kind,
        model=config.model,
        host=config.host,
        url=dialect.url(config),
        headers=dialect.headers(),
        body=body,
        targets=enquiry.targets,
        input_tokens=input_tokens,
        max_output_tokens=max_tokens,
        max_cost=known.price.cost(input_tokens, max_tokens) if known else None,
    )


def unpack(config: ProviderConfig, enquiry: Enquiry, untrusted: bytes) -> Reply:
    """The answers of a reply. Raises `AnswerRefusedError`, `AnswerCutError` or `AnswerFormError`; each may have cost something."""
    said = dialect_of(config).said(_parsed(config, untrusted))
    detail = plain(said.detail)
    match said.ending:
        case "refused":
            raise AnswerRefusedError(model=config.model, detail=detail)
        case "cut":
            raise AnswerCutError(model=config.model)
        case "wrong":
            raise AnswerFormError(model=config.model, detail=detail)
    try:
        answers = read_answers(enquiry, said.text)
    except WrongFormError as error:
        raise AnswerFormError(model=config.model, detail=str(error)) from None
    tokens, cost = measure(config, untrusted)
    return Reply(answers, tokens.input, tokens.output, cost)


def measure(config: ProviderConfig, untrusted: bytes) -> tuple[Tokens, Decimal | None]:
    """What the service says it counted, and what that costs; None where it told nothing or the price is not known."""
    try:
        tokens = dialect_of(config).tokens(_parsed(config, untrusted))
    except AnswerFormError:
        tokens = Tokens()
    known = price_of(config)
    if known is None or not tokens.input:
        return tokens, None
    return tokens, known.price.cost(tokens.input, tokens.output)


def plain(text: str, max_chars: int = 200) -> str:
    """Foreign words for an error: one line, no control characters, bounded."""
    line = " ".join(text.split())
    return "".join(char for char in line[:max_chars] if char.isprintable())


def _parsed(config: ProviderConfig, untrusted: bytes) -> Json:
    try:
        reply = json.loads(untrusted)
    except (ValueError, RecursionError):
        reply = None
    if not isinstance(reply, dict):
        raise AnswerFormError(model=config.model, detail="the reply is no JSON object")
    return reply


def _answer_tokens(enquiry: Enquiry) -> int:
    n_lines = sum(excerpt.text.count("\n") + 1 for excerpt in enquiry.excerpts)
    return _FORM_TOKENS + sum(_tokens_of(question, n_lines) for question in enquiry.questions)


def _tokens_of(question: Question, n_lines: int) -> int:
    name = len(question.target) + 8
    if question.type == "points":
        return name + (question.max_count or _USUAL_MEMBERS) * _POINT_TOKENS
    if question.cells:
        # A row stands on a line of its own, at least.
        row = sum(len(cell.target) + 8 + _MEMBER_TOKENS for cell in question.cells)
        return name + row * (min(n_lines, _MOST_ROWS) if question.many else 1)
    return name + (question.max_count or _USUAL_MEMBERS) * _MEMBER_TOKENS if question.many else name + _VALUE_TOKENS
