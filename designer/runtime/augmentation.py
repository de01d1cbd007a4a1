"""Changes pictures by chance while training: whole batches at once, where they lie, masks alike.

Each function takes a batch whose first input holds pictures (N, C, H, W) from 0 to 1 and gives it back changed, by
PyTorch's random state alone. Targets with axes beside the samples, (N, H, W) or (N, 1, H, W), are masks. What comes
from beyond the edge of a picture is black, and class 0 in its mask.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import torch
from torch import Tensor
from torch.nn import functional as F

from designer.runtime.batches import Part


def flip(batch: Part, chance: float) -> Part:
    """Left becomes right in some of the pictures."""
    return flipped(batch, chance, -1)


def flip_vertical(batch: Part, chance: float) -> Part:
    """Up becomes down in some of the pictures."""
    return flipped(batch, chance, -2)


def flipped(batch: Part, chance: float, axis: int) -> Part:
    """Pictures turned over along an axis, -1 or -2, each with this chance."""
    turned_over = drawn(batch, 0.0, 1.0) < chance
    pictures = torch.where(beside(turned_over, batch.inputs[0]), batch.inputs[0].flip(axis), batch.inputs[0])
    one, zero, sign = (
        values.to(pictures.dtype) for values in (turned_over * 0 + 1, turned_over * 0, 1 - turned_over * 2)
    )
    rows = [sign, zero, zero, zero, one, zero] if axis == -1 else [one, zero, zero, zero, sign, zero]

    def move(masks: Tensor) -> Tensor:
        return torch.where(beside(turned_over, masks), masks.flip(axis), masks)

    return with_pictures(batch, pictures, move, torch.stack(rows, dim=1))


def rotate(batch: Part, degrees: float) -> Part:
    """Each picture turned by up to so many degrees, to either side."""
    angle = drawn(batch, -degrees, degrees) * (math.pi / 180)
    height, width = batch.inputs[0].shape[-2:]
    sine, cosine, zero = angle.sin(), angle.cos(), torch.zeros_like(angle)
    rows = [cosine, -sine * (height / width), zero, sine * (width / height), cosine, zero]
    return warped(batch, torch.stack(rows, dim=1))


def crop(batch: Part, smallest: float) -> Part:
    """A part of each picture, its sides at least the share ``smallest`` of the whole, brought to the full size."""
    share = drawn(batch, smallest, 1.0)
    across, down = drawn(batch, -1.0, 1.0) * (1 - share), drawn(batch, -1.0, 1.0) * (1 - share)
    zero = torch.zeros_like(share)
    return warped(batch, torch.stack([share, zero, across, zero, share, down], dim=1), beyond="border")


def scale(batch: Part, smallest: float, largest: float) -> Part:
    """Each picture made smaller or larger about its middle, by a factor between the two."""
    shrink = 1 / drawn(batch, smallest, largest)
    zero = torch.zeros_like(shrink)
    return warped(batch, torch.stack([shrink, zero, zero, zero, shrink, zero], dim=1))


def shift(batch: Part, share: float) -> Part:
    """Each picture moved across and down by up to this share of its size."""
    across, down = drawn(batch, -2 * share, 2 * share), drawn(batch, -2 * share, 2 * share)
    one, zero = torch.ones_like(across), torch.zeros_like(across)
    return warped(batch, torch.stack([one, zero, across, zero, one, down], dim=1))


def warped(batch: Part, matrices: Tensor, beyond: str = "zeros") -> Part:
    """Pictures and masks drawn anew by affine matrices (N, 6), each of which leads from new places to old ones."""
    pictures = batch.inputs[0]
    shape = [len(pictures), 1, *pictures.shape[-2:]]
    grid = F.affine_grid(matrices.view(-1, 2, 3), shape, align_corners=False)
    moved = F.grid_sample(pictures, grid, mode="bilinear", padding_mode=beyond, align_corners=False)

    def move(masks: Tensor) -> Tensor:
        planes = masks.float().view(len(masks), -1, *masks.shape[-2:])
        nearest = F.grid_sample(planes, grid, mode="nearest", padding_mode=beyond, align_corners=False)
        return nearest.to(masks.dtype).view(masks.shape)

    return with_pictures(batch, moved, move, matrices)


def colour(batch: Part, brightness: float, contrast: float, saturation: float, hue: float) -> Part:
    """Brightness, contrast and saturation changed by up to these shares, hue by up to so many degrees.

    Hue turns in the YIQ model of American television (FCC 1953). Grey pictures have neither of the last two.
    """
    pictures = batch.inputs[0]
    factors = [1 + drawn(batch, -share, share) for share in (brightness, contrast, saturation)]
    angle = drawn(batch, -hue, hue) * (math.pi / 180)
    pictures = pictures * beside(factors[0], pictures)
    middle = luma(pictures).mean(dim=(1, 2, 3))
    pictures = torch.lerp(beside(middle, pictures), pictures, beside(factors[1], pictures))
    if pictures.shape[1] == 3:
        pictures = torch.lerp(luma(pictures), pictures, beside(factors[2], pictures))
        pictures = turned_hue(pictures, angle)
    return with_pictures(batch, pictures.clamp(0, 1))


def luma(pictures: Tensor) -> Tensor:
    """The brightness (N, 1, H, W) that eyes see: .299 red + .587 green + .114 blue."""
    if pictures.shape[1] != 3:
        return pictures.mean(dim=1, keepdim=True)
    return (pictures * pictures.new_tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(dim=1, keepdim=True)


def turned_hue(pictures: Tensor, angle: Tensor) -> Tensor:
    """Pictures (N, 3, H, W) with all colours turned by an angle (N,), at the same brightness."""
    to_yiq = pictures.new_tensor([[0.299, 0.587, 0.114], [0.5959, -0.2746, -0.3213], [0.2115, -0.5227, 0.3112]])
    sine, cosine, zero, one = angle.sin(), angle.cos(), torch.zeros_like(angle), torch.ones_like(angle)
    turn = torch.stack([one, zero, zero, zero, cosine, -sine, zero, sine, cosine], dim=1).view(-1, 3, 3)
    mixed = to_yiq.inverse() @ turn @ to_yiq
    return (mixed @ pictures.flatten(2)).view(pictures.shape)


def blur(batch: Part, radius: float) -> Part:
    """Each picture smoothed by a Gaussian whose deviation is up to ``radius`` pixels."""
    pictures = batch.inputs[0]
    count, channels, height, width = pictures.shape
    deviation = drawn(batch, 0.0, radius).clamp(min=0.05)
    reach = math.ceil(2 * radius)
    places = torch.arange(-reach, reach + 1, device=pictures.device, dtype=pictures.dtype)
    kernels = (-places.square() / (2 * deviation[:, None].square())).exp()
    kernels = (kernels / kernels.sum(dim=1, keepdim=True)).repeat_interleave(channels, dim=0)
    planes = F.pad(pictures.reshape(1, count * channels, height, width), [reach] * 4, mode="replicate")
    planes = F.conv2d(planes, kernels[:, None, None, :], groups=count * channels)
    planes = F.conv2d(planes, kernels[:, None, :, None], groups=count * channels)
    return with_pictures(batch, planes.view(pictures.shape))


def noise(batch: Part, amount: float) -> Part:
    """Gaussian noise of this deviation on every value."""
    pictures = batch.inputs[0]
    grain = torch.randn(pictures.shape).to(pictures.device)
    return with_pictures(batch, (pictures + grain * amount).clamp(0, 1))


def cut_out(batch: Part, share: float) -> Part:
    """A black square in each picture, its side this share of the shorter side; masks stay as they are."""
    pictures = batch.inputs[0]
    height, width = pictures.shape[-2:]
    half = share * min(height, width) / 2
    down, across = drawn(batch, 0.0, height)[:, None], drawn(batch, 0.0, width)[:, None]
    rows = torch.arange(height, device=pictures.device) + 0.5
    columns = torch.arange(width, device=pictures.device) + 0.5
    hole = ((rows - down).abs() <= half)[:, :, None] & ((columns - across).abs() <= half)[:, None, :]
    return with_pictures(batch, pictures.masked_fill(hole[:, None], 0.0))


def mixup(batch: Part, strength: float, classes: int) -> Part:
    """Each picture mixed with another, and their targets alike: of ``classes``, 0 for other targets, the shares.

    Numbers beside the pictures are mixed as well. The share is drawn from Beta(strength, strength) once a batch: Zhang,
    Cisse, Dauphin and Lopez-Paz 2018.
    """
    share = float(torch.distributions.Beta(strength, strength).sample())
    other = torch.randperm(len(batch)).to(batch.inputs[0].device)
    targets = batch.target
    if classes:
        targets = F.one_hot(targets.long(), classes).movedim(-1, 1).to(batch.inputs[0].dtype)
    inputs = tuple([torch.lerp(each[other], each, share) for each in batch.inputs])
    return replace(batch, inputs=inputs, targets=torch.lerp(targets[other], targets, share))


def drawn(batch: Part, low: float, high: float) -> Tensor:
    """A number for each picture, evenly between the two: (N,)."""
    return (torch.rand(len(batch)) * (high - low) + low).to(batch.inputs[0].device)


def beside(values: Tensor, pictures: Tensor) -> Tensor:
    """Values (N,) with as many axes as ``pictures``."""
    return values.view(-1, *[1] * (pictures.dim() - 1))


def with_pictures(
    batch: Part,
    pictures: Tensor,
    change_masks: Callable[[Tensor], Tensor] | None = None,
    matrices: Tensor | None = None,
) -> Part:
    """The batch with other pictures, and with its masks changed, where it has masks.

    ``matrices`` (N, 6) lead from new places in pictures to old ones; a batch that knows of places moves them so.
    """
    has_masks = change_masks is not None and isinstance(batch.targets, Tensor) and batch.targets.dim() > 2
    targets = change_masks(batch.target) if change_masks is not None and has_masks else batch.targets
    changed = replace(batch, inputs=(pictures, *batch.inputs[1:]), targets=targets)
    move_places = getattr(changed, "with_places", None)
    return changed if move_places is None or matrices is None else move_places(matrices)


def between_norms(batch: Part, change: Callable[[Part], Part], mean: Sequence[float], std: Sequence[float]) -> Part:
    """``change`` done to pictures from 0 to 1 where they are normalised by ``mean`` and ``std`` for each channel."""
    pictures = batch.inputs[0]
    middle, spread = pictures.new_tensor(mean).view(-1, 1, 1), pictures.new_tensor(std).view(-1, 1, 1)
    changed = change(with_pictures(batch, pictures * spread + middle))
    return with_pictures(changed, (changed.inputs[0] - middle) / spread)
