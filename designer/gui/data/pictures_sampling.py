"""Real pictures before and after they are changed by chance, by the very functions that training calls."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QImage

from designer.compiler.picture_checks import picture_problems
from designer.compiler.problems import SettingPlace
from designer.gui.data.pictures_drawing import image_of, overlay
from designer.layers.augmentations import in_use
from designer.project.model import ImageData, Project

if TYPE_CHECKING:
    import numpy as np

    from designer.gui.data.pictures_listing import PictureSet
    from designer.runtime.batches import Part

CHANGED_ROWS = 3
TRIED = 4


@dataclass(frozen=True)
class Sampling:
    """Pictures as the network gets them, and rows of the same changed; ``trouble`` says why training would refuse."""

    before: tuple[QImage, ...] = ()
    after: tuple[tuple[QImage, ...], ...] = ()
    names: tuple[str, ...] = ()
    trouble: str = ""


def sample(
    project: Project, data: ImageData, pictures: PictureSet, count: int, seed: int, skip: int, colours: tuple[str, ...]
) -> Sampling:
    """``count`` pictures of the training part, the ``skip``-th ones, and what ``seed`` makes of them."""
    problems = [each for each in picture_problems(project) if isinstance(each.place, SettingPlace)]
    trouble = " ".join(each.sentence for each in problems if each.severity == "error")
    places, pixels, masks = _pictures(project, pictures, count, skip)
    if not places:
        return Sampling(trouble=trouble or "No picture of the training part can be read.")
    before = _batch(pictures, places, pixels, masks)
    rows = _changed(data, before, seed, len(pictures.classes))
    names = tuple(pictures.label(place) for place in places)
    shown = [_images(batch, masks is not None, colours) for batch in (before, *rows)]
    return Sampling(shown[0], tuple(shown[1:]), names, trouble)


def chosen_places(pictures: PictureSet, count: int, skip: int) -> list[int]:
    """Places of the training part, the classes in turn; of all pictures where no part is known."""
    import numpy as np

    from designer.gui.data.pictures_listing import turns

    places = pictures.chosen(None, "train")
    if not len(places):
        places = np.arange(len(pictures))
    if not len(places):
        return []
    start = (skip * count) % len(places)
    return [int(place) for place in np.roll(places[turns(pictures.codes[places])], -start)[:count]]


def _pictures(
    project: Project, pictures: PictureSet, count: int, skip: int
) -> tuple[list[int], list[np.ndarray], list[np.ndarray] | None]:
    """Pictures in the size of the network, and their masks; those that cannot be read are passed over."""
    from designer.runtime.errors import DataError
    from designer.runtime.pixels import resize_all
    from designer.training.sources.gathered import image_size

    size = image_size(project)
    places: list[int] = []
    pixels: list[np.ndarray] = []
    masks: list[np.ndarray] = []
    for place in chosen_places(pictures, TRIED * count, skip):
        if len(places) == count:
            break
        try:
            if pictures.pixels is not None:
                picture = resize_all(pictures.pixels[place : place + 1], **size)[0]
            else:
                picture = _decoded(pictures.files[place], size)
            if len(pictures.masks):
                masks.append(_mask(pictures.masks[place], size))
        except DataError:
            continue
        places.append(place)
        pixels.append(picture)
    return places, pixels, masks if len(pictures.masks) else None


def _decoded(path: Path, size: dict[str, Any]) -> np.ndarray:
    from designer.runtime.images import WHITEST, decode_image, white_level

    picture, peak = decode_image(path, **size)
    white = white_level(peak) if peak > 0 else WHITEST
    return picture if white == WHITEST else decode_image(path, **size, white=white)[0]


def _mask(path: Path, size: dict[str, Any]) -> np.ndarray:
    import numpy as np

    from designer.gui.data.pictures_drawing import MOST_VALUES
    from designer.runtime.masks import decode_mask

    values = decode_mask(path, size["height"], size["width"], size["resize"])[0]
    return (values > 127).astype(np.uint8) if len(np.unique(values)) > MOST_VALUES else values


def _batch(pictures: PictureSet, places: list[int], pixels: list[np.ndarray], masks: list[np.ndarray] | None) -> Part:
    """The pictures from 0 to 1 with their targets, as training has them before they are changed."""
    import numpy as np
    import torch

    from designer.runtime.batches import Part
    from designer.runtime.parts import bytes_to_numbers

    if masks is not None:
        targets = torch.from_numpy(np.concatenate(masks).astype(np.int64))
    elif pictures.numbers is not None:
        targets = torch.from_numpy(np.nan_to_num(pictures.numbers[places]).astype(np.float32))
    else:
        targets = torch.from_numpy(np.maximum(pictures.codes[places], 0).astype(np.int64))
    return bytes_to_numbers(Part((torch.from_numpy(np.stack(pixels)),), targets))


def _changed(data: ImageData, before: Part, seed: int, classes: int) -> list[Part]:
    """The pictures changed several times; masks are mixed by nobody here, since shares of classes have no colour."""
    import torch

    from designer.runtime import augmentation

    steps = in_use(data.augment)
    if not steps:
        return []
    rows = []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for _ in range(CHANGED_ROWS):
            batch = before
            for kind, values in steps:
                more = {"classes": classes if before.targets.dim() == 1 else 0} if kind.mixes else {}
                if kind.mixes and before.targets.dtype == torch.int64 and not more["classes"]:
                    batch = _mixed(batch, values)
                    continue
                batch = getattr(augmentation, kind.function)(batch, **values, **more)
            rows.append(batch)
    return rows


def _mixed(batch: Part, values: dict[str, Any]) -> Part:
    """Mixed pictures whose whole-number targets stay for the eye: of each pixel the mask that it was."""
    from dataclasses import replace

    from designer.runtime import augmentation

    mixed = augmentation.mixup(replace(batch, targets=batch.targets.float()), classes=0, **values)
    return replace(mixed, targets=batch.targets)


def _images(batch: Part, masked: bool, colours: tuple[str, ...]) -> tuple[QImage, ...]:
    import torch

    pixels = (batch.inputs[0].clamp(0, 1) * 255).round().to(torch.uint8).numpy()
    images = [image_of(each) for each in pixels]
    if masked:
        masks = batch.targets.numpy()
        images = [overlay(image, mask, colours) for image, mask in zip(images, masks, strict=True)]
    return tuple(images)
