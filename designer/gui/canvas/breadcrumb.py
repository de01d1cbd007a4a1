"""The breadcrumb: where one is among blocks in blocks, each step back outside a click away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton

from designer.gui.labels import clear_layout, plain_label
from designer.gui.theme import SMALL_PIXELS, TEXT_PIXELS, Theme
from designer.project.block_edits import uses_of
from designer.project.model import Project

if TYPE_CHECKING:
    from designer.gui.canvas.graph_view import GraphView

TOP = "Network"
MARGIN = 12
LONGEST = 24


class Breadcrumb(QFrame):
    """Lies in the top left corner of ``view`` while a block is looked into; at the top there is none."""

    def __init__(self, view: GraphView) -> None:
        # not in the viewport, which moves what lies in it when it is scrolled
        super().__init__(view)
        self._view = view
        self._shown: tuple[object, ...] = ()
        self.crumbs: list[QToolButton] = []
        self.setObjectName("breadcrumb")
        self.setAccessibleName("Where you are")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(6, 2, 10, 2)
        self._layout.setSpacing(0)
        self.about = plain_label("", "muted")
        # without a parent it would show as a window of its own
        self.about.setParent(self)
        view.installEventFilter(self)
        self.destroyed.connect(view.session.subscribe(self._project_changed))
        self.destroyed.connect(view.session.on_move(self.refresh))
        self.set_theme(view.theme)
        self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.setStyleSheet(
            f"#breadcrumb {{ background: {theme.raised}; border: 1px solid {theme.line}; border-radius: 6px; }}"
            f"#breadcrumb QToolButton {{ border: 1px solid transparent; border-radius: 4px; padding: 2px 6px;"
            f" color: {theme.accent}; background: transparent; font-size: {TEXT_PIXELS}px; }}"
            f"#breadcrumb QToolButton:hover {{ background: {theme.hovered}; }}"
            f"#breadcrumb QToolButton:focus {{ border-color: {theme.accent}; }}"
            f"#breadcrumb QToolButton:disabled {{ color: {theme.text}; font-weight: 600; }}"
            f"#breadcrumb QLabel {{ color: {theme.muted}; font-size: {SMALL_PIXELS}px; }}"
        )
        self._place()

    def refresh(self) -> None:
        """Show where one is now."""
        scope = self._view.session
        key = scope.block_key
        if not key:
            self._shown = ()
            self.hide()
            return
        self.show()
        names = scope.names
        about = f"{scope.whole.blocks[key].name} · {uses_in_words(uses_of(scope.whole, key))}"
        if (scope.path, names, about) == self._shown:
            return
        self._shown = (scope.path, names, about)
        clear_layout(self._layout)
        self.crumbs = []
        for depth, name in enumerate((TOP, *names)):
            if depth:
                self._layout.addWidget(plain_label("›"))
            self._layout.addWidget(self._crumb(name, scope.path[:depth], last=depth == len(names)))
        self.about = plain_label(about)
        self.about.setParent(self)
        self.about.setContentsMargins(10, 0, 0, 0)
        self._layout.addWidget(self.about)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay within the view."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click here is none on the canvas beneath."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The end of such a click."""
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Two such clicks."""
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Take the room that is needed once it is known."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return done

    def _crumb(self, name: str, path: tuple[str, ...], last: bool) -> QToolButton:
        button = QToolButton()
        short = name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
        button.setText(short.replace("&", "&&"))
        button.setAccessibleName(f"{name[:80]}, shown now" if last else f"Go out to {name[:80]}")
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setEnabled(not last)
        button.clicked.connect(lambda: self._go(path))
        self.crumbs.append(button)
        return button

    def _go(self, path: tuple[str, ...]) -> None:
        # first, so that what is being typed in the inspector is taken while its graph is still looked at
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._view.session.look_at(path)

    def _project_changed(self, old: Project, new: Project) -> None:
        self.refresh()

    def _place(self) -> None:
        room = self._view.viewport().width() - 2 * MARGIN
        needed = self.sizeHint().width()
        if self.about.isHidden():
            needed += self.about.sizeHint().width()
        if self.about.isHidden() == (needed <= room):
            self.about.setVisible(needed <= room)
            self._layout.activate()
        size = self.sizeHint()
        self.setGeometry(MARGIN, MARGIN, min(room, size.width()), size.height())
        self.raise_()


def uses_in_words(count: int) -> str:
    """How often a block is used, and what that means for an edit of it."""
    return {0: "not used", 1: "used once"}.get(count, f"used {count} times: all change")
