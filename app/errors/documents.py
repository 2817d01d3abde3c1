"""Errors of documents, and of those who read them."""

from __future__ import annotations

from app.errors.base import AppError


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


class SandboxError(AppError):
    code = "sandbox"
    text = "The protection around document reading is incomplete on this computer: {layers} missing."
    hint_text = "Go on only with documents you trust (Settings, or --allow-weak-sandbox), or update the system."


class ReaderStartError(AppError):
    code = "reader_start"
    text = "The part of Deskhand that reads documents could not be started: {detail}"
    hint_text = "Run: deskhand doctor. If this repeats, install Deskhand again."


class QuarantinedError(AppError):
    code = "quarantined"
    text = "{file} stopped the {worker} twice and was set aside."
    hint_text = "Look at the file in its own program; Retry tries once more."


class CancelledError(AppError):
    code = "cancelled"
    text = "{file} was cancelled."
