"""Style of the shell: what docks, tabs, forms and labels add to the theme's own sheet."""

from __future__ import annotations

from designer.gui.theme import SMALL_PIXELS, TEXT_PIXELS, Theme

FIGURE_PIXELS = 22
TITLE_PIXELS = 22


def shell_style(theme: Theme) -> str:
    """The style sheet that the window puts on itself, for everything in it."""
    return _surfaces(theme) + _inputs(theme)


def _surfaces(theme: Theme) -> str:
    """Labels, cards, docks, tabs and bars."""
    return f"""
QWidget {{ font-size: {TEXT_PIXELS}px; }}
QLabel[role="muted"] {{ color: {theme.muted}; }}
QLabel[role="small"] {{ color: {theme.muted}; font-size: {SMALL_PIXELS}px; }}
QLabel[role="heading"] {{ font-weight: 600; }}
QLabel[role="section"] {{ color: {theme.muted}; font-weight: 600; font-size: {SMALL_PIXELS}px; }}
QLabel[role="title"] {{ font-weight: 600; font-size: {TITLE_PIXELS}px; }}
QLabel[role="figure"] {{ font-size: {FIGURE_PIXELS}px; }}
QLabel[role="error"] {{ color: {theme.error}; }}
QLabel[role="warning"] {{ color: {theme.warning}; }}
QLabel[role="success"] {{ color: {theme.success}; }}
QFrame[role="rule"] {{ background: {theme.line}; border: none; }}
QFrame[role="card"] {{ background: {theme.surface}; border: 1px solid {theme.line}; border-radius: 8px; }}
QFrame[role="bar"] {{ background: {theme.soft_accent}; border: none; border-bottom: 1px solid {theme.line}; }}
QWidget[role="panel"], QScrollArea[role="panel"] {{ background: {theme.surface}; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ border: none; background: transparent; }}
QDockWidget {{ color: {theme.muted}; font-weight: 600; }}
QDockWidget > QWidget {{ background: {theme.surface}; }}
QTabBar {{ background: {theme.window}; qproperty-drawBase: 0; }}
QTabBar[quiet="true"] {{ background: {theme.surface}; }}
QTabBar::tab {{
    background: transparent; color: {theme.muted}; border: none; border-bottom: 2px solid transparent;
    padding: 6px 14px 5px 14px; }}
QTabBar::tab:bottom {{ padding: 6px 8px 5px 8px; }}
QTabBar::tab:hover {{ color: {theme.text}; background: {theme.hovered}; }}
QTabBar::tab:selected {{ color: {theme.text}; border-bottom: 2px solid {theme.accent}; }}
QTabBar::tab:focus {{ color: {theme.accent}; }}
QToolBar {{ background: {theme.window}; border: none; border-bottom: 1px solid {theme.line}; padding: 4px; }}
QToolBar::separator {{ background: {theme.line}; width: 1px; margin: 6px 6px; }}
QToolButton:disabled {{ color: {theme.faint}; }}
QStatusBar {{ background: {theme.window}; border-top: 1px solid {theme.line}; }}
QStatusBar QLabel {{ color: {theme.muted}; padding: 0 4px; }}
"""


