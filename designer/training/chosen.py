"""What a project has chosen of its data: the target, and which input takes which columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from designer.compiler.names import output_names
from designer.layers.catalog import LAYERS, LOSSES, mode_of, values_of
from designer.layers.feeding import input_nodes as input_nodes
from designer.layers.inputs import compared_with, target_names
from designer.project.model import Column, Data, Fields, FieldValue, ImageData, Node, Project, TableData
from designer.training.columns import code_settings, number_settings, text_settings
from designer.training.errors import RunError

Settings = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class InputKind:
    """How columns feed input nodes of one type: ``settings`` is what is said of a column.

    ``prepare`` names the function of the runtime that makes the input's array of a frame and of what was learned.
    """

    settings: Callable[[Column, Fields], dict[str, Any]]
    prepare: str


INPUT_KINDS: Mapping[str, InputKind] = {
    "table_input": InputKind(number_settings, "prepare_features"),
    "sequence_input": InputKind(number_settings, "prepare_features"),
    "codes_input": InputKind(code_settings, "prepare_codes"),
    "text_input": InputKind(text_settings, "prepare_tokens"),
}


def takes(type_key: str, column: Column) -> bool:
    """Whether input nodes of a type can feed a column."""
    fits = LAYERS[type_key].takes
    return fits is not None and fits(column)


@dataclass(frozen=True)
class ChosenInput:
    """An input node with the columns that it takes, and what is said of each."""

    node: Node
    columns: Settings


def node_with_role(project: Project, role: str) -> Node | None:
    """The first input or output of the graph."""
    nodes = project.graph.nodes.values()
    return next((node for node in nodes if node.type in LAYERS and LAYERS[node.type].role == role), None)


@dataclass(frozen=True)
class ChosenOutput:
    """An output node with the columns that it is compared with, of which pictures in class folders have none.

    ``key`` is its name in what the network gives and in the figures; ``fields`` are the node's.
    """

    node: Node
    key: str
    columns: tuple[Column, ...]
    fields: Fields

    @property
    def loss(self) -> str:
        """The key of its loss."""
        return str(self.fields["loss"])

    @property
    def factor(self) -> float:
        """What its loss is multiplied by in the sum of all."""
        return float(str(self.fields["loss_weight"]))


def output_nodes(project: Project) -> list[Node]:
    """The output nodes of the graph, in their order."""
    nodes = project.graph.nodes.values()
    return [node for node in nodes if node.type in LAYERS and LAYERS[node.type].role == "output"]


def output_keys(project: Project) -> dict[str, str]:
    """The name of each output in what the network gives, by node id."""
    return output_names(project.graph.nodes.values())


def chosen_outputs(project: Project, data: Data) -> list[ChosenOutput]:
    """Every output with its columns: those it names, else the targets that no other output names.

    None where outputs are compared with no columns but with the inputs, or the next tokens.
    """
    nodes = output_nodes(project)
    if mode_of(project).targets != "columns":
        return []
    keys = output_keys(project)
    if not data.columns:
        return [ChosenOutput(node, keys[node.id], (), values_of(node)) for node in nodes]
    every = [values_of(node)["target"] for node in nodes]
    found = []
    for node in nodes or [Node("", "output", "output")]:
        values = values_of(node)
        columns = _target_columns(data, values["target"], every)
        found.append(ChosenOutput(node, keys.get(node.id, "output"), tuple(columns), values))
    return found


def _target_columns(data: Data, own: object, every: Sequence[object]) -> list[Column]:
    several, known = len(every) > 1, {column.name for column in data.columns}
    for name in target_names(own):
        if name not in known:
            raise RunError(
                f"The target column “{name}” is not in the data. Choose the column that the network shall predict."
            )
    found = compared_with(data.columns, own, every)
    if not found:
        marked = any(column.role == "target" for column in data.columns)
        left = "No target is left for an output that names none" if several and marked else "No column is the target"
        raise RunError(f"{left}. Choose the column that the network shall predict.")
    for column in found:
        if column.kind == "date":
            raise RunError(f"The target column “{column.name}” holds dates, which cannot be predicted: choose another.")
        if len(found) > 1 and column.kind != "number":
            hint = "" if several else " Or give it an Output of its own."
            raise RunError(
                f"There are {len(found)} targets, but “{column.name}” holds no numbers: of several targets each must be"
                f" a number.{hint}"
            )
    return found


def losses_of(project: Project) -> dict[str, dict[str, FieldValue]]:
    """The fields of each output, among them its loss, by its name in what the network gives.

    Where the mode has a loss of its own, this alone.
    """
    if own := mode_of(project).loss:
        return {"": {"loss": own, **{name: kind.initial for name, kind in LOSSES[own].fields.items()}}}
    keys = output_keys(project)
    return {keys[node.id]: values_of(node) for node in output_nodes(project)}


def chosen_loss(project: Project) -> str:
    """The key of the loss that the output has chosen; empty without an output."""
    output = node_with_role(project, "output")
    return str(values_of(output)["loss"]) if output else ""


def target_columns(project: Project, data: Data) -> list[Column]:
    """The columns that any output is compared with: one, or several."""
    found = {column.name: column for chosen in chosen_outputs(project, data) for column in chosen.columns}
    return list(found.values())


def column_with_role(data: Data, role: str) -> str:
    """The name of the first column with a role; empty where there is none."""
    return next((column.name for column in data.columns if column.role == role), "")


def data_is_windows(data: Data) -> bool:
    """Whether samples are windows over a series, which see the past of the target too."""
    return isinstance(data, TableData) and data.samples == "windows"


def chosen_inputs(project: Project, data: Data) -> list[ChosenInput]:
    """Every input with its columns: those it names, else all features that suit it and that no other input names.

    Of a window the target is a feature too: its past is seen, the next steps are predicted.
    """
    targets = {column.name for column in target_columns(project, data)}
    stepwise = isinstance(data, TableData) and data.samples != "rows"
    past = [column for column in data.columns if column.name in targets and data_is_windows(data)]
    others = [column for column in data.columns if column.role in ("feature", "ahead") and column.name not in targets]
    others = [column for column in others if column.kind != "image"]
    features = past + others
    if not features:
        raise RunError("No column is a feature. Mark the columns that the network shall learn from.")
    for node in input_nodes(project):
        if not stepwise and node.type in ("sequence_input", "mask_input"):
            raise RunError(
                f"“{node.name}” ({LAYERS[node.type].title}) takes windows of a series, or files, but the data is read "
                "row by row. Use a Table input, or make windows or files the samples."
            )
    nodes = [node for node in input_nodes(project) if node.type in INPUT_KINDS]
    named = {name for node in nodes for name in _named(node)}
    found = [_chosen(node, features, named) for node in nodes]
    if not found and features:
        key = "sequence_input" if stepwise else "table_input"
        kind = INPUT_KINDS[key]
        stand_in = Node("", key, "", LAYERS[key].defaults)
        return [ChosenInput(stand_in, {each.name: kind.settings(each, {}) for each in features if takes(key, each)})]
    return found


def inputs_beside_pictures(project: Project, data: ImageData) -> list[ChosenInput]:
    """The inputs that take columns of the table which names the pictures; none where pictures are all that is seen."""
    others = [node for node in input_nodes(project) if LAYERS[node.type].key != "image_input"]
    if not others:
        return []
    if data.layout != "table":
        raise RunError(
            f"“{others[0].name}” ({LAYERS[others[0].type].title}) takes columns, but these pictures have none beside "
            "them. List them in a table, with a column of their paths and one for each feature, and open that."
        )
    return chosen_inputs(project, data)


def _named(node: Node) -> tuple[str, ...]:
    names = values_of(node)["columns"]
    return tuple(str(name) for name in names) if isinstance(names, tuple) else ()


def _chosen(node: Node, features: list[Column], named: set[str]) -> ChosenInput:
    kind, title = INPUT_KINDS[node.type], LAYERS[node.type].title
    by_name = {column.name: column for column in features}
    own = _named(node)
    for name in own:
        if name not in by_name:
            raise RunError(f"“{node.name}” takes the column “{name}”, which is no feature of the data.")
        if not takes(node.type, by_name[name]):
            raise RunError(f"“{node.name}” ({title}) takes the column “{name}”, which does not suit it.")
    chosen = [by_name[name] for name in own] if own else [
        column for column in features if takes(node.type, column) and column.name not in named
    ]  # fmt: skip
    if not chosen:
        raise RunError(f"No feature is left for “{node.name}” ({title}). Mark one that suits it, or name its columns.")
    if node.type == "text_input" and len(chosen) > 1:
        raise RunError(f"“{node.name}” takes one column of text; name it, for there are {len(chosen)}.")
    return ChosenInput(node, {column.name: kind.settings(column, values_of(node)) for column in chosen})


def feature_settings(inputs: list[ChosenInput]) -> dict[str, Mapping[str, Any]]:
    """What is said of each column that any input takes."""
    found: dict[str, Mapping[str, Any]] = {}
    for chosen in inputs:
        for name, settings in chosen.columns.items():
            if found.get(name, settings) != settings:
                raise RunError(f"The column “{name}” is taken by two inputs in two ways; give them the same settings.")
            found[name] = settings
    return found
