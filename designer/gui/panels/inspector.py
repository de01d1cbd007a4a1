"""The inspector: the form of the selected layer, or a summary of the network while nothing is selected."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from designer.compiler.report import Analysis
from designer.gui.labels import EmptyState
from designer.gui.panels.block_page import BlockPage
from designer.gui.panels.node_page import NodePage
from designer.gui.panels.several_page import SeveralPage
from designer.gui.panels.summary import SummaryPage
from designer.gui.panels.thing_page import ThingPage
from designer.gui.theme import Theme
from designer.project.facts import Facts
from designer.project.model import Project
from designer.workspace.scope import Scope, scope_of
from designer.workspace.session import Session

NODE, SUMMARY, SEVERAL, EMPTY, BLOCK, THINGS = range(6)


class Inspector(QWidget):
    """``node_chosen`` carries the id of a node picked in the summary, ``refused`` why an edit was not made."""

    node_chosen = Signal(str)
    refused = Signal(str)

    def __init__(self, session: Session | Scope, theme: Theme) -> None:
        super().__init__()
        self.session = session = scope_of(session)
        self._selected: tuple[str, ...] = ()
        self._things: tuple[str, ...] = ()
        self.setAccessibleName("Inspector")
        self.node_page = NodePage(session, theme)
        self.node_page.refused.connect(self.refused)
        self.summary = SummaryPage(session, theme)
        self.summary.node_chosen.connect(self.node_chosen)
        self.several_page = SeveralPage(session)
        self.several_page.refused.connect(self.refused)
        self.node_page.training.toggled.connect(self.several_page.training.set_open)
        self.several_page.training.toggled.connect(self.node_page.training.set_open)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(scrolling(self.node_page, "The layer"))
        self._stack.addWidget(self.summary)
        self._stack.addWidget(scrolling(self.several_page, "The selected layers"))
        self._stack.addWidget(EmptyState("Inspector", "The settings of the selected layer are shown and changed here."))
        self.block_page = BlockPage(session, theme)
        self.block_page.refused.connect(self.refused)
        self._stack.addWidget(scrolling(self.block_page, "The block"))
        self.thing_page = ThingPage(session, theme)
        self.thing_page.refused.connect(self.refused)
        self._stack.addWidget(scrolling(self.thing_page, "The frame or note"))
        self._unsubscribe = session.subscribe(self._project_changed)
        self.destroyed.connect(self._unsubscribe)
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.node_page.set_theme(theme)
        self.summary.set_theme(theme)
        self.block_page.set_theme(theme)
        self.thing_page.set_theme(theme)

    def select(self, nodes: Sequence[str]) -> None:
        """Show these nodes."""
        self._selected = tuple(nodes)
        self._show()

    def select_things(self, things: Sequence[str]) -> None:
        """Show these frames and notes, unless nodes are selected too."""
        if tuple(things) != self._things:
            self._things = tuple(things)
            self._show()

    def set_analysis(self, analysis: Analysis) -> None:
        """Show shapes, parameters and problems as an analysis has them."""
        self.node_page.set_analysis(analysis)
        self.summary.set_analysis(analysis)
        self.block_page.set_analysis(analysis)
        self._show()

    def set_facts(self, facts: Facts | None) -> None:
        """Show what the data decides."""
        self.node_page.set_facts(facts)

    def focus_first_field(self) -> None:
        """Let the keyboard go on here."""
        pages = {SEVERAL: self.several_page, THINGS: self.thing_page}
        pages.get(self._stack.currentIndex(), self.node_page).focus_first_field()

    def _project_changed(self, old: Project, new: Project) -> None:
        same = old.graph is new.graph and old.data is new.data and old.blocks is new.blocks
        if not same or old.training.mode != new.training.mode:
            self._show()

    def _show(self) -> None:
        nodes = self.session.project.graph.nodes
        shown = [key for key in self._selected if key in nodes]
        graph = self.session.project.graph
        things = [key for key in self._things if key in graph.frames or key in graph.notes]
        if len(shown) == 1:
            self.node_page.show_node(shown[0])
            self._stack.setCurrentIndex(NODE)
        elif shown:
            self.several_page.show_nodes(shown, self.node_page.analysis)
            self._stack.setCurrentIndex(SEVERAL)
        elif things:
            self.thing_page.show_things(things)
            self._stack.setCurrentIndex(THINGS)
        elif self.session.block_key:
            self.block_page.refresh()
            self._stack.setCurrentIndex(BLOCK)
        elif nodes:
            self.summary.refresh()
            self._stack.setCurrentIndex(SUMMARY)
        else:
            self._stack.setCurrentIndex(EMPTY)


def scrolling(widget: QWidget, name: str) -> QScrollArea:
    """The widget in an area that scrolls up and down only and is read aloud as ``name``."""
    area = QScrollArea(widgetResizable=True)
    area.setAccessibleName(name)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(area.horizontalScrollBarPolicy().ScrollBarAlwaysOff)
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(widget)
    layout.addStretch(1)
    area.setWidget(page)
    return area
