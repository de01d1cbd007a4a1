"""Pictures of a graph are sound files that show every node, whatever it is called."""

from __future__ import annotations

import io
import itertools
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from designer.compiler.analyse import analyse
from designer.compiler.report import Analysis
from designer.exporting.cards import NODE_HEIGHT, NODE_WIDTH
from designer.exporting.drawing import draw
from designer.exporting.picture import png_bytes, svg_text
from designer.exporting.shapes import Box, Curve, fitted, text_width
from designer.layers.catalog import CATEGORIES, LAYERS, catalog_of, new_node
from designer.layers.hues import BLOCK_HUE, HUES
from designer.project.model import Frame, Graph, Link, Node, Note, Project
from tests.helpers.blocks import crossed, resnet18

SVG = "{http://www.w3.org/2000/svg}"


def chain(*types: str) -> Graph:
    """Nodes of these types side by side, each linked to the next."""
    graph = Graph()
    for place, key in enumerate(types):
        node = new_node(graph, key, 240.0 * place, 10.0 * place)
        graph = Graph({**graph.nodes, node.id: node}, graph.links)
    ids = list(graph.nodes)
    return Graph(graph.nodes, tuple(Link(a, "out", b, "x") for a, b in itertools.pairwise(ids)))


def texts_of(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg.encode()).iter(f"{SVG}text")]


def test_every_node_shows_its_name_title_fields_and_shape() -> None:
    graph = chain("table_input", "linear", "relu", "output")
    words = texts_of(svg_text(graph, analyse(Project(graph))))
    assert {node.name for node in graph.nodes.values()} <= set(words)
    assert {"ReLU", "N×4", "160"} & set(words) >= {"ReLU", "N×4"}
    assert any(word.startswith("Linear · ") for word in words)


@pytest.mark.parametrize("type_key", ["conv2d", "self_attention", "flatten"])
def test_categories_have_the_hues_of_the_canvas(type_key: str) -> None:
    drawing = draw(chain(type_key), Analysis())
    assert HUES[LAYERS[type_key].category].light in {shape.fill for shape in drawing.shapes if isinstance(shape, Box)}
    assert set(CATEGORIES) <= set(HUES)


def test_a_block_has_the_hue_of_blocks() -> None:
    project = resnet18(10, 64)
    drawing = draw(project.graph, Analysis(), catalog_of(project))
    assert BLOCK_HUE.light in {shape.fill for shape in drawing.shapes if isinstance(shape, Box)}


def test_nodes_and_links_are_drawn_where_they_lie() -> None:
    graph = chain("table_input", "linear", "output")
    drawing = draw(graph, Analysis())
    cards = [shape for shape in drawing.shapes if isinstance(shape, Box) and shape.width == NODE_WIDTH]
    assert [(b.x - a.x, b.y - a.y) for a, b in itertools.pairwise(cards)] == [(240, 10), (240, 10)]
    curves = [shape for shape in drawing.shapes if isinstance(shape, Curve)]
    assert [(curve.points[0], curve.points[-1]) for curve in curves] == [
        ((a.x + NODE_WIDTH, a.y + NODE_HEIGHT / 2), (b.x, b.y + NODE_HEIGHT / 2)) for a, b in itertools.pairwise(cards)
    ]
    assert all(card.x >= 0 and card.x + card.width <= drawing.width for card in cards)


def test_many_links_into_one_node_end_in_the_order_of_its_places() -> None:
    graph = Graph({key: Node(key, "add", key, {}, 0, 100.0 * place) for place, key in enumerate("abc")})
    graph = Graph(graph.nodes, (Link("b", "out", "c", "x10"), Link("a", "out", "c", "x2")))
    ends = {
        shape.points[0][1]: shape.points[-1][1] for shape in draw(graph, Analysis()).shapes if isinstance(shape, Curve)
    }
    first, second = (end for _, end in sorted(ends.items()))
    assert first < second


