"""The network alone as a Python module."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from designer.compiler.planning import input_shape
from designer.compiler.report import Analysis, ModelSource
from designer.exporting.checked import checked_analysis
from designer.layers.catalog import LAYERS, mode_of, values_of
from designer.layers.declaration import Shape
from designer.layers.inputs import feeding_place
from designer.project.facts import Facts
from designer.project.model import Project


def model_text(project: Project, base: Path, facts: Facts | None = None) -> str:
    """A module with the network's class and how to use it. Reads the data for its widths unless ``facts`` are given.

    Raises LayerloomError where the project has errors or its data cannot be read.
    """
    analysis, source, known = checked_analysis(project, base, facts)
    return _header(analysis, source, _input_shapes(project, known)) + "\n" + source.text


def _header(analysis: Analysis, source: ModelSource, shapes: Sequence[Shape]) -> str:
    samples = ", ".join(f"torch.zeros({', '.join(map(str, (1, *shape)))})" for shape in shapes) or "model.noise(1)"
    kept = f" and {analysis.frozen:,} more that stay as they are" if analysis.frozen else ""
    return (
        f'"""A neural network with {analysis.parameters:,} parameters{kept}.\n'
        "\n"
        "Usage:\n"
        "\n"
        f"    model = {source.class_name}()\n"
        '    model.load_state_dict(safetensors.torch.load_file("weights.safetensors"))\n'
        f"    output = model.eval()({samples})  # the first axis counts the samples\n"
        '"""\n'
    )


def _input_shapes(project: Project, facts: Facts | None) -> list[Shape]:
    """The shapes of what ``forward`` takes; none where it takes noise, which the model draws itself."""
    if mode_of(project).rivals:
        return []
    nodes = [node for node in project.graph.nodes.values() if node.type in LAYERS and LAYERS[node.type].role == "input"]
    nodes.sort(key=lambda node: feeding_place(node.type))
    return [input_shape(node.id, LAYERS[node.type], values_of(node), facts) for node in nodes]
