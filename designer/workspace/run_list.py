"""The runs of a project side by side: state, figures, curves, and in words in what their settings differ."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

from designer.layers.catalog import OPTIMIZERS, training_fields
from designer.layers.fields import shown
from designer.project.atomic import atomic_write, set_aside
from designer.project.errors import LayerloomError, ProjectError
from designer.project.file import load_project
from designer.project.forms import training_to
from designer.project.json_object import object_in
from designer.project.model import Project, Training
from designer.training.alive import LOCK, is_alive
from designer.training.events import RATE
from designer.training.forked import FORKED
from designer.training.run_files import COPY_NAME, HISTORY, METRICS_NAME
from designer.training.steered import FAILED, fails_again, failure_of
from designer.training.wanted import refuse_unwanted
from designer.workspace.runs import LABEL, WAITING, has_begun, is_finished, is_waiting, list_runs
from designer.workspace.told_epochs import Judged, Told, read_told

# what is known of runs, and how many are left to be read
Came: TypeAlias = Callable[[list["RunInfo"], int], object]
State: TypeAlias = Literal["running", "waiting", "finished", "stopped", "failed", "interrupted", "empty"]
DELETED = ".deleted"
LONGEST_NAME = 80
STATE_WORDS: Mapping[State, str] = {
    "running": "running",
    "waiting": "waiting",
    "finished": "finished",
    "stopped": "stopped",
    "failed": "failed",
    "interrupted": "interrupted",
    "empty": "not begun",
}
# what says how long or how fast a run was, which is told by other means
UNTOLD = ("epochs", "device", "threads", "memory_format")


def _nobody(found: list[RunInfo], left: int) -> None:
    """Is told what nobody wants to know."""


@dataclass(frozen=True)
class RunInfo:
    """A run as lists show it. ``best`` is the figure ``judged`` of ``part`` that the weights have which the run keeps.

    Of the validation part where there is one: the best, or the last where the last weights are kept.
    ``epochs`` ended; ``curves`` has the values of each part and metric by epochs, which ``at`` counts, the learning
    rate among those of training. ``parent`` is
    the name of the run that it was forked from, after ``forked_at``; empty and 0 where it was not forked. ``failure``
    is a sentence that says why it failed, ``fails_again`` whether it would only do so again.
    """

    folder: Path
    name: str
    state: State
    epochs: int = 0
    part: str = "validation"
    judged: str = "loss"
    best: float = math.nan
    best_epoch: int = 0
    parent: str = ""
    forked_at: int = 0
    failure: str = ""
    fails_again: bool = False
    project: Project = Project()
    at: tuple[int, ...] = ()
    curves: Mapping[str, Mapping[str, tuple[float, ...]]] = field(default_factory=dict)
    stamp: tuple[int, ...] = ()
    # where its history is read on
    told: Told = field(default_factory=Told, compare=False, repr=False)


def read_runs(project_path: Path, known: Sequence[RunInfo] = (), came: Came = _nobody) -> list[RunInfo]:
    """The runs of a project, the oldest first. One of ``known`` that has not changed since is not read again.

    They are read from the newest on. ``came`` is told before each that is read, and in the end, what is known by then
    and how many are left; ``Unwanted`` leaves the others.
    """
    folders = list_runs(project_path)
    found = {info.folder: info for info in known}
    for place, folder in enumerate(reversed(folders)):
        old = found.get(folder)
        # a process that is killed leaves all files as they are
        if old is not None and old.stamp == _stamp(folder) and (old.state == "running") == is_alive(folder):
            continue
        came([found[each] for each in folders if each in found], len(folders) - place)
        refuse_unwanted()
        found.pop(folder, None)
        with suppress(LayerloomError):
            found[folder] = read_info(folder, old)
    answer = [found[each] for each in folders if each in found]
    came(answer, 0)
    return answer


def read_info(folder: Path, old: RunInfo | None = None) -> RunInfo:
    """A run as lists show it; LayerloomError where its copy of the project is spoiled. ``old`` is it as it was."""
    stamp = _stamp(folder)
    project = load_project(folder / COPY_NAME)
    told = read_told(folder, old.told if old is not None else None)
    part, judged, best, best_epoch = _best(project.training, told, object_in(folder / METRICS_NAME))
    forked, state = object_in(folder / FORKED), _state(folder)
    return RunInfo(
        folder=folder,
        name=str(object_in(folder / LABEL).get("name") or folder.name),
        state=state,
        epochs=told.at[-1] if told.at else 0,
        part=part,
        judged=judged,
        best=best,
        best_epoch=best_epoch,
        parent=str(forked.get("run", "")),
        forked_at=int(forked.get("epoch", 0)),
        failure=failure_of(folder) if state == "failed" else "",
        fails_again=state == "failed" and fails_again(folder),
        project=project,
        at=told.at,
        curves=told.curves,
        stamp=stamp,
        told=told,
    )


def _stamp(folder: Path) -> tuple[int, ...]:
    """What changes when anything changes that lists show of a run."""
    found = []
    for name in (HISTORY, METRICS_NAME, COPY_NAME, LABEL, FORKED, WAITING, LOCK, FAILED):
        try:
            status = (folder / name).stat()
            found += [status.st_mtime_ns, status.st_size]
        except OSError:
            found += [0, 0]
    return tuple(found)


def _state(folder: Path) -> State:
    if is_alive(folder):
        return "running"
    if is_waiting(folder):
        return "waiting"
    if is_finished(folder):
        return "stopped" if object_in(folder / METRICS_NAME).get("stopped") else "finished"
    if not has_begun(folder):
        return "empty"
    return "failed" if failure_of(folder) else "interrupted"


def _best(training: Training, told: Told, metrics: Mapping[str, Any]) -> tuple[str, str, float, int]:
    """The part and the figure that a run is judged by, what its kept weights have of it, and their epoch.

    ``metrics`` are those of a run that is over; of the training part where nothing judges.
    """
    judged = Judged(training.monitor)
    judged.extend(told.at, told.curves)
    part, name, value, epoch = judged.standing(training.keep_best)
    kept = dict(metrics.get("ending") or {}).get("kept_epoch")
    if part == "validation" and training.keep_best and kept in told.at:
        # not the best of all where a fork is judged by another figure, or the best were kept from some epoch on
        value, epoch = told.curves[part][name][told.at.index(kept)], kept
    elif epoch and not (part == "validation" and training.keep_best):
        # measured again in the end, with the weights at rest
        measured = dict(metrics.get(part) or {}).get(name)
        value = value if measured is None else float(measured)
    return part, name, value, epoch


def differences(runs: Sequence[RunInfo]) -> dict[Path, str]:
    """For each run in words what sets it apart from the others: settings that are not the same in all of them.

    ``{run: "learning rate 0.01, Adam"}``; nothing is said of a single run.
    """
    settings = {run.folder: _settings(run.project, UNTOLD) | _changed_settings(run) for run in runs}
    names = list(dict.fromkeys(name for values in settings.values() for name in values))
    telling = [name for name in names if len(_values(name, list(settings.values()))) > 1]
    networks: list[object] = []
    datas: list[object] = []
    for run in runs:
        if run.project.graph.nodes not in networks:
            networks.append(run.project.graph.nodes)
        if _data(run.project) not in datas:
            datas.append(_data(run.project))
    found = {}
    for run in runs:
        words = [settings[run.folder][name] for name in telling if settings[run.folder].get(name)]
        if len(networks) > 1:
            words.append(f"network {1 + networks.index(run.project.graph.nodes)}")
        if len(datas) > 1:
            words.append(f"data {1 + datas.index(_data(run.project))}")
        found[run.folder] = ", ".join(words)
    return found


def _values(name: str, settings: Sequence[Mapping[str, str]]) -> set[str]:
    """The values that runs have of a setting; of one within another only of those that have it at all."""
    return {values.get(name, "") for values in settings if name in values or "." not in name}


def _data(project: Project) -> object:
    """The data settings but for the place of the data."""
    data = project.data
    if data is None:
        return None
    return replace(data, path="", split=replace(data.split, file=""))


def other_settings(trained: Project, project: Project) -> str:
    """The settings of training that a run has otherwise than its project has them now, in words; empty without any."""
    if trained.training == project.training:
        return ""
    theirs, ours = (_settings(each, ("device", "threads", "memory_format")) for each in (trained, project))
    return ", ".join(words for name, words in theirs.items() if ours.get(name) != words)


def _changed_settings(run: RunInfo) -> dict[str, str]:
    """What was changed while the run trained, with what held before where that is known, and else since when."""
    found = {}
    for change in run.told.changes:
        # what a fork took over, and began with, is told by where it was forked
        own = change.epoch > run.forked_at or not run.parent
        for name in change.settings if own else ():
            words = _settings(run.project, UNTOLD).get(name, "")
            first = _first_rate(run) if name == RATE else math.nan
            if words and math.isfinite(first):
                label, _, last = words.rpartition(" ")
                found[name] = words if shown(first) == last else f"{label} {shown(first)}, later {last}"
            elif words:
                found[name] = f"{words} since epoch {change.epoch:,}"
    return found


def _first_rate(run: RunInfo) -> float:
    """The learning rate of the run's first epoch of its own; NaN where it is not known, or a schedule changes it."""
    rates = run.curves.get("train", {}).get(RATE, ())
    known = [rate for epoch, rate in zip(run.at, rates, strict=False) if epoch > run.forked_at or not run.parent]
    return math.nan if run.project.training.schedules or not known else float(f"{known[0]:.6g}")


