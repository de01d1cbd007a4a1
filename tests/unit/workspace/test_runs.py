"""Run folders are numbered by the day, never shared, and found again in order."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest

from designer.project.errors import ProjectError
from designer.workspace.runs import (
    discard_unbegun,
    given_run_folder,
    latest_run,
    list_runs,
    new_run_folder,
)

DAY = date(2026, 11, 21)


def new_run(project: Path, day: date = DAY) -> Path:
    folder = new_run_folder(project, day)
    (folder / "project.loom").write_text("{}")
    return folder


def test_folders_are_numbered_within_a_day(tmp_path: Path) -> None:
    project = tmp_path / "iris.loom"
    names = [new_run(project, day).name for day in (DAY, DAY, date(2026, 11, 22), DAY)]
    assert names == ["2026-11-21-001", "2026-11-21-002", "2026-11-22-001", "2026-11-21-003"]
    assert {path.parent for path in list_runs(project)} == {tmp_path / "iris.runs"}


def test_runs_are_listed_oldest_first_beyond_a_thousand_and_without_strangers(tmp_path: Path) -> None:
    parent = tmp_path / "iris.runs"
    for name in ("2026-11-21-1000", "2026-11-21-999", "2026-11-20-007", "notes", "2026-11-21-abc"):
        (parent / name).mkdir(parents=True)
        (parent / name / "project.loom").write_text("{}")
    (parent / "2026-11-21-500").write_text("a file")
    (parent / "2026-11-21-501").mkdir()
    names = [path.name for path in list_runs(tmp_path / "iris.loom")]
    assert names == ["2026-11-20-007", "2026-11-21-999", "2026-11-21-1000"]
    assert new_run_folder(tmp_path / "iris.loom", DAY).name == "2026-11-21-1001"


def test_no_two_get_the_same_folder(tmp_path: Path) -> None:
    made: list[Path] = []
    threads = [
        threading.Thread(target=lambda: made.extend(new_run_folder(tmp_path / "p.loom", DAY) for _ in range(10)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == len(set(made)) == 40


def test_the_latest_run_is_the_newest_with_weights(tmp_path: Path) -> None:
    project = tmp_path / "p.loom"
    assert list_runs(project) == []
    assert latest_run(project) is None
    first, second, _third = (new_run(project) for _ in range(3))
    for run in (first, second):
        (run / "weights.safetensors").write_bytes(b"")
    assert latest_run(project) == second


def test_a_named_folder_is_never_written_over(tmp_path: Path) -> None:
    assert given_run_folder(tmp_path / "a" / "b").is_dir()
    (tmp_path / "a" / "b" / "weights.safetensors").write_bytes(b"dear")
    with pytest.raises(ProjectError, match="not empty"):
        given_run_folder(tmp_path / "a" / "b")


def test_where_no_folder_can_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "p.runs").write_text("in the way")
    with pytest.raises(ProjectError, match=r"p\.runs"):
        new_run_folder(tmp_path / "p.loom")
    with pytest.raises(ProjectError, match=r"p\.runs"):
        list_runs(tmp_path / "p.loom")


def test_only_a_run_that_never_began_is_discarded(tmp_path: Path) -> None:
    project = tmp_path / "p.loom"
    begun, unbegun = new_run(project), new_run(project)
    (begun / "history.jsonl").write_text("")
    # what a writing leaves behind that was interrupted in between
    for run in (begun, unbegun):
        (run / ".layerloom-0bbfd16a-20837-529656f8-44.tmp").write_text("{")
    discard_unbegun(begun)
    discard_unbegun(unbegun)
    discard_unbegun(unbegun)
    assert list_runs(project) == [begun]
