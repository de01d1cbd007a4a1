"""Pictures whose values are all much alike, as microscopes give them, are learned from as well as any other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from designer.importing.images import look_through
from designer.importing.new import draft_project, new_project
from designer.project.model import Project
from designer.training.events import Finished
from designer.training.run import train
from tests.helpers.pictures import write_classes, write_masks

SIDE = 24


def microscope(folder: Path, brightest: int, count: int = 40) -> Path:
    """Round spots and bars in grey of 16 bits, of which little is used."""
    rng = np.random.default_rng(4)
    for name in ("bars", "spots"):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            y, x = np.mgrid[:SIDE, :SIDE] - rng.uniform(6, 18, (2, 1, 1))
            shape = np.exp(-(x**2 + y**2) / 8) if name == "spots" else np.exp(-(x**2) / 3)
            values = brightest * (0.3 + 0.7 * shape) + rng.normal(0, brightest / 60, (SIDE, SIDE))
            Image.fromarray(values.clip(0, 65535).astype(np.uint16)).save(folder / name / f"{number:02}.png")
    return folder


def normalised(project: Project) -> str:
    (node,) = (node for node in project.graph.nodes.values() if node.type == "image_input")
    return str(node.fields["normalise"])


def test_dark_pictures_of_16_bits_are_spread_out_and_told_of(tmp_path: Path) -> None:
    draft = draft_project(microscope(tmp_path / "cells", 5_000), None, tmp_path / "a.loom")
    assert normalised(draft.project) == "data"
    assert any("little contrast" in note for note in draft.notes)


def test_brightness_counts_as_it_is_learned_from(tmp_path: Path) -> None:
    """Pictures that fill the 12 bits of their camera are not dark, though 16 bits could hold more."""
    values = np.full((SIDE, SIDE), 400, dtype=np.uint16)
    values[SIDE // 2 :] = 4_000
    Image.fromarray(values).save(tmp_path / "a.png")
    assert not look_through([tmp_path / "a.png"], "cells").faint
    Image.fromarray(np.where(values > 400, np.uint16(40_000), values)).save(tmp_path / "b.png")
    assert not look_through([tmp_path / "b.png"], "cells").faint
    Image.fromarray(np.where(values > 400, np.uint16(1_100), values)).save(tmp_path / "c.png")
    assert look_through([tmp_path / "c.png"], "cells").faint
    # of 16 bits 8 may be in use, or fewer
    for white in (1, 250):
        Image.fromarray(np.where(values > 400, np.uint16(white), np.uint16(0))).save(tmp_path / "d.png")
        assert look_through([tmp_path / "d.png"], "cells").faint == (white == 1)


def test_pictures_of_much_contrast_stay_as_they_are(tmp_path: Path) -> None:
    draft = draft_project(write_classes(tmp_path / "shapes"), None, tmp_path / "a.loom")
    assert normalised(draft.project) == "none"
    assert not any("little contrast" in note for note in draft.notes)


def test_faint_pictures_with_masks_are_spread_out(tmp_path: Path) -> None:
    folder = write_masks(tmp_path / "masks")
    for path in sorted((folder / "images").iterdir()):
        Image.open(path).point(lambda value: value // 12 + 100).save(path)
    assert normalised(draft_project(folder, None, tmp_path / "a.loom").project) == "data"


@pytest.mark.parametrize("template", ["autoencoder", "gan", "rbm"])
def test_what_is_made_by_a_sigmoid_is_compared_with_values_from_0_to_1(tmp_path: Path, template: str) -> None:
    folder = microscope(tmp_path / "cells", 5_000)
    assert normalised(draft_project(folder, None, tmp_path / "a.loom", template).project) == "none"


def test_a_new_project_tells_dark_pictures_apart_as_it_is(tmp_path: Path) -> None:
    project = new_project(microscope(tmp_path / "cells", 5_000), None, tmp_path / "a.loom")
    project = replace(project, training=replace(project.training, epochs=20, threads=1, memory_format="contiguous"))
    (tmp_path / "run").mkdir()
    *_, finished = train(project, tmp_path, tmp_path / "run")
    assert isinstance(finished, Finished)
    assert finished.metrics["test"]["accuracy"] >= 0.9