def _settings(project: Project, untold: Sequence[str]) -> dict[str, str]:
    """Each setting of training as words: ``{"learning_rate": "learning rate 0.01"}``."""
    fields, training = training_fields(), project.training
    words: dict[str, str] = {}
    for name, value in training_to(training).items():
        if name in untold:
            continue
        known = fields.get(name)
        label = (known.label if known is not None else "") or name.replace("_", " ")
        if name == "optimizer":
            kind = OPTIMIZERS.get(str(value))
            words[name] = kind.title if kind is not None else str(value)
        elif isinstance(value, Mapping):
            for own, inner in value.items():
                words[f"{name}.{own}"] = f"{own.replace('_', ' ')} {_shown(inner)}"
        elif isinstance(value, list):
            if value:
                words[name] = f"{label} {' + '.join(_shown(each) for each in value)}"
        else:
            words[name] = f"{label} {value:,}" if name == "epochs" else f"{label} {_shown(value)}"
    return words


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("key", value))
    return shown(value) if isinstance(value, (bool, int, float, str)) else str(value)


def rename_run(folder: Path, name: str) -> None:
    """Give a run a name for people; an empty one takes it away. The folder keeps its own."""
    words = " ".join(name.split())[:LONGEST_NAME]
    if words and words != folder.name:
        atomic_write(folder / LABEL, json.dumps({"name": words}, ensure_ascii=False) + "\n")
    else:
        (folder / LABEL).unlink(missing_ok=True)


def delete_run(folder: Path) -> None:
    """Remove a run with all that it recorded, so that never a part of one is taken for a run.

    A ProjectError tells why it cannot be removed, such as one that is being trained.
    """
    if is_alive(folder):
        raise ProjectError(f"{folder}: the run is being trained right now; stop it first")
    shutil.rmtree(folder.with_name(folder.name + DELETED), ignore_errors=True)
    gone = set_aside(folder, DELETED)
    if gone is None:
        raise ProjectError(f"{folder}: the run cannot be deleted; the system refuses to move it")
    shutil.rmtree(gone, ignore_errors=True)
