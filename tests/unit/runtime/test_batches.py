"""Batches cover every row once, in an order that the seed gives."""

from __future__ import annotations

from dataclasses import replace

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


KINDS = [torch.float32, torch.float64, torch.bfloat16, torch.uint8, torch.int64, torch.bool, torch.complex64]


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("shape", [(), (1,), (26,), (3, 5), (0,), (batches.SHORT_ROW_BYTES,)], ids=str)
def test_rows_are_those_that_an_index_selects(kind: torch.dtype, shape: tuple[int, ...]) -> None:
    values = (torch.randn(40, *shape) * 50).to(kind)
    for rows in (torch.randperm(40), torch.tensor([39, 0, 0, 7]), torch.tensor([], dtype=torch.int64)):
        for some in (
            values,
            values.flip(0)[::2].repeat(2, *[1] * len(shape)),
            values.transpose(0, -1).transpose(0, -1),
        ):
            found = batches.taken(some, rows)
            assert found.dtype == kind
            assert torch.equal(found, some.index_select(0, rows))
    assert torch.equal(batches.taken(values[:, :2], torch.arange(3)), values[:3, :2]) if shape else True


@pytest.mark.parametrize("row", [-1, 40, 1 << 40])
def test_a_row_that_there_is_not_is_an_error(row: int) -> None:
    with pytest.raises(IndexError):
        batches.taken(torch.zeros(40, 3), torch.tensor([0, row]))


def test_what_is_done_to_a_batch_is_done_to_those_of_a_part_that_is_not_ready() -> None:
    part = part_of(24)
    more = replace(part, finish=lambda batch: replace(batch, inputs=(batch.inputs[0] + 1,)))
    torch.manual_seed(2)
    bare = list(shuffled_batches(part, 8))
    torch.manual_seed(2)
    for batch, one in zip(shuffled_batches(more, 8), bare, strict=True):
        assert torch.equal(batch.inputs[0], one.inputs[0] + 1)
    assert part.is_ready and not more.is_ready and not replace(part, stored=True).is_ready


def test_rows_of_one_number_may_say_any_distance_between_its_columns() -> None:
    values = torch.randn(40).as_strided((40, 1), (1, 0))
    rows = torch.randperm(40)
    assert torch.equal(batches.taken(values, rows), values.index_select(0, rows))
