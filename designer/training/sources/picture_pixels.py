"""Pictures whose pixels are the columns of a table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.project.model import ImageData, Project
from designer.training.chosen import chosen_outputs, target_columns
from designer.training.columns import day_order, format_keywords, read_columns
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


def pixel_columns(data: ImageData, table: Path) -> list[str]:
    """The columns of the table that hold pixels: all that the project does not speak of."""
    from designer.runtime.gzipped import unpack
    from designer.runtime.pixels import pixel_names

    words = {name: word for name, word in format_keywords(data.format).items() if name not in ("decimal", "thousands")}
    return pixel_names(table, [column.name for column in data.columns], read=unpack, **words)


def gather(project: Project, data: ImageData, table: Path, given: Mapping[str, Any] | None) -> Gathered:
    """All rows of the table as pictures; with ``given``, nothing is learned anew."""
    from designer.runtime.pixels import learn_pixel_range, pixel_size

    check_split(data, SPLITS)
    outputs, targets = chosen_outputs(project, data), target_columns(project, data)
    names, size = pixel_columns(data, table), image_size(project)
    answers = [target.name for target in targets]
    kinds = {**{target.name: target.kind for target in targets}, **split_columns(data)}
    order = day_order(data.columns)
    whole = read_columns(table, {**kinds, **dict.fromkeys(names, "number")}, data.format, day_first=order)
    frame = whole.dropna(subset=answers)
    if frame.empty:
        raise RunError(f"{table.name}: no row of it has a target.")
    forms = kinds_of(outputs, frame)
    rows = split_frame(data, frame, label_column(outputs, forms))
    limits = given["image"]["limits"] if given else learn_pixel_range(frame.iloc[rows[0]], names)
    learned = targets_learned(given) if given else learn_targets(frame.iloc[rows[0]], outputs, forms)
    lost = len(whole) - len(frame)
    gaps = [f"{lost} rows without a target were left out."] if lost else []
    return Gathered(
        _pictures(frame, names, limits, size),
        rows,
        lambda chosen: target_tensors(frame.iloc[chosen], learned),
        learned,
        {**size, "limits": limits, "pixels": names},
        (f"Pixels from {limits[0]:g}, black, to {limits[1]:g}, white.", *gaps, *few_groups(data, frame, rows)),
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
