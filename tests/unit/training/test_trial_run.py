"""The trial before a run: what it chooses, that it changes nothing else, and that a run keeps to what was chosen."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from designer.exporting.export import export
from designer.project.file import load_project, save_project
from designer.project.model import ImageData, Project, Split, Training
from designer.training import assemble as assembling
from designer.training import trial_run
from designer.training.assemble import assemble
from designer.training.checkpoint import read_weights
from designer.training.run import train
from designer.training.trial_run import Choice, thread_counts
from tests.helpers.exported import assert_same_weights, run_scripts, train_and_export
from tests.helpers.graphs import chain
from tests.helpers.pictures import write_classes
from tests.helpers.training import class_project, trained, with_training

FAST = Choice(2, "channels_last", {"2 threads, channels_last": 0.004}, "this very network")


@pytest.fixture(autouse=True)
def nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No trial was made before, and the number of threads is as it was afterwards."""
    monkeypatch.setattr(trial_run, "_found", {})
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def pictures_project(folder: Path, **settings: Any) -> Project:
    """Convolutions with dropout and batch norm, for pictures of three classes."""
    if not (folder / "pictures").exists():
        write_classes(folder / "pictures", count=12)
    training = Training(epochs=3, batch_size=8, learning_rate=0.01, seed=2, device="cpu")
    return chain(
        ("image_input", {"height": 16, "width": 16, "mode": "colour"}),
        ("conv2d", {"out_channels": 8}),
        "batch_norm2d",
        "relu",
        ("conv2d", {"out_channels": 8}),
        ("dropout", {"p": 0.3}),
        "flatten",
        ("linear", {"out_features": 3}),
        ("output", {"loss": "cross_entropy"}),
        project=Project(data=ImageData("pictures", Split(seed=1)), training=replace(training, **settings)),
    )


def choose(monkeypatch: pytest.MonkeyPatch, choice: Choice) -> None:
    """Let every trial end in ``choice``."""
    monkeypatch.setattr(trial_run, "_trial", lambda tried, counts, both: choice)
    monkeypatch.setattr(assembling, "usual_threads", lambda: 2)


def test_one_half_and_all_threads_are_tried() -> None:
    assert [thread_counts(most) for most in (1, 2, 4, 16)] == [[1], [1, 2], [1, 2, 4], [1, 8, 16]]


def test_a_run_with_a_trial_has_the_weights_of_one_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assembling, "usual_threads", lambda: 2)
    monkeypatch.setattr(trial_run, "SHORT_STEP", 0.0)
    # on a busy machine a single step may take all of the time that there is
    monkeypatch.setattr(trial_run, "LONGEST", 600.0)
    project = pictures_project(tmp_path)
    trained(project, tmp_path, tmp_path / "tried")
    found = json.loads((tmp_path / "tried" / "environment.json").read_text())
    assert len(found["trial"]["seconds"]) == 3
    assert (found["threads"], found["memory_format"]) == (found["trial"]["threads"], found["trial"]["memory_format"])
    same = with_training(project, threads=found["threads"], memory_format=found["memory_format"])
    trained(same, tmp_path, tmp_path / "told")
    assert json.loads((tmp_path / "told" / "environment.json").read_text())["trial"] is None
    one, other = read_weights(tmp_path / "tried"), read_weights(tmp_path / "told")
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_the_choice_is_kept_with_the_run_and_holds_when_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = pictures_project(tmp_path)
    choose(monkeypatch, FAST)
    trained(project, tmp_path, tmp_path / "whole")
    run = tmp_path / "elsewhere" / "run"
    run.mkdir(parents=True)
    monkeypatch.setattr("designer.training.record.SHORTEST_INTERVAL", 0.0)
    monkeypatch.setattr("designer.training.record.WRITING_SHARE", 1e9)
    events = train(project, tmp_path, run)
    while getattr(next(events), "validation", None) is None:
        pass
    events.close()
    copy = load_project(run / "project.loom").training
    assert (copy.threads, copy.memory_format) == (2, "channels_last")
    choose(monkeypatch, Choice(1, "contiguous"))
    trained(project, tmp_path, run, resume=True)
    known = json.loads((run / "environment.json").read_text())
    assert (known["threads"], known["memory_format"]) == (2, "channels_last")
    assert known["trial"]["seconds"] == FAST.seconds
    one, other = read_weights(tmp_path / "whole"), read_weights(run)
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_script_of_the_run_has_the_choice_and_its_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(monkeypatch, FAST)
    run, script = train_and_export(pictures_project(tmp_path), tmp_path)
    text = script.read_text()
    assert "\nTHREADS = 2\n" in text
    assert "    use_channels_last(model)\n" in text
    run_scripts([[str(script), "--out", str(tmp_path / "weights.pt")]], tmp_path)
    assert_same_weights(run, tmp_path / "weights.pt")


