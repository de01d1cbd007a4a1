"""The palette: every layer type and block under its heading, found by a few letters and brought to the canvas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDrag, QFontMetrics, QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from designer.gui.canvas.offers import HEADINGS, heading_of, listed
from designer.gui.categories import category_tile, paint_tile
from designer.gui.layer_drag import layer_mime
from designer.gui.theme import SMALL_PIXELS, TEXT_PIXELS, Theme
from designer.layers.blocks import CATEGORY as BLOCKS
from designer.layers.catalog import CATEGORIES, LAYERS
from designer.layers.declaration import LayerType
from designer.layers.search import find
from designer.project.model import Project
from designer.workspace.scope import Scope

TILE = 20
SUMMARY_HEIGHT = 92
KEY = Qt.ItemDataRole.UserRole
NOTHING_FOUND = "No layer matches. Try another word, such as “conv” or “dense”."
NOTHING_CHOSEN = "Drag a layer to the canvas, or double-click it."


class PaletteView(QWidget):
    """Lists what can be added. ``layer_chosen`` carries the key of a layer type or block to be added to the canvas."""

    layer_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._offers: Mapping[str, LayerType] = LAYERS
        self._scope: Scope | None = None
        self.setAccessibleName("Palette")
        self.search = QLineEdit(placeholderText="Search layers", clearButtonEnabled=True)
        self.search.setAccessibleName("Search layers")
        self.search.textChanged.connect(self._search)
        self.search.installEventFilter(self)
        self.tree = LayerTree(theme)
        self.tree.layer_chosen.connect(self.layer_chosen)
        self.tree.currentItemChanged.connect(self._summarise)
        self.title = QLabel()
        self.summary = QLabel(wordWrap=True)
        self.summary.setAccessibleName("About the layer")
        for label in (self.title, self.summary):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._about = QWidget(objectName="about")
        # the list must not jump while the summary's length changes
        self._about.setFixedHeight(SUMMARY_HEIGHT)
        about = QVBoxLayout(self._about)
        about.setContentsMargins(12, 8, 12, 8)
        about.setSpacing(4)
        about.addWidget(self.title)
        about.addWidget(self.summary, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(8)
        top = QVBoxLayout()
        top.setContentsMargins(8, 0, 8, 0)
        top.addWidget(self.search)
        layout.addLayout(top)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self._about)
        self.setFocusProxy(self.search)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self._theme = theme
        self.tree.theme = theme
        self.tree.setStyleSheet("QTreeView { background: transparent; } QTreeView::item { padding: 1px 4px; }")
        self._about.setStyleSheet(f"#about {{ border-top: 1px solid {theme.line}; }}")
        self.title.setStyleSheet(f"color: {theme.text}; font-size: {TEXT_PIXELS}px; font-weight: 600;")
        self.summary.setStyleSheet(f"color: {theme.muted}; font-size: {SMALL_PIXELS}px;")
        self._search(self.search.text())

    def follow(self, scope: Scope) -> None:
        """List what can be added to the graph that ``scope`` looks at, now and after each change of it."""
        self._scope = scope
        self.destroyed.connect(scope.subscribe(self._project_changed))
        self.destroyed.connect(scope.on_move(self.refresh))
        self.refresh()

    def _project_changed(self, old: Project, new: Project) -> None:
        if old.blocks is not new.blocks or old.layers is not new.layers:
            self.refresh()

    def refresh(self) -> None:
        """List what can be added now; the library may have changed outside the project."""
        offers = listed(self._scope) if self._scope is not None else self._offers
        if offers != self._offers:
            self._offers = offers
            chosen = self.tree.current_key()
            self._search(self.search.text())
            self.tree.highlight(chosen)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the search field the arrows move through the list, Enter adds, Escape clears."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self.tree.step(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.tree.choose_current()
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)

    def _search(self, text: str) -> None:
        if text.strip():
            self.tree.show_found([found.layer for found in find(text, self._offers.values())])
            if not self.tree.current_key():
                self._tell("", NOTHING_FOUND)
        else:
            self.tree.show_all(self._offers.values())
            self._tell("", NOTHING_CHOSEN)

    def _summarise(self) -> None:
        layer = self._offers.get(self.tree.current_key())
        if layer is not None:
            module = f"\nPyTorch: {layer.module}" if layer.module else ""
            self._tell(layer.title, layer.summary + module)

    def _tell(self, title: str, text: str) -> None:
        self.title.setText(title)
        self.title.setVisible(bool(title))
        self.summary.setText(text)


class LayerTree(QTreeWidget):
    """The list itself: categories with their layers, or what a search found, best first."""

    layer_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._layers: dict[str, LayerType] = {}
        self.setHeaderHidden(True)
        self.setAccessibleName("Layers")
        self.setIconSize(QSize(TILE, TILE))
        self.setIndentation(16)
        self.setUniformRowHeights(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setExpandsOnDoubleClick(False)
        self.itemDoubleClicked.connect(self._double_clicked)

    def show_all(self, layers: Iterable[LayerType]) -> None:
        """Every layer under its heading; headings that were folded stay so."""
        folded = {top.text(0) for top in self._tops() if top.childCount() and not top.isExpanded()}
        self.clear()
        self._layers = {layer.key: layer for layer in layers}
        under: dict[str, list[LayerType]] = {}
        for layer in self._layers.values():
            under.setdefault(heading_of(layer), []).append(layer)
        for heading in (heading for heading in HEADINGS if heading in under):
            head = QTreeWidgetItem(self, [heading])
            category = heading if heading in CATEGORIES else BLOCKS
            head.setIcon(0, _tile(self.theme, category))
            font = self.font()
            font.setBold(True)
            head.setFont(0, font)
            head.setFlags(Qt.ItemFlag.ItemIsEnabled)
            for layer in under[heading]:
                self._row(head, layer)
            head.setExpanded(heading not in folded)

    def show_found(self, layers: list[LayerType]) -> None:
        """These layers in this order, the first one highlighted."""
        self.clear()
        self._layers = {layer.key: layer for layer in layers}
        for layer in layers:
            row = self._row(self, layer)
            row.setIcon(0, _tile(self.theme, layer.category))
        if layers:
            self.setCurrentItem(self.topLevelItem(0))

    def highlight(self, key: str) -> None:
        """Highlight this layer where it is listed."""
        for top in self._tops():
            for item in (top, *(top.child(place) for place in range(top.childCount()))):
                if key and item.data(0, KEY) == key:
                    self.setCurrentItem(item)

    def current_key(self) -> str:
        """The key of the highlighted layer; empty where none is."""
        item = self.currentItem()
        return str(item.data(0, KEY) or "") if item is not None else ""

    def choose_current(self) -> None:
        """Ask for the highlighted layer to be added."""
        if self.current_key():
            self.layer_chosen.emit(self.current_key())

    def step(self, by: int) -> None:
        """Highlight the next or previous layer, past the names of categories."""
        item = self.currentItem()
        while True:
            if item is None:
                item = self.topLevelItem(0)
            else:
                item = self.itemBelow(item) if by > 0 else self.itemAbove(item)
            if item is None:
                return
            if item.data(0, KEY):
                self.setCurrentItem(item)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter adds the highlighted layer."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.choose_current()
            return
        super().keyPressEvent(event)

    def mimeData(self, items: list[QTreeWidgetItem]) -> QMimeData:
        """What a drag of these rows carries."""
        return layer_mime(str(items[0].data(0, KEY)))

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Drag the layer as a small chip."""
        layer = self._layers.get(self.current_key())
        if layer is None:
            return
        drag = QDrag(self)
        drag.setMimeData(layer_mime(layer.key))
        chip = self._chip(layer)
        drag.setPixmap(chip)
        drag.setHotSpot(QPoint(-12, -12))
        drag.exec(Qt.DropAction.CopyAction)

    def _tops(self) -> list[QTreeWidgetItem]:
        return [item for place in range(self.topLevelItemCount()) if (item := self.topLevelItem(place)) is not None]

    def _row(self, parent: QTreeWidget | QTreeWidgetItem, layer: LayerType) -> QTreeWidgetItem:
        row = QTreeWidgetItem(parent, [layer.title])
        row.setData(0, KEY, layer.key)
        row.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{layer.title}, {layer.category}")
        row.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, layer.summary)
        return row

    def _double_clicked(self, item: QTreeWidgetItem) -> None:
        if item.data(0, KEY):
            self.layer_chosen.emit(str(item.data(0, KEY)))
        else:
            item.setExpanded(not item.isExpanded())

    def _chip(self, layer: LayerType) -> QPixmap:
        font = self.font()
        font.setPixelSize(TEXT_PIXELS)
        width = QFontMetrics(font).horizontalAdvance(layer.title) + TILE + 24
        ratio = self.devicePixelRatioF()
        picture = QPixmap(round(width * ratio), round(28 * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(self.theme.raised))
        painter = QPainter(picture)
        painter.setFont(font)
        painter.setPen(QColor(self.theme.text))
        painter.drawText(TILE + 12, 0, width, 28, Qt.AlignmentFlag.AlignVCenter, layer.title)
        painter.setPen(QColor(self.theme.outline))
        painter.drawRect(0, 0, width - 1, 27)
        paint_tile(painter, QRectF(4, 4, TILE, TILE), self.theme, layer.category)
        painter.end()
        return picture


def _tile(theme: Theme, category: str) -> QIcon:
    """A category's mark; on the highlighted row in its own colours too, which the style would dim."""
    picture = category_tile(theme, category, TILE)
    tile = QIcon(picture)
    tile.addPixmap(picture, QIcon.Mode.Selected)
    return tile
