"""Small projects that learn what the data looks like: a GAN for points in the plane, one for pictures, and an RBM."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

from designer.importing.drawing import Drawing
from designer.project.model import Column, ImageData, Project, Split, TableData, Training
from tests.helpers.training import write_csv


def plane_data(folder: Path, rows: int = 80) -> TableData:
    """Points on two short stretches, in units far from 0."""
    chance = random.Random(0)
    points = [(round(50 + 5 * chance.random() + 20 * (n % 2), 3), round(3 * chance.random(), 3)) for n in range(rows)]
    write_csv(folder / "points.csv", ("east", "north"), points)
    return TableData("points.csv", columns=(Column("east"), Column("north")))


def pixel_data(folder: Path, rows: int = 60) -> ImageData:
    """Pictures of 4 by 4 pixels: a bright column or row, by class."""
    chance = random.Random(1)
    names = [f"p{place}" for place in range(16)]
    table = []
    for number in range(rows):
        line, upright = chance.randrange(4), number % 2
        lit = [(place % 4 if upright else place // 4) == line for place in range(16)]
        table.append([*(9 if on else chance.randrange(2) for on in lit), "column" if upright else "row"])
    write_csv(folder / "bars.csv", [*names, "kind"], table)
    return ImageData("bars.csv", layout="pixels", columns=(Column("kind", "category", "target"),), split=Split())


def gan(data: Any, width: int, pictures: bool = False, **training: Any) -> Project:
    """A generator and a discriminator of one hidden layer each."""
    drawing = Drawing()
    last = drawing.add("noise_input", size=(3,))
    last = drawing.add("relu", drawing.add("linear", last, out_features=12))
    last = drawing.add("batch_norm1d", last)
    last = drawing.add("linear", last, name="made", out_features=width)
    if pictures:
        last = drawing.add("reshape", drawing.add("sigmoid", last), shape=(1, 4, 4))
    drawing.add("output", last, name="samples")
    last = drawing.add("image_input", height=4, width=4) if pictures else drawing.add("table_input", features=2)
    last = drawing.add("flatten", last) if pictures else last
    last = drawing.add("leaky_relu", drawing.add("linear", last, name="seen", out_features=12))
    drawing.add("output", drawing.add("linear", last, out_features=1), name="real")
    usual = Training(mode="gan", epochs=3, batch_size=16, learning_rate=0.01, device="cpu")
    return replace(drawing.laid_out(), data=data, training=replace(usual, **training))


def plane_gan(folder: Path, **training: Any) -> Project:
    """A GAN for ``plane_data``."""
    return gan(plane_data(folder), 2, **training)


def pixel_gan(folder: Path, **training: Any) -> Project:
    """A GAN for ``pixel_data``."""
    return gan(pixel_data(folder), 16, pictures=True, **training)


def rbm(folder: Path, *hidden: int, **training: Any) -> Project:
    """Restricted Boltzmann machines one upon another, for ``pixel_data``."""
    drawing = Drawing()
    last = drawing.add("flatten", drawing.add("image_input", height=4, width=4))
    for units in hidden or (8,):
        last = drawing.add("rbm", last, hidden=units)
    drawing.add("output", last, name="features")
    usual = Training(mode="rbm", epochs=3, batch_size=16, learning_rate=0.1, optimizer="sgd", device="cpu")
    return replace(drawing.laid_out(), data=pixel_data(folder), training=replace(usual, **training))
