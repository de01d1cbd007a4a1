"""What is new in the history of a run that another process trains, also where that was written anew or cut off."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from designer.project.atomic import atomic_write
from designer.training.run_files import HISTORY
from designer.workspace.following import Tail


def epochs(numbers: Iterable[int], loss: float = 1.0) -> bytes:
    lines = [{"event": "epoch", "epoch": epoch, "train": {"loss": loss}, "validation": {}} for epoch in numbers]
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def changed(epoch: int, rate: float) -> bytes:
    line = {"event": "changed", "epoch": epoch, "step": 0, "settings": {"learning_rate": rate}}
    return json.dumps(line).encode() + b"\n"


def append(run: Path, text: bytes) -> None:
    with (run / HISTORY).open("ab") as file:
        file.write(text)


def told(tail: Tail) -> list[tuple[str, int]]:
    return [(event["event"], event["epoch"]) for event in tail.events()]


@pytest.fixture
def tail(tmp_path: Path) -> Tail:
    """Of a run of three epochs that were told."""
    tail = Tail(tmp_path)
    assert told(tail) == []
    append(tmp_path, epochs([1, 2, 3]))
    assert told(tail) == [("epoch", 1), ("epoch", 2), ("epoch", 3)]
    assert told(tail) == []
    return tail


def test_a_line_is_told_once_it_is_whole(tail: Tail, tmp_path: Path) -> None:
    line = epochs([4])
    append(tmp_path, line[:20])
    assert told(tail) == []
    append(tmp_path, line[20:] + b"spoiled\n" + epochs([5]))
    assert told(tail) == [("epoch", 4), ("epoch", 5)]


def test_of_a_history_that_was_written_anew_only_the_news_are_told(tail: Tail, tmp_path: Path) -> None:
    text = epochs([1, 2, 3]) + changed(3, 0.1)
    atomic_write(tmp_path / HISTORY, text)
    assert told(tail) == [("changed", 3)]
    atomic_write(tmp_path / HISTORY, text + epochs([4]))
    assert told(tail) == [("epoch", 4)]


def test_epochs_that_a_run_forgot_as_it_went_on_are_told_when_they_are_trained_again(
    tail: Tail, tmp_path: Path
) -> None:
    atomic_write(tmp_path / HISTORY, epochs([1]) + changed(1, 0.1))
    assert told(tail) == [("changed", 1)]
    assert tail.epoch == 1
    append(tmp_path, epochs([2, 3, 4], loss=0.5))
    assert [event["train"]["loss"] for event in tail.events()] == [0.5, 0.5, 0.5]


def test_a_history_that_was_cut_off_is_read_from_its_start(tail: Tail, tmp_path: Path) -> None:
    with (tmp_path / HISTORY).open("r+b") as file:
        file.truncate(len(epochs([1, 2])))
    assert told(tail) == []
    append(tmp_path, epochs([3, 4]))
    assert told(tail) == [("epoch", 3), ("epoch", 4)]
