"""What a few typed letters find, and which letters are marked."""

from __future__ import annotations

import time

import pytest

from designer.layers.catalog import LAYERS
from designer.layers.search import find


def first(text: str) -> tuple[str, str, str]:
    """The title found first, the word that matched if another one, and the letters that are marked."""
    found = find(text, LAYERS.values())[0]
    word = found.word or found.layer.title
    return found.layer.title, found.word, "".join(word[place] for place in found.letters)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("conv2", ("Conv2d", "", "Conv2")), ("Dense", ("Linear", "Dense", "Dense")), ("fc", ("Linear", "FC", "FC")),
     ("torch.nn.Conv2d", ("Conv2d", "", "Conv2d")), ("bn2", ("BatchNorm2d", "", "BN2")),
     ("max pool 2", ("MaxPool2d", "", "MaxPool2")), ("liner", ("Linear", "", "Liner")),
     ("global", ("Global average pool", "", "Global"))],
)  # fmt: skip
def test_the_best_match_and_its_letters(text: str, expected: tuple[str, str, str]) -> None:
    assert first(text) == expected


def test_a_slip_counts_only_where_nothing_else_matches() -> None:
    assert "Concatenate" not in {found.layer.title for found in find("conv", LAYERS.values())}
    assert first("dropotu")[0] == "Dropout" and first("covn2d")[0] == "Conv2d"


def test_nothing_typed_finds_all_and_nonsense_nothing() -> None:
    assert [found.layer for found in find(" . ", LAYERS.values())] == list(LAYERS.values())
    assert find("qqqq", LAYERS.values()) == []


@pytest.mark.alone
def test_a_search_takes_less_than_a_keystroke() -> None:
    start = time.perf_counter()
    for text in ("c", "co", "con", "conv", "conv2", "conv2d", "activation", "zzzz"):
        find(text, LAYERS.values())
    assert (time.perf_counter() - start) / 8 < 0.016
