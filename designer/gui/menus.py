"""Menus: what the window's menu bar holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from designer.gui import ahead
from designer.gui.actions import Actions, Keys, plain
from designer.gui.canvas.commands.catalog import COMMANDS, in_menu
from designer.gui.dialogs import tell
from designer.gui.exports import KINDS, TIPS
from designer.gui.pages import KEYS
from designer.gui.steering_runs import NAMES as STEERING
from designer.gui.wording import plain_tooltip

if TYPE_CHECKING:
    from designer.gui.window import MainWindow

EDITING = (
    "page_network", "page_data", "save", "save_as", "close", "find", "template", "data_table", "data_folder",
    "data_again", "reset",
    *(f"export_{kind}" for kind in KINDS), *(command.name for command in COMMANDS),
)  # fmt: skip
AHEAD = ("forecast", "overfit", "find_rate", "sweep")
KEPT = ("runs", "fork", "results", "predict")
THEMES = {"system": "&As the desktop", "light": "&Light", "dark": "&Dark"}


def make_actions(window: MainWindow) -> Actions:
    """All actions of the window, with the menu bar that offers them."""
    actions = Actions(window)
    _file_actions(actions, window)
    _edit_actions(actions, window)
    _view_actions(actions, window)
    _run_actions(actions, window)
    bar = window.menuBar()
    file = actions.menu(bar, "&File", ["new", "new_table", "new_folder", "", "open"])
    recent = file.addMenu("Open &recent")
    recent.aboutToShow.connect(lambda: _fill_recent(recent, window))
    file.addAction(actions["recover"])
    file.addSeparator()
    for name in ("save", "save_as"):
        file.addAction(actions[name])
    actions.menu(file, "&Export", [f"export_{kind}" for kind in KINDS]).setToolTipsVisible(True)
    file.addSeparator()
    for name in ("close", "quit"):
        file.addAction(actions[name])
    edit = actions.menu(bar, "&Edit", ["undo", "redo"])
    _add_commands(edit, "edit", actions, window)
    edit.addAction(actions["find"])
    view = bar.addMenu("&View")
    for name in ("page_network", "page_data"):
        view.addAction(actions[name])
    view.addSeparator()
    _add_commands(view, "view", actions, window)
    view.addSeparator()
    window.panels_menu = view.addMenu("&Panels")
    _theme_menu(view, window)
    view.addAction(actions["reset"])
    layer = bar.addMenu("&Layer")
    window.add_menu = layer.addMenu("&Add")
    window.add_menu.aboutToShow.connect(lambda: _fill_layers(window.add_menu, window))
    layer.addAction(actions["template"])
    _add_commands(layer, "layer", actions, window)
    _add_commands(bar.addMenu("&Arrange"), "arrange", actions, window)
    _add_commands(bar.addMenu("&Block"), "block", actions, window)
    actions.menu(bar, "&Data", ["data_table", "data_folder", "", "data_again"])
    actions.menu(
        bar, "&Run", ["start", "pause", "stop", "", *STEERING, "", "resume", "", *AHEAD, "", *KEPT, "", "inside"]
    )
    actions.menu(bar, "&Help", ["shortcuts", "welcome", "", "about"])
    actions.editing = EDITING
    actions.enable_editing(False)
    return actions


def _file_actions(actions: Actions, window: MainWindow) -> None:
    documents = window.documents
    actions.add("new", "&New empty project", documents.new_empty, Keys.New)
    actions.add("new_table", "New from a &table…", documents.choose_table, "Ctrl+Shift+N")
    actions.add("new_folder", "New from a &folder…", documents.choose_folder, "Ctrl+Shift+O").setToolTip(
        "A folder of pictures, of pictures and their masks, of texts, or of sequences."
    )
    actions.add("open", "&Open…", documents.choose_project, Keys.Open)
    recover = actions.add("recover", "Reco&ver unsaved work…", lambda: window.recovery.show_all())
    recover.setToolTip("List what was not saved when Layerloom ended without order, also what you did not want then.")
    actions.add("save", "&Save", documents.save, Keys.Save)
    actions.add("save_as", "Save &as…", documents.save_as, "Ctrl+Shift+S")
    for kind, (title, _, _) in KINDS.items():
        keys = "Ctrl+E" if kind == "script" else None
        actions.add(f"export_{kind}", f"{title}…", lambda kind=kind: window.exports.choose(kind), keys).setToolTip(
            plain_tooltip(TIPS[kind])
        )
    actions.add("close", "&Close project", window.close_project, "Ctrl+W")
    actions.add("quit", "&Quit", window.close, Keys.Quit)


def _edit_actions(actions: Actions, window: MainWindow) -> None:
    actions.add("undo", "&Undo", window.undo, Keys.Undo)
    actions.add("redo", "&Redo", window.redo, "Ctrl+Shift+Z; Ctrl+Y")
    for command in COMMANDS:
        action = actions.add(
            command.name,
            command.words,
            lambda command=command: window.do_on_canvas(command),
            command.keys or None,
            canvas=not command.anywhere,
        )
        action.setToolTip(command.tip)
        action.setCheckable(command.checked is not None)
    template = actions.add(
        "template", "Start network from &template…", window.documents.start_from_template, "Ctrl+Shift+T"
    )
    template.setToolTip("Replace the network by one of a kind that suits the data; one step that can be undone.")
    actions.add("find", "Find a layer to &add", window.find_layer, "Ctrl+Shift+P")


def _view_actions(actions: Actions, window: MainWindow) -> None:
    for page, word in (("network", "Net&work"), ("data", "D&ata")):
        actions.add(f"page_{page}", word, lambda page=page: window.pages.show(page), KEYS[page])
    actions.add("reset", "&Reset the layout", window.reset_layout)
    actions.add("shortcuts", "&Keyboard shortcuts", lambda: show_shortcuts(window), "F1")
    actions.add("welcome", "&Welcome page", window.close_project)
    actions.add("about", "&About Layerloom", lambda: show_about(window))


def _run_actions(actions: Actions, window: MainWindow) -> None:
    actions.add("data_table", "Open a &table…", lambda: window.documents.choose_data(folder=False))
    actions.add("data_folder", "Open a &folder…", lambda: window.documents.choose_data(folder=True))
    actions.add("data_again", "&Read again", window.read_data_again)
    # keys that are held down mean it once
    actions.add("start", "&Start training", window.runs.start, "F5").setAutoRepeat(False)
    actions.add("pause", "&Pause", window.runs.toggle_pause, "F6").setAutoRepeat(False)
    actions.add("stop", "S&top", window.runs.model.stop, "Shift+F5")
    actions.add("resume", "&Go on with the interrupted run", window.runs.resume, "Ctrl+F5")
    look = actions.add("forecast", "&Forecast time and memory", lambda: ahead.forecast(window), "Ctrl+F7")
    look.setToolTip("Train a copy for a second or two, and say what all epochs will take.")
    overfit = actions.add("overfit", "&Overfit one batch…", lambda: ahead.overfit(window), "Ctrl+F8")
    overfit.setToolTip("Let a copy of the network learn one batch by heart: one that cannot has something wrong.")
    find_rate = actions.add("find_rate", "Find a &learning rate…", lambda: ahead.find_rate(window), "Ctrl+F9")
    find_rate.setToolTip("Train a copy for a moment at growing rates, and choose one by its curve.")
    sweep = actions.add("sweep", "S&weep over settings…", lambda: ahead.sweep(window), "Ctrl+F10")
    sweep.setToolTip("Train with each of several values of one or two settings, and compare the curves.")
    window.runs.steering.add_actions(actions)
    listed = window.runs.listed
    actions.add("runs", "Show the r&uns", listed.show, "Ctrl+F11").setToolTip(
        "The list of all runs of this project: show their curves together, fork, rename, delete, queue."
    )
    actions.add("fork", "For&k a run…", listed.fork_chosen, "Ctrl+F12").setToolTip(
        "Go on from an epoch of the chosen run, or of the last one, with other settings."
    )
    actions.add("results", "Show &results", lambda: window.show_panel("results"))
    actions.add("predict", "Predict for &new data…", listed.predict_chosen, "Ctrl+Shift+F12").setToolTip(
        "With the run that is chosen in the list, or the last one: choose a file or a folder, and save the answers."
    )
    words = "Train &inside the window’s own process"
    inside = actions.add("inside", words, lambda: window.runs.set_inside(inside.isChecked()))
    inside.setCheckable(True)
    inside.setChecked(window.preferences.train_inside)
    inside.setToolTip("Slower to answer, and a crash of the training ends the window too.")
    actions.enable(("start", "pause", "stop", "resume", *AHEAD, *KEPT, "undo", "redo"), False)


def show_shortcuts(window: MainWindow) -> None:
    """List all keys and gestures."""
    from designer.gui.help import ShortcutsDialog, shortcut_groups

    dialog = ShortcutsDialog(shortcut_groups(window.menuBar()), window)
    dialog.exec()
    dialog.deleteLater()


def show_about(window: MainWindow) -> None:
    """Say what this is."""
    from designer.gui.help import about_words

    tell(window, "Layerloom", about_words())


def _fill_recent(menu: QMenu, window: MainWindow) -> None:
    from designer.workspace.recent import recent_projects

    menu.clear()
    paths = recent_projects()[:12]
    for path in paths:
        action = menu.addAction(plain(path.stem, 40) + "\t" + plain(str(path.parent), 50))
        action.triggered.connect(lambda _=False, path=path: window.documents.open(Path(path)))
    if not paths:
        menu.addAction("No projects yet").setEnabled(False)


def _add_commands(menu: QMenu, name: str, actions: Actions, window: MainWindow) -> None:
    """Put the canvas's commands of this menu into it; while it is open those that would do nothing are greyed."""
    for group in in_menu(name):
        if menu.actions():
            menu.addSeparator()
        for command in group:
            menu.addAction(actions[command.name])
    menu.setToolTipsVisible(True)

    def opened() -> None:
        bench = window.workbench
        for group in in_menu(name):
            for command in group:
                able = window.editing and bench is not None and command.able(bench.canvas)
                actions[command.name].setEnabled(able)
                if command.checked is not None:
                    actions[command.name].setChecked(able and bench is not None and command.checked(bench.canvas))

    def closed() -> None:
        # the keys must reach commands at any time: they say themselves why they cannot do anything
        actions.enable((command.name for group in in_menu(name) for command in group), window.editing)

    menu.aboutToShow.connect(opened)
    menu.aboutToHide.connect(closed)


def _fill_layers(menu: QMenu, window: MainWindow) -> None:
    """What can be added to the graph that is looked at is read when somebody looks."""
    from designer.gui.canvas.offers import HEADINGS, heading_of, listed

    menu.clear()
    offers = listed(window.workbench.scope).values() if window.editing and window.workbench is not None else ()
    for heading in HEADINGS:
        layers = [layer for layer in offers if heading_of(layer) == heading]
        inner = menu.addMenu(heading) if layers else None
        for layer in layers:
            action = inner.addAction(plain(layer.title))
            action.triggered.connect(lambda _=False, key=layer.key: window.add_layer(key))
    if not menu.actions():
        menu.addAction("Open a project first").setEnabled(False)


def _theme_menu(view: QMenu, window: MainWindow) -> None:
    menu = view.addMenu("&Theme")
    group = QActionGroup(menu)
    window.theme_actions = {}
    for choice, words in THEMES.items():
        action = QAction(words, menu)
        action.setCheckable(True)
        action.triggered.connect(lambda _=False, choice=choice: window.choose_theme(choice))
        group.addAction(action)
        menu.addAction(action)
        window.theme_actions[choice] = action
