"""The words on a node as there is room for them: cut to its width, fullest wording first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF

from designer.gui.canvas import node_marks, node_paint
from designer.gui.canvas.geometry import MARGIN, WIDTH
from designer.gui.canvas.node_words import at_each_step, changes_text, frozen, repeats_of, shape_wordings, shares
from designer.gui.wording import count_text

if TYPE_CHECKING:
    from designer.gui.canvas.node_item import NodeItem

LONGEST_SHOWN = 200
TEXT_LEFT = 44.0
TEXT_WIDTH = WIDTH - TEXT_LEFT - MARGIN
FAR_WIDTH = WIDTH - 64.0


class Writing:
    """All the words that painting a node may need, at any scale."""

    def __init__(self, item: NodeItem) -> None:
        ink, node = item.ink, item.node
        fields = item.catalog.key_fields_text(node)
        below = " · ".join(filter(None, [item.type_title, "at each step" if at_each_step(node) else "", fields]))
        self.changed = bool(changes_text(item.catalog, node))
        self.shared = shares(node)
        times = repeats_of(node)
        self.times_text = f"×{times}" if times > 1 else ""
        self.frozen = frozen(item.catalog, node)
        signs = ink.name_metrics.horizontalAdvance(self.times_text) + (node_marks.SHARE_WIDTH if self.shared else 0)
        signs += node_marks.FROZEN_WIDTH if self.frozen else 0
        self.name_width = TEXT_WIDTH - (signs + 6 if signs else 0)
        self.name_text = _elided(ink.name_metrics, node.name, self.name_width)
        self.middle_text = _elided(ink.middle_metrics, node.name, node_paint.MIDDLE_WIDTH)
        self.below_text = _elided(ink.small_metrics, below, TEXT_WIDTH - (12 if self.changed else 0))
        self.below_width = ink.small_metrics.horizontalAdvance(self.below_text)
        self._write_figures(item)
        self._write_ports(item)

    def _write_figures(self, item: NodeItem) -> None:
        """The foot of the node: the shape as full as there is room for beside the count of parameters."""
        ink, report = item.ink, item.report
        wordings = shape_wordings(report) or (("no shape yet",) if report is not None else ())
        if report is not None and report.shape is not None and len(item.ports.outputs) > 1:
            wordings = (f"{len(item.ports.outputs)} outputs",)
        count = count_text(report.parameters) if report and report.parameters else ""
        if item.node.bypassed:
            counts = ["bypassed"]
        elif report and report.frozen and not report.parameters:
            counts = [f"{count_text(report.frozen)} frozen", "frozen"]
        else:
            counts = [f"{count} params", count] if count else [""]
        room = WIDTH - 2 * MARGIN - 8
        choices = [(shape, figure) for shape in wordings or ("",) for figure in counts]
        advance = ink.small_metrics.horizontalAdvance
        fits = (pair for pair in choices if advance(pair[0]) + advance(pair[1]) <= room)
        shape, self.count_text = next(fits, choices[-1])
        self.shape_text = _elided(ink.small_metrics, shape, room - advance(self.count_text))
        middle = item.type_title if item.node.bypassed else _first_fitting(ink.middle_small_metrics, wordings)
        self.middle_below_text = _elided(ink.middle_small_metrics, middle or item.type_title, node_paint.MIDDLE_WIDTH)

    def _write_ports(self, item: NodeItem) -> None:
        """The labels of the ports, by side and name, where there are several to tell apart."""
        metrics = item.ink.small_metrics
        sides = ((item.ports.inputs, False), (item.ports.outputs, True)) if item.labelled else ()
        self.port_labels = {
            (port.name, output): _elided(metrics, port.shown, node_marks.LABEL_WIDTH)
            for ports, output in sides
            for port in ports
        }


def far_name(item: NodeItem) -> str:
    """The node's name as it is written from afar."""
    return _elided(item.ink.far_metrics, item.node.name, FAR_WIDTH)


def _elided(metrics: QFontMetricsF, text: str, width: float) -> str:
    line = " ".join(text[:LONGEST_SHOWN].split())
    return metrics.elidedText(line, Qt.TextElideMode.ElideRight, width)


def _first_fitting(metrics: QFontMetricsF, wordings: Sequence[str]) -> str:
    fits = (words for words in wordings if metrics.horizontalAdvance(words) <= node_paint.MIDDLE_WIDTH)
    return next(fits, wordings[-1] if wordings else "")
