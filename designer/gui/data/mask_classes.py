"""The classes of masks, as training tells them apart, found in some of the masks. Always off the GUI thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

# so many masks, and so many of their pixels, are looked at at most
MOST_MASKS, MOST_PIXELS = 128, 40_000_000
SIDE = 512
# of a value that none of the masks looked at holds
OTHER = 255


@dataclass(frozen=True)
class MaskClasses:
    """The ``values`` of masks in the order of their class codes; ``smooth`` ones count as dark and bright alone.

    ``more`` says that not every pixel of all masks was looked at, so that some may hold others.
    """

    values: tuple[int, ...] = ()
    smooth: bool = False
    more: bool = False

    @property
    def clear(self) -> bool:
        """Whether the first class is the background: nothing is painted over it."""
        return bool(self.values) and self.values[0] == 0

    @cached_property
    def codes(self) -> np.ndarray:
        """The class code of each of the 256 values, 255 for others: uint8 (256,)."""
        from designer.runtime.masks import mask_codes

        return mask_codes(self.values, self.smooth)


def find_classes(masks: Sequence[Path]) -> MaskClasses:
    """The classes of masks at even distances among all; none where none of these can be read or told apart."""
    import numpy as np

    from designer.runtime.errors import DataError
    from designer.runtime.masks import decode_mask, learn_mask_values, upright_size
    from designer.training.wanted import refuse_unwanted

    count = min(len(masks), MOST_MASKS)
    chosen = [masks[place * len(masks) // count] for place in range(count)]
    found, looked, smaller = [], 0, False
    for path in chosen:
        refuse_unwanted()
        size = upright_size(path)
        if size is None:
            continue
        if found and looked + size[0] * size[1] > MOST_PIXELS:
            break
        looked += size[0] * size[1]
        # a thin class may be lost in it
        smaller = smaller or max(size) > SIDE
        try:
            found.append(decode_mask(path, min(SIDE, size[1]), min(SIDE, size[0]))[0])
        except DataError:
            # that it cannot be read is said of its picture
            continue
    if not found:
        return MaskClasses()
    flat = np.concatenate([each.ravel() for each in found])
    try:
        values, smooth = learn_mask_values(flat[None], np.arange(1))
    except DataError:
        return MaskClasses(tuple(np.unique(flat).tolist()), more=True)
    return MaskClasses(tuple(values), smooth, smaller or len(found) < len(masks))
