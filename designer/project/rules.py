"""Link rules: which links a graph may have, said as the reason why not."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from designer.project.index import index_of
from designer.project.model import Graph, Link, Node
from designer.project.ports import Port, Ports, place_number

PortsOf: TypeAlias = Callable[[Node], Ports]

SHOWN_IN_CIRCLE = 6


def quoted(text: str, most: int = 60) -> str:
    """``text`` in quotation marks for a message: on one line, no control characters, at most ``most`` long."""
    cut = text if len(text) <= most else text[: most - 1] + "…"
    return "“" + "".join(sign if sign.isprintable() else "�" for sign in cut) + "”"


def refuse_link(graph: Graph, link: Link, ports_of: PortsOf) -> str | None:
    """Why ``link`` cannot be added to ``graph``, as a sentence; None where it can."""
    source, target = graph.nodes.get(link.source), graph.nodes.get(link.target)
    if source is None or target is None:
        return f"There is no layer {quoted(link.source if source is None else link.target)}."
    outputs, inputs = ports_of(source), ports_of(target)
    if outputs.output(link.source_port) is None:
        return _unknown_port(source, "output", link.source_port, outputs.outputs)
    port = inputs.input(link.target_port)
    if port is None:
        return _unknown_port(target, "input", link.target_port, inputs.inputs)
    if link.source == link.target:
        return f"{quoted(source.name)} cannot feed itself: data only flows forward."
    return _occupied(graph, link, port.label or link.target_port) or _circle(graph, link)


def _unknown_port(node: Node, side: str, name: str, ports: tuple[Port, ...]) -> str:
    if not ports:
        return f"{quoted(node.name)} has no {side}s."
    known = ", ".join(quoted(port.shown + ("1" if port.many else "")) for port in ports[:5])
    return f"{quoted(node.name)} has no {side} {quoted(name)}; it has {known}."


def _occupied(graph: Graph, link: Link, called: str) -> str | None:
    target, port = link.target, link.target_port
    other = index_of(graph).link_into(target, port)
    if other is None:
        return None
    taken = f"The input {quoted(called)} of {quoted(graph.nodes[target].name)}"
    if other.ends == link.ends:
        return f"{taken} is already linked to this output."
    feeder = graph.nodes.get(other.source)
    by = quoted(feeder.name if feeder else other.source)
    return f"{taken} is already fed by {by}: an input takes one link. Remove that link first."


def _circle(graph: Graph, link: Link) -> str | None:
    if not index_of(graph).leads_to(link.target, link.source):
        return None
    path = find_path(graph.links, link.target, link.source) or []
    names = [quoted(graph.nodes[node].name) for node in path if node in graph.nodes]
    if len(names) > SHOWN_IN_CIRCLE:
        names = [*names[:3], "…", *names[-2:]]
    return f"This link would close a circle, and data only flows forward: {' → '.join([*names, names[0]])}."


def successors_of(links: Iterable[Link]) -> dict[str, list[str]]:
    """For each node that feeds others, the ids of those that it feeds, once for each link."""
    successors: dict[str, list[str]] = {}
    for link in links:
        if link.source in successors:
            successors[link.source].append(link.target)
        else:
            successors[link.source] = [link.target]
    return successors


def find_path(links: Iterable[Link], start: str, end: str) -> list[str] | None:
    """A shortest path of node ids along ``links`` from ``start`` to ``end``, both included; None if none."""
    if start == end:
        return [start]
    successors = successors_of(links)
    came_from: dict[str, str] = {start: start}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        for following in successors.get(node, ()):
            if following in came_from:
                continue
            came_from[following] = node
            if following == end:
                return _walk_back(came_from, end)
            waiting.append(following)
    return None


def _walk_back(came_from: Mapping[str, str], end: str) -> list[str]:
    path = [end]
    while came_from[path[-1]] != path[-1]:
        path.append(came_from[path[-1]])
    return path[::-1]


def used_numbers(graph: Graph, node: str, port: Port) -> list[int]:
    """The numbers of the linked places of the many-port ``port`` of ``node``, in order."""
    numbers = {place_number(port, link.target_port) for link in graph.links if link.target == node}
    return sorted(number for number in numbers if number is not None)


def free_place(graph: Graph, node: str, port: Port) -> str:
    """The first free place of ``port`` for a link to ``node``: of a many-port the lowest number, else its one name."""
    return f"{port.name}{_lowest_free(used_numbers(graph, node, port))}" if port.many else port.name


def _lowest_free(used: list[int]) -> int:
    free = 1
    for number in used:
        if number > free:
            break
        free = number + 1
    return free


def places(graph: Graph, node: str, ports: Ports) -> list[str]:
    """The input places to show on ``node``: every port, of many-ports the used places and one free, by number."""
    return places_beside([link.target_port for link in graph.links if link.target == node], ports)


def places_beside(taken: Iterable[str], ports: Ports) -> list[str]:
    """The input places to show where those ``taken`` are linked."""
    shown: list[str] = []
    names = list(taken)
    for port in ports.inputs:
        if port.many:
            used = sorted({number for name in names if (number := place_number(port, name)) is not None})
            shown.extend(f"{port.name}{number}" for number in sorted({*used, _lowest_free(used)}))
        else:
            shown.append(port.name)
    return shown
