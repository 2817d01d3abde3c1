"""What all errors share: a sentence, a hint, and the form in which they cross a process border."""

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
