"""An exported script, run where Layerloom is not installed, arrives at the app's weights bit for bit."""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from designer.compiler.analyse import analyse
from designer.exporting.export import export
from designer.layers.catalog import LOSSES, OPTIMIZERS
from designer.layers.fields import Bool
from designer.project.file import save_project
from designer.project.model import (
    Column,
    FieldValue,
    ImageData,
    Project,
    Split,
    TableData,
    TableFormat,
    Training,
)
from designer.training.prepare import facts_of
from designer.workspace.samples import copy_sample
from tests.helpers.blocks import ready, through
from tests.helpers.exported import (
    assert_formatted,
    assert_same_weights,
    assert_tested_alike,
    by_name,
    run_scripts,
    train_and_export,
    train_and_export_each,
)
from tests.helpers.graphs import add, chain, link
from tests.helpers.random_blocks import random_block_project

Layer = str | tuple[str, dict[str, FieldValue]]


def dense(*widths: int, between: tuple[Layer, ...] = ("relu",), loss: str = "mse", **fields: FieldValue) -> Project:
    layers: list[Layer] = ["table_input"]
    for width in widths[:-1]:
        layers += [("linear", {"out_features": width}), *between]
    return chain(*layers, ("linear", {"out_features": widths[-1]}), ("output", {"loss": loss, **fields}))


