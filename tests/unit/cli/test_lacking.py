"""``layerloom train`` where disk or memory is lacking: one clear sentence, and the exit status 1."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from designer.__main__ import main
from designer.training.checkpoint import read_checkpoint
from designer.training.steering import Steering
from designer.workspace import verbs
from designer.workspace.runs import is_finished, list_runs
from tests.helpers.lacking import fill_disk, take_memory
from tests.helpers.small import small_project

Output = pytest.CaptureFixture[str]


def sentence(capsys: Output) -> str:
    """The one line in which the command line said what was wrong."""
    errors = capsys.readouterr().err
    assert "Traceback" not in errors
    [said] = [line for line in errors.splitlines() if line.startswith("layerloom: ")]
    return said


def test_a_full_disk_is_said_and_the_run_goes_on_once_there_is_room(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path)
    with pytest.MonkeyPatch.context() as patched:
        fill_disk(patched)
        patched.setattr(verbs, "ROOM_SECONDS", 0.0)
        assert main(["train", str(path)]) == 1
    [run] = list_runs(path)
    errors = capsys.readouterr().err
    [said] = [line for line in errors.splitlines() if line.startswith("layerloom: ")]
    assert "disk space" in said and str(run) in said and "Traceback" not in errors
    [told] = [line for line in errors.splitlines() if line.startswith("Not saved yet: ")]
    assert "there is no space left on the disk. Make room" in told and str(run) in told
    assert main(["train", str(path), "--resume", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["epochs"] == 5


def test_a_training_that_is_over_waits_for_room(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, tries = small_project(tmp_path), [1]
    emptied = pytest.MonkeyPatch()

    def wait(steering: Steering, seconds: float, stops: int) -> bool:
        tries.append(1)
        if len(tries) > 3:
            emptied.undo()
        return True

    monkeypatch.setattr(Steering, "wait_for_room", wait)
    fill_disk(emptied)
    try:
        assert main(["train", str(path)]) == 0
    finally:
        emptied.undo()
    lines = capsys.readouterr().err.splitlines()
    assert len([line for line in lines if line.startswith("The training is over, but not saved yet: ")]) == 1
    assert lines.count("Saved again, up to epoch 5.") == 1
    [run] = list_runs(path)
    checkpoint = read_checkpoint(run)
    assert checkpoint is not None and checkpoint.epoch == 5 and is_finished(run)


def test_a_sweep_in_one_process_says_which_training_finds_no_room(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, tries, emptied = small_project(tmp_path), list[int](), pytest.MonkeyPatch()

    def wait(steering: Steering, seconds: float, stops: int) -> bool:
        tries.append(1)
        if len(tries) > 3:
            emptied.undo()
        return True

    monkeypatch.setattr(Steering, "wait_for_room", wait)
    fill_disk(emptied)
    try:
        assert main(["sweep", str(path), "--vary", "training.seed=1,2", "--jobs", "1"]) == 0
    finally:
        emptied.undo()
    said = capsys.readouterr().err
    for seed in ("seed 1", "seed 2"):
        assert said.count(f"{seed}: The training is over, but not saved yet: there is no space left") == 1
        assert f"{seed}: Saved again, up to epoch 5." in said


def test_memory_that_runs_out_is_said_with_the_batch_size_that_fits(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path, batch_size=32)
    with pytest.MonkeyPatch.context() as patched:
        take_memory(patched, rows=10)
        assert main(["train", str(path)]) == 1
        said = sentence(capsys)
        assert (
            "Memory ran out on cpu with 32 samples at once. A batch size of 8 fits, which was tried just now." in said
        )
        assert main(["train", str(path), "--set", "training.batch_size=8"]) == 0


def test_a_network_too_large_is_refused_before_it_is_built(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = small_project(tmp_path)
    monkeypatch.setattr("designer.training.footprint.room_on", lambda device: 50)
    assert main(["train", str(path)]) == 1
    assert sentence(capsys).endswith(
        "No batch size would fit: make the network smaller, above all linear1; of its 3 weights about 1 would fit."
    )


def test_the_lines_of_a_training_say_how_much_memory_it_holds(tmp_path: Path, capsys: Output) -> None:
    assert main(["train", str(small_project(tmp_path))]) == 0
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("epoch ")]
    assert lines and all(line.endswith((" MB", " GB")) for line in lines), lines
