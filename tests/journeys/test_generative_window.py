"""A GAN and a restricted Boltzmann machine in the real window: trained there, and looked at in the gallery."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from designer.project.file import save_project
from designer.project.model import Project
from tests.gui.conftest import _no_thread_left, _quiet_qt  # noqa: F401
from tests.helpers.generative import plane_gan, rbm
from tests.helpers.window import click, open_window, until

pytestmark = pytest.mark.slow
Made = Callable[..., Project]


@pytest.mark.parametrize(("make", "shown"), [(plane_gan, "plane"), (rbm, "wall")])
def test_the_gallery_fills_while_it_trains(make: Made, shown: str, tmp_path: Path) -> None:
    path = tmp_path / "p.loom"
    save_project(make(tmp_path, epochs=6), path)
    with open_window(path) as window:
        bench = window.workbench
        assert bench is not None
        assert bench.checker.analysis.ok, bench.checker.analysis.problems
        gallery = bench.gallery
        click(bench.training.controls.start)
        until(lambda: window.run.running, what="the training did not begin")
        until(lambda: not window.run.running, 120, "the training did not end")
        window.show_panel("gallery")
        until(lambda: gallery.said.text() == "Epoch 6", what="the gallery did not come to the last epoch")
        assert gallery.isVisible()
        until(lambda: not gallery.tasks.busy())
        assert gallery.views.currentWidget() is getattr(gallery, shown)
        gallery.slider.setFocus()
        QTest.keyClick(gallery.slider, Qt.Key.Key_Home)
        until(lambda: gallery.said.text() == "Epoch 1")
        assert not gallery.grab().isNull()
