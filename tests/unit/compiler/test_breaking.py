"""Lines of the forward pass that are too long are broken as ruff breaks them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from designer.compiler.analyse import analyse
from designer.compiler.breaking import broken
from designer.layers.catalog import LAYERS, ports_of
from designer.project import edits
from designer.project.model import FieldValue, Link, Project
from tests.helpers.exported import assert_formatted
from tests.helpers.graphs import add

LONG = "a node whose name is as long as can be "
USES: list[tuple[str, dict[str, FieldValue], tuple[str, ...]]] = [
    ("gru", {}, ("x",)),
    ("gru", {}, ("x", "mask")),
    ("gru", {"output": "sequence"}, ("x", "mask")),
    ("lstm", {"bidirectional": True}, ("x", "mask")),
    ("self_attention", {"causal": True}, ("x",)),
    ("self_attention", {"causal": True}, ("x", "mask")),
    ("transformer_encoder_layer", {"causal": True}, ("x", "mask")),
    ("transformer_decoder_layer", {}, ("x", "memory", "mask", "memory_mask")),
    ("cross_attention", {}, ("x", "memory", "mask")),
    ("max_over_steps", {}, ("x", "mask")),
    ("attention_pool", {}, ("x", "mask")),
    ("last_step", {}, ("x", "mask")),
    ("mask_steps", {}, ("x", "mask")),
]


def test_every_call_is_formatted(tmp_path: Path) -> None:
    paths = []
    for number, (key, fields, ports) in enumerate(USES):
        project, node = add(Project(), key, fields)
        for port in ports:
            mask = "mask" in port
            sizes: dict[str, FieldValue] = {"length": 6} if mask else {"length": 6, "features": 8}
            project, source = add(project, "mask_input" if mask else "sequence_input", sizes)
            project = edits.connect(project, Link(source, "out", node, port), ports_of)
        project, end = add(project, "output")
        project = edits.connect(project, Link(node, LAYERS[key].outputs[0].name, end, "x"), ports_of)
        nodes = {
            one: replace(kept, name=f"{LONG[: -3 * (place % 4) or None]}{place}")
            for place, (one, kept) in enumerate(project.graph.nodes.items())
        }
        source_text = analyse(replace(project, graph=replace(project.graph, nodes=nodes))).source
        assert source_text is not None
        path = tmp_path / f"model_{number}.py"
        path.write_text(source_text.text, encoding="utf-8")
        paths.append(path)
    assert_formatted(paths)


@pytest.mark.parametrize("name", ["x", "y" * 70, "z" * 100])
def test_what_is_broken_means_the_same(name: str) -> None:
    expression = f"({name} * other).sum(dim=1) / f({name}, {name})[0].pow(2).sqrt()"
    scope: dict[str, object] = {}
    exec(f"def run(new):\n{broken('found', expression, 4)}\n", scope)
    assert callable(scope["run"])
