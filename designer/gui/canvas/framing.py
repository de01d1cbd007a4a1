"""Frames and notes by command: made, written, coloured, resized, each one step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QMenu

from designer.gui.canvas.frame_item import FrameItem
from designer.gui.canvas.geometry import snapped
from designer.gui.canvas.guides import box_tuple
from designer.gui.canvas.text_edit import NoteEdit, TitleEdit
from designer.gui.canvas.thing_ink import NAMES, swatch
from designer.gui.canvas.thing_words import thing_words
from designer.project import frames
from designer.project.model import Colour, Frame, Graph, Note

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView


def frame_selection(view: CanvasView) -> str:
    """Make a frame round what is selected, or an empty one at the cursor, and let its title be written; its id."""
    graph = view.session.project.graph
    chosen = (*view.selected(), *view.canvas.selected_things())
    sizes = view.canvas.sizes()
    key = frames.fresh_frame_id(graph)
    if chosen:
        box = frames.enclosing(frames.box_of(graph, one, sizes) for one in chosen)
    else:
        blank, corner = Frame(key), _middle_of(view)
        at = snapped(corner - QPointF(blank.width / 2, blank.height / 2))
        box = (at.x(), at.y(), blank.width, blank.height)
    colour = _next_colour(graph)
    frame = Frame(key, "", colour, *box)
    if not view.editor.do("Add frame", lambda project: frames.add_frame(project, frame), f"frame {key}"):
        return ""
    view.canvas.select((), (), [key])
    edit_text(view, key, new=True)
    return key


def add_note(view: CanvasView) -> str:
    """Add a note at the cursor and let its text be written; its id."""
    graph = view.session.project.graph
    blank = Note(frames.fresh_note_id(graph))
    at = snapped(_middle_of(view) - QPointF(blank.width / 2, blank.height / 2))
    note = Note(blank.id, x=at.x(), y=at.y())
    if not view.editor.do("Add note", lambda project: frames.add_note(project, note), f"note {note.id}"):
        return ""
    view.canvas.select((), (), [note.id])
    edit_text(view, note.id, new=True)
    return note.id


def edit_text(view: CanvasView, key: str, new: bool = False) -> None:
    """Edit a frame's title or a note's text in place; of a ``new`` one that belongs to the step that made it."""
    item = view.canvas.things.get(key)
    if item is None:
        return
    if isinstance(item, FrameItem):
        TitleEdit(view, item, lambda text: set_title(view, key, text, new))
    else:
        NoteEdit(view, item, lambda text: set_text(view, key, text, new))


def set_title(view: CanvasView, key: str, title: str | None, new: bool = False) -> None:
    """Give a frame another title."""
    frame = view.session.project.graph.frames.get(key)
    if frame is not None and title is not None and title != frame.title:
        label, merge = ("Add frame", f"frame {key}") if new else ("Rename frame", "")
        view.editor.do(label, lambda project: frames.change_frame(project, key, title=title), merge)


def set_text(view: CanvasView, key: str, text: str | None, new: bool = False) -> None:
    """Write another text on a note."""
    note = view.session.project.graph.notes.get(key)
    if note is not None and text is not None and text != note.text:
        label, merge = ("Add note", f"note {key}") if new else ("Write note", "")
        view.editor.do(label, lambda project: frames.change_note(project, key, text=text), merge)


def edit_selected(view: CanvasView) -> None:
    """Edit the title or text of the one frame or note that is selected."""
    chosen = view.canvas.selected_things()
    if len(chosen) == 1:
        edit_text(view, chosen[0])
    else:
        view.refuse("Select one frame or note to write on it.")


def paint_selected(view: CanvasView, colour: Colour) -> bool:
    """Give the selected frames and notes another colour."""
    chosen = view.canvas.selected_things()
    if not chosen:
        return False
    return view.editor.do(
        f"Colour {thing_words(view.session.project.graph, chosen)}",
        lambda project: frames.paint_things(project, chosen, colour),
    )


def resize_thing(view: CanvasView, key: str, box: QRectF) -> bool:
    """Give a frame or note another place and size."""
    graph = view.session.project.graph
    words = f"Resize {thing_words(graph, (key,))}"
    change = frames.change_frame if key in graph.frames else frames.change_note
    return view.editor.do(words, lambda project: change(project, key, box=box_tuple(box)))


def select_contents(view: CanvasView) -> None:
    """Select what lies on the selected frames, and the frames with it."""
    graph, sizes = view.session.project.graph, view.canvas.sizes()
    chosen = view.canvas.selected_things()
    found = {one for key in chosen if key in graph.frames for one in frames.lying_on(graph, key, sizes)}
    if not found:
        view.refuse("Nothing lies on this frame." if chosen else "Select a frame to select what lies on it.")
        return
    found |= {*view.selected(), *chosen}
    view.canvas.select(found & graph.nodes.keys(), (), found - graph.nodes.keys())


def select_frame(view: CanvasView) -> None:
    """Select the frame that the selection lies on, the smallest of them."""
    graph, sizes = view.session.project.graph, view.canvas.sizes()
    chosen = {*view.selected(), *view.canvas.selected_things()}
    for key, members in frames.members_by_frame(graph, sizes).items():
        if chosen and chosen <= members:
            view.canvas.select((), (), [key])
            return
    view.refuse("This lies on no frame." if chosen else "Select what lies on the frame.")


def next_colour(view: CanvasView) -> None:
    """Give the selected frames and notes the colour that follows theirs."""
    graph, chosen = view.session.project.graph, view.canvas.selected_things()
    if not chosen:
        view.refuse("Select a frame or a note to give it another colour.")
        return
    now = (graph.frames.get(chosen[0]) or graph.notes[chosen[0]]).colour
    paint_selected(view, frames.COLOURS[(frames.COLOURS.index(now) + 1) % len(frames.COLOURS)])


def add_colour_menu(menu: QMenu, view: CanvasView) -> None:
    """Offer the colours while a frame or note is selected."""
    if not view.canvas.selected_things():
        return
    menu.addSeparator()
    inner = menu.addMenu("&Colour")
    for colour, name in NAMES.items():
        action = inner.addAction(swatch(view.theme, colour), name)
        action.triggered.connect(lambda _=False, colour=colour: paint_selected(view, colour))


def _middle_of(view: CanvasView) -> QPointF:
    return view.visible_rect().center() if view.cursor_at is None else view.mapToScene(view.cursor_at)


def _next_colour(graph: Graph) -> Colour:
    """The colour that the fewest frames have, in the order of the palette."""
    used = [frame.colour for frame in graph.frames.values()]
    return min(frames.COLOURS[:-1], key=used.count)
