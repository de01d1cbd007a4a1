"""Predictions for pictures as a set of pictures: each called by what it was taken for, masks over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designer.gui.data.mask_classes import MaskClasses
from designer.gui.data.pictures_listing import NO_CLASS, PictureSet
from designer.gui.numbers import share
from designer.gui.predict.answers import answer_text, best_scores
from designer.layers.places import PlacedColumns
from designer.project.model import ImageData
from designer.project.paths import resolve_from
from designer.training.errors import RunError
from designer.training.outlines import all_placed, in_shares
from designer.training.placed_view import outputs_with_places

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from designer.training.predict import Predictions

SHOWN_ANSWERS, MOST_NUMBERS = 4, 12


def predicted_pictures(found: Predictions, data: Path) -> PictureSet | None:
    """The pictures that could be read, with what is predicted of them; None where samples are no pictures."""
    import numpy as np

    samples, count = found.samples, sum(found.usable)
    if not count or (not samples.files and samples.pixels is None):
        return None
    classes, codes = _classes(found)
    placed = _placed(found)
    masks = [found.masks / name for name in found.columns["mask"]] if found.masks is not None else []
    return PictureSet(
        codes,
        np.full(count, -1, dtype=np.int8),
        classes,
        files=samples.files,
        masks=masks,
        mask_classes=_mask_classes(found) if masks else None,
        pixels=samples.pixels,
        **placed,
        titles=tuple(titles_of(found, placed.get("placed", PlacedColumns()))),
        folder=data if data.is_dir() else data.parent,
        white=int(found.record.preparation.get("image", {}).get("white", 0)),
    )


def _classes(found: Predictions) -> tuple[tuple[str, ...], np.ndarray]:
    """The classes that the pictures were taken for, by which they can be chosen, and the code of each picture's."""
    import numpy as np

    count = sum(found.usable)
    if len(found.scores) != 1:
        return (), np.full(count, NO_CLASS)
    said = [str(word) for word in found.columns[next(iter(found.scores))]]
    classes = tuple(dict.fromkeys(map(str, found.record.preparation["target"].get("classes", sorted(set(said))))))
    places = {word: place for place, word in enumerate(classes)}
    return classes, np.array([places[word] for word in said], dtype=np.int64)


def _placed(found: Predictions) -> dict[str, Any]:
    """What is predicted of where things are, to be drawn over the pictures.

    Whether that is in pixels or in shares is known of the data that was trained with: without it nothing is drawn.
    """
    import numpy as np

    from designer.runtime.errors import DataError
    from designer.training.columns import read_columns

    record = found.record
    data, outputs = record.project.data, outputs_with_places(record.project)
    if not isinstance(data, ImageData) or not outputs:
        return {}
    placed = all_placed(outputs.values())
    titles = {name: _title(found, key, name) for key, each in outputs.items() for name in each.names}
    try:
        table = read_columns(resolve_from(record.base, data.path), dict.fromkeys(placed.names, "number"), data.format)
    except (DataError, RunError, OSError):
        return {}
    return {
        "placed": placed,
        "numbered": tuple(placed.names),
        "predicted": np.array([found.columns[titles[name]] for name in placed.names], dtype=np.float64).T,
        "shares": in_shares(table[list(placed.names)].to_numpy(dtype="float64")),
    }


def _title(found: Predictions, key: str, name: str) -> str:
    """What the column of an output's prediction of a number is called."""
    own = f"{key} predicted_{name}"
    return own if own in found.columns else f"predicted_{name}"


def _mask_classes(found: Predictions) -> MaskClasses:
    target = found.record.preparation["target"]
    return MaskClasses(tuple(target["values"]), bool(target.get("smooth")))


def titles_of(found: Predictions, drawn: PlacedColumns) -> list[str]:
    """What each picture was taken for, with its probability where there is one, or the numbers predicted of it.

    None where that would be a mask or other things that are ``drawn``, or more numbers than one could read there.
    """
    if found.masks is not None or (not found.scores and len(found.columns) > MOST_NUMBERS):
        return []
    seen = tuple(f"predicted_{name}" for name in drawn.names)
    scored = {title for each in found.scores.values() for title in each.titles}
    parts = []
    for title, values in found.columns.items():
        if title in scored or title.endswith(seen):
            continue
        said = [answer_text(value) for value in values]
        scores = found.scores.get(title)
        if scores is not None and scores.likely:
            best = best_scores(found, scores.titles)
            said = [f"{word} · {share(part)}" for word, part in zip(said, best, strict=True)]
        parts.append(said)
    more = "…" if len(parts) > SHOWN_ANSWERS else ""
    return [", ".join(row) + more for row in zip(*parts[:SHOWN_ANSWERS], strict=True)]
