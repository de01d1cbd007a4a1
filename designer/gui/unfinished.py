"""What is typed into a form and not taken over yet: before anything begins it becomes the value, or is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QScrollArea, QWidget

from designer.gui.editors import Editor
from designer.gui.panels.closed_section import ClosedSection
from designer.gui.panels.schedule_section import ScheduleSection

if TYPE_CHECKING:
    from designer.gui.window import MainWindow

PANELS = ("training", "inspector", "data")


def settled(window: MainWindow) -> bool:
    """Take over what is typed into the forms of the project; where something cannot be it is said and shown."""
    bench = window.workbench
    if bench is None:
        return True
    for name, panel in zip(PANELS, (bench.training, bench.inspector, bench.data), strict=True):
        refused = unsettled(panel, given_up=name != "training")
        if refused is not None:
            editor, why = refused
            window.status.say(f"Nothing was started. {why}")
            window.show_panel(name)
            if name == "training":
                bench.training.show_page("settings")
            show_editor(editor)
            return False
    return True


def unsettled(part: QWidget, given_up: bool = False) -> tuple[Editor, str] | None:
    """Take over what is typed in this part of the window; the first editor of what cannot be, and why in a sentence.

    ``given_up`` is whether what stands on a page that was left, such as that of another layer, is wanted no more.
    """
    for editor in part.findChildren(Editor):
        # taking over one value may make the rows of the others anew
        if not part.isAncestorOf(editor) or (given_up and _is_left(editor, part)):
            continue
        why = editor.settle()
        if why:
            return editor, f"{editor.title}: {why}. Change it, or press Esc to keep the value that it had."
    return None


def show_editor(editor: Editor) -> None:
    """Open what an editor lies in, and let the keyboard go on there."""
    target = editor.focusProxy() or editor
    for parent in _parents(editor):
        if isinstance(parent, ClosedSection | ScheduleSection):
            parent.set_open(True)
        elif isinstance(parent, QScrollArea):
            # only once the section has got its room
            QTimer.singleShot(0, editor, lambda area=parent: area.ensureWidgetVisible(editor))
    target.setFocus(Qt.FocusReason.TabFocusReason)


def _is_left(editor: Editor, part: QWidget) -> bool:
    """Whether an editor lies on a page that is not the one shown; a closed section is no other page."""
    child: QWidget = editor
    for parent in _parents(editor):
        if child.isHidden() and not isinstance(parent, ClosedSection | ScheduleSection):
            return True
        if parent is part:
            break
        child = parent
    return False


def _parents(widget: QWidget) -> Iterator[QWidget]:
    parent = widget.parentWidget()
    while parent is not None:
        yield parent
        parent = parent.parentWidget()
