"""Targets: learned of the training part for each output, made into tensors, and told as facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from designer.layers.catalog import LOSSES, kind_of_classes, mode_of
from designer.project.facts import TargetFacts, TargetKind, is_class
from designer.project.model import Column, Data, ImageData, Project
from designer.training.chosen import ChosenOutput, chosen_outputs
from designer.training.columns import learn_target, target_array
from designer.training.errors import RunError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from torch import Tensor

    from designer.runtime.batches import Part

# what stands for the target where outputs are compared with the inputs, or the next tokens
OWN_TARGET: Mapping[str, Any] = {"name": "", "kind": "number", "own": True}


def kind_of(columns: Sequence[Column], loss: str, frame: pd.DataFrame) -> TargetKind:
    """How a target is prepared, by its columns and the loss."""
    if columns[0].kind in ("number", "text"):
        return "number" if columns[0].kind == "number" else "text"
    return kind_of_classes(int(frame[columns[0].name].nunique()), loss)


def kinds_of(outputs: Sequence[ChosenOutput], frame: pd.DataFrame) -> list[TargetKind]:
    """How the target of each output is prepared."""
    return [kind_of(each.columns, each.loss, frame) for each in outputs]


def label_column(outputs: Sequence[ChosenOutput], kinds: Sequence[TargetKind]) -> str:
    """The column of classes of which every part shall have the same share; empty where none are classes."""
    found = (each.columns[0].name for each, kind in zip(outputs, kinds, strict=True) if is_class(kind))
    return next(found, "")


def label_of(targets: Sequence[Column]) -> str:
    """As ``label_column`` of the target columns of one output, by what they hold."""
    return targets[0].name if targets and targets[0].kind not in ("number", "text") else ""


def learn_targets(frame: pd.DataFrame, outputs: Sequence[ChosenOutput], kinds: Sequence[TargetKind]) -> dict[str, Any]:
    """What prepares the targets, learned of the rows to train with: see ``with_targets``."""
    pairs = zip(outputs, kinds, strict=True)
    return with_targets({each.key: learn_target(frame, each.columns, kind) for each, kind in pairs})


def with_targets(learned: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """``{"target": …}``, that of the first output, and where there are several all of them by key as ``targets``."""
    if not learned:
        return {"target": dict(OWN_TARGET)}
    first = next(iter(learned.values()))
    return {"target": first} if len(learned) == 1 else {"target": first, "targets": dict(learned)}


def targets_of(preparation: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What was learned of each target by the output's key, of a single one by the empty key."""
    found: dict[str, Mapping[str, Any]] = preparation.get("targets") or {"": preparation["target"]}
    return found


def target_tensors(frame: pd.DataFrame, preparation: Mapping[str, Any]) -> Tensor | dict[str, Tensor]:
    """The targets as losses take them, one or several by key; zeros where the data has none."""
    import torch

    if preparation["target"].get("own"):
        return torch.zeros(len(frame), 1)
    made = {key: torch.from_numpy(target_array(frame, target)) for key, target in targets_of(preparation).items()}
    return by_name_or_single(made)


def told(
    outputs: Sequence[ChosenOutput], preparation: Mapping[str, Any], frame: pd.DataFrame | None = None
) -> dict[str, Any]:
    """The facts of the targets as keywords of ``Facts``; minima are of the rows of ``frame``."""
    learned = list(targets_of(preparation).values())
    found = [_fact(target, frame) for target in learned]
    first = found[0]
    others = {each.node.id: fact for each, fact in list(zip(outputs, found, strict=False))[1:]}
    return {
        "target_kind": first.kind,
        "classes": first.classes,
        "target": first.target,
        "target_minimum": first.minimum,
        "target_width": first.width,
        "others": others,
    }


def _fact(target: Mapping[str, Any], frame: pd.DataFrame | None) -> TargetFacts:
    names = list(target.get("names", [target["name"]]))
    counted = target["kind"] == "number" and frame is not None and not target.get("own")
    return TargetFacts(
        kind=target["kind"],
        classes=tuple(target.get("classes", ())),
        target=", ".join(names),
        minimum=float(frame[names].min().min()) if counted and frame is not None else None,
        width=longest_text(frame[names[0]]) if target["kind"] == "text" and frame is not None else len(names),
    )


def longest_text(cells: pd.Series) -> int:
    """How many characters the longest text has."""
    return int(cells.str.len().max())


def texts_of(codes: Tensor, characters: Sequence[str]) -> list[str]:
    """The texts that codes (N, L) stand for; the blank, which stands behind the last one too, is no character."""
    return ["".join(characters[code] for code in row) for row in codes.tolist()]


def targets_learned(preparation: Mapping[str, Any]) -> dict[str, Any]:
    """Of all that an earlier run has learned what it has of targets."""
    return {name: preparation[name] for name in ("target", "targets") if name in preparation}


def by_name_or_single(made: dict[str, Tensor]) -> Tensor | dict[str, Tensor]:
    """Tensors by key, or the one of the empty key alone."""
    single = made.get("")
    return made if single is None else single


def class_learned(outputs: Sequence[ChosenOutput], classes: Sequence[str]) -> dict[str, Any]:
    """What prepares classes that are no column, such as those of folders, for every output: see ``with_targets``."""
    return with_targets(
        {
            each.key: {"name": "", "kind": kind_of_classes(len(classes), each.loss), "classes": list(classes)}
            for each in outputs
        }
    )


def class_tensors(codes: np.ndarray, preparation: Mapping[str, Any]) -> Tensor | dict[str, Tensor]:
    """Class codes as losses take them, one or several by key; zeros where they are not what is learned."""
    import torch

    from designer.runtime.parts import class_targets

    if preparation["target"].get("own"):
        return torch.zeros(len(codes), 1)
    made = {key: class_targets(codes, str(target["kind"])) for key, target in targets_of(preparation).items()}
    return by_name_or_single(made)


def alike_outputs(project: Project, data: Data, what: str) -> list[ChosenOutput]:
    """The outputs of a network that is trained with ``what``, all of which are compared with the same.

    A RunError where they are not, or where the network is not compared with targets.
    """
    found = chosen_outputs(project, data)
    if not found:
        title = mode_of(project).title.lower()
        raise RunError(f"Networks trained with {what} are supervised, but this one is trained as {title}.")
    first = found[0]
    for other in found[1:]:
        same = other.columns == first.columns and targets_expected(other.loss) == targets_expected(first.loss)
        if not same:
            raise RunError(
                f"With {what} all outputs predict the same, but “{first.node.name}” and “{other.node.name}” have other "
                "targets or other kinds of loss. Give one Output several targets of numbers instead."
            )
    return found


def targets_expected(loss: str) -> tuple[str, ...]:
    """The kinds of targets that a loss is for."""
    return LOSSES[loss].targets


def shared(project: Project, part: Part) -> Part:
    """The part with its targets for each of several outputs that are compared with the same."""
    from designer.runtime.joint import for_each_output

    keys = shared_keys(project)
    return for_each_output(part, keys) if keys and not isinstance(part.targets, dict) else part


def shared_keys(project: Project) -> list[str]:
    """The names of several outputs that are compared with the same, where the data has one answer for each sample."""
    data = project.data
    single = data is not None and (data.layout == "masks" if isinstance(data, ImageData) else data.samples != "rows")
    outputs = chosen_outputs(project, data) if data is not None and single else []
    return [each.key for each in outputs] if len(outputs) > 1 else []
