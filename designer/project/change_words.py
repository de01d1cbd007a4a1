"""Changes: what one project has that another had not, in a few words for people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, replace

from designer.project.diff import Difference, diff
from designer.project.model import FieldValue, Frame, Graph, Link, Node, Note, Project, Training

MOST_LINES = 8
MOST_NAMED = 3
LONGEST = 40


def place_of_change(old: Project, new: Project) -> str:
    """The key of the first block whose graph differs, where the graph at the top does not; else empty."""
    if old.graph is not new.graph:
        return ""
    found = (key for key, block in new.blocks.items() if key in old.blocks and old.blocks[key].graph is not block.graph)
    return next(found, "")


def changes_in_words(old: Project, new: Project) -> list[str]:
    """What came, went and changed from ``old`` to ``new``, each in a short line; no more than a few lines."""
    if old is new:
        return []
    difference = diff(old, new)
    lines = _graph_lines(difference, old.graph, new.graph)
    lines += _block_lines(old, new)
    lines += _layer_lines(old, new)
    lines += ["Data settings changed"] if difference.data else []
    lines += _training_lines(old.training, new.training) if difference.training else []
    more = len(lines) - MOST_LINES
    return [*lines[: MOST_LINES - 1], f"and {more + 1} more changes"] if more > 0 else lines


def _block_lines(old: Project, new: Project) -> list[str]:
    if old.blocks is new.blocks:
        return []
    lines = []
    for key, block in new.blocks.items():
        past = old.blocks.get(key)
        if past is None:
            lines.append(f"New block {_cut(block.name)}")
        elif past is not block:
            inside = _graph_lines(
                diff(replace(old, graph=past.graph), replace(old, graph=block.graph)), past.graph, block.graph
            )
            lines += [f"In block {_cut(block.name)}: {line[:1].lower()}{line[1:]}" for line in inside]
            lines += [] if inside else [f"Block {_cut(block.name)} changed"]
    gone = [block.name for key, block in old.blocks.items() if key not in new.blocks]
    return lines + ([f"Without block {_named(gone)}"] if gone else [])


def _layer_lines(old: Project, new: Project) -> list[str]:
    """What became of the project's own layers."""
    if old.layers is new.layers:
        return []
    lines = []
    for key, layer in new.layers.items():
        past = old.layers.get(key)
        if past is None:
            lines.append(f"New custom layer {_cut(layer.name)}")
        elif past != layer:
            what = "code of custom layer" if past.source != layer.source else "custom layer"
            lines.append(f"{what[:1].upper()}{what[1:]} {_cut(layer.name)} changed")
    gone = [layer.name for key, layer in old.layers.items() if key not in new.layers]
    return lines + ([f"Without custom layer {_named(gone)}"] if gone else [])


def _graph_lines(difference: Difference, old: Graph, new: Graph) -> list[str]:
    lines = []
    if difference.added:
        lines.append(f"Added {_named([new.nodes[key].name for key in difference.added])}")
    if difference.removed:
        lines.append(f"Removed {_named([old.nodes[key].name for key in difference.removed])}")
    pairs = [(old.nodes[key], new.nodes[key]) for key in difference.changed]
    moved = [after.name for before, after in pairs if replace(before, x=after.x, y=after.y) == after]
    if moved:
        lines.append(f"Moved {_named(moved)}")
    for before, after in pairs:
        lines += _node_lines(before, after)
    lines += _link_lines(difference.links_added, difference.links_removed, old, new)
    for word, keys, things in (
        ("Added", difference.frames_added, new.frames), ("Removed", difference.frames_removed, old.frames),
        ("Changed", difference.frames_changed, new.frames), ("Added", difference.notes_added, new.notes),
        ("Removed", difference.notes_removed, old.notes), ("Changed", difference.notes_changed, new.notes),
    ):  # fmt: skip
        lines += [f"{word} {_thing(things[key])}" for key in keys]
    return lines


def _node_lines(before: Node, after: Node) -> list[str]:
    """What changed of one node, apart from where it stands."""
    lines = []
    if before.name != after.name:
        lines.append(f"{_cut(before.name)} is now called {_cut(after.name)}")
    if before.bypassed != after.bypassed:
        lines.append(f"{_cut(after.name)} {'bypassed' if after.bypassed else 'no longer bypassed'}")
    for name in dict.fromkeys((*before.fields, *after.fields)):
        was, now = before.fields.get(name), after.fields.get(name)
        if was != now or type(was) is not type(now):
            lines.append(f"{_cut(after.name)}: {_words(name)} {_value(was)} → {_value(now)}")
    return lines


def _link_lines(added: Sequence[Link], removed: Sequence[Link], old: Graph, new: Graph) -> list[str]:
    bent = {link.ends for link in added} & {link.ends for link in removed}
    lines = []
    for word, links, nodes in (("Linked", added, new.nodes), ("Unlinked", removed, old.nodes)):
        said = [_link(link, nodes) for link in links if link.ends not in bent]
        if said:
            lines.append(f"{word} {_named(said, cut=2 * LONGEST)}")
    if bent:
        lines.append("A link runs another way" if len(bent) == 1 else f"{len(bent)} links run another way")
    return lines


def _training_lines(old: Training, new: Training) -> list[str]:
    lines = []
    for setting in fields(Training):
        was, now = getattr(old, setting.name), getattr(new, setting.name)
        if was == now or setting.name == "extra":
            continue
        if isinstance(was, Mapping):
            lines.append(f"Training: {_words(setting.name)} changed")
        else:
            lines.append(f"Training: {_words(setting.name)} {_value(was)} → {_value(now)}")
    return lines or ["Training settings changed"]


def _link(link: Link, nodes: Mapping[str, Node]) -> str:
    names = [_cut(nodes[key].name) if key in nodes else key for key in (link.source, link.target)]
    return " → ".join(names)


def _thing(thing: Frame | Note) -> str:
    text = thing.title if isinstance(thing, Frame) else thing.text
    return f"the {'frame' if isinstance(thing, Frame) else 'note'} {_cut(text)}".rstrip()


def _named(names: Collection[str], cut: int = LONGEST) -> str:
    shown = [_cut(name, cut) for name in list(names)[:MOST_NAMED]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _words(name: str) -> str:
    return name.rpartition(".")[2].replace("_", " ")


def _value(value: FieldValue | None) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return _cut("×".join(str(part) for part in value)) or "none"
    return _cut(str(value)) or "empty"


def _cut(text: str, most: int = LONGEST) -> str:
    line = " ".join(text[: 4 * most].split())
    return line if len(line) <= most else line[: most - 1] + "…"
