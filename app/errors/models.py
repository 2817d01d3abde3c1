"""Errors of models and of their files, on the way here and at work."""

from __future__ import annotations

from app.errors.base import AppError


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


class OwnCatalogError(CatalogError):
    code = "own_catalog"
    text = "The list of models {file} has a fault: {detail}"
    hint_text = "Correct the file and start Deskhand again. The other models can be used."


class ModelFileError(ModelError):
    code = "model_file"
    text = "{file} is not a usable model file: {detail}"
    hint_text = "Get the file again from where it came, or choose another one."


class ModelFolderError(ModelError):
    code = "model_folder"
    text = "The models in {folder} can't be changed: {detail}"
    hint_text = "Get the right to write there, or start Deskhand with --models-dir FOLDER."


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
    text = "The model {model} could not be fetched from any source. {detail}"
    hint_text = "Check the connection, or import the file on the Models page, or run: deskhand models import FILE"


class NoConnectionError(NoSourceError):
    code = "no_connection"
    text = "The model {model} could not be fetched: none of its sources can be reached."
    hint_text = "Check the connection to the internet, or import the file on the Models page, or run: deskhand models import FILE"


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
    hint_text = "Free some space, or start Deskhand with --models-dir FOLDER."