@given(st.text(st.characters(exclude_categories=()), max_size=60), st.text(max_size=30))
@settings(max_examples=150, deadline=None)
def test_no_name_can_break_the_picture(name: str, key: str) -> None:
    graph = Graph({"n1": Node("n1", key, name), "n2": Node("n2", "linear", "<script>alert(1)</script>", x=200)})
    root = ElementTree.fromstring(svg_text(graph, Analysis()).encode())
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {"svg", "rect", "text", "path", "circle"}
    assert not any(
        attribute.startswith("on") or "href" in attribute for element in root.iter() for attribute in element.attrib
    )


@pytest.mark.parametrize("name", ["plain", "\ud800 \u202e\x00", "名前" * 40, "e\u0301" * 50, ""])
def test_png_is_a_sound_picture_of_twice_the_size(name: str) -> None:
    graph = chain("table_input", "linear", "output")
    graph = Graph({key: replace(node, name=name) for key, node in graph.nodes.items()}, graph.links)
    picture = Image.open(io.BytesIO(png_bytes(graph, Analysis())))
    drawing = draw(graph, Analysis())
    assert picture.format == "PNG"
    assert picture.size == (round(drawing.width * 2), round(drawing.height * 2))
    assert len(set(picture.convert("RGB").get_flattened_data())) > 20


@pytest.mark.parametrize("far", [0.0, 1e5, 1e9])
def test_a_graph_of_any_size_becomes_a_picture(far: float) -> None:
    empty = Graph()
    assert Image.open(io.BytesIO(png_bytes(empty, Analysis()))).size[0] > 0
    wide = Graph({"a": Node("a", "linear", "a"), "b": Node("b", "linear", "b", x=far, y=far)})
    width, height = Image.open(io.BytesIO(png_bytes(wide, Analysis()))).size
    assert width * height <= 45_000_000


def test_long_words_are_cut_to_their_room() -> None:
    assert fitted("short", 12, 200) == "short"
    cut = fitted("a name that goes on and on", 12, 80)
    assert cut.endswith("…")
    assert text_width(cut, 12) <= 80 + 12


def test_blocks_frames_notes_bends_and_bypassed_nodes_are_drawn() -> None:
    project, node = crossed()
    nodes = dict(project.graph.nodes)
    merge = next(key for key in nodes if nodes[key].type == "concatenate")
    nodes[node] = replace(nodes[node], x=240.0)
    nodes[merge] = replace(nodes[merge], bypassed=True, x=500.0)
    first, *links = project.graph.links
    bent = replace(first, bends=((100.0, -80.0), (200.0, -60.0)))
    frames = {"f1": Frame("f1", "The <crossing>", x=-50, y=-120, width=700, height=300)}
    notes = {"t1": Note("t1", "some words that go on\nand on", x=0, y=200)}
    graph = Graph(nodes, (bent, *links), frames, notes)
    analysis, catalog = analyse(replace(project, graph=graph)), catalog_of(project)
    drawing = draw(graph, analysis, catalog)
    curves = [shape for shape in drawing.shapes if isinstance(shape, Curve)]
    assert len(curves) == len(graph.links) + 2
    leaving = [curve.points[0] for curve in curves if curve.points[0][0] == nodes[node].x + NODE_WIDTH + 90]
    assert len(set(leaving)) == 2
    svg = svg_text(graph, analysis, catalog)
    assert {"left", "right", "low", "high", "The <crossing>", "some words that go on", "and on", "bypassed"} <= set(
        texts_of(svg)
    )
    assert svg.count("stroke-dasharray") == 1
    assert Image.open(io.BytesIO(png_bytes(graph, analysis, catalog))).size[0] > 1300
    boxes = [shape for shape in drawing.shapes if isinstance(shape, Box)]
    assert all(box.x >= 0 and box.x + box.width <= drawing.width for box in boxes)
