"""What was added last, by whatever way: the search box offers it first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.project.errors import LayerloomError
from designer.workspace.preferences import MOST_RECENT, change_preferences, load_preferences

if TYPE_CHECKING:
    from designer.gui.canvas.graph_view import GraphView


def remember_layer(view: GraphView, key: str) -> None:
    """Put what is offered as ``key`` first among what was added last."""
    before = load_preferences().recent_layers
    recent = (key, *(other for other in before if other != key))[:MOST_RECENT]
    if recent != before:
        try:
            change_preferences(recent_layers=recent)
        except (LayerloomError, OSError) as error:
            view.refused.emit(str(error))
