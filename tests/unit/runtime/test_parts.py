"""Bytes of pictures become numbers, the same whether in one piece or in many."""

from __future__ import annotations

import pytest
import torch

from designer.runtime import parts
from designer.runtime.batches import Part
from designer.runtime.parts import IMAGENET_MEAN, IMAGENET_STD, at_once, bytes_to_numbers


@pytest.mark.parametrize("norm", [{}, {"mean": IMAGENET_MEAN, "std": IMAGENET_STD}])
@pytest.mark.parametrize("channels_last", [False, True])
def test_pieces_are_worked_on_as_the_whole_is(
    monkeypatch: pytest.MonkeyPatch, norm: dict[str, list[float]], channels_last: bool
) -> None:
    pictures = torch.arange(7 * 3 * 16 * 16).to(torch.uint8).view(7, 3, 16, 16)
    if channels_last:
        pictures = pictures.contiguous(memory_format=torch.channels_last)
    beside = torch.zeros(7, 2)
    batch = Part((pictures, beside), torch.zeros(7))
    whole = bytes_to_numbers(batch, **norm)
    expected = pictures.to(torch.float32) / 255
    if norm:
        expected = (expected - torch.tensor(IMAGENET_MEAN).view(-1, 1, 1)) / torch.tensor(IMAGENET_STD).view(-1, 1, 1)
    monkeypatch.setattr(parts, "MANY_VALUES", 100)
    monkeypatch.setattr(parts, "VALUES_AT_ONCE", 2000)
    assert [len(each) for each in at_once(pictures)] == [2, 2, 2, 1]
    pieces = bytes_to_numbers(batch, **norm)
    for found in (whole, pieces):
        torch.testing.assert_close(found.inputs[0], expected, rtol=0, atol=0)
        assert found.inputs[0].stride() == pictures.stride()
        assert found.inputs[1] is beside
    torch.testing.assert_close(pictures, torch.arange(7 * 3 * 16 * 16).to(torch.uint8).view(7, 3, 16, 16))


def test_few_values_and_those_of_other_devices_are_one_piece() -> None:
    assert len(at_once(torch.zeros(32, 1, 28, 28, dtype=torch.uint8))) == 1
    assert len(at_once(torch.zeros(32, 3, 224, 224, dtype=torch.uint8))) > 1
    assert len(at_once(torch.zeros(32, 3, 224, 224, dtype=torch.uint8, device="meta"))) == 1


def test_a_picture_larger_than_a_piece_is_a_piece() -> None:
    pictures = torch.zeros(3, 3, 600, 600, dtype=torch.uint8)
    assert [len(each) for each in at_once(pictures)] == [1, 1, 1]
