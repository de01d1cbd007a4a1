"""From a table of boxes to predicted boxes over true ones: seen, moved with their pictures, learned, looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from designer.gui.outline_paint import PREDICTED, TRUE
from designer.project.model import ImageData
from tests.gui.conftest import _no_thread_left, _quiet_qt  # noqa: F401
from tests.helpers.data_page import choose_view
from tests.helpers.pictures import BOX_NAMES, boxed, write_boxes
from tests.helpers.seen_colours import box_seen, seen
from tests.helpers.window import click, keys, until
from tests.journeys.test_data_views import add_by_menu, begun, trained

pytestmark = pytest.mark.slow
SIZE = (32, 24)


def test_from_a_table_of_boxes_to_the_pictures_of_the_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = write_boxes(tmp_path / "cars", 60, (SIZE,))
    with begun(table, monkeypatch) as (window, page):
        data = window.session.project.data
        assert isinstance(data, ImageData) and data.layout == "table"
        assert [column.name for column in data.columns if column.role == "target"] == list(BOX_NAMES)
        gallery = page.pictures.gallery
        until(lambda: gallery.model.rowCount() == 60, 30, "not all pictures are listed")
        until(lambda: not gallery.model.missing(gallery.list.seen()), 30, "the pictures are not drawn")
        assert gallery.outlines.isVisible() and seen(gallery.list.viewport(), TRUE).any()

        # with the pictures the boxes are moved
        choose_view(page.pictures.views, "augmentation")
        add_by_menu(page, "Flip vertically")
        preview = page.pictures.preview.pictures
        until(lambda: len(preview.sampling.outlines) == 4, 60, "no boxes are tried")
        assert seen(preview, TRUE).any()
        trained(window)

        # predicted boxes over the true ones, one picture of them large
        bench = window.workbench
        assert bench is not None
        window.show_panel("results")
        results = bench.results
        shown = results.placed.gallery
        until(lambda: shown.isVisible() and shown.model.rowCount() > 0, 60, "the results show no pictures")
        until(lambda: not shown.model.missing(shown.list.seen()), 30, "the pictures are not drawn")
        assert shown.legend.isVisible() and seen(shown.list.viewport(), PREDICTED).any()
        shown.take_keys()
        keys(shown.list, Qt.Key.Key_Return)
        pane = shown.large.pane
        until(lambda: pane.isVisible() and pane.image is not None, 30, "no picture is shown large")
        pictures = shown.model.pictures
        assert pictures is not None
        edges = boxed(int(Path(pictures.files[0]).stem), SIZE)[1]
        wanted = tuple(edge / SIZE[place % 2] for place, edge in enumerate(edges))
        assert box_seen(pane, TRUE, pane.area()) == pytest.approx(wanted, abs=0.08)
        click(shown.outlines)
        assert not seen(pane, TRUE).any() and not seen(pane, PREDICTED).any()
