"""Cross-validation: one run for each fold of the data, and what they say together."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from designer.project.atomic import atomic_write, io_error
from designer.project.errors import ProjectError

RECORD = ".folds.json"
PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class Folds:
    """The runs of a cross-validation in the order of their folds, as far as they were begun, of ``count``."""

    count: int
    runs: tuple[Path, ...] = ()


def together(figures: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, dict[str, float]]]:
    """The ``mean`` of each figure of each part over the runs, and its ``spread``: the standard deviation (n − 1).

    A figure that is missing or no number in one of the runs is left out.
    """
    mean: dict[str, dict[str, float]] = {}
    spread: dict[str, dict[str, float]] = {}
    for part in PARTS:
        found = [run.get(part) or {} for run in figures]
        for name in found[0] if found else ():
            values = [run.get(name) for run in found]
            numbers = [float(value) for value in values if value is not None and math.isfinite(value)]
            if len(numbers) == len(values):
                mean.setdefault(part, {})[name] = fmean(numbers)
                spread.setdefault(part, {})[name] = stdev(numbers) if len(numbers) > 1 else 0.0
    return {"mean": mean, "spread": spread}


def write_folds(folds: Folds, figures: Sequence[Mapping[str, Any]]) -> Path:
    """Keep which runs belong together, and what they say so far, in a file beside the first of them."""
    path = record_of(folds.runs[0])
    names = [run.name for run in folds.runs]
    record = {"folds": folds.count, "runs": names, **together(figures)}
    atomic_write(path, json.dumps(record, indent=1) + "\n")
    return path


def record_of(first: Path) -> Path:
    """The file that keeps a cross-validation, named after its first run."""
    return first.with_name(first.name + RECORD)


def read_folds(path: Path) -> tuple[Folds, dict[str, Any]]:
    """The runs in a file that ``write_folds`` wrote, and the whole of it; a ProjectError where it is spoiled."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        runs = tuple(path.parent / str(name) for name in record["runs"])
        return Folds(int(record["folds"]), runs), record
    except OSError as error:
        raise io_error(path, "read", error) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ProjectError(f"{path} is spoiled: it does not say which runs belong together ({error}).") from error


def folds_with(run: Path) -> tuple[int, dict[str, Any]] | None:
    """Which fold ``run`` trained, counted from 1, and the whole record of its cross-validation; None without one."""
    for path in sorted(run.parent.glob(f"*{RECORD}"), reverse=True):
        try:
            folds, record = read_folds(path)
        except ProjectError:
            # a spoiled record hides no run
            continue
        names = [each.name for each in folds.runs]
        if run.name in names:
            return names.index(run.name) + 1, record
    return None


def latest_folds(runs: Path) -> Path | None:
    """The newest record of a cross-validation in a folder of runs."""
    found = sorted(runs.glob(f"*{RECORD}")) if runs.is_dir() else []
    return found[-1] if found else None