def _inputs(theme: Theme) -> str:
    """Fields, tables and buttons."""
    return f"""
QLineEdit[bad="true"] {{ border-color: {theme.error}; background: {theme.soft_error}; }}
QLineEdit[quiet="true"] {{ border-color: transparent; background: transparent; font-weight: 600; padding-left: 4px; }}
QLineEdit[quiet="true"]:hover {{ border-color: {theme.line}; }}
QLineEdit[quiet="true"]:focus {{ border-color: {theme.accent}; background: {theme.surface}; }}
QSpinBox, QDoubleSpinBox {{
    background: {theme.surface}; border: 1px solid {theme.line}; border-radius: 4px; padding: 3px 4px 3px 0;
    selection-background-color: {theme.accent}; selection-color: {theme.on_accent}; }}
QSpinBox QLineEdit, QDoubleSpinBox QLineEdit {{
    border: none; background: transparent; padding: 0 0 0 7px; }}
QSpinBox::up-button, QDoubleSpinBox::up-button {{
    subcontrol-origin: border; subcontrol-position: top right; width: 18px; border: none; background: transparent; }}
QSpinBox::down-button, QDoubleSpinBox::down-button {{
    subcontrol-origin: border; subcontrol-position: bottom right; width: 18px; border: none; background: transparent; }}
QSpinBox::up-arrow, QSpinBox::down-arrow {{ image: none; width: 0; height: 0; }}
QComboBox {{
    background: {theme.surface}; border: 1px solid {theme.line}; border-radius: 4px; padding: 3px 20px 3px 8px; }}
QToolButton[list="true"] {{
    background: {theme.surface}; border: 1px solid {theme.line}; border-radius: 4px; padding: 3px 20px 3px 8px; }}
QToolButton[list="true"]:hover {{ border-color: {theme.strong_line}; }}
QToolButton[list="true"]:focus, QToolButton[list="true"]:pressed {{ border-color: {theme.accent}; }}
QToolButton[list="true"]::menu-indicator {{ image: none; width: 0; height: 0; }}
QComboBox:hover {{ border-color: {theme.strong_line}; }}
QComboBox:focus, QComboBox:on {{ border-color: {theme.accent}; }}
QComboBox:disabled {{ color: {theme.faint}; background: {theme.window}; }}
QComboBox::drop-down {{ border: none; width: 18px; }}
QComboBox::down-arrow {{ image: none; width: 0; height: 0; }}
QComboBox QAbstractItemView {{ border: 1px solid {theme.strong_line}; background: {theme.surface}; padding: 2px; }}
QSpinBox:hover, QDoubleSpinBox:hover {{ border-color: {theme.strong_line}; }}
QSpinBox:focus, QDoubleSpinBox:focus {{ border-color: {theme.accent}; }}
QSpinBox:disabled, QDoubleSpinBox:disabled, QLineEdit:disabled {{ color: {theme.faint}; background: {theme.window}; }}
QPlainTextEdit[role="code"] {{ border: none; border-radius: 0; padding: 0; background: {theme.surface}; }}
QTableView {{ background: {theme.surface}; gridline-color: {theme.line}; border: none; }}
QTableView::item {{ padding: 0 6px; }}
QTableView QTableCornerButton::section {{ background: {theme.window}; border: none; }}
QPushButton[link="true"] {{
    background: transparent; border: 1px solid transparent; color: {theme.accent}; padding: 1px 3px;
    text-align: left; }}
QPushButton[link="true"]:hover {{ text-decoration: underline; }}
QPushButton[link="true"]:focus {{ border-color: {theme.accent}; }}
QPushButton[head="true"] {{
    background: transparent; border: 1px solid transparent; border-radius: 4px; color: {theme.muted};
    font-size: {SMALL_PIXELS}px; padding: 2px 4px; }}
QPushButton[head="true"][chosen="true"] {{ color: {theme.text}; font-weight: 600; }}
QPushButton[head="true"]:hover {{ color: {theme.text}; background: {theme.hovered}; }}
QPushButton[head="true"]:focus {{ border-color: {theme.accent}; }}
QPushButton[compact="true"] {{ padding: 3px 8px; }}
QPushButton[narrow="true"] {{ padding: 3px 5px; }}
QPushButton[big="true"] {{ padding: 7px 8px; font-weight: 600; }}
QPushButton[segment="true"] {{
    border-color: {theme.line}; color: {theme.muted}; border-radius: 4px; padding: 3px 10px; }}
QPushButton[segment="true"]:checked {{
    background: {theme.soft_accent}; color: {theme.text}; border-color: {theme.accent}; }}
"""
