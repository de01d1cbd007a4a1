"""Scripts with the fast step in them: the app's weights to the last bit, in the app's time, on whatever device."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from designer.__main__ import main
from designer.exporting.export import export
from designer.project.file import save_project
from designer.project.model import Column, ImageData, Project, Schedule, TableData, Training
from designer.runtime import quick_steps
from designer.runtime.captured import CapturedStep
from designer.runtime.events import Epoch
from designer.runtime.fit import gradient_step
from designer.runtime.quick_steps import quick_step
from designer.training.run import train
from tests.helpers.exported import assert_formatted, assert_same_weights, assert_tested_alike, run_scripts
from tests.helpers.graphs import chain
from tests.helpers.pictures import write_classes
from tests.helpers.training import class_project, trained, with_training, write_csv

# what stands in a script where a graph takes the place of plain steps
REPLAYED = "        if graph is not None and graph.checks >= CHECKS:\n"


def classes(folder: Path) -> Project:
    """Dropout, batch normalization, and a last batch of another shape."""
    return with_training(class_project(folder), epochs=30, optimizer="adamw", weight_decay=0.01)


def numbers(folder: Path) -> Project:
    """A schedule, bounds of gradients and an average of weights around each step, of samples that count unlike."""
    rows = [(a % 7 / 7, a % 11 / 11, 1 + a % 5, 3 * (a % 7) - 2 * (a % 11) + a % 3) for a in range(91)]
    write_csv(folder / "table.csv", ("a", "b", "often", "y"), rows)
    columns = (Column("a"), Column("b"), Column("often", role="weight"), Column("y", role="target"))
    training = Training(
        epochs=20, batch_size=16, optimizer="sgd", optimizer_fields={"momentum": 0.9}, learning_rate=0.01,
        clip_norm=0.5, average="ema", schedules=(Schedule("cosine", 0, {}),), seed=3,
    )  # fmt: skip
    network = Project(data=TableData("table.csv", columns=columns), training=training)
    layers = (("linear", {"out_features": 8}), "tanh", ("linear", {"out_features": 1}))
    return chain("table_input", *layers, ("output", {"loss": "huber"}), project=network)


def folds(folder: Path) -> Project:
    """Each fold has a step of its own."""
    made = classes(folder)
    assert made.data is not None
    split = replace(made.data.split, folds=2, fold=2)
    return replace(with_training(made, epochs=20), data=replace(made.data, split=split))


def pictures(folder: Path) -> Project:
    """A convolution, whose maximum is taken before what it does not change."""
    write_classes(folder / "pictures", count=15)
    network = Project(data=ImageData("pictures"), training=Training(epochs=12, batch_size=8, seed=1))
    convolution = ("conv2d", {"out_channels": 4, "kernel_size": (3, 3), "bias": False})
    layers = (convolution, "batch_norm2d", "relu", "max_pool2d", "flatten", ("linear", {"out_features": 3}))
    seen = ("image_input", {"height": 16, "width": 16})
    return chain(seen, *layers, ("output", {"loss": "cross_entropy"}), project=network)


CASES: dict[str, Callable[[Path], Project]] = {made.__name__: made for made in (classes, numbers, folds, pictures)}


def on_auto(project: Project) -> Project:
    """The project as it is by default, with what a trial would choose."""
    return with_training(project, device="auto", threads=1, memory_format="contiguous", patience=0)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path, str]]:
    """Run and folder of each case, and what its script printed; all scripts ran in one process, capturing at once."""
    made, calls = {}, []
    for name, case in CASES.items():
        folder = tmp_path_factory.mktemp(name)
        project = on_auto(case(folder))
        trained(with_training(project, device="cpu"), folder, folder / "run")
        save_project(project, folder / "p.loom")
        script = folder / "train.py"
        export(folder / "p.loom", "script", script, fast=True)
        assert_formatted([script])
        made[name] = (folder / "run", folder)
        text = script.read_text(encoding="utf-8")
        assert text.count("\nSECONDS_BEFORE = 0.01\n") == text.count(REPLAYED) == text.count("\nLEVEL = 1.3\n") == 1
        text = text.replace("SECONDS_BEFORE = 0.01", "SECONDS_BEFORE = 0.0").replace("LEVEL = 1.3", "LEVEL = 1e9")
        text = text.replace("SECONDS_EACH = 0.0005", "SECONDS_EACH = 0.0")
        text = text.replace(REPLAYED, f'{REPLAYED}            print("replayed")\n')
        script.write_text(text, encoding="utf-8")
        calls.append([str(script), "--out", str(folder / "weights.pt"), *on_processor()])
    printed = run_scripts(calls, tmp_path_factory.mktemp("empty")).split(" samples to train, ")[1:]
    return {name: (*made[name], text) for name, text in zip(made, printed, strict=True)}


def on_processor() -> list[str]:
    """The words that let a script with any device use the processor, where it would not anyway."""
    return ["--device", "cpu"] if torch.cuda.is_available() or torch.backends.mps.is_available() else []


@pytest.mark.parametrize("name", CASES)
def test_fast_scripts_have_the_apps_weights(name: str, found: dict[str, tuple[Path, Path, str]]) -> None:
    run, folder, printed = found[name]
    [weights] = folder.glob("weights*.pt")
    assert_same_weights(run, weights)
    assert_tested_alike(run, printed)
    assert printed.count("replayed\n") > 10


def test_a_step_that_cannot_be_captured_stays_as_it_is(tmp_path: Path) -> None:
    made = on_auto(classes(tmp_path))
    for place, (settings, step) in enumerate(
        [
            ({"accumulate": 2}, "step=partial(accumulated_step, rows="),
            ({"optimizer": "lbfgs", "weight_decay": 0.0}, "step=closure_step"),
            ({"precision": "bfloat16"}, "step=graphed_step(device)"),
        ]
    ):
        save_project(with_training(made, **settings), tmp_path / f"{place}.loom")
        export(tmp_path / f"{place}.loom", "script", script := tmp_path / f"{place}.py", fast=True)
        text = script.read_text(encoding="utf-8")
        assert step in text and "CapturedStep" not in text


def test_several_processes_and_other_devices_go_the_plain_way(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(quick_step(torch.device("cpu")), CapturedStep)
    assert quick_step(torch.device("mps")) is gradient_step
    monkeypatch.setattr(quick_steps, "process_count", lambda: 2)
    assert quick_step(torch.device("cpu")) is gradient_step


def test_a_fast_script_is_asked_for_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    save_project(on_auto(classes(tmp_path)), tmp_path / "p.loom")
    assert main(["export", "p.loom", "--to", "script", "-o", "usual.py"]) == 0
    assert main(["export", "p.loom", "--to", "script", "-o", "fast.py", "--fast"]) == 0
    usual, fast = ((tmp_path / name).read_text(encoding="utf-8") for name in ("usual.py", "fast.py"))
    assert "quick_step" not in usual and "CapturedStep" not in usual
    assert "        step=quick_step(device),\n" in fast and 'DEVICE = "auto"\n' in fast
    capsys.readouterr()
    assert main(["export", "p.loom", "--to", "weights", "-o", "weights.safetensors", "--fast"]) == 2
    assert "--fast is for scripts, not for --to weights" in capsys.readouterr().err


def module_of(script: Path) -> ModuleType:
    """A script as a module, which trains when its ``main`` is called."""
    made = importlib.util.spec_from_file_location(script.stem, script)
    assert made is not None and made.loader is not None
    module = importlib.util.module_from_spec(made)
    sys.modules[script.stem] = module
    made.loader.exec_module(module)
    return module


def seconds_of_script(script: Path, monkeypatch: pytest.MonkeyPatch) -> float:
    """How long an epoch of a script takes, at best."""
    module, seconds = module_of(script), list[float]()
    monkeypatch.setattr(module, "show_epoch", lambda event: seconds.append(event.seconds))
    words = [str(script), "--out", str(script.with_suffix(".pt")), *on_processor()]
    monkeypatch.setattr(sys, "argv", words)
    module.main()
    return min(seconds)


def seconds_of_app(project: Project, folder: Path, run: Path) -> float:
    """How long an epoch of the app takes, at best."""
    run.mkdir()
    return min(event.seconds for event in train(project, folder, run) if isinstance(event, Epoch))


@pytest.mark.alone
def test_a_fast_script_trains_in_the_apps_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [[*((a * b % 97) / 97 for b in range(3, 29)), a * 7 % 23] for a in range(2000)]
    names = [*(f"x{place}" for place in range(26)), "y"]
    write_csv(tmp_path / "table.csv", names, rows)
    columns = (*(Column(name) for name in names[:-1]), Column("y", role="target"))
    training = Training(epochs=30, batch_size=32, learning_rate=0.001, metrics=("mse",), keep_best=False)
    network = Project(data=TableData("table.csv", columns=columns), training=training)
    wide: Any = ("linear", {"out_features": 64})
    made = on_auto(
        chain("table_input", wide, "relu", wide, "relu", ("linear", {"out_features": 1}), "output", project=network)
    )
    save_project(made, tmp_path / "p.loom")
    for name, fast in (("usual", False), ("fast", True)):
        export(tmp_path / "p.loom", "script", tmp_path / f"{name}.py", fast=fast)
    taken: dict[str, list[float]] = {"app": [], "fast": [], "usual": []}
    for number in range(3):
        taken["app"].append(seconds_of_app(with_training(made, device="cpu"), tmp_path, tmp_path / f"run{number}"))
        for name in ("fast", "usual"):
            taken[name].append(seconds_of_script(tmp_path / f"{name}.py", monkeypatch))
    app, fast, usual = (min(each) for each in taken.values())
    assert_same_weights(tmp_path / "run0", tmp_path / "fast.pt")
    assert_same_weights(tmp_path / "run0", tmp_path / "usual.pt")
    print(json.dumps({"app / fast": app / fast, "usual / fast": usual / fast}))
    assert app / fast >= 0.8
    assert usual / fast >= 1.5
