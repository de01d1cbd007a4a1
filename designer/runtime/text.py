"""Cuts texts into tokens and numbers these: 0 is padding, 1 what was not there to learn from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

PADDING = 0
UNKNOWN = 1
FIRST_TOKEN = 2
# a text is cut after so many tokens where nobody says how many shall be read
MOST_TOKENS = 512
COVERED = 0.95
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[^\w\s]|_")


def split_words(text: str) -> list[str]:
    """The words of a text, an apostrophe inside being part of a word, and its punctuation marks one by one."""
    return WORD.findall(text)


def split_characters(text: str) -> list[str]:
    """The characters of a text; any number of blanks and line breaks is one blank."""
    return list(" ".join(text.split()))


def learn_words(texts: Any, column: Mapping[str, Any]) -> dict[str, Any]:
    """The vocabulary of words of the texts to train with; see ``learn_tokens``."""
    return learn_tokens(texts, column, split_words)


def learn_characters(texts: Any, column: Mapping[str, Any]) -> dict[str, Any]:
    """The vocabulary of characters of the texts to train with; see ``learn_tokens``."""
    return learn_tokens(texts, column, split_characters)


def learn_tokens(texts: Any, column: Mapping[str, Any], split: Callable[[str], list[str]]) -> dict[str, Any]:
    """The most frequent tokens of the texts to train with, most frequent first, and how many of a text are read.

    ``column`` has ``vocabulary``, the most tokens to learn, ``lowercase``, and ``length``, the most tokens of a text,
    0 for as many as 95 of 100 texts have. ``codes`` counts the tokens with padding and unknown.
    """
    lowercase = bool(column["lowercase"])
    cut = [split(text) for text in texts_of(texts, lowercase)]
    counts = Counter(token for tokens in cut for token in tokens)
    ordered = sorted(counts, key=lambda token: (-counts[token], token))[: column["vocabulary"]]
    length = column["length"] or usual_length([len(tokens) for tokens in cut])
    return {"lowercase": lowercase, "length": length, "codes": FIRST_TOKEN + len(ordered), "tokens": ordered}


def texts_of(texts: Any, lowercase: bool) -> list[str]:
    """The cells of a column of text as texts, in small letters where ``lowercase``; a missing one is empty."""
    known = ["" if missing else str(text) for text, missing in zip(texts, pd.isna(texts), strict=True)]
    return [text.lower() for text in known] if lowercase else known


def usual_length(counts: Sequence[int]) -> int:
    """The number of tokens that 95 of 100 texts do not pass, at least 1 and at most 512."""
    ordered = sorted(counts)
    place = min(len(ordered) - 1, int(COVERED * len(ordered)))
    return min(MOST_TOKENS, max(1, ordered[place])) if ordered else 1


def encode_words(texts: Any, learned: Mapping[str, Any]) -> np.ndarray:
    """The codes of the words of each text: int64 of shape (rows, length)."""
    return encode_tokens(texts, learned, split_words)


def encode_characters(texts: Any, learned: Mapping[str, Any]) -> np.ndarray:
    """The codes of the characters of each text: int64 of shape (rows, length)."""
    return encode_tokens(texts, learned, split_characters)


def encode_tokens(texts: Any, learned: Mapping[str, Any], split: Callable[[str], list[str]]) -> np.ndarray:
    """The codes of the tokens of each text: int64 of shape (rows, length)."""
    codes = {token: code for code, token in enumerate(learned["tokens"], start=FIRST_TOKEN)}
    known = texts_of(texts, learned["lowercase"])
    return padded([[codes.get(token, UNKNOWN) for token in split(text)] for text in known], learned["length"])


def padded(codes: Sequence[Sequence[int]], length: int) -> np.ndarray:
    """Lists of codes, each cut after ``length`` of them or padded with 0 at its end: int64 of shape (lists, length)."""
    matrix = np.full((len(codes), length), PADDING, dtype=np.int64)
    for row, found in enumerate(codes):
        matrix[row, : len(found)] = found[:length]
    return matrix
