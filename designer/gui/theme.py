"""Themes: one calm set of colours for light and one for dark surroundings, and how the app puts them on."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from designer.layers.hues import BLOCK_HUE, HUES

GRID = 4
TEXT_PIXELS = 13
SMALL_PIXELS = 11


@dataclass(frozen=True)
class Theme:
    """Colours as ``#RRGGBB``. Every text colour meets WCAG AA on ``window``, ``surface``, ``raised`` and ``canvas``.

    ``window`` lies behind panels, ``surface`` is a panel or list, ``raised`` a node or card, ``canvas`` the drawing
    ground with its ``dots``. ``line`` parts things, ``strong_line`` outlines what can be acted on, ``outline`` nodes.
    ``hues`` mark the categories of layers, all of one lightness and apart for every common kind of colour blindness;
    ``block_hue`` marks what people made of them, and is apart by its lightness.
    """

    name: str
    dark: bool
    window: str
    surface: str
    raised: str
    hovered: str
    text: str
    muted: str
    faint: str
    line: str
    strong_line: str
    outline: str
    accent: str
    on_accent: str
    soft_accent: str
    error: str
    soft_error: str
    warning: str
    success: str
    canvas: str
    dots: str
    link: str
    on_hue: str
    hues: tuple[str, ...]
    block_hue: str
    train_curve: str
    validation_curve: str
    code_keyword: str
    code_string: str
    code_number: str
    code_comment: str
    code_name: str


LIGHT = Theme(
    name="light",
    dark=False,
    window="#F5F6F8",
    surface="#FFFFFF",
    raised="#FFFFFF",
    hovered="#E9ECF1",
    text="#1C2128",
    muted="#59626E",
    faint="#9AA2AD",
    line="#DDE1E6",
    strong_line="#828B97",
    outline="#828B97",
    accent="#2F62D9",
    on_accent="#FFFFFF",
    soft_accent="#E3EBFC",
    error="#BE2A36",
    soft_error="#FBE7E9",
    warning="#8F5A00",
    success="#1B7A47",
    canvas="#F0F2F5",
    dots="#CFD5DD",
    link="#78828F",
    on_hue="#FFFFFF",
    hues=tuple(hue.light for hue in HUES.values()),
    block_hue=BLOCK_HUE.light,
    train_curve="#2F62D9",
    validation_curve="#BB6802",
    code_keyword="#7A3EB1",
    code_string="#1B7A47",
    code_number="#A34A00",
    code_comment="#646D79",
    code_name="#1F5FA8",
)

DARK = Theme(
    name="dark",
    dark=True,
    window="#1D2025",
    surface="#23272D",
    raised="#2B3037",
    hovered="#343A43",
    text="#E7EAEE",
    muted="#A3ACB8",
    faint="#6C7581",
    line="#383E47",
    strong_line="#717B88",
    outline="#66707D",
    accent="#7AA5FF",
    on_accent="#101725",
    soft_accent="#2B3A5A",
    error="#FF8A8A",
    soft_error="#4A2A2E",
    warning="#EBB454",
    success="#62CB92",
    canvas="#181B1F",
    dots="#30363E",
    link="#7D8793",
    on_hue="#181B1F",
    hues=tuple(hue.dark for hue in HUES.values()),
    block_hue=BLOCK_HUE.dark,
    train_curve="#7AA5FF",
    validation_curve="#EA9344",
    code_keyword="#C9A2F2",
    code_string="#7ED3A2",
    code_number="#F0A868",
    code_comment="#98A1AD",
    code_name="#86BBF5",
)


def system_theme(app: QGuiApplication) -> Theme:
    """The theme that the desktop asks for; light where it asks for none."""
    # by name: naming the enumeration makes all of Qt's, which takes a tenth of the time to the first window
    return DARK if app.styleHints().colorScheme().name == "Dark" else LIGHT


def apply(app: QApplication, theme: Theme) -> None:
    """Put ``theme`` on the whole app: the Fusion style with this palette and a small style sheet."""
    # a style sheet puts a style of its own, without a name, before Fusion; either costs all widgets a new layout
    if not app.styleSheet() and app.style().objectName() != "fusion":
        app.setStyle("Fusion")
    app.setPalette(palette_of(theme))
    if app.styleSheet() != (sheet := style_sheet(theme)):
        app.setStyleSheet(sheet)


def palette_of(theme: Theme) -> QPalette:
    """The palette that plain Qt widgets draw themselves with."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.surface,
        role.AlternateBase: theme.window,
        role.Text: theme.text,
        role.PlaceholderText: theme.muted,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.error,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.code_keyword,
        role.Light: theme.raised,
        role.Midlight: theme.hovered,
        role.Mid: theme.line,
        role.Dark: theme.strong_line,
        role.Shadow: theme.strong_line,
    }
    palette = QPalette()
    for which, colour in colours.items():
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.faint))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(theme.line))
    palette.setColor(QPalette.ColorGroup.Disabled, role.HighlightedText, QColor(theme.muted))
    return palette


