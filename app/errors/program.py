"""Errors of the program's own files: tasks, policies, settings, the database, exports, evaluations."""

from __future__ import annotations

from app.errors.base import AppError


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


class ExpectedValueError(EvaluationError):
    code = "expected_value"
    text = "This can't be an answer: {detail}"
    hint_text = "Write it as the document has it, or as a plain number, an ISO date or the name of a class."


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
