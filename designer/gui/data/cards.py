"""The header of the rows: one card for each column, with a small histogram, and its role to be clicked."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QToolTip, QWidget

from designer.gui.data.card_paint import HEIGHT, Card, paint_card, relation_box, role_box, warning_box
from designer.gui.data.words import kind_word, relation_words, role_word
from designer.gui.numbers import exact, plural
from designer.gui.panels.column_edits import KINDS, ROLES
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip

NARROWEST = 152


class CardsHeader(QHeaderView):
    """Paints the cards of a model that answers ``card(section)``.

    ``card_chosen`` carries a column's name, ``role_wanted`` too, with the place on the screen where its menu opens,
    ``menu_wanted`` the same for all of its settings, ``warning_wanted`` a column whose warnings are to be seen.
    """

    card_chosen = Signal(str)
    role_wanted = Signal(str, QPoint)
    menu_wanted = Signal(str, QPoint)
    warning_wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.theme = theme
        self.chosen = ""
        self._hot: tuple[int, str] = (-1, "")
        self._pressed: tuple[int, str] = (-1, "")
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(NARROWEST)
        self.setMouseTracking(True)
        self.setAccessibleName("Columns")

    def sizeHint(self) -> QSize:
        """As high as a card."""
        return QSize(super().sizeHint().width(), HEIGHT)

    def show_chosen(self, name: str) -> None:
        """Mark the card of a column."""
        if name != self.chosen:
            self.chosen = name
            self.viewport().update()

    def card(self, section: int) -> Card | None:
        """The card of a section."""
        model = self.model()
        return model.card(section) if model is not None else None  # type: ignore[attr-defined]

    def box_of(self, section: int) -> QRect:
        """Where a card is, in the coordinates of the viewport."""
        return QRect(self.sectionViewportPosition(section), 0, self.sectionSize(section), self.height())

    def part_at(self, at: QPoint) -> tuple[int, str]:
        """The section at a point and what of its card: ``role``, ``warning``, ``relation`` or ``card``."""
        section = self.logicalIndexAt(at)
        card = self.card(section) if section >= 0 else None
        if card is None:
            return -1, ""
        box = self.box_of(section)
        if role_box(box, card, self.font()).contains(at):
            return section, "role"
        if card.warnings and warning_box(box).adjusted(-4, -4, 4, 4).contains(at):
            return section, "warning"
        return section, "relation" if relation_box(box).contains(at) else "card"

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Paint a card."""
        card = self.card(logicalIndex)
        if card is None:
            return
        hot = self._hot[1] if self._hot[0] == logicalIndex else ""
        hot = "role" if hot == "role" else "card" if hot else ""
        painter.setFont(self.font())
        paint_card(painter, rect, card, self.theme, card.column.name == self.chosen, hot)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what can be clicked."""
        super().mouseMoveEvent(event)
        hot = self.part_at(event.position().toPoint())
        if hot != self._hot:
            self._hot = hot
            self.viewport().update()
        if self.cursor().shape() != Qt.CursorShape.SplitHCursor:
            hand = hot[1] in ("role", "warning")
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer."""
        super().leaveEvent(event)
        self._hot = (-1, "")
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember what is pressed; between two cards their widths are drawn."""
        super().mousePressEvent(event)
        drawn = self.cursor().shape() == Qt.CursorShape.SplitHCursor
        left = event.button() == Qt.MouseButton.LeftButton
        self._pressed = self.part_at(event.position().toPoint()) if left and not drawn else (-1, "")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a card shows its column, on its role opens the menu."""
        super().mouseReleaseEvent(event)
        released, pressed = self.part_at(event.position().toPoint()), self._pressed
        self._pressed = (-1, "")
        card = self.card(released[0]) if released == pressed and released[0] >= 0 else None
        if card is None:
            return
        name = card.column.name
        self.card_chosen.emit(name)
        if released[1] == "role":
            self.role_wanted.emit(name, self.below_role(released[0]))
        elif released[1] == "warning":
            self.warning_wanted.emit(name)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the card's column."""
        card = self.card(self.logicalIndexAt(event.pos()))
        if card is not None:
            self.menu_wanted.emit(card.column.name, event.globalPos())

    def below_role(self, section: int) -> QPoint:
        """Where the menu of a card's role opens on the screen."""
        card = self.card(section)
        box = self.box_of(section)
        corner = role_box(box, card, self.font()).bottomLeft() if card is not None else box.bottomLeft()
        return self.viewport().mapToGlobal(corner)

    def viewportEvent(self, event: QEvent) -> bool:
        """Explain what is under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            section, part = self.part_at(event.pos())
            card = self.card(section) if section >= 0 else None
            text = plain_tooltip(tip_of(card, part)) if card is not None else ""
            QToolTip.showText(event.globalPos(), text, self.viewport())
            return True
        return super().viewportEvent(event)


def tip_of(card: Card, part: str) -> str:
    """What there is to say on a part of a card."""
    column, seen = card.column, card.seen
    if part == "role":
        role = "target" if card.is_target else column.role
        return f"{role_word(column, card.target)}. {ROLES[role][1]}"
    if part == "warning":
        return plural(card.warnings, "warning") + ": click to read"
    if part == "relation" and seen is not None and card.target and not card.is_target:
        return relation_words(seen, card.target)
    lines = [column.name, f"{kind_word(column)}. {KINDS[column.kind][1]}"]
    if seen is not None:
        cells = plural(seen.rows, "cell")
        lines.append(f"{plural(seen.unique, 'different value')}, {exact(seen.missing)} of {cells} empty")
    return "\n".join(lines)