def test_what_a_run_beside_has_found_is_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = pictures_project(tmp_path)
    choose(monkeypatch, FAST)
    trained(project, tmp_path, tmp_path / "p.runs" / "2026-11-21-001")
    monkeypatch.setattr(trial_run, "_found", {})
    choose(monkeypatch, Choice(1, "contiguous"))
    again = assemble(project, tmp_path, tmp_path / "p.runs" / "2026-11-21-002").project.training
    assert (again.threads, again.memory_format) == (2, "channels_last")
    monkeypatch.setattr(trial_run, "_found", {})
    other = assemble(with_training(project, batch_size=9), tmp_path, tmp_path / "p.runs" / "2026-11-21-002").project
    assert (other.training.threads, other.training.memory_format) == (1, "contiguous")


LOWERED = Choice(1, "contiguous", {"1 thread, contiguous, bfloat16": 0.004}, "this very network", "bfloat16")


def test_the_precision_is_found_where_it_is_asked_for_and_holds_in_run_and_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, LOWERED)
    project = pictures_project(tmp_path, precision="auto")
    run, script = train_and_export(project, tmp_path)
    known = json.loads((run / "environment.json").read_text())
    assert known["precision"] == known["trial"]["precision"] == "bfloat16"
    assert load_project(run / "project.loom").training.precision == "bfloat16"
    assert "torch.bfloat16" in script.read_text()
    run_scripts([[str(script), "--out", str(tmp_path / "weights.pt")]], tmp_path)
    assert_same_weights(run, tmp_path / "weights.pt")
    trained(
        with_training(project, precision="bfloat16", threads=1, memory_format="contiguous"), tmp_path, tmp_path / "told"
    )
    assert_same_weights(tmp_path / "told", tmp_path / "weights.pt")
    # a run that goes on, or comes after it, keeps to it whatever another trial would say
    choose(monkeypatch, Choice(1, "contiguous"))
    longer = with_training(project, epochs=4)
    assert trained(longer, tmp_path, run, resume=True)["epochs"] == 4
    assert load_project(run / "project.loom").training.precision == "bfloat16"
    monkeypatch.setattr(trial_run, "_found", {})
    assert assemble(project, tmp_path, run.parent / "next").project.training.precision == "bfloat16"
    usual = assemble(with_training(project, precision="float32"), tmp_path, run.parent / "next").project.training
    assert usual.precision == "float32", "nobody asked for another"


def test_16_bits_are_chosen_where_they_are_much_faster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assembling, "usual_threads", lambda: 1)
    monkeypatch.setattr(trial_run, "SHORT_STEP", 0.0)
    monkeypatch.setattr(trial_run, "LONGEST", 600.0)
    asked: list[str] = []

    def seconds(steps: Any, share: float) -> float:
        precision = steps.tried.project.training.precision
        asked.append(precision)
        return 0.08 * (share if precision == "bfloat16" else 1.0)

    def found(share: float, **settings: Any) -> str:
        asked.clear()
        monkeypatch.setattr(trial_run, "_found", {})
        monkeypatch.setattr(trial_run._Steps, "seconds", lambda steps: (time.sleep(0.001), seconds(steps, share))[1])
        precision: str = assemble(pictures_project(tmp_path, **settings), tmp_path).project.training.precision
        return precision

    assert found(0.5, precision="auto") == "bfloat16" and "bfloat16" in asked
    assert found(0.5, precision="auto", memory_format="contiguous") == "bfloat16"
    assert found(0.85, precision="auto") == "float32" and "bfloat16" in asked
    # what nobody asked for, or cannot be, is not tried
    for settings in ({}, {"precision": "auto", "optimizer": "lbfgs"}):
        assert found(0.5, **settings) == "float32" and "bfloat16" not in asked


