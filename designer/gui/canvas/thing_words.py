"""What to call frames and notes in the names of steps, and how far apart what was copied lies."""

from __future__ import annotations

from designer.project.fragment import Fragment
from designer.project.model import Frame, Graph, Note

LONGEST = 40


def thing_words(graph: Graph, keys: tuple[str, ...]) -> str:
    """These frames and notes in a few words."""
    if len(keys) == 1:
        frame = graph.frames.get(keys[0])
        return f"frame {frame.title[:LONGEST]}".rstrip() if frame else "note"
    count = sum(key in graph.frames for key in keys)
    if count == len(keys):
        return f"{count} frames"
    return f"{len(keys)} notes" if not count else f"{len(keys)} frames and notes"


def fragment_words(fragment: Fragment) -> str:
    """What is pasted, in a few words."""
    things = {**{frame.id: frame for frame in fragment.frames}, **{note.id: note for note in fragment.notes}}
    count = len(fragment.nodes)
    if not things:
        return fragment.nodes[0].name[:LONGEST] if count == 1 else f"{count} layers"
    if count:
        return f"{count + len(things)} items"
    return thing_words(Graph(frames={frame.id: frame for frame in fragment.frames}), tuple(things))


def extent(fragment: Fragment) -> tuple[float, float]:
    """How far a fragment reaches to the right and down of its top left corner; of the last node counts its corner."""
    left, top = fragment.corner
    sized: list[Frame | Note] = [*fragment.frames, *fragment.notes]
    across = [*(node.x for node in fragment.nodes), *(thing.x + thing.width for thing in sized)]
    down = [*(node.y for node in fragment.nodes), *(thing.y + thing.height for thing in sized)]
    return max(across, default=left) - left, max(down, default=top) - top
