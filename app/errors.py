"""Every error a person can meet, each with its sentence and a hint what to do.

    AppError
    ├── DocumentError            the file could not be read
    │   ├── UnsupportedFormatError
    │   ├── PasswordNeededError
    │   ├── WrongPasswordError
    │   ├── EmptyDocumentError
    │   ├── DamagedDocumentError
    │   ├── DocumentTooLargeError
    │   ├── ReadTimeoutError
    │   ├── ReaderCrashedError
    │   └── FileAccessError      missing, a folder, no permission
    ├── TaskError                the task is unknown or its file is wrong
    │   ├── UnknownTaskError
    │   └── TaskFileError
    ├── ModelError               the model is missing, damaged or stopped
    │   ├── ModelMissingError
    │   ├── UnknownModelError
    │   ├── CatalogError
    │   ├── ModelFileError
    │   ├── ModelFolderError     files there can't be written or deleted
    │   ├── ModelLoadError
    │   │   └── ModelMemoryError    it needs more than it may take
    │   ├── ModelCrashedError
    │   ├── ModelTimeoutError
    │   └── OutOfMemoryError
    ├── DownloadError            a model file could not be fetched
    │   ├── NoSourceError
    │   ├── HashMismatchError
    │   ├── DownloadBusyError    another Deskhand is fetching it
    │   └── DiskFullError
    ├── SandboxError             a layer of the workers' lock is missing
    ├── ReaderStartError         the reader can't start at all; no document is the cause
    ├── StorageError             the database can't be used
    │   ├── DamagedDatabaseError
    │   ├── NewerDatabaseError
    │   └── DatabaseInUseError   another Deskhand has the data folder
    ├── NoScreenError            there is nothing to open a window on
    ├── NoAnswerError            a correction of an answer that is not there (yet)
    ├── BudgetError              a request could cost more than is left
    │   └── UnknownPriceError
    ├── ExportError
    ├── EvaluationError          cases or saved runs of an evaluation
    │   ├── CaseFileError
    │   │   └── CaseFileUnreadableError
    │   └── UnknownRunError
    ├── PeerError                a system that a benchmark compares with
    │   └── PeerMissingError
    ├── SettingsError
    ├── PolicyFileError          what is set for folders can't be read
    ├── OfflineError             something asked for the network in offline mode
    ├── FrontierError            a larger model could not be asked, or gave no usable answer
    │   ├── ProviderMissingError none is set up, or asking one is switched off
    │   ├── KeyMissingError
    │   ├── KeyFormError         what was entered can't be a key
    │   ├── KeyRefusedError      the service does not accept the key
    │   ├── KeyStoreError        the keyring is locked or failed
    │   ├── ShownOtherwiseError  the bytes are not the ones that a person agreed to
    │   ├── ConsentMissingError  nobody has agreed, or not any more
    │   ├── AskingInterruptedError  Deskhand ended meanwhile; it may have arrived
    │   ├── AnswerUnusedError    it came, but could not be checked
    │   ├── NoSuchModelError     the service does not know the model
    │   ├── ServiceBusyError     too many requests, or overloaded, also after waiting
    │   ├── QuotaUsedUpError     the account has no credit left
    │   ├── ServiceUnreachableError
    │   ├── AnswerLostError      sent, but no answer came; it may have to be paid
    │   ├── RequestRefusedError  the service does not accept the request
    │   ├── AnswerRefusedError   the model declined
    │   ├── AnswerCutError       the answer was longer than its limit
    │   └── AnswerFormError      the answer is not what was asked for
    ├── QuarantinedError         the document stopped a worker twice
    └── CancelledError           the person cancelled; never shown as a failure

Errors cross process borders as ``{"code", "params"}`` (`to_wire`, `from_wire`): the child never sends text to show, the parent
owns it. ``params`` hold short plain values and may come from an untrusted child.
"""

from __future__ import annotations

from typing import Any, ClassVar

_MAX_PARAM_CHARS = 300
_SENTENCE_ENDS = (".", "!", "?", "…", ":")


class AppError(Exception):
    """Base of all expected errors. `code` is stable and machine readable; `text` and `hint` are templates over the params."""

    code: ClassVar[str] = "error"
    text: ClassVar[str] = "Something went wrong: {detail}"
    hint_text: ClassVar[str] = ""
    is_worker_failure: ClassVar[bool] = False
    """The child process failed, not (surely) the document: worth one more try with a fresh child."""

    def __init__(self, **params: object) -> None:
        self.params = {key: str(value)[:_MAX_PARAM_CHARS] for key, value in params.items()}
        super().__init__(self.user_text)

    @property
    def user_text(self) -> str:
        """The sentence to show: what happened and to which file. A hint may follow it, so it ends as a sentence does."""
        sentence = self.text.format_map(_Lenient(self.params)).strip()
        return sentence if sentence.endswith(_SENTENCE_ENDS) else f"{sentence}."

    @property
    def hint(self) -> str:
        """What the person can do about it; may be empty."""
        return self.hint_text.format_map(_Lenient(self.params)).strip()

    def to_wire(self) -> dict[str, Any]:
        """The form in which the error crosses a process border."""
        return {"code": self.code, "params": self.params}


