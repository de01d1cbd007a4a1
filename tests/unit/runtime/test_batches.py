"""Batches cover every row once, in an order that the seed gives."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from designer.runtime import batches
from designer.runtime.batches import Part, batch_slices, shuffled_batches


def part_of(rows: int) -> Part:
    return Part((torch.arange(rows * 2.0).view(rows, 2),), torch.arange(rows))


@given(st.integers(1, 300), st.integers(0, 70))
def test_slices_cover_every_row_once_and_leave_no_row_alone(rows: int, batch_size: int) -> None:
    slices = batch_slices(rows, batch_size)
    assert [row for part in slices for row in range(rows)[part]] == list(range(rows))
    sizes = [part.stop - part.start for part in slices]
    if batch_size != 1 and rows > 1:
        assert min(sizes) > 1
    if batch_size:
        assert all(size == batch_size for size in sizes[:-1])


@pytest.mark.parametrize("gathered", [1, 100, 32 * 1024 * 1024])
def test_an_epoch_is_one_permutation_however_many_rows_are_gathered_at_once(
    gathered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "GATHERED_BYTES", gathered)
    part = part_of(53)
    torch.manual_seed(5)
    found = list(shuffled_batches(part, 8))
    torch.manual_seed(5)
    order = torch.randperm(53)
    assert torch.equal(torch.cat([batch.targets for batch in found]), order)
    assert torch.equal(torch.cat([batch.inputs[0] for batch in found]), part.inputs[0][order])


def test_batches_are_slices_of_one_tensor() -> None:
    first, second, *_ = shuffled_batches(part_of(64), 8)
    assert first.inputs[0].untyped_storage().data_ptr() == second.inputs[0].untyped_storage().data_ptr()


def test_a_full_batch_is_the_part_itself() -> None:
    part = part_of(5)
    assert list(shuffled_batches(part, 0)) == [part]
    assert list(shuffled_batches(part, 9)) == [part]
