"""A folder of pictures is opened: the first of them are seen long before all could be decoded."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from pathlib import Path

import pytest

from designer.gui import app
from designer.gui.data.page import DataPage
from designer.gui.tasks import left_running
from designer.gui.theme import LIGHT
from designer.project.model import ImageData
from designer.workspace.session import Session
from tests.benchmarks.test_image_speed import BATCH, epoch, prepared, seconds, write
from tests.gui.conftest import _no_thread_left, _quiet_qt  # noqa: F401
from tests.helpers.graphs import chain
from tests.helpers.rounds import rounds
from tests.helpers.window import until

pytestmark = [pytest.mark.slow, pytest.mark.alone]
SIDE, COUNT, ROUNDS = 224, 2400, 3
FIRST = 8
OF_ALL = 0.1
# each of them takes as long to decode as another: so small a part says what all take
PART = 4


def test_the_first_pictures_are_seen_in_a_tenth_of_the_time_that_all_take(
    tmp_path: Path, qtbot, monkeypatch: pytest.MonkeyPatch, record_property
) -> None:
    """From the page being asked for to pictures on it, against decoding all of them for the first epoch."""
    app.prepare_process()
    app.import_heavy()
    paths = write(tmp_path / "pictures", COUNT, SIDE)
    size = {"height": SIDE, "width": SIDE, "mode": "colour"}
    layers = (("image_input", size), "flatten", ("linear", {"out_features": 2}), ("output", {"loss": "cross_entropy"}))
    project = replace(chain(*layers), data=ImageData("pictures"))
    epoch(prepared(paths[:BATCH], SIDE))
    first: list[float] = []
    whole: list[float] = []

    def share() -> float:
        return statistics.median(one / every for one, every in zip(first, whole, strict=True))

    def opened() -> float:
        began = time.perf_counter()
        page = DataPage(Session.new(project, tmp_path / "p.loom"), LIGHT)
        qtbot.addWidget(page)
        page.resize(1200, 760)
        page.show()
        grid = page.pictures.gallery.list
        until(lambda: len(grid.seen()) - len(grid.pictures.missing(grid.seen())) >= FIRST, 60, "none is drawn")
        found = time.perf_counter() - began
        page.tasks.leave()
        page.close()
        until(lambda: not left_running(), 60, "the page goes on reading")
        return found

    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "warm"))
    opened()
    for number in rounds(ROUNDS, lambda: share() < OF_ALL):
        monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / f"home{number}"))
        first.append(opened())
        monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / f"all{number}"))
        whole.append(PART * seconds(lambda: epoch(prepared(paths[: COUNT // PART], SIDE))))
    print(f"{COUNT} pictures: seen after {first} s of {whole} s, {share():.3f} of it")
    record_property("first pictures / all", round(share(), 4))
    assert share() < OF_ALL
