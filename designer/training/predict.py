"""Predictions of a run for new data, as a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.layers.catalog import LOSSES
from designer.project.atomic import atomic_write
from designer.project.model import TableData
from designer.training.columns import needed, prepared_features, read_columns
from designer.training.errors import RunError, in_words
from designer.training.pictures import read_pictures
from designer.training.prepare import chosen_loss, feature_columns
from designer.training.results import RunRecord, read_run, trained_model

if TYPE_CHECKING:
    import torch

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\0")


def predict_run(run: Path, data: Path, out: Path) -> int:
    """Predict for each row of the table, or each picture beneath the folder, ``data``; write ``out``; how many.

    Columns: for a number the prediction in the target's own units; for classes the predicted class and a probability
    for each (a score where the loss, a hinge, knows no probabilities); for pictures first the file. Rows that lack a
    cell that the network needs stay empty.
    """
    record = read_run(run)
    with in_words():
        model = trained_model(record)
        names, inputs, usable = _inputs(record, data)
        columns = _columns(record, model, inputs)
    header = (["file"] if names else []) + list(columns)
    blank = [""] * len(columns)
    answers = zip(*columns.values(), strict=True)
    rows = []
    for index, sound in enumerate(usable):
        answer = list(next(answers)) if sound else blank
        rows.append(([names[index]] if names else []) + answer)
    atomic_write(out, csv_text(header, rows))
    return len(rows)


def csv_text(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """CSV in which no text cell can be taken for a formula by a spreadsheet; numbers stay as they are."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row in [header, *rows]:
        writer.writerow([safe_cell(cell) for cell in row])
    return text.getvalue()


def safe_cell(cell: Any) -> Any:
    """A text that begins like a formula gets an apostrophe in front; everything else is unchanged."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS) else cell


def _inputs(record: RunRecord, data: Path) -> tuple[list[str], torch.Tensor, list[bool]]:
    """Names of pictures (none for tables), prepared inputs, and for each row or picture whether it is among these."""
    import torch

    from designer.runtime.images import files_beneath

    if not data.exists():
        raise RunError(f"There is no file or folder {data}.")
    if isinstance(record.project.data, TableData):
        table = record.project.data
        features = feature_columns(record.project, table)
        kinds = {name: column["kind"] for name, column in features.items()}
        frame = read_columns(data, kinds, table.format)
        usable = frame[needed(features)].notna().all(axis=1)
        return [], torch.from_numpy(prepared_features(frame[usable], record.preparation)), usable.tolist()
    paths = files_beneath(data) if data.is_dir() else [data]
    pixels, kept, _ = read_pictures(paths, record.preparation["image"])
    if not len(kept):
        raise RunError(f"{data}: no picture in it can be read.")
    names = [path.relative_to(data).as_posix() if data.is_dir() else path.name for path in paths]
    readable = set(kept.tolist())
    return names, torch.from_numpy(pixels).float().div_(255), [index in readable for index in range(len(paths))]


def _columns(record: RunRecord, model: Any, inputs: torch.Tensor) -> dict[str, list[Any]]:
    """The columns of predictions by their headers, each with a value for each row of ``inputs``."""
    import torch

    from designer.runtime.fit import predict_outputs
    from designer.runtime.measures import target_units
    from designer.runtime.metrics import predicted_classes

    target = record.preparation["target"]
    title = f"predicted_{target['name']}" if target["name"] else "predicted"
    output = predict_outputs(model, inputs) if len(inputs) else torch.zeros(0, max(1, len(target.get("classes", ()))))
    if target["kind"] == "number":
        offset, scale = target_units(record.preparation)
        return {title: (output * scale + offset).flatten().tolist()}
    classes, built_in = target["classes"], LOSSES[chosen_loss(record.project)].built_in
    columns = {title: [classes[code] for code in predicted_classes(output).tolist()]}
    if not built_in:
        scores = torch.cat([-output, output], dim=1) if output.shape[1] == 1 else output
    elif output.shape[1] == 1:
        likely = output.sigmoid()
        scores = torch.cat([1 - likely, likely], dim=1)
    else:
        scores = output.softmax(dim=1)
    word = "probability" if built_in else "score"
    return columns | {f"{word}_{name}": scores[:, code].tolist() for code, name in enumerate(classes)}
