"""Schedules from the command line to the exported script: chosen, interrupted, gone on with, and the same weights."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from designer.__main__ import main
from designer.exporting.export import export
from designer.project.file import load_project, save_project
from designer.project.model import Project, Schedule
from designer.training import record
from designer.workspace import verbs
from designer.workspace.forks import forked_training, prepare_fork
from designer.workspace.runs import list_runs
from tests.helpers.exported import assert_formatted, assert_same_weights, run_scripts, train_and_export
from tests.helpers.generative import plane_gan
from tests.helpers.training import class_project, number_project, with_training
from tests.unit.training.test_schedules import with_factor

Output = pytest.CaptureFixture[str]
CHOSEN = "training.schedules=linear:2, one_cycle(cycle_momentum=yes):3, plateau(patience=0, threshold=0.5)"


def test_a_schedule_is_chosen_interrupted_gone_on_with_and_exported(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "SHORTEST_INTERVAL", 0.0)
    monkeypatch.setattr(record, "LONGEST_INTERVAL", 0.0)
    path = tmp_path / "animals.loom"
    save_project(with_training(class_project(tmp_path), epochs=10, device="cpu"), path)

    assert main(["schedule", str(path), "--set", CHOSEN, "--json"]) == 0
    planned = json.loads(capsys.readouterr().out)["rates"]
    assert planned[0] == pytest.approx(0.002)
    assert planned[5] == 0.02

    job = verbs.prepare_run(path, (CHOSEN,))
    events = verbs.train(job)
    for _ in itertools.islice(events, 33):
        pass
    events.close()
    assert main(["train", str(path), "--resume", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["epochs"] == 10
    (run,) = list_runs(path)
    assert [each.key for each in load_project(run / "project.loom").training.schedules] == [
        "linear", "one_cycle", "plateau",
    ]  # fmt: skip

    script = tmp_path / "train.py"
    export(run, "script", script)
    text = script.read_text()
    assert "torch.optim.lr_scheduler.ReduceLROnPlateau" in text
    run_scripts([[str(script), "--out", str(tmp_path / "weights.pt")]], tmp_path)
    assert_same_weights(run, tmp_path / "weights.pt")
    assert_formatted([script])


def long_cycle(optimizer: str) -> Callable[[Path], Project]:
    """Long enough for the fast step, whose graph has to follow each rate and each momentum."""

    def made(folder: Path) -> Project:
        chain = (Schedule("one_cycle", 40, {"cycle_momentum": True}), Schedule("cosine_restarts"))
        return with_training(class_project(folder), optimizer=optimizer, schedules=chain, epochs=80)

    return made


def factors(folder: Path) -> Project:
    chain = (Schedule("linear", 1), Schedule("cosine_restarts", 0, {"T_0": 2}))
    return with_factor(with_training(class_project(folder), schedules=chain, epochs=5, l1=0.001), 0.1)


def closure(folder: Path) -> Project:
    chain = (Schedule("polynomial", 3), Schedule("constant", 1), Schedule("exponential"))
    return with_training(number_project(folder), optimizer="lbfgs", schedules=chain, epochs=6, learning_rate=0.5)


def rivals(folder: Path) -> Project:
    chain = (Schedule("one_cycle", 2), Schedule("multi_step", 0, {"milestones": (1,)}))
    return with_training(plane_gan(folder), schedules=chain, epochs=4)


def folds(folder: Path) -> Project:
    made = with_training(class_project(folder), schedules=(Schedule("one_cycle"),), epochs=3)
    assert made.data is not None
    return replace(made, data=replace(made.data, split=replace(made.data.split, folds=3, fold=2)))


CASES: dict[str, Callable[[Path], Project]] = {
    "factors of layers": factors,
    "lbfgs": closure,
    "two networks": rivals,
    "one of three folds": folds,
    "fast steps of sgd": long_cycle("sgd"),
    "fast steps of adam": long_cycle("adam"),
}


@pytest.mark.parametrize("name", CASES)
def test_scripts_follow_the_same_course(tmp_path: Path, name: str) -> None:
    run, script = train_and_export(CASES[name](tmp_path), tmp_path)
    assert "events = scheduled(events, scheduler)" in script.read_text()
    weights = script.with_name("weights.pt")
    run_scripts([[str(script), "--out", str(weights)]], script.parent)
    assert_same_weights(run, weights.with_stem("weights-fold2") if name == "one of three folds" else weights)
    assert_formatted([script])


def test_a_script_with_other_epochs_follows_the_course_of_these(tmp_path: Path) -> None:
    project = with_training(class_project(tmp_path), schedules=(Schedule("linear", 2), Schedule("cosine")), epochs=9)
    run, _ = train_and_export(with_training(project, epochs=5), tmp_path)
    script = tmp_path / "nine.py"
    save_project(with_training(project, device="cpu", threads=1), tmp_path / "p.loom")
    export(tmp_path / "p.loom", "script", script)
    run_scripts([[str(script), "--epochs", "5", "--out", str(tmp_path / "five.pt")]], tmp_path)
    assert_same_weights(run, tmp_path / "five.pt")


@pytest.mark.parametrize(
    ("before", "settings"),
    [
        ("", ("training.schedules=linear:2, one_cycle(cycle_momentum=yes)",)),
        ("plateau(patience=0, threshold=0.5, factor=0.5)", ("training.learning_rate=0.05",)),
        ("linear:3, cosine", ("training.schedules=none",)),
    ],
)
def test_a_fork_with_another_schedule_or_rate_has_a_script_too(
    tmp_path: Path, before: str, settings: tuple[str, ...]
) -> None:
    project = with_training(class_project(tmp_path), threads=1, device="cpu", keep_best=False)
    save_project(project, tmp_path / "a.loom")
    job = verbs.prepare_run(tmp_path / "a.loom", (f"training.schedules={before}",))
    list(verbs.train(job))
    fork = prepare_fork(job.folder, 4, forked_training(load_project(job.folder / "project.loom"), settings))
    list(verbs.train(fork))
    export(fork.folder, "script", tmp_path / "train.py")
    run_scripts([[str(tmp_path / "train.py"), "--out", str(tmp_path / "weights.pt")]], tmp_path)
    assert_same_weights(fork.folder, tmp_path / "weights.pt")
    assert ("Scheduler(" in (tmp_path / "train.py").read_text()) == ("none" not in settings[0])
