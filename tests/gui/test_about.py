"""What is said of a project stands beside its canvas, does nothing by itself, and stays away once it is closed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices

from designer.gui.panels import about as module
from designer.gui.panels.about import AboutPanel
from designer.gui.theme import DARK, LIGHT
from designer.workspace.places import HOME_VARIABLE
from designer.workspace.preferences import load_preferences
from tests.helpers.canvas import at_node, click
from tests.helpers.small import small_project
from tests.helpers.window import keys, open_window, rest, until

TEXT = "# A line\n\nWhat is **learned** here.\n\n## What to try\n\n- more epochs\n- [read on](https://example.org/a)\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """A project that is explained."""
    path = small_project(tmp_path / "told", "line")
    (path.parent / "ABOUT.md").write_text(TEXT)
    return path


def shown(qtbot, text: str, theme=LIGHT) -> AboutPanel:
    panel = AboutPanel(theme)
    qtbot.addWidget(panel)
    panel.resize(300, 400)
    panel.show_text(text)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def test_markdown_is_shown_as_such(qtbot):
    panel = shown(qtbot, TEXT)
    plain = panel.view.toPlainText()
    assert "A line" in plain and "**" not in plain and "#" not in plain
    panel.set_theme(DARK)
    assert panel.view.toPlainText() == plain


def test_without_a_text_the_panel_says_what_it_is_for(qtbot):
    panel = shown(qtbot, "")
    assert not panel.view.isVisible()


@pytest.mark.parametrize(
    "text",
    [
        '<script>alert(1)</script><b>bold</b> <img src="https://example.org/x.png">',
        "![picture](https://example.org/x.png) ![local](secret.png) ![file](file:///etc/passwd)",
        "<style>@import url(https://example.org/x.css)</style>",
        '<object data="file:///etc/passwd"></object><iframe src="https://example.org"></iframe>',
    ],
)
def test_nothing_is_loaded_and_no_html_is_heeded(qtbot, monkeypatch, tmp_path, text):
    loaded = []
    original = module.SafeText.loadResource
    monkeypatch.setattr(
        module.SafeText, "loadResource", lambda self, kind, name: loaded.append(original(self, kind, name))
    )
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: pytest.fail("opened"))
    panel = shown(qtbot, f"before\n\n{text}\n\nafter")
    panel.grab()
    assert all(found is None for found in loaded)
    plain = panel.view.toPlainText()
    assert "before" in plain and "after" in plain
    if text.startswith("<"):
        assert text[:7] in plain


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("https://example.org/a", True),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
        ("vscode://run", False),
        ("other.md", False),
        ("https:///nowhere", False),
    ],
)
def test_a_link_leads_on_only_when_it_was_agreed_to(qtbot, monkeypatch, address, asked):
    panel, opened, questions = shown(qtbot, TEXT), [], []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    monkeypatch.setattr(module, "ask", lambda *words, **more: questions.append(words[2]) or 1)
    panel.view.anchorClicked.emit(QUrl(address))
    assert bool(questions) == asked and not opened
    monkeypatch.setattr(module, "ask", lambda *words, **more: 0)
    panel.view.anchorClicked.emit(QUrl(address))
    assert bool(opened) == asked


def test_the_panel_opens_with_a_project_that_is_explained(qtbot, told, tmp_path):
    with open_window(told) as window:
        dock = window.workbench.docks["about"]
        assert dock.isVisible() and "A line" in window.workbench.about.view.toPlainText()
        plain = small_project(tmp_path / "plain", "line")
        window.open_path(plain)
        qtbot.waitUntil(lambda: not dock.isVisible())
        assert load_preferences().show_about


def test_the_key_hides_and_brings_it_and_that_is_remembered(qtbot, told):
    with open_window(told) as window:
        dock = window.workbench.docks["about"]
        keys(window.workbench.canvas, Qt.Key.Key_F7)
        assert window.workbench.about.isAncestorOf(window.focusWidget())
        keys(window.focusWidget(), Qt.Key.Key_F7)
        assert dock.isHidden() and not load_preferences().show_about
    with open_window(told) as window:
        dock = window.workbench.docks["about"]
        assert dock.isHidden()
        keys(window.workbench.canvas, Qt.Key.Key_F7)
        assert dock.isVisible() and load_preferences().show_about


def test_escape_goes_back_to_the_canvas(qtbot, told):
    with open_window(told) as window:
        keys(window.workbench.canvas, Qt.Key.Key_F7)
        keys(window.focusWidget(), Qt.Key.Key_Escape)
        assert window.focusWidget() is window.workbench.canvas


def test_a_click_on_a_layer_shows_its_settings_and_the_explanation_is_a_tab_away(qtbot, told):
    with open_window(told) as window:
        bench = window.workbench
        until(lambda: not bench.about.visibleRegion().isEmpty(), 5, "the explanation is not in front")
        click(bench.canvas, at_node(bench.canvas, "n1"))
        until(lambda: not bench.inspector.visibleRegion().isEmpty(), 5, "the inspector is not in front")
        assert not bench.docks["about"].isHidden()
        bench.docks["about"].raise_()
        until(lambda: not bench.about.visibleRegion().isEmpty(), 5, "the explanation does not come back")
        keys(bench.canvas, Qt.Key.Key_Escape)
        rest()
        assert bench.canvas.selected() == () and not bench.about.visibleRegion().isEmpty()


def test_a_double_click_on_a_layer_brings_the_inspector_to_the_front(qtbot, told):
    with open_window(told) as window:
        window.workbench.canvas.node_activated.emit("n1")
        inspector = window.workbench.inspector
        until(lambda: not inspector.visibleRegion().isEmpty(), 5, "the inspector is not in front")
        assert window.workbench.about.visibleRegion().isEmpty()
