"""The gallery of a run as it is shown: which epochs it has, and what a network made after one of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.project.atomic import io_error
from designer.project.errors import ProjectError
from designer.training.written import read_samples

if TYPE_CHECKING:
    import numpy as np

FOLDER, ABOUT, REAL = "gallery", "about.json", "real.safetensors"
LARGEST_FILE = 64_000_000
LEAST_SIDE = 2


@dataclass(frozen=True, eq=False)
class Gallery:
    """What a network made after ``epoch``: arrays by what they are, and the names of a table's columns.

    ``samples`` of a generator, beside ``real`` ones; ``original`` samples with what was ``restored`` of them; and the
    ``weights`` of hidden units, a picture or a row for each. Pictures are bytes (N, C, H, W), rows are numbers.
    Of a network that writes there is ``text`` instead.
    """

    epoch: int
    views: Mapping[str, np.ndarray] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    text: str = ""


def epochs_in(run: Path) -> list[int]:
    """The epochs that the gallery of a run has, in order; none where it has no gallery."""
    try:
        names = [path.stem for path in (run / FOLDER).iterdir() if path.suffix == ".safetensors"]
    except OSError:
        return [sample.epoch for sample in read_samples(run)]
    numbers = [name.removeprefix("epoch-") for name in names if name.startswith("epoch-")]
    return sorted(int(number) for number in numbers if number.isascii() and number.isdigit())


def read_gallery(run: Path, epoch: int) -> Gallery:
    """What the gallery of a run has of an epoch. A ProjectError where it cannot be read."""
    folder = run / FOLDER
    if not folder.is_dir():
        return Gallery(epoch, text=next((each.text for each in read_samples(run) if each.epoch == epoch), ""))
    views = _arrays(folder / f"epoch-{epoch:05d}.safetensors")
    if (folder / REAL).exists():
        views |= _arrays(folder / REAL)
    if "weights" in views:
        views["weights"] = weight_pictures(views["weights"])
    return Gallery(epoch, views, _columns(folder / ABOUT))


def _arrays(path: Path) -> dict[str, np.ndarray]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ProjectError(f"{path} is too large to be a file of a gallery.")
        found: dict[str, np.ndarray] = load(path.read_bytes())
    except OSError as error:
        raise io_error(path, "read", error) from error
    except (SafetensorError, ValueError, KeyError) as error:
        raise ProjectError(f"{path} is spoiled: {error}.") from error
    return {name: values for name, values in found.items() if values.ndim in (2, 4) and values.size}


def _columns(path: Path) -> tuple[str, ...]:
    try:
        about: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return ()
    names = about.get("columns") if isinstance(about, dict) else None
    return tuple(str(name) for name in names) if isinstance(names, list) else ()


def weight_pictures(weights: np.ndarray) -> np.ndarray:
    """Weights as bytes, grey where they are 0: a picture for each unit whose weights are one, or fill a square.

    Others stay rows of numbers.
    """
    import numpy as np

    if weights.ndim == 2:
        side = isqrt(weights.shape[1])
        if side < LEAST_SIDE or side * side != weights.shape[1]:
            return weights
        weights = weights.reshape(len(weights), 1, side, side)
    most = np.abs(weights).max(axis=(1, 2, 3), keepdims=True)
    scaled = 127.5 + 127.5 * weights / np.where(most > 0, most, 1)
    found: np.ndarray = np.nan_to_num(scaled).clip(0, 255).round().astype(np.uint8)
    return found
