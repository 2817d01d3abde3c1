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
    │   │   └── OwnCatalogError     in the person's own list, or of a model taken in
    │   ├── ModelFileError
    │   ├── ModelFolderError     files there can't be written or deleted
    │   ├── ModelLoadError
    │   │   └── ModelMemoryError    it needs more than it may take
    │   ├── ModelCrashedError
    │   ├── ModelTimeoutError
    │   └── OutOfMemoryError
    ├── DownloadError            a model file could not be fetched
    │   ├── NoSourceError
    │   │   └── NoConnectionError    no server can be reached
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
    │   ├── ExpectedValueError
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

from app.errors.base import (
    AppError,
    error_kinds,
    from_wire,
)
from app.errors.documents import (
    CancelledError,
    DamagedDocumentError,
    DocumentError,
    DocumentTooLargeError,
    EmptyDocumentError,
    FileAccessError,
    PasswordNeededError,
    QuarantinedError,
    ReaderCrashedError,
    ReaderStartError,
    ReadTimeoutError,
    SandboxError,
    UnsupportedFormatError,
    WrongPasswordError,
)
from app.errors.frontier import (
    AnswerCutError,
    AnswerFormError,
    AnswerLostError,
    AnswerRefusedError,
    AnswerUnusedError,
    AskingInterruptedError,
    BudgetError,
    ConsentMissingError,
    FrontierError,
    KeyFormError,
    KeyMissingError,
    KeyRefusedError,
    KeyStoreError,
    NoSuchModelError,
    OfflineError,
    ProviderMissingError,
    QuotaUsedUpError,
    RequestRefusedError,
    ServiceBusyError,
    ServiceUnreachableError,
    ShownOtherwiseError,
    UnknownPriceError,
)
from app.errors.models import (
    CatalogError,
    DiskFullError,
    DownloadBusyError,
    DownloadError,
    HashMismatchError,
    ModelCrashedError,
    ModelError,
    ModelFileError,
    ModelFolderError,
    ModelLoadError,
    ModelMemoryError,
    ModelMissingError,
    ModelTimeoutError,
    NoConnectionError,
    NoSourceError,
    OutOfMemoryError,
    OwnCatalogError,
    UnknownModelError,
)
from app.errors.program import (
    CaseFileError,
    CaseFileUnreadableError,
    DamagedDatabaseError,
    DatabaseInUseError,
    EvaluationError,
    ExpectedValueError,
    ExportError,
    NewerDatabaseError,
    NoAnswerError,
    NoScreenError,
    PeerError,
    PeerMissingError,
    PolicyFileError,
    SettingsError,
    StorageError,
    TaskError,
    TaskFileError,
    UnknownRunError,
    UnknownTaskError,
)
