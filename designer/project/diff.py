"""Differences: what an observer has to touch when one project follows another."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from designer.project.model import Link, Project


@dataclass(frozen=True)
class Difference:
    """What is new, gone or changed, by node ids and links; ``data`` and ``training`` say whether those changed.

    An id whose layer type differs counts as removed and added, and so do its links.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    links_added: tuple[Link, ...] = ()
    links_removed: tuple[Link, ...] = ()
    data: bool = False
    training: bool = False

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return self != Difference()


def diff(old: Project, new: Project) -> Difference:
    """How ``new`` differs from ``old``. What the two share by identity costs next to nothing."""
    if old is new:
        return Difference()
    added, removed, changed = _diff_nodes(old, new)
    links_added, links_removed = _diff_links(old.graph.links, new.graph.links, {*added} & {*removed})
    return Difference(
        added,
        removed,
        changed,
        links_added,
        links_removed,
        data=_differs(old.data, new.data),
        training=_differs(old.training, new.training),
    )


def _diff_nodes(old: Project, new: Project) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    before, after = old.graph.nodes, new.graph.nodes
    if before is after:
        return (), (), ()
    added, changed, replaced = [], [], []
    for key, node in after.items():
        past = before.get(key)
        if past is node:
            continue
        if past is None:
            added.append(key)
        elif past.type != node.type:
            replaced.append(key)
        elif _differs(past, node):
            changed.append(key)
    removed = [key for key in before if key not in after]
    return (*added, *replaced), (*removed, *replaced), tuple(changed)


def _diff_links(
    old: tuple[Link, ...], new: tuple[Link, ...], replaced: Collection[str]
) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    if old is new and not replaced:
        return (), ()
    kept = set(map(id, old)).intersection(map(id, new)) if not replaced else set()
    gone = [link for link in old if id(link) not in kept]
    come = [link for link in new if id(link) not in kept]
    before, after = set(gone), set(come)

    def touches(link: Link) -> bool:
        return link.source in replaced or link.target in replaced

    return (
        tuple(link for link in come if link not in before or touches(link)),
        tuple(link for link in gone if link not in after or touches(link)),
    )


def _differs(old: object, new: object) -> bool:
    """Whether two values differ, also in type: 1, 1.0 and true are equal in Python but not in a project."""
    return old is not new and (old != new or repr(old) != repr(new))
