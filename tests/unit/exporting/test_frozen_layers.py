"""What exports and the command line say of frozen layers: their numbers apart from those that learn."""

from __future__ import annotations

from pathlib import Path

from designer.cli.records import layer_records
from designer.cli.text import layer_lines
from designer.compiler.analyse import analyse
from designer.exporting.drawing import draw
from designer.exporting.model import model_text
from designer.exporting.shapes import Words
from designer.project.model import Project
from tests.helpers.graphs import chain


def network() -> Project:
    return chain(
        ("table_input", {"features": 4}), ("linear", {"out_features": 6, "frozen": True}), "relu",
        ("linear", {"out_features": 1}), "output",
    )  # fmt: skip


def test_the_model_says_how_many_numbers_stay() -> None:
    head = model_text(network(), Path()).splitlines()[0]
    assert head == '"""A neural network with 7 parameters and 30 more that stay as they are.'


def test_the_picture_says_frozen_where_others_have_their_count() -> None:
    words = [shape.text for shape in draw(network().graph, analyse(network())).shapes if isinstance(shape, Words)]
    assert "30 frozen" in words and "7" in words


def test_the_table_of_layers() -> None:
    project = network()
    rows = layer_records(project, analyse(project))
    assert [row.get("frozen") for row in rows] == [None, 30, None, None, None]
    assert [line[-1] for line in layer_lines(project, rows)] == ["0", "30 frozen", "0", "7", "0"]
