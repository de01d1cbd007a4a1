"""The button beside a field of a layer inside a block: whether each use of the block sets it for itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPushButton, QToolButton, QWidget, QWidgetAction

from designer.gui.form import words_of
from designer.gui.icons import icon
from designer.gui.labels import plain_label
from designer.gui.theme import Theme
from designer.layers.fields import Field
from designer.project import exposing
from designer.project.errors import EditError
from designer.project.model import Block, Project
from designer.workspace.scope import Scope

Refuse = Callable[[str], object]


def set_from_outside(scope: Scope, node_id: str) -> dict[str, str]:
    """For each field of a node that uses of the block set for themselves, the words to show instead of its value."""
    block = scope.whole.blocks.get(scope.block_key)
    if block is None:
        return {}
    return {
        field: f"set from outside as {exposed.name}"
        for exposed in block.fields
        for node, field in exposed.targets
        if node == node_id
    }


def expose_button(scope: Scope, theme: Theme, node_id: str, field: str, refuse: Refuse) -> QToolButton | None:
    """The button for a field of a node; None outside of blocks."""
    block = scope.whole.blocks.get(scope.block_key)
    if block is None or node_id not in block.graph.nodes:
        return None
    outside = exposing.exposed_as(block, node_id, field) is not None
    button = QToolButton()
    button.setAutoRaise(True)
    button.setIcon(icon("outside", theme.accent if outside else theme.muted))
    button.setFixedSize(24, 24)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    words = "Set from outside by each use of the block" if outside else "Let each use of the block set this for itself…"
    button.setToolTip(words)
    node = block.graph.nodes[node_id]
    kind = scope.catalog.fields_of(node.type, node.fields).get(field)
    button.setAccessibleName(f"{words_of(field, kind) if kind is not None else field}: {words}")
    button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
    menu = QMenu(button)
    menu.aboutToShow.connect(lambda: fill_menu(menu, scope, node_id, field, refuse))
    button.setMenu(menu)
    return button


def fill_menu(menu: QMenu, scope: Scope, node_id: str, field: str, refuse: Refuse) -> None:
    """Offer what can be done: a new field of the block, joining one, or setting it inside again."""
    menu.clear()
    key = scope.block_key
    block = scope.whole.blocks.get(key)
    if block is None or node_id not in block.graph.nodes:
        return

    def do(label: str, edit: Callable[[Project], Project]) -> None:
        try:
            scope.do_whole(label, edit)
        except EditError as error:
            refuse(str(error))

    named = field.replace("_", " ")
    node = block.graph.nodes[node_id].name[:40]
    if exposing.exposed_as(block, node_id, field) is not None:
        inside = menu.addAction("Set inside again, the same for all uses")
        label = f"Set {named} of {node} inside"
        inside.triggered.connect(lambda: do(label, lambda whole: exposing.set_inside(whole, key, node_id, field)))
        return

    def expose(name: str) -> None:
        menu.close()
        label = f"Set {named} of {node} from outside"
        do(label, lambda whole: exposing.expose(whole, key, node_id, field, name))

    menu.addAction(NewField(menu, _first_name(block, field), expose))
    for name in _alike(scope, block, node_id, field):
        action = menu.addAction(f"Together with “{name}”".replace("&", "&&"))
        action.triggered.connect(lambda _=False, name=name: expose(name))


class NewField(QWidgetAction):
    """A line in the menu that takes the name of a new field; Enter or the button makes it."""

    def __init__(self, menu: QMenu, name: str, make: Callable[[str], None]) -> None:
        super().__init__(menu)
        self._make = make
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(10, 6, 8, 6)
        layout.setSpacing(6)
        layout.addWidget(plain_label("Set from outside as", "muted"))
        self.line = QLineEdit(name)
        self.line.setAccessibleName("Name of the new field of the block")
        self.line.setMinimumWidth(128)
        self.line.installEventFilter(self)
        layout.addWidget(self.line)
        self.button = QPushButton("OK")
        self.button.clicked.connect(lambda: self._make(self.line.text()))
        layout.addWidget(self.button)
        row.setFocusProxy(self.line)
        # the arrows come back to it, and when the menu has opened it has the keyboard
        row.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setDefaultWidget(row)
        QTimer.singleShot(0, self.line, self._take_keyboard)

    def _take_keyboard(self) -> None:
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)
        self.line.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter takes the name, before the menu takes the key."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._make(self.line.text())
                return True
        return False


def _first_name(block: Block, field: str) -> str:
    try:
        return exposing.free_field_name(block, field.rpartition(".")[2])
    except EditError:
        return "value"


def _alike(scope: Scope, block: Block, node_id: str, field: str) -> list[str]:
    """The fields of the block of the same kind as this one."""
    catalog = scope.catalog
    node = block.graph.nodes[node_id]
    kind = catalog.fields_of(node.type, node.fields).get(field)
    own = catalog.fields_of(f"block:{scope.block_key}", {})
    names = [exposed.name for exposed in block.fields]
    return [name for name in names if kind is not None and name in own and _same_kind(kind, own[name])]


def _same_kind(one: Field, other: Field) -> bool:
    if type(one) is not type(other):
        return False
    plain = {"help": "", "label": "", "key": False, "argument": True, "omit": None, "default": one.initial}
    return replace(one, **plain) == replace(other, **plain)  # type: ignore[arg-type]
