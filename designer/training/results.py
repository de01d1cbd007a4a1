"""Runs that are over: reading them, evaluating them again and predicting with them. Nothing in a run is executed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.compiler.load import load_model
from designer.project.atomic import io_error
from designer.project.facts import Facts, TargetFacts
from designer.project.file import load_project
from designer.project.model import Project
from designer.project.paths import resolve, resolve_from
from designer.project.patience import patiently
from designer.training.assemble import make_loss, measure_of, sound_source
from designer.training.checkpoint import load_weights, read_weights
from designer.training.columns import feature_names
from designer.training.earlier import brought_up
from designer.training.errors import RunError, in_words
from designer.training.events import epoch_line, finite
from designer.training.mode import answer_of, prepared_part
from designer.training.prepare import read_data
from designer.training.prepared import Known
from designer.training.record import read_history
from designer.training.run_files import COPY_NAME, ENVIRONMENT, METRICS_NAME
from designer.training.sources.choosing import source_of
from designer.training.targets import shared

if TYPE_CHECKING:
    from torch import nn

LARGEST_JSON = 100_000_000


@dataclass(frozen=True)
class RunRecord:
    """A run as it stands on disk; ``metrics`` and ``outcome`` are empty where it was interrupted.

    ``history`` holds the lines of its epochs, ``base`` is the folder that the project's data paths start from.
    """

    folder: Path
    project: Project
    base: Path
    metrics: Mapping[str, Any]
    history: tuple[Mapping[str, Any], ...]
    preparation: dict[str, Any]
    environment: Mapping[str, Any]
    outcome: Mapping[str, Any]

    @property
    def finished(self) -> bool:
        """Whether the run came to its end, or was stopped in order."""
        return bool(self.metrics)


def read_run(run: Path) -> RunRecord:
    """Read a run folder; RunError where it is none."""
    if not (run / COPY_NAME).is_file():
        raise RunError(f"{run} is no run: it has no project.loom in it.")
    environment = _read_json(run / ENVIRONMENT)
    preparation = brought_up(_read_json(run / "preprocessing.json"))
    if not isinstance(preparation.get("target"), dict):
        raise RunError(f"{run} holds no training yet: it ended before the data was prepared.")
    return RunRecord(
        folder=run,
        project=load_project(run / COPY_NAME),
        base=resolve(str(environment.get("base", "..")), run / COPY_NAME),
        metrics=_read_json(run / METRICS_NAME),
        history=tuple(epoch_line(event) for event in read_history(run)),
        preparation=preparation,
        environment=environment,
        outcome=_read_json(run / "results.json"),
    )


def _read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file, empty where there is no such file."""
    try:
        if path.stat().st_size > LARGEST_JSON:
            raise RunError(f"{path} is too large to be a file of a run.")
        content = json.loads(patiently(lambda: path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise io_error(path, "read", error) from error
    except (ValueError, RecursionError) as error:
        raise RunError(f"{path} is spoiled: {error}.") from error
    if not isinstance(content, dict):
        raise RunError(f"{path} is spoiled: it holds no object.")
    return content


def facts_of_run(record: RunRecord) -> Facts:
    """What the run knew of its data, as far as the network depends on it."""

    target = record.preparation["target"]
    try:
        features = feature_names(record.preparation) if "features" in record.preparation else []
        known = record.preparation.get("network", {})
        return Facts(
            target_kind=target["kind"],
            features=tuple(features),
            classes=tuple(target.get("classes", ())),
            target=str(target["name"]),
            target_width=int(known.get("target_width", 1)),
            target_shape=tuple(known.get("target_shape", ())),
            shapes={str(node): tuple(shape) for node, shape in known.get("shapes", {}).items()},
            codes={str(node): int(count) for node, count in known.get("codes", {}).items()},
            weighted=bool(known.get("weighted", False)),
            answer_shape=tuple(known.get("answer_shape", ())),
            others=_others(known.get("others", {})),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RunError(f"{record.folder / 'preprocessing.json'} is spoiled: {error} is missing.") from error


def _others(known: Mapping[str, Any]) -> dict[str, TargetFacts]:
    return {
        str(node): TargetFacts(
            kind=fact["kind"],
            classes=tuple(fact["classes"]),
            target=str(fact["target"]),
            width=int(fact["width"]),
            shape=tuple(fact["shape"]),
        )
        for node, fact in known.items()
    }


def trained_model(record: RunRecord) -> nn.Module:
    """The model of the run with its weights, on the processor. It is built anew from the project, not from model.py."""
    model = load_model(sound_source(record.project, facts_of_run(record)))
    load_weights(model, read_weights(record.folder), str(record.folder))
    return model.eval()


def _measure(record: RunRecord) -> Any:
    return measure_of(record.project, make_loss(record.project, record.preparation), record.preparation)


def evaluate_run(run: Path, data: Path | None = None) -> dict[str, Any]:
    """Measure a run's weights again on the parts of its own data, or, as ``test``, on all of ``data``.

    ``{"run", "data", "rows": {…}, "notes": […], "train": {…}, "validation": {…}, "test": {…}}``, of the parts those
    that there are. The notes are on what is odd in other data; what the run's own is like was told when it was made.
    """
    from designer.runtime.fit import evaluate

    record = read_run(run)
    with in_words():
        model, measure = trained_model(record), _measure(record)
        notes: tuple[str, ...] = ()
        if data is None:
            prepared = read_data(record.project, record.base, record.preparation)
            parts, baseline = prepared.parts, prepared.facts.baseline
        else:
            baseline = {}
            known = read_known(record, data)
            parts, notes = {"test": known.part}, known.notes
        answer = answer_of(record.project)
        figures = {name: finite(evaluate(model, part, measure, answer=answer)) for name, part in parts.items()}
    own = resolve_from(record.base, record.project.data.path) if record.project.data else ""
    rows = {name: len(part) for name, part in parts.items()}
    repeated = {"repeat_last_rmse": dict(baseline)} if baseline else {}
    return {"run": str(run), "data": str(data or own), "rows": rows, "notes": list(notes), **figures, **repeated}


def read_known(record: RunRecord, data: Path) -> Known:
    """All usable rows or pictures of ``data``, prepared as the run's training part was."""
    if record.project.data is None:
        raise RunError(f"The run {record.folder} had no data, so it is not known what to read in {data}.")
    found = source_of(record.project.data).part_of(record.project, record.project.data, record.preparation, data)
    part = prepared_part(record.project, shared(record.project, found.part), training=False)
    return Known(part, found.notes)
