"""Pictures that a table names in a column of paths; other columns hold targets, or features beside the pictures."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.project.model import ImageData, Project
from designer.training.chosen import (
    Settings,
    chosen_outputs,
    column_with_role,
    feature_settings,
    inputs_beside_pictures,
    target_columns,
)
from designer.training.columns import day_order, learn_features, needed, read_columns, weight_array
from designer.training.copies import first_copies, same_files
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
from designer.training.sources.splitting import few_groups, split_columns, split_frame
from designer.training.sources.tables import column_kinds, row_inputs, table_notes, unknown_words
from designer.training.targets import kinds_of, label_column, learn_targets, target_tensors, targets_learned

if TYPE_CHECKING:
    import pandas as pd
    from torch import Tensor

    from designer.project.facts import TargetKind
    from designer.training.sources.splitting import Rows

TABLES = (".csv", ".tsv", ".txt", ".tab", ".gz")
SPLITS = ("share", "column", "group", "time")


def image_column(data: ImageData) -> str:
    """The column with the paths."""
    name = next((column.name for column in data.columns if column.kind == "image"), "")
    if not name:
        raise RunError("No column of the table holds the paths of pictures. Choose one and make it of the kind image.")
    return name


@dataclass(frozen=True, eq=False)
class Listed:
    """The rows of a table of pictures: the ``whole`` of them, those ``named`` and with targets, ``frame``: those used.

    ``parts`` are the rows of ``frame`` to train, validate and test with, ``kinds`` those of the outputs' targets.
    """

    whole: pd.DataFrame
    named: pd.DataFrame
    frame: pd.DataFrame
    parts: Rows
    kinds: list[TargetKind]


def list_rows(
    project: Project, data: ImageData, table: Path, given: Mapping[str, Any] | None = None, more: Sequence[str] = ()
) -> Listed:
    """Which rows of the table are used, and in which part; ``more`` columns of numbers are read too.

    RunError or DataError where they cannot be.
    """
    check_split(data, SPLITS)
    name, outputs = image_column(data), chosen_outputs(project, data)
    features = feature_settings(inputs_beside_pictures(project, data))
    targets = target_columns(project, data)
    kinds = {name: "text", **column_kinds(data, features, targets), **split_columns(data)}
    order = day_order(data.columns, given)
    whole = read_columns(table, kinds | dict.fromkeys(more, "number"), data.format, day_first=order)
    named = whole.dropna(subset=[name, *(target.name for target in targets)])
    frame = named.dropna(subset=needed(features))
    if frame.empty:
        raise RunError(f"{table.name}: no row of it has {_all_of(features)}.")
    forms = kinds_of(outputs, frame)
    return Listed(whole, named, frame, split_frame(data, frame, label_column(outputs, forms)), forms)


def gather(project: Project, data: ImageData, table: Path, given: Mapping[str, Any] | None) -> Gathered:
    """All pictures that the table names; with ``given``, nothing is learned anew."""
    from designer.runtime.moving import common_size
    from designer.runtime.parts import usable_rows
    from designer.runtime.picture_tables import picture_paths

    weight, size, order = weight_of(data), image_size(project), day_order(data.columns, given)
    inputs, outputs = inputs_beside_pictures(project, data), chosen_outputs(project, data)
    features, listed = feature_settings(inputs), list_rows(project, data, table, given, weight)
    whole, named, frame = listed.whole, listed.named, listed.frame
    paths = picture_paths(frame[image_column(data)], table)
    answers = frame[[each.name for each in target_columns(project, data)]].astype("str").to_numpy()
    rows, copied = first_copies(data, listed.parts, lambda: same_files(paths), answers)
    pictures = read_files(paths, rows[0], {**size, "white": given["image"].get("white", 0) if given else 0})
    places = usable_rows(rows, pictures.usable)
    if not len(places[0]):
        raise RunError(
            f"{table.name}: no picture that it names can be read; {pictures.refused[0][0]}: {pictures.refused[0][1]}."
        )
    trained = frame.iloc[places[0]]
    learned = targets_learned(given) if given else learn_targets(trained, outputs, listed.kinds)
    learned |= _features_learned(trained, features, given, order)
    lost = len(whole) - len(named)
    notes = [f"{lost} rows without a picture or a target were left out."] if lost else []
    notes += [*copied, *table_notes(named, frame, features, []), *few_groups(data, frame, listed.parts)]
    notes += unknown_words(frame, learned)
    return Gathered(
        pictures.pixels,
        places,
        lambda chosen: target_tensors(frame.iloc[chosen], learned),
        learned,
        {**size, "white": pictures.white},
        (*notes, *outside_notes(paths, table), *white_note(pictures.white), *left_out(pictures.refused, table.parent)),
        weights=weight_array(frame[weight[0]]) if weight else None,
        frame=frame,
        inputs=tuple(inputs),
        beside=lambda chosen: row_inputs(frame.iloc[chosen], inputs, learned),
        size=lambda chosen: common_size([paths[row] for row in chosen]),
    )


def _all_of(features: Mapping[str, Any]) -> str:
    """What a row must have to be used, in words."""
    return "a picture, a target and a cell in each column where gaps are dropped" if features else (
        "both a picture and a target"
    )  # fmt: skip


def _features_learned(
    frame: pd.DataFrame, features: Settings, given: Mapping[str, Any] | None, order: dict[str, bool]
) -> dict[str, Any]:
    """What prepares the columns beside pictures: as in an earlier run, or learned of the rows to train with."""
    if not features:
        return {}
    learned = given["features"] if given else learn_features(frame, features)
    return {"features": learned, **({"day_first": order} if order else {})}


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
    inputs = inputs_beside_pictures(project, data)
    features = feature_settings(inputs)
    kinds = {name: "text", **column_kinds(data, features, targets)}
    frame = read_columns(path, kinds, data.format, day_first=day_order(data.columns, preparation))
    frame = frame.dropna(subset=[name, *needed(features, [each.name for each in targets])])
    if frame.empty:
        raise RunError(f"{path.name}: no row of it has {_all_of(features)}.")
    pictures = read_others(picture_paths(frame[name], path), preparation["image"])
    seen = Seen(
        pictures.pixels,
        pictures.usable,
        refused=pictures.refused,
        beside=lambda rows: row_inputs(frame.iloc[rows], inputs, preparation),
        notes=tuple(unknown_words(frame, preparation)),
    )
    return seen, target_tensors(frame, preparation)


def unseen(project: Project, data: ImageData, preparation: Mapping[str, Any], path: Path) -> Seen:
    """The pictures that another table names; where pictures are all that is seen, also those beneath a folder, or one.

    Rows without a picture are passed over, those that lack another cell which the network needs are not asked for.
    """
    from designer.runtime.picture_tables import picture_paths

    inputs = inputs_beside_pictures(project, data)
    features = feature_settings(inputs)
    if path.is_dir() or path.suffix.lower() not in TABLES:
        if features:
            raise RunError(
                f"{path} has no columns, but beside pictures the network takes {listed_names(features)}. Predict for a "
                f"table that names the pictures in a column “{image_column(data)}”."
            )
        return unseen_files(project, data, preparation, path)
    name = image_column(data)
    kinds = {name: "text", **{each: str(column["kind"]) for each, column in features.items()}}
    frame = read_columns(path, kinds, data.format, day_first=day_order(data.columns, preparation)).dropna(subset=[name])
    asked = frame[needed(features)].notna().all(axis=1).to_numpy()
    words, frame = frame[name].tolist(), frame[asked]
    paths = picture_paths(frame[name], path)
    pictures = read_others(paths, preparation["image"])
    return Seen(
        pictures.pixels,
        pictures.usable,
        words,
        paths,
        pictures.refused,
        beside=lambda rows: row_inputs(frame.iloc[rows], inputs, preparation),
        asked=asked,
        notes=tuple(unknown_words(frame, preparation)),
    )


def listed_names(names: Iterable[str]) -> str:
    """Names of columns for people, the first of many."""
    found = list(names)
    return ", ".join(f"“{name}”" for name in found[:5]) + (", …" if len(found) > 5 else "")
