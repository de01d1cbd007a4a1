"""Every loss and optimizer from training to predictions; exported scripts arrive at the app's weights bit for bit."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from designer.layers.catalog import LOSSES, OPTIMIZERS
from designer.project.file import load_project
from designer.project.model import Column, FieldValue, ImageData, Link, Project, Split, TableData, Training
from designer.training.predict import predict_run
from designer.training.results import evaluate_run
from tests.helpers.exported import (
    assert_formatted,
    assert_same_weights,
    assert_tested_alike,
    train_and_export_each,
)
from tests.helpers.graphs import add, chain, link
from tests.journeys.test_export_equals_app import dense, table, write_table

Case = Callable[[Path], Project]


def quick(**settings: object) -> Training:
    return Training(epochs=2, batch_size=16, seed=4, **settings)  # type: ignore[arg-type]


def of_numbers(loss: str, width: int = 1, scale: str = "standard", **fields: FieldValue) -> Case:
    def made(folder: Path) -> Project:
        write_table(folder)
        return replace(dense(6, width, loss=loss, **fields), data=table("price", scale=scale), training=quick())

    return made


def of_directions(folder: Path) -> Project:
    """Two targets that make a vector."""
    write_table(folder)
    data = table("price", scale="none")
    columns = [replace(each, role="target") if each.name == "size" else each for each in data.columns]
    columns = [replace(each, missing="drop", off=("missing",)) if each.name == "size" else each for each in columns]
    data = replace(data, columns=tuple(columns))
    return replace(dense(6, 2, loss="cosine"), data=data, training=quick())


def of_classes(loss: str, target: str, width: int, weights: str = "none", **fields: FieldValue) -> Case:
    def made(folder: Path) -> Project:
        write_table(folder)
        training = quick(class_weights=weights)
        return replace(dense(6, width, loss=loss, **fields), data=table(target), training=training)

    return made


def log_probabilities(folder: Path) -> Project:
    write_table(folder)
    project = chain("table_input", ("linear", {"out_features": 3}), "log_softmax", ("output", {"loss": "nll"}))
    return replace(
        project, data=table("kind"), training=quick(class_weights="balanced", metrics=("perplexity", "top_5"))
    )


def weighted_rows(loss: str, target: str, width: int) -> Case:
    def made(folder: Path) -> Project:
        path = write_table(folder)
        head, *rows = path.read_text(encoding="utf-8").splitlines()
        lines = [f"{head},count", *(f"{row},{number % 4}" for number, row in enumerate(rows))]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        data = table(target)
        data = replace(data, columns=(*data.columns, Column("count", role="weight")))
        weights = "balanced" if LOSSES[loss].class_weights else "none"
        training = quick(class_weights=weights)
        return replace(dense(6, width, loss=loss), data=data, training=training)

    return made


def of_texts(weighted: bool) -> Case:
    """The words for a kind, written down character by character from a row."""

    def made(folder: Path) -> Project:
        project = weighted_rows("focal", "kind", 3)(folder) if weighted else of_classes("focal", "kind", 3)(folder)
        assert project.data is not None
        columns = [replace(each, kind="text") if each.name == "kind" else each for each in project.data.columns]
        letters = {letter for word in ("small", "large", "huge") for letter in word}
        writer = chain(
            "table_input",
            ("linear", {"out_features": 60}),
            ("reshape", {"shape": (10, 6)}),
            ("linear", {"out_features": len(letters) + 1}),
            ("output", {"loss": "ctc"}),
        )
        return replace(writer, data=replace(project.data, columns=tuple(columns)), training=quick())

    return made


def masks(loss: str, classes: int, weights: str = "none") -> Case:
    def made(folder: Path) -> Project:
        chance = np.random.default_rng(3)
        for kind in ("images", "masks"):
            (folder / "scenes" / kind).mkdir(parents=True)
        for number in range(24):
            codes = np.zeros((8, 8), dtype=np.uint8)
            codes[number % 4 : number % 4 + 4, 2:6] = 1 + number % (classes - 1 or 1)
            pixels = (codes * 60 + chance.integers(0, 40, (8, 8))).astype(np.uint8)
            Image.fromarray(pixels).save(folder / "scenes" / "images" / f"{number:02}.png")
            Image.fromarray(codes).save(folder / "scenes" / "masks" / f"{number:02}.png")
        project = chain(
            ("image_input", {"height": 8, "width": 8}),
            ("conv2d", {"out_channels": classes if classes > 2 else 1, "padding": 1}),
            ("output", {"loss": loss}),
        )
        training = quick(class_weights=weights, metrics=("dice", "iou"))
        return replace(project, data=ImageData("scenes", Split(seed=2), layout="masks"), training=training)

    return made


def optimized_by(key: str) -> Case:
    def made(folder: Path) -> Project:
        write_table(folder)
        kind = OPTIMIZERS[key]
        training = quick(optimizer=key, learning_rate=kind.learning_rate, weight_decay=0.01 if kind.decay else 0.0)
        return replace(dense(6, 1, between=("tanh",)), data=table("price"), training=training)

    return made


def two_outputs(folder: Path) -> Project:
    """A price with its deviation and a kind whose classes are weighted, from one trunk."""
    write_table(folder)
    project, first = add(Project(), "table_input")
    project, trunk = add(project, "linear", {"out_features": 8})
    project = link(project, first, trunk)
    for target, loss, width in (("price", "gaussian", 2), ("kind", "focal", 3)):
        project, head = add(project, "linear", {"out_features": width})
        project, end = add(project, "output", {"target": (target,), "loss": loss})
        project = link(link(project, trunk, head), head, end)
    data = table("price")
    data = replace(data, columns=tuple(replace(c, role="target") if c.name == "kind" else c for c in data.columns))
    return replace(project, data=data, training=quick(class_weights="balanced"))


def with_new_layers(folder: Path) -> Project:
    """Rows through noise, a split, products, a constant, and back into one number."""
    write_table(folder)
    project, first = add(Project(), "table_input")
    project, wide = add(project, "linear", {"out_features": 8})
    project, noise = add(project, "gaussian_noise", {"std": 0.3})
    project, cut = add(project, "split", {"size": 4})
    project, pairs = add(project, "bilinear", {"out_features": 4})
    project, ones = add(project, "constant", {"shape": (4,), "value": 0.5})
    project, less = add(project, "subtract")
    project, most = add(project, "maximum")
    project, last = add(project, "linear", {"out_features": 1})
    project, end = add(project, "output")
    for source, target in ((first, wide), (wide, noise), (noise, cut), (cut, pairs), (cut, less), (ones, less),
                           (pairs, most), (less, most), (most, last), (last, end)):  # fmt: skip
        project = link(project, source, target)
    graph = project.graph
    project = replace(project, graph=replace(graph, links=(*graph.links, Link(cut, "rest", pairs, "b"))))
    return replace(project, data=table("price"), training=quick())


CASES: dict[str, Case] = {
    **{f"loss {key}": of_numbers(key) for key in ("mse", "mae", "huber", "log_cosh")},
    "loss msle": of_numbers("msle", scale="none"),
    "loss quantile": of_numbers("quantile", quantile=0.9),
    "loss poisson": of_numbers("poisson", scale="none"),
    "loss gaussian": of_numbers("gaussian", width=2),
    "loss cosine": of_directions,
    "loss bce": of_classes("bce", "sold", 1, "balanced"),
    "loss cross_entropy": of_classes("cross_entropy", "kind", 3, "balanced"),
    "loss nll": log_probabilities,
    "loss focal": of_classes("focal", "kind", 3, "balanced", gamma=1.5),
    "focal of two": of_classes("focal", "sold", 1, "balanced"),
    "loss triplet": of_classes("triplet", "kind", 5),
    "loss hinge": of_classes("hinge", "sold", 1),
    "loss squared_hinge": of_classes("squared_hinge", "kind", 3),
    "loss kl_div": of_classes("kl_div", "kind", 3),
    "loss ctc": of_texts(weighted=False),
    "weighted ctc": of_texts(weighted=True),
    "loss dice": masks("dice", 2),
    "dice of classes": masks("dice", 3),
    "focal of masks": masks("focal", 3, "balanced"),
    "weighted focal": weighted_rows("focal", "kind", 3),
    "weighted bce": weighted_rows("bce", "sold", 1),
    "weighted gaussian": weighted_rows("gaussian", "price", 2),
    "weighted hinge": weighted_rows("hinge", "kind", 3),
    **{f"optimizer {key}": optimized_by(key) for key in OPTIMIZERS},
    "two outputs": two_outputs,
    "new layers": with_new_layers,
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path, str]]:
    """Run, script and printed lines of each case; all scripts ran in one process of their own."""
    return train_and_export_each(CASES, tmp_path_factory)


def test_every_loss_and_optimizer_is_tried() -> None:
    assert {f"loss {key}" for key in LOSSES} <= set(CASES)
    assert {f"optimizer {key}" for key in OPTIMIZERS} <= set(CASES)


@pytest.mark.parametrize("case", CASES)
def test_script_and_app_agree(trained: dict[str, tuple[Path, Path, str]], case: str) -> None:
    run, script, printed = trained[case]
    assert_same_weights(run, script.with_name("weights.pt"))
    metrics = json.loads((run / "metrics.json").read_text())
    assert all(value is not None for part in ("train", "validation", "test") for value in metrics[part].values())
    assert_tested_alike(run, printed)


@pytest.mark.parametrize("case", CASES)
def test_the_run_is_measured_again_as_it_was(trained: dict[str, tuple[Path, Path, str]], case: str) -> None:
    run, _, _ = trained[case]
    metrics = json.loads((run / "metrics.json").read_text())
    again = evaluate_run(run)
    for part in ("train", "validation", "test"):
        assert again[part] == pytest.approx(metrics[part], rel=1e-4, abs=1e-6)


def test_scripts_are_written_as_ruff_would(trained: dict[str, tuple[Path, Path, str]]) -> None:
    assert_formatted([script for _, script, _ in trained.values()])


def predicted(trained: dict[str, tuple[Path, Path, str]], case: str, tmp_path: Path) -> list[dict[str, str]]:
    run, _, _ = trained[case]
    project = load_project(run / "project.loom")
    assert isinstance(project.data, TableData)
    predict_run(run, run.parent.parent / "homes.csv", tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_predictions_are_what_the_loss_says_of_outputs(
    trained: dict[str, tuple[Path, Path, str]], tmp_path: Path
) -> None:
    gaussian = predicted(trained, "loss gaussian", tmp_path)
    assert {"predicted_price", "deviation_price"} <= set(gaussian[0])
    assert all(float(row["deviation_price"]) > 0 for row in gaussian)
    counts = predicted(trained, "loss poisson", tmp_path)
    assert all(float(row["predicted_price"]) > 0 for row in counts)
    kinds = predicted(trained, "loss nll", tmp_path)
    likely = [[float(value) for name, value in row.items() if name.startswith("probability_")] for row in kinds]
    assert all(len(row) == 3 and sum(row) == pytest.approx(1, abs=1e-5) for row in likely)
    places = predicted(trained, "loss triplet", tmp_path)
    assert [name for name in places[0] if name.startswith("embedding_")] == [f"embedding_{n}" for n in range(1, 6)]
    assert not any(name.startswith("predicted") for name in places[0])


def test_class_weights_stand_in_the_run(trained: dict[str, tuple[Path, Path, str]]) -> None:
    run, script, _ = trained["loss bce"]
    learned = json.loads((run / "preprocessing.json").read_text())["target"]
    assert len(learned["class_weights"]) == 2
    assert sum(1 / weight for weight in learned["class_weights"]) == pytest.approx(2)
    text = script.read_text(encoding="utf-8")
    assert "class_weights = torch.tensor(balanced_weights(train, 2), device=device)" in text
    several = json.loads((trained["two outputs"][0] / "preprocessing.json").read_text())["targets"]
    assert [("class_weights" in target) for target in several.values()] == [False, True]
