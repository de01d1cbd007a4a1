"""From folders of pictures to the parts to train, validate and test with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from torch import Tensor

from designer.runtime.batches import Part
from designer.runtime.pictures import MOST_IN_MEMORY

IMAGENET_MEAN = [0.485, 0.456, 0.406]
IMAGENET_STD = [0.229, 0.224, 0.225]
COUNTED_BYTES = 1 << 24
MANY_VALUES = 1 << 20
VALUES_AT_ONCE = 1 << 18


def picture_part(
    pixels: np.ndarray,
    rows: np.ndarray,
    targets: Tensor | dict[str, Tensor],
    finish: Callable[[Part], Part],
    masks: np.ndarray | None = None,
    beside: tuple[Tensor, ...] = (),
) -> Part:
    """The pictures ``rows`` of uint8 (n, C, H, W), which ``finish`` makes numbers of, and a target for each.

    With ``masks``, uint8 (n, 1, H, W), those of the rows are the targets. ``beside`` are further inputs, with a row for
    each of the rows. Pictures larger than 1 GB stay where they are, on disk, and are fetched batch by batch.
    """
    if pixels.nbytes <= MOST_IN_MEMORY:
        inputs = (torch.from_numpy(pixels[rows]), *beside)
        return Part(inputs, targets if masks is None else torch.from_numpy(masks[rows]), finish=finish)
    places = torch.from_numpy(rows)
    fetch = partial(from_disk, pixels=pixels, masks=masks, finish=finish)
    return Part((places, *beside), targets if masks is None else places, finish=fetch)


def from_disk(batch: Part, pixels: np.ndarray, masks: np.ndarray | None, finish: Callable[[Part], Part]) -> Part:
    """The batch whose first input are places in ``pixels``, with the pictures that lie there, finished."""
    places, *beside = batch.inputs
    rows, device = places.cpu().numpy(), places.device
    targets = batch.targets if masks is None else torch.from_numpy(masks[rows]).to(device)
    return finish(replace(batch, inputs=(torch.from_numpy(pixels[rows]).to(device), *beside), targets=targets))


def bytes_to_numbers(batch: Part, mean: Sequence[float] = (), std: Sequence[float] = ()) -> Part:
    """The batch with its pictures, bytes from 0 to 255, as float32 from 0 to 1, then less ``mean`` and by ``std``.

    They are its first input; others stay as they are.
    """
    pictures = batch.inputs[0]
    numbers = torch.empty_like(pictures, dtype=torch.float32)
    for some, filled in zip(at_once(pictures), at_once(numbers), strict=True):
        filled.copy_(some).div_(255)
        if len(mean):
            filled.sub_(filled.new_tensor(mean).view(-1, 1, 1)).div_(filled.new_tensor(std).view(-1, 1, 1))
    return replace(batch, inputs=(numbers, *batch.inputs[1:]))


def at_once(pictures: Tensor) -> tuple[Tensor, ...]:
    """Pictures (N, C, H, W) in the pieces that one step after another is done to.

    Of many values a processor keeps a piece at hand between the steps; else they are a single piece.
    """
    if pictures.device.type != "cpu" or pictures.numel() <= MANY_VALUES:
        return (pictures,)
    pieces: tuple[Tensor, ...] = pictures.split(max(1, VALUES_AT_ONCE // pictures[0].numel()))
    return pieces


def masks_to_codes(
    batch: Part, codes: Sequence[int], target_kind: str, mean: Sequence[float] = (), std: Sequence[float] = ()
) -> Part:
    """As ``bytes_to_numbers``, with masks (N, 1, H, W) as class codes (N, H, W), or (N, 1, H, W) float32 for two.

    ``codes`` has the class code of each of the 256 values that a mask can hold.
    """
    classes = torch.tensor(codes, device=batch.target.device)[batch.target.long()]
    targets = classes.to(torch.float32) if target_kind == "binary" else classes[:, 0]
    return bytes_to_numbers(replace(batch, targets=targets), mean, std)


def class_targets(codes: np.ndarray, target_kind: str) -> Tensor:
    """Class codes as a loss takes them: (N,) int64, or (N, 1) float32 where one output tells two classes apart."""
    targets = torch.from_numpy(codes)
    return targets.to(torch.float32)[:, None] if target_kind == "binary" else targets


def learn_colours(pixels: np.ndarray, rows: np.ndarray) -> tuple[list[float], list[float]]:
    """Mean and standard deviation in each channel of the pictures ``rows``, from 0 to 1."""
    counts = np.zeros((pixels.shape[1], 256), dtype=np.int64)
    together = max(1, COUNTED_BYTES // max(1, pixels[0].nbytes))
    for start in range(0, len(rows), together):
        some = pixels[rows[start : start + together]]
        for channel in range(pixels.shape[1]):
            counts[channel] += np.bincount(some[:, channel].ravel(), minlength=256)
    values, total = np.arange(256) / 255, counts.sum(axis=1)
    mean = counts @ values / total
    std = np.sqrt(np.maximum(counts @ values**2 / total - mean**2, 0))
    return mean.tolist(), np.where(std > 0, std, 1.0).tolist()


def usable_rows(places: Sequence[np.ndarray], usable: np.ndarray) -> list[np.ndarray]:
    """Of the rows of each part those that are usable."""
    return [rows[usable[rows]] for rows in places]
