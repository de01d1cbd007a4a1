"""Small autoencoders with data, for tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from designer.project.model import Column, ImageData, Project, TableData, Training
from tests.helpers.graphs import chain
from tests.helpers.pictures import write_classes
from tests.helpers.training import class_rows, write_csv

TRAINING = Training(epochs=40, batch_size=16, learning_rate=0.02, mode="autoencoder", mode_fields={"noise": 0.1})


def table_project(folder: Path, label: str = "target", loss: str = "mse", latent: int = 2) -> Project:
    """Two numbers, a category and a label that is not learned from."""
    write_csv(folder / "animals.csv", ("x", "y", "colour", "animal"), class_rows(120))
    scale = "minmax" if loss == "bce" else "standard"
    columns = (
        Column("x", scale=scale),  # type: ignore[arg-type]
        Column("y", scale=scale),  # type: ignore[arg-type]
        Column("colour", "category", missing="most_frequent"),
        Column("animal", "category", label),  # type: ignore[arg-type]
    )
    data = TableData("animals.csv", columns=columns)
    layers = [("linear", {"out_features": 12}), "relu", ("linear", {"out_features": latent})]
    layers += [("linear", {"out_features": 12}), "relu", ("linear", {"out_features": 4})]
    return chain("table_input", *layers, ("output", {"loss": loss}), project=Project(data=data, training=TRAINING))


def picture_project(folder: Path, **fields: object) -> Project:
    """Pictures of 8×8 pixels in class folders, through a middle of three."""
    write_classes(folder / "shapes", count=30)
    training = replace(TRAINING, epochs=3, mode_fields={"masking": 0.1})
    image = {"height": 8, "width": 8, "mode": "grey", **fields}
    layers = [("linear", {"out_features": 3}), ("linear", {"out_features": 64}), ("reshape", {"shape": (1, 8, 8)})]
    project = Project(data=ImageData("shapes"), training=training)
    return chain(("image_input", image), "flatten", *layers, "output", project=project)  # type: ignore[arg-type]
