"""Predicted masks as pictures: one for each picture, in its own size and with the values of the training masks."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from designer.project.atomic import atomic_write, io_words
from designer.training.errors import RunError
from designer.training.prepared import Unseen

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image
    from torch import nn

MASKS_AT_ONCE = 16


def write_masks(model: nn.Module, samples: Unseen, preparation: Mapping[str, Any], out: Path) -> dict[str, list[Any]]:
    """Write a PNG for each picture into the folder ``NAME_masks`` beside ``out``, named NAME.csv.

    The columns for ``out``: the path of each mask as seen from it, and the share of each class of its pixels.
    """
    import numpy as np

    from designer.runtime.fit import predict_batch, ready_batches
    from designer.runtime.values import by_name

    target = preparation["target"]
    values = np.array(target["values"], dtype=np.uint8)
    folder = out.with_name(f"{out.stem}_masks")
    usable = [place for place, sound in enumerate(samples.usable) if sound]
    names = _names([samples.names["file"][place] for place in usable])
    columns: dict[str, list[Any]] = {"mask": [], **{f"share_{name}": [] for name in target["classes"]}}
    place = 0
    for batch in ready_batches(samples.part, MASKS_AT_ONCE):
        output = by_name(predict_batch(model, batch))[""]
        codes = (output[:, 0] > 0).long() if output.shape[1] == 1 else output.argmax(dim=1)
        for mask in codes.cpu().numpy():
            picture = in_own_size(values[mask], samples.files[usable[place]], str(preparation["image"]["resize"]))
            path = folder / names[place]
            _write_png(picture, path)
            columns["mask"].append(f"{folder.name}/{names[place]}")
            for code, name in enumerate(target["classes"]):
                columns[f"share_{name}"].append(float((mask == code).mean()))
            place += 1
    return columns


def _names(files: list[str]) -> list[str]:
    """A path for each mask like that of its picture: without endings, unless two pictures differ by these alone."""
    paths = [PurePosixPath(file.replace("\\", "/")) for file in files]
    inside = [PurePosixPath(*[part for part in path.parts if part not in ("/", "..")]) for path in paths]
    stems = [path.with_suffix("").as_posix() for path in inside]
    return [
        f"{stem if stems.count(stem) == 1 else path.as_posix()}.png" for stem, path in zip(stems, inside, strict=True)
    ]


def in_own_size(values: np.ndarray, picture: Path, resize: str) -> Image.Image:
    """A mask (height, width) in the size of its picture: what ``fit`` put beside it goes, what ``crop`` cut is 0."""
    from PIL import Image

    from designer.runtime.masks import upright_size

    mask, size = Image.fromarray(values), upright_size(picture)
    if size is None:
        return mask
    if resize == "stretch":
        return mask.resize(size, Image.Resampling.NEAREST)
    between = min if resize == "fit" else max
    scale = between(mask.width / size[0], mask.height / size[1])
    width, height = size[0] * scale, size[1] * scale
    left, top = (mask.width - width) / 2, (mask.height - height) / 2
    # each point of the picture is looked up in the mask; beyond its edges nothing is known, which is 0
    places = (scale, 0, left, 0, scale, top)
    return mask.transform(size, Image.Transform.AFFINE, places, Image.Resampling.NEAREST)


def _write_png(picture: Image.Image, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(io_words(path.parent, "make", error, "a folder for the masks")) from error
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    atomic_write(path, stream.getvalue())
