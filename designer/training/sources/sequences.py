"""Samples from a folder of tables, each one sequence: read, split by file, learned from, padded and masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.layers.catalog import LAYERS
from designer.project.facts import Facts, TargetKind, is_class
from designer.project.model import Project, TableData
from designer.project.paths import resolve_from
from designer.training.chosen import chosen_inputs, column_with_role, input_nodes
from designer.training.columns import (
    day_order,
    feature_names,
    input_array,
    learn_target,
    read_columns,
    step_functions,
    target_array,
)
from designer.training.errors import RunError
from designer.training.file_groups import (
    column_inside,
    group_notes,
    group_words,
    has_table_of_labels,
    is_path_word,
    split_group,
)
from designer.training.prepared import PARTS, Known, Prepared, Unseen, counted
from designer.training.sources.gathered import left_out
from designer.training.sources.series import Wanted
from designer.training.sources.series_notes import gap_notes
from designer.training.sources.splitting import few_groups_words, time_column
from designer.training.sources.tables import column_kinds, learned_of, unknown_words
from designer.training.targets import alike_outputs, kind_of, longest_text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from designer.runtime.batches import Part

ENDINGS = (".csv", ".tsv")


def wanted(project: Project, data: TableData) -> Wanted:
    """What the project wants of its files; RunError where it cannot be had of them."""
    for node in input_nodes(project):
        if node.type not in ("sequence_input", "mask_input"):
            raise RunError(
                f"“{node.name}” ({LAYERS[node.type].title}) takes no sequences: use a Sequence input instead."
            )
    output = alike_outputs(project, data, "files as sequences")[0]
    targets = list(output.columns)
    if len(targets) > 1:
        raise RunError("Of files as sequences one target can be predicted, not several.")
    time = time_column(data).name if column_with_role(data, "time") else ""
    return Wanted(data, chosen_inputs(project, data), targets, split_group(data), time, output.loss)


def read(project: Project, data: TableData, base: Path, given: Mapping[str, Any] | None) -> Prepared:
    """The three parts of a folder; with ``given``, learned in an earlier run, nothing is learned anew."""
    import numpy as np

    from designer.runtime.sequences import kept_places, rows_of_files

    want = wanted(project, data)
    folder, name = resolve_from(base, data.path), want.names[0]
    listed = labelled_files(want, folder)
    whole, usable, refused = _rows(want, listed["path"].tolist())
    frame, notes = _filled(want, whole)
    numbers = frame.index.to_numpy()
    files = listed[usable]
    kind = kind_of(want.targets, want.loss, files)
    # a file that is spoiled later on leaves all others in their parts
    divided = file_parts(data, listed, name if is_class(kind) else "", whole, usable)
    places = kept_places(divided, usable)
    if given:
        preparation = dict(given)
    else:
        trained = frame.iloc[rows_of_files(numbers, places[0])]
        preparation = _learned(want, trained, files.iloc[places[0]], kind)
    answers = target_array(files, preparation["target"])
    inputs, cut = _inputs(project, want, frame, len(files), preparation)
    parts = [_part([each[rows] for each in inputs], answers[rows]) for rows in places]
    if cut:
        notes.append(f"{cut:,} files are longer than {preparation['length']} steps: their later steps are left out.")
    lengths = np.bincount(numbers, minlength=len(files))
    notes.append(
        f"The sequences have {lengths.min():,} to {lengths.max():,} steps; shorter ones are padded at the end."
    )
    if want.group:
        groups = group_words(data, listed, whole, usable)
        counts = dict(zip(PARTS, map(len, divided), strict=True))
        few = few_groups_words(data.split, counts, len(set(groups.tolist())))
        notes += [*group_notes(want.group, groups, divided), *([few] if few else [])]
    notes += left_out(refused, folder)
    facts = Facts(
        target_kind=kind,
        features=tuple(feature_names(preparation)),
        classes=tuple(preparation["target"].get("classes", ())),
        rows=counted(parts),
        notes=tuple(notes),
        target=name,
        target_minimum=float(files[name].min()) if kind == "number" else None,
        target_width=longest_text(files[name]) if kind == "text" else 1,
        shapes={node.id: tuple(each.shape[1:]) for node, each in zip(input_nodes(project), inputs, strict=True)},
    )
    return Prepared(parts[0], parts[1], parts[2], preparation, facts)


def labelled_files(want: Wanted, folder: Path) -> pd.DataFrame:
    """Path, target and part or group of each file: by class folders, or by the table ``labels.csv``."""
    from designer.runtime.folders import list_files
    from designer.runtime.sequences import FILE, read_labels

    target = want.targets[0]
    if not has_table_of_labels(want.data):
        found = list_files(folder, ENDINGS, want.data.split.by == "folders")
        return found.rename(columns={"class": target.name})
    more = [want.group] if want.group and not is_path_word(want.group) else list[str]()
    kinds = {FILE: "category", target.name: target.kind, **dict.fromkeys(more, "category")}
    return read_labels(folder, lambda path: read_columns(path, kinds, want.data.format), target.name, more)


def _rows(want: Wanted, paths: list[str]) -> tuple[pd.DataFrame, np.ndarray, list[tuple[str, str]]]:
    """As ``read_sequences`` of the runtime."""
    from designer.runtime.sequences import read_sequences

    kinds = column_kinds(replace(want.data, columns=()), want.features, [])
    if want.time:
        kinds.setdefault(want.time, time_column(want.data).kind)
    if inside := column_inside(want.data):
        kinds.setdefault(inside, "category")
    # where nothing is set, each file tells for itself whether the day comes first
    order = day_order(want.data.columns) or None
    table, sheet = want.data.format, want.data.sheet
    return read_sequences(paths, lambda path: read_columns(path, kinds, table, sheet, day_first=order), want.time)


def _filled(want: Wanted, whole: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The rows with their gaps filled, without those that cannot be used, and notes on that."""
    from designer.runtime.windows import fill_series

    frame, seen = fill_series(whole, whole.index.to_numpy(), want.features, [], 0)
    return frame[seen], gap_notes(whole, want.features, [])


