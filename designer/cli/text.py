"""Tables of text for people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from designer.cli.progress import number
from designer.project.custom_layers import custom_key
from designer.project.graph_forms import block_key
from designer.project.model import Project

PARTS = ("train", "validation", "test")


def columns(head: Sequence[str], rows: Sequence[Sequence[object]], right: Collection[int] = ()) -> list[str]:
    """Lines with cells below each other; the columns in ``right`` are flush right."""
    cells = [*([list(head)] if head else []), *([str(cell) for cell in row] for row in rows)]
    if not cells:
        return []
    widths = [max(len(row[index]) for row in cells) for index in range(len(cells[0]))]
    lines = []
    for row in cells:
        aligned = [
            cell.rjust(width) if index in right else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(aligned).rstrip())
    return lines


def layer_lines(project: Project, rows: Sequence[Mapping[str, Any]], depth: int = 0) -> list[list[str]]:
    """The cells of a table of layers, from their records; what lies in a block stands indented beneath it.

    Its parameters are in brackets, for the block's row counts them already.
    """
    lines = []
    for row in rows:
        block = project.blocks.get(block_key(row["type"]))
        own = project.layers.get(custom_key(row["type"]))
        kind = f"block {block.name}" if block is not None else f"own {own.name}" if own is not None else row["type"]
        kind += f" ×{row['repeat']}" if "repeat" in row else ""
        kind += ", bypassed" if "bypassed" in row else ""
        shape, figures = row["output_shape"], f"{row['parameters']:,}"
        if row.get("frozen"):
            figures = f"{figures} + {row['frozen']:,} frozen" if row["parameters"] else f"{row['frozen']:,} frozen"
        # shapes have the batch in front, as PyTorch shows them
        size = "?" if shape is None else "×".join(["N", *(str(number) for number in shape)])
        if depth:
            figures = f"({figures})" if row["parameters"] or row.get("frozen") else ""
        lines.append(["  " * depth + row["name"], kind, size, figures])
        lines += layer_lines(project, row.get("inside", ()), depth + 1)
    return lines


def metrics_lines(record: Mapping[str, object]) -> list[str]:
    """The metrics of each part of the data as a table; what ``record`` holds beside them is left out."""
    parts = {part: values for part in PARTS if isinstance(values := record.get(part), Mapping) and values}
    if not parts:
        parts = {name: values for name, values in record.items() if isinstance(values, Mapping)}
    names = list(dict.fromkeys(name for values in parts.values() for name in values))
    rows = [[name, *(number(values[name]) if name in values else "" for values in parts.values())] for name in names]
    repeated = record.get("repeat_last_rmse")
    if isinstance(repeated, Mapping):
        rows.append(["repeat-last rmse", *(number(repeated[part]) if part in repeated else "" for part in parts)])
    return columns(["", *parts], rows, right=range(1, len(parts) + 1))


def size(count: int) -> str:
    """A number of bytes for people: ``812 bytes``, ``12 kB``, ``3.4 MB``."""
    if count < 1000:
        return f"{count} bytes"
    for unit in ("kB", "MB"):
        count_in = count / (1e3 if unit == "kB" else 1e6)
        if count_in < 1000:
            return f"{count_in:.3g} {unit}"
    return f"{count / 1e9:.3g} GB"
