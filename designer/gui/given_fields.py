"""What the data decides of an input of the network, and what it offers it, in words for its form."""

from __future__ import annotations

from designer.gui.numbers import exact
from designer.layers.catalog import LAYERS
from designer.layers.declaration import LayerType
from designer.project.facts import Facts
from designer.project.model import Node, Project


def given_by_data(layer: LayerType, node: str, facts: Facts | None) -> dict[str, str]:
    """The fields of an input that are read from the data, each with what was read, where that is known."""
    found = {}
    for name, field in layer.fields.items():
        if not field.given:
            continue
        count = _count(field.given, node, facts) if facts is not None else None
        found[name] = "from the data" if count is None else f"{exact(count)}, from the data"
    return found


def columns_for(project: Project, node: Node) -> dict[str, tuple[str, str]]:
    """The features that an input can take, each with its title and, where another input names it, a sentence on that.

    Those that it names although they do not suit it are among them.
    """
    takes, own = LAYERS[node.type].takes, columns_named(node)
    others = {
        name: other.name
        for other in project.graph.nodes.values()
        if other.id != node.id and other.type in LAYERS and LAYERS[other.type].role == "input"
        for name in columns_named(other)
    }
    columns = project.data.columns if project.data is not None else ()
    fed = [each for each in columns if each.role in ("feature", "ahead") and each.kind != "image"]
    return {
        each.name: (each.name, f"“{others[each.name]}” names it." if each.name in others else "")
        for each in fed
        if takes is None or takes(each) or each.name in own
    }


def columns_named(node: Node) -> tuple[str, ...]:
    """The columns that an input names."""
    names = node.fields.get("columns", ())
    return tuple(str(name) for name in names) if isinstance(names, tuple) else ()


def _count(given: str, node: str, facts: Facts) -> int | None:
    if given == "codes":
        return facts.codes.get(node)
    shape, axis = facts.shapes.get(node, ()), int(given.removeprefix("axis "))
    return shape[axis] if axis < len(shape) else None
