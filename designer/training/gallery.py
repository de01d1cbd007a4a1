"""The gallery of a run: what a network that learns the data's looks makes of them, after each epoch."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from designer.layers.catalog import mode_of
from designer.project.atomic import atomic_write
from designer.project.errors import ProjectError
from designer.training.assemble import Setup
from designer.training.columns import feature_names
from designer.training.mode import answer_of
from designer.training.own_units import own_columns, own_pixels
from designer.training.restored import restored

if TYPE_CHECKING:
    import numpy as np

    from designer.runtime.batches import Part
    from designer.runtime.events import Epoch, Step

    Stream: TypeAlias = Generator[Step | Epoch, None, None]

FOLDER, ABOUT, REAL = "gallery", "about.json", "real.safetensors"
MOST_SAMPLES = 64
MOST_NUMBERS = 1 << 18
MOST_REAL = 1_000
EVERY_EPOCH_TO = 100
Views: TypeAlias = dict[str, "np.ndarray"]


def is_kept(epoch: int, epochs: int) -> bool:
    """Whether the gallery has this epoch: the first hundred, then about a hundred more, and the last."""
    return epoch <= EVERY_EPOCH_TO or epoch == epochs or epoch % -(-epochs // EVERY_EPOCH_TO) == 0


def file_of(epoch: int) -> str:
    """The name of an epoch's file: ``epoch-00012.safetensors``."""
    return f"epoch-{epoch:05d}.safetensors"


def shown_in_gallery(events: Iterator[Step | Epoch], setup: Setup, folder: Path, past: int = 0) -> Stream:
    """Pass events on and write what the network makes after each epoch into the run's gallery, where its mode has one.

    Of epochs up to ``past``, which are told again on resume, the gallery has what it needs. A full disk costs no
    training: the picture is left out then.
    """
    from designer.runtime.events import Epoch

    view = VIEWS.get(mode_of(setup.project).key)
    gallery = folder / FOLDER
    began = False
    for event in events:
        ended = event.epoch if isinstance(event, Epoch) else 0
        if view is not None and ended > past and is_kept(ended, event.epochs):  # type: ignore[union-attr]
            with suppress(OSError, ProjectError):
                if not began:
                    gallery.mkdir(exist_ok=True)
                    atomic_write(gallery / ABOUT, json.dumps({"columns": _columns(setup)}, ensure_ascii=False))
                    _write(gallery / REAL, _real(setup))
                    began = True
                _write(gallery / file_of(ended), view(setup))
        yield event


def _write(path: Path, views: Mapping[str, np.ndarray]) -> None:
    from safetensors.numpy import save

    # made after each epoch, which shall not wait for the disk
    atomic_write(path, save(dict(views)), lasting=False)


def counted(part: Part, most: int) -> int:
    """How many samples of a part are shown: fewer of large ones."""
    sample = max(1, part.rows(slice(0, 1)).ready().inputs[0].numel())
    return max(1, min(most, len(part), MOST_NUMBERS // sample))


def first_rows(setup: Setup, most: int) -> Part:
    """The first samples of the part to validate with, else of that to train with, as the model takes them."""
    part = setup.parts["validation"] if len(setup.parts["validation"]) else setup.parts["train"]
    return part.rows(slice(0, counted(part, most))).ready()


def _columns(setup: Setup) -> list[str]:
    """What the numbers of a row are called; empty for pictures."""
    learned = setup.prepared.preparation
    return feature_names(learned) if "features" in learned else []


def _real(setup: Setup) -> Views:
    """Samples of the data to compare with, in their own units."""
    part = setup.parts["train"]
    real = part.rows(slice(0, counted(part, MOST_REAL))).ready()
    return {"real": in_own_units(real.inputs[0].cpu().numpy(), setup)}


def in_own_units(values: np.ndarray, setup: Setup) -> np.ndarray:
    """Samples as they are shown: numbers of a table in their units where each has one, pixels as bytes."""
    import numpy as np

    learned = setup.prepared.preparation
    if values.ndim == 4 and "image" in learned:
        return np.ascontiguousarray(own_pixels(values, learned["image"]))
    if values.ndim == 2 and "features" in learned:
        own = own_columns(values, learned["features"])
        if len(own.columns) == values.shape[1] and not own.prepared:
            cells = list(own.columns.values())
            if all(isinstance(column[0], float) for column in cells):
                return np.array(cells, dtype=np.float32).T.copy()
    return np.ascontiguousarray(values, dtype=np.float32)


def _samples(setup: Setup) -> Views:
    """What the generator makes of the same noise each time."""
    import torch

    from designer.runtime.adversaries import repeated_noise

    model: Any = setup.judged
    count = counted(setup.parts["train"], MOST_SAMPLES)
    model.eval()
    with torch.no_grad():
        noise = repeated_noise(model, MOST_SAMPLES)[:count].to(setup.device)
        made = model(noise)
    return {"samples": in_own_units(made.cpu().numpy(), setup)}


def _restored(setup: Setup) -> Views:
    """Samples of the data, and what the network gives back of them."""
    from designer.runtime.fit import predict_batch

    batch = first_rows(setup, MOST_SAMPLES // 2)
    output = predict_batch(setup.judged, batch, answer_of(setup.project))
    assert not isinstance(output, dict)
    original, output = batch.target.cpu().numpy(), restored(setup.project, output)
    return {"original": in_own_units(original, setup), "restored": in_own_units(output.cpu().numpy(), setup)}


def _machine(setup: Setup) -> Views:
    """What the machines give back, and what each hidden unit of the first looks at."""
    import numpy as np

    from designer.runtime.boltzmann import machines_in

    weight = machines_in(setup.judged)[0].weight[:MOST_SAMPLES].detach().cpu().numpy()
    shape = next(iter(setup.prepared.facts.shapes.values()), ())
    pictures = len(shape) == 3 and weight.shape[1] == shape[0] * shape[1] * shape[2]
    weights = weight.reshape(-1, *shape) if pictures else weight
    return {**_restored(setup), "weights": np.ascontiguousarray(weights, dtype=np.float32)}


VIEWS: Mapping[str, Callable[[Setup], Views]] = {"gan": _samples, "rbm": _machine, "autoencoder": _restored}
