"""Samples are tidy: no layer lies upon another, and frames reach around the layers that begin in them."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QGuiApplication

from designer.gui.canvas.geometry import body
from designer.gui.canvas.ink import Ink
from designer.gui.canvas.node_item import NodeItem
from designer.gui.theme import LIGHT
from designer.layers.catalog import catalog_of
from designer.project.file import load_project

ROOT = Path(__file__).resolve().parents[2] / "sample_projects"
SAMPLES = sorted(ROOT.glob("*/*.loom"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.parent.name)
@pytest.mark.usefixtures("qapp")
def test_no_layer_lies_upon_another_or_reaches_out_of_its_frame(path: Path) -> None:
    project = load_project(path)
    catalog, ink = catalog_of(project), Ink(LIGHT, QGuiApplication.font())
    boxes = {
        node.name: body(NodeItem(node, catalog, ink).height).translated(node.x, node.y)
        for node in project.graph.nodes.values()
    }
    assert boxes
    for one, other in combinations(boxes, 2):
        assert not boxes[one].intersects(boxes[other]), (one, other)
    for frame in project.graph.frames.values():
        around = QRectF(frame.x, frame.y, frame.width, frame.height)
        for name, box in boxes.items():
            assert around.contains(box) or not around.intersects(box), (frame.title, name)
