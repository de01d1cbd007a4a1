"""Bends: the points that a drawn link passes on its way, set, cleared and carried along with its nodes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from designer.project.errors import EditError
from designer.project.model import Link, Node, Project
from designer.project.naming import within_canvas

GRID = 4
# as many as a project file may hold for one link
MOST_BENDS = 100
TOGETHER = 1e-6

Point = tuple[float, float]


def set_bends(project: Project, link: Link, bends: Iterable[Point]) -> Project:
    """The project with the link that has the ends of ``link`` passing ``bends`` (scene pixels), snapped to the grid.

    Refused where there is no such link, where a point is no number, or where they are too many for a project file.
    """
    points = tuple(_on_grid(*within_canvas(x, y)) for x, y in bends)
    if len(points) > MOST_BENDS:
        raise EditError(f"A link has at most {MOST_BENDS} bends.")
    links = project.graph.links
    place = next((place for place, other in enumerate(links) if other.ends == link.ends), None)
    if place is None:
        raise EditError("This link is not in the project.")
    if links[place].bends == points:
        return project
    bent = (*links[:place], replace(links[place], bends=points), *links[place + 1 :])
    return replace(project, graph=replace(project.graph, links=bent))


def clear_bends(project: Project, links: Collection[Link] | None = None) -> Project:
    """The project with these links, or all of them, running straight from port to port."""
    wanted = None if links is None else {link.ends for link in links}
    before = project.graph.links
    if not any(link.bends and (wanted is None or link.ends in wanted) for link in before):
        return project
    straight = tuple(
        replace(link, bends=()) if link.bends and (wanted is None or link.ends in wanted) else link for link in before
    )
    return replace(project, graph=replace(project.graph, links=straight))


def carry_bends(links: tuple[Link, ...], before: Mapping[str, Node], moved: Mapping[str, Node]) -> tuple[Link, ...]:
    """The links with the bends of those carried along whose two nodes moved together, by the same way."""
    if not any(link.bends for link in links):
        return links
    return tuple(_carried(link, before, moved) if link.bends else link for link in links)


def _carried(link: Link, before: Mapping[str, Node], moved: Mapping[str, Node]) -> Link:
    if link.source not in moved or link.target not in moved:
        return link
    (across, down), other = (_way(before[key], moved[key]) for key in (link.source, link.target))
    if abs(across - other[0]) > TOGETHER or abs(down - other[1]) > TOGETHER:
        return link
    return replace(link, bends=tuple(within_canvas(x + across, y + down) for x, y in link.bends))


def _way(before: Node, after: Node) -> Point:
    return after.x - before.x, after.y - before.y


def _on_grid(x: float, y: float) -> Point:
    return float(round(x / GRID) * GRID), float(round(y / GRID) * GRID)
