"""Putting the drawn graph in order: aligned, distributed, tidied up, each one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from designer.gui.canvas.guides import COARSE
from designer.project import frames
from designer.project.aligning import Box, Corners, Direction, Edge, align, distribute
from designer.project.bends import clear_bends
from designer.project.errors import EditError, LayerloomError
from designer.project.model import Project
from designer.project.tidying import tidy
from designer.workspace.preferences import change_preferences

if TYPE_CHECKING:
    from designer.gui.canvas.graph_view import GraphView

READABLE = 0.5
TIDY_MARGIN = 40


def align_selection(view: GraphView, edge: Edge) -> bool:
    """Bring what is selected in line."""
    words = {"centre": "centres", "middle": "middles"}.get(edge, edge)
    return _place(view, f"Align {words}", lambda boxes: align(boxes, edge))


def distribute_selection(view: GraphView, direction: Direction) -> bool:
    """Make the gaps between what is selected equal."""
    words = "across" if direction == "across" else "down"
    return _place(view, f"Distribute {words}", lambda boxes: distribute(boxes, direction))


def tidy_all(view: GraphView, down: bool = False) -> bool:
    """Lay out the whole graph in layers and show it all, or its beginning as small as can be read."""
    if not _tidy(view, tuple(view.canvas.nodes), down, "Tidy up"):
        return False
    view.zoom_to_fit()
    if view.zoom < READABLE:
        view.set_zoom(READABLE)
        seen, nodes = view.visible_rect(), view.canvas.nodes_rect()
        if down:
            view.centerOn(nodes.center().x(), nodes.top() + seen.height() / 2 - TIDY_MARGIN)
        else:
            view.centerOn(nodes.left() + seen.width() / 2 - TIDY_MARGIN, nodes.center().y())
    return True


def tidy_selection(view: GraphView, down: bool = False) -> bool:
    """Lay out what is selected in layers; the rest stays."""
    graph, sizes = view.session.project.graph, view.canvas.sizes()
    keys = dict.fromkeys(view.selected())
    for frame in view.canvas.selected_things():
        if frame in graph.frames:
            lying = frames.lying_on(graph, frame, sizes)
            keys.update(dict.fromkeys(key for key in graph.nodes if key in lying))
    if len(keys) < 2:
        view.refuse("Select two layers or more to tidy up.")
        return False
    return _tidy(view, tuple(keys), down, "Tidy up selection")


def toggle_grid(view: GraphView) -> None:
    """Move things on the fine grid, or on the coarse one, whose points are then shown; remembered."""
    use_grid(view, not view.coarse_grid)
    try:
        change_preferences(coarse_grid=view.coarse_grid)
    except (LayerloomError, OSError) as error:
        view.refused.emit(str(error))


def use_grid(view: GraphView, coarse: bool) -> None:
    """Move things on the coarse grid from now on, or on the fine one."""
    view.coarse_grid = coarse
    if coarse:
        view.set_dot_spacing(COARSE)
    else:
        view.set_dot_spacing()


def _tidy(view: GraphView, keys: tuple[str, ...], down: bool, label: str) -> bool:
    if not keys:
        return False
    sizes = view.canvas.sizes()

    def edit(project: Project) -> Project:
        places, boxes = tidy(project.graph, keys, sizes, down)
        chosen = set(keys)
        touched = [link for link in project.graph.links if link.source in chosen and link.target in chosen]
        project = clear_bends(project, touched)
        return frames.with_boxes(frames.move_together(project, places), boxes)

    return view.editor.do(f"{label}, top down" if down else label, edit)


def _place(view: GraphView, label: str, places: Callable[[Mapping[str, Box]], Corners]) -> bool:
    graph, sizes = view.session.project.graph, view.canvas.sizes()
    boxes = {key: frames.box_of(graph, key, sizes) for key in view.chosen()}
    try:
        corners = places(boxes)
    except EditError as error:
        view.refuse(str(error))
        return False
    for key, (x, y) in tuple(corners.items()):
        if key in graph.frames:
            # a frame takes along what lies on it, save for what is aligned itself
            across, down = x - boxes[key][0], y - boxes[key][1]
            for one in frames.lying_on(graph, key, sizes) - boxes.keys():
                left, top, _, _ = frames.box_of(graph, one, sizes)
                corners[one] = (left + across, top + down)
    return view.editor.do(label, lambda project: frames.move_together(project, corners))
