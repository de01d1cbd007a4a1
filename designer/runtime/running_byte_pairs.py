"""One long text as byte pairs: learned, numbered and put together again with the library ``tokenizers``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from tokenizers import decoders

from designer.runtime.byte_pairs import learn_byte_pairs, learned_tokenizer
from designer.runtime.text import FIRST_TOKEN


def learn_text_pieces(text: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The pieces of words of a text to train with: see ``learn_byte_pairs``."""
    learned = learn_byte_pairs([text], {**settings, "length": 1})
    return {name: value for name, value in learned.items() if name != "length"}


def encode_text_pieces(text: str, learned: Mapping[str, Any]) -> np.ndarray:
    """The codes of the pieces of a text: int64 of shape (pieces,)."""
    found = learned_tokenizer(learned).encode(text.lower() if learned["lowercase"] else text)
    return np.array(found.ids, dtype=np.int64) + FIRST_TOKEN


def join_pieces(codes: Sequence[int], learned: Mapping[str, Any]) -> str:
    """The text that codes of pieces stand for; bytes that make no character yet are left out."""
    tokenizer = learned_tokenizer(learned)
    tokenizer.decoder = decoders.ByteLevel()
    found: str = tokenizer.decode([code - FIRST_TOKEN for code in codes if code >= FIRST_TOKEN])
    return found
