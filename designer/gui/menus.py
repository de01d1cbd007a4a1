"""Menus: what the window's menu bar holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from designer.gui.actions import Actions, Keys, plain
from designer.gui.dialogs import tell
from designer.gui.exports import KINDS

if TYPE_CHECKING:
    from designer.gui.window import MainWindow

EDITING = (
    "save", "save_as", "close", "cut", "copy", "paste", "duplicate", "delete", "select_all", "find", "zoom_in",
    "zoom_out", "zoom_one", "fit", "tidy", "rename", "data_table", "data_folder", "data_again", "reset",
    *(f"export_{kind}" for kind in KINDS),
)  # fmt: skip
THEMES = {"system": "As the desktop", "light": "Light", "dark": "Dark"}


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
    file.addSeparator()
    for name in ("save", "save_as"):
        file.addAction(actions[name])
    actions.menu(file, "&Export", [f"export_{kind}" for kind in KINDS])
    file.addSeparator()
    for name in ("close", "quit"):
        file.addAction(actions[name])
    edit = ["undo", "redo", "", "cut", "copy", "paste", "duplicate", "delete", "", "select_all", "find"]
    actions.menu(bar, "&Edit", edit)
    view = actions.menu(bar, "&View", ["zoom_in", "zoom_out", "zoom_one", "fit", ""])
    window.panels_menu = view.addMenu("&Panels")
    _theme_menu(view, window)
    view.addAction(actions["reset"])
    layer = bar.addMenu("&Layer")
    layer.aboutToShow.connect(lambda: _fill_layers(layer, actions, window))
    actions.menu(bar, "&Data", ["data_table", "data_folder", "", "data_again"])
    actions.menu(bar, "&Run", ["start", "pause", "stop", "", "resume", "", "inside", "", "results"])
    actions.menu(bar, "&Help", ["shortcuts", "welcome", "", "about"])
    actions.editing = EDITING
    actions.enable_editing(False)
    return actions


def _file_actions(actions: Actions, window: MainWindow) -> None:
    documents = window.documents
    actions.add("new", "&New empty project", documents.new_empty, Keys.New)
    actions.add("new_table", "New from a &table…", documents.choose_table, "Ctrl+Shift+N")
    actions.add("new_folder", "New from a folder of &images…", documents.choose_folder)
    actions.add("open", "&Open…", documents.choose_project, Keys.Open)
    actions.add("save", "&Save", documents.save, Keys.Save)
    actions.add("save_as", "Save &as…", documents.save_as, "Ctrl+Shift+S")
    for kind, (title, _, _) in KINDS.items():
        keys = "Ctrl+E" if kind == "script" else None
        actions.add(f"export_{kind}", f"{title}…", lambda kind=kind: window.exports.choose(kind), keys)
    actions.add("close", "&Close project", window.close_project, "Ctrl+W")
    actions.add("quit", "&Quit", window.close, Keys.Quit)


def _edit_actions(actions: Actions, window: MainWindow) -> None:
    actions.add("undo", "&Undo", window.session.undo, Keys.Undo)
    actions.add("redo", "&Redo", window.session.redo, "Ctrl+Shift+Z; Ctrl+Y")
    for name, words, method, keys in (
        ("cut", "Cu&t", "cut", Keys.Cut),
        ("copy", "&Copy", "copy", Keys.Copy),
        ("paste", "&Paste", "paste", Keys.Paste),
        ("duplicate", "&Duplicate", "duplicate", "Ctrl+D"),
        ("delete", "De&lete", "delete_selection", "Del"),
        ("select_all", "Select &all", "select_all", Keys.SelectAll),
    ):
        actions.add(name, words, lambda method=method: window.on_canvas(method), keys, canvas=True)
    actions.add("find", "&Find a layer to add", window.find_layer, Keys.Find)


def _view_actions(actions: Actions, window: MainWindow) -> None:
    for name, words, method, keys in (
        ("zoom_in", "Zoom &in", "zoom_in", "Ctrl++; Ctrl+="),
        ("zoom_out", "Zoom &out", "zoom_out", "Ctrl+-"),
        ("zoom_one", "Zoom to 100 &%", "zoom_to_actual_size", "Ctrl+0"),
        ("fit", "Zoom to &fit", "zoom_to_fit", "Ctrl+9"),
        ("tidy", "&Tidy up", "tidy_up", "Ctrl+L"),
    ):
        actions.add(name, words, lambda method=method: window.on_canvas(method), keys)
    actions.add("rename", "&Rename the layer", window.rename_layer, "F2")
    actions.add("reset", "&Reset the layout", window.reset_layout)
    actions.add("shortcuts", "&Keyboard shortcuts", lambda: show_shortcuts(window, actions.shortcuts()), "F1")
    actions.add("welcome", "&Welcome page", window.close_project)
    actions.add("about", "&About Layerloom", lambda: show_about(window))


def _run_actions(actions: Actions, window: MainWindow) -> None:
    actions.add("data_table", "Open a &table…", lambda: window.documents.choose_data(folder=False))
    actions.add("data_folder", "Open a folder of &images…", lambda: window.documents.choose_data(folder=True))
    actions.add("data_again", "&Read again", window.read_data_again)
    actions.add("start", "&Start training", window.runs.start, "F5")
    actions.add("pause", "&Pause", window.runs.toggle_pause, "F6")
    actions.add("stop", "S&top", window.runs.model.stop, "Shift+F5")
    actions.add("resume", "&Go on with the interrupted run", window.runs.resume, "Ctrl+F5")
    actions.add("results", "Show &results", lambda: window.show_panel("results"))
    words = "Train &inside the window’s own process"
    inside = actions.add("inside", words, lambda: window.runs.set_inside(inside.isChecked()))
    inside.setCheckable(True)
    inside.setChecked(window.preferences.train_inside)
    inside.setToolTip("Slower to answer, and a crash of the training ends the window too.")
    actions.enable(("start", "pause", "stop", "resume", "results", "undo", "redo"), False)


def show_shortcuts(window: MainWindow, shortcuts: list[tuple[str, str]]) -> None:
    """List all keys."""
    from designer.gui.help import ShortcutsDialog

    dialog = ShortcutsDialog(shortcuts, window)
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


def _fill_layers(menu: QMenu, actions: Actions, window: MainWindow) -> None:
    """The catalog is read when somebody looks."""
    if menu.actions():
        return
    from designer.layers.catalog import CATEGORIES, LAYERS

    for category in CATEGORIES:
        inner = menu.addMenu(f"Add: {category}")
        for layer in LAYERS.values():
            if layer.category == category:
                action = inner.addAction(layer.title)
                action.triggered.connect(lambda _=False, key=layer.key: window.add_layer(key))
        inner.menuAction().setData("category")
    menu.addSeparator()
    for name in ("rename", "tidy"):
        menu.addAction(actions[name])

    def enable() -> None:
        for action in menu.actions():
            if action.data() == "category":
                action.setEnabled(window.editing)

    menu.aboutToShow.connect(enable)
    enable()


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
