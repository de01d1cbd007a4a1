"""What a run's history tells is read once, quickly however long it is; lists of runs get each as it is read."""

from __future__ import annotations

import json
import math
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from designer.training.run_files import HISTORY
from designer.training.wanted import Unwanted, while_wanted
from designer.workspace import run_list, told_epochs
from designer.workspace.run_list import RunInfo, read_runs
from designer.workspace.told_epochs import PARTS, Judged, Told, read_told
from designer.workspace.verbs import prepare_run, train
from tests.helpers.small import small_project


def line(epoch: int, validation: dict[str, Any] | None = None, **more: Any) -> bytes:
    figures = {"loss": 1 / epoch, "accuracy": 1 - 1 / epoch}
    told = {"event": "epoch", "epoch": epoch, "epochs": 99, "train": figures, "seconds": 0.1, **more}
    return json.dumps(told | {"validation": figures if validation is None else validation}).encode() + b"\n"


def write(folder: Path, lines: Sequence[bytes]) -> None:
    (folder / HISTORY).write_bytes(b"".join(lines))


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The lines that are looked at."""
    seen: list[bytes] = []
    decoded = told_epochs._decoded

    def noting(lines: Sequence[bytes]) -> Any:
        seen.extend(lines)
        return decoded(lines)

    monkeypatch.setattr(told_epochs, "_decoded", noting)
    return seen


def test_all_forms_of_a_line_are_understood_and_the_others_left_out(tmp_path: Path) -> None:
    odd = line(4).replace(b'"loss": 0.25', b'"loss": NaN')
    changed = json.dumps({"event": "changed", "epoch": 2, "step": 0, "settings": {"epochs": 9}}).encode() + b"\n"
    late = line(6, {"loss": None, "f1": 0.5}, learning_rate=0.01)
    write(tmp_path, [line(1), line(2), changed, b"#" + line(3), odd, b"\n", line(5), late])
    told = read_told(tmp_path)
    assert told.at == (1, 2, 4, 5, 6)
    assert told.curves["train"]["accuracy"] == (0.0, 0.5, 0.75, 0.8, pytest.approx(5 / 6))
    assert [math.isnan(value) for value in told.curves["train"]["loss"]] == [False, False, True, False, False]
    assert [math.isnan(value) for value in told.curves["validation"]["loss"]] == [False, False, True, False, True]
    assert told.curves["validation"]["f1"][-1] == 0.5 and math.isnan(told.curves["validation"]["f1"][0])
    assert told.curves["train"]["learning_rate"][-1] == 0.01
    assert all(len(column) == 5 for part in told.curves.values() for column in part.values())


def test_of_a_history_that_has_grown_only_what_is_new_is_read(tmp_path: Path, looked_at: list[bytes]) -> None:
    write(tmp_path, [line(epoch) for epoch in range(1, 201)])
    first = read_told(tmp_path)
    looked_at.clear()
    assert read_told(tmp_path, first) is first and looked_at == []
    # the last one is only half there
    write(tmp_path, [*(line(epoch) for epoch in range(1, 203)), line(203, {"f1": 0.5}, learning_rate=0.1)[:50]])
    second = read_told(tmp_path, first)
    assert looked_at[:2] == [line(201), line(202)] and len(looked_at) == 3
    assert second.at == tuple(range(1, 203))
    write(tmp_path, [*(line(epoch) for epoch in range(1, 203)), line(203, {"f1": 0.5}, learning_rate=0.1)])
    third = read_told(tmp_path, second)
    assert third.at == tuple(range(1, 204)) and repr(third.curves) == repr(read_told(tmp_path).curves)
    # written anew, as a run does that goes on after an earlier epoch
    write(tmp_path, [line(epoch, {"loss": 9.0}) for epoch in range(1, 301)])
    anew = read_told(tmp_path, third)
    assert anew.at == tuple(range(1, 301)) and set(anew.curves["validation"]["loss"]) == {9.0}
    (tmp_path / HISTORY).unlink()
    assert read_told(tmp_path, anew) == Told()


def test_a_line_whose_end_comes_while_it_is_read_is_read_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, [line(1), line(2)[:40]])
    decoded = told_epochs._decoded

    def written_meanwhile(lines: Sequence[bytes]) -> Any:
        write(tmp_path, [line(1), line(2), line(3)])
        return decoded(lines)

    monkeypatch.setattr(told_epochs, "_decoded", written_meanwhile)
    first = read_told(tmp_path)
    assert (first.at, first.end) == ((1,), len(line(1)))
    assert read_told(tmp_path, first).at == (1, 2, 3)


@pytest.mark.alone
def test_a_history_ten_times_as_long_takes_about_ten_times_as_long(tmp_path: Path) -> None:
    def seconds(epochs: int) -> float:
        write(tmp_path, [line(epoch) for epoch in range(1, epochs + 1)])
        taken = []
        for _ in range(3):
            began = time.thread_time()
            assert len(read_told(tmp_path).at) == epochs
            taken.append(time.thread_time() - began)
        return min(taken)

    assert seconds(40_000) < 30 * seconds(4_000)


@pytest.mark.parametrize("monitor", ["loss", "accuracy", "f1"])
@pytest.mark.parametrize("keep_best", [True, False])
def test_what_judges_is_the_same_however_the_epochs_come(monitor: str, keep_best: bool) -> None:
    at = tuple(range(1, 41))
    values = tuple(math.nan if epoch % 7 == 0 else abs(20.2 - epoch) for epoch in at)
    curves = {part: {"loss": values, "accuracy": values[::-1]} for part in PARTS}
    whole = Judged(monitor)
    whole.extend(at, curves)
    pieces = Judged(monitor)
    for first in range(0, 40, 3):
        some = {part: {name: column[first : first + 3] for name, column in of.items()} for part, of in curves.items()}
        pieces.extend(at[first : first + 3], some)
    name = "accuracy" if monitor == "accuracy" else "loss"
    sound = [(value, epoch) for value, epoch in zip(curves["validation"][name], at, strict=True) if value == value]
    best = max(sound, key=lambda pair: (pair[0], -pair[1])) if name == "accuracy" else min(sound)
    assert pieces.standing(keep_best) == whole.standing(keep_best)
    assert whole.standing(keep_best) == ("validation", name, *(best if keep_best else sound[-1]))
    trained = Judged(monitor)
    trained.extend(at, {"train": curves["train"], "validation": {}})
    assert trained.standing(keep_best)[:2] == ("train", name)


def test_runs_are_told_from_the_newest_on_and_none_is_read_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = small_project(tmp_path, epochs=2)
    first = prepare_run(path)
    list(train(first))
    for number in (2, 3):
        shutil.copytree(first.folder, first.folder.with_name(f"{first.folder.name[:-3]}{number:03d}"))
    read: list[str] = []
    read_info = run_list.read_info

    def noting(folder: Path, old: RunInfo | None = None) -> RunInfo:
        read.append(folder.name[-3:])
        return read_info(folder, old)

    monkeypatch.setattr(run_list, "read_info", noting)
    told: list[tuple[list[str], int]] = []
    known: list[RunInfo] = []

    def came(found: list[RunInfo], left: int) -> None:
        told.append(([info.folder.name[-3:] for info in found], left))
        known[:] = found

    with while_wanted(lambda: len(read) < 2), pytest.raises(Unwanted):
        read_runs(path, (), came)
    assert told == [([], 3), (["003"], 2), (["002", "003"], 1)] and read == ["003", "002"]
    found = read_runs(path, known, came)
    assert [info.folder.name[-3:] for info in found] == ["001", "002", "003"]
    assert read == ["003", "002", "001"] and told[-1] == (["001", "002", "003"], 0)
