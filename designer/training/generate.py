"""New samples of a run: made of noise by its generator, and written as a table or as pictures."""

from __future__ import annotations

import io
from collections.abc import Callable
from math import ceil, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.layers.catalog import MODES, mode_of
from designer.project.atomic import atomic_write, io_words
from designer.training.errors import RunError, in_words
from designer.training.own_units import own_columns, own_pixels, pixel_table
from designer.training.predict import csv_text
from designer.training.results import RunRecord, read_run, trained_model

if TYPE_CHECKING:
    import numpy as np

AT_ONCE = 256
MOST_SAMPLES = 1_000_000
MOST_ON_A_SHEET = 10_000
GAP = 1


def generate_run(run: Path, count: int, seed: int, out: Path, say: Callable[[str], object] = lambda note: None) -> int:
    """Write ``count`` new samples of a run of a GAN to ``out``; how many.

    ``NAME.csv`` holds a row for each sample, in the units of the data; ``NAME.png``, for pictures, a sheet of them,
    and a name without an ending a folder with a file for each. The same ``seed`` gives the same samples. What is to be
    known of them is told to ``say``. RunError where the run makes no samples, or not in this form.
    """
    record = read_run(run)
    refuse_run(record)
    if not 1 <= count <= MOST_SAMPLES:
        raise RunError(f"From 1 to {MOST_SAMPLES:,} samples can be made at once, not {count:,}.")
    with in_words():
        made = samples_of(trained_model(record), count, seed)
        image = record.preparation.get("image")
        if out.suffix.lower() == ".csv":
            _write_table(made, record, out, say)
        elif image is None or made.ndim != 4:
            raise RunError(
                f"The samples are rows of a table and no pictures: name a table to write, such as {out.stem}.csv."
            )
        elif out.suffix.lower() == ".png":
            if count > MOST_ON_A_SHEET:
                raise RunError(
                    f"A sheet holds at most {MOST_ON_A_SHEET:,} pictures, not {count:,}: name a folder instead."
                )
            write_picture(sheet(own_pixels(made, image)), out)
        elif not out.suffix:
            _write_folder(own_pixels(made, image), out)
        else:
            raise RunError(f"{out.name}: samples are written as a table (.csv), a sheet (.png) or into a folder.")
    return count


def refuse_run(record: RunRecord) -> None:
    """A RunError where the run's network makes no samples."""
    mode = mode_of(record.project)
    if not mode.rivals:
        makers = " or ".join(each.title for each in MODES.values() if each.rivals)
        raise RunError(
            f"The run {record.folder} was trained as {mode.title.lower()}, which makes no samples; a {makers} does."
        )


def samples_of(model: Any, count: int, seed: int) -> np.ndarray:
    """Samples as the discriminator takes them, float32 with one row for each; ``seed`` decides which."""
    import numpy as np
    import torch

    chance = torch.Generator().manual_seed(seed)
    made = []
    model.eval()
    with torch.no_grad():
        for start in range(0, count, AT_ONCE):
            made.append(model(model.noise(min(AT_ONCE, count - start), chance)).numpy())
    return np.concatenate(made)


def _write_table(made: np.ndarray, record: RunRecord, out: Path, say: Callable[[str], object]) -> None:
    image = record.preparation.get("image")
    if image is not None and made.ndim == 4:
        columns = pixel_table(own_pixels(made, image), image)
    elif made.ndim == 2 and "features" in record.preparation:
        own = own_columns(made, record.preparation["features"])
        columns = own.columns
        if own.prepared:
            named = ", ".join(f"“{name}”" for name in own.prepared[:5]) + (", …" if len(own.prepared) > 5 else "")
            say(f"{named}: as the network takes them, for there is no way back to the units of the data.")
    else:
        flat = made.reshape(len(made), -1)
        columns = {f"value_{place + 1}": flat[:, place].tolist() for place in range(flat.shape[1])}
        say("The samples are as the network takes them, for there is no way back to the units of the data.")
    atomic_write(out, csv_text(list(columns), list(zip(*columns.values(), strict=True))))


def sheet(pictures: np.ndarray, across: int = 0) -> np.ndarray:
    """Pictures of bytes (N, C, H, W) side by side, ``across`` in a row or else in a square: (H, W) or (H, W, C)."""
    import numpy as np

    count, channels, height, width = pictures.shape
    across = across or ceil(sqrt(count))
    rows = ceil(count / across)
    ground = np.zeros((rows * (height + GAP) - GAP, across * (width + GAP) - GAP, channels), dtype=np.uint8)
    for place, picture in enumerate(pictures):
        top, left = place // across * (height + GAP), place % across * (width + GAP)
        ground[top : top + height, left : left + width] = picture.transpose(1, 2, 0)
    return ground[:, :, 0] if channels == 1 else ground


def write_picture(pixels: np.ndarray, path: Path) -> None:
    """Write bytes (H, W) or (H, W, 3) as a PNG."""
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    atomic_write(path, stream.getvalue())


def _write_folder(pictures: np.ndarray, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(io_words(folder, "make", error, "a folder for the pictures")) from error
    digits = len(str(len(pictures)))
    for number, picture in enumerate(pictures, start=1):
        pixels = picture[0] if len(picture) == 1 else picture.transpose(1, 2, 0)
        write_picture(pixels, folder / f"sample_{number:0{digits}}.png")