def write_table(folder: Path, rows: int = 90, delimiter: str = ",", decimal: str = ".") -> Path:
    """A table with every kind of column, gaps and rare categories, in two kinds of target and a split column."""
    chance = np.random.default_rng(7)
    lines = [delimiter.join(["size", "rooms", "town", "garden", "price", "sold", "kind", "part"])]
    for row in range(rows):
        size, rooms = chance.normal(80, 30), int(chance.integers(1, 6))
        town = ["Ulm", "Bonn", "Köln", "Rare"][min(3, int(chance.integers(0, 31)) // 10)]
        price = 2.5 * size + 10 * rooms + chance.normal(0, 9)
        cells = [f"{size:.3f}".replace(".", decimal) if row % 9 else "", str(rooms) if row % 13 else "NA"]
        cells += [town if row % 11 else "", ["yes", "no", ""][row % 3], f"{max(price, 1):.2f}".replace(".", decimal)]
        cells += ["yes" if price > 230 else "no", ["small", "large", "huge"][(price > 180) + int(price > 260)]]
        cells += [["train", "train", "train", "val", "test"][row % 5]]
        lines.append(delimiter.join(cells))
    path = folder / "homes.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def table(
    target: str, split: Split | None = None, missing: str = "mean", scale: str = "standard", **form: str
) -> TableData:
    kinds = {"size": "number", "rooms": "number", "town": "category", "garden": "boolean"}
    kinds |= {"price": "number", "sold": "boolean", "kind": "category", "part": "category"}
    columns = []
    for name, kind in kinds.items():
        role = "target" if name == target else "feature" if name in ("size", "rooms", "town", "garden") else "ignored"
        gap = missing if kind == "number" else "most_frequent"
        columns.append(Column(name, kind, role, gap, scale if name != "rooms" else "minmax"))  # type: ignore[arg-type]
    return TableData("homes.csv", TableFormat(**form), tuple(columns), split or Split(seed=3))  # type: ignore[arg-type]


def write_pictures(folder: Path, parts: tuple[str, ...] = ("",), classes: int = 3) -> None:
    chance = np.random.default_rng(5)
    for part in parts:
        for code in range(classes):
            place = folder / "pictures" / part / f"class {code}"
            place.mkdir(parents=True)
            for number in range(14):
                pixels = chance.integers(0, 120, (15, 13, 3), dtype=np.uint8)
                pixels[3 * code : 3 * code + 5, 2:9, code % 3] = 250
                Image.fromarray(pixels).save(place / f"{number}.png")
    (place / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n no picture")


def cnn(classes: int, mode: str, loss: str = "cross_entropy", **fields: FieldValue) -> Project:
    return chain(
        ("image_input", {"height": 14, "width": 12, "mode": mode}),
        ("conv2d", {"out_channels": 6}),
        "batch_norm2d",
        "relu",
        ("dropout2d", {"p": 0.25}),
        "max_pool2d",
        "flatten",
        ("dropout", {"p": 0.3}),
        ("linear", {"out_features": classes}),
        ("output", {"loss": loss, **fields}),
    )


def regression(folder: Path) -> Project:
    write_table(folder)
    return replace(dense(12, 6, 1), data=table("price"), training=Training(epochs=3, batch_size=16, seed=11))


def regression_in_its_own_form(folder: Path) -> Project:
    write_table(folder, delimiter=";", decimal=",")
    data = table("price", Split("column", column="part"), "median", "minmax", delimiter=";", decimal=",")
    training = Training(epochs=4, batch_size=0, optimizer="rmsprop", metrics=("mae", "r2"), keep_best=False, seed=2)
    return replace(dense(8, 1, between=("tanh",), loss="huber", delta=0.5), data=data, training=training)


def unscaled_logarithms(folder: Path) -> Project:
    write_table(folder)
    data = table("price", Split(validation=0.0, test=0.0), scale="none")
    training = Training(epochs=3, optimizer="adagrad", learning_rate=0.05, patience=2, threads=0)
    return replace(dense(8, 1, between=("softplus",), loss="msle"), data=data, training=training)


def binary(folder: Path) -> Project:
    write_table(folder)
    training = Training(epochs=40, batch_size=8, optimizer="sgd", learning_rate=0.2, patience=2, seed=4)
    training = replace(training, optimizer_fields={"momentum": 0.9, "nesterov": True})
    project = dense(10, 1, between=("batch_norm1d", "relu", ("dropout", {"p": 0.4})), loss="bce")
    return replace(project, data=table("sold", missing="drop"), training=training)


def classes(folder: Path) -> Project:
    write_table(folder)
    training = Training(epochs=3, optimizer="adamw", weight_decay=0.05, l1=0.003, batch_size=13, metrics=("f1",))
    project = dense(9, 3, between=("layer_norm", "gelu"), loss="cross_entropy", label_smoothing=0.1)
    return replace(project, data=table("kind", Split(stratify=False, seed=9), "most_frequent"), training=training)


def hinge_by_single_rows(folder: Path) -> Project:
    write_table(folder, rows=40)
    training = Training(epochs=2, batch_size=1, optimizer="nadam", l1=0.01)
    return replace(dense(5, 3, loss="squared_hinge"), data=table("kind"), training=training)


def pictures(folder: Path) -> Project:
    write_pictures(folder)
    training = Training(epochs=3, batch_size=8, keep_best=True, patience=2)
    return replace(cnn(3, "colour"), data=ImageData("pictures", Split(seed=6)), training=training)


def pictures_in_parts(folder: Path) -> Project:
    write_pictures(folder, ("train", "test"), classes=2)
    data = ImageData("pictures", Split("folders", validation=0.3))
    training = Training(epochs=2, batch_size=5, optimizer="adadelta", learning_rate=1.0)
    return replace(cnn(1, "grey", "bce"), data=data, training=training)


def residual_pictures(folder: Path) -> Project:
    """A small residual network: blocks in a row, with and without shared weights, and one that is bypassed."""
    write_pictures(folder)
    project, first = add(Project(), "image_input", {"height": 14, "width": 12, "mode": "colour"})
    project, stem = add(project, "conv2d", {"out_channels": 6, "padding": 1})
    project, one = ready(project, "residual", {"channels": 6, "repeat": 2})
    project, down = ready(project, "residual_downsampling", {"channels": 8})
    project, same = ready(project, "separable_convolution", {"channels": 8, "repeat": 2, "shared": True})
    project, squeeze = ready(project, "squeeze_and_excitation", {"channels": 8})
    project, left_out = ready(project, "bottleneck", {"channels": 8, "width": 2})
    project, pool = add(project, "global_avg_pool")
    project, last = add(project, "linear", {"out_features": 3})
    project, end = add(project, "output", {"loss": "cross_entropy"})
    project = through(project, first, stem, one, down, same, squeeze, left_out, pool, last, end)
    nodes = {key: replace(node, bypassed=key == left_out) for key, node in project.graph.nodes.items()}
    training = Training(epochs=2, batch_size=8, seed=3)
    graph = replace(project.graph, nodes=nodes)
    return replace(project, graph=graph, data=ImageData("pictures", Split(seed=6)), training=training)


def attention_on_rows(folder: Path) -> Project:
    """Rows read as sequences of two steps through transformer encoders, then an MLP, both blocks."""
    write_table(folder)
    project, first = add(Project(), "table_input")
    project, wide = add(project, "linear", {"out_features": 8})
    project, steps = add(project, "reshape", {"shape": (2, 4)})
    project, encoder = ready(project, "transformer_encoder", {"features": 4, "heads": 2, "feedforward": 6, "repeat": 2})
    project, flat = add(project, "flatten")
    project, mlp = ready(project, "mlp", {"hidden": 5, "features": 3})
    project, end = add(project, "output", {"loss": "cross_entropy"})
    project = through(project, first, wide, steps, encoder, flat, mlp, end)
    return replace(project, data=table("kind"), training=Training(epochs=2, batch_size=16, seed=5))


def packed(folder: Path) -> Project:
    plain = write_table(folder)
    (folder / "homes.csv.gz").write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    data = replace(table("kind"), path="homes.csv.gz")
    return replace(dense(4, 3, loss="cross_entropy"), data=data, training=Training(epochs=1))


CASES: list[Callable[[Path], Project]] = [
    regression,
    regression_in_its_own_form,
    unscaled_logarithms,
    binary,
    classes,
    hinge_by_single_rows,
    pictures,
    pictures_in_parts,
    residual_pictures,
    attention_on_rows,
    packed,
]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path, str]]:
    """Run, script and printed lines of each case; all scripts ran in one process of their own."""
    return train_and_export_each(by_name(CASES), tmp_path_factory)


