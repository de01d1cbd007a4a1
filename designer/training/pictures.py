"""Reading of pictures without the remarks that Pillow logs beside the errors it raises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


def read_pictures(
    paths: Sequence[Path], size: Mapping[str, Any]
) -> tuple[np.ndarray, np.ndarray, list[tuple[str, str]]]:
    """As ``read_images`` of the runtime, which ``size`` gives height, width and colour; standard error stays clean."""
    from designer.runtime.images import read_images

    silence_pillow()
    return read_images(paths, **size)


def silence_pillow() -> None:
    """From now on Pillow logs nothing: what it says of a spoiled picture stands in the error that it raises as well."""
    import logging

    logging.getLogger("PIL").setLevel(logging.CRITICAL)
