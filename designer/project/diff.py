"""Differences: what an observer has to touch when one project follows another."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from designer.project.deltas import mapping_delta, tuple_delta
from designer.project.model import Frame, Link, Note, Project


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
    frames_added: tuple[str, ...] = ()
    frames_removed: tuple[str, ...] = ()
    frames_changed: tuple[str, ...] = ()
    notes_added: tuple[str, ...] = ()
    notes_removed: tuple[str, ...] = ()
    notes_changed: tuple[str, ...] = ()
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
        *_diff_things(old.graph.frames, new.graph.frames),
        *_diff_things(old.graph.notes, new.graph.notes),
        data=_differs(old.data, new.data),
        training=_differs(old.training, new.training),
    )


def _diff_nodes(old: Project, new: Project) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    before, after = old.graph.nodes, new.graph.nodes
    if before is after:
        return (), (), ()
    added, removed, other = mapping_delta(before, after)
    replaced = tuple(key for key in other if before[key].type != after[key].type)
    changed = tuple(key for key in other if key not in replaced and _differs(before[key], after[key]))
    return (*added, *replaced), (*removed, *replaced), changed


def _diff_things(
    before: Mapping[str, Frame] | Mapping[str, Note], after: Mapping[str, Frame] | Mapping[str, Note]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    if before is after:
        return (), (), ()
    added = tuple(key for key in after if key not in before)
    removed = tuple(key for key in before if key not in after)
    changed = tuple(key for key, thing in after.items() if key in before and _differs(before[key], thing))
    return added, removed, changed


def _diff_links(
    old: tuple[Link, ...], new: tuple[Link, ...], replaced: Collection[str]
) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    if old is new and not replaced:
        return (), ()
    come, gone = (new, old) if replaced else tuple_delta(old, new)
    if not gone and not replaced:
        return come, ()
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