def file_parts(
    data: TableData, files: pd.DataFrame, labels: str, frame: pd.DataFrame | None = None, usable: Any = None
) -> Any:
    """The files of train, validation and test; ``frame`` and ``usable`` are as with ``group_words``."""
    from designer.runtime.folders import split_by_folders
    from designer.runtime.splits import split_fold, split_groups, split_rows

    split = data.split
    words = files[labels].astype("str").to_numpy() if labels and split.stratify else None
    groups = group_words(data, files, frame, usable) if split.by == "group" else None
    if split.folds > 1 and split.by in ("share", "group"):
        fold = max(1, split.fold)
        return split_fold(len(files), split.folds, fold, split.validation, split.seed, words, groups)
    if groups is not None:
        return split_groups(groups, split.validation, split.test, split.seed)
    if split.by == "folders":
        return split_by_folders(files["part"].to_numpy(), split.validation, split.test, split.seed, words)
    if split.by != "share" or split.folds > 1:
        raise RunError("Files as sequences can be split by share or by group, with or without folds, or by folders.")
    return split_rows(len(files), split.validation, split.test, split.seed, words)


def _learned(want: Wanted, frame: pd.DataFrame, files: pd.DataFrame, kind: TargetKind) -> dict[str, Any]:
    """What prepares the sequences, learned from the files of the training part."""
    from designer.runtime.preparation import learn_features
    from designer.runtime.sequences import kept_length

    target = learn_target(files, want.targets, kind)
    features = learn_features(frame, want.features, step_functions(want.features))
    length = kept_length(frame.index.to_numpy(), want.data.windows.length)
    return {"features": features, "target": target, "length": length}


def _inputs(
    project: Project, want: Wanted, frame: pd.DataFrame, count: int, preparation: Mapping[str, Any]
) -> tuple[list[np.ndarray], int]:
    """An array for each input node, with a row for each file, and how many files were cut short."""
    from designer.runtime.sequences import pad_sequences, sequence_lengths, steps_mask

    numbers, length = frame.index.to_numpy(), int(preparation["length"])
    lengths = sequence_lengths(numbers, count)
    known = {chosen.node.id: learned_of(chosen, preparation) for chosen in want.inputs}
    arrays = []
    for node in input_nodes(project):
        if node.type == "mask_input":
            arrays.append(steps_mask(lengths, length))
        else:
            values = input_array("prepare_features", frame, known[node.id])
            arrays.append(pad_sequences(values, numbers, count, length))
    return arrays, int((lengths > length).sum())


def _part(inputs: list[np.ndarray], answers: np.ndarray) -> Part:
    import torch

    from designer.runtime.batches import Part

    return Part(tuple(torch.from_numpy(each) for each in inputs), torch.from_numpy(answers))


def unseen(project: Project, data: TableData, preparation: Mapping[str, Any], path: Path) -> Unseen:
    """Every file beneath a folder, or a single one, to predict for."""
    import numpy as np

    from designer.runtime.images import files_beneath
    from designer.runtime.sequences import LABELS

    paths = files_beneath(path) if path.is_dir() else [path]
    paths = [each for each in paths if each.name.lower().endswith(ENDINGS) and each.name != LABELS]
    if not paths:
        raise RunError(f"{path} holds no tables: sequences are files that end in {', '.join(ENDINGS)}.")
    # what is new belongs to no part, so that its group is not asked for
    want = wanted(project, replace(data, split=replace(data.split, by="share")))
    whole, usable, refused = _rows(want, [str(each) for each in paths])
    frame, _ = _filled(want, whole)
    inputs, _ = _inputs(project, want, frame, int(usable.sum()), preparation)
    names = [each.relative_to(path).as_posix() if path.is_dir() else each.name for each in paths]
    notes = (*left_out(refused, path), *unknown_words(whole, preparation))
    part = _part(inputs, np.zeros(len(inputs[0]), dtype=np.float32))
    return Unseen(part, {"file": names}, usable.tolist(), notes=notes)


def part_of(project: Project, data: TableData, preparation: Mapping[str, Any], path: Path) -> Known:
    """All files of another folder that can be read, with their targets."""
    want = wanted(project, replace(data, split=replace(data.split, by="share")))
    listed = labelled_files(want, path)
    whole, usable, refused = _rows(want, listed["path"].tolist())
    frame, _ = _filled(want, whole)
    files = listed[usable]
    inputs, _ = _inputs(project, want, frame, len(files), preparation)
    notes = (*left_out(refused, path), *unknown_words(whole, preparation))
    return Known(_part(inputs, target_array(files, preparation["target"])), notes)
