"""A difference in words: what a person would say has changed from one project to another."""

from __future__ import annotations

from dataclasses import replace

from designer.project.diff import diff
from designer.project.model import Project


def difference_words(old: Project, new: Project) -> str:
    """How ``new`` differs from ``old``: ``2 layers added, 1 changed; 3 links added``; empty where it does not."""
    found = diff(old, new)
    moved = [key for key in found.changed if _only_moved(old, new, key)]
    changed = [key for key in found.changed if key not in moved]
    sides = (
        ("layer", {"added": found.added, "removed": found.removed, "changed": changed, "moved": moved}),
        ("link", {"added": found.links_added, "removed": found.links_removed}),
        ("frame", {"added": found.frames_added, "removed": found.frames_removed, "changed": found.frames_changed}),
        ("note", {"added": found.notes_added, "removed": found.notes_removed, "changed": found.notes_changed}),
    )
    parts = [_counts(noun, {verb: len(things) for verb, things in verbs.items()}) for noun, verbs in sides]
    parts.append("blocks changed" if old.blocks != new.blocks else "")
    parts.append("custom layers changed" if old.layers != new.layers else "")
    parts.append("data settings changed" if found.data else "")
    parts.append("training settings changed" if found.training else "")
    said = "; ".join(part for part in parts if part)
    return said or ("" if old == new else "other settings changed")


def counted(count: int, noun: str) -> str:
    """A count with its noun: ``1 layer``, ``2 layers``."""
    return f"{count} {noun}" if count == 1 else f"{count:,} {noun}s"


def _counts(noun: str, verbs: dict[str, int]) -> str:
    """``2 layers added, 1 changed``: the noun stands once."""
    some = [(count, verb) for verb, count in verbs.items() if count]
    return ", ".join(
        f"{counted(count, noun) if place == 0 else f'{count:,}'} {verb}" for place, (count, verb) in enumerate(some)
    )


def _only_moved(old: Project, new: Project, key: str) -> bool:
    before, after = old.graph.nodes[key], new.graph.nodes[key]
    return replace(before, x=after.x, y=after.y) == after
