"""What every layout of pictures comes down to: bytes, which of the pictures are in which part, and their targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.layers.catalog import LAYERS, values_of
from designer.layers.feeding import image_input
from designer.project.model import Fields, ImageData, Project
from designer.training.chosen import ChosenInput
from designer.training.errors import RunError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from torch import Tensor

    from designer.runtime.pictures import Pictures

    Places = tuple[np.ndarray, np.ndarray, np.ndarray]


def nothing_beside(rows: np.ndarray) -> tuple[Tensor, ...]:
    """The inputs beside pictures that are all that the network sees."""
    return ()


@dataclass(frozen=True, eq=False)
class Gathered:
    """Pictures uint8 (n, C, H, W), the usable ones of train, validation and test, and what makes their targets.

    ``targets`` gives those of some of the pictures, unless each has one of ``masks`` (n, 1, H, W), whose values stand
    for classes by ``codes``. ``learned`` (``target``, perhaps ``targets`` and ``features``) and ``image`` hold, as JSON
    can, what was learned and is to be done to others; ``frame`` has the cells of targets, where they are columns.
    ``inputs`` take columns beside the pictures, of which ``beside`` gives a tensor each for some of the pictures.
    ``size`` finds width and height of some of the pictures as they came, of which targets may say places. ``files`` are
    the pictures and their masks, where each has one.
    """

    pixels: np.ndarray
    places: Sequence[np.ndarray]
    targets: Callable[[np.ndarray], Tensor | dict[str, Tensor]]
    learned: dict[str, Any]
    image: dict[str, Any]
    notes: tuple[str, ...] = ()
    masks: np.ndarray | None = None
    codes: tuple[int, ...] = ()
    weights: np.ndarray | None = None
    frame: pd.DataFrame | None = None
    inputs: tuple[ChosenInput, ...] = ()
    beside: Callable[[np.ndarray], tuple[Tensor, ...]] = nothing_beside
    size: Callable[[np.ndarray], tuple[int, int]] | None = None
    files: Sequence[tuple[Path, Path]] = ()


@dataclass(frozen=True, eq=False)
class Seen:
    """Pictures to predict for or to measure on: ``names`` of files, or none; ``usable`` says which could be read.

    ``refused`` lists (path, why) of the others. ``beside`` is as with ``Gathered``. Where only some of what was named
    could be asked for, ``asked`` says of each whether it was; ``names`` are then of all. ``notes`` says what was odd.
    """

    pixels: np.ndarray
    usable: np.ndarray
    names: list[str] = field(default_factory=list)
    files: Sequence[Path] = ()
    refused: Sequence[tuple[str, str]] = ()
    beside: Callable[[np.ndarray], tuple[Tensor, ...]] = nothing_beside
    asked: np.ndarray | None = None
    notes: tuple[str, ...] = ()


def image_fields(project: Project) -> Fields:
    """Size, mode and further settings of pictures: those of the image input, or its defaults without one."""
    node = image_input(project)
    return values_of(node) if node else LAYERS["image_input"].defaults


def image_size(project: Project) -> dict[str, Any]:
    """What pictures are brought to, as ``read_pictures`` of the runtime takes it."""
    fields = image_fields(project)
    return {
        "height": fields["height"],
        "width": fields["width"],
        "colour": fields["mode"] == "colour",
        "resize": fields["resize"],
    }


def read_files(paths: Sequence[Path], learned: np.ndarray, size: Mapping[str, Any]) -> Pictures:
    """As ``read_pictures`` of the runtime; what was decoded in an earlier run is remembered."""
    from designer.runtime.pictures import read_pictures
    from designer.training.picture_cache import decode_cached

    return read_pictures(paths, learned, **size, decode=decode_cached)


def read_others(paths: Sequence[Path], image: Mapping[str, Any]) -> Pictures:
    """Other pictures, brought to what was learned; what they need is in ``image`` of a preparation."""
    import numpy as np

    known = {name: image[name] for name in ("height", "width", "colour", "resize", "white") if name in image}
    pictures = read_files(paths, np.arange(len(paths)), {**known, "white": known.get("white") or 65535})
    if not pictures.usable.any():
        why = f": {pictures.refused[0][1]}" if pictures.refused else ""
        raise RunError(f"no picture of these can be read{why}.")
    return pictures


def left_out(refused: Sequence[tuple[str, str]], folder: Path) -> list[str]:
    """A sentence for each picture, or other file, that was left out."""
    said = []
    for path, reason in refused:
        named = inside(path, folder)
        # what is said of tables begins with their names
        plain = reason.removeprefix(path).removeprefix(Path(path).name).lstrip(",: ")
        said.append(f"Left out: {named}: {plain.removesuffix('.')}.")
    return said


def white_note(white: int) -> list[str]:
    """How pictures of 16 bits were brought to 8."""
    if not white:
        return []
    bits = white.bit_length()
    return [f"Pictures of 16 bits hold {bits} in use: {white:,} counts as white."]


def inside(path: str, folder: Path) -> str:
    """A path as seen from a folder that it lies in."""
    return Path(path).relative_to(folder).as_posix() if Path(path).is_relative_to(folder) else path


def with_folds(data: ImageData, places: Places, labels: np.ndarray | None = None) -> Places:
    """The rows of each part: ``places``, unless one of several folds is tested with."""
    from designer.runtime.splits import split_fold

    split = data.split
    if split.folds < 2:
        return places
    count = sum(len(rows) for rows in places)
    classes = labels if split.stratify else None
    return split_fold(count, split.folds, max(1, split.fold), split.validation, split.seed, classes)


def check_split(data: ImageData, allowed: Sequence[str]) -> None:
    """A RunError where this layout cannot be split as chosen."""
    if data.split.folds > 1 and data.split.by not in ("share", "group", "time"):
        raise RunError(
            f"Folds are drawn by chance, but the pictures are split by {data.split.by}. Choose another split, or no "
            "folds."
        )
    if data.split.by not in allowed:
        raise RunError(f"These pictures cannot be split by {data.split.by}; choose one of {', '.join(allowed)}.")
