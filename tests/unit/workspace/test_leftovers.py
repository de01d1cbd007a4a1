"""What killed processes left behind goes when the next run is begun; what a person could want stays."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from designer.project import atomic
from designer.project.file import save_project
from designer.training.alive import LOCK, living
from designer.workspace import forks, verbs
from designer.workspace.leftovers import clear_unmade
from designer.workspace.runs import given_run_folder, list_runs, new_run_folder
from tests.helpers.training import class_project, with_training

NOBODY = 2**31 - 2


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    """A run of two epochs that came to its end."""
    save_project(with_training(class_project(tmp_path), epochs=2, threads=1, device="cpu"), tmp_path / "animals.loom")
    job = verbs.prepare_run(tmp_path / "animals.loom")
    for _ in verbs.train(job):
        pass
    return job.folder


def dead_temporary(folder: Path) -> Path:
    """What a process that is no more left of a file that it was writing."""
    path = folder / f".layerloom-{atomic._HOST}-{NOBODY}-00000000-1.tmp"
    path.write_bytes(b"half")
    return path


def killed_fork(parent: Path, monkeypatch: pytest.MonkeyPatch, at: str, **chosen: Any) -> Path:
    """What is left of a fork whose making was killed where ``at`` was to be done."""

    def killed(*arguments: object) -> None:
        raise SystemExit

    before = set(parent.parent.iterdir())
    with monkeypatch.context() as patched:
        patched.setattr(at, killed)
        patched.setattr(shutil, "rmtree", lambda *arguments, **named: None)
        with pytest.raises(SystemExit):
            forks.prepare_fork(parent, 1, **chosen)
    [left] = set(parent.parent.iterdir()) - before or {chosen.get("folder")}
    dead_temporary(left)
    # who is killed takes no lock away
    (left / LOCK).touch()
    return Path(left)


def test_a_persons_own_file_of_such_a_name_is_no_leftover(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "environment.json").write_text('{"conda": "of a person"}')
    clear_unmade(folder)
    assert (folder / "environment.json").exists()


@pytest.mark.parametrize(
    "at",
    [
        "designer.training.forked.write_forked",
        "designer.training.checkpoint.write_checkpoint",
        "designer.training.forked.keep_start",
        "designer.workspace.forks._copy_past",
        "designer.workspace.forks.save_trained_copy",
    ],
)
def test_a_fork_that_was_killed_in_its_making_goes(parent: Path, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    left = killed_fork(parent, monkeypatch, at, training=None)
    assert list(left.iterdir())
    new_run_folder(parent.parent.with_suffix(".loom"))
    assert not left.exists()
    assert (parent / "weights.safetensors").exists()


def test_a_named_folder_that_holds_only_a_killed_fork_can_be_named_again(
    parent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = killed_fork(parent, monkeypatch, "designer.workspace.forks.save_trained_copy", folder=tmp_path / "mine")
    assert forks.prepare_fork(parent, 1, folder=left).folder == left.resolve()


def test_a_fork_that_is_being_made_is_left_alone(parent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy_past = forks._copy_past

    def beside(run: Path, folder: Path, place: forks.ForkPlace) -> None:
        copy_past(run, folder, place)
        new_run_folder(parent.parent.with_suffix(".loom"))

    monkeypatch.setattr(forks, "_copy_past", beside)
    job = forks.prepare_fork(parent, 1)
    assert (job.folder / "checkpoint.safetensors").exists()
    assert list_runs(parent.parent.with_suffix(".loom")) == [parent, job.folder]
    for _ in verbs.train(job):
        pass
    assert (job.folder / "metrics.json").exists()


@pytest.mark.parametrize(
    "add",
    [
        lambda folder: (folder / "notes.txt").write_text("dear"),
        lambda folder: (folder / "start" / "notes.txt").write_text("dear"),
        lambda folder: (folder / "model.py").write_text(""),
        lambda folder: (folder / "checkpoint.json").write_text('{"fingerprint": "of a run that has begun"}'),
        lambda folder: (folder / "forked.json").unlink(),
    ],
)
def test_what_may_be_more_than_a_killed_fork_stays(
    parent: Path, monkeypatch: pytest.MonkeyPatch, add: Callable[[Path], object]
) -> None:
    left = killed_fork(parent, monkeypatch, "designer.workspace.forks.save_trained_copy")
    add(left)
    before = sorted(path.name for path in left.rglob("*") if path.suffix != ".tmp")
    clear_unmade(left)
    assert sorted(path.name for path in left.rglob("*")) == before


def test_a_run_that_lost_its_project_stays(parent: Path) -> None:
    (parent / "project.loom").unlink()
    new_run_folder(parent.parent.with_suffix(".loom"))
    assert (parent / "checkpoint.safetensors").exists() and (parent / "weights.safetensors").exists()


def test_what_a_killed_process_left_in_runs_goes_and_the_rest_stays(parent: Path) -> None:
    unbegun = verbs.prepare_run(parent.parent.with_suffix(".loom")).folder
    left = [dead_temporary(parent), dead_temporary(unbegun), parent / "alive.json", parent / "orders.jsonl"]
    for path in left[2:]:
        path.write_text("{}\n")
    kept = {path for folder in (parent, unbegun) for path in folder.rglob("*")} - set(left)
    new_run_folder(parent.parent.with_suffix(".loom"))
    assert {path for folder in (parent, unbegun) for path in folder.rglob("*")} == kept


def test_a_run_that_is_being_trained_keeps_what_says_so(parent: Path) -> None:
    with living(parent):
        (parent / "alive.json").write_text("{}\n")
        (parent / "orders.jsonl").write_text("{}\n")
        new_run_folder(parent.parent.with_suffix(".loom"))
        assert (parent / "alive.json").exists() and (parent / "orders.jsonl").exists()


def test_a_named_folder_that_is_empty_stays(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    assert given_run_folder(tmp_path / "mine").is_dir()
