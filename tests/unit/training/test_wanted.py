"""What nobody waits for any more is not read to its end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from designer.importing.sniff import Cancelled, sniff_table
from designer.project.model import TableFormat
from designer.training.columns import read_columns
from designer.training.wanted import Unwanted, is_unwanted, refuse_unwanted, while_wanted
from designer.workspace.turns import one_reading
from tests.helpers.endless import Endless


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "long.csv"
    path.write_text("a,b\n" + "1,x\n2,y\n" * 20)
    return path


def after(calls: int) -> Callable[[], bool]:
    """Wanted until it was asked so many times."""
    left = iter(range(calls))
    return lambda: next(left, None) is not None


def test_what_nobody_was_asked_about_is_wanted(table: Path) -> None:
    refuse_unwanted()
    assert not is_unwanted()
    assert len(read_columns(table, {"a": "number", "b": "category"}, TableFormat())) == 40


@pytest.mark.parametrize("read", [
    lambda path: read_columns(path, {"a": "number", "b": "category"}, TableFormat()),
    sniff_table,
])  # fmt: skip
def test_a_table_is_given_up_in_the_middle(table: Path, monkeypatch, read: Callable[[Path], object]) -> None:
    endless = Endless(monkeypatch, table.name)
    try:
        with while_wanted(after(3)), pytest.raises((Unwanted, Cancelled)):
            read(table)
        assert endless.begun
    finally:
        endless.end()


def test_columns_are_not_converted_once_nobody_waits(table: Path) -> None:
    # the one piece of the file is asked for before the two columns are
    with while_wanted(after(2)), pytest.raises(Unwanted):
        read_columns(table, {"a": "number", "b": "category"}, TableFormat())


def test_only_the_thread_that_said_so_is_given_up() -> None:
    found: list[bool] = []
    with while_wanted(lambda: False):
        other = threading.Thread(target=lambda: found.append(is_unwanted()))
        other.start()
        other.join()
        assert is_unwanted()
    assert found == [False] and not is_unwanted()


def test_who_waits_for_a_turn_leaves_once_unwanted() -> None:
    held, go = threading.Event(), threading.Event()

    def hold() -> None:
        with one_reading():
            held.set()
            go.wait(20)

    other = threading.Thread(target=hold)
    other.start()
    try:
        assert held.wait(20)
        with while_wanted(after(1)), pytest.raises(Unwanted), one_reading():
            pass
    finally:
        go.set()
        other.join()
