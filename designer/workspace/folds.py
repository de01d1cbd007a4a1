"""Cross-validation: one run for each fold of the data, what they say together, and those that were left half-way."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from designer.project.atomic import atomic_write, io_error
from designer.project.errors import ProjectError
from designer.project.file import from_text, load_project, to_text
from designer.project.folding import for_fold
from designer.project.json_object import object_in
from designer.project.model import Project
from designer.project.paths import rebased
from designer.training.alive import claim, is_alive, is_claimed
from designer.training.errors import RunError
from designer.training.prepare import data_hash
from designer.training.run_files import COPY_NAME, ENVIRONMENT, METRICS_NAME
from designer.workspace.runs import has_begun, is_waiting, list_runs

RECORD = ".folds.json"
CLAIM = ".lock"
PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class Folds:
    """The runs of a cross-validation in the order of their folds, as far as they were begun, of ``count``.

    ``project`` is what all of them train, with data paths that start from ``base``; records of earlier versions do not
    have it. ``record`` is the file that keeps them; None stands for the one named after the first run.
    """

    count: int
    runs: tuple[Path, ...] = ()
    project: Project | None = None
    base: Path = Path()
    record: Path | None = None

    @property
    def path(self) -> Path:
        """The file that keeps the cross-validation, which has a run by then."""
        return self.record or record_of(self.runs[0])

    def with_run(self, fold: int, run: Path) -> Folds:
        """The same once ``run`` trains a fold, be it in the place of one that never began."""
        runs = (*self.runs[: fold - 1], run, *self.runs[fold:])
        return replace(self, runs=runs, record=self.path if self.record or self.runs else record_of(run))


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


def write_folds(folds: Folds, figures: Sequence[Mapping[str, Any]], whole: bool = False) -> Path:
    """Keep which runs belong together, and what they say so far, in a file beside the first of them.

    ``whole`` says that nothing is left to be trained. A run is written down before it begins, so that at whatever
    moment the training breaks off it is known what it belongs to.
    """
    path = folds.path
    record: dict[str, Any] = {"folds": folds.count, "runs": [run.name for run in folds.runs], "whole": whole}
    record |= {"tested": len(figures), **together(figures)}
    if folds.project is not None:
        record["project"] = json.loads(to_text(rebased(folds.project, folds.base, path)))
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
        project = from_text(json.dumps(record["project"]), str(path)) if "project" in record else None
        return Folds(int(record["folds"]), runs, project, path.parent, path), record
    except OSError as error:
        raise io_error(path, "read", error) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ProjectError(f"{path} is spoiled: it does not say which runs belong together ({error}).") from error


def folds_with(run: Path) -> tuple[int, dict[str, Any]] | None:
    """Which fold ``run`` trained, counted from 1, and the whole record of its cross-validation; None without one.

    As long as the cross-validation is not whole, its figures are those of the runs that have ended by now.
    """
    found = _kept_with(run)
    if found is None:
        return None
    fold, folds, record = found
    if not record.get("whole", True):
        ended = [figures for each in folds.runs if (figures := object_in(each / METRICS_NAME))]
        record |= {"tested": len(ended), **together(ended)}
    return fold, record


def _kept_with(run: Path) -> tuple[int, Folds, dict[str, Any]] | None:
    """Which fold ``run`` trained, and the newest record that says so."""
    for path in sorted(run.parent.glob(f"*{RECORD}"), reverse=True):
        try:
            folds, record = read_folds(path)
        except ProjectError:
            # a spoiled record hides no run
            continue
        names = [each.name for each in folds.runs]
        fold = names.index(run.name) + 1 if run.name in names else 0
        if fold and _trains(run, fold, folds.count):
            return fold, folds, record
    return None


def _trains(run: Path, fold: int, count: int) -> bool:
    """Whether a run trains this fold: one that never began gives its name to the next training, whatever that is."""
    try:
        data = load_project(run / COPY_NAME).data
    except ProjectError:
        return False
    return data is not None and (data.split.folds, data.split.fold) == (count, fold)


def begun_run(folds: Folds, fold: int) -> Path | None:
    """The run that trained a fold or can go on with it; None where the fold is still to be begun."""
    run = folds.runs[fold - 1] if fold <= len(folds.runs) else None
    return run if run is not None and has_begun(run) and _trains(run, fold, folds.count) else None


def trained_figures(folds: Folds) -> dict[int, dict[str, Any]]:
    """The figures of each fold that came to its end by itself: one that was stopped has still to be gone on with."""
    found = {}
    for fold in range(1, folds.count + 1):
        run = begun_run(folds, fold)
        figures = object_in(run / METRICS_NAME) if run is not None else {}
        figures.pop("ending", None)
        if figures and not figures.pop("stopped", False):
            found[fold] = figures
    return found


def next_fold(folds: Folds, trained: Mapping[int, object]) -> int | None:
    """The first fold that is not trained yet; None where all are."""
    return next((fold for fold in range(1, folds.count + 1) if fold not in trained), None)


def left_folds(project_path: Path) -> Folds | None:
    """The cross-validation that was left half-way, where the project's last run is of it; it may be trained just now.

    What was trained after it has nothing to do with it, and leaves it where it is.
    """
    last = next((run for run in reversed(list_runs(project_path)) if not is_waiting(run)), None)
    return left_with(last) if last is not None else None


def left_with(run: Path) -> Folds | None:
    """The cross-validation that ``run`` belongs to, where it was left half-way."""
    found = _kept_with(run)
    if found is None:
        return None
    _, folds, record = found
    if record["whole"] if "whole" in record else next_fold(folds, trained_figures(folds)) is None:
        return None
    if folds.project is None:
        return replace(folds, project=for_fold(load_project(run / COPY_NAME), 0), base=run)
    return folds


def being_folded(folds: Folds) -> bool:
    """Whether somebody trains these folds now."""
    return is_claimed(_claim_of(folds.path)) or any(is_alive(run) for run in folds.runs)


@contextmanager
def folding(record: Path) -> Iterator[None]:
    """A block in which this process trains the folds that ``record`` keeps; RunError where another one does so."""
    sentence = (
        f"The folds of {record.name.removesuffix(RECORD)} are being trained right now, by another window or command."
        " Wait for their end, or stop them there."
    )
    with claim(_claim_of(record), sentence):
        yield


def _claim_of(record: Path) -> Path:
    return record.with_suffix(CLAIM)


class FoldTurns:
    """A stretch in which this process trains the folds of one cross-validation, and nobody else does.

    Its methods may be called from any thread; what is taken or noted once it is closed is given back at once.
    """

    def __init__(self) -> None:
        self._claim = ExitStack()
        self._noted: Folds | None = None
        self._hash: str | None = None
        self._closed = False

    def take(self, record: Path) -> None:
        """Claim the folds that ``record`` keeps; RunError where another process trains them."""
        self._claim.enter_context(folding(record))
        if self._closed:
            self._claim.close()

    def note(self, folds: Folds, fold: int, run: Path, figures: Sequence[Mapping[str, Any]]) -> Folds:
        """The folds with a new run for one of them, written down and claimed before anything of the run begins.

        So a crash at whatever moment leaves it among its own. Raises RunError where the data is another by now.
        """
        refuse_other_data(folds, self._data_hash)
        noted = folds.with_run(fold, run)
        if not folds.runs:
            self.take(noted.path)
        self._noted = noted
        write_folds(noted, figures)
        if self._closed:
            # it was left in this very moment
            self.close()
        return noted

    def keep(self, folds: Folds, figures: Sequence[Mapping[str, Any]], whole: bool) -> Path:
        """Write down what the folds say once a run of them has ended, as ``write_folds``."""
        self._noted = None
        return write_folds(folds, figures, whole)

    def close(self, forget: bool = True) -> None:
        """Let others train the folds. A record of which nothing began is removed, unless its run may yet begin."""
        self._closed = True
        # the lock lies in the folder that may be empty without it
        self._claim.close()
        if forget and self._noted is not None:
            forget_unbegun(self._noted)

    def _data_hash(self, project: Project, base: Path) -> str:
        """The data as it is, read once for all folds: each run notes for itself what it was trained with."""
        if self._hash is None:
            self._hash = data_hash(project, base)
        return self._hash


def refuse_other_data(folds: Folds, hashed: Callable[[Project, Path], str] = data_hash) -> None:
    """Raise a RunError where the data is no longer what the folds so far were trained with: they would not compare.

    ``hashed`` reads the data, which is not done where there is nothing to compare it with.
    """
    if folds.project is None:
        return
    hashes = {str(object_in(run / ENVIRONMENT).get("data_sha256", "")) for run in folds.runs if has_begun(run)}
    hashes.discard("")
    if hashes and hashes != {hashed(folds.project, folds.base)}:
        raise RunError(
            f"The folds of {folds.path.name.removesuffix(RECORD)} cannot go on: the data is no longer what the folds so"
            " far were trained with. Start a new training."
        )


def forget_unbegun(folds: Folds) -> None:
    """Remove the record of a cross-validation of which nothing ever began."""
    if not any(has_begun(run) for run in folds.runs):
        with suppress(OSError):
            folds.path.unlink(missing_ok=True)
            if folds.path.parent.suffix == ".runs" and not any(folds.path.parent.iterdir()):
                folds.path.parent.rmdir()