@pytest.mark.parametrize("case", [case.__name__ for case in CASES])
def test_script_and_app_agree(trained: dict[str, tuple[Path, Path, str]], case: str) -> None:
    run, script, printed = trained[case]
    assert_same_weights(run, script.with_name("weights.pt"))
    metrics = json.loads((run / "metrics.json").read_text())
    assert printed.count("epoch ") == metrics["epochs"]
    if metrics["test"]:
        assert_tested_alike(run, printed)


def test_scripts_are_written_as_ruff_would(trained: dict[str, tuple[Path, Path, str]]) -> None:
    assert_formatted([script for _, script, _ in trained.values()])


NUMBERS = {"regression", "regression_in_its_own_form", "unscaled_logarithms"}
CLASSES = {"binary", "classes", "hinge_by_single_rows", "attention_on_rows", "packed"}
PICTURES = {"pictures", "pictures_in_parts", "residual_pictures"}
USED_BY = {
    "def unpack": {"packed"},
    "import gzip": {"packed"},
    "def to_booleans": NUMBERS | CLASSES,
    "def learn_categories": NUMBERS | CLASSES,
    "def learn_number_target": NUMBERS,
    "def target_units": NUMBERS,
    "def learn_class_target": CLASSES,
    "def class_codes": CLASSES,
    "def binary_codes": {"binary"},
    "DROPPED": {"binary"},
}


def test_a_script_for_numbers_knows_no_other_kinds(tmp_path: Path) -> None:
    export(copy_sample("california_housing", tmp_path / "numbers"), "script", tmp_path / "train.py")
    text = (tmp_path / "train.py").read_text(encoding="utf-8")
    assert "def to_numbers" in text
    for name in ("to_words", "to_booleans", "categories(", "class_", "in_order", "def predicted_classes"):
        assert name not in text, name


def test_scripts_hold_only_what_their_project_uses(trained: dict[str, tuple[Path, Path, str]]) -> None:
    texts = {case: script.read_text(encoding="utf-8") for case, (_, script, _) in trained.items()}
    assert {case for case, text in texts.items() if "import pandas" in text} == set(texts) - {*PICTURES}
    assert {case for case, text in texts.items() if "from PIL" in text} == PICTURES
    uses = {name: {case for case, text in texts.items() if name in text} for name in USED_BY}
    assert uses == USED_BY
    assert {case for case, text in texts.items() if "def stop_early" in text} == {"binary", "pictures"}
    assert {case for case, text in texts.items() if "def l1_decay" in text} == {"classes", "hinge_by_single_rows"}
    assert {case for case, text in texts.items() if "def squared_hinge" in text} == {"hinge_by_single_rows"}
    without_best = {case for case, text in texts.items() if "def keep_best" not in text}
    assert without_best == {"regression_in_its_own_form", "unscaled_logarithms"}
    assert {case for case, text in texts.items() if "def r2_score" in text} >= {"regression_in_its_own_form"}
    assert not any("def r2_score" in texts[case] for case in ("binary", "classes", "pictures"))


def test_early_stopping_was_put_to_the_test(trained: dict[str, tuple[Path, Path, str]]) -> None:
    assert json.loads((trained["binary"][0] / "metrics.json").read_text())["epochs"] < 40


