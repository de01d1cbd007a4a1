"""A new project from a folder of pictures, a folder for each class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from designer.importing.brief import Brief
from designer.importing.images import ImageSummary, inspect_images
from designer.project.facts import TargetKind
from designer.project.model import ImageData, Split
from designer.runtime.errors import DataError

FEWEST_TO_SPLIT = 20
MOST_SHOWN = 10


def folder_of_classes(data: Path, where: str, wanted: str | None) -> tuple[ImageData, Brief, tuple[str, ...]]:
    """The settings for the folder ``data``, which they call ``where``, what a network is to do, and notes."""
    if wanted:
        raise DataError(f"{data} is a folder: its classes are its folders, there is no column “{wanted}”")
    summary = inspect_images(data)
    height, width = summary.fitting_size()
    split = split_for(summary.total, bool(summary.parts))
    classes = len(summary.classes)
    validated = "validation" in summary.parts or split.validation > 0
    brief = picture_brief((height, width), summary.colour, kind_of(classes), classes, summary.total, validated)
    brief = for_faint(brief, summary.faint)
    return ImageData(where, split), brief, _notes(summary, data, height, width)


def kind_of(classes: int) -> TargetKind:
    """How so many classes are told apart."""
    return "binary" if classes == 2 else "classes"


def picture_brief(
    size: tuple[int, int], colour: bool, kind: TargetKind, answers: int, pictures: int, validated: bool
) -> Brief:
    """What a network is to do with pictures of ``size``: height and width in pixels."""
    height, width = size
    return Brief("pictures", kind, answers, pictures, validated, 0, height=height, width=width, colour=colour)


def for_faint(brief: Brief, faint: bool) -> Brief:
    """The brief for pictures whose values are all much alike, where ``faint``: these are to be spread out."""
    return replace(brief, normalise="data") if faint else brief


def faint_notes(faint: bool) -> list[str]:
    """What is done with pictures whose values are all much alike."""
    return ["the pictures have little contrast, so their values are spread out as the training part has them"] * faint


def split_for(pictures: int, by_folders: bool) -> Split:
    """How so many pictures are split; few ones are not, so that all are there to train with."""
    split = Split(by="folders") if by_folders else Split()
    return replace(split, validation=0.0, test=0.0) if pictures < FEWEST_TO_SPLIT else split


def _notes(summary: ImageSummary, data: Path, height: int, width: int) -> tuple[str, ...]:
    notes = [f"{summary.total} pictures of {len(summary.classes)} classes, {'in colour' if summary.colour else 'grey'}"]
    if set(summary.sizes) != {(width, height)}:
        notes.append(size_note(height, width))
    notes += faint_notes(summary.faint)
    for part, counts in summary.counts.items():
        empty = [name for name, count in counts.items() if not count]
        if empty:
            where = "" if part == "all" else f" of {part}"
            notes.append(f"the folder{where} holds no pictures of {', '.join(f'“{name}”' for name in empty[:5])}")
    return (*notes, *left_out(summary.unreadable, data))


def size_note(height: int, width: int) -> str:
    """What size pictures are brought to."""
    return f"the pictures are brought to {width}×{height} pixels"


def left_out(refused: Sequence[tuple[str, str]], folder: Path) -> list[str]:
    """The first ten of the files that cannot be used, and how many more there are."""
    notes = []
    for path, why in refused[:MOST_SHOWN]:
        name = Path(path).relative_to(folder).as_posix() if Path(path).is_relative_to(folder) else path
        notes.append(f"left out: {name}: {why}")
    if len(refused) > MOST_SHOWN:
        notes.append(f"left out: {len(refused) - MOST_SHOWN} more pictures that cannot be read")
    return notes
