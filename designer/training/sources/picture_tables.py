"""Pictures that a table names in a column of paths, with labels or numbers in other columns."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.project.model import ImageData, Project
from designer.training.chosen import chosen_outputs, column_with_role, target_columns
from designer.training.columns import day_order, read_columns, weight_array
from designer.training.errors import RunError
from designer.training.sources.gathered import (
    Gathered,
    Seen,
    check_split,
    image_size,
    left_out,
    read_files,
    read_others,
    white_note,
)
from designer.training.sources.picture_folders import unseen as unseen_files
from designer.training.sources.splitting import split_columns, split_frame
from designer.training.targets import kinds_of, label_column, learn_targets, target_tensors, targets_learned

if TYPE_CHECKING:
    from torch import Tensor

TABLES = (".csv", ".tsv", ".txt", ".tab", ".gz")
SPLITS = ("share", "column", "group", "time")


def image_column(data: ImageData) -> str:
    """The column with the paths."""
    name = next((column.name for column in data.columns if column.kind == "image"), "")
    if not name:
        raise RunError("No column of the table holds the paths of pictures. Choose one and make it of the kind image.")
    return name


def gather(project: Project, data: ImageData, table: Path, given: Mapping[str, Any] | None) -> Gathered:
    """All pictures that the table names; with ``given``, nothing is learned anew."""
    from designer.runtime.parts import usable_rows
    from designer.runtime.picture_tables import picture_paths

    check_split(data, SPLITS)
    name, weight, size = image_column(data), weight_of(data), image_size(project)
    outputs, targets = chosen_outputs(project, data), target_columns(project, data)
    names = [target.name for target in targets]
    kinds = {name: "text", **{target.name: target.kind for target in targets}, **split_columns(data)}
    order = day_order(data.columns)
    whole = read_columns(table, kinds | dict.fromkeys(weight, "number"), data.format, day_first=order)
    frame = whole.dropna(subset=[name, *names])
    if frame.empty:
        raise RunError(f"{table.name}: no row of it has both a picture and a target.")
    forms = kinds_of(outputs, frame)
    rows = split_frame(data, frame, label_column(outputs, forms))
    paths = picture_paths(frame[name], table)
    pictures = read_files(paths, rows[0], {**size, "white": given["image"].get("white", 0) if given else 0})
    places = usable_rows(rows, pictures.usable)
    if not len(places[0]):
        raise RunError(
            f"{table.name}: no picture that it names can be read; {pictures.refused[0][0]}: {pictures.refused[0][1]}."
        )
    learned = targets_learned(given) if given else learn_targets(frame.iloc[places[0]], outputs, forms)
    lost = len(whole) - len(frame)
    gaps = [f"{lost} rows without a picture or a target were left out."] if lost else []
    return Gathered(
        pictures.pixels,
        places,
        lambda chosen: target_tensors(frame.iloc[chosen], learned),
        learned,
        {**size, "white": pictures.white},
        (*gaps, *outside_notes(paths, table), *white_note(pictures.white), *left_out(pictures.refused, table.parent)),
        weights=weight_array(frame[weight[0]]) if weight else None,
        frame=frame,
    )


def outside_notes(paths: Sequence[Path], table: Path) -> list[str]:
    """A note on pictures that do not lie beneath the folder of the table which names them."""
    folder = os.path.abspath(table.parent)
    outside = [path for path in paths if not Path(os.path.abspath(path)).is_relative_to(folder)]
    if not outside:
        return []
    count = "1 picture lies" if len(outside) == 1 else f"{len(outside):,} pictures lie"
    return [f"{count} outside of the folder of {table.name}, the first at {os.path.abspath(outside[0])}."]


def weight_of(data: ImageData) -> list[str]:
    """The column that says how much each picture counts, if there is one."""
    return [name] if (name := column_with_role(data, "weight")) else []


def known(
    project: Project, data: ImageData, preparation: Mapping[str, Any], path: Path
) -> tuple[Seen, Tensor | dict[str, Tensor]]:
    """The pictures that another table names, and their targets."""
    from designer.runtime.picture_tables import picture_paths

    name, targets = image_column(data), target_columns(project, data)
    frame = read_columns(path, {name: "text", **{each.name: each.kind for each in targets}}, data.format).dropna()
    pictures = read_others(picture_paths(frame[name], path), preparation["image"])
    return Seen(pictures.pixels, pictures.usable, refused=pictures.refused), target_tensors(frame, preparation)


def unseen(project: Project, data: ImageData, preparation: Mapping[str, Any], path: Path) -> Seen:
    """The pictures that another table names, those beneath a folder, or one."""
    from designer.runtime.picture_tables import picture_paths

    if path.is_dir() or path.suffix.lower() not in TABLES:
        return unseen_files(project, data, preparation, path)
    name = image_column(data)
    words = read_columns(path, {name: "text"}, data.format)[name].dropna()
    paths = picture_paths(words, path)
    pictures = read_others(paths, preparation["image"])
    return Seen(pictures.pixels, pictures.usable, words.tolist(), paths, pictures.refused)
