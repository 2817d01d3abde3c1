"""Errors of asking a larger model, and of what keeps it from being asked."""

from __future__ import annotations

from app.errors.base import AppError


class BudgetError(AppError):
    code = "budget"
    text = "The request could cost up to {cost}, and {left} of {cap} are left {period}. Nothing was sent."
    hint_text = "Send fewer documents, or raise the limit in Settings."


class UnknownPriceError(BudgetError):
    code = "unknown_price"
    text = "What the model {model} costs is not known, so nothing was sent by itself."
    hint_text = "Allow it for this document, or choose a model whose price is known."


class OfflineError(AppError):
    code = "offline"
    text = "Deskhand is set to work offline, so it did not contact {host} {who}."
    hint_text = "Switch offline mode off in Settings if you want this."


class FrontierError(AppError):
    code = "frontier"
    text = "The larger model could not be asked: {detail}"


class ProviderMissingError(FrontierError):
    code = "provider_missing"
    text = "No larger model is set up, or asking one is switched off."
    hint_text = "Set it up in Settings under Larger model."


class KeyMissingError(FrontierError):
    code = "key_missing"
    text = "There is no key for {host}."
    hint_text = "Enter it in Settings under Larger model."


class KeyFormError(FrontierError):
    code = "key_form"
    text = "This can't be a key: {detail}"
    hint_text = "Copy it from the service's page once more, alone and whole."


class KeyRefusedError(FrontierError):
    code = "key_refused"
    text = "{host} does not accept the key. {detail}"
    hint_text = "Enter the key again in Settings, and check at the service what it may be used for."


class KeyStoreError(FrontierError):
    code = "key_store"
    text = "The keyring of this computer can't be used: {detail}"
    hint_text = "Unlock it and try again; until then a key is kept for this run only."


class NoSuchModelError(FrontierError):
    code = "no_such_model"
    text = "{host} has no model called {model}. {detail}"
    hint_text = "Check the name of the model and the address in Settings."


class ServiceBusyError(FrontierError):
    code = "service_busy"
    text = "{host} has too much to do right now. {detail}"
    hint_text = "Try again later; nothing was answered, and nothing was paid."


class QuotaUsedUpError(FrontierError):
    code = "quota_used_up"
    text = "The account at {host} has no credit left, or has reached a limit. {detail}"
    hint_text = "Look at the account at the service; waiting does not help."


class ServiceUnreachableError(FrontierError):
    code = "service_unreachable"
    text = "{host} could not be reached: {detail}"
    hint_text = "Check the connection and the address in Settings; nothing was sent."


class AnswerLostError(FrontierError):
    code = "answer_lost"
    text = "{host} was asked, but no answer came: {detail}"
    hint_text = "It may have to be paid, so it is not sent again by itself."


class RequestRefusedError(FrontierError):
    code = "request_refused"
    text = "{host} does not accept the request. {detail}"
    hint_text = "Choose another model or protocol in Settings."


class AnswerRefusedError(FrontierError):
    code = "answer_refused"
    text = "{model} declined to answer. {detail}"
    hint_text = "The local answer stays; look at it yourself."


class AnswerCutError(FrontierError):
    code = "answer_cut"
    text = "The answer of {model} was longer than its limit and was not used."
    hint_text = "Ask about fewer fields, or give the model more room in Settings."


class AnswerFormError(FrontierError):
    code = "answer_form"
    text = "The answer of {model} is not what was asked for: {detail}"
    hint_text = "The local answer stays; try another model if this repeats."


class ShownOtherwiseError(FrontierError):
    code = "shown_otherwise"
    text = "What would be sent for {file} is no longer what you were shown, so nothing was sent."
    hint_text = "Look at it again and decide anew."


class ConsentMissingError(FrontierError):
    code = "consent_missing"
    text = "Nobody has agreed that something of {file} is sent, or the word was taken back. Nothing was sent."
    hint_text = "Look at it again and decide anew."


class AskingInterruptedError(FrontierError):
    code = "interrupted"
    text = "Deskhand was ended while {host} was being asked. It is not known whether the request arrived."
    hint_text = "It may have to be paid, so it is not sent again by itself."


class AnswerUnusedError(FrontierError):
    code = "answer_unused"
    text = "{host} answered, but the answer could not be checked here and was not used. {detail}"
    hint_text = "The local answer stays; asking again would be paid again."
