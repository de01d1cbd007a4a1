"""Frames and notes: edits that add, change, move and remove them, and which things lie on a frame."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias, TypeVar

from designer.project import edits
from designer.project.errors import EditError, ProjectError
from designer.project.forms import MOST_CHARACTERS, MOST_NODES
from designer.project.graph_forms import frame_from, frame_to, note_from, note_to
from designer.project.model import Colour, Frame, Graph, Note, Project
from designer.project.naming import next_number, within_canvas

Thing = TypeVar("Thing", Frame, Note)
Box: TypeAlias = tuple[float, float, float, float]
Sizes: TypeAlias = Mapping[str, tuple[float, float]]

COLOURS: tuple[Colour, ...] = ("blue", "green", "yellow", "orange", "red", "purple", "grey")
TITLE = 32.0
PADDING = 24.0
LEAST_FRAME = (120.0, 80.0)
LEAST_NOTE = (96.0, 48.0)
LONGEST_TITLE = 1_000
USUAL_SIZE = (192.0, 72.0)


def fresh_frame_id(graph: Graph) -> str:
    """An id that no frame has."""
    return f"f{next_number(graph.frames, 'f')}"


def fresh_note_id(graph: Graph) -> str:
    """An id that no note has."""
    return f"t{next_number(graph.notes, 't')}"


def add_frame(project: Project, frame: Frame) -> Project:
    """The project with ``frame`` added on top of the other frames. Refused where no project file could hold it."""
    graph = project.graph
    if frame.id in graph.frames:
        raise EditError(f"There already is a frame with the id {frame.id}.")
    if len(graph.frames) >= MOST_NODES:
        raise EditError(f"A project holds at most {MOST_NODES:,} frames.")
    return replace(project, graph=replace(graph, frames={**graph.frames, frame.id: _sound_frame(frame)}))


def add_note(project: Project, note: Note) -> Project:
    """The project with ``note`` added. Refused where no project file could hold it."""
    graph = project.graph
    if note.id in graph.notes:
        raise EditError(f"There already is a note with the id {note.id}.")
    if len(graph.notes) >= MOST_NODES:
        raise EditError(f"A project holds at most {MOST_NODES:,} notes.")
    return replace(project, graph=replace(graph, notes={**graph.notes, note.id: _sound_note(note)}))


def change_frame(
    project: Project, key: str, *, title: str | None = None, colour: Colour | None = None, box: Box | None = None
) -> Project:
    """The project with a frame's title, colour or box (left, top, width, height) changed; None leaves it."""
    frame = project.graph.frames.get(key)
    if frame is None:
        raise EditError("That frame is not in the project.")
    changed = _boxed(frame, box, LEAST_FRAME)
    if title is not None:
        changed = replace(changed, title=_title(title))
    if colour is not None:
        changed = replace(changed, colour=colour)
    if changed == frame:
        return project
    frames = {**project.graph.frames, key: _sound_frame(changed)}
    return replace(project, graph=replace(project.graph, frames=frames))


def change_note(
    project: Project, key: str, *, text: str | None = None, colour: Colour | None = None, box: Box | None = None
) -> Project:
    """The project with a note's text, colour or box (left, top, width, height) changed; None leaves it."""
    note = project.graph.notes.get(key)
    if note is None:
        raise EditError("That note is not in the project.")
    changed = _boxed(note, box, LEAST_NOTE)
    if text is not None:
        if len(text) > MOST_CHARACTERS:
            raise EditError(f"A note has at most {MOST_CHARACTERS:,} characters.")
        changed = replace(changed, text=text)
    if colour is not None:
        changed = replace(changed, colour=colour)
    if changed == note:
        return project
    notes = {**project.graph.notes, key: _sound_note(changed)}
    return replace(project, graph=replace(project.graph, notes=notes))


def paint_things(project: Project, ids: Collection[str], colour: Colour) -> Project:
    """The project with these frames and notes in another colour."""
    for key in ids:
        if key in project.graph.frames:
            project = change_frame(project, key, colour=colour)
        else:
            project = change_note(project, key, colour=colour)
    return project


def remove_things(project: Project, ids: Collection[str]) -> Project:
    """The project without these frames and notes; what lay on the frames stays."""
    graph, gone = project.graph, set(ids)
    if not gone:
        return project
    if not gone <= graph.frames.keys() | graph.notes.keys():
        raise EditError("One of these is not in the project.")
    frames = {key: frame for key, frame in graph.frames.items() if key not in gone}
    notes = {key: note for key, note in graph.notes.items() if key not in gone}
    return replace(
        project,
        graph=replace(
            graph,
            frames=frames if len(frames) < len(graph.frames) else graph.frames,
            notes=notes if len(notes) < len(graph.notes) else graph.notes,
        ),
    )


def move_together(project: Project, positions: Mapping[str, tuple[float, float]]) -> Project:
    """The project with nodes, frames and notes at new places (scene pixels), held within the canvas."""
    graph = project.graph
    if not positions.keys() <= graph.nodes.keys() | graph.frames.keys() | graph.notes.keys():
        raise EditError("One of these is not in the project.")
    frames, notes = _moved(graph.frames, positions), _moved(graph.notes, positions)
    if frames or notes:
        graph = replace(
            graph,
            frames={**graph.frames, **frames} if frames else graph.frames,
            notes={**graph.notes, **notes} if notes else graph.notes,
        )
        project = replace(project, graph=graph)
    return edits.move(project, {key: place for key, place in positions.items() if key in graph.nodes})


