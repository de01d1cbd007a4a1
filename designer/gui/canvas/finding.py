"""Finding nodes in all graphs of a project: by name, type, PyTorch name, field value and what the checker says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from designer.compiler.problems import LinkPlace, NodePlace
from designer.compiler.report import Analysis
from designer.layers.catalog import Catalog, catalog_of
from designer.layers.fields import shown
from designer.project.blocks import keys_along
from designer.project.graph_forms import block_key
from designer.project.model import Graph, Node, Project

PROBLEM = "problem"
Path = tuple[str, ...]


@dataclass(frozen=True)
class Hit:
    """A node that was found, in the graph that the uses of blocks ``path`` lead to."""

    path: Path
    node: str


@dataclass(frozen=True)
class Entry:
    """A node with all the words that it is found by, and what the checker says of it, in small letters."""

    hit: Hit
    words: str
    problems: str = ""


def entries_of(project: Project, here: Path, analysis: Analysis) -> list[Entry]:
    """Every node of every graph, each block once: those of the graph ``here`` first, in each from left to right."""
    catalog, said = catalog_of(project), _said(project, analysis)
    entries = []
    for path, key, graph in _graphs(project, here):
        for node in sorted(graph.nodes.values(), key=lambda node: (node.x, node.y)):
            problems = said.get((key, node.id), "").lower()
            entries.append(Entry(Hit(path, node.id), _words(catalog, node), problems))
    return entries


def find_nodes(entries: list[Entry], text: str, only_problems: bool = False) -> list[Hit]:
    """The nodes that have all the typed words in their own or in their problems.

    The word “problem” itself stands for having one. Nothing is found for nothing typed, but with ``only_problems``.
    """
    wanted = text.lower().removeprefix("torch.").split()
    for word in list(wanted):
        if len(word) > 3 and f"{PROBLEM}s".startswith(word):
            wanted.remove(word)
            only_problems = True
    if not wanted and not only_problems:
        return []
    found = []
    for entry in entries:
        if only_problems and not entry.problems:
            continue
        if all(word in entry.words or word in entry.problems for word in wanted):
            found.append(entry.hit)
    return found


def _graphs(project: Project, here: Path) -> Iterator[tuple[Path, str, Graph]]:
    """The graph ``here``, then the top and each other block by the first way that leads to it."""
    waiting: list[tuple[Path, str]] = [((), "")]
    keys = keys_along(project, here)
    if keys:
        waiting.insert(0, (here, keys[-1]))
    seen: set[str] = set()
    while waiting:
        path, key = waiting.pop(0)
        if key in seen:
            continue
        seen.add(key)
        graph = project.blocks[key].graph if key else project.graph
        yield path, key, graph
        for node in graph.nodes.values():
            inner = block_key(node.type)
            if inner in project.blocks and inner not in seen:
                waiting.append(((*path, node.id), inner))


def _words(catalog: Catalog, node: Node) -> str:
    layer = catalog.layer(node.type)
    parts = [node.name, node.type]
    if layer is not None:
        parts += [layer.title, layer.module]
    for name, value in node.fields.items():
        plain = name.replace("_", " ")
        parts.append(f"{plain} {shown(value)} {name}={shown(value)}")
    return "\n".join(parts).lower()


def _said(project: Project, analysis: Analysis) -> Mapping[tuple[str, str], str]:
    """The sentences about each node, by the block that it lies in and its id."""
    said: dict[tuple[str, str], str] = {}
    for problem in analysis.problems:
        place = problem.place
        if isinstance(place, (NodePlace, LinkPlace)):
            keys = keys_along(project, place.path)
            node = place.node if isinstance(place, NodePlace) else place.link.target
            spot = (keys[-1] if keys else "", node)
            said[spot] = f"{said.get(spot, '')}\n{problem.severity}: {problem.sentence}".strip()
    return said
