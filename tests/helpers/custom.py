"""Projects with layers of their own, sound and hostile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from designer.layers.catalog import catalog_of
from designer.layers.custom import STARTER
from designer.project.custom_layers import add_layer, type_of_custom
from designer.project.file import load_project, save_project
from designer.project.model import CustomLayer, Project
from tests.helpers.graphs import chain
from tests.helpers.small import small_project

GATE = CustomLayer("Gate", STARTER)


def with_custom(layer: CustomLayer = GATE, project: Project | None = None) -> Project:
    """A project whose third node, after an input and a linear layer, is of ``layer``."""
    project = project or chain("table_input", ("linear", {"out_features": 4}), "relu", "output")
    project, key = add_layer(project, layer)
    nodes, type_key = project.graph.nodes, type_of_custom(key)
    fields = catalog_of(project).layers[type_key].defaults
    node = replace(nodes["n3"], type=type_key, name="gate1", fields=fields)
    return replace(project, graph=replace(project.graph, nodes={**nodes, "n3": node}))


def trainable_custom(folder: Path, layer: CustomLayer = GATE, **training: object) -> Path:
    """``folder/line.loom`` with its table: ``layer`` between two linear layers."""
    path = small_project(folder, **training)  # type: ignore[arg-type]
    plain = load_project(path)
    chained = chain("table_input", ("linear", {"out_features": 4}), "relu", ("linear", {"out_features": 1}), "output")
    save_project(with_custom(layer, replace(plain, graph=chained.graph)), path)
    return path


def source_of(project: Project) -> str:
    """The source of the only custom layer of a project."""
    (layer,) = project.layers.values()
    return layer.source
