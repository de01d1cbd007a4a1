"""Data: the one road from a project's file or folder to the tensors that train, validate and test."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.layers.catalog import LAYERS, kind_of_classes, values_of
from designer.project.facts import Facts, TargetKind
from designer.project.model import Column, Fields, ImageData, Node, Project, TableData
from designer.project.paths import resolve_from
from designer.training.columns import feature_names, learn_preparation, needed, prepared_part, read_columns
from designer.training.errors import RunError, in_words
from designer.training.pictures import read_pictures

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from designer.runtime.batches import Part

PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class Prepared:
    """The three parts on the processor, each perhaps without rows, and what was learned from the first.

    ``preparation`` holds only what JSON can hold: what to do to other data of the same form.
    """

    train: Part
    validation: Part
    test: Part
    preparation: dict[str, Any]
    facts: Facts

    @property
    def parts(self) -> dict[str, Part]:
        """The parts by name."""
        return dict(zip(PARTS, (self.train, self.validation, self.test), strict=True))


def read_data(project: Project, base: Path, preparation: Mapping[str, Any] | None = None) -> Prepared:
    """Read, split and prepare the project's data; its path is relative to the folder ``base``.

    With ``preparation``, learned in an earlier run, nothing is learned anew. RunError where data cannot be used.
    """
    with in_words():
        if isinstance(project.data, TableData):
            return _read_table(project, project.data, base, preparation)
        if isinstance(project.data, ImageData):
            return _read_images(project, project.data, base, preparation)
    raise RunError("The project has no data yet. Open a CSV file or a folder of images first.")


def facts_of(project: Project, base: Path) -> Facts:
    """What the checker needs to know of the project's data, which is read for it."""
    return read_data(project, base).facts


def node_with_role(project: Project, role: str) -> Node | None:
    """The first input or output of the graph."""
    nodes = project.graph.nodes.values()
    return next((node for node in nodes if node.type in LAYERS and LAYERS[node.type].role == role), None)


def target_column(project: Project, data: TableData) -> Column:
    """The column that the output names, else the one whose role is target."""
    output = node_with_role(project, "output")
    name = str(values_of(output)["target"]) if output else ""
    for column in data.columns:
        if column.name == name or (not name and column.role == "target"):
            return column
    missing = f"The target column “{name}” is not in the data." if name else "No column is the target."
    raise RunError(f"{missing} Choose the column that the network shall predict.")


def feature_columns(project: Project, data: TableData) -> dict[str, dict[str, str]]:
    """Kind, missing and scale of each feature column by name."""
    target = target_column(project, data)
    chosen = [column for column in data.columns if column.role == "feature" and column.name != target.name]
    if not chosen:
        raise RunError("No column is a feature. Mark the columns that the network shall learn from.")
    for column in chosen:
        if column.kind == "date":
            raise RunError(f"The column “{column.name}” holds dates, which no network takes as they are: leave it out.")
    return {column.name: {"kind": column.kind, "missing": column.missing, "scale": column.scale} for column in chosen}


def _read_table(project: Project, data: TableData, base: Path, given: Mapping[str, Any] | None) -> Prepared:

    target, features = target_column(project, data), feature_columns(project, data)
    if target.kind == "date":
        raise RunError(f"The target column “{target.name}” holds dates, which cannot be predicted: choose another.")
    kinds = {name: column["kind"] for name, column in features.items()} | {target.name: target.kind}
    split_column = data.split.column if data.split.by == "column" else ""
    if split_column:
        kinds.setdefault(split_column, "category")
    whole = read_columns(resolve_from(base, data.path), kinds, data.format)
    frame = whole.dropna(subset=needed(features, target.name))
    if frame.empty:
        raise RunError(f"{Path(data.path).name}: no row can be used: each lacks the target or a feature.")
    kind = _target_kind(project, target, frame)
    trained, validated, tested = _split_table(data, frame, target.name if kind != "number" else "")
    preparation = dict(given or learn_preparation(frame.iloc[trained], features, target.name, kind, target.scale))
    parts = [prepared_part(frame.iloc[rows], preparation) for rows in (trained, validated, tested)]
    facts = Facts(
        target_kind=preparation["target"]["kind"],
        features=tuple(feature_names(preparation)),
        classes=tuple(preparation["target"].get("classes", ())),
        rows=_count(parts),
        notes=tuple(_table_notes(whole, frame, features, target.name)),
        target=target.name,
        target_minimum=float(frame[target.name].min()) if kind == "number" else None,
    )
    return Prepared(parts[0], parts[1], parts[2], preparation, facts)


