"""Ink: the pens, brushes and fonts of a theme, made once so that painting makes none."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPen

from designer.gui.categories import KNOWN, category_colour
from designer.gui.theme import SMALL_PIXELS, TEXT_PIXELS, Theme

# letters on nodes that are seen small
MIDDLE_PIXELS = 19
FAR_PIXELS = 24
# links, from little to much that flows
LINK_WIDTHS = (1.5, 2.2, 3.0, 4.0)


class Ink:
    """What the canvas draws with under one theme and one family of letters."""

    def __init__(self, theme: Theme, font: QFont) -> None:
        self.theme = theme
        self.raised = QBrush(QColor(theme.raised))
        self.canvas = QBrush(QColor(theme.canvas))
        self.accent = QBrush(QColor(theme.accent))
        self.error = QBrush(QColor(theme.error))
        self.warning = QBrush(QColor(theme.warning))
        self.link_brush = QBrush(QColor(theme.link))
        self.text = QColor(theme.text)
        self.muted = QColor(theme.muted)
        self.on_hue = QColor(theme.on_hue)
        self.on_accent = QColor(theme.on_accent)

        self.outline = QPen(QColor(theme.outline), 1)
        self.hovered_outline = QPen(QColor(theme.muted), 1)
        self.selected_outline = QPen(QColor(theme.accent), 2)
        self.error_outline = QPen(QColor(theme.error), 1.5)
        self.warning_outline = QPen(QColor(theme.warning), 1.5)
        self.unknown_outline = QPen(QColor(theme.muted), 1, Qt.PenStyle.DashLine)
        self.bypassed_outline = QPen(QColor(theme.link), 1.5, Qt.PenStyle.DashLine)
        self.selected_bypassed_outline = QPen(QColor(theme.accent), 2, Qt.PenStyle.DashLine)
        self.passing = _round(theme.link, 1.6)
        self.rule = QPen(QColor(theme.line), 1)

        self.port = QPen(QColor(theme.link), 1.5)
        self.links = tuple(_round(theme.link, width) for width in LINK_WIDTHS)
        self.hovered_links = tuple(_round(theme.muted, width + 0.8) for width in LINK_WIDTHS)
        self.selected_links = tuple(_round(theme.accent, width + 0.8) for width in LINK_WIDTHS)
        self.selected_problem_link = _round(theme.accent, 2.4, Qt.PenStyle.DashLine)
        self.cut = _round(theme.error, 1.6, Qt.PenStyle.DashLine)
        self.no_brush = QBrush(Qt.BrushStyle.NoBrush)
        self.error_link = _round(theme.error, 1.8, Qt.PenStyle.DashLine)
        self.warning_link = _round(theme.warning, 1.8, Qt.PenStyle.DashLine)
        self.drawn_link = _round(theme.accent, 2.0)
        self.refused_link = _round(theme.error, 2.0, Qt.PenStyle.DashLine)
        self.far_link = QPen(QColor(theme.link), 0)

        self.name_font = _sized(font, TEXT_PIXELS, QFont.Weight.DemiBold)
        self.small_font = _sized(font, SMALL_PIXELS, QFont.Weight.Normal)
        self.note_font = _sized(font, TEXT_PIXELS, QFont.Weight.Normal)
        self.middle_font = _sized(font, MIDDLE_PIXELS, QFont.Weight.DemiBold)
        self.middle_small_font = _sized(font, MIDDLE_PIXELS - 3, QFont.Weight.Normal)
        self.far_font = _sized(font, FAR_PIXELS, QFont.Weight.DemiBold)
        self.name_metrics = QFontMetricsF(self.name_font)
        self.small_metrics = QFontMetricsF(self.small_font)
        self.middle_metrics = QFontMetricsF(self.middle_font)
        self.middle_small_metrics = QFontMetricsF(self.middle_small_font)
        self.far_metrics = QFontMetricsF(self.far_font)
        self._hues = {name: QBrush(QColor(category_colour(theme, name))) for name in (*KNOWN, "")}

    def hue(self, category: str) -> QBrush:
        """The brush of a category's hue."""
        return self._hues.get(category, self._hues[""])


def _round(colour: str, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    return QPen(QColor(colour), width, style, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def _sized(font: QFont, pixels: int, weight: QFont.Weight) -> QFont:
    sized = QFont(font)
    sized.setPixelSize(pixels)
    sized.setWeight(weight)
    return sized
