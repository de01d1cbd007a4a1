"""Boxes and key points among the targets of pictures, which move with them while these are changed by chance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from designer.layers.augmentations import in_use
from designer.layers.places import PlacedColumns, placed_columns
from designer.project.model import ImageData, Project
from designer.training.chosen import chosen_outputs
from designer.training.targets import targets_of

if TYPE_CHECKING:
    from designer.runtime.moving import Places
    from designer.training.sources.gathered import Gathered


def placed_outputs(project: Project, data: ImageData) -> Mapping[str, PlacedColumns]:
    """The boxes and key points of each output by its key, of a single one by the empty key.

    There are none where nothing moves.
    """
    return told_places(project, data) if any(kind.geometric for kind, _ in in_use(data.augment)) else {}


def told_places(project: Project, data: ImageData) -> Mapping[str, PlacedColumns]:
    """The boxes and key points of each output by its key, of a single one by the empty key, whether or not they move.

    RunError where no target is chosen.
    """
    if data.layout not in ("table", "pixels"):
        return {}
    outputs = [each for each in chosen_outputs(project, data) if each.columns]
    keys = [each.key if len(outputs) > 1 else "" for each in outputs]
    pairs = zip(keys, outputs, strict=True)
    found = {key: placed_columns(each.columns) for key, each in pairs if each.columns[0].kind == "number"}
    return {key: placed for key, placed in found.items() if placed.names}


def places_of(project: Project, data: ImageData, found: Gathered) -> dict[str, Places]:
    """Where prepared targets say that something is, by the keys of ``placed_outputs``."""
    from designer.runtime.moving import area_seen, find_places

    placed, frame, size = placed_outputs(project, data), found.frame, found.size
    if not placed or frame is None or size is None:
        return {}
    rows, image, learned = found.places[0], found.image, targets_of(found.learned)
    numbers = frame.iloc[rows][[name for each in placed.values() for name in each.names]]
    area = area_seen(numbers, lambda: size(rows), image["height"], image["width"], image["resize"])
    return {key: find_places(learned[key], each.boxes, each.points, area) for key, each in placed.items()}


def place_notes(project: Project, data: ImageData) -> list[str]:
    """Which targets move with their pictures."""
    names = [f"“{name}”" for each in placed_outputs(project, data).values() for name in each.names]
    if not names:
        return []
    shown = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    return [f"{shown} say where something is, and move with the pictures that are changed by chance."]
