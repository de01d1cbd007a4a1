"""Samples from the rows of a table: read, split, learned from and prepared, in the order that a script follows too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.layers.preparations import filled_with
from designer.project.facts import Facts, TargetKind
from designer.project.model import Column, Data, Project, TableData
from designer.project.paths import resolve_from
from designer.training.chosen import (
    INPUT_KINDS,
    ChosenInput,
    ChosenOutput,
    chosen_inputs,
    chosen_outputs,
    column_with_role,
    feature_settings,
    target_columns,
)
from designer.training.columns import (
    day_order,
    feature_names,
    input_array,
    learn_features,
    needed,
    read_columns,
    reader_of,
    weight_array,
)
from designer.training.errors import RunError
from designer.training.formulas import formula_notes
from designer.training.prepared import PARTS, Known, Prepared, Unseen
from designer.training.sources.splitting import few_groups, split_columns, split_frame
from designer.training.targets import kinds_of, label_column, learn_targets, target_tensors, told
from designer.training.text_folders import PART
from designer.training.tokens import token_notes

if TYPE_CHECKING:
    import pandas as pd

    from designer.runtime.batches import Part


# rows of each part that are prepared where only facts are wanted
FEW = 1_000


def read(project: Project, data: TableData, base: Path, given: Mapping[str, Any] | None, few: bool = False) -> Prepared:
    """The three parts of a table; with ``given``, learned in an earlier run, nothing is learned anew.

    With ``few`` only the facts are wanted, and the parts may be the beginnings of them.
    """
    inputs, outputs = chosen_inputs(project, data), chosen_outputs(project, data)
    features, targets = feature_settings(inputs), target_columns(project, data)
    names = [target.name for target in targets]
    kinds = column_kinds(data, features, targets) | split_columns(data)
    day_first = day_order(data.columns, given)
    whole, tested = _frames(data, base, kinds, day_first)
    usable = [*needed(features, names), *timed(data)]
    frame = whole.dropna(subset=usable)
    repeated = 0
    if data.drop_duplicates:
        kept = ~repeating(data, frame)
        repeated, frame = int((~kept).sum()), frame[kept]
    if frame.empty:
        raise RunError(f"{Path(data.path).name}: no row can be used: each lacks the target or a feature.")
    held = int((frame.index < 0).sum()) if tested else 0
    forms = kinds_of(outputs, frame)
    rows = split_frame(data, frame, label_column(outputs, forms), held)
    preparation = dict(given or _learned(frame.iloc[rows[0]], features, outputs, forms))
    preparation |= {"day_first": day_first} if day_first else {}
    weight = column_with_role(data, "weight")
    # what of texts is unknown, and whether any row counts, only all rows tell
    few = few and not weight and not any(chosen.node.type == "text_input" for chosen in inputs)
    prepared = [chosen[:FEW] if few else chosen for chosen in rows]
    parts = [rows_part(frame.iloc[chosen], inputs, preparation, weight) for chosen in prepared]
    notes = table_notes(whole, frame, features, names, repeated)
    notes += [*group_notes(frame, data), *few_groups(data, frame, rows), *unknown_words(frame, preparation)]
    notes += [*uncomputed(data, base, whole), *token_notes(inputs, preparation, parts[1])]
    facts = Facts(
        **told(outputs, preparation, frame),
        features=tuple(feature_names(preparation)),
        rows=dict(zip(PARTS, map(len, rows), strict=True)),
        notes=tuple(notes),
        shapes=input_shapes(inputs, parts[0]),
        codes=input_codes(inputs, preparation),
        weighted=bool(weight),
    )
    return Prepared(parts[0], parts[1], parts[2], preparation, facts)


def _learned(
    frame: pd.DataFrame, features: Mapping[str, Any], outputs: list[ChosenOutput], kinds: list[TargetKind]
) -> dict[str, Any]:
    """What prepares features and targets, learned of the rows to train with."""
    return {"features": learn_features(frame, features), **learn_targets(frame, outputs, kinds)}


def column_kinds(data: Data, features: Mapping[str, Mapping[str, Any]], targets: list[Column]) -> dict[str, str]:
    """The kind of which each column is read that inputs, targets and weights need."""
    kinds = {name: str(settings["kind"]) for name, settings in features.items()}
    kinds |= {target.name: target.kind for target in targets}
    weight = column_with_role(data, "weight")
    return kinds | ({weight: "number"} if weight else {})


def timed(data: TableData) -> list[str]:
    """The column in which a row must not have a gap because the rows are split in its order."""
    return [column_with_role(data, "time")] if data.split.by == "time" else []


def _frames(
    data: TableData, base: Path, kinds: Mapping[str, str], day_first: dict[str, bool]
) -> tuple[pd.DataFrame, bool]:
    """The rows of the table and, where they come from another file, of the test part: these have negative lines."""
    whole = read_columns(resolve_from(base, data.path), kinds, data.format, data.sheet, day_first=day_first)
    if data.split.by != "file":
        return whole, False
    if not data.split.file:
        raise RunError("The test part is to come from a file, but none is chosen.")
    import pandas as pd

    tests = read_columns(resolve_from(base, data.split.file), kinds, data.format, data.sheet, day_first=day_first)
    tests.index = -tests.index
    return pd.concat([whole, tests]), True


def repeating(data: TableData, frame: pd.DataFrame) -> pd.Series:
    """Which rows say the same as one before them, be it in another part; bool of shape (rows,)."""
    # to which part a row belongs makes it no other row
    parting = {"column": data.split.column, "folders": PART}.get(data.split.by)
    return (frame.drop(columns=parting) if parting else frame).duplicated()


def rows_part(frame: pd.DataFrame, inputs: list[ChosenInput], preparation: Mapping[str, Any], weight: str) -> Part:
    """The rows of ``frame`` as prepared inputs, targets and weights."""
    import torch

    from designer.runtime.batches import Part

    weights = torch.from_numpy(weight_array(frame[weight])) if weight else None
    return Part(row_inputs(frame, inputs, preparation), target_tensors(frame, preparation), weights)


def row_inputs(frame: pd.DataFrame, inputs: Sequence[ChosenInput], preparation: Mapping[str, Any]) -> tuple[Any, ...]:
    """A tensor for each input, with a row for each row of ``frame``."""
    import torch

    return tuple(
        torch.from_numpy(input_array(INPUT_KINDS[chosen.node.type].prepare, frame, learned_of(chosen, preparation)))
        for chosen in inputs
    )


def learned_of(chosen: ChosenInput, preparation: Mapping[str, Any]) -> dict[str, Any]:
    """What was learned of the columns that an input takes."""
    return {name: preparation["features"][name] for name in chosen.columns}


def input_shapes(inputs: Sequence[ChosenInput], part: Part) -> dict[str, tuple[int, ...]]:
    """The shape of a sample at each input node."""
    return {chosen.node.id: tuple(each.shape[1:]) for chosen, each in zip(inputs, part.inputs, strict=True)}


def input_codes(inputs: Sequence[ChosenInput], preparation: Mapping[str, Any]) -> dict[str, int]:
    """How many codes come from each input node that feeds codes, the one for what is unknown counted."""
    found = {}
    for chosen in inputs:
        sizes = [learned["codes"] for learned in learned_of(chosen, preparation).values() if "codes" in learned]
        if sizes:
            found[chosen.node.id] = sum(sizes)
    return found


def uncomputed(data: TableData, base: Path, frame: pd.DataFrame) -> list[str]:
    """A note on formulas of a workbook that were never computed, where cells of ``frame`` are missing."""
    path = resolve_from(base, data.path)
    if reader_of(path) != "read_excel_table" or not frame.isna().any(axis=None):
        return []
    return [f"{note[:1].upper()}{note[1:]}." for note in formula_notes(path, data.sheet, data.format.skip_rows)]


def group_notes(frame: pd.DataFrame, data: Data) -> list[str]:
    """A note where rows to be split by group have none."""
    gaps = int(frame[column_with_role(data, "group")].isna().sum()) if data.split.by == "group" else 0
    return [f"{gaps:,} rows have no {column_with_role(data, 'group')}: they count as one group."] if gaps > 1 else []


def unknown_words(frame: pd.DataFrame, preparation: Mapping[str, Any]) -> list[str]:
    """Notes on columns of categories that hold words which no training row did."""
    from designer.runtime.preparation import cells_of
    from designer.runtime.words import places_of, word_counts

    notes = []
    for name, learned in preparation.get("features", {}).items():
        known = learned.get("categories", learned.get("order"))
        if known is None:
            continue
        words = cells_of(frame[name])
        found = zip(words.categories, word_counts(words).tolist(), places_of(words.categories, known), strict=True)
        strange = {str(word): count for word, count, place in found if count and place < 0}
        if strange:
            shown = ", ".join(f"“{word[:40]}”" for word in list(strange)[:3]) + (", …" if len(strange) > 3 else "")
            cells = sum(strange.values())
            notes.append(
                f"{name}: {cells:,} cell{'s hold' if cells > 1 else ' holds'} what no training row does ({shown}): "
                "the network takes it for unknown."
            )
    return notes


def table_notes(
    whole: pd.DataFrame,
    frame: pd.DataFrame,
    features: Mapping[str, Mapping[str, Any]],
    targets: list[str],
    repeated: int = 0,
) -> list[str]:
    """What was done to rows and cells, said aloud."""
    notes = []
    without_target = int(whole[targets].isna().any(axis=1).sum()) if targets else 0
    with_gaps = len(whole) - len(frame) - without_target - repeated
    if without_target:
        notes.append(f"{_rows(without_target)} left out, which have no {' or '.join(targets)}.")
    if with_gaps > 0:
        notes.append(f"{_rows(with_gaps)} left out, which have a missing cell in a column where such rows are dropped.")
    if repeated:
        notes.append(f"{_rows(repeated)} left out, which repeat another row.")
    for name, column in features.items():
        gaps, fill = int(frame[name].isna().sum()), filled_with(column)
        if gaps and fill:
            cells = "1 missing cell" if gaps == 1 else f"{gaps:,} missing cells"
            notes.append(f"{cells} of {name} filled with {fill}.")
    return notes


def _rows(count: int) -> str:
    return "1 row was" if count == 1 else f"{count:,} rows were"


def unseen(project: Project, data: TableData, preparation: Mapping[str, Any], path: Path) -> Unseen:
    """The rows of another table to predict for."""
    import torch

    from designer.runtime.batches import Part

    inputs = chosen_inputs(project, data)
    features = feature_settings(inputs)
    kinds = {name: str(column["kind"]) for name, column in features.items()}
    frame = read_columns(path, kinds, data.format, data.sheet, day_first=day_order(data.columns, preparation))
    usable = frame[needed(features)].notna().all(axis=1)
    frame = frame[usable]
    names = {"file": usable.index.tolist()} if usable.index.name == "file" else {}
    part = Part(row_inputs(frame, inputs, preparation), torch.zeros(len(frame)))
    lines = [] if names else usable.index.tolist()
    return Unseen(part, names, usable.tolist(), notes=tuple(unknown_words(frame, preparation)), lines=lines)


def part_of(project: Project, data: TableData, preparation: Mapping[str, Any], path: Path) -> Known:
    """All usable rows of another table, targets too."""
    inputs, targets = chosen_inputs(project, data), target_columns(project, data)
    features = feature_settings(inputs)
    kinds = column_kinds(data, features, targets)
    frame = read_columns(path, kinds, data.format, data.sheet, day_first=day_order(data.columns, preparation))
    frame = frame.dropna(subset=needed(features, [target.name for target in targets]))
    if frame.empty:
        raise RunError(f"{path}: no row of it can be used.")
    part = rows_part(frame, inputs, preparation, column_with_role(data, "weight"))
    return Known(part, tuple(unknown_words(frame, preparation)))