@pytest.mark.cold
def test_plain_python_in_the_folder_of_the_script(tmp_path: Path) -> None:
    """``layerloom export PROJECT --to script -o train.py; python train.py`` as a person types it."""
    project = regression(tmp_path)
    save_project(project, tmp_path / "homes.loom")
    run, _ = train_and_export(project, tmp_path)
    export(tmp_path / "homes.loom", "script", tmp_path / "train.py")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [sys.executable, "train.py", "--device", "cpu"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert_same_weights(run, tmp_path / "weights.pt")
    assert not list(tmp_path.glob("*.part"))


def random_project(chance: random.Random, folder: Path) -> Project:
    """A graph with branches, merges and any of the layers that keep a row a row, on any target by any optimizer."""
    project, before = add(Project(), "table_input")
    width, ends = 0, [before]
    for _ in range(chance.randint(2, 7)):
        source = chance.choice(ends)
        kinds = ["linear", "relu", "elu", "mish", "prelu", "dropout", "layer_norm", "batch_norm1d", "selu", "identity"]
        kind = chance.choice(kinds)
        project, node = add(project, kind, {"out_features": chance.randint(2, 9)} if kind == "linear" else {})
        project = link(project, source, node)
        ends.append(node)
    project, merge = add(project, "concatenate")
    for end in chance.sample(ends, chance.randint(2, len(ends))):
        project = link(project, end, merge)
    target, width = chance.choice([("price", 1), ("sold", 1), ("kind", 3)])
    kind = {1: "number" if target == "price" else "binary", 3: "classes"}[width]
    # those that suit a scaled target of one number, and rows
    suited = [
        loss
        for loss in LOSSES.values()
        if kind in loss.targets
        and not (loss.positive_targets or loss.unscaled_targets or loss.masks == "only" or loss.least_targets > 1)
    ]
    loss = chance.choice(suited)
    project, last = add(project, "linear", {"out_features": loss.output_width(width) or 4})
    project = link(project, merge, last)
    if loss.expects == "log_probabilities":
        project, likely = add(project, "log_softmax")
        project, last = link(project, last, likely), likely
    project, output = add(project, "output", {"loss": loss.key})
    project = link(project, last, output)
    optimizer = OPTIMIZERS[chance.choice(list(OPTIMIZERS))]
    fields = {name: chance.random() < 0.5 for name, kind in optimizer.fields.items() if isinstance(kind, Bool)}
    if fields.get("nesterov"):
        fields["momentum"] = 0.8  # type: ignore[assignment]
    training = Training(
        2, chance.choice([0, 4, 7, 32]), optimizer.key, chance.choice([0.001, 0.02]), optimizer_fields=fields
    )
    training = replace(
        training,
        seed=chance.randrange(10**6),
        l1=0.0 if optimizer.step else chance.choice([0.0, 0.001]),
        keep_best=chance.random() < 0.5,
    )
    return replace(project, data=table(target, Split(seed=chance.randrange(99))), training=training)


def test_random_graphs(tmp_path: Path) -> None:
    """Sixteen graphs, whose scripts all run in one process of their own."""
    made = []
    for seed in range(16):
        folder = tmp_path / str(seed)
        folder.mkdir()
        write_table(folder, rows=40)
        project = random_project(random.Random(seed), folder)
        analysis = analyse(project, facts_of(project, folder))
        assert analysis.ok, (seed, analysis.problems)
        made.append(train_and_export(project, folder))
    run_scripts([[str(script), "--out", str(script.with_name("w.pt"))] for _, script in made], tmp_path)
    for run, script in made:
        assert_same_weights(run, script.with_name("w.pt"))
    assert_formatted([script for _, script in made])


def test_random_blocks(tmp_path: Path) -> None:
    """Graphs of random blocks, as many of twenty as are whole, whose scripts all run in one process of their own."""
    made = []
    for seed in range(20):
        folder = tmp_path / str(seed)
        folder.mkdir()
        write_table(folder, rows=40)
        project = random_block_project(random.Random(seed), width=1)
        training = Training(2, 8, seed=seed)
        project = replace(project, data=table("price", Split(seed=seed)), training=training)
        if analyse(project, facts_of(project, folder)).ok:
            made.append(train_and_export(project, folder))
    assert len(made) >= 5
    run_scripts([[str(script), "--out", str(script.with_name("w.pt"))] for _, script in made], tmp_path)
    for run, script in made:
        assert_same_weights(run, script.with_name("w.pt"))
    assert_formatted([script for _, script in made])
