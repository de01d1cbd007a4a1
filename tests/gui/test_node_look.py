"""Reading a node at a glance: shape with named axes, changed fields, blocks, bypass, and less from farther away."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QGuiApplication, QImage

from designer.compiler.problems import NodePlace, Problem
from designer.compiler.report import Analysis, Report
from designer.gui.canvas.gathering import TILE
from designer.gui.canvas.geometry import MARGIN, WIDTH
from designer.gui.canvas.ink import Ink
from designer.gui.canvas.node_item import NodeItem
from designer.gui.canvas.node_words import changes, changes_text, shape_wordings, spoken_shape
from designer.gui.canvas.overview import FAR, FARTHEST
from designer.gui.canvas.view import CanvasView
from designer.gui.theme import DARK, LIGHT
from designer.layers.catalog import BUILT_IN, catalog_of
from designer.project import edits
from designer.project.model import Block, Graph, Node, Project
from tests.helpers.canvas import chain, node_picture, painted, shown


def report(shape: tuple[int, ...] | None, axes: str, parameters: int = 0) -> Report:
    return Report("n1", shape, axes, parameters)


def item_of(node: Node, said: Report | None = None, project: Project | None = None, theme=LIGHT) -> NodeItem:
    item = NodeItem(node, catalog_of(project or Project()), Ink(theme, QGuiApplication.font()))
    item.set_analysis(said, ())
    return item


def block_project() -> Project:
    ports = {
        "in1": Node("in1", "block_input", "image"),
        "in2": Node("in2", "block_input", "a skip connection of some length"),
        "out1": Node("out1", "block_output", "out"),
    }
    one = {key: ports[key] for key in ("in1", "out1")}
    return Project(blocks={"two": Block("Two", Graph(ports)), "one": Block("One", Graph(one))})


def test_the_output_of_a_gan_names_no_loss(qtbot):
    project = chain("table_input", "linear", "output")
    output = next(key for key, node in project.graph.nodes.items() if node.type == "output")
    view = shown(qtbot, edits.set_fields(project, output, {"loss": "huber", "delta": 2.0, "loss_weight": 3.0}))
    item = view.canvas.nodes[output]
    assert item.written.below_text == "Output · Huber" and "Huber" in item.spoken and "delta" in item.spoken

    training = replace(view.session.project.training, mode="gan")
    view.session.do("Train as a GAN", edits.set_training(view.session.project, training))
    assert item.written.below_text == "Output" and not item.written.changed
    assert "Huber" not in item.spoken and "changed" not in item.spoken
    view.session.undo()
    assert item.written.below_text == "Output · Huber" and item.written.changed


def test_shapes_have_named_axes_and_leave_the_batch_out():
    assert shape_wordings(report((32, 26, 26), "NCHW")) == ("C 32 · H 26 · W 26", "C32 H26 W26", "32×26×26")
    assert shape_wordings(report((7, 64), "NTF"))[0] == "T 7 · F 64"
    assert shape_wordings(report((3, 4), "N??")) == ("3×4",) and shape_wordings(report(None, "")) == ()
    assert shape_wordings(report((), "N"))[-1] in ("one number", "")
    assert spoken_shape(report((32, 26, 26), "NCHW")) == "channels 32, height 26, width 26"
    assert spoken_shape(report((3, 4), "N??")) == "N×3×4" and spoken_shape(None) == ""


@pytest.mark.parametrize(
    ("shape", "axes", "parameters"),
    [
        ((3, 32, 32), "NCHW", 320),
        ((512, 1024, 1024), "NCHW", 73_900),
        ((64, 16, 112, 112), "NCDHW", 1_200_000),
        ((2048, 1080, 1920), "NCHW", 999_600_000),
        ((100_000,), "NF", 12_345_678),
    ],
)
def test_shape_and_count_stand_uncut_side_by_side(shape, axes, parameters, qapp):
    item = item_of(BUILT_IN.new_node(Graph(), "conv2d"), report(shape, axes, parameters))
    assert "…" not in item.written.shape_text and item.written.count_text and str(shape[-1]) in item.written.shape_text
    room = item.ink.small_metrics.horizontalAdvance(item.written.shape_text + item.written.count_text)
    assert room <= WIDTH - 2 * MARGIN - 8
    assert "×".join(["N", *map(str, shape)]) in item.tip and f"{parameters:,} parameters" in item.tip


def test_a_changed_field_is_marked_and_told(qapp):
    node = BUILT_IN.new_node(Graph(), "conv2d")
    plain = item_of(node)
    assert not plain.written.changed and "changed" not in plain.spoken
    node = replace(node, fields={**node.fields, "kernel_size": 5, "bias": False, "out_channels": 99})
    item = item_of(node)
    assert item.written.changed and changes_text(BUILT_IN, node) == "changed: kernel size 5×5, bias no"
    assert "changed: kernel size 5×5, bias no" in item.spoken and "changed" in item.tip
    same_words = item_of(node)
    same_words.written.changed = False
    assert node_picture(item) != node_picture(same_words)


@pytest.mark.parametrize(
    ("type_key", "fields"),
    [
        ("linear", {"out_features": 9}),
        ("image_input", {"height": 9, "mode": "colour"}),
        ("output", {"target": "price", "loss": "cross_entropy"}),
        ("reshape", {"shape": (4, 4)}),
    ],
)
def test_what_everybody_sets_is_no_change(type_key, fields):
    node = BUILT_IN.new_node(Graph(), type_key)
    assert changes(BUILT_IN, replace(node, fields={**node.fields, **fields})) == {}


def test_a_bypassed_node_differs_by_form_at_every_distance(qtbot):
    view = shown(qtbot, chain("table_input", "linear", "relu"))
    for zoom in (1.0, 0.5, 0.3, 0.15):
        view.session.go(0)
        view.set_zoom(zoom)
        before = painted(view)
        node = replace(view.session.project.graph.nodes["n2"], bypassed=True)
        graph = view.session.project.graph
        view.session.do("Bypass", Project(replace(graph, nodes={**graph.nodes, "n2": node})))
        assert painted(view) != before, zoom


def test_blocks_differ_by_form_and_say_how_often_they_run(qapp):
    project = block_project()
    node = catalog_of(project).new_node(project.graph, "block:one")
    once = item_of(node, project=project)
    often = item_of(replace(node, fields={**node.fields, "repeat": 3, "shared": True}), project=project)
    assert once.is_block and once.category == "Blocks" and once.written.times_text == ""
    assert often.written.times_text == "×3" and often.written.shared and "3 times in a row" in often.spoken
    assert "shares its weights" in often.spoken and not often.written.changed
    assert node_picture(once) != node_picture(often)
    # the cards beneath stay within what Qt repaints
    assert often.boundingRect().contains(QRectF(0, 0, WIDTH + 9, often.height + 9))
    layer = item_of(BUILT_IN.new_node(Graph(), "relu"))
    inner = (once, layer)
    assert len({node_picture(item).pixelColor(20 + 3, 20 + 40).name() for item in inner}) == 2


def test_several_ports_have_rows_with_labels_of_their_own(qapp):
    project = block_project()
    item = item_of(catalog_of(project).new_node(project.graph, "block:two"), project=project)
    assert (
        item.labelled
        and item.written.port_labels["in1", False] == "image"
        and item.written.port_labels["in2", False].endswith("…")
    )
    assert all(72 < place.at.y() < item.height for place in (*item.inputs, *item.outputs))
    metrics = QFontMetricsF(item.ink.small_font)
    assert metrics.horizontalAdvance(item.written.port_labels["in2", False]) < WIDTH / 2
    near, far = node_picture(item, 1.0), node_picture(item, 0.5)
    assert near != far
    assert not item_of(BUILT_IN.new_node(Graph(), "add")).labelled


def test_less_is_shown_from_farther_away(qtbot):
    view = shown(qtbot, chain("table_input", "conv2d", "relu"))
    seen = []
    for zoom in (1.0, 0.6, FAR - 0.05, FARTHEST - 0.05):
        view.set_zoom(zoom)
        seen.append(view.canvas.overview.shown)
        painted(view)
    assert seen == [False, False, True, True]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_colour_sign_and_name_are_there_from_afar(qtbot, theme):
    view = shown(qtbot, chain("conv2d"))
    view.set_theme(theme)
    view.set_zoom(0.4)
    view.centerOn(view.canvas.nodes["n1"].rect().center())
    image = view.viewport().grab().toImage()
    box = view.mapFromScene(view.canvas.nodes["n1"].rect()).boundingRect()
    tile = round(TILE * 0.4)
    colours = {
        image.pixelColor(box.left() + x, box.center().y() + y).name().upper()
        for x in range(2, tile)
        for y in (-4, 0, 4)
    }
    assert view.canvas.ink.hue("Convolution").color().name().upper() in colours and len(colours) > 1
    name = {
        image.pixelColor(x, y).name()
        for x in range(box.left() + tile + 2, box.right())
        for y in range(box.top() + 4, box.bottom() - 4)
    }
    assert len(name) > 2


def test_ports_and_problems_differ_by_form(qtbot):
    view = shown(qtbot, chain("linear", "add"))
    item = view.canvas.nodes["n1"]

    def outline(severity: str) -> set[tuple[int, int]]:
        problems = (Problem(severity, "x", NodePlace("n1"), "No."),) if severity else ()
        view.set_analysis(Analysis(problems))
        image = node_picture(item)
        clean = QImage(image.size(), image.format())
        clean.fill(QColor(item.ink.theme.canvas))
        room = QRectF(20 + WIDTH - 4 - 10, 20 + 4 - 10, 20, 12)
        spots = [
            (x, y)
            for x in range(int(room.left()), int(room.right()))
            for y in range(int(room.top()), int(room.bottom()))
        ]
        return {spot for spot in spots if image.pixelColor(*spot) != clean.pixelColor(*spot)}

    error, warning, none = outline("error"), outline("warning"), outline("")
    assert none < error and warning < error and len(error - warning) > 20
    forms = {place.many for place in view.canvas.nodes["n2"].inputs}
    assert forms == {True} and {place.many for place in item.inputs} == {False}


def test_the_tip_offers_to_mend_what_can_be_mended(qtbot):
    from designer.compiler.problems import Fix

    view = shown(qtbot, chain("linear"))
    fix = Fix("Mend", lambda project: project)
    view.set_analysis(Analysis((Problem("error", "x", NodePlace("n1"), "It does not fit.", fix),)))
    assert (
        view.canvas.nodes["n1"].tip.startswith("It does not fit.\n") and "Click the sign" in view.canvas.nodes["n1"].tip
    )


@pytest.mark.alone
def test_a_thousand_nodes_from_afar_are_painted_in_a_moment(qtbot):
    import time

    project = Project()
    nodes = {}
    proto = BUILT_IN.new_node(project.graph, "conv2d")
    for number in range(1000):
        row, column = divmod(number, 25)
        key = f"n{number}"
        nodes[key] = replace(proto, id=key, name=f"conv{number}", x=column * 260.0, y=row * 180.0)
    view: CanvasView = shown(qtbot, Project(Graph(nodes)))
    view.resize(1600, 1000)
    image = QImage(1600, 1000, QImage.Format.Format_RGB32)
    for zoom in (0.13, 0.22):
        view.set_zoom(zoom)
        view.centerOn(QPointF(3200, 3600))
        costs = []
        for _ in range(7):
            begun = time.process_time()
            view.viewport().render(image)
            costs.append(time.process_time() - begun)
        assert sorted(costs)[3] < 0.03, zoom


def test_renaming_is_seen_at_once(qtbot):
    view = shown(qtbot, chain("linear"))
    view.session.do("Rename", edits.rename(view.session.project, "n1", "hidden"))
    assert view.canvas.nodes["n1"].written.name_text == "hidden"
