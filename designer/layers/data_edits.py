"""Edits of how pictures are changed by chance and of how a series is cut: each gives another project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from designer.layers.augmentations import AUGMENTATIONS
from designer.layers.fields import Field, Int
from designer.project.edits import set_data
from designer.project.errors import EditError
from designer.project.model import Augmentation, FieldValue, ImageData, Project, TableData, Windows

WINDOW_FIELDS: Mapping[str, Field] = {
    "length": Int(12, maximum=1_000_000, help="How many steps the network sees."),
    "horizon": Int(1, maximum=1_000_000, help="How many of the steps that follow it predicts."),
    "stride": Int(1, maximum=1_000_000, help="How many steps later the next window begins."),
}


def in_order(augment: tuple[Augmentation, ...]) -> tuple[Augmentation, ...]:
    """Augmentations in the order in which they are done; unknown ones come last."""
    places = {key: place for place, key in enumerate(AUGMENTATIONS)}
    return tuple(sorted(augment, key=lambda each: places.get(each.key, len(places))))


def add_augmentation(project: Project, key: str) -> Project:
    """The project with one more way of changing its pictures, which must not be among those that it has."""
    data = _pictures(project)
    if key not in AUGMENTATIONS:
        raise EditError(f"There is no way of changing pictures called “{key}”.")
    if any(each.key == key for each in data.augment):
        raise EditError(f"“{AUGMENTATIONS[key].title}” is there already.")
    return _with(project, data, in_order((*data.augment, Augmentation(key))))


def remove_augmentation(project: Project, place: int) -> Project:
    """The project without the augmentation at ``place``."""
    data = _pictures(project)
    _at(data, place)
    return _with(project, data, data.augment[:place] + data.augment[place + 1 :])


def switch_augmentation(project: Project, place: int, on: bool) -> Project:
    """The project with the augmentation at ``place`` done, or not for now."""
    data = _pictures(project)
    return _changed(project, data, place, replace(_at(data, place), off=not on))


def set_augmentation_field(project: Project, place: int, name: str, value: FieldValue) -> Project:
    """The project with a field of the augmentation at ``place`` set; the value must be sound."""
    data = _pictures(project)
    here = _at(data, place)
    kind = AUGMENTATIONS.get(here.key)
    if kind is None or name not in kind.fields:
        raise EditError(f"“{here.key}” has no field “{name}”.")
    why = kind.fields[name].refuse(value)
    if why is not None:
        raise EditError(f"{name}: {why}.")
    return _changed(project, data, place, replace(here, fields={**here.fields, name: value}))


def set_window(project: Project, name: str, value: int) -> Project:
    """The project with ``length``, ``horizon`` or ``stride`` of its windows set."""
    data = project.data
    if not isinstance(data, TableData):
        raise EditError("Only a series is cut into windows.")
    why = WINDOW_FIELDS[name].refuse(value)
    if why is not None:
        raise EditError(f"{name}: {why}.")
    given = data.windows
    values = {"length": given.length, "horizon": given.horizon, "stride": given.stride, name: value}
    windows = Windows(**values, extra=given.extra)
    return project if windows == given else set_data(project, replace(data, windows=windows))


def _pictures(project: Project) -> ImageData:
    if not isinstance(project.data, ImageData):
        raise EditError("Only pictures are changed by chance.")
    return project.data


def _at(data: ImageData, place: int) -> Augmentation:
    if not 0 <= place < len(data.augment):
        raise EditError("It is not there any more.")
    return data.augment[place]


def _changed(project: Project, data: ImageData, place: int, other: Augmentation) -> Project:
    if other == data.augment[place]:
        return project
    return _with(project, data, (*data.augment[:place], other, *data.augment[place + 1 :]))


def _with(project: Project, data: ImageData, augment: tuple[Augmentation, ...]) -> Project:
    return set_data(project, replace(data, augment=augment))
