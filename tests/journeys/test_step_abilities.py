"""Clipping, pieces of batches, averages and the others of their kind: scripts arrive at the app's weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from designer.project.model import Project, Training
from tests.helpers.exported import (
    assert_formatted,
    assert_same_weights,
    assert_tested_alike,
    train_and_export_each,
)
from tests.helpers.generative import plane_gan, rbm
from tests.helpers.graphs import chain
from tests.helpers.tales import fitting, writing_project
from tests.journeys.test_export_equals_app import dense, table, write_pictures, write_table
from tests.journeys.test_losses_and_optimizers import optimized_by, two_outputs

Case = Callable[[Path], Project]


def classes(**settings: object) -> Case:
    """Kinds of homes, by a network with batch normalization and dropout."""

    def made(folder: Path) -> Project:
        write_table(folder)
        project = dense(8, 3, between=("batch_norm1d", "relu", ("dropout", {"p": 0.2})), loss="cross_entropy")
        training = Training(epochs=4, batch_size=16, seed=4, threads=1)
        return replace(project, data=table("kind"), training=replace(training, **settings))  # type: ignore[arg-type]

    return made


def with_(case: Case, **settings: object) -> Case:
    def made(folder: Path) -> Project:
        project = case(folder)
        return replace(project, training=replace(project.training, threads=1, **settings))  # type: ignore[arg-type]

    return made


def autoencoder(folder: Path) -> Project:
    write_table(folder)
    project = dense(2, 7, between=("batch_norm1d",))
    training = Training(epochs=3, batch_size=20, mode="autoencoder", mode_fields={"noise": 0.1, "masking": 0.0})
    return replace(project, data=table("price"), training=training)


def pictures(folder: Path) -> Project:
    from designer.project.model import ImageData

    write_pictures(folder)
    project = chain(
        ("image_input", {"height": 12, "width": 12}), ("conv2d", {"out_channels": 4}), "batch_norm2d", "relu",
        "global_avg_pool", "flatten", ("linear", {"out_features": 3}), ("output", {"loss": "cross_entropy"}),
    )  # fmt: skip
    return replace(project, data=ImageData("pictures"), training=Training(epochs=3, batch_size=8))


def writer(folder: Path) -> Project:
    return fitting(writing_project(folder), folder)


EMA: dict[str, object] = {"average": "ema", "average_fields": {"decay": 0.8}}
SWA: dict[str, object] = {"average": "swa", "average_fields": {"start": 2}}
CASES: dict[str, Case] = {
    "clip norm": classes(clip_norm=0.05, l1=0.01),
    "clip value": classes(clip_value=0.01, optimizer="sgd"),
    "pieces": classes(accumulate=3, class_weights="balanced"),
    "full batch in pieces": classes(accumulate=4, batch_size=0),
    "pieces of two outputs": with_(two_outputs, accumulate=2),
    "pieces of an autoencoder": with_(autoencoder, accumulate=2),
    "ema": classes(**EMA),
    "ema to the end": classes(keep_best=False, **EMA),
    "swa": classes(keep_best=False, **SWA),
    "swa of an autoencoder": with_(autoencoder, keep_best=False, **SWA),
    "pieces of a text": with_(writer, accumulate=3, clip_norm=0.1, epochs=1),
    "ema of a gan": with_(plane_gan, clip_norm=0.5, monitor="generator_loss", **EMA),
    "swa of machines": with_(rbm, clip_value=0.01, epochs=4, **SWA),
    "ema by LBFGS": with_(optimized_by("lbfgs"), **EMA),
    "judged by accuracy": classes(monitor="accuracy", patience=2, epochs=8),
    "judged by one of two": with_(two_outputs, monitor="output1.mae", epochs=4),
    "balanced": classes(sampling="balanced"),
    "balanced by one of two": with_(two_outputs, sampling="balanced", class_weights="none"),
    "bfloat16": classes(precision="bfloat16"),
    "bfloat16 of an autoencoder in pieces": with_(autoencoder, precision="bfloat16", accumulate=2),
    "float16": classes(precision="float16", clip_norm=0.2),
    "deterministic": classes(deterministic=True),
    "many together": classes(
        clip_norm=0.3,
        clip_value=0.1,
        l1=0.001,
        accumulate=2,
        sampling="balanced",
        precision="bfloat16",
        monitor="f1",
        patience=3,
        epochs=6,
        deterministic=True,
        **EMA,
    ),
    "many of pictures": with_(pictures, clip_norm=0.3, accumulate=2, sampling="balanced", precision="float16", **SWA),
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path, str]]:
    """Run, script and printed lines of each case; all scripts ran in one process of their own."""
    return train_and_export_each(CASES, tmp_path_factory)


@pytest.mark.parametrize("case", CASES)
def test_script_and_app_agree(trained: dict[str, tuple[Path, Path, str]], case: str) -> None:
    run, script, printed = trained[case]
    assert_same_weights(run, script.with_name("weights.pt"))
    assert_tested_alike(run, printed)


def test_scripts_are_written_as_ruff_would(trained: dict[str, tuple[Path, Path, str]]) -> None:
    assert_formatted([script for _, script, _ in trained.values()])


def test_a_script_holds_only_what_is_asked_for(trained: dict[str, tuple[Path, Path, str]]) -> None:
    many = {"many together", "many of pictures"}
    texts = {name: script.read_text(encoding="utf-8") for name, (_, script, _) in trained.items()}
    for word, cases in (
        ("clip_norm", {"clip norm", "float16", "pieces of a text", "ema of a gan", *many}),
        ("clip_value", {"clip value", "swa of machines", "many together"}),
        ("accumulated_step", {*(name for name in CASES if "pieces" in name), *many}),
        ("averaged_steps", {"ema", "ema to the end", "ema of a gan", "ema by LBFGS", "many together"}),
        ("averaged_epochs", {"swa", "swa of an autoencoder", "swa of machines", "many of pictures"}),
        ("drawn_balanced", {"balanced", "balanced by one of two", *many}),
        ("mixed_step", {*(name for name in CASES if "float16" in name), *many}),
        ("GradScaler(device.type)", {"float16", "many of pictures"}),
        ("be_deterministic", {"deterministic", "many together"}),
        ("higher=True", {"judged by accuracy", "many together"}),
    ):
        assert {name for name, text in texts.items() if word in text} == cases