class _Lenient(dict[str, str]):
    """Format arguments that leave an unknown name empty: a broken child must not cause a second error."""

    def __missing__(self, key: str) -> str:
        return ""


class DocumentError(AppError):
    code = "document"
    text = "{file} could not be read. {detail}"


class UnsupportedFormatError(DocumentError):
    code = "unsupported_format"
    text = "{file} is {kind}, which Deskhand does not read."
    hint_text = "Save it as PDF, Office, HTML, text, e-mail or a picture and add that."


class PasswordNeededError(DocumentError):
    code = "password_needed"
    text = "{file} needs a password."
    hint_text = "Enter the password, or save a copy without one and add that."


class WrongPasswordError(DocumentError):
    code = "wrong_password"
    text = "The password does not open {file}."
    hint_text = "Check capital letters and the keyboard language, and try again."


class EmptyDocumentError(DocumentError):
    code = "empty_document"
    text = "{file} holds no text. {detail}"
    hint_text = "Open the file to see whether it is complete."


class DamagedDocumentError(DocumentError):
    code = "damaged_document"
    text = "{file} is damaged: {detail}"
    hint_text = "Ask for the file again, or open it in its own program and save a new copy."


class DocumentTooLargeError(DocumentError):
    code = "document_too_large"
    text = "{file} is too large: {detail}"
    hint_text = "Split the file, or raise the limit in Settings."


class ReadTimeoutError(DocumentError):
    code = "read_timeout"
    is_worker_failure = True
    text = "Reading {file} took longer than {seconds} seconds and was stopped."
    hint_text = "Split the file, or raise the limit in Settings."


class ReaderCrashedError(DocumentError):
    code = "reader_crashed"
    is_worker_failure = True
    text = "{file} stopped the reader ({detail}). Nothing else was affected."
    hint_text = "The file is set aside. Save a new copy from its own program and add that."


class FileAccessError(DocumentError):
    code = "file_access"
    text = "{file} could not be opened: {detail}"
    hint_text = "Check that the file is still there and that you may read it."


class TaskError(AppError):
    code = "task"
    text = "The task {task} can't be used: {detail}"


class UnknownTaskError(TaskError):
    code = "unknown_task"
    text = "There is no task called {task}."
    hint_text = "Known tasks: {known}."


class TaskFileError(TaskError):
    code = "task_file"
    text = "{file}, line {line}: {detail}"
    hint_text = "Correct the line and try again; 'deskhand tasks check {file}' lists every fault."


class PolicyFileError(AppError):
    code = "policy_file"
    text = "{file}, line {line}: {detail}"
    hint_text = "Correct the line; until then nothing is sent from this computer."


class ModelError(AppError):
    code = "model"
    text = "The model {model} can't be used: {detail}"


class ModelMissingError(ModelError):
    code = "model_missing"
    text = "The model {model} is not on this computer."
    hint_text = "Download it on the Models page, or run: deskhand models download {model}"


class UnknownModelError(ModelError):
    code = "unknown_model"
    text = "There is no model called {model}."
    hint_text = "Known models: {known}."


class CatalogError(ModelError):
    code = "catalog"
    text = "The list of models {file} can't be used: {detail}"
    hint_text = "Correct the file, or install Deskhand again."


class ModelFileError(ModelError):
    code = "model_file"
    text = "{file} is not a usable model file: {detail}"
    hint_text = "Get the file again from where it came, or choose another one."


class ModelFolderError(ModelError):
    code = "model_folder"
    text = "The models in {folder} can't be changed: {detail}"
    hint_text = "Get the right to write there, or choose another folder with --models-dir."


class ModelLoadError(ModelError):
    code = "model_load"
    text = "The model {model} could not be loaded: {detail}"
    hint_text = "Choose a smaller model, or close other programs and try again."


class ModelMemoryError(ModelLoadError):
    code = "model_memory"
    text = "The model {model} needs more memory than there is for it ({limit})."


class ModelCrashedError(ModelError):
    code = "model_crashed"
    is_worker_failure = True
    text = "The model stopped while it worked on {file} ({detail}). Nothing else was affected."
    hint_text = "Retry the document, or choose another model."


class ModelTimeoutError(ModelError):
    code = "model_timeout"
    is_worker_failure = True
    text = "The model took longer than {seconds} seconds for {file} and was stopped."
    hint_text = "Retry the document, or choose a smaller model."


class OutOfMemoryError(ModelError):
    code = "out_of_memory"
    is_worker_failure = True
    text = "There was not enough memory for {file} with the model {model}."
    hint_text = "Close other programs, or choose a smaller model."


class DownloadError(AppError):
    code = "download"
    text = "The model {model} could not be downloaded: {detail}"
    hint_text = "Check the connection and start the download again; it goes on where it stopped."


