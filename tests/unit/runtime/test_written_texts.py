"""Texts as targets: their codes, the loss over all ways of writing them, what is read, how many characters differ."""

from __future__ import annotations

import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from designer.runtime.errors import DataError
from designer.runtime.losses import connectionist_loss
from designer.runtime.metrics import best_path, character_error_rate, edit_distances
from designer.runtime.targets import learn_text_target, text_codes

TEXTS = st.lists(st.integers(1, 3), max_size=6)


def padded(*rows: list[int], width: int = 7) -> torch.Tensor:
    return torch.tensor([row + [0] * (width - len(row)) for row in rows])


def scores(*rows: list[int]) -> torch.Tensor:
    """Logits that say these codes, one a step."""
    return nn.functional.one_hot(torch.tensor(rows), 4).float() * 20


def test_characters_become_codes_behind_the_blank() -> None:
    cells = pd.Series(["ba", "c", "a b"], name="word", index=[2, 3, 4])
    target = learn_text_target(cells)
    assert target == {"name": "word", "kind": "text", "classes": ["", " ", "a", "b", "c"]}
    codes = text_codes(cells, target)
    assert codes.tolist() == [[3, 2, 0], [4, 0, 0], [2, 1, 3]] and codes.dtype == "int64"
    assert text_codes(cells[:0], target).shape == (0, 0)


def test_a_character_that_was_not_learned_is_told_with_its_line() -> None:
    target = learn_text_target(pd.Series(["ab"], name="word"))
    with pytest.raises(DataError, match="line 7, column “word”: no text of the training part has the character “x”"):
        text_codes(pd.Series(["ba", "ax"], name="word", index=[6, 7]), target)


def test_the_loss_is_pytorch_s_own_for_each_character() -> None:
    torch.manual_seed(0)
    output, target = torch.randn(3, 9, 4), padded([1, 2, 2], [3], [1, 3, 2, 1])
    lengths = torch.tensor([3, 1, 4])
    likely = output.log_softmax(dim=2).transpose(0, 1)
    expected = nn.CTCLoss()(likely, target, torch.tensor([9, 9, 9]), lengths)
    assert torch.allclose(connectionist_loss(output, target), expected)
    single = connectionist_loss(output, target, reduction="none")
    assert single.shape == (3,) and torch.allclose(single.mean(), expected)


def test_a_text_that_does_not_fit_leaves_the_others_their_gradient() -> None:
    output = torch.zeros(2, 3, 4, requires_grad=True)
    loss = connectionist_loss(output, padded([1, 1, 1], [2]))
    loss.backward()
    assert torch.isfinite(loss) and output.grad is not None
    assert not output.grad[0].any() and output.grad[1].any()


def test_repeats_are_joined_and_blanks_left_out() -> None:
    output = scores([0, 1, 1, 0, 1, 2], [3, 3, 3, 3, 3, 3], [0, 0, 0, 0, 0, 0])
    assert best_path(output).tolist() == [[1, 1, 2, 0, 0, 0], [3, 0, 0, 0, 0, 0], [0] * 6]


def test_the_error_rate_counts_characters_of_all_texts_together() -> None:
    output = scores([1, 0, 2, 0], [3, 0, 0, 0])
    assert character_error_rate(output, padded([1, 2], [3])).item() == 0
    assert character_error_rate(output, padded([1, 2, 3], [2])).item() == pytest.approx(2 / 4)
    assert character_error_rate(output[:0], padded([1])[:0]).item() == 0


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
def test_distances_are_those_of_the_textbook(pairs: list[tuple[list[int], list[int]]]) -> None:
    found = edit_distances(padded(*[one for one, _ in pairs]), padded(*[other for _, other in pairs], width=6))
    assert found.tolist() == [textbook(one, other) for one, other in pairs]


def textbook(one: list[int], other: list[int]) -> int:
    """Wagner and Fischer's table, cell by cell."""
    row = list(range(len(other) + 1))
    for place, character in enumerate(one, 1):
        before, row[0] = row[0], place
        for column, wanted in enumerate(other, 1):
            cheapest = min(row[column] + 1, row[column - 1] + 1, before + (character != wanted))
            before, row[column] = row[column], cheapest
    return row[-1]