def style_sheet(theme: Theme) -> str:
    """The few rules that Fusion's palette cannot say: flat buttons and fields, thin scroll bars, roomy rows."""
    return f"""
QToolTip {{ background: {theme.raised}; color: {theme.text}; border: 1px solid {theme.strong_line}; padding: 4px 8px; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; button-layout: 3; }}
QMainWindow::separator {{ background: {theme.line}; width: 1px; height: 1px; }}
QMainWindow::separator:hover {{ background: {theme.accent}; }}
QSplitter::handle {{ background: {theme.line}; }}
QLineEdit, QPlainTextEdit, QTextEdit {{
    background: {theme.surface}; border: 1px solid {theme.line}; border-radius: 4px; padding: 3px 8px;
    selection-background-color: {theme.accent}; selection-color: {theme.on_accent}; }}
QLineEdit:hover {{ border-color: {theme.strong_line}; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus {{ border-color: {theme.accent}; }}
QPushButton {{
    background: {theme.raised}; border: 1px solid {theme.strong_line}; border-radius: 4px; padding: 4px 12px; }}
QPushButton:hover {{ background: {theme.hovered}; }}
QPushButton:pressed {{ background: {theme.line}; }}
QPushButton:focus {{ border-color: {theme.accent}; }}
QPushButton:disabled {{ color: {theme.faint}; border-color: {theme.line}; }}
QPushButton:default, QPushButton[primary="true"] {{
    background: {theme.accent}; color: {theme.on_accent}; border-color: {theme.accent}; }}
QPushButton[primary="true"]:hover, QPushButton[primary="true"]:focus {{ border-color: {theme.text}; }}
QPushButton:default:disabled, QPushButton[primary="true"]:disabled {{
    background: {theme.hovered}; color: {theme.faint}; border-color: {theme.line}; }}
QToolButton {{ border: 1px solid transparent; border-radius: 4px; padding: 4px; }}
QToolButton:hover {{ background: {theme.hovered}; }}
QToolButton:checked {{ background: {theme.soft_accent}; }}
QToolButton:focus {{ border-color: {theme.accent}; }}
QAbstractItemView {{ border: none; outline: none; }}
QTreeView::item, QListView::item {{ padding: 2px 4px; }}
QTreeView::item:hover, QListView::item:hover {{ background: {theme.hovered}; color: {theme.text}; }}
QTreeView::item:selected, QListView::item:selected, QTableView::item:selected {{
    background: {theme.soft_accent}; color: {theme.text}; }}
QHeaderView::section {{
    background: {theme.window}; color: {theme.muted}; border: none; border-bottom: 1px solid {theme.line};
    padding: 4px 8px; }}
QScrollBar {{ background: transparent; margin: 0; }}
QScrollBar:vertical {{ width: 10px; }}
QScrollBar:horizontal {{ height: 10px; }}
QScrollBar::handle {{ background: {theme.line}; border-radius: 3px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: 24px; }}
QScrollBar::handle:horizontal {{ min-width: 24px; }}
QScrollBar::handle:hover {{ background: {theme.strong_line}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QProgressBar {{ background: {theme.line}; border: none; border-radius: 4px; text-align: center; }}
QProgressBar::chunk {{ background: {theme.accent}; border-radius: 4px; }}
QMenu {{ background: {theme.raised}; border: 1px solid {theme.line}; padding: 4px; }}
QMenu::item {{ padding: 4px 24px 4px 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {theme.soft_accent}; color: {theme.text}; }}
QMenu::item:disabled {{ color: {theme.faint}; }}
QMenu::separator {{ height: 1px; background: {theme.line}; margin: 4px 8px; }}
QMenuBar {{ background: {theme.window}; }}
QMenuBar::item {{ padding: 4px 8px; border-radius: 4px; background: transparent; }}
QMenuBar::item:selected {{ background: {theme.hovered}; color: {theme.text}; }}
QStatusBar {{ color: {theme.muted}; }}
QStatusBar::item {{ border: none; }}
"""
