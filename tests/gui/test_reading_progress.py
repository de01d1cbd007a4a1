"""How far a long reading is: a bar, a share and the time left in its place, the same below, and a way to cancel it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from designer.gui.data.progress import Progress
from designer.gui.data.reading import READING, TableReader, watched
from designer.gui.window import MainWindow
from tests.helpers.endless import Endless
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.small import small_project
from tests.helpers.window import click, open_window, until

# a second, and another one where the machine is busy
SOON = 10.0


def test_how_far_a_reading_is_is_seen_in_its_place_and_below_and_is_cancelled_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[bool] = []

    def slow(self: TableReader, data: object, target: str, progress: Progress) -> None:
        try:
            while True:
                progress(0.25)
                time.sleep(0.01)
        finally:
            left.append(True)

    monkeypatch.setattr(TableReader, "read", slow)
    with open_window(small_project(tmp_path, "long"), FakeTrainer) as window:
        page, status = window.build().data, window.status
        click(window.pages.switch.buttons["data"])
        until(lambda: page.busy.left.text().startswith("25 %"), 20, "no share is shown")
        assert page.busy.isVisible() and page.busy.words.text() == "Reading long.csv"
        assert page.busy.bar.value() * 4 == page.busy.bar.maximum()
        until(lambda: status.text.text().startswith("Reading long.csv: 25 %"), 20, "the status bar says nothing")
        assert status.busy.value() == 25
        # how long it will take as well, once that can be known
        until(lambda: "left" in page.busy.left.text(), 20, page.busy.left.text())
        click(status.cancel)
        until(lambda: left == [True], SOON, "it is read all the same")
        assert "cancelled" in page.side.trouble.text() and not page.busy.isVisible()
        until(lambda: not status.busy.isVisible(), SOON, "something is said to go on")


def test_the_share_of_a_file_grows_as_it_is_read(tmp_path: Path) -> None:
    path, shares = tmp_path / "t.csv", list[float]()
    path.write_bytes(b"a,b\n" + b"1,2\n" * 3_000_000)

    class Told(Progress):
        def __call__(self, part: float) -> None:
            shares.append(part)

    assert sum(map(len, watched(Told())(path))) == path.stat().st_size
    assert shares == sorted(shares) and len(set(shares)) > 2 and shares[-1] == READING


def test_a_file_that_takes_long_to_begin_with_shows_its_share_and_is_given_up(
    endless: Endless, window: MainWindow, tmp_path: Path
) -> None:
    table = small_project(tmp_path, "long").with_suffix(".csv")
    window.documents.begin(table)
    pane = window.opening
    until(lambda: bool(endless.begun) and pane.isVisible() and pane.bar.value() > 0, 20, "no share is shown")
    assert pane.words.text() == "Reading long.csv" and "%" in pane.left.text()
    click(pane.cancel)
    assert not endless.left(SOON)
    until(lambda: not pane.isVisible(), 10, "it stays")
    assert window.welcome.isVisible() and window.welcome.isEnabled() and not window.editing
