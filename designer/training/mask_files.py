"""Predicted masks as pictures: one for each picture, in its own size and with the values of the training masks."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from designer.project.atomic import atomic_write, io_error, io_words
from designer.training.errors import RunError
from designer.training.prepared import Unseen

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image
    from torch import Tensor, nn

MASKS_AT_ONCE = 16


def masks_beside(out: Path) -> Path:
    """The folder for the masks that the table ``out`` names: ``NAME_masks`` beside NAME.csv."""
    return out.with_name(f"{out.stem}_masks")


def write_masks(
    model: nn.Module,
    samples: Unseen,
    preparation: Mapping[str, Any],
    folder: Path,
    tell: Callable[[float], object] = lambda share: None,
) -> dict[str, list[Any]]:
    """Write a PNG for each picture into ``folder``.

    The columns: the path of each mask as seen from the folder, and the share of each class of its pixels. ``tell``
    hears the share that is done.
    """
    import numpy as np

    from designer.runtime.fit import predict_batch, ready_batches
    from designer.runtime.values import by_name

    target = preparation["target"]
    values = np.array(target["values"], dtype=np.uint8)
    names = _names([name for name, sound in zip(samples.names["file"], samples.usable, strict=True) if sound])
    columns: dict[str, list[Any]] = {"mask": [], **{f"share_{name}": [] for name in target["classes"]}}
    place = 0
    for batch in ready_batches(samples.part, MASKS_AT_ONCE):
        for mask in mask_codes_of(by_name(predict_batch(model, batch))[""]):
            picture = in_own_size(values[mask], samples.files[place], str(preparation["image"]["resize"]))
            stream = io.BytesIO()
            picture.save(stream, "PNG")
            _write(folder / names[place], stream.getvalue())
            columns["mask"].append(names[place])
            for code, name in enumerate(target["classes"]):
                columns[f"share_{name}"].append(float((mask == code).mean()))
            place += 1
        tell(place / len(names))
    return columns


def mask_codes_of(output: Tensor) -> np.ndarray:
    """The class code of each pixel (n, height, width) of what a network says of n pictures."""
    codes = (output[:, 0] > 0).long() if output.shape[1] == 1 else output.argmax(dim=1)
    found: np.ndarray = codes.cpu().numpy()
    return found


def masks_into(folder: Path, where: Path, names: Sequence[str]) -> list[str]:
    """Write the masks of these names that lie in ``where`` into ``folder``; their paths as seen from beside it."""
    for name in names if folder != where else ():
        try:
            content = (where / name).read_bytes()
        except OSError as error:
            raise io_error(where / name, "read", error) from error
        _write(folder / name, content)
    return [f"{folder.name}/{name}" for name in names]


def _names(files: list[str]) -> list[str]:
    """A path for each mask like that of its picture: without endings, unless two pictures differ by these alone."""
    paths = [PurePosixPath(file.replace("\\", "/")) for file in files]
    inside = [PurePosixPath(*[part for part in path.parts if part not in ("/", "..")]) for path in paths]
    stems = [path.with_suffix("").as_posix() for path in inside]
    return [
        f"{stem if stems.count(stem) == 1 else path.as_posix()}.png" for stem, path in zip(stems, inside, strict=True)
    ]


def in_own_size(values: np.ndarray, picture: Path, resize: str) -> Image.Image:
    """A mask (height, width) in the size of its picture, see ``in_size``; as it is where the picture cannot be read."""
    from PIL import Image

    from designer.runtime.masks import upright_size

    size = upright_size(picture)
    return Image.fromarray(values) if size is None else in_size(values, size, resize)


def in_size(values: np.ndarray, size: tuple[int, int], resize: str) -> Image.Image:
    """A mask (height, width) in the proportions of its picture, of ``size`` (width, height).

    What ``fit`` put beside it goes, what ``crop`` cut is 0.
    """
    from PIL import Image

    mask = Image.fromarray(values)
    if resize == "stretch":
        return mask.resize(size, Image.Resampling.NEAREST)
    between = min if resize == "fit" else max
    scale = between(mask.width / size[0], mask.height / size[1])
    width, height = size[0] * scale, size[1] * scale
    left, top = (mask.width - width) / 2, (mask.height - height) / 2
    # each point of the picture is looked up in the mask; beyond its edges nothing is known, which is 0
    places = (scale, 0, left, 0, scale, top)
    return mask.transform(size, Image.Transform.AFFINE, places, Image.Resampling.NEAREST)


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(io_words(path.parent, "make", error, "a folder for the masks")) from error
    atomic_write(path, content)
