"""A new project from a folder of pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from designer.importing.images import ImageSummary, inspect_images
from designer.importing.networks import image_network, image_training
from designer.project.model import ImageData, Project, Split
from designer.runtime.errors import DataError

FEWEST_TO_SPLIT = 20


def image_project(data: Path, where: str, wanted: str | None, template: str) -> tuple[Project, tuple[str, ...]]:
    """A project for the folder ``data``, which it calls ``where``, and notes."""
    if wanted:
        raise DataError(f"{data} is a folder: its classes are its folders, there is no column “{wanted}”")
    summary = inspect_images(data)
    height, width = summary.fitting_size()
    split = Split(by="folders") if summary.parts else Split()
    if summary.total < FEWEST_TO_SPLIT:
        split = replace(split, validation=0.0, test=0.0)
    classes = len(summary.classes)
    project = image_network(height, width, summary.colour, "binary" if classes == 2 else "classes", classes, template)
    training = image_training(validated="validation" in summary.parts or split.validation > 0)
    notes = _notes(summary, data, height, width)
    return replace(project, data=ImageData(where, split), training=training), notes


def _notes(summary: ImageSummary, data: Path, height: int, width: int) -> tuple[str, ...]:
    notes = [f"{summary.total} pictures of {len(summary.classes)} classes, {'in colour' if summary.colour else 'grey'}"]
    if set(summary.sizes) != {(width, height)}:
        notes.append(f"the pictures are brought to {width}×{height} pixels")
    for part, counts in summary.counts.items():
        empty = [name for name, count in counts.items() if not count]
        if empty:
            where = "" if part == "all" else f" of {part}"
            notes.append(f"the folder{where} holds no pictures of {', '.join(f'“{name}”' for name in empty[:5])}")
    shown = summary.unreadable[:10]
    notes += [f"left out: {Path(path).relative_to(data).as_posix()}: {why}" for path, why in shown]
    if len(summary.unreadable) > len(shown):
        notes.append(f"left out: {len(summary.unreadable) - len(shown)} more pictures that cannot be read")
    return tuple(notes)
