"""Tokens that are frequent pieces of words, learned by byte pair encoding with the library ``tokenizers``.

R. Sennrich, B. Haddow, A. Birch: Neural Machine Translation of Rare Words with Subword Units, 2016.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from designer.runtime.text import FIRST_TOKEN, padded, texts_of, usual_length


def learn_byte_pairs(texts: Any, column: Mapping[str, Any]) -> dict[str, Any]:
    """Pieces of words learned from the texts to train with, as ``learn_tokens`` learns words.

    Each of the 256 bytes is a piece, so that no text is unknown, and a smaller vocabulary than that has no effect.
    """
    lowercase = bool(column["lowercase"])
    known = texts_of(texts, lowercase)
    tokenizer = piece_tokenizer(models.BPE())
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=column["vocabulary"], initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(known, trainer)
    vocabulary = tokenizer.get_vocab()
    tokens = sorted(vocabulary, key=vocabulary.__getitem__)
    merges = json_merges(tokenizer)
    length = column["length"] or usual_length([len(found.ids) for found in tokenizer.encode_batch(known)])
    codes = FIRST_TOKEN + len(tokens)
    return {"lowercase": lowercase, "length": length, "codes": codes, "tokens": tokens, "merges": merges}


def encode_byte_pairs(texts: Any, learned: Mapping[str, Any]) -> np.ndarray:
    """The codes of the pieces of each text: int64 of shape (rows, length)."""
    found = learned_tokenizer(learned).encode_batch(texts_of(texts, learned["lowercase"]))
    return padded([[code + FIRST_TOKEN for code in each.ids] for each in found], learned["length"])


def cut_byte_pairs(texts: Any, learned: Mapping[str, Any]) -> list[list[str]]:
    """The pieces of each text."""
    return [each.tokens for each in learned_tokenizer(learned).encode_batch(texts_of(texts, learned["lowercase"]))]


def learned_tokenizer(learned: Mapping[str, Any]) -> Tokenizer:
    """The tokenizer that was learned."""
    vocabulary = {token: code for code, token in enumerate(learned["tokens"])}
    return piece_tokenizer(models.BPE(vocab=vocabulary, merges=[(one, two) for one, two in learned["merges"]]))


def piece_tokenizer(model: models.Model) -> Tokenizer:
    """A tokenizer that sees a text as bytes, cut before each word so that no piece goes across."""
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return tokenizer


def json_merges(tokenizer: Tokenizer) -> list[list[str]]:
    """Which two pieces become one, in the order in which that was learned."""
    return [list(pair) for pair in json.loads(tokenizer.to_str())["model"]["merges"]]
