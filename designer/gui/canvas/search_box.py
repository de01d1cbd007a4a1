"""The search box: it pops up at the cursor, finds a layer by a few letters and adds it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from designer.gui.announce import announce
from designer.gui.canvas.bringing import LinkEnd, axes_at, bring, fits
from designer.gui.canvas.geometry import WIDTH
from designer.gui.canvas.offers import heading_of, listed
from designer.gui.canvas.placing import after, beside
from designer.gui.canvas.recent_layers import remember_layer
from designer.gui.canvas.search_rows import ROW, RowPainter, SearchRows, rows_for
from designer.gui.categories import category_tile
from designer.gui.theme import SMALL_PIXELS, TEXT_PIXELS
from designer.layers.declaration import LayerType
from designer.workspace.preferences import load_preferences

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView

BOX_WIDTH, LIST_HEIGHT, ABOUT_HEIGHT = 392, 9 * ROW + 8, 74
PAGE = 8
TILE = 28
PLACEHOLDER = "Search layers: conv, dense, nn.ReLU …"
NOTHING_FOUND = "No layer matches. Try another word, such as “conv” or “dense”."
NOTHING_FITS = "Nothing that fits this port matches. Try another word."


def open_search(
    view: CanvasView, at: QPoint, link_end: LinkEnd | None = None, merge: str = "", exactly: bool = False
) -> SearchBox:
    """Open the box at a point of the view, where what is chosen lands; with ``link_end`` it is linked with that.

    Then only what fits is listed. Adding is one step with the step before where that has the same ``merge``, as that
    of taking the link away which the new layer gets instead. ``exactly`` is whether
    somebody pointed at this place, so that a layer that follows the selected one goes there too.
    """
    for box in view.window().findChildren(SearchBox):
        box.close_box()
    box = SearchBox(view, at, link_end, merge, exactly)
    box.show_at(at)
    return box


def place_to_add(view: CanvasView) -> QPoint:
    """Where in the view something that the keyboard asks for goes: to the cursor, else after what is selected."""
    if view.cursor_at is not None and view.viewport().rect().contains(view.cursor_at):
        return view.cursor_at
    chosen = view.selected()
    if len(chosen) == 1:
        box = view.canvas.nodes[chosen[0]].rect()
        return view.mapFromScene(after(view.canvas, chosen[0]) + box.center() - box.topLeft())
    return view.viewport().rect().center()


class SearchBox(QFrame):
    """A field, a list of what matches and a sentence about what is highlighted. It closes once something is chosen."""

    def __init__(self, view: CanvasView, at: QPoint, link_end: LinkEnd | None, merge: str, exactly: bool) -> None:
        super().__init__(view.window(), objectName="search_box")
        self._view, self._at, self._end, self._merge, self._exactly = view, at, link_end, merge, exactly
        self._closed = False
        self._said = ""
        self._recent = load_preferences().recent_layers
        self._offers = self._fitting(listed(view.session))
        chosen = view.selected()
        self._before = chosen[0] if len(chosen) == 1 and link_end is None else ""
        self.setAccessibleName("Add a layer")
        self.field = QLineEdit(placeholderText=PLACEHOLDER)
        self.field.setAccessibleName("Search layers to add")
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._search)
        self.rows = SearchRows()
        self.list = QListView()
        self.list.setModel(self.rows)
        self._painter = RowPainter(view.theme, view.font())
        self.list.setItemDelegate(self._painter)
        # a click anywhere in the box leaves the keyboard in the field
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(self.field)
        self._set_up_list()
        self._make_about()
        self._lay_out()
        self._style()
        view.destroyed.connect(self.deleteLater)
        self._search("")

    @property
    def layer(self) -> LayerType | None:
        """What is highlighted."""
        index = self.list.currentIndex()
        return self.rows.rows[index.row()].layer if index.isValid() else None

    def show_at(self, at: QPoint) -> None:
        """Show the box with its field by a point of the view, all of it within the window."""
        self.adjustSize()
        room, corner = self.parentWidget().rect(), self._view.viewport().mapTo(self.parentWidget(), at)
        left = max(8, min(corner.x() - 24, room.width() - self.width() - 8))
        top = max(8, min(corner.y() - 20, room.height() - self.height() - 8))
        self.move(left, top)
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)
        self._read_aloud()

    def close_box(self) -> None:
        """Go away, and give the keyboard back to the canvas."""
        if self._closed:
            return
        self._closed = True
        # before it is hidden: the keyboard must not pass by some other field on its way
        if self.isAncestorOf(QGuiApplication.focusObject() or self):  # type: ignore[arg-type]
            self._view.setFocus()
        self.hide()
        self.deleteLater()

    def choose(self, follow: bool = False) -> None:
        """Add what is highlighted; with ``follow`` linked so that it follows the node that was selected."""
        layer = self.layer
        if layer is None or self._closed:
            return
        ends = [self._end] if self._end else []
        if follow and self._before and self._end is None:
            end = self._following(layer)
            if end is None:
                announce(self, f"Not added: {self._why_not()}")
                return
            ends = [end]
        self.close_box()
        added = bring(self._view, layer.key, self._corner(bool(ends)), ends, merge=self._merge)
        if added:
            self._view.reveal([added])
            remember_layer(self._view, layer.key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the field the arrows move through the list, Enter adds, Escape closes."""
        if watched is self.field:
            if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                return self._key(event)
            if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
                # what is typed here is for nobody else
                event.accept()
                return True
            if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut:
                if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
                    self.close_box()
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """What lies beneath the box gets no clicks."""
        event.accept()

    def _key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: PAGE, Qt.Key.Key_PageUp: -PAGE,
                 Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}  # fmt: skip
        if key in steps:
            self._step(steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.choose(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key == Qt.Key.Key_Escape:
            self.close_box()
        else:
            return False
        return True

    def _step(self, by: int) -> None:
        """Move the highlight, past headings; single steps go round at the ends."""
        able = [place for place, row in enumerate(self.rows.rows) if row.layer is not None]
        if not able:
            return
        current = self.list.currentIndex().row()
        place = able.index(current) + by if current in able else 0
        place = place % len(able) if abs(by) == 1 else max(0, min(len(able) - 1, place))
        self._highlight(able[place])

    def _highlight(self, row: int) -> None:
        self.list.setCurrentIndex(self.rows.index(row, 0))
        # with the first layer its heading is seen too
        self.list.scrollTo(self.rows.index(max(0, row - 1), 0))
        self.list.scrollTo(self.rows.index(row, 0))

    def _search(self, text: str) -> None:
        rows = rows_for(text, self._offers, self._recent)
        self.rows.show(rows)
        first = next((place for place, row in enumerate(rows) if row.layer is not None), None)
        if first is not None:
            self._highlight(first)
        self._tell()

    def _fitting(self, offers: dict[str, LayerType]) -> dict[str, LayerType]:
        end = self._end
        return offers if end is None else {key: one for key, one in offers.items() if fits(self._view, one, end)}

    def _following(self, layer: LayerType) -> LinkEnd | None:
        """The output of the node selected before that the layer would follow: a free one, or else the first."""
        item = self._view.canvas.nodes.get(self._before)
        if item is None:
            return None
        places = sorted(item.outputs, key=lambda place: (place.name, True) in item.linked)
        ends = [LinkEnd(self._before, place.name, True) for place in places]
        return next((end for end in ends if fits(self._view, layer, end)), None)

    def _corner(self, linked: bool) -> QPointF:
        view, end = self._view, self._end
        if linked and end is None and not self._exactly:
            return after(view.canvas, self._before)
        point = view.mapToScene(self._at)
        if end is not None:
            point += QPointF(WIDTH / 2 if end.output else -WIDTH / 2, 0)
        return beside(view.canvas, point)

    def _tell(self) -> None:
        """Say about the highlighted layer what it is and what the keys would do."""
        layer = self.layer
        self._tile.setVisible(layer is not None)
        if layer is None:
            self._title.setText("")
            self._summary.setText(NOTHING_FITS if self._end else NOTHING_FOUND)
            self._keys.setText("Esc: close")
            self._read_aloud()
            return
        self._tile.setPixmap(category_tile(self._view.theme, layer.category, TILE))
        self._title.setText(f"{layer.title}  ·  {layer.module}" if layer.module else layer.title)
        self._summary.setText(layer.summary)
        self._keys.setText(self._key_words(layer))
        self._read_aloud()

    def _read_aloud(self) -> None:
        """The keyboard stays in the field: what is highlighted is announced, once."""
        layer, able = self.layer, [place for place, row in enumerate(self.rows.rows) if row.layer is not None]
        words = self._summary.text()
        if layer is not None:
            where = f"{able.index(self.list.currentIndex().row()) + 1} of {len(able)}"
            words = f"{', '.join(dict.fromkeys((layer.title, heading_of(layer), where)))}. {words}"
        if self.isVisible() and words != self._said:
            self._said = words
            announce(self, words)

    def _key_words(self, layer: LayerType) -> str:
        if self._end is not None:
            name = self._view.canvas.nodes[self._end.node].node.name[:24]
            return f"Enter: add and link {'after' if self._end.output else 'before'} {name}"
        if not self._before:
            return "Enter: add"
        name = self._view.canvas.nodes[self._before].node.name[:24]
        end = self._following(layer)
        if end is not None:
            return f"Enter: add    Shift+Enter: add after {name}"
        return f"Enter: add    ({self._why_not()})"

    def _why_not(self) -> str:
        name = self._view.canvas.nodes[self._before].node.name[:24]
        return f"{name} gives {self._given()}, which this does not take"

    def _given(self) -> str:
        outputs = self._view.canvas.nodes[self._before].outputs
        axes = axes_at(self._view, LinkEnd(self._before, outputs[0].name, True)) if outputs else ""
        return "×".join(axes) or "nothing"

    def _set_up_list(self) -> None:
        view = self.list
        view.setAccessibleName("Layers that match")
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setMouseTracking(True)
        view.setFixedHeight(LIST_HEIGHT)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.selectionModel().currentChanged.connect(self._tell)
        view.clicked.connect(self._clicked)

    def _clicked(self, index: QModelIndex) -> None:
        if self.rows.rows[index.row()].layer is not None:
            self.list.setCurrentIndex(index)
            self.choose()

    def _make_about(self) -> None:
        self._tile, self._title, self._summary, self._keys = QLabel(), QLabel(), QLabel(wordWrap=True), QLabel()
        for label in (self._title, self._summary, self._keys):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._summary.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._summary.setAccessibleName("About the layer")
        self.title, self.summary, self.key_words = self._title, self._summary, self._keys
        self.about = QWidget(objectName="about")
        # the box must not jump while the summary's length changes
        self.about.setFixedHeight(ABOUT_HEIGHT)

    def _lay_out(self) -> None:
        words = QVBoxLayout(spacing=2)
        for label in (self._title, self._summary):
            words.addWidget(label)
        words.addStretch(1)
        about = QHBoxLayout(self.about)
        about.setContentsMargins(12, 8, 12, 4)
        about.setSpacing(8)
        about.addWidget(self._tile, 0, Qt.AlignmentFlag.AlignTop)
        about.addLayout(words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        for widget in (self.field, self.list, self.about, self._keys):
            layout.addWidget(widget)
        self.setFixedWidth(BOX_WIDTH)

    def _style(self) -> None:
        theme = self._view.theme
        self.setStyleSheet(f"""
#search_box {{ background: {theme.surface}; border: 1px solid {theme.strong_line}; border-radius: 8px; }}
#search_box QLineEdit {{ background: transparent; border: none; border-bottom: 1px solid {theme.line};
    border-radius: 0; padding: 10px 12px; font-size: {TEXT_PIXELS}px; color: {theme.text}; }}
#search_box QListView {{ background: transparent; border: none; padding: 4px 0; }}
#search_box #about {{ border-top: 1px solid {theme.line}; }}""")
        self._title.setStyleSheet(f"color: {theme.text}; font-size: {TEXT_PIXELS}px; font-weight: 600;")
        self._summary.setStyleSheet(f"color: {theme.muted}; font-size: {SMALL_PIXELS}px;")
        self._keys.setStyleSheet(
            f"color: {theme.muted}; font-size: {SMALL_PIXELS}px; border-top: 1px solid {theme.line}; padding: 5px 12px;"
        )
