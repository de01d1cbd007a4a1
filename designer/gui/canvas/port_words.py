"""Port words: what the tool tip of a port says, and what leaves a node at several ports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.compiler.report import Flow, Report
from designer.gui.canvas.geometry import Place
from designer.project.rules import quoted

if TYPE_CHECKING:
    from designer.gui.canvas.node_item import NodeItem
    from designer.gui.canvas.scene import CanvasScene
    from designer.project.ports import Port

LONGEST_NAME = 80
MOST_SHAPES = 8


def port_tip(scene: CanvasScene, item: NodeItem, place: Place) -> str:
    """Which port this is, what feeds it or leaves at it, and what it is for."""
    port = item.ports.output(place.name) if place.output else item.ports.input(place.name)
    lines = [_which(scene, item, place, port)]
    if place.output and (shape := _shape_text(item.report, place.name)):
        lines.append(f"Gives {shape}, N being the batch")
    if port is not None and port.help:
        lines.append(port.help)
    return "\n".join(lines)


def _which(scene: CanvasScene, item: NodeItem, place: Place, port: Port | None) -> str:
    of = item.node.name[:LONGEST_NAME]
    if not place.many:
        free = " (optional)" if port is not None and port.optional else ""
        return f"{'Output' if place.output else 'Input'} {port.shown if port else place.name} of {of}{free}"
    taken = [one for one in item.inputs if one.many and (one.name, False) in item.linked]
    if place not in taken:
        return f"A free input of {of}, which takes any number"
    links = (other.link for other in scene.links_of(item.node.id) if other.link.target == item.node.id)
    source = next((link.source for link in links if link.target_port == place.name), "")
    fed = f", fed by {quoted(scene.nodes[source].node.name)}" if source in scene.nodes else ""
    return f"Input {taken.index(place) + 1} of {len(taken)} of {of}{fed}"


def output_lines(item: NodeItem) -> list[str]:
    """A line with the shape at each output, where there are several and shapes are known."""
    if len(item.ports.outputs) < 2:
        return []
    shapes = [(port.shown[:LONGEST_NAME], _shape_text(item.report, port.name)) for port in item.ports.outputs]
    lines = [f"Output {name}: {shape}" for name, shape in shapes[:MOST_SHAPES] if shape]
    return [*lines, f"and {len(shapes) - MOST_SHAPES} outputs more"] if len(shapes) > MOST_SHAPES else lines


def _shape_text(report: Report | None, port: str) -> str:
    flow = report.shape_of(port) if report is not None else Flow()
    return "" if flow.shape is None else "×".join(["N", *(str(size) for size in flow.shape)])
