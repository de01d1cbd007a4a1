"""Checks of what is said of pictures: augmentations against targets and loss, masks against the loss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from designer.compiler.problems import Fix, NodePlace, Problem, SettingPlace
from designer.compiler.sentences import quoted
from designer.layers.augmentations import AUGMENTATIONS
from designer.layers.catalog import LAYERS, LOSSES, mode_of, values_of
from designer.layers.inputs import compared_with
from designer.layers.places import placed_columns
from designer.project.edits import set_data
from designer.project.model import Augmentation, ImageData, Node, Project

# losses that take masks, and those that take shares of classes, or numbers, as targets
MASK_LOSSES = tuple(key for key, loss in LOSSES.items() if loss.masks != "no")
MIXED_LOSSES = tuple(key for key, loss in LOSSES.items() if loss.mixed)
# inputs of codes, which cannot be mixed
CODED = tuple(key for key, layer in LAYERS.items() if layer.role == "input" and layer.codes)


def picture_problems(project: Project) -> Iterator[Problem]:
    """Augmentations that are unsound, or would make targets wrong, and masks with a loss that cannot take them."""
    data = project.data
    if not isinstance(data, ImageData):
        return
    output = next((node for node in project.graph.nodes.values() if node.type == "output"), None)
    loss = str(values_of(output)["loss"]) if output is not None else ""
    if output is not None and data.layout == "masks" and loss not in MASK_LOSSES:
        yield _mask_loss(output, loss)
    for chosen in data.augment:
        if chosen.key not in AUGMENTATIONS:
            sentence = f"The augmentation {quoted(chosen.key)} is not known to this version and will not be done."
            yield Problem("warning", "unknown-augmentation", SettingPlace("data.augment"), sentence)
        elif not chosen.off:
            yield from _augmentation(project, data, chosen, loss)


def _mask_loss(output: Node, loss: str) -> Problem:
    title = LOSSES[loss].title if loss in LOSSES else loss
    sentence = f"{title} cannot be computed over masks. Choose cross-entropy or, for two classes, binary cross-entropy."
    return Problem("error", "mask-loss", NodePlace(output.id, "loss"), sentence)


def _augmentation(project: Project, data: ImageData, chosen: Augmentation, loss: str) -> Iterator[Problem]:
    kind, place = AUGMENTATIONS[chosen.key], SettingPlace(f"data.augment.{chosen.key}")
    for name, field in kind.fields.items():
        reason = field.refuse(chosen.fields.get(name, field.initial))
        if reason:
            kept = {key: value for key, value in chosen.fields.items() if key != name}
            fix = _with(replace(chosen, fields=kept), "Back to the default")
            sentence = f"{kind.title}: {name}: {reason}."
            yield Problem("error", "bad-setting", SettingPlace(f"{place.path}.{name}"), sentence, fix)
    fix = _with(replace(chosen, off=True), f"Switch {quoted(kind.title)} off")
    for sentence in _unmoved(project, data, kind.title) if kind.geometric else ():
        yield Problem("error", "moved-targets", place, sentence, fix)
    if kind.mixes and loss and loss not in MIXED_LOSSES:
        title = LOSSES[loss].title if loss in LOSSES else loss
        sentence = (
            f"{quoted(kind.title)} makes targets of several classes at once, which the loss {title} cannot take. "
            "Switch it off, or choose cross-entropy."
        )
        yield Problem("error", "mixed-targets", place, sentence, fix)
    for sentence in _unmixable(project, kind.title) if kind.mixes else ():
        yield Problem("error", "mixed-samples", place, sentence, fix)


def _unmoved(project: Project, data: ImageData, title: str) -> Iterator[str]:
    """Why targets cannot move with what is in the pictures."""
    if data.layout not in ("table", "pixels") or mode_of(project).targets != "columns":
        return
    outputs = [values_of(node)["target"] for node in project.graph.nodes.values() if node.type == "output"]
    columns = [[each for each in compared_with(data.columns, own, outputs) if each.kind == "number"] for own in outputs]
    placed = [placed_columns(each) for each in columns]
    alone = [name for each in placed for name in each.alone]
    if alone:
        yield (
            f"{quoted(title)} moves what is in the pictures, and {quoted(alone[0])} is set to say where something is, "
            "but the other numbers of its box or point are no targets of the same Output. Make them so, say that it is "
            "no place, or switch this augmentation off."
        )
        return
    every = {each.name: each for some in columns for each in some}
    doubtful = [name for each in placed for name in each.plain if every[name].place == "auto"]
    if doubtful and len(every) > 1:
        yield (
            f"{quoted(title)} moves what is in the pictures, but the name of {quoted(doubtful[0])} does not tell "
            "whether it says where something is. Set its place, such as X, width or no place, or switch this "
            "augmentation off."
        )
    logs = [name for each in placed for name in each.names if every[name].scale == "log"]
    if logs and "scale" not in every[logs[0]].off:
        yield (
            f"{quoted(title)} moves what is in the pictures, but {quoted(logs[0])}, which says where something is, is "
            "learned as its logarithm. Scale it in another way, or switch this augmentation off."
        )


def _unmixable(project: Project, title: str) -> Iterator[str]:
    """Why samples of this network cannot be mixed with one another, beside their loss."""
    feeding = {link.source for link in project.graph.links}
    inputs = (node for node in project.graph.nodes.values() if node.type in CODED and node.id in feeding)
    coded = next(inputs, None)
    if coded is not None:
        yield (
            f"{quoted(title)} mixes each sample with another, but {quoted(coded.name)} ({LAYERS[coded.type].title}) "
            "feeds codes, which stand for words and cannot be mixed. Switch this augmentation off, or encode the "
            "columns as numbers."
        )
    outputs = [node for node in project.graph.nodes.values() if node.type == "output"]
    if len(outputs) > 1:
        yield (
            f"{quoted(title)} mixes the targets of one Output, but the network has {len(outputs)}. Switch this "
            "augmentation off."
        )


def _with(changed: Augmentation, label: str) -> Fix:
    """Puts an augmentation in the place of the one with its key."""

    def edit(project: Project) -> Project:
        data = project.data
        if not isinstance(data, ImageData):
            return project
        augment = tuple(changed if each.key == changed.key else each for each in data.augment)
        return set_data(project, replace(data, augment=augment))

    return Fix(label, edit)
