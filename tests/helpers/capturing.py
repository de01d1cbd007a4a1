"""Capturing at once, for tests that compare captured steps with plain ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch.fx import Graph

from designer.runtime import captured


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Capture after the first step of each shape, and keep every graph that gives the same bits."""
    monkeypatch.setattr(captured, "SECONDS_BEFORE", 0.0)
    monkeypatch.setattr(captured, "SECONDS_EACH", 0.0)
    monkeypatch.setattr(captured, "LEVEL", float("inf"))
    monkeypatch.setattr(captured, "LONGEST_STEP", float("inf"))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def text_of(graph: Graph) -> str:
    """What a graph does: a line for each operation, with its arguments."""
    lines = []
    for node in graph.nodes:
        if node.op == "call_function":
            schema = getattr(node.target, "_schema", None)
            name = schema.name.replace("::", ".") if schema is not None else "getitem"
            words = [*map(str, node.args), *(f"{key}={each}" for key, each in node.kwargs.items())]
            lines.append(f"{node.name} = {name}({', '.join(words)})")
    return "\n".join(lines)
