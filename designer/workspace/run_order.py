"""Which of a project's runs does best by the figure that they were judged by, and the orders that lists have."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from designer.layers.catalog import LAYERS, higher_is_better
from designer.project.model import Column, Data, Project, TableData
from designer.workspace.preferences import RunOrder
from designer.workspace.run_list import RunInfo

PART_WORDS: Mapping[str, str] = {"validation": "validation", "train": "training"}
# one that failed keeps no weights with the figure
RANKED = ("finished", "stopped", "running", "interrupted")


@dataclass(frozen=True)
class Best:
    """The best of ``count`` runs by ``figure`` of ``part``; ``total`` is how many runs have a figure at all."""

    folder: Path
    part: str
    figure: str
    value: float
    epoch: int
    count: int
    total: int

    @property
    def words(self) -> str:
        """By what it is the best, and that the test part was not asked: a sentence and one more."""
        runs = f"{self.count} runs" if self.count == self.total else f"the {self.count} runs that are judged alike"
        why = "The test part has no say." if self.part == "validation" else "There is no validation part to judge by."
        return f"The best of {runs} by {figure_words(self.part, self.figure)}. {why}"


def figure_words(part: str, figure: str) -> str:
    """A figure with the part it is of: ``validation loss``, ``training accuracy``."""
    return f"{PART_WORDS.get(part, part)} {figure.replace('_', ' ')}"


def best_runs(runs: Sequence[RunInfo]) -> dict[Path, Best]:
    """The best runs by their folders: one of all that can be compared, where there are two or more of them.

    Runs can be compared where the same figure was measured on the same samples; a loss only of the same kind too. Of
    equal ones the oldest is the best; ``runs`` are the oldest first.
    """
    ranked = [run for run in runs if run.state in RANKED and math.isfinite(run.best)]
    alike: dict[int, list[RunInfo]] = {}
    kinds: list[object] = []
    for run in ranked:
        kind = _judged(run)
        if kind not in kinds:
            kinds.append(kind)
        alike.setdefault(kinds.index(kind), []).append(run)
    found = {}
    for group in alike.values():
        if len(group) > 1:
            best = min(group, key=_figure)
            found[best.folder] = Best(
                best.folder, best.part, best.judged, best.best, best.best_epoch, len(group), len(ranked)
            )
    return found


def in_order(runs: Sequence[RunInfo], by: RunOrder, turned: bool = False) -> list[RunInfo]:
    """Runs, given the oldest first, in an order: the newest, the first by name or the best first, or ``turned`` round.

    Those without a figure are the last by figure either way, as are figures of another kind than the newest run's.
    """
    newest = list(reversed(runs))
    if by == "date":
        return newest[::-1] if turned else newest
    if by == "name":
        return sorted(newest, key=lambda run: _natural(run.name), reverse=turned)
    kinds = list(dict.fromkeys((run.part, run.judged) for run in newest if math.isfinite(run.best)))
    found = []
    for kind in kinds:
        same = [run for run in runs if math.isfinite(run.best) and (run.part, run.judged) == kind]
        found += sorted(same, key=_figure, reverse=turned)
    return found + [run for run in newest if not math.isfinite(run.best)]


def common_figure(runs: Sequence[RunInfo]) -> tuple[str, bool]:
    """The words for the figure of all runs that have one, and whether higher is better; none where they differ."""
    kinds = {(run.part, run.judged) for run in runs if math.isfinite(run.best)}
    if len(kinds) != 1:
        return "", False
    ((part, figure),) = kinds
    return figure_words(part, figure), higher_is_better(figure)


def _figure(run: RunInfo) -> float:
    """The figure, so that less is better."""
    return -run.best if higher_is_better(run.judged) else run.best


def _natural(name: str) -> tuple[tuple[float, str], ...]:
    """A key by which numbers in names come in their own order: ``rate 0.001`` before ``rate 0.01``, 9 before 10."""
    pieces = re.split(r"(\d+(?:\.\d+)?)", name.casefold())
    return tuple((float(piece), "") if place % 2 else (math.inf, piece) for place, piece in enumerate(pieces))


def _judged(run: RunInfo) -> tuple[object, ...]:
    """What has to be the same, so that the figures of two runs can be compared."""
    project = run.project
    loss = _loss(project) if run.judged.rpartition(".")[2] == "loss" else ()
    return run.part, run.judged, project.training.mode, _samples(project.data), loss


def _samples(data: Data | None) -> Data | None:
    """What decides which samples are in the judged part, and what their targets are."""
    if data is None:
        return None
    every = isinstance(data, TableData) and data.drop_duplicates
    columns = tuple(
        Column(column.name, role=column.role) if column.role == "feature" and not every else column
        for column in data.columns
        if every or column.role not in ("feature", "ignored") or (column.role == "feature" and _leaves_out(column))
    )
    same = replace(data, path="", split=replace(data.split, file=""), columns=columns)
    return same if isinstance(same, TableData) else replace(same, augment=())


def _leaves_out(column: Column) -> bool:
    """Whether rows with a gap in this column are no samples."""
    return column.missing == "drop" or "missing" in column.off


def _loss(project: Project) -> tuple[object, ...]:
    """The outputs with their losses, and what weighs classes."""
    nodes = project.graph.nodes.values()
    outputs = [node for node in nodes if node.type in LAYERS and LAYERS[node.type].role == "output"]
    fields = [{name: value for name, value in node.fields.items() if name != "metrics"} for node in outputs]
    return (project.training.class_weights, *fields)
