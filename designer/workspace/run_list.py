"""The runs of a project side by side: state, figures, curves, and in words in what their settings differ."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

from designer.layers.catalog import OPTIMIZERS, higher_is_better, training_fields
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
from designer.workspace.runs import LABEL, WAITING, has_begun, is_finished, is_waiting, list_runs

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


def read_runs(project_path: Path, known: Sequence[RunInfo] = ()) -> list[RunInfo]:
    """The runs of a project, the oldest first. One of ``known`` that has not changed since is not read again."""
    before = {info.folder: info for info in known}
    found = []
    for folder in list_runs(project_path):
        old = before.get(folder)
        # a process that is killed leaves all files as they are
        if old is not None and old.stamp == _stamp(folder) and (old.state == "running") == is_alive(folder):
            found.append(old)
        else:
            with suppress(LayerloomError):
                found.append(read_info(folder))
    return found


def read_info(folder: Path) -> RunInfo:
    """A run as lists show it; LayerloomError where its copy of the project is spoiled."""
    stamp = _stamp(folder)
    project = load_project(folder / COPY_NAME)
    at, curves = _curves(folder)
    part, judged, best, best_epoch = _best(project.training, at, curves, object_in(folder / METRICS_NAME))
    forked, state = object_in(folder / FORKED), _state(folder)
    return RunInfo(
        folder=folder,
        name=str(object_in(folder / LABEL).get("name") or folder.name),
        state=state,
        epochs=at[-1] if at else 0,
        part=part,
        judged=judged,
        best=best,
        best_epoch=best_epoch,
        parent=str(forked.get("run", "")),
        forked_at=int(forked.get("epoch", 0)),
        failure=failure_of(folder) if state == "failed" else "",
        fails_again=state == "failed" and fails_again(folder),
        project=project,
        at=at,
        curves=curves,
        stamp=stamp,
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


def _curves(folder: Path) -> tuple[tuple[int, ...], dict[str, dict[str, tuple[float, ...]]]]:
    """The epochs of a run and the values of each part and metric, NaN where an epoch has none."""
    epochs: list[int] = []
    values: dict[str, dict[str, list[float]]] = {"train": {}, "validation": {}}
    try:
        lines = (folder / HISTORY).read_bytes().split(b"\n")
    except OSError:
        lines = []
    for line in lines:
        try:
            told = json.loads(line)
            if told["event"] != "epoch":
                continue
            epoch, figures = int(told["epoch"]), {part: dict(told[part]) for part in values}
            figures["train"] |= {RATE: told[RATE]} if RATE in told else {}
        except (ValueError, KeyError, TypeError):
            continue
        for part, found in figures.items():
            for name, value in found.items():
                column = values[part].setdefault(name, [math.nan] * len(epochs))
                column.append(math.nan if value is None else float(value))
        epochs.append(epoch)
        for columns in values.values():
            for column in columns.values():
                column.extend([math.nan] * (len(epochs) - len(column)))
    return tuple(epochs), {
        part: {name: tuple(column) for name, column in columns.items()} for part, columns in values.items()
    }


def _best(
    training: Training,
    at: Sequence[int],
    curves: Mapping[str, Mapping[str, Sequence[float]]],
    metrics: Mapping[str, Any],
) -> tuple[str, str, float, int]:
    """The part and the figure that a run is judged by, what its kept weights have of it, and their epoch.

    ``metrics`` are those of a run that is over; of the training part where nothing judges.
    """
    for part in ("validation", "train"):
        name = training.monitor if training.monitor in curves.get(part, {}) else "loss"
        # a part without samples has no figures at all
        values = curves.get(part, {}).get(name) or [math.nan] * len(at)
        sound = [(value, epoch) for value, epoch in zip(values, at, strict=True) if math.isfinite(value)]
        if not sound:
            continue
        if part == "validation" and training.keep_best:
            upwards = higher_is_better(name)
            value, epoch = max(sound, key=lambda pair: (pair[0], -pair[1])) if upwards else min(sound)
            return part, name, value, epoch
        value, epoch = sound[-1]
        # measured again in the end, with the weights at rest
        measured = dict(metrics.get(part) or {}).get(name)
        return part, name, value if measured is None else float(measured), epoch
    return "validation", "loss", math.nan, 0


def differences(runs: Sequence[RunInfo]) -> dict[Path, str]:
    """For each run in words what sets it apart from the others: settings that are not the same in all of them.

    ``{run: "learning rate 0.01, Adam"}``; nothing is said of a single run.
    """
    settings = {run.folder: _settings(run.project) for run in runs}
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


def _settings(project: Project) -> dict[str, str]:
    """Each setting of training as words: ``{"learning_rate": "learning rate 0.01"}``."""
    fields, training = training_fields(), project.training
    words: dict[str, str] = {}
    for name, value in training_to(training).items():
        if name in UNTOLD:
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
            words[name] = f"{label} {_shown(value)}"
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
