"""Exposed fields: what each use of a block sets for itself of the nodes inside. All edits are of the whole project."""

from __future__ import annotations

import keyword
import re
from dataclasses import replace

from designer.project.block_repair import with_uses
from designer.project.errors import EditError
from designer.project.graph_forms import MOST_EXPOSED
from designer.project.model import Block, Exposed, Project
from designer.project.naming import fresh_key
from designer.project.rules import quoted

OWN = ("repeat", "shared", "each_step")
LONGEST_NAME = 60


def expose(project: Project, key: str, node_id: str, field: str, name: str) -> Project:
    """The project with a field of a node in the block ``key`` set by each use, as ``name``.

    Joins the field of that name where the block has one. Until a use sets it, its value stays as it is inside.
    """
    block = _block(project, key)
    if node_id not in block.graph.nodes:
        raise EditError(f"There is no layer {quoted(node_id)}.")
    if exposed_as(block, node_id, field) is not None:
        raise EditError(f"{quoted(field)} of {quoted(block.graph.nodes[node_id].name)} is set from outside already.")
    name = field_name(name)
    target = (node_id, field)
    known = next((exposed for exposed in block.fields if exposed.name == name), None)
    if known is None:
        if len(block.fields) >= MOST_EXPOSED:
            raise EditError(f"A block has at most {MOST_EXPOSED:,} fields.")
        fields = (*block.fields, Exposed(name, (target,)))
    else:
        joined = replace(known, targets=(*known.targets, target))
        fields = tuple(joined if exposed is known else exposed for exposed in block.fields)
    return _with(project, key, fields)


def set_inside(project: Project, key: str, node_id: str, field: str) -> Project:
    """The project with a field of a node in the block set inside again, as it was there before."""
    block = _block(project, key)
    exposed = exposed_as(block, node_id, field)
    if exposed is None:
        return project
    targets = tuple(target for target in exposed.targets if target != (node_id, field))
    if not targets:
        return remove_exposed(project, key, exposed.name)
    kept = replace(exposed, targets=targets)
    return _with(project, key, tuple(kept if each is exposed else each for each in block.fields))


def remove_exposed(project: Project, key: str, name: str) -> Project:
    """The project without a field of the block: inside the values are as they were, uses set them no more."""
    block = _block(project, key)
    fields = tuple(exposed for exposed in block.fields if exposed.name != name)
    if len(fields) == len(block.fields):
        raise EditError(f"{quoted(block.name)} has no field {quoted(name)}.")
    return with_uses(_with(project, key, fields), key, name, "")


def rename_exposed(project: Project, key: str, old: str, new: str) -> Project:
    """The project with a field of the block called otherwise; every use, also in other blocks, keeps its value."""
    block = _block(project, key)
    new = field_name(new)
    if new == old:
        return project
    if any(exposed.name == new for exposed in block.fields):
        raise EditError(f"{quoted(block.name)} already has a field {quoted(new)}.")
    fields = tuple(replace(each, name=new) if each.name == old else each for each in block.fields)
    return with_uses(_with(project, key, fields), key, old, new)


def exposed_as(block: Block, node_id: str, field: str) -> Exposed | None:
    """The field of the block that sets this field of a node in it; None where it is set inside."""
    return next((exposed for exposed in block.fields if (node_id, field) in exposed.targets), None)


def free_field_name(block: Block, name: str) -> str:
    """``name``, or with a number after it where the block has a field of that name."""
    return fresh_key((*OWN, *(exposed.name for exposed in block.fields)), field_name(name, own_too=True))


def field_name(name: str, own_too: bool = False) -> str:
    """``name`` as an argument of a Python function may be called; an EditError where nothing of it can be kept."""
    plain = re.sub(r"[^a-z0-9_]+", "_", name.strip().lower())[:LONGEST_NAME].strip("_")
    if not plain or not re.match(r"[a-z]", plain):
        raise EditError("A field's name begins with a letter, and has letters, digits and underscores.")
    if keyword.iskeyword(plain) or (plain in OWN and not own_too):
        raise EditError(f"A field of a block cannot be called {quoted(plain)}.")
    return plain


def _with(project: Project, key: str, fields: tuple[Exposed, ...]) -> Project:
    block = replace(_block(project, key), fields=fields)
    return replace(project, blocks={**project.blocks, key: block})


def _block(project: Project, key: str) -> Block:
    if key not in project.blocks:
        raise EditError(f"There is no block {quoted(key)} any more.")
    return project.blocks[key]
