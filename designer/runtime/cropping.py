"""Cutting pictures inside a network."""

from __future__ import annotations

from torch import Tensor


def centre_crop(x: Tensor, height: int, width: int) -> Tensor:
    """The middle of pictures (N, C, H, W): (N, C, ``height``, ``width``), of what is left over the less above and left.

    A RuntimeError where a picture is smaller.
    """
    if height > x.shape[2] or width > x.shape[3]:
        raise RuntimeError(f"{height}×{width} cannot be cut out of {x.shape[2]}×{x.shape[3]}")
    top, left = (x.shape[2] - height) // 2, (x.shape[3] - width) // 2
    return x[:, :, top : top + height, left : left + width]
