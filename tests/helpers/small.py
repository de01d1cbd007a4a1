"""A small project with its data, trained in an instant or, where wanted, for as long as a test looks on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from designer.project.file import save_project
from designer.project.model import Column, Project, TableData, Training
from tests.helpers.graphs import chain


def small_project(folder: Path, name: str = "line", rows: int = 60, **training: object) -> Path:
    """``folder/NAME.loom`` with ``folder/NAME.csv``: y = 3a − 2b + 1, one linear neuron."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["a,b,y"]
    for number in range(rows):
        a, b = number % 7 / 7, number % 11 / 11
        lines.append(f"{a:.4f},{b:.4f},{3 * a - 2 * b + 1:.4f}")
    (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    made = chain("table_input", ("linear", {"out_features": 1}), "output")
    columns = (Column("a"), Column("b"), Column("y", role="target"))
    wanted = Training(epochs=5, learning_rate=0.05, device="cpu")
    project = Project(
        made.graph,
        TableData(f"{name}.csv", columns=columns),
        replace(wanted, **training),  # type: ignore[arg-type]
    )
    path = folder / f"{name}.loom"
    save_project(project, path)
    return path