def test_the_trial_of_a_precision_is_made_and_changes_no_weight(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real trial, whatever it finds."""
    monkeypatch.setattr(assembling, "usual_threads", lambda: 1)
    monkeypatch.setattr(trial_run, "SHORT_STEP", 0.0)
    monkeypatch.setattr(trial_run, "LONGEST", 600.0)
    project = pictures_project(tmp_path, precision="auto", memory_format="contiguous")
    trained(project, tmp_path, tmp_path / "tried")
    found = json.loads((tmp_path / "tried" / "environment.json").read_text())
    assert list(found["trial"]["seconds"]) == ["1 thread, contiguous", "1 thread, contiguous, bfloat16"]
    same = with_training(project, precision=found["precision"], threads=1)
    trained(same, tmp_path, tmp_path / "told")
    one, other = read_weights(tmp_path / "tried"), read_weights(tmp_path / "told")
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_script_of_a_project_whose_precision_nobody_found_yet_is_exact(tmp_path: Path) -> None:
    texts = []
    for precision in ("auto", "float32"):
        save_project(class_with(tmp_path, precision), tmp_path / f"{precision}.loom")
        export(tmp_path / f"{precision}.loom", "script", script := tmp_path / "train.py")
        texts.append(script.read_text().replace(f"{precision}.loom", "p.loom"))
    assert texts[0] == texts[1]


def class_with(folder: Path, precision: Any) -> Project:
    """A table of three classes."""
    return with_training(class_project(folder), precision=precision, threads=1)


def test_channels_last_means_nothing_without_convolutions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[list[int], bool]] = []
    monkeypatch.setattr(assembling, "usual_threads", lambda: 2)
    monkeypatch.setattr(trial_run, "_trial", lambda tried, counts, both: asked.append((counts, both)) or Choice())
    assemble(class_project(tmp_path), tmp_path)
    assert asked == [([1, 2], False)]
    assemble(with_training(class_project(tmp_path), threads=2), tmp_path)
    assert len(asked) == 1
    setup = assemble(with_training(class_project(tmp_path), threads=1, memory_format="channels_last"), tmp_path)
    assert not setup.model._forward_pre_hooks


def test_short_steps_need_no_trial_and_chance_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assembling, "usual_threads", lambda: 2)
    monkeypatch.setattr(trial_run, "SHORT_STEP", 10.0)
    monkeypatch.setattr(trial_run, "_timed", None)
    setup = assemble(pictures_project(tmp_path), tmp_path)
    assert (setup.project.training.threads, setup.project.training.memory_format) == (1, "contiguous")
    assert torch.get_num_threads() == 1
    assert all(parameter.grad is None for parameter in setup.model.parameters())
    assert not setup.optimizer.state


def test_the_clearly_fastest_is_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(assembling, "usual_threads", lambda: 2)
    monkeypatch.setattr(trial_run, "SHORT_STEP", 0.0)
    monkeypatch.setattr(trial_run, "LONGEST", 600.0)
    for wanted in (Choice(1, "contiguous"), Choice(2, "contiguous"), Choice(1, "channels_last"), FAST):

        def seconds(steps: Any, wanted: Choice = wanted) -> float:
            time.sleep(0.001)
            last = bool(steps.model._forward_pre_hooks)
            both = (torch.get_num_threads() == wanted.threads) + (last == (wanted.memory_format == "channels_last"))
            return 0.08 - 0.02 * both

        monkeypatch.setattr(trial_run, "_found", {})
        monkeypatch.setattr(trial_run._Steps, "seconds", seconds)
        training = assemble(pictures_project(tmp_path), tmp_path).project.training
        assert (training.threads, training.memory_format) == (wanted.threads, wanted.memory_format)


@pytest.mark.alone
def test_the_trial_takes_a_fraction_of_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assembling, "usual_threads", lambda: 2)
    write_classes(tmp_path / "pictures", count=60, classes=3, side=32)
    project = pictures_project(tmp_path, batch_size=128)
    assemble(with_training(project, threads=1, memory_format="contiguous"), tmp_path)

    def took(**settings: Any) -> float:
        monkeypatch.setattr(trial_run, "_found", {})
        began = time.perf_counter()
        assemble(with_training(project, **settings), tmp_path)
        return time.perf_counter() - began

    without = min(took(threads=1, memory_format="contiguous") for _ in range(3))
    extra = sorted(took() - without for _ in range(5))[2]
    print(f"the trial takes {extra:.2f} s")
    assert extra <= trial_run.LONGEST
