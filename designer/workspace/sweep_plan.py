"""A sweep that is planned: which settings can be varied, values to suggest, and what was typed put to the queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from designer.layers.catalog import fields_within, training_fields
from designer.layers.fields import Bool, Choice, Field, Float, Int, shown
from designer.project.errors import EditError
from designer.project.model import FieldValue, Project, Training
from designer.workspace import queue
from designer.workspace.run_list import rename_run
from designer.workspace.settings import set_settings
from designer.workspace.sweeps import Variation

# what says where and how fast is trained, or another way of training, which suits another network
STEADY = ("mode", "device", "threads", "memory_format", "deterministic")
MOST_SUGGESTED = 3
# names are short, so that all of them can be read beside the curves
SHORT = {"learning_rate": "rate", "batch_size": "batch", "weight_decay": "decay"}


def varied_fields(training: Training) -> dict[str, Field]:
    """The settings that a sweep can vary: those of training whose values are typed in a word, the usual ones first."""
    usual = ("learning_rate", "batch_size", "optimizer")
    own = fields_within(training)
    known = {**training_fields(), **own["optimizer_fields"], **own["average_fields"]}
    fitting = {name: field for name, field in known.items() if isinstance(field, (Int, Float, Bool, Choice))}
    names = [*usual, *(name for name in fitting if name not in usual and name not in STEADY)]
    return {name: fitting[name] for name in names}


def value_of(training: Training, name: str, field: Field) -> FieldValue:
    """What a setting is now."""
    if name in training_fields():
        value: FieldValue = getattr(training, name)
        return value
    own = {**training.average_fields, **training.optimizer_fields}
    return own.get(name, field.initial)


def suggested(field: Field, value: FieldValue) -> str:
    """Values worth a try beside the present one, as they are typed: ``0.01, 0.001, 0.0001``."""
    if isinstance(field, Bool):
        return "yes, no"
    if isinstance(field, Choice):
        others = [word for word in field.options if word != value]
        return ", ".join([str(value), *others][:MOST_SUGGESTED])
    found = [each for each in _beside(field, value) if field.refuse(each) is None]
    return ", ".join(shown(each) for each in dict.fromkeys(found))


def _beside(field: Field, value: FieldValue) -> list[FieldValue]:
    if isinstance(field, Int) and isinstance(value, int):
        return [value // 2, value, 2 * value] if value > 1 else [value, value + 1, value + 2]
    if not isinstance(value, (int, float)):
        return [value]
    if not value:
        return [0.0, 1e-4, 1e-3]
    if isinstance(field, Float) and field.maximum <= 1 and value > 0.5:
        # what counts of a share near 1 is what is left
        return [round(1 - 10 * (1 - value), 6), value, round(1 - (1 - value) / 10, 6)]
    return [float(f"{each:.6g}") for each in (10 * value, value, value / 10)]


def typed_values(field: Field, text: str) -> list[str]:
    """The values separated by commas, each once; a ValueError says of the first that is not sound what was expected."""
    values: dict[FieldValue, str] = {}
    for word in text.split(","):
        if word.strip():
            values.setdefault(field.parse(word), word.strip())
    if not values:
        raise ValueError("expected one value or several, separated by commas")
    return list(values.values())


def as_varied(typed: Mapping[str, Sequence[str]]) -> list[str]:
    """What was typed for each setting in the words of ``variations``."""
    return [f"training.{name}={'|'.join(values)}" for name, values in typed.items()]


def name_of(variation: Variation) -> str:
    """A short name for the run of a variation: ``rate 0.1, batch 16``."""
    names = {path.removeprefix("training."): value for path, value in variation.values.items()}
    return ", ".join(f"{SHORT.get(name, name.replace('_', ' '))} {value}" for name, value in names.items())


def add_sweep_to_queue(project: Project, base: Path, project_path: Path, found: Sequence[Variation]) -> list[Path]:
    """Let a run of each variation wait behind all others, named by what sets it apart; all of them, or none."""
    if not found:
        raise EditError("a sweep needs a setting that varies")
    made: list[Path] = []
    try:
        for each in found:
            made.append(queue.add_to_queue(set_settings(project, each.settings), base, project_path))
            rename_run(made[-1], name_of(each))
    except BaseException:
        for folder in made:
            queue.remove(folder)
        raise
    return made
