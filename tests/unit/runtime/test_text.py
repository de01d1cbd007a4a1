"""Texts become codes by what was learned from the training part, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.runtime import byte_pairs, text

SETTINGS = {"vocabulary": 1000, "length": 0, "lowercase": True}
WAYS = {
    "words": (text.learn_words, text.encode_words),
    "characters": (text.learn_characters, text.encode_characters),
    "byte_pairs": (byte_pairs.learn_byte_pairs, byte_pairs.encode_byte_pairs),
}


def cells(*texts: str | None) -> Any:
    return pd.Series(texts, dtype="object").astype("category").array


def test_words_are_cut_at_blanks_and_marks():
    assert text.split_words("Wasn't it “great”? 3.5 stars—no_one") == [
        *("Wasn't", "it", "“", "great", "”", "?", "3", ".", "5", "stars", "—", "no", "_", "one"),
    ]


def test_the_most_frequent_words_come_first_and_rare_ones_are_unknown():
    learned = text.learn_words(cells("b b a", "a c", "b d"), {**SETTINGS, "vocabulary": 2})
    assert learned["tokens"] == ["b", "a"]
    assert learned["codes"] == 4
    assert text.encode_words(cells("a b c", None, "B"), learned).tolist() == [[3, 2, 1], [0, 0, 0], [2, 0, 0]]


def test_a_missing_text_is_all_padding_and_a_long_one_is_cut():
    learned = text.learn_words(cells("one two three four"), {**SETTINGS, "length": 2})
    assert text.encode_words(cells("four three two", None), learned).tolist() == [[2, 4], [0, 0]]


def test_the_length_covers_95_of_100_texts_and_is_bounded():
    assert text.usual_length([*range(1, 101)]) == 96
    assert text.usual_length([5000] * 10) == text.MOST_TOKENS
    assert text.usual_length([]) == text.usual_length([0]) == 1


def test_byte_pairs_know_every_text_and_learn_the_same_each_time():
    texts = cells("the cat sat on the mat", "the hat", "that cat")
    learned = byte_pairs.learn_byte_pairs(texts, {**SETTINGS, "vocabulary": 270})
    assert learned == byte_pairs.learn_byte_pairs(texts, {**SETTINGS, "vocabulary": 270})
    assert learned["codes"] == 272
    codes = byte_pairs.encode_byte_pairs(cells("列 [PAD] [UNK]"), learned)
    assert (codes[codes != 0] > 1).all()


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=30), min_size=1, max_size=8),
    st.integers(0, 12),
    st.booleans(),
)
def test_codes_stay_below_their_count_and_what_was_learned_survives_json(way, texts, length, lowercase):
    learn, encode = WAYS[way]
    learned = learn(cells(*texts), {"vocabulary": 300, "length": length, "lowercase": lowercase})
    codes = encode(cells(*texts), json.loads(json.dumps(learned)))
    assert codes.dtype == np.int64
    assert codes.shape == (len(texts), learned["length"])
    assert codes.min() >= 0
    assert codes.max() < learned["codes"]
    for row in codes:  # padding stands at the end alone
        assert not (np.diff((row == 0).astype(int)) < 0).any()


@given(st.lists(st.text("abc ", max_size=12), min_size=1, max_size=6), st.lists(st.text("abcxyz ", max_size=12)))
def test_what_was_not_there_to_learn_from_is_unknown(train, test):
    learned = text.learn_words(cells(*train), {**SETTINGS, "length": 12})
    words = {word for each in train for word in text.split_words(each)}
    for row, each in zip(text.encode_words(cells(*test), learned), test, strict=True):
        said = text.split_words(each)
        assert [code == text.UNKNOWN for code in row[: len(said)]] == [word not in words for word in said]
