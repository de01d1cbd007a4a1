"""Real pictures before and after they are changed by chance, by the very functions that training calls."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QImage

from designer.compiler.picture_checks import picture_problems
from designer.compiler.problems import SettingPlace
from designer.gui.data.mask_classes import OTHER
from designer.gui.data.pictures_drawing import image_of
from designer.gui.mask_paint import mask_image
from designer.layers.augmentations import in_use
from designer.layers.places import PlacedColumns
from designer.project.model import ImageData, Project
from designer.training.outlines import Outlines, outlines_of, places_in, seen_of

if TYPE_CHECKING:
    import numpy as np

    from designer.gui.data.mask_classes import MaskClasses
    from designer.gui.data.pictures_listing import PictureSet
    from designer.layers.augmentations import AugmentationType
    from designer.runtime.batches import Part
    from designer.runtime.moving import Places

CHANGED_ROWS = 3
TRIED = 4


@dataclass(frozen=True)
class Sampling:
    """Pictures as the network gets them, and rows of the same changed; ``trouble`` says why training would refuse.

    Where targets say that something is somewhere, ``outlines`` has it for each picture: those before, then each row;
    ``placed`` are their columns. So have ``masks`` that of each, whose classes are ``mask_classes``.
    """

    before: tuple[QImage, ...] = ()
    after: tuple[tuple[QImage, ...], ...] = ()
    names: tuple[str, ...] = ()
    trouble: str = ""
    outlines: tuple[tuple[Outlines, ...], ...] = ()
    placed: PlacedColumns = PlacedColumns()
    masks: tuple[tuple[QImage, ...], ...] = ()
    mask_classes: MaskClasses | None = None


def sample(project: Project, data: ImageData, pictures: PictureSet, count: int, seed: int, skip: int) -> Sampling:
    """``count`` pictures of the training part, the ``skip``-th ones, and what ``seed`` makes of them."""
    problems = [each for each in picture_problems(project) if isinstance(each.place, SettingPlace)]
    trouble = " ".join(each.sentence for each in problems if each.severity == "error")
    places, pixels, masks = _pictures(project, pictures, count, skip)
    if not places:
        return Sampling(trouble=trouble or "No picture of the training part can be read.")
    before = _batch(pictures, places, pixels, masks)
    where = None
    if pictures.placed.names and masks is None:
        where, before = _with_places(project, pictures, places, before)
        trouble = trouble or _unlike(project, data, pictures, places)
    rows = _changed(data, before, seed, len(pictures.classes), where)
    names = tuple(pictures.label(place) for place in places)
    batches = (before, *rows)
    shown = [_images(batch) for batch in batches]
    classes = pictures.mask_classes
    painted = tuple(_mask_images(batch, classes) for batch in batches) if masks is not None and classes else ()
    outlines = tuple(tuple(outlines_of(where, batch.target)) for batch in batches) if where is not None else ()
    return Sampling(shown[0], tuple(shown[1:]), names, trouble, outlines, pictures.placed, painted, classes)


def _with_places(project: Project, pictures: PictureSet, chosen: list[int], batch: Part) -> tuple[Places, Part]:
    """The batch with places for targets: from -1 to 1 in what is seen of each picture, whatever size each came in."""
    import torch

    from designer.training.sources.gathered import image_size

    assert pictures.numbers is not None
    fields = image_size(project)
    target = (fields["height"], fields["width"])
    areas = [seen_of(_size(pictures, place), pictures.shares, target, fields["resize"]) for place in chosen]
    found = [places_in(pictures.numbered, pictures.placed, area) for area in areas]
    scale, offset = (torch.tensor([list(getattr(each, name)) for each in found]) for name in ("scale", "offset"))
    numbers = torch.from_numpy(pictures.numbers[chosen]).float() * scale + offset
    plain = replace(found[0], scale=[1.0] * numbers.shape[1], offset=[0.0] * numbers.shape[1])
    return plain, replace(batch, targets=numbers)


def _size(pictures: PictureSet, place: int) -> tuple[int, int]:
    """Width and height of a picture as it came, turned upright."""
    from designer.runtime.moving import common_size

    if pictures.pixels is not None:
        return pictures.pixels.shape[3], pictures.pixels.shape[2]
    return common_size([pictures.files[place]])


def _unlike(project: Project, data: ImageData, pictures: PictureSet, chosen: list[int]) -> str:
    """Why training refuses to move these pictures: places in them cannot be told where their sizes differ."""
    from designer.runtime.errors import DataError
    from designer.runtime.moving import common_size
    from designer.training.sources.gathered import image_size

    moved = any(kind.geometric for kind, _ in in_use(data.augment))
    told = pictures.shares and image_size(project)["resize"] == "stretch"
    if not moved or told or not len(pictures.files):
        return ""
    try:
        common_size([pictures.files[place] for place in chosen])
    except DataError as error:
        sentence = str(error)
        return f"{sentence[0].upper()}{sentence[1:]}."
    return ""


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
                masks.append(_mask(pictures, place, size))
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


def _mask(pictures: PictureSet, place: int, size: dict[str, Any]) -> np.ndarray:
    from designer.gui.data.mask_classes import MaskClasses
    from designer.runtime.masks import decode_mask

    values = decode_mask(pictures.masks[place], size["height"], size["width"], size["resize"])[0]
    found: np.ndarray = (pictures.mask_classes or MaskClasses()).codes[values]
    return found


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


def _changed(data: ImageData, before: Part, seed: int, classes: int, where: Places | None) -> list[Part]:
    """The pictures changed several times, and the places ``where`` targets say that something is moved with them.

    Masks are mixed by nobody here, since shares of classes have no colour.
    """
    import torch

    from designer.runtime.moving import move_places

    steps = in_use(data.augment)
    if not steps:
        return []
    rows = []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for _ in range(CHANGED_ROWS):
            # what moves comes first
            moves = [step for step in steps if step[0].geometric]
            move = partial(_done, steps=moves, classes=classes)
            batch = move_places(before, move, {"": where}) if where is not None else move(before)
            rows.append(_done(batch, steps[len(moves) :], classes))
    return rows


def _done(batch: Part, steps: list[tuple[AugmentationType, dict[str, Any]]], classes: int) -> Part:
    import torch

    from designer.runtime import augmentation

    for kind, values in steps:
        more = {"classes": classes if batch.target.dim() == 1 else 0} if kind.mixes else {}
        if kind.mixes and batch.target.dtype == torch.int64 and not more["classes"]:
            batch = _mixed(batch, values)
            continue
        batch = getattr(augmentation, kind.function)(batch, **values, **more)
    return batch


def _mixed(batch: Part, values: dict[str, Any]) -> Part:
    """Mixed pictures whose whole-number targets stay for the eye: of each pixel the mask that it was."""
    from dataclasses import replace

    from designer.runtime import augmentation

    mixed = augmentation.mixup(replace(batch, targets=batch.targets.float()), classes=0, **values)
    return replace(mixed, targets=batch.targets)


def _images(batch: Part) -> tuple[QImage, ...]:
    import torch

    pixels = (batch.inputs[0].clamp(0, 1) * 255).round().to(torch.uint8).numpy()
    return tuple([image_of(each) for each in pixels])


def _mask_images(batch: Part, classes: MaskClasses) -> tuple[QImage, ...]:
    """The masks of pictures, as they were moved with them."""
    assert not isinstance(batch.targets, dict)
    codes = batch.targets.clamp(0, OTHER).numpy().astype("uint8")
    return tuple([mask_image(each, classes.clear) for each in codes])
