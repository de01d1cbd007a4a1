"""What the data decides of an input of the network, in words for its form."""

from __future__ import annotations

from designer.gui.numbers import exact
from designer.layers.declaration import LayerType
from designer.project.facts import Facts


def given_by_data(layer: LayerType, node: str, facts: Facts | None) -> dict[str, str]:
    """The fields of an input that are read from the data, each with what was read, where that is known."""
    found = {}
    for name, field in layer.fields.items():
        if not field.given:
            continue
        count = _count(field.given, node, facts) if facts is not None else None
        found[name] = "from the data" if count is None else f"{exact(count)}, from the data"
    return found


def _count(given: str, node: str, facts: Facts) -> int | None:
    if given == "codes":
        return facts.codes.get(node)
    shape, axis = facts.shapes.get(node, ()), int(given.removeprefix("axis "))
    return shape[axis] if axis < len(shape) else None
