"""Bringing a layer to the graph: alone, into a link, or linked with the ports that it is to follow or to feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from designer.gui.canvas.fitting import axes_of
from designer.gui.canvas.offers import brought, offer_of
from designer.gui.canvas.placing import with_room
from designer.layers.catalog import catalog_of
from designer.layers.declaration import BY_RANK, LayerType
from designer.project import edits
from designer.project.model import Link, Node, Project
from designer.project.ports import Port
from designer.project.rules import free_place

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView


@dataclass(frozen=True)
class LinkEnd:
    """The port that a link is drawn from: an ``output`` that is to feed something, or an input that waits for it."""

    node: str
    port: str
    output: bool


def bring(
    view: CanvasView,
    key: str,
    corner: QPointF,
    ends: Sequence[LinkEnd] = (),
    onto: Link | None = None,
    merge: str = "",
) -> str:
    """Add what is offered as ``key`` with its top left corner there, and select it; its id, empty where refused.

    It is put into the link ``onto`` if given, else linked with ``ends``. One step, or one with the step before
    where that has the same ``merge``.
    """
    layer = offer_of(view.session, key)
    if layer is None:
        view.refuse("This layer cannot be added here.")
        return ""
    added = ""

    def edit(project: Project) -> Project:
        nonlocal added
        project, type_key = brought(project, key)
        catalog = catalog_of(project)
        node = catalog.new_node(project.graph, type_key, corner.x(), corner.y())
        project, added = edits.add_node(project, node), node.id
        if onto is not None:
            project = edits.insert_on_link(project, node, onto, catalog.ports_of)
            return with_room(project, node.id, onto, view.canvas.sizes())
        for end in ends:
            project = _linked(project, node, layer, end, axes_at(view, end))
        return project

    verb = "Insert" if onto is not None else "Add"
    if not view.editor.do(f"{verb} {layer.title[:40]}", edit, merge):
        return ""
    view.canvas.select([added])
    return added


def axes_at(view: CanvasView, end: LinkEnd) -> str:
    """The axes that flow from an output, empty where they are not known; the layouts that an input takes."""
    item = view.canvas.nodes.get(end.node)
    if item is None:
        return ""
    if end.output:
        return axes_of(item, end.port)
    port = item.ports.input(end.port)
    return port.axes if port is not None else "*"


def port_for(layer: LayerType, end: LinkEnd, axes: str) -> Port | None:
    """The port of a new layer that a link from ``end`` would reach; None where none of them fits ``axes``."""
    from designer.compiler.wiring import accepts

    if end.output:
        return next((port for port in layer.inputs if not axes or accepts(port.axes, axes)), None)
    known = _axes_given(layer)
    fits = not known or any(accepts(axes, given) for given in known)
    return layer.outputs[0] if layer.outputs and fits else None


def fits(view: CanvasView, layer: LayerType, end: LinkEnd) -> bool:
    """Whether a new layer of this type could be linked with ``end``."""
    return port_for(layer, end, axes_at(view, end)) is not None


def _axes_given(layer: LayerType) -> set[str]:
    """The axes that the layer is known to give, from its examples."""
    found = set()
    for example in layer.examples:
        shape = example.shapes[0] if example.shapes else ()
        axes = example.axes[0] if example.axes else BY_RANK.get(len(shape) + 1, "")
        found.add(layer.output_axes(axes, {**layer.defaults, **example.fields}, len(example.output) + 1))
    return found


def _linked(project: Project, node: Node, layer: LayerType, end: LinkEnd, axes: str) -> Project:
    port = port_for(layer, end, axes)
    if port is None:
        return project
    ports_of = catalog_of(project).ports_of
    if end.output:
        link = Link(end.node, end.port, node.id, free_place(project.graph, node.id, port))
    else:
        link = Link(node.id, port.name, end.node, end.port)
    return edits.connect(project, link, ports_of)
