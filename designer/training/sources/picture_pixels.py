"""Pictures whose pixels are the columns of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.project.model import ImageData, Project
from designer.training.chosen import chosen_outputs, target_columns
from designer.training.columns import day_order, format_keywords, read_columns
from designer.training.copies import first_copies, same_pixels
from designer.training.errors import RunError
from designer.training.sources.gathered import Gathered, Seen, check_split, image_size
from designer.training.sources.picture_folders import unseen as unseen_files
from designer.training.sources.picture_tables import SPLITS, TABLES
from designer.training.sources.splitting import few_groups, split_columns, split_frame
from designer.training.targets import kinds_of, label_column, learn_targets, target_tensors, targets_learned

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from torch import Tensor

    from designer.project.facts import TargetKind
    from designer.training.sources.splitting import Rows


def pixel_columns(data: ImageData, table: Path) -> list[str]:
    """The columns of the table that hold pixels: all that the project does not speak of."""
    from designer.runtime.gzipped import unpack
    from designer.runtime.pixels import pixel_names

    words = {name: word for name, word in format_keywords(data.format).items() if name not in ("decimal", "thousands")}
    return pixel_names(table, [column.name for column in data.columns], read=unpack, **words)


@dataclass(frozen=True, eq=False)
class Listed:
    """The rows of a table of pixels that have a target, and how many have none.

    ``names`` are the columns of pixels, ``answers`` those of targets; ``parts`` are the rows to train, validate and
    test with, ``kinds`` those of the outputs' targets.
    """

    frame: pd.DataFrame
    lost: int
    names: list[str]
    answers: list[str]
    parts: Rows
    kinds: list[TargetKind]

    def copies(self) -> np.ndarray:
        """For each row the first one with the same pixels."""
        return same_pixels(self.frame[self.names].to_numpy(dtype="float32"))


def list_rows(project: Project, data: ImageData, table: Path) -> Listed:
    """Which rows of the table are used, and in which part; RunError or DataError where they cannot be."""
    check_split(data, SPLITS)
    outputs, targets = chosen_outputs(project, data), target_columns(project, data)
    names, answers = pixel_columns(data, table), [target.name for target in targets]
    kinds = {**{target.name: target.kind for target in targets}, **split_columns(data)}
    order = day_order(data.columns)
    whole = read_columns(table, {**kinds, **dict.fromkeys(names, "number")}, data.format, day_first=order)
    frame = whole.dropna(subset=answers)
    if frame.empty:
        raise RunError(f"{table.name}: no row of it has a target.")
    forms = kinds_of(outputs, frame)
    parts = split_frame(data, frame, label_column(outputs, forms))
    return Listed(frame, len(whole) - len(frame), names, answers, parts, forms)


def gather(project: Project, data: ImageData, table: Path, given: Mapping[str, Any] | None) -> Gathered:
    """All rows of the table as pictures; with ``given``, nothing is learned anew."""
    from designer.runtime.pixels import learn_pixel_range, pixel_size

    listed, size = list_rows(project, data, table), image_size(project)
    frame, names = listed.frame, listed.names
    answers = frame[listed.answers].astype("str").to_numpy()
    rows, copied = first_copies(data, listed.parts, listed.copies, answers)
    limits = given["image"]["limits"] if given else learn_pixel_range(frame.iloc[rows[0]], names)
    trained, outputs = frame.iloc[rows[0]], chosen_outputs(project, data)
    learned = targets_learned(given) if given else learn_targets(trained, outputs, listed.kinds)
    gaps = [f"{listed.lost} rows without a target were left out."] if listed.lost else []
    gaps += [*copied, *few_groups(data, frame, listed.parts)]
    return Gathered(
        _pictures(frame, names, limits, size),
        rows,
        lambda chosen: target_tensors(frame.iloc[chosen], learned),
        learned,
        {**size, "limits": limits, "pixels": names},
        (f"Pixels from {limits[0]:g}, black, to {limits[1]:g}, white.", *gaps),
        frame=frame,
        size=lambda chosen: pixel_size(names),
    )


def _pictures(frame: pd.DataFrame, names: list[str], limits: list[float], size: Mapping[str, Any]) -> np.ndarray:
    from designer.runtime.pixels import pixel_pictures, resize_all

    return resize_all(pixel_pictures(frame, names, limits), **size)


def known(
    project: Project, data: ImageData, preparation: Mapping[str, Any], path: Path
) -> tuple[Seen, Tensor | dict[str, Tensor]]:
    """All rows of another table as pictures, and their targets."""
    targets = target_columns(project, data)
    names, kinds = preparation["image"]["pixels"], {target.name: target.kind for target in targets}
    frame = read_columns(path, {**kinds, **dict.fromkeys(names, "number")}, data.format).dropna(subset=list(kinds))
    return _seen(frame, preparation), target_tensors(frame, preparation)


def unseen(project: Project, data: ImageData, preparation: Mapping[str, Any], path: Path) -> Seen:
    """All rows of another table as pictures, or pictures in files."""
    if path.is_dir() or path.suffix.lower() not in TABLES:
        return unseen_files(project, data, preparation, path)
    names = preparation["image"]["pixels"]
    return _seen(read_columns(path, dict.fromkeys(names, "number"), data.format), preparation)


def _seen(frame: pd.DataFrame, preparation: Mapping[str, Any]) -> Seen:
    import numpy as np

    image = preparation["image"]
    size = {name: image[name] for name in ("height", "width", "colour", "resize")}
    return Seen(_pictures(frame, image["pixels"], image["limits"], size), np.ones(len(frame), dtype=bool))
