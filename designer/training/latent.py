"""The narrow middle of a trained autoencoder: what it makes of samples, and a picture of them in the plane."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.compiler.narrow import narrowest
from designer.compiler.planning import make_plan
from designer.layers.catalog import mode_of
from designer.layers.modes import SUPERVISED
from designer.project.model import Column, FieldValue, ImageData, Project
from designer.training.assemble import sound_source
from designer.training.chosen import output_nodes
from designer.training.errors import RunError, in_words
from designer.training.prepare import read_data
from designer.training.results import RunRecord, facts_of_run, read_run, trained_model
from designer.training.sources.choosing import source_of

if TYPE_CHECKING:
    from torch import Tensor, nn

    from designer.runtime.batches import Part

WORD = "latent"
MOST_POINTS = 2_000
MOST_CLASSES = 30


@dataclass(frozen=True)
class Middle:
    """The layer in the middle: its node's name, its attribute in the model, and how many values it gives."""

    name: str
    attribute: str
    width: int


@dataclass(frozen=True, eq=False)
class LatentView:
    """Samples of a part in the plane of the middle layer.

    ``points`` are (x, y); where the layer is wider than two these are its first two principal directions, ``share`` of
    its variance. ``classes`` are the words of the column ``label`` and ``codes`` the one of each point; empty without
    such a column.
    """

    part: str
    layer: str
    width: int
    share: float
    points: list[tuple[float, float]]
    label: str = ""
    classes: tuple[str, ...] = ()
    codes: list[int] = field(default_factory=list)


def middle_of(record: RunRecord) -> Middle:
    """The middle of a run's network; a RunError where it has none, or was trained in another way."""
    project = record.project
    if mode_of(project).key != "autoencoder":
        raise RunError(
            f"The run {record.folder} was trained as {mode_of(project).title.lower()}; only an autoencoder has a "
            "latent layer."
        )
    facts = facts_of_run(record)
    found, source = narrowest(make_plan(project, facts)), sound_source(project, facts)
    if found is None or found.step.node.id not in source.attributes:
        raise RunError("No layer of the network is narrower than its input, so that there is no latent layer.")
    return Middle(found.step.node.name, source.attributes[found.step.node.id], found.width)


def latent_values(model: nn.Module, middle: Middle, part: Part) -> Tensor:
    """What the middle layer makes of all samples of a part: (N, width)."""
    import torch

    from designer.runtime.fit import EVALUATION_ROWS, predict_batch, ready_batches

    found: list[Tensor] = []

    def keep(module: nn.Module, given: Any, output: Any) -> None:
        first = output[0] if isinstance(output, tuple) else output
        found.append(first.detach().reshape(-1, middle.width))

    hook = getattr(model, middle.attribute).register_forward_hook(keep)
    try:
        for batch in ready_batches(part, EVALUATION_ROWS):
            predict_batch(model, batch)
    finally:
        hook.remove()
    return torch.cat(found)


def latent_columns(record: RunRecord, model: nn.Module, part: Part) -> dict[str, list[Any]]:
    """The values of the middle layer as columns ``latent_1`` and so on."""
    middle = middle_of(record)
    if not len(part):
        return {f"{WORD}_{place + 1}": [] for place in range(middle.width)}
    values = latent_values(model, middle, part)
    return {f"{WORD}_{place + 1}": values[:, place].tolist() for place in range(middle.width)}


def latent_view(run: Path) -> LatentView:
    """The latent picture of a run, of its test part, else of that to validate with, else of that to train with."""
    record = read_run(run)
    with in_words():
        middle, model = middle_of(record), trained_model(record)
        parts = read_data(record.project, record.base, record.preparation).parts
        name = next(part for part in ("test", "validation", "train") if len(parts[part]))
        part = parts[name].rows(slice(0, MOST_POINTS))
        points, share = in_the_plane(latent_values(model, middle, part))
        label, classes, codes = _labels(record, name, part)
    return LatentView(name, middle.name, middle.width, share, points, label, classes, codes)


def in_the_plane(values: Tensor) -> tuple[list[tuple[float, float]], float]:
    """Values (N, W) as points, with the share of their variance that these show: see ``LatentView``."""
    import torch

    if values.shape[1] <= 2:
        flat = torch.cat([values, torch.zeros(len(values), 2 - values.shape[1])], dim=1)
        return [(float(x), float(y)) for x, y in flat.tolist()], 1.0
    centred = (values - values.mean(dim=0)).double()
    _, strengths, directions = torch.linalg.svd(centred, full_matrices=False)
    whole = float(strengths.square().sum())
    share = float(strengths[:2].square().sum()) / whole if whole else 1.0
    # the sign of a direction is arbitrary: its largest part points up
    chosen = directions[:2]
    signs = chosen.gather(1, chosen.abs().argmax(dim=1, keepdim=True)).sign()
    return [(float(x), float(y)) for x, y in (centred @ (chosen * signs).T).tolist()], share


def _labels(record: RunRecord, name: str, part: Part) -> tuple[str, tuple[str, ...], list[int]]:
    """A column of classes for the samples of a part, its classes and their codes; nothing where there is none."""
    import torch

    for project, label in _labelled(record.project):
        try:
            data = project.data
            assert data is not None
            found = source_of(data).read(project, data, record.base, None)
        except RunError:
            continue
        other = found.parts[name].rows(slice(0, len(part)))
        classes = found.facts.classes
        same = len(other) == len(part) and torch.equal(other.inputs[0], part.inputs[0])
        if same and 2 <= len(classes) <= MOST_CLASSES and not isinstance(other.targets, dict):
            return label, classes, other.targets.flatten().long().tolist()
    return "", (), []


def _labelled(project: Project) -> Iterator[tuple[Project, str]]:
    """The project as one that predicts a column of classes, for each that there is and each way to split it alike."""
    data, output = project.data, output_nodes(project)[0]
    if data is None:
        return
    names = [each.name for each in _classes(data.columns)] or [""]
    if names == [""] and not (isinstance(data, ImageData) and data.layout in ("classes", "idx")):
        return
    training = replace(project.training, mode=SUPERVISED.key, mode_fields={})
    for name in names:
        values: dict[str, FieldValue] = {**output.fields, "loss": "cross_entropy", "target": (name,) if name else ()}
        nodes = {**project.graph.nodes, output.id: replace(output, fields=values)}
        # without a target rows are not split by its classes
        for stratify in (False, True):
            columns = tuple(
                replace(each, role="target") if each.name == name else _unmarked(each) for each in data.columns
            )
            split = replace(data.split, stratify=stratify)
            copy = replace(data, columns=columns, split=split)
            yield replace(project, graph=replace(project.graph, nodes=nodes), data=copy, training=training), name


def _classes(columns: Sequence[Column]) -> list[Column]:
    """Columns of classes that the network does not see, targets first."""
    seen = [each for each in columns if each.kind in ("category", "boolean")]
    return [*(each for each in seen if each.role == "target"), *(each for each in seen if each.role == "ignored")]


def _unmarked(column: Column) -> Column:
    return replace(column, role="ignored") if column.role == "target" else column
