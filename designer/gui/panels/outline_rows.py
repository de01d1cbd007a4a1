"""The rows of the outline: the nodes in running order, those of a block beneath its use, kept by what differs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from designer.compiler.problems import LinkPlace, NodePlace, Problem
from designer.compiler.report import Analysis, Report
from designer.gui.canvas.node_words import at_each_step, frozen, repeats_of, shape_wordings, spoken_shape
from designer.layers.catalog import Catalog, catalog_of
from designer.project.blocks import graph_at
from designer.project.graph_forms import block_key
from designer.project.model import Graph, Project
from designer.project.order import running_order

Path = tuple[str, ...]
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
MOST_FILTERED = 5000
# more stretches of rows that come and go are quicker told as one reset
MOST_STRETCHES = 24
_ROLE = Qt.ItemDataRole.UserRole
PATH, BELOW, SHAPE, SIGN, CATEGORY, WORDS = (_ROLE + place for place in range(6))
NAME, SPOKEN = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole


@dataclass(eq=False)
class Row:
    """One row: where it stands, what it says by role, and the rows beneath it once somebody has looked into it."""

    path: Path
    above: Row | None = None
    place: int = 0
    said: dict[int, object] = field(default_factory=dict)
    below: list[Row] | None = None
    about: tuple[Report | None, tuple[Problem, ...]] = (None, ())


class OutlineRows(QAbstractItemModel):
    """The graph as a tree. ``renamed`` carries the path of a node and the name that was typed for it.

    A path leads from the top through uses of blocks to the node, by ids. The rows of a block are made when somebody
    looks into it. Qt is given numbers instead of rows, so that an index that outlives its row leads nowhere.
    """

    renamed = Signal(tuple, str)

    def __init__(self) -> None:
        super().__init__()
        self.project = Project()
        self.analysis = Analysis()
        self.catalog: Catalog = catalog_of(self.project)
        self._top = Row((), below=[])
        self._by_path: dict[Path, Row] = {(): self._top}
        self._by_number: dict[int, Row] = {}
        self._graphs: dict[Path, Graph] = {(): Graph()}
        self._problems: Mapping[Path, tuple[Problem, ...]] = {}

    def index_at(self, path: Path) -> QModelIndex:
        """The row of a node, made along with the blocks around it where it is not there yet; invalid if none can be."""
        for depth in range(1, len(path)):
            self._look_into(path[:depth])
        row = self._by_path.get(path)
        return self._index(row) if row is not None and path else QModelIndex()

    def known_index(self, path: Path) -> QModelIndex:
        """The row of a node where there is one already; invalid otherwise."""
        row = self._by_path.get(path)
        return self._index(row) if row is not None and path else QModelIndex()

    def looked_into(self) -> list[Path]:
        """The blocks whose rows are made, those outside first."""
        return sorted((path for path in self._graphs if path), key=len)

    def show_project(self, project: Project) -> None:
        """Show another value of the project, touching only what differs."""
        self.project, before = project, self.catalog
        self.catalog = catalog_of(project)
        for path in sorted(self._graphs, key=len):
            if path not in self._graphs:
                continue
            graph = graph_at(project, path)
            if graph is None:
                self._close(self._by_path[path])
            elif graph is not self._graphs[path] or before is not self.catalog:
                self._bring(self._by_path[path], graph, everything=before is not self.catalog)

    def set_analysis(self, analysis: Analysis) -> None:
        """Show shapes and problems as an analysis has them."""
        self.analysis = analysis
        self._problems = _problems_by_path(analysis.problems)
        self._write(row for path, row in self._by_path.items() if path and row.about != self._about(path))

    def fetch_all(self) -> None:
        """Look into all blocks, so that a filter finds what lies there; up to a few thousand rows."""
        waiting = [row for row in self._by_path.values() if self._is_block(row)]
        while waiting and len(self._by_path) < MOST_FILTERED:
            row = waiting.pop()
            self._look_into(row.path)
            waiting += [below for below in row.below or () if self._is_block(below)]

    # what Qt asks of the model

    def index(self, row: int, column: int = 0, parent: Index = _NOWHERE) -> QModelIndex:
        """The index of a row beneath another."""
        above = self._row(parent)
        rows = above.below if above is not None else None
        return self._index(rows[row]) if rows and column == 0 and 0 <= row < len(rows) else QModelIndex()

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]
        """The row of the block around."""
        row = self._by_number.get(index.internalId()) if index.isValid() else None
        above = row.above if row is not None else None
        return self._index(above) if above is not None and above.path else QModelIndex()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many rows there are beneath one."""
        row = self._row(parent)
        return len(row.below or ()) if row is not None and parent.column() <= 0 else 0

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """One column says it all."""
        return 1

    def data(self, index: Index, role: int = NAME) -> object:
        """What a row says."""
        row = self._row(index)
        return row.said.get(NAME if role == Qt.ItemDataRole.EditRole else role) if row is not None else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every row can be chosen and renamed."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable

    def hasChildren(self, parent: Index = _NOWHERE) -> bool:
        """A use of a block has children, also while nobody has looked into it."""
        row = self._row(parent)
        return row is not None and (bool(row.below) if row.below is not None else self._is_block(row))

    def canFetchMore(self, parent: Index) -> bool:
        """Whether the rows of a block are still to be made."""
        row = self._row(parent)
        return row is not None and row.below is None and self._is_block(row)

    def fetchMore(self, parent: Index) -> None:
        """Make the rows of a block."""
        row = self._row(parent)
        if row is not None:
            self._look_into(row.path)

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """A name that was typed becomes one through an edit of the project."""
        row, name = self._row(index), " ".join(str(value).split())
        if row is None or not name or name == row.said.get(NAME):
            return False
        self.renamed.emit(row.path, name)
        return True

    # inner workings

    def _row(self, index: Index) -> Row | None:
        return self._by_number.get(index.internalId()) if index.isValid() else self._top

    def _index(self, row: Row) -> QModelIndex:
        return self.createIndex(row.place, 0, id(row))

    def _is_block(self, row: Row) -> bool:
        graph = self._graphs.get(row.path[:-1]) if row.path else None
        node = graph.nodes.get(row.path[-1]) if graph is not None else None
        return node is not None and block_key(node.type) in self.project.blocks

    def _look_into(self, path: Path) -> None:
        row = self._by_path.get(path)
        graph = graph_at(self.project, path)
        if row is not None and row.below is None and graph is not None and self._is_block(row):
            row.below, self._graphs[path] = [], Graph()
            self._bring(row, graph)

    def _bring(self, above: Row, graph: Graph, everything: bool = False) -> None:
        """Bring the rows of one graph to what it is now."""
        before, self._graphs[above.path] = self._graphs[above.path], graph
        if before.nodes.keys() != graph.nodes.keys() or before.links is not graph.links:
            self._reorder(above, running_order(graph))
        fresh: list[Row] = []
        for row in above.below or ():
            past, node = before.nodes.get(row.path[-1]), graph.nodes[row.path[-1]]
            # one that was not there before has said it already
            if past is not None and (everything or past is not node):
                if past.type != node.type:
                    self._close(row)
                fresh.append(row)
        self._write(fresh)

    def _reorder(self, above: Row, order: list[str]) -> None:
        """Bring the rows beneath one into this order, taking away and adding what there is to."""
        rows = above.below
        assert rows is not None
        places = {key: place for place, key in enumerate(order)}
        gone = list(_stretches(row.place for row in rows if row.path[-1] not in places))
        there = {row.path[-1] for row in rows}
        come = list(_stretches(place for place, key in enumerate(order) if key not in there))
        if len(gone) + len(come) > MOST_STRETCHES:
            self.beginResetModel()
            for row in [row for row in rows if row.path[-1] not in places]:
                self._forget(row)
            known = {row.path[-1]: row for row in rows if row.path[-1] in places}
            rows[:] = [known[key] if key in known else self._new(above, key) for key in order]
            _number(rows)
            self.endResetModel()
            return
        parent = self._index(above) if above.path else QModelIndex()
        for first, last in reversed(gone):
            self.beginRemoveRows(parent, first, last)
            for row in rows[first : last + 1]:
                self._forget(row)
            del rows[first : last + 1]
            _number(rows)
            self.endRemoveRows()
        self._sort(above, rows, places)
        for first, last in come:
            fresh = [self._new(above, key) for key in order[first : last + 1]]
            self.beginInsertRows(parent, first, last)
            rows[first:first] = fresh
            _number(rows)
            self.endInsertRows()

    def _sort(self, above: Row, rows: list[Row], places: Mapping[str, int]) -> None:
        kept = [places[row.path[-1]] for row in rows]
        if kept == sorted(kept):
            return
        self.layoutAboutToBeChanged.emit()
        indexes = [index for index in self.persistentIndexList() if self._is_below(index, above)]
        rows.sort(key=lambda row: places[row.path[-1]])
        _number(rows)
        self.changePersistentIndexList(indexes, [self._index(self._by_number[at.internalId()]) for at in indexes])
        self.layoutChanged.emit()

    def _new(self, above: Row, key: str) -> Row:
        row = Row((*above.path, key), above)
        row.said = self._said(row)
        self._by_path[row.path] = self._by_number[id(row)] = row
        return row

    def _is_below(self, index: QModelIndex, above: Row) -> bool:
        row = self._by_number.get(index.internalId())
        return row is not None and row.above is above

    def _close(self, row: Row) -> None:
        """Let the rows within a block go."""
        if row.below is None:
            return
        if row.below:
            self.beginRemoveRows(self._index(row), 0, len(row.below) - 1)
            for below in row.below:
                self._forget(below)
            row.below = None
            self.endRemoveRows()
        row.below = None
        self._graphs.pop(row.path, None)

    def _forget(self, row: Row) -> None:
        for below in row.below or ():
            self._forget(below)
        row.below = None
        self._graphs.pop(row.path, None)
        del self._by_path[row.path], self._by_number[id(row)]

    def _about(self, path: Path) -> tuple[Report | None, tuple[Problem, ...]]:
        reports = self.analysis.inner.get(path[:-1], {}) if len(path) > 1 else self.analysis.reports
        return reports.get(path[-1]), self._problems.get(path, ())

    def _write(self, rows: Iterable[Row]) -> None:
        """Let these rows say what they are to, told once for all that stand in a row."""
        changed: dict[Path, list[Row]] = {}
        for row in rows:
            said = self._said(row)
            if said != row.said:
                row.said = said
                changed.setdefault(row.path[:-1], []).append(row)
        for path, written in changed.items():
            below = self._by_path[path].below or []
            for first, last in _stretches(sorted(row.place for row in written)):
                self.dataChanged.emit(self._index(below[first]), self._index(below[last]))

    def _said(self, row: Row) -> dict[int, object]:
        node = self._graphs[row.path[:-1]].nodes[row.path[-1]]
        report, problems = row.about = self._about(row.path)
        layer = self.catalog.layer(node.type)
        title = layer.title if layer else f"{node.type[:40]} (unknown)"
        fields = self.catalog.key_fields_text(node)
        times = f"{repeats_of(node)}×" if repeats_of(node) > 1 else ""
        each = "at each step" if at_each_step(node) else ""
        states = (each, "frozen" if frozen(self.catalog, node) else "", "bypassed" if node.bypassed else "")
        below = " · ".join(part for part in (title, fields, times, *states) if part)
        shapes, shape = shape_wordings(report), spoken_shape(report)
        severities = {problem.severity for problem in problems}
        sentences = [problem.sentence for problem in problems]
        spoken = ", ".join(filter(None, [node.name[:200], below, f"output {shape}" if shape else "", *sentences]))
        return {
            NAME: node.name,
            PATH: row.path,
            BELOW: below,
            SHAPE: shapes[-1] if shapes else "",
            SIGN: "error" if "error" in severities else "warning" if severities else "",
            CATEGORY: layer.category if layer else "",
            WORDS: "\n".join(sentences) or spoken,
            SPOKEN: spoken,
        }


def _number(rows: list[Row]) -> None:
    for place, row in enumerate(rows):
        row.place = place


def _stretches(places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of each stretch of places, which rise, without a gap."""
    first = last = -2
    for place in places:
        if place != last + 1:
            if first >= 0:
                yield first, last
            first = place
        last = place
    if first >= 0:
        yield first, last


def _problems_by_path(problems: Collection[Problem]) -> Mapping[Path, tuple[Problem, ...]]:
    """The problems of each node; those within a block are also the block's."""
    found: dict[Path, list[Problem]] = {}
    for problem in problems:
        place = problem.place
        if isinstance(place, (NodePlace, LinkPlace)):
            node = place.node if isinstance(place, NodePlace) else place.link.target
            for depth in range(len(place.path)):
                found.setdefault(place.path[: depth + 1], []).append(problem)
            found.setdefault((*place.path, node), []).append(problem)
    return {path: tuple(of) for path, of in found.items()}
