"""Node words: what a node says of its shape, its changed fields and its repeats, on the canvas and read aloud."""

from __future__ import annotations

from designer.compiler.report import Report
from designer.layers.blocks import EACH_STEP, OWN_FIELDS, REPEAT, SHARED
from designer.layers.catalog import LOSSES, Catalog
from designer.layers.fields import Choice, Field, Int, Ints, TargetNames
from designer.layers.fields import shown as shown_value
from designer.layers.training_fields import FROZEN, is_frozen
from designer.project.graph_forms import BLOCK_TYPE
from designer.project.model import FieldValue, Node

AXES = {"C": "channels", "D": "depth", "H": "height", "W": "width", "T": "time", "F": "features"}
MOST_CHANGES_SAID = 6


def shape_wordings(report: Report | None) -> tuple[str, ...]:
    """The output's shape without the batch, from full to short: ``C 32 · H 26 · W 26``, ``C32 H26 W26``, ``32×26×26``.

    Axes without a name of their own leave only the last; a single number is one number.
    """
    if report is None or report.shape is None:
        return ()
    bare = "×".join(str(size) for size in report.shape) or "one number"
    named = _named(report)
    if not named:
        return (bare,)
    full = " · ".join(f"{letter} {size}" for letter, size in named)
    return (full, " ".join(f"{letter}{size}" for letter, size in named), bare)


def spoken_shape(report: Report | None) -> str:
    """The output's shape as it is read aloud: ``channels 32, height 26, width 26``; empty where it is not known."""
    if report is None or report.shape is None:
        return ""
    named = _named(report)
    return ", ".join(f"{AXES[letter]} {size}" for letter, size in named) if named else report.shape_text


def _named(report: Report) -> list[tuple[str, int]]:
    """Each axis but the batch with its letter; empty where one has no name that people know."""
    letters = report.axes[1:]
    if report.shape is None or len(letters) != len(report.shape) or any(letter not in AXES for letter in letters):
        return []
    return list(zip(letters, report.shape, strict=True))


def changes(catalog: Catalog, node: Node) -> dict[str, FieldValue]:
    """The fields that somebody has set otherwise than a new node of this type has them, where that is worth a mark.

    Not those that everybody sets and that the node shows anyway: numbers of neurons, channels and features, the new
    shape of a reshaping, the loss, the colour mode of pictures, the column of the target. So a kernel of 5×5, a stride
    of 2 or a layer without bias is marked, a layer of 10 neurons is not.
    """
    fields = catalog.fields_of(node.type, node.fields)
    idle = catalog.idle_fields(node)
    hidden = tuple(OWN_FIELDS) if node.type.startswith(BLOCK_TYPE) else (FROZEN,) if frozen(catalog, node) else ()
    return {
        name: value
        for name, value in catalog.changed_fields(node).items()
        if name not in hidden and name not in idle and not _everybody_sets(fields[name])
    }


def _everybody_sets(field: Field) -> bool:
    return isinstance(field, TargetNames) or (field.key and isinstance(field, (Int, Ints, Choice)))


def changes_text(catalog: Catalog, node: Node) -> str:
    """``changed: kernel size 5×5, bias no``; empty where nothing is."""
    changed = changes(catalog, node)
    fields = catalog.fields_of(node.type, node.fields)
    said = [_change(name, fields[name], value) for name, value in changed.items()]
    more = len(said) - MOST_CHANGES_SAID
    words = ", ".join(said[:MOST_CHANGES_SAID]) + (f" and {more} more" if more > 0 else "")
    return f"changed: {words}" if said else ""


def spoken_fields(catalog: Catalog, node: Node) -> str:
    """The few fields that a node shows, each with what it is called: ``out channels 32, kernel size 3×3``."""
    idle = catalog.idle_fields(node)
    known_fields = catalog.fields_of(node.type, node.fields).items()
    fields = {name: field for name, field in known_fields if field.key and name not in idle}
    values = {name: node.fields.get(name, field.initial) for name, field in fields.items()}
    known = {name: LOSSES[str(value)].title for name, value in values.items() if name == "loss" and value in LOSSES}
    return ", ".join(_change(name, field, known.get(name, values[name])) for name, field in fields.items())


def _change(name: str, field: Field, value: FieldValue) -> str:
    axes = getattr(field, "axes", 1)
    value = (value,) * axes if isinstance(value, int) and not isinstance(value, bool) and axes > 1 else value
    return f"{field.label or name.rpartition('.')[2].replace('_', ' ')} {shown_value(value)[:40]}"


def repeats_of(node: Node) -> int:
    """How many times a use of a block runs in a row; 1 for every other node."""
    times = node.fields.get(REPEAT, 1) if node.type.startswith(BLOCK_TYPE) else 1
    return times if isinstance(times, int) and not isinstance(times, bool) and times > 1 else 1


def frozen(catalog: Catalog, node: Node) -> bool:
    """Whether training leaves the node as it is."""
    layer = catalog.layer(node.type)
    return layer is not None and is_frozen(layer, node.fields)


def shares(node: Node) -> bool:
    """Whether the node is a use of a block that shares its weights."""
    return node.type.startswith(BLOCK_TYPE) and node.fields.get(SHARED) is True


def at_each_step(node: Node) -> bool:
    """Whether the node is a use of a block that is applied at each step of a sequence."""
    return node.type.startswith(BLOCK_TYPE) and node.fields.get(EACH_STEP) is True