class NoSourceError(DownloadError):
    code = "no_source"
    text = "The model {model} could not be fetched from any of its {count} sources. {detail}"
    hint_text = "Check the connection, or import the file: deskhand models import FILE"


class HashMismatchError(DownloadError):
    code = "hash_mismatch"
    text = "{file} is not the file the publisher released (its SHA-256 differs). It was not used."
    hint_text = "Download it again; if this repeats, the source is not to be trusted."


class DownloadBusyError(DownloadError):
    code = "download_busy"
    text = "Another Deskhand is fetching the model {model} right now."
    hint_text = "Wait until it is done; it is then there for all."


class DiskFullError(DownloadError):
    code = "disk_full"
    text = "There is not enough room in {folder}: {needed} needed, {free} free."
    hint_text = "Free some space, or choose another folder in Settings."


class SandboxError(AppError):
    code = "sandbox"
    text = "The protection around document reading is incomplete on this computer: {layers} missing."
    hint_text = "Go on only with documents you trust (Settings, or --allow-weak-sandbox), or update the system."


class ReaderStartError(AppError):
    code = "reader_start"
    text = "The part of Deskhand that reads documents could not be started: {detail}"
    hint_text = "Run: deskhand doctor. If this repeats, install Deskhand again."


class StorageError(AppError):
    code = "storage"
    text = "Deskhand's database can't be used: {detail}"
    hint_text = "Check the free space and the rights of {folder}."


class DamagedDatabaseError(StorageError):
    code = "damaged_database"
    text = "Deskhand's database {file} is damaged."
    hint_text = "Move it out of {folder}, or put an earlier copy in its place. Without it Deskhand starts with an empty list."


class NewerDatabaseError(StorageError):
    code = "newer_database"
    text = "The database in {folder} was written by a newer Deskhand."
    hint_text = "Update Deskhand, or choose another data folder."


class DatabaseInUseError(StorageError):
    code = "database_in_use"
    text = "Another Deskhand is working with the data folder {folder}."
    hint_text = "Close it first, or choose another data folder with --data-dir."


class NoScreenError(AppError):
    code = "no_screen"
    text = "There is no screen to open the window on."
    hint_text = "The commands need none: deskhand --help."


class NoAnswerError(AppError):
    code = "no_answer"
    text = "This document has no answer to change now."
    hint_text = "Wait until it is finished, then try again."


class BudgetError(AppError):
    code = "budget"
    text = "The request could cost up to {cost}, and {left} of {cap} are left {period}. Nothing was sent."
    hint_text = "Send fewer documents, or raise the limit in Settings."


class UnknownPriceError(BudgetError):
    code = "unknown_price"
    text = "What the model {model} costs is not known, so nothing was sent by itself."
    hint_text = "Allow it for this document, or choose a model whose price is known."


class ExportError(AppError):
    code = "export"
    text = "{file} could not be written: {detail}"
    hint_text = "Close the file if it is open elsewhere, or choose another folder."


class EvaluationError(AppError):
    code = "evaluation"
    text = "The evaluation can't go on: {detail}"


class CaseFileError(EvaluationError):
    code = "case_file"
    text = "{file}, line {line}: {detail}"
    hint_text = 'A case is one line: {{"file" or "text": …, "task": NAME, "expected": {{…}}}}'


class CaseFileUnreadableError(CaseFileError):
    code = "case_file_unreadable"
    text = "{file} can't be read: {detail}"
    hint_text = "Check that the file is there and that you may read it."


class UnknownRunError(EvaluationError):
    code = "unknown_run"
    text = "There is no saved evaluation called {name}."
    hint_text = "Saved here: {known}."


class PeerError(AppError):
    code = "peer"
    text = "The benchmark's peer {peer} failed: {detail}"


class PeerMissingError(PeerError):
    code = "peer_missing"
    text = "The benchmark's peer {peer} is not installed."
    hint_text = "Install it with: pip install --no-deps --require-hashes -r packaging/requirements-bench.txt"


class SettingsError(AppError):
    code = "settings"
    text = "The settings in {file} can't be read: {detail}"
    hint_text = "Correct the file, or delete it to start with the defaults."


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


class QuarantinedError(AppError):
    code = "quarantined"
    text = "{file} stopped the {worker} twice and was set aside."
    hint_text = "Look at the file in its own program; Retry tries once more."


class CancelledError(AppError):
    code = "cancelled"
    text = "{file} was cancelled."


def from_wire(message: dict[str, Any], **known: object) -> AppError:
    """The error a child reported. Unknown codes become a plain `AppError`; `known` params override the child's."""
    kinds = {kind.code: kind for kind in error_kinds()}
    untrusted_params = message.get("params")
    params: dict[str, object] = dict(untrusted_params) if isinstance(untrusted_params, dict) else {}
    kind = kinds.get(str(message.get("code")), AppError)
    return kind(**{str(key): value for key, value in params.items()} | known)


def error_kinds(root: type[AppError] = AppError) -> list[type[AppError]]:
    """`root` and all kinds of it."""
    return [root, *(kind for child in root.__subclasses__() for kind in error_kinds(child))]
