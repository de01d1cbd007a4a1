"""Predictions of a run for new data, as a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.layers.catalog import LOSSES
from designer.project.atomic import atomic_write
from designer.training.chosen import chosen_loss
from designer.training.errors import RunError, in_words
from designer.training.mask_files import write_masks
from designer.training.results import RunRecord, read_run, trained_model
from designer.training.sources.choosing import source_of

if TYPE_CHECKING:
    from designer.runtime.batches import Part

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\0")


def predict_run(run: Path, data: Path, out: Path, say: Callable[[str], object] | None = None) -> int:
    """Predict for each row of the table, or each picture beneath the folder, ``data``; write ``out``; how many.

    Columns: for a number the prediction in the target's own units; for classes the predicted class and a probability
    for each (a score where the loss, a hinge, knows no probabilities); for pictures first the file. Rows that lack a
    cell that the network needs stay empty. Masks become pictures in a folder beside ``out``, which names them.
    What is odd in the data is told to ``say``.
    """
    record = read_run(run)
    with in_words():
        model, settings = trained_model(record), record.project.data
        if not data.exists():
            raise RunError(f"There is no file or folder {data}.")
        if settings is None:
            raise RunError(f"The run {record.folder} had no data, so it is not known what to read in {data}.")
        samples = source_of(settings).unseen(record.project, settings, record.preparation, data)
        if say is not None:
            for note in samples.notes:
                say(note)
        if "values" in record.preparation["target"]:
            columns: dict[str, list[Any]] = write_masks(model, samples, record.preparation, out)
        else:
            columns = _columns(record, model, samples.part)
    header = [*samples.names, *columns]
    blank = [""] * len(columns)
    answers = zip(*columns.values(), strict=True)
    names = list(zip(*samples.names.values(), strict=True)) or [()] * len(samples.usable)
    rows = []
    for name, sound in zip(names, samples.usable, strict=True):
        rows.append([*name, *(next(answers) if sound else blank)])
    atomic_write(out, csv_text(header, rows))
    return len(rows)


def csv_text(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """CSV in which no text cell can be taken for a formula by a spreadsheet; numbers stay as they are."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    # a carriage return outside of quotation marks would begin a new row, and with it a cell that nobody looked at
    careful = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    for row in [header, *rows]:
        cells = [safe_cell(cell) for cell in row]
        broken = any(isinstance(cell, str) and "\r" in cell for cell in cells)
        (careful if broken else writer).writerow(cells)
    return text.getvalue()


def safe_cell(cell: Any) -> Any:
    """A text that begins like a formula gets an apostrophe in front; everything else is unchanged."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS) else cell


def _columns(record: RunRecord, model: Any, part: Part) -> dict[str, list[Any]]:
    """The columns of predictions by their headers, each with a value for each sample of ``part``."""
    import torch

    from designer.runtime.fit import predict_outputs
    from designer.runtime.measures import own_units, target_units
    from designer.runtime.metrics import predicted_classes

    target = record.preparation["target"]
    title = f"predicted_{target['name']}" if target["name"] else "predicted"
    names = target.get("names", [target["name"]])
    output = predict_outputs(model, part) if len(part) else torch.zeros(0, len(target.get("classes", names)))
    if target["kind"] == "number":
        values = own_units(output, *target_units(record.preparation))
        titles = [f"predicted_{name}" if name else title for name in names]
        steps = max(1, values.shape[1] // len(titles))
        if steps > 1:
            titles = [f"{each}_{step}" for step in range(1, steps + 1) for each in titles]
        return {word: values[:, place].tolist() for place, word in enumerate(titles)}
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