def with_boxes(project: Project, boxes: Mapping[str, Box]) -> Project:
    """The project with frames (left, top, width, height) of other places and sizes."""
    for key, box in boxes.items():
        project = change_frame(project, key, box=box)
    return project


def grown_frames(
    before: Graph, after: Graph, sizes: Sizes, among: Mapping[str, tuple[str, ...]] | None = None
) -> dict[str, Box]:
    """The frames, as boxes, that hold in ``after`` what lay on them in ``before``; those that need not change left out.

    A frame all of whose nodes went the same way goes with them, else it grows. ``among`` says for nodes that were
    inserted between which others: they belong on the frames that all of these lie on.
    """
    boxes: dict[str, Box] = {}
    for key, members in members_by_frame(before, sizes).items():
        frame = after.frames[key]
        old: Box = (frame.x, frame.y, frame.width, frame.height)
        inserted = {new for new, others in (among or {}).items() if members.issuperset(others)}
        nodes = [member for member in (members - (among or {}).keys()) | inserted if member in after.nodes]
        ways = {_way(before, after, node) for node in nodes}
        if not inserted and ways <= {(0.0, 0.0)}:
            continue
        if not inserted and len(ways) == 1:
            across, down = next(iter(ways))
            boxes[key] = (old[0] + across, old[1] + down, old[2], old[3])
            continue
        inner = [boxes[member] for member in members if member in boxes]
        grown = _united([old, enclosing([*inner, *(box_of(after, node, sizes) for node in nodes)])])
        if grown != old:
            boxes[key] = grown
    return boxes


def box_of(graph: Graph, key: str, sizes: Sizes) -> Box:
    """The box (left, top, width, height) of a node, frame or note; ``sizes`` are those of the nodes."""
    node = graph.nodes.get(key)
    if node is not None:
        return (node.x, node.y, *sizes.get(key, USUAL_SIZE))
    thing = graph.frames[key] if key in graph.frames else graph.notes[key]
    return (thing.x, thing.y, thing.width, thing.height)


def lying_on(graph: Graph, key: str, sizes: Sizes) -> set[str]:
    """The ids of the nodes, notes and smaller frames whose middle lies on the frame ``key``."""
    frame = graph.frames[key]
    ground = (frame.x, frame.y, frame.width, frame.height)
    area = frame.width * frame.height
    found = {
        other.id
        for other in graph.frames.values()
        if other.width * other.height < area and _middle_within(box_of(graph, other.id, sizes), ground)
    }
    found |= {note for note in graph.notes if _middle_within(box_of(graph, note, sizes), ground)}
    return found | {node for node in graph.nodes if _middle_within(box_of(graph, node, sizes), ground)}


def members_by_frame(graph: Graph, sizes: Sizes) -> dict[str, set[str]]:
    """What lies on each frame, the smallest frames first."""
    order = sorted(graph.frames.values(), key=lambda frame: frame.width * frame.height)
    return {frame.id: lying_on(graph, frame.id, sizes) for frame in order}


def enclosing(boxes: Iterable[Box]) -> Box:
    """The box of a frame that lies around ``boxes`` with room for its title."""
    found = list(boxes)
    if not found:
        raise EditError("Select what the frame shall lie around.")
    left, top = min(box[0] for box in found) - PADDING, min(box[1] for box in found) - PADDING - TITLE
    right, bottom = max(box[0] + box[2] for box in found) + PADDING, max(box[1] + box[3] for box in found) + PADDING
    return (left, top, max(LEAST_FRAME[0], right - left), max(LEAST_FRAME[1], bottom - top))


def _way(before: Graph, after: Graph, key: str) -> tuple[float, float]:
    if key not in before.nodes:
        return 0.0, 0.0
    return after.nodes[key].x - before.nodes[key].x, after.nodes[key].y - before.nodes[key].y


def _united(boxes: Iterable[Box]) -> Box:
    found = list(boxes)
    left, top = min(box[0] for box in found), min(box[1] for box in found)
    right, bottom = max(box[0] + box[2] for box in found), max(box[1] + box[3] for box in found)
    return (left, top, right - left, bottom - top)


def _middle_within(box: Box, ground: Box) -> bool:
    across, down = box[0] + box[2] / 2 - ground[0], box[1] + box[3] / 2 - ground[1]
    return 0 <= across <= ground[2] and 0 <= down <= ground[3]


def _moved(things: Mapping[str, Thing], positions: Mapping[str, tuple[float, float]]) -> dict[str, Thing]:
    moved = {}
    for key, thing in things.items():
        if key in positions:
            x, y = within_canvas(*positions[key])
            if (x, y) != (thing.x, thing.y):
                moved[key] = replace(thing, x=x, y=y)
    return moved


def _boxed(thing: Thing, box: Box | None, least: tuple[float, float]) -> Thing:
    if box is None:
        return thing
    x, y = within_canvas(box[0], box[1])
    return replace(thing, x=x, y=y, width=max(least[0], float(box[2])), height=max(least[1], float(box[3])))


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not all(sign.isprintable() for sign in title):
        raise EditError("A title is one line of text without control characters.")
    if len(title) > LONGEST_TITLE:
        raise EditError(f"A title has at most {LONGEST_TITLE:,} characters.")
    return title


def _sound_frame(frame: Frame) -> Frame:
    try:
        frame_from(frame_to(frame), "The frame")
    except ProjectError as error:
        raise EditError(str(error)) from None
    return frame


def _sound_note(note: Note) -> Note:
    try:
        note_from(note_to(note), "The note")
    except ProjectError as error:
        raise EditError(str(error)) from None
    return note
