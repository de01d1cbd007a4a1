"""What a step of the recipe makes of real pictures: some before and after it. Always computed off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from PIL import Image
from PySide6.QtGui import QImage

from designer.gui.data.pictures_drawing import image_of
from designer.gui.data.pictures_listing import first_ones
from designer.gui.data.pictures_sampling import Sampling, chosen_places
from designer.gui.numbers import datum, exact, plural
from designer.layers.augmentations import in_use
from designer.layers.recipe import RecipeStep, recipe_in
from designer.project.model import ImageData, Project

if TYPE_CHECKING:
    from designer.gui.data.pictures_listing import PictureSet
    from designer.runtime.batches import Part

    # pictures as files hold them, of any size; then a batch of one size, first of bytes, then of numbers
    State: TypeAlias = "list[Image.Image] | Part"

SHOWN, TRIED, LEARNED_FROM = 4, 4, 64
OFF = "Switched off: nothing is changed."
LARGEST = 256
# how many deviations beside the mean are drawn black and white
REACH = 2.5
MOST_NAMES = 3
# what is done to lists of pictures, not to each
LISTED = ("target", "duplicates", "unreadable")
COLOUR_WORDS = {
    "1": "black and white", "L": "grey", "LA": "grey with alpha", "P": "palette", "RGB": "colour",
    "RGBA": "colour with alpha", "CMYK": "inks", "I": "grey of 16 bits", "I;16": "grey of 16 bits",
    "I;16B": "grey of 16 bits",
}  # fmt: skip


@dataclass(frozen=True)
class PictureChange:
    """Some pictures before and after the step ``key``, and a sentence with its figures."""

    key: str
    sampling: Sampling = Sampling()
    said: str = ""


def picture_change(
    project: Project, pictures: PictureSet, key: str, unreadable: Sequence[tuple[str, str]] = (), seed: int = 0
) -> PictureChange:
    """What the step ``key`` makes of some training pictures, after all that come before it in the recipe.

    A step that is switched off changes nothing. ``unreadable`` are the names of pictures that cannot be read, and why.
    """
    step = next((each for each in recipe_in(project) if (each.column, each.key) == ("", key)), None)
    if step is None or not isinstance(project.data, ImageData) or key == "target":
        return PictureChange(key)
    if key == "duplicates":
        return _copies(pictures, step)
    if key == "unreadable":
        return PictureChange(key, said=_refused(unreadable))
    places, states = states_of(project, pictures, key, SHOWN, seed)
    if not places:
        return PictureChange(key, Sampling(trouble="No picture of the training part can be read."))
    before, after = states[-2:]
    names = tuple(pictures.label(place) for place in places)
    shown = Sampling(_images(before), (_images(after),), names)
    ranged = key in ("numbers", "normalise") or isinstance(before, list)
    return PictureChange(key, shown, (_figures(before, after) if ranged else "") if step.on else OFF)


def states_of(
    project: Project, pictures: PictureSet, key: str = "", count: int = SHOWN, seed: int = 0
) -> tuple[list[int], list[State]]:
    """Pictures of the training part as they are at first and after each step up to ``key``, or after all steps."""
    import torch

    places, images = _read(pictures, count)
    works = _works(project, pictures)
    states: list[State] = [images]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for step in recipe_in(project) if places else ():
            if step.column or step.key in LISTED:
                continue
            states.append(works[step.key](states[-1]) if step.on else states[-1])
            if step.key == key:
                break
    return places, states


def _works(project: Project, pictures: PictureSet) -> Mapping[str, Callable[[Any], State]]:
    """What each step does: the very functions that training calls."""
    import torch

    from designer.runtime import augmentation
    from designer.runtime.batches import Part
    from designer.runtime.images import resized_pixels, turned, with_8_bits
    from designer.runtime.parts import bytes_to_numbers
    from designer.training.sources.gathered import image_size

    size, data = image_size(project), project.data
    assert isinstance(data, ImageData)
    mode, shape = "RGB" if size["colour"] else "L", {name: size[name] for name in ("height", "width", "resize")}

    def brought(images: list[Image.Image]) -> Part:
        pixels = np.stack([resized_pixels(each, **shape) for each in images])
        return Part((torch.from_numpy(pixels),), torch.zeros(len(pixels)))

    works: dict[str, Callable[[Any], State]] = {
        "upright": lambda images: [turned(each) for each in images],
        "colours": lambda images: [with_8_bits(each, _white(pictures, each)).convert(mode) for each in images],
        "size": brought,
        "numbers": bytes_to_numbers,
        "normalise": lambda batch: _normalised(project, pictures, batch),
    }
    for place, each in enumerate(data.augment):
        for kind, values in in_use([each]):
            more: dict[str, Any] = {"classes": 0} if kind.mixes else {}
            function = getattr(augmentation, kind.function)
            works[f"augment {place}"] = lambda batch, function=function, given=values | more: function(batch, **given)
    return works


def _normalised(project: Project, pictures: PictureSet, batch: Part) -> Part:
    """The batch less the mean and by the deviation, learned from some of the training part."""
    from designer.runtime.augmentation import with_pictures
    from designer.training.sources.gathered import image_fields
    from designer.training.sources.pictures import norm_of

    learn = image_fields(project)["normalise"] == "data"
    pixels = np.empty((0, *batch.inputs[0].shape[1:]), dtype=np.uint8)
    if learn:
        _, states = states_of(project, pictures, "size", LEARNED_FROM)
        pixels = states[-1].inputs[0].numpy()  # type: ignore[union-attr]
    norm = norm_of(project, batch.inputs[0].shape[1] == 3, pixels, np.arange(len(pixels)))
    mean, std = (batch.inputs[0].new_tensor(norm[name]).view(-1, 1, 1) for name in ("mean", "std"))
    return with_pictures(batch, (batch.inputs[0] - mean) / std)


def _read(pictures: PictureSet, count: int) -> tuple[list[int], list[Image.Image]]:
    """Pictures of the training part as they came; those that cannot be read are passed over."""
    from designer.runtime.errors import DataError
    from designer.runtime.images import opened_picture, turned, with_8_bits

    places: list[int] = []
    images: list[Image.Image] = []
    for place in chosen_places(pictures, TRIED * count, 0):
        if len(places) == count:
            break
        if pictures.pixels is not None:
            values = pictures.pixels[place]
            image = Image.fromarray(values[0] if len(values) == 1 else np.ascontiguousarray(values.transpose(1, 2, 0)))
        else:
            try:
                with opened_picture(pictures.files[place]) as image:
                    with_8_bits(turned(image))
            except DataError:
                continue
        places.append(place)
        images.append(image)
    return places, images


def _white(pictures: PictureSet, image: Image.Image) -> int:
    from designer.runtime.images import WHITEST, largest_value, white_level

    peak = largest_value(image)
    return pictures.white or (white_level(peak) if peak else WHITEST)


def _copies(pictures: PictureSet, step: RecipeStep) -> PictureChange:
    """The first pictures that are there again with their copies, and what is left of them."""
    from designer.gui.data.pictures_drawing import draw

    firsts = first_ones(pictures)
    again = np.flatnonzero(firsts != np.arange(len(firsts)))
    be = "are" if step.on else "would be"
    said = f"{exact(len(again))} of {plural(len(pictures), 'picture')} {be} left out."
    if not len(again):
        return PictureChange(step.key, said="No picture repeats another.")
    before = [place for copy in again[:SHOWN].tolist() for place in (int(firsts[copy]), copy)][:SHOWN]
    after = [place for place in before if firsts[place] == place] if step.on else before
    drawn = {place: draw(pictures, place, LARGEST).image for place in before}
    shown = [tuple(image for place in row if (image := drawn[place]) is not None) for row in (before, after)]
    return PictureChange(step.key, Sampling(shown[0], (shown[1],), tuple(map(pictures.name, before))), said)


def _refused(unreadable: Sequence[tuple[str, str]]) -> str:
    if not unreadable:
        return "All pictures that were looked at can be read."
    named = "; ".join(f"{name}: {why}" for name, why in unreadable[:MOST_NAMES])
    return f"{plural(len(unreadable), 'picture')} cannot be read: {named}{'; …' * (len(unreadable) > MOST_NAMES)}."


def _images(state: State) -> tuple[QImage, ...]:
    """Pictures as they are drawn; where they are normalised, the mean is grey."""
    import torch

    if isinstance(state, list):
        return tuple([image_of(_bytes_of(each)) for each in state])
    pixels = state.inputs[0]
    if pixels.dtype != torch.uint8:
        if pixels.min() < -1e-4 or pixels.max() > 1 + 1e-4:
            pixels = pixels / (2 * REACH) + 0.5
        pixels = (pixels.clamp(0, 1) * 255).round().to(torch.uint8)
    return tuple([image_of(each) for each in pixels.numpy()])


def _bytes_of(image: Image.Image) -> np.ndarray:
    from designer.runtime.images import is_deep, with_8_bits

    small = (with_8_bits(image) if is_deep(image) else image).convert("RGB")
    small.thumbnail((LARGEST, LARGEST))
    return np.asarray(small).transpose(2, 0, 1)


def _figures(before: State, after: State) -> str:
    """What changes of the first picture, in figures: size, colours, or the range of all values."""
    if isinstance(before, list):
        old = before[0]
        if not isinstance(after, list):
            height, width = after.inputs[0].shape[2:]
            return f"{_size(old.size)} → {_size((width, height))}"
        new = after[0]
        if old.mode != new.mode:
            return f"{COLOUR_WORDS.get(old.mode, old.mode)} → {COLOUR_WORDS.get(new.mode, new.mode)}"
        return f"{_size(old.size)} → {_size(new.size)}" if old.size != new.size else "Nothing changes in the first one."
    assert not isinstance(after, list)
    return f"Values {_range(before)} → {_range(after)}"


def _size(size: Sequence[int]) -> str:
    return f"{size[0]}×{size[1]}"


def _range(batch: Part) -> str:
    low, high = (float(value) for value in (batch.inputs[0].min(), batch.inputs[0].max()))
    return f"{datum(low, 3)} to {datum(high, 3)}"
