"""Predictions of a run for new data, as a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.layers.catalog import LOSSES, mode_of
from designer.project.atomic import atomic_write
from designer.training.chosen import losses_of
from designer.training.errors import RunError, in_words
from designer.training.latent import latent_columns
from designer.training.mask_files import write_masks
from designer.training.mode import prediction_of, prepared_part
from designer.training.points import deviations, predictions
from designer.training.restored import gives_back, restored_columns, without_way_back
from designer.training.results import RunRecord, read_run, trained_model
from designer.training.sources.choosing import source_of
from designer.training.targets import targets_of, texts_of

if TYPE_CHECKING:
    from torch import Tensor

    from designer.runtime.batches import Part

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\0")


def predict_run(
    run: Path, data: Path, out: Path, say: Callable[[str], object] | None = None, latent: bool = False
) -> int:
    """Predict for each row of the table, or each picture beneath the folder, ``data``; write ``out``; how many.

    Columns: for a number the prediction in the target's own units; for classes the predicted class and a probability
    for each (a score where the loss, a hinge, knows no probabilities); for pictures first the file. Rows that lack a
    cell that the network needs stay empty. Masks become pictures in a folder beside ``out``, which names them.
    An autoencoder gives the columns of its input back, or with ``latent`` the values of its narrow middle.
    What is odd in the data is told to ``say``.
    """
    record = read_run(run)
    with in_words():
        model, settings = trained_model(record), record.project.data
        if not data.exists():
            raise RunError(f"There is no file or folder {data}.")
        if settings is None:
            raise RunError(f"The run {record.folder} had no data, so it is not known what to read in {data}.")
        if mode_of(record.project).rivals:
            raise RunError(
                f"The run {record.folder} is of a GAN, which predicts nothing for {data}; it makes new samples: "
                "layerloom generate RUN."
            )
        samples = source_of(settings).unseen(record.project, settings, record.preparation, data)
        stay = without_way_back(record.project, record.preparation) if not latent else ()
        notes = [f"These stay as the network takes them: {', '.join(stay[:5])}."] if stay else []
        if say is not None:
            for note in [*samples.notes, *notes]:
                say(note)
        if "values" in record.preparation["target"]:
            columns: dict[str, list[Any]] = write_masks(model, samples, record.preparation, out)
        elif latent:
            columns = latent_columns(record, model, samples.part)
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
    from designer.runtime.fit import predict_outputs
    from designer.runtime.values import by_name

    part, answer = prepared_part(record.project, part, training=False), prediction_of(record.project)
    outputs = by_name(predict_outputs(model, part, answer=answer)) if len(part) else {}
    if gives_back(record.project):
        return restored_columns(record.project, outputs[""], record.preparation) if outputs else {}
    if record.preparation["target"].get("own"):
        return given_back(outputs.get("", None), mode_of(record.project).predicted)
    losses, columns = losses_of(record.project), dict[str, list[Any]]()
    for key, target in targets_of(record.preparation).items():
        loss = losses[key] if key else next(iter(losses.values()))
        found = output_columns(outputs.get(key), target, str(loss["loss"]))
        columns |= {f"{key} {title}" if title in columns else title: cells for title, cells in found.items()}
    return columns


def given_back(output: Tensor | None, word: str) -> dict[str, list[Any]]:
    """What a network without a target makes of samples: a column for each number, called ``word`` and counted."""
    if output is None:
        return {}
    rows = output.flatten(1)
    return {f"{word}_{place + 1}": rows[:, place].tolist() for place in range(rows.shape[1])}


def output_columns(output: Tensor | None, target: Mapping[str, Any], loss: str) -> dict[str, list[Any]]:
    """The columns of what one output predicts, without cells where there are no samples."""
    import torch

    from designer.runtime.metrics import best_path, predicted_classes

    title = f"predicted_{target['name']}" if target["name"] else "predicted"
    names = target.get("names", [target["name"]])
    declared = LOSSES[loss]
    if target["kind"] == "text":
        return {title: [] if output is None else texts_of(best_path(output), target["classes"])}
    if output is None:
        output = torch.zeros(0, declared.output_width(len(target.get("classes", names))))
    if target["kind"] == "number":
        found = {"predicted": predictions(output, target, loss), "deviation": deviations(output, target, loss)}
        numbers: dict[str, list[Any]] = {}
        for word, values in found.items():
            if values is not None:
                titles = stepwise([f"{word}_{name}" if name else word for name in names], values.shape[1])
                numbers |= {name: values[:, place].tolist() for place, name in enumerate(titles)}
        return numbers
    if declared.expects == "embedding":
        return {f"embedding_{place + 1}": output[:, place].tolist() for place in range(output.shape[1])}
    classes, likely_classes = target["classes"], declared.likely
    columns = {title: [classes[code] for code in predicted_classes(output).tolist()]}
    if not likely_classes:
        scores = torch.cat([-output, output], dim=1) if output.shape[1] == 1 else output
    elif output.shape[1] == 1:
        likely = output.sigmoid()
        scores = torch.cat([1 - likely, likely], dim=1)
    else:
        scores = output.softmax(dim=1)
    word = "probability" if likely_classes else "score"
    return columns | {f"{word}_{name}": scores[:, code].tolist() for code, name in enumerate(classes)}


def stepwise(titles: Sequence[str], width: int) -> list[str]:
    """The titles of ``width`` columns: of several steps ahead, all of the first step, then those of the next."""
    steps = max(1, width // len(titles))
    return [f"{each}_{step}" for step in range(1, steps + 1) for each in titles] if steps > 1 else list(titles)
