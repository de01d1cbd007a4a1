"""A fix that feeds a column to a network which so far takes it nowhere: an input of its own, joined to the others."""

from __future__ import annotations

from designer.compiler.problems import Fix
from designer.layers.catalog import catalog_of
from designer.project import edits
from designer.project.errors import EditError
from designer.project.index import index_of
from designer.project.model import Link, Project

# what stands between an input of codes and layers that take numbers
LEADS = {"codes_input": ("embedding", "flatten"), "text_input": ("embedding_bag",), "table_input": ()}
# layers that make a row of numbers of each picture or text, which others can be joined to
ROWS = ("flatten", "global_avg_pool", "first_step", "embedding_bag", "masked_mean")
STEP, ROW = 220.0, 170.0


def feed_column(input_type: str, title: str) -> Fix:
    """Adds an input of this type, what makes numbers of its codes, and joins it to the first numbers of a sample."""

    def edit(project: Project) -> Project:
        first = _first_input(project)
        project, end = _with_input(project, input_type, first)
        return _joined(project, first, end)

    return Fix(f"Add a {title.lower()} for it", edit)


def _first_input(project: Project) -> str:
    """The first input of numbers that feeds something, else the first layer that makes numbers of another input."""
    feeds = index_of(project.graph).out_of
    for types in (("table_input",), ROWS):
        for key, node in project.graph.nodes.items():
            if node.type in types and feeds.get(key):
                return key
    raise EditError("There is no table input to join it to.")


def _with_input(project: Project, input_type: str, first: str) -> tuple[Project, str]:
    """The project with an input below the first and what stands behind it, and the last of these nodes."""
    catalog, place = catalog_of(project), project.graph.nodes[first]
    lowest = max(node.y for node in project.graph.nodes.values())
    before = ""
    for step, type_key in enumerate((input_type, *LEADS[input_type])):
        node = catalog.new_node(project.graph, type_key, place.x + step * STEP, lowest + ROW)
        project = edits.add_node(project, node)
        if before:
            project = edits.connect(project, Link(before, "out", node.id, "x"), catalog.ports_of)
        before = node.id
    return project, before


def _joined(project: Project, first: str, end: str) -> Project:
    """The project in which what the node ``first`` feeds takes what comes from ``end`` too."""
    catalog, place = catalog_of(project), project.graph.nodes[first]
    followers = [link for link in project.graph.links if link.source == first]
    merge = catalog.new_node(project.graph, "concatenate", place.x + STEP / 2, place.y + ROW / 2)
    project = edits.add_node(project, merge)
    for number, source in enumerate((first, end), start=1):
        project = edits.connect(project, Link(source, "out", merge.id, f"x{number}"), catalog.ports_of)
    for link in followers:
        project = edits.disconnect(project, [link])
        project = edits.connect(project, Link(merge.id, "out", link.target, link.target_port), catalog.ports_of)
    return project
