"""Lists of words as a person types them: separated by commas, or one a line. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def words_of(text: str) -> tuple[str, ...]:
    """``due, payable by`` as two words; blanks and repeats are dropped."""
    return tuple(dict.fromkeys(word.strip() for word in text.replace("\n", ",").split(",") if word.strip()))


def words_text(words: Iterable[str]) -> str:
    return ", ".join(words)


def lines_of(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def choices_of(text: str) -> dict[str, tuple[str, ...]]:
    """Lines such as ``card: Visa, Mastercard`` as choices with the words that mean them; a line without words means itself."""
    choices: dict[str, tuple[str, ...]] = {}
    for line in lines_of(text):
        name, _, words = line.partition(":")
        if name.strip():
            choices[name.strip()] = words_of(words)
    return choices


def choices_text(choices: Mapping[str, Iterable[str]]) -> str:
    return "\n".join(f"{name}: {words_text(words)}".rstrip(": ") for name, words in choices.items())
