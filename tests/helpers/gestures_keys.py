"""Random gestures with the keyboard: every command, walking, ports, the clipboard, the history, places and themes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsItem

from designer.gui.canvas.commands.catalog import COMMANDS
from designer.gui.theme import DARK, LIGHT
from designer.project.graph_forms import block_key
from designer.workspace.analysis import analysed
from tests.helpers.hand import CTRL, NONE, SHIFT, Hand

ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
DEEPEST = 4
FOREIGN = (
    "",
    "an ordinary sentence",
    "layerloom",
    "{",
    "[1, 2",
    "nn.Conv2d(3, 64, 3)",
    '{"layerloom": 2}',
    '{"nodes": {"n1": null}, "links": 3}',
    "\u0000\ud7ff \U0001f600 <b>x</b>",
    "[" * 3000,
)


def command(hand: Hand) -> None:
    """Any command, by its keys or as the menus run it, most often where something is selected that it is for."""
    chosen = hand.chance.choice(COMMANDS)
    if hand.chance.random() < 0.5 and not chosen.able(hand.view):
        select_some(hand)
    if chosen.keys and hand.chance.random() < 0.7:
        hand.press(hand.chance.choice(chosen.keys.split("; ")))
    else:
        chosen.run(hand.view)


def command_on_use(hand: Hand) -> None:
    """A command of blocks, on a use of one."""
    graph = hand.view.session.project.graph
    use = hand.one_of([key for key, node in graph.nodes.items() if block_key(node.type)])
    if use is not None:
        hand.view.select([use])
    chosen = hand.chance.choice([command for command in COMMANDS if command.menu == "block"])
    if chosen.name == "enter_block" and len(hand.view.session.path) >= DEEPEST:
        return
    chosen.run(hand.view)


def into_block(hand: Hand) -> None:
    """Enter any use of a block, or go outside."""
    scope = hand.view.session
    uses = [key for key, node in scope.project.graph.nodes.items() if block_key(node.type)]
    use = hand.one_of(uses)
    if use is not None and len(scope.path) < DEEPEST:
        hand.view.select([use])
        hand.press("Ctrl+Return")
    else:
        scope.leave()


def walk(hand: Hand) -> None:
    """Arrows, Tab, Enter, Space and Escape, with and without keys held."""
    keys = (*ARROWS, *ARROWS, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Escape,
            Qt.Key.Key_Space, Qt.Key.Key_H)  # fmt: skip
    before = hand.view.session.history
    for _ in range(hand.chance.randrange(1, 4)):
        held = hand.chance.choice((NONE, NONE, CTRL, SHIFT, CTRL | SHIFT))
        QTest.keyClick(hand.view, hand.chance.choice(keys), held)
        # what was nudged is a step already, and in a field that opened keys mean something else
        if hand.view.session.history is not before or QApplication.focusWidget() is not hand.view:
            return


def connect_by_keys(hand: Hand) -> None:
    """Go to a port of a node, begin a link, choose its other end, and make it or not."""
    item = hand.node()
    if item is None:
        return
    view, chance = hand.view, hand.chance
    view.select([item.node.id])
    for _ in range(chance.randrange(1, 4)):
        QTest.keyClick(view, chance.choice((Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)))
    if chance.random() < 0.15:
        QTest.keyClick(view, Qt.Key.Key_Delete)
        return
    QTest.keyClick(view, Qt.Key.Key_Return)
    for _ in range(chance.randrange(4)):
        QTest.keyClick(view, chance.choice((Qt.Key.Key_Tab, *ARROWS)))
    QTest.keyClick(view, chance.choice((Qt.Key.Key_Return, Qt.Key.Key_Return, Qt.Key.Key_Escape)))


def add_by_search(hand: Hand) -> None:
    """Ask for the box that adds a layer; what to do with it is answered later."""
    if hand.chance.random() < 0.5:
        hand.view.canvas.clearSelection()
    hand.press(hand.chance.choice(("Tab", "Space", "Shift+A")))


def find(hand: Hand) -> None:
    """Search in the graph, and go from one hit to the next."""
    hand.press("Ctrl+F")
    finder = hand.view.lookout.finder
    if hand.chance.random() < 0.2:
        finder.problems.toggle()
    for _ in range(hand.chance.randrange(3)):
        finder.step(hand.chance.choice((1, -1)))


def paste(hand: Hand) -> None:
    """Copy and paste; also what was copied long ago, what is no graph at all, and what is broken."""
    clipboard, chance = QApplication.clipboard(), hand.chance
    kind = chance.random()
    if kind < 0.4:
        select_some(hand)
        hand.press(chance.choice(("Ctrl+C", "Ctrl+X")))
        hand.keep_copied()
        return
    text = hand.one_of(hand.copied)
    if kind < 0.7 and text is not None:
        clipboard.setText(text)
    elif kind < 0.85 and text is not None:
        start = chance.randrange(len(text))
        broken = text[:start] + chance.choice(("", "x", '"', "}", "0", "-1")) + text[start + chance.randrange(1, 12) :]
        clipboard.setText(broken)
    else:
        clipboard.setText(chance.choice(FOREIGN))
    hand.press("Ctrl+V")


def undo_or_redo(hand: Hand) -> None:
    """Some steps back, or on."""
    for _ in range(hand.chance.randrange(1, 5)):
        hand.press(hand.chance.choice(("Ctrl+Z", "Ctrl+Z", "Ctrl+Shift+Z")))


def go_in_history(hand: Hand) -> None:
    """To any of the last steps, seldom to any at all."""
    history = hand.view.session.history
    least = 0 if hand.chance.random() < 0.1 else max(0, history.index - 15)
    most = min(len(history.steps), history.index + 15)
    hand.view.session.go(hand.chance.randrange(least, most))


def select_some(hand: Hand) -> None:
    """Select a few nodes, links or other things."""
    canvas = hand.view.canvas
    keys = [*canvas.nodes, *canvas.things.boxes()]
    chosen = hand.chance.sample(keys, min(len(keys), hand.chance.randrange(5)))
    links = [link.link for link in canvas.links.values() if hand.chance.random() < 0.1]
    canvas.select(chosen, links, chosen)


def zoom(hand: Hand) -> None:
    """From far away to very near; or all of it."""
    if hand.chance.random() < 0.5:
        hand.press(hand.chance.choice(("F", "Home", "Ctrl+0")))
    else:
        hand.view.set_zoom(hand.chance.choice((0.05, 0.1, 0.19, 0.2, 0.3, 0.44, 0.45, 0.7, 1.0, 2.0, 4.0)))


def switch_theme(hand: Hand) -> None:
    """Light or dark."""
    hand.view.set_theme(hand.chance.choice((LIGHT, DARK)))


def analyse(hand: Hand) -> None:
    """What the compiler says comes in; it may be of a project that is no more, and never raises."""
    view = hand.view
    project = view.session.whole
    if hand.chance.random() < 0.2:
        project = hand.chance.choice(view.session.history.steps[-20:]).project
    analysis = analysed(project, None)
    view.set_analysis(analysis.within(view.session.path))
    view.lookout.set_analysis(analysis)


def mend(hand: Hand) -> None:
    """Look at the problems as they are, and let one be mended."""
    view = hand.view
    analysis = analysed(view.session.whole, None)
    view.set_analysis(analysis.within(view.session.path))
    item = hand.one_of([item for item in view.canvas.nodes.values() if item.problems])
    if item is not None:
        assert isinstance(item, QGraphicsItem)
        view.select([item.node.id])
        hand.press("Ctrl+.")