def _target_kind(project: Project, target: Column, frame: pd.DataFrame) -> TargetKind:
    if target.kind == "number":
        return "number"
    return kind_of_classes(int(frame[target.name].nunique()), chosen_loss(project))


def chosen_loss(project: Project) -> str:
    """The key of the loss that the output has chosen; empty without an output."""
    output = node_with_role(project, "output")
    return str(values_of(output)["loss"]) if output else ""


def _split_table(data: TableData, frame: pd.DataFrame, classes: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from designer.runtime.splits import split_by_words, split_rows

    split = data.split
    if split.by == "column":
        if not split.column:
            raise RunError("The rows are to be split by a column, but no column is chosen for that.")
        return split_by_words(frame[split.column])
    labels = frame[classes].to_numpy() if classes and split.stratify else None
    return split_rows(len(frame), split.validation, split.test, split.seed, labels)


def _count(parts: list[Part]) -> dict[str, int]:
    return {name: len(part) for name, part in zip(PARTS, parts, strict=True)}


def _table_notes(
    whole: pd.DataFrame, frame: pd.DataFrame, features: Mapping[str, Mapping[str, str]], target: str
) -> list[str]:
    """What was done to rows and cells, said aloud."""
    notes = []
    without_target = int(whole[target].isna().sum())
    with_gaps = len(whole) - len(frame) - without_target
    if without_target:
        notes.append(f"{_rows(without_target)} left out, which have no {target}.")
    if with_gaps > 0:
        notes.append(f"{_rows(with_gaps)} left out, which have a missing cell in a column where such rows are dropped.")
    words = {"mean": "the mean", "median": "the median", "most_frequent": "the most frequent value"}
    for name, column in features.items():
        gaps = int(frame[name].isna().sum())
        if gaps:
            fill = "the most frequent value" if column["kind"] in ("category", "text") else words[column["missing"]]
            cells = "1 missing cell" if gaps == 1 else f"{gaps:,} missing cells"
            notes.append(f"{cells} of {name} filled with {fill} of the training part.")
    return notes


def _rows(count: int) -> str:
    return "1 row was" if count == 1 else f"{count:,} rows were"


def image_fields(project: Project) -> Fields:
    """Height, width and mode that pictures are brought to: those of the image input, or its defaults without one."""
    node = node_with_role(project, "input")
    return values_of(node) if node and node.type == "image_input" else LAYERS["image_input"].defaults


def _read_images(project: Project, data: ImageData, base: Path, given: Mapping[str, Any] | None) -> Prepared:
    import numpy as np

    from designer.runtime.parts import image_part, list_image_parts

    split, fields, folder = data.split, image_fields(project), resolve_from(base, data.path)
    paths, labels, classes, places = list_image_parts(
        folder, split.by == "folders", split.validation, split.test, split.seed, split.stratify
    )
    size: dict[str, Any] = {"height": fields["height"], "width": fields["width"], "colour": fields["mode"] == "colour"}
    pixels, kept, refused = read_pictures(paths, size)
    kind = kind_of_classes(len(classes), chosen_loss(project))
    if given is not None and list(given["target"]["classes"]) != classes:
        raise RunError(f"{folder}: its classes are {', '.join(classes)}, not those that the network has learned.")
    chosen = [np.flatnonzero(np.isin(kept, rows)) for rows in places]
    parts = [image_part(pixels[rows], labels[kept[rows]], kind) for rows in chosen]
    if not len(parts[0]):
        raise RunError(f"{folder}: no picture in it can be read to train with.")
    notes = tuple(f"Left out: {_inside(path, folder)}: {reason}." for path, reason in refused)
    facts = Facts(target_kind=kind, classes=tuple(classes), rows=_count(parts), notes=notes)
    preparation = {"image": size, "target": {"name": "", "kind": kind, "classes": classes}}
    return Prepared(parts[0], parts[1], parts[2], preparation, facts)


def _inside(path: str, folder: Path) -> str:
    return Path(path).relative_to(folder).as_posix() if Path(path).is_relative_to(folder) else path


def data_hash(project: Project, base: Path) -> str:
    """SHA-256 of the data file, or of names and contents of the folder's files; empty where these cannot be read."""
    from designer.runtime.images import files_beneath

    if project.data is None:
        return ""
    path = resolve_from(base, project.data.path)
    total = hashlib.sha256()
    try:
        if path.is_dir():
            for file in files_beneath(path):
                total.update(file.relative_to(path).as_posix().encode("utf-8", "surrogateescape") + b"\0")
                total.update(_file_hash(file))
            return total.hexdigest()
        return _file_hash(path).hex()
    except OSError:
        return ""


def _file_hash(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
