"""One long text as tokens: read, divided in its order, cut, numbered and put together again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from designer.runtime.errors import DataError
from designer.runtime.pieces import text_pieces
from designer.runtime.text import FIRST_TOKEN, UNKNOWN

# in a running text a line break is a token too
LINE_OR_WORD = re.compile(r"\n|[^\W_]+(?:['’][^\W_]+)*|[^\w\s]|_")
NO_BLANK_BEFORE = re.compile(r" (?=[.,;:!?)\]}…’”%\n])|(?<=[(\[{“‘\n]) ")


def read_running_text(path: str | Path, encoding: str = "utf-8") -> str:
    """The whole text of a file, with plain line ends and without blanks around it. DataError where it is empty."""
    file = Path(path)
    if not file.is_file():
        raise DataError(f"{file}: there is no such text file")
    text = b"".join(text_pieces(file, encoding)).decode("utf-8", "replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        raise DataError(f"{file.name} is empty; expected a text to learn from")
    return text + "\n"


def text_in_order(text: str, validation: float, test: float) -> tuple[str, str, str]:
    """The text to train, to validate and to test with: its beginning, what follows and its end, cut at blanks.

    Raises DataError where the shares leave nothing to train with.
    """
    if validation < 0 or test < 0 or validation + test >= 1:
        raise DataError(f"the shares for validation ({validation:g}) and test ({test:g}) leave no text to train with")
    count = len(text)
    last = behind_blank(text, count - round(count * test))
    middle = behind_blank(text, count - round(count * test) - round(count * validation))
    return text[:middle], text[middle:last], text[last:]


def behind_blank(text: str, place: int) -> int:
    """The first place from ``place`` on that stands behind a blank, so that no word is cut; the end without one."""
    while 0 < place < len(text) and not text[place - 1].isspace():
        place += 1
    return place


def cut_into_characters(text: str) -> list[str]:
    """Every character of a text, blanks and line breaks too."""
    return list(text)


def cut_into_words(text: str) -> list[str]:
    """The words of a text, its punctuation marks and its line breaks one by one."""
    return LINE_OR_WORD.findall(text)


def learn_text_characters(text: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The characters of a text to train with; see ``learn_text_tokens``."""
    return learn_text_tokens(text, settings, cut_into_characters)


def learn_text_words(text: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The words of a text to train with; see ``learn_text_tokens``."""
    return learn_text_tokens(text, settings, cut_into_words)


def learn_text_tokens(text: str, settings: Mapping[str, Any], cut: Callable[[str], list[str]]) -> dict[str, Any]:
    """The most frequent tokens of a text to train with, most frequent first.

    ``settings`` has ``vocabulary``, the most tokens to learn, and ``lowercase``. ``codes`` counts the tokens with the
    codes for padding and for what is unknown.
    """
    counts = Counter(cut(text.lower() if settings["lowercase"] else text))
    ordered = sorted(counts, key=lambda token: (-counts[token], token))[: settings["vocabulary"]]
    return {"lowercase": bool(settings["lowercase"]), "codes": FIRST_TOKEN + len(ordered), "tokens": ordered}


def encode_text_characters(text: str, learned: Mapping[str, Any]) -> np.ndarray:
    """The codes of the characters of a text: int64 of shape (characters,)."""
    return encode_text_tokens(text, learned, cut_into_characters)


def encode_text_words(text: str, learned: Mapping[str, Any]) -> np.ndarray:
    """The codes of the words of a text: int64 of shape (words,)."""
    return encode_text_tokens(text, learned, cut_into_words)


def encode_text_tokens(text: str, learned: Mapping[str, Any], cut: Callable[[str], list[str]]) -> np.ndarray:
    """The codes of the tokens of a text: int64 of shape (tokens,)."""
    codes = {token: code for code, token in enumerate(learned["tokens"], start=FIRST_TOKEN)}
    tokens = cut(text.lower() if learned["lowercase"] else text)
    return np.array([codes.get(token, UNKNOWN) for token in tokens], dtype=np.int64)


def join_characters(codes: Sequence[int], learned: Mapping[str, Any]) -> str:
    """The text that codes of characters stand for."""
    return "".join(tokens_of_codes(codes, learned))


def join_words(codes: Sequence[int], learned: Mapping[str, Any]) -> str:
    """The text that codes of words stand for, with a blank between words and none before a punctuation mark."""
    return NO_BLANK_BEFORE.sub("", " ".join(tokens_of_codes(codes, learned)))


def tokens_of_codes(codes: Sequence[int], learned: Mapping[str, Any]) -> list[str]:
    """The token of each code; what is unknown is a question mark in a box."""
    tokens = learned["tokens"]
    return [tokens[code - FIRST_TOKEN] if code >= FIRST_TOKEN else "\ufffd" for code in codes]
