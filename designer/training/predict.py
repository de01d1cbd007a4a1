"""Predictions of a run for new data, as a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from designer.layers.catalog import LOSSES, mode_of
from designer.project.atomic import atomic_write
from designer.project.model import Data
from designer.training.chosen import losses_of
from designer.training.errors import RunError, in_words
from designer.training.latent import latent_columns
from designer.training.mask_files import masks_beside, masks_into, write_masks
from designer.training.mode import prediction_of, prepared_part
from designer.training.points import deviations, predictions
from designer.training.prepared import Unseen
from designer.training.restored import gives_back, restored_columns, without_way_back
from designer.training.results import RunRecord, read_run, trained_model
from designer.training.sources.choosing import source_of
from designer.training.targets import targets_of, texts_of

if TYPE_CHECKING:
    from torch import Tensor, nn

    from designer.runtime.batches import Part

    Answer: TypeAlias = Callable[[nn.Module, Part], Tensor | dict[str, Tensor]]

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\0")


@dataclass(frozen=True)
class Scores:
    """The columns ``titles`` of a target of ``classes``, one for each class: ``likely`` ones are probabilities."""

    titles: Sequence[str]
    classes: Sequence[str]
    likely: bool = True


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a run's network says to samples: ``columns``, of each a value for every sample that could be predicted for.

    ``samples`` says which those are. ``scores`` are those that belong to each column of predicted classes. Of ``masks``
    the folder is told in which they lie, by the column ``mask``.
    """

    predictor: Predictor
    samples: Unseen
    columns: Mapping[str, Sequence[Any]]
    scores: Mapping[str, Scores] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    masks: Path | None = None

    @property
    def record(self) -> RunRecord:
        """The run that predicts."""
        return self.predictor.record

    @property
    def names(self) -> Mapping[str, Sequence[str]]:
        """What is written beside the answers, of every sample."""
        return self.samples.names

    @property
    def usable(self) -> Sequence[bool]:
        """Of every sample whether there is an answer."""
        return self.samples.usable


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
    found = predictions_of(run, data, masks_beside(out), latent)
    if say is not None:
        for note in found.notes:
            say(note)
    return write_predictions(found, out)


@dataclass(frozen=True, eq=False)
class Predictor:
    """A run with its network, to predict as often as is wanted."""

    record: RunRecord
    model: nn.Module

    def predictions(
        self,
        data: Path,
        masks: Path,
        latent: bool = False,
        tell: Callable[[float], object] = lambda share: None,
        settings: Data | None = None,
    ) -> Predictions:
        """What ``write_predictions`` writes, see ``predictions_of``; ``settings`` say how else ``data`` is read."""
        record, settings = self.record, settings or self.record.project.data
        with in_words():
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
            drawn, scores = "values" in record.preparation["target"], dict[str, Scores]()
            if drawn:
                columns: dict[str, list[Any]] = write_masks(self.model, samples, record.preparation, masks, tell)
            elif latent:
                columns = latent_columns(record, self.model, samples.part)
            else:
                columns, scores = _columns(record, self.model, samples.part, tell)
        return Predictions(self, samples, columns, scores, (*samples.notes, *notes), masks if drawn else None)


def predictor_of(run: Path) -> Predictor:
    """The network of a run, with its weights. Raises LayerloomError where it cannot be had."""
    record = read_run(run)
    with in_words():
        return Predictor(record, trained_model(record))


def predictions_of(
    run: Path, data: Path, masks: Path, latent: bool = False, tell: Callable[[float], object] = lambda share: None
) -> Predictions:
    """What ``write_predictions`` writes; see ``predict_run``. Masks are written into the folder ``masks`` at once.

    ``tell`` hears the share that is done, from 0 to 1, and may raise what ends it.
    """
    return predictor_of(run).predictions(data, masks, latent, tell)


def write_predictions(found: Predictions, out: Path) -> int:
    """Write what was predicted as the table ``out``, and masks into the folder beside it; how many samples there are.

    Masks that lie in another folder are written anew, and stay where they are.
    """
    columns = dict(found.columns)
    if found.masks is not None:
        columns["mask"] = masks_into(masks_beside(out), found.masks, columns["mask"])
    header = [*found.names, *columns]
    blank = [""] * len(columns)
    answers = zip(*columns.values(), strict=True)
    names = list(zip(*found.names.values(), strict=True)) or [()] * len(found.usable)
    rows = []
    for name, sound in zip(names, found.usable, strict=True):
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


def _columns(
    record: RunRecord, model: Any, part: Part, tell: Callable[[float], object]
) -> tuple[dict[str, list[Any]], dict[str, Scores]]:
    """The columns of predictions by their headers, each with a value for each sample of ``part``; and their scores."""
    from designer.runtime.fit import predict_outputs
    from designer.runtime.values import by_name

    part = prepared_part(record.project, part, training=False)
    answer = _telling(prediction_of(record.project), len(part), tell)
    outputs = by_name(predict_outputs(model, part, answer=answer)) if len(part) else {}
    if gives_back(record.project):
        return restored_columns(record.project, outputs[""], record.preparation) if outputs else {}, {}
    if record.preparation["target"].get("own"):
        return given_back(outputs.get("", None), mode_of(record.project).predicted), {}
    losses, columns, scores = losses_of(record.project), dict[str, list[Any]](), dict[str, Scores]()
    for key, target in targets_of(record.preparation).items():
        loss = losses[key] if key else next(iter(losses.values()))
        found = output_columns(outputs.get(key), target, str(loss["loss"]))
        titled = {f"{key} {title}" if title in columns else title: cells for title, cells in found.items()}
        first, *others = titled
        declared = LOSSES[str(loss["loss"])]
        if target["kind"] in ("binary", "classes") and declared.expects != "embedding":
            scores[first] = Scores(others, list(map(str, target["classes"])), declared.likely)
        columns |= titled
    return columns, scores


def _telling(answer: Answer, count: int, tell: Callable[[float], object]) -> Answer:
    """The same answers; ``tell`` hears the share of ``count`` samples that have one."""
    done = 0

    def told(model: nn.Module, batch: Part) -> Tensor | dict[str, Tensor]:
        nonlocal done
        found = answer(model, batch)
        done += len(batch)
        tell(done / count)
        return found

    return told


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
