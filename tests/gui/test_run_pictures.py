"""Pictures of a run are read once somebody looks, and anew where that was given up, refused or of another run."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from designer.gui.panels.run_pictures import RunPictures
from designer.gui.tasks import Tasks
from designer.gui.theme import LIGHT
from designer.runtime.errors import DataError
from tests.helpers.window import until

RUN = Path("2026-01-01-001")


class Bench:
    """A page of pictures with a way of looking that does as told: it waits for ``go_on``, then says its ``trouble``."""

    def __init__(self, qtbot: QtBot, tasks: Tasks) -> None:
        self.looked: list[Path] = []
        self.found: list[str] = []
        self.trouble = ""
        self.go_on = threading.Event()
        self.go_on.set()
        self.page = RunPictures(tasks, LIGHT, "Looking", self.look)
        self.page.found.connect(self.found.append)
        qtbot.addWidget(self.page)

    def look(self, run: Path) -> str:
        """Find the name of the run."""
        self.looked.append(run)
        assert self.go_on.wait(60)
        if self.trouble:
            raise DataError(self.trouble)
        return run.name


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    tasks = Tasks()
    made = Bench(qtbot, tasks)
    yield made
    made.go_on.set()
    tasks.close()


def test_a_run_is_read_once_and_only_for_who_looks(bench: Bench) -> None:
    bench.page.show_run(RUN)
    assert not bench.page.tasks.busy() and bench.page.said.text() == "Looking…"
    bench.page.show()
    until(lambda: bench.page.gallery.isVisible())
    bench.page.show_run(RUN)
    assert not bench.page.tasks.busy() and bench.page.gallery.isVisible()
    assert bench.looked == [RUN] and bench.found == [RUN.name] and bench.page.view == RUN.name


def test_what_comes_late_of_another_run_is_not_shown(bench: Bench) -> None:
    bench.go_on.clear()
    bench.page.show()
    bench.page.show_run(RUN)
    until(lambda: bench.looked == [RUN])
    bench.page.show_run(RUN.with_name("2026-01-01-002"))
    bench.go_on.set()
    until(lambda: bench.page.gallery.isVisible())
    assert bench.found == ["2026-01-01-002"]


@pytest.mark.parametrize("seen_in_the_status_bar", [True, False])
def test_what_is_given_up_is_said_at_once_and_begins_anew(bench: Bench, seen_in_the_status_bar: bool) -> None:
    told: list[str] = []
    bench.page.tasks.changed.connect(told.append)
    bench.go_on.clear()
    bench.page.show()
    bench.page.show_run(RUN)
    until(lambda: bench.looked == [RUN] and (not seen_in_the_status_bar or told == ["Looking"]))
    bench.page.tasks.cancel("something else")
    assert bench.page.said.text() == "Looking…"
    bench.page.tasks.cancel()
    assert bench.page.said.text() == "Looking was cancelled. It begins anew when you come back to this page."
    bench.go_on.set()
    bench.page.hide()
    bench.page.show()
    until(lambda: bench.page.gallery.isVisible())
    bench.page.tasks.cancel()
    assert bench.page.gallery.isVisible()


def test_what_is_refused_is_tried_again_when_somebody_comes_back(bench: Bench) -> None:
    bench.trouble = "the pictures have gone"
    bench.page.show()
    bench.page.show_run(RUN)
    until(lambda: bench.page.said.text() == "the pictures have gone")
    bench.trouble = ""
    bench.page.show_run(RUN)
    until(lambda: bench.page.gallery.isVisible())
    assert bench.looked == [RUN, RUN] and bench.found == [RUN.name]


def test_another_run_in_the_folder_of_a_deleted_one_is_read(bench: Bench, tmp_path: Path) -> None:
    bench.page.show()
    for round_ in (1, 2):
        (tmp_path / "metrics.json").write_text("{}")
        # on some systems the clock of files goes by hundredths of a second
        os.utime(tmp_path / "metrics.json", ns=(round_, round_))
        bench.page.show_run(tmp_path)
        until(lambda round_=round_: len(bench.found) == round_, what="the pictures of the deleted run stay")
        (tmp_path / "metrics.json").unlink()
    assert bench.looked == [tmp_path, tmp_path]
