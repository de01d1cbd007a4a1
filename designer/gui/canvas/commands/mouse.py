"""What the mouse and the bare keys do on the canvas: all that is no command of a menu, for the list of shortcuts."""

from __future__ import annotations

from typing import NamedTuple


class Hand(NamedTuple):
    """One thing that a hand does: ``how``, and what comes of it."""

    how: str
    does: str


WITH_THE_MOUSE = (
    Hand("Double-click on the ground", "Search for a layer to add there"),
    Hand("Double-click on a layer", "Edit the layer’s fields"),
    Hand("Double-click on a name", "Rename the layer"),
    Hand("Double-click on a block", "Look into the block"),
    Hand("Double-click on a note or title", "Write on the note or frame"),
    Hand("Double-click on a bend", "Remove the bend"),
    Hand("Drag from the palette", "Add a layer; on a link it is inserted"),
    Hand("Drag from a port", "Draw a link, or on the ground add a layer"),
    Hand("Drag the end of a link", "Move the link, or on the ground take it away"),
    Hand("Alt + drag from an output", "Move the start of a link"),
    Hand("Drag the middle of a link", "Bend the link"),
    Hand("Ctrl + drag over links", "Cut links"),
    Hand("Drag a layer", "Move the layer; on a link a loose one is inserted"),
    Hand("Alt while dragging", "Do not snap to the grid or to what is near"),
    Hand("Drag a frame’s title", "Move a frame with all that lies on it"),
    Hand("Drag an edge or corner", "Resize the frame or note"),
    Hand("Shift or Ctrl + click", "Add to the selection or take out of it"),
    Hand("Drag on the ground", "Select what the band touches"),
    Hand("Shift + drag on the ground", "Add to the selection what the band touches"),
    Hand("Space + drag, middle button", "Move what is seen"),
    Hand("Wheel, pinch", "Zoom about the mouse"),
    Hand("Shift + wheel, two fingers", "Move what is seen"),
    Hand("Drag in the minimap", "Move what is seen"),
    Hand("Back and forward button", "Go to where you looked before, and back"),
    Hand("Right button", "Open the menu of what is there"),
    Hand("Click on its sign", "Show a problem and how to mend it"),
)

WITH_BARE_KEYS = (
    Hand("Tab, or Space tapped", "Search for a layer to add"),
    Hand("Tab, Shift + Tab", "With one layer selected: walk its ports"),
    Hand("Arrows", "Go to the next layer along a link, or to the nearest"),
    Hand("Shift + arrows", "Select the next layer too"),
    Hand("Ctrl + arrows, with Shift farther", "Move the selected layers"),
    Hand("Enter", "Edit the fields of the selected layer; Escape comes back"),
    Hand("Enter on a port", "Begin a link; Enter again draws it"),
    Hand("Tab, arrows while linking", "The next port that fits, any port that way"),
    Hand("Delete on a port", "Take its links away"),
    Hand("H", "Hand: drag to move what is seen, and again to work"),
    Hand("Escape", "Break off, leave the port, select nothing, go outside"),
)

WHILE_MOVING = "Alt: no snapping. Esc: leave it where it was."
WHILE_RESIZING = "Alt: off the grid. Esc: leave it as it was."
WHILE_BANDING = "Begun with Shift it adds to the selection, with Ctrl it cuts links."
WHILE_LINKING = "Let go on the bare ground to choose a layer to add. Esc: never mind."
WHILE_HOLDING_A_LINK = "An end moves to another port, the middle bends. Double-click on a bend: remove it."
