"""From what a network takes back to what the data holds: the columns of a table in their own units, and pixels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np

SCALED = ("standard", "minmax", "robust")


class Own(NamedTuple):
    """Columns by name with a cell for each sample; ``prepared`` names those that stay as the network takes them."""

    columns: dict[str, list[Any]]
    prepared: tuple[str, ...]


def own_columns(rows: np.ndarray, features: Mapping[str, Mapping[str, Any]]) -> Own:
    """Prepared rows (N, F) as columns of the data: numbers in their units, categories as the likeliest word.

    Dates, of which only parts were taken, and marks of gaps have no way back: they stay as they are.
    """
    columns: dict[str, list[Any]] = {}
    prepared: list[str] = []
    place = 0
    for name, learned in features.items():
        names = names_of(name, learned)
        cells = rows[:, place : place + len(names)]
        place += len(names)
        width = len(names) - ("indicator" in learned)
        if "indicator" in learned:
            columns[names[-1]] = cells[:, -1].tolist()
            prepared.append(names[-1])
        if "categories" in learned:
            words = list(learned["categories"])
            columns[name] = [words[code] for code in cells[:, :width].argmax(axis=1)]
        elif learned["kind"] == "number" and "parts" not in learned:
            columns[name] = unscaled(cells[:, 0], learned).tolist()
        else:
            columns |= {each: cells[:, number].tolist() for number, each in enumerate(names[:width])}
            prepared += names[:width]
    return Own(columns, tuple(prepared))


def names_of(name: str, learned: Mapping[str, Any]) -> list[str]:
    """What the columns are called that a column of the data became; as ``feature_names`` has them."""
    from designer.training.columns import feature_names

    return feature_names({"features": {name: learned}})


def unscaled(values: np.ndarray, learned: Mapping[str, Any]) -> np.ndarray:
    """Prepared numbers in their own units, the steps undone from the last to the first."""
    import numpy as np

    found = values.astype(np.float64)
    for way in reversed(learned["steps"]):
        if way in (*SCALED, "log"):
            found = found * learned["scale"] + learned["offset"]
        if way == "log":
            found = np.copysign(np.expm1(np.abs(found)), found)
    return found


def own_pixels(pictures: np.ndarray, image: Mapping[str, Any]) -> np.ndarray:
    """Prepared pictures (N, C, H, W) as bytes of the same shape, what was normalised brought back."""
    import numpy as np

    values = pictures.astype(np.float64)
    if norm := image.get("norm"):
        shape = (1, -1, 1, 1)
        values = values * np.reshape(norm["std"], shape) + np.reshape(norm["mean"], shape)
    found: np.ndarray = (values.clip(0, 1) * 255).round().astype(np.uint8)
    return found


def pixel_table_of(pictures: np.ndarray, image: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Prepared pictures (N, C, H, W) as columns, one a pixel, without being rounded to bytes: see ``pixel_table``."""
    import numpy as np

    values = pictures.astype(np.float64)
    if norm := image.get("norm"):
        values = values * np.reshape(norm["std"], (1, -1, 1, 1)) + np.reshape(norm["mean"], (1, -1, 1, 1))
    return pixel_table(values * 255, image)


def pixel_table(pictures: np.ndarray, image: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Pictures of bytes (N, C, H, W) as columns, one a pixel: called and scaled as those of the data, if it has any."""
    low, high = image.get("limits", (0.0, 255.0))
    values = pictures.transpose(0, 2, 3, 1).reshape(len(pictures), -1) / 255 * (high - low) + low
    names = image.get("pixels", ())
    if len(names) != values.shape[1]:
        names = list(pixel_names(pictures.shape[1:]))
    return {name: values[:, place].tolist() for place, name in enumerate(names)}


def pixel_names(shape: Sequence[int]) -> Iterator[str]:
    """``pixel_0_0``, by row and column, with the channel behind where there are several."""
    channels, height, width = shape
    for row in range(height):
        for column in range(width):
            for channel in range(channels):
                yield f"pixel_{row}_{column}" + (f"_{'rgb'[channel]}" if channels > 1 else "")
