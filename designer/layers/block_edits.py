"""Edits with ready blocks: a copy of one becomes a block of the project, and a use of it is added."""

from __future__ import annotations

from dataclasses import replace

from designer.layers.catalog import catalog_of
from designer.layers.ready_blocks import READY_BLOCKS
from designer.project import edits
from designer.project.blocks import type_of_block
from designer.project.errors import EditError
from designer.project.graph_forms import MOST_BLOCKS
from designer.project.model import Project
from designer.project.naming import fresh_key
from designer.project.rules import quoted


def add_ready_block(project: Project, key: str, x: float = 0.0, y: float = 0.0) -> tuple[Project, str]:
    """The project with a use of the ready block ``key`` at (x, y) in its graph, and the id of that use.

    The block is added to the project's own unless it has one that is equal. Refused where there is no such block.
    """
    project, own = with_ready_block(project, key)
    node = catalog_of(project).new_node(project.graph, type_of_block(own), x, y)
    return edits.add_node(project, node), node.id


def with_ready_block(project: Project, key: str) -> tuple[Project, str]:
    """The project with the ready block ``key`` among its blocks, and the key that it has there."""
    if key not in READY_BLOCKS:
        raise EditError(f"There is no ready block {quoted(key)}.")
    block = READY_BLOCKS[key]
    for own, known in project.blocks.items():
        if known == block:
            return project, own
    if len(project.blocks) >= MOST_BLOCKS:
        raise EditError(f"A project holds at most {MOST_BLOCKS:,} blocks.")
    own = fresh_key(project.blocks, key)
    return replace(project, blocks={**project.blocks, own: block}), own
