"""The workbench: canvas and panels, made once a project is to be shown, and how they speak with one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QTabWidget, QWidget

from designer.compiler.problems import LinkPlace, NodePlace, SettingPlace
from designer.compiler.report import Analysis
from designer.gui import ahead
from designer.gui.about_dock import AboutDock
from designer.gui.areas import EscapeToCanvas, toggle_action
from designer.gui.canvas.view import CanvasView
from designer.gui.checking import Checker
from designer.gui.custom.making import edit_layer
from designer.gui.custom.trust_bar import TrustBar
from designer.gui.data.page import DataPage
from designer.gui.dock_title import Dock, DockTitle, NoTitle
from designer.gui.palette import PaletteView
from designer.gui.panels.about import AboutPanel
from designer.gui.panels.code import CodePanel
from designer.gui.panels.gallery import GalleryPanel
from designer.gui.panels.history import HistoryPanel
from designer.gui.panels.inspector import Inspector
from designer.gui.panels.outline import OutlinePanel
from designer.gui.panels.problems import ProblemsPanel
from designer.gui.panels.results import ResultsPanel
from designer.gui.panels.training import TrainingPanel
from designer.gui.theme import Theme
from designer.project.blocks import path_to_block
from designer.project.custom_layers import custom_key
from designer.project.facts import Facts
from designer.project.model import ImageData
from designer.workspace.scope import Scope

if TYPE_CHECKING:
    from designer.gui.window import MainWindow

TITLES = {
    "palette": "Layers",
    "outline": "Outline",
    "history": "History",
    "inspector": "Inspector",
    "about": "About this project",
    "training": "Training",
    "results": "Results",
    "gallery": "Gallery",
    "code": "Code",
    "problems": "Problems",
}
LEFT = ("palette", "outline", "history")
# hidden at first, each shown and left again by its key
KEYS = {"outline": "F8", "history": "F9", "about": "F7"}
BOTTOM = ("training", "results", "gallery", "code", "problems")
SIDE_WIDTHS = {"palette": 208, "inspector": 304}
BOTTOM_HEIGHT = 344
BOTTOM_SHARE = 0.36


class Workbench(QObject):
    """Canvas and panels of one window, each in its dock, all following the session."""

    def __init__(self, window: MainWindow, theme: Theme) -> None:
        super().__init__(window)
        self.window = window
        session, tasks = window.session, window.tasks
        self.scope = Scope(session)
        self.canvas = CanvasView(self.scope, theme)
        self.palette = PaletteView(theme)
        self.palette.follow(self.scope)
        self.outline = OutlinePanel(self.scope, self.canvas, theme)
        self.history = HistoryPanel(self.scope, theme)
        self.inspector = Inspector(self.scope, theme)
        self.data = DataPage(session, theme)
        self.training = TrainingPanel(session, window.run, theme)
        self.results = ResultsPanel(session, tasks, theme, lambda: window.show_panel("training"), self._export_weights)
        self.gallery = GalleryPanel(tasks, window.run, theme, lambda: window.show_panel("training"))
        self.code = CodePanel(session, tasks, theme, lambda: window.exports.choose("script"))
        self.problems = ProblemsPanel(session, theme)
        self.about = AboutPanel(theme)
        self.checker = Checker(session, tasks, self)
        self.escape = EscapeToCanvas(self.canvas)
        self.docks: dict[str, Dock] = {}
        self._make_docks()
        self._connect()

    def panels(self) -> dict[str, QWidget]:
        """Every panel by the name of its dock."""
        return {
            "palette": self.palette, "outline": self.outline, "history": self.history, "inspector": self.inspector,
            "training": self.training, "results": self.results, "code": self.code, "problems": self.problems,
            "about": self.about, "gallery": self.gallery,
        }  # fmt: skip

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.canvas.set_theme(theme)
        self.data.set_theme(theme)
        for panel in self.panels().values():
            panel.set_theme(theme)  # type: ignore[attr-defined]
        for dock in self.docks.values():
            dock.set_theme(theme)

    def place_docks(self) -> None:
        """Put every dock where it is at first."""
        self._attach_docks(shown=True)
        self.size_docks()
        for name in (BOTTOM[0], LEFT[0], "inspector"):
            self.docks[name].raise_()
        for name in KEYS:
            self.docks[name].hide()

    def size_docks(self) -> None:
        """Give every dock the size that it has at first."""
        sides = [self.docks[name] for name in SIDE_WIDTHS]
        self.window.resizeDocks(sides, list(SIDE_WIDTHS.values()), Qt.Orientation.Horizontal)
        # on a small screen the canvas comes first
        height = min(BOTTOM_HEIGHT, round(self.window.height() * BOTTOM_SHARE))
        self.window.resizeDocks([self.docks[BOTTOM[0]]], [height], Qt.Orientation.Vertical)

    def focus_palette(self) -> None:
        """Let the keyboard search for a layer."""
        self.docks["palette"].show()
        self.palette.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.palette.search.selectAll()

    def hide_docks(self) -> None:
        """Show the welcome page alone."""
        for dock in self.docks.values():
            dock.hide()

    def close(self) -> None:
        """Follow the session no longer."""
        self.checker.close()
        self.scope.close()

    def _make_docks(self) -> None:
        for name, panel in self.panels().items():
            dock = Dock(TITLES[name], self.window, self.window.theme)
            dock.setObjectName(f"dock_{name}")
            panel.setProperty("role", "panel")
            panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            dock.setWidget(panel)
            # at the bottom the tab says it already
            dock.setTitleBarWidget(NoTitle() if name in BOTTOM else DockTitle(dock, self.window.theme))
            self.docks[name] = dock
            action = toggle_action(dock, self.canvas, KEYS.get(name, ""))
            self.window.panels_menu.addAction(action)
            # its keys work also before the menu was opened
            self.window.addAction(action)
            if name == "about":
                self.explanation = AboutDock(self.window.session, self.about, dock, action)
            self.escape.watch(panel)
            # its title bar too
            self.escape.watch(dock)
        self.data.setProperty("role", "panel")
        self.data.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.palette.setMinimumWidth(172)
        self.inspector.setMinimumWidth(264)
        # with the first network they are shown, which takes longer than all this
        self._attach_docks(shown=False)
        self.size_docks()

    def _attach_docks(self, shown: bool) -> None:
        window = self.window
        window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        window.setTabPosition(Qt.DockWidgetArea.BottomDockWidgetArea, QTabWidget.TabPosition.North)
        areas = dict.fromkeys(LEFT, Qt.DockWidgetArea.LeftDockWidgetArea)
        areas |= dict.fromkeys(("inspector", "about"), Qt.DockWidgetArea.RightDockWidgetArea)
        for name, dock in self.docks.items():
            dock.setFloating(False)
            window.addDockWidget(areas.get(name, Qt.DockWidgetArea.BottomDockWidgetArea), dock)
            if shown:
                dock.show()
        for name in LEFT[1:]:
            window.tabifyDockWidget(self.docks[LEFT[0]], self.docks[name])
        window.tabifyDockWidget(self.docks["inspector"], self.docks["about"])
        for name in BOTTOM[1:]:
            window.tabifyDockWidget(self.docks[BOTTOM[0]], self.docks[name])

    def _connect(self) -> None:
        window = self.window
        self.scope.on_move(self._moved_into_graph)
        self.canvas.selection_changed.connect(
            lambda _: self.inspector.select_things(self.canvas.canvas.selected_things())
        )
        self.canvas.selection_changed.connect(self.inspector.select)
        self.canvas.selection_changed.connect(self.code.select)
        self.canvas.selection_changed.connect(self._show_settings)
        self.canvas.node_activated.connect(self._edit_node)
        self.canvas.hinted.connect(window.status.hint)
        self.palette.layer_chosen.connect(self._add_layer)
        self.inspector.node_chosen.connect(self.canvas.show_node)
        self.code.node_chosen.connect(self.canvas.show_node)
        self.code.place_chosen.connect(self._show_in_block)
        self.problems.place_chosen.connect(self.show_place)
        self.problems.code_wanted.connect(lambda: window.findChild(TrustBar).show_code())
        self.data.file_requested.connect(lambda: window.documents.choose_data(folder=False))
        self.data.folder_requested.connect(lambda: window.documents.choose_data(folder=True))
        self.data.open_requested.connect(lambda: window.documents.choose_data(self._has_images()))
        self.data.again_requested.connect(self.checker.read_again)
        self.data.sheet_requested.connect(window.documents.open_sheet)
        window.documents.expected.connect(self.data.prepare)
        window.documents.noted.connect(lambda notes: self.data.findings.doubt(notes, window.session.project))
        window.documents.data_taken.connect(self.data.editing.following.did)
        self.data.told.connect(window.status.say)
        self.data.reading.connect(window.status.show_reading)
        window.documents.saved.connect(self.explanation.read)
        self.training.controls.start_wanted.connect(window.runs.start)
        self.training.rate_wanted.connect(lambda: ahead.find_rate(window))
        self.training.controls.resume_wanted.connect(window.runs.resume)
        self.training.controls.problems_wanted.connect(self._show_obstacle)
        window.runs.listed.serve(self.training.run_list)
        window.runs.steering.serve(self.training.controls.orders)
        window.runs.steering.tell(self.training.controls)
        self.results.run_shown.connect(self.gallery.show_run)
        self.results.predict_wanted.connect(window.runs.listed.predict)
        self.training.controls.results_wanted.connect(lambda: window.show_panel("results"))
        self.checker.checked.connect(self._checked)
        self.checker.facts_read.connect(self._facts_read)
        self.outline.node_wanted.connect(self._show_path)
        for panel in (self.inspector, self.training, self.problems, self.canvas, self.outline, self.data):
            panel.refused.connect(window.status.say)

    def _checked(self, analysis: Analysis) -> None:
        self.canvas.set_analysis(analysis.within(self.scope.path))
        self.canvas.lookout.set_analysis(analysis)
        self.inspector.set_analysis(analysis.within(self.scope.path))
        for panel in (self.training, self.code, self.problems, self.outline, self.data):
            panel.set_analysis(analysis)
        count = len(analysis.problems)
        self.docks["problems"].setWindowTitle(f"Problems ({count})" if count else "Problems")
        self.window.show_analysis(analysis)

    def _show_in_block(self, key: str, node: str) -> None:
        path = path_to_block(self.scope.whole, key)
        if path is not None:
            self.scope.look_at(path)
            self.canvas.show_node(node)

    def _moved_into_graph(self) -> None:
        self.code.look_into(self.scope.block_key)
        if self.checker.current:
            self._checked(self.checker.analysis)

    def _facts_read(self, facts: Facts | None) -> None:
        self.inspector.set_facts(facts)
        self.data.set_facts(facts, self.checker.trouble)
        self.training.set_facts(facts)
        self.code.facts = facts

    def _add_layer(self, key: str) -> None:
        self.canvas.add_at_centre(key)

    def _show_settings(self, selected: tuple[str, ...]) -> None:
        if selected:
            self.explanation.give_way(self.docks["inspector"])

    def _edit_node(self, node: str) -> None:
        found = self.scope.project.graph.nodes.get(node)
        key = custom_key(found.type) if found is not None else ""
        if key in self.scope.whole.layers:
            edit_layer(self.canvas, key)
            return
        self.docks["inspector"].show()
        self.docks["inspector"].raise_()
        self.inspector.focus_first_field()

    def _show_path(self, path: tuple[str, ...]) -> None:
        self.scope.look_at(path[:-1])
        self.canvas.show_node(path[-1])
        self.canvas.setFocus()

    def _show_obstacle(self) -> None:
        self.window.show_panel("data" if self.window.session.project.data is None else "problems")

    def _has_images(self) -> bool:
        return isinstance(self.window.session.project.data, ImageData)

    def _export_weights(self) -> None:
        self.window.exports.choose("weights", self.results.run)

    def show_place(self, place: object) -> None:
        """Show what a problem is about."""
        if isinstance(place, NodePlace):
            self.scope.look_at(place.path)
            self.canvas.show_node(place.node)
        elif isinstance(place, LinkPlace):
            self.scope.look_at(place.path)
            self.canvas.show_node(place.link.target)
        elif isinstance(place, SettingPlace):
            head, _, setting = place.path.partition(".")
            if head in ("training", "data"):
                self.window.show_panel(head)
            if head == "training":
                self.training.reveal(setting)
