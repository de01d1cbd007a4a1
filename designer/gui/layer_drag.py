"""What a drag from the palette carries."""

from __future__ import annotations

from PySide6.QtCore import QMimeData

from designer.gui.canvas.offers import is_offer

LAYER_MIME = "application/x-layerloom-layer"


def layer_mime(type_key: str) -> QMimeData:
    """The load of a drag that brings a layer type or a block to the canvas."""
    data = QMimeData()
    data.setData(LAYER_MIME, type_key.encode())
    return data


def dragged_layer(data: QMimeData) -> str:
    """The key of the layer type or block that a drag brings; empty where it brings none that could be known."""
    if not data.hasFormat(LAYER_MIME):
        return ""
    key = data.data(LAYER_MIME).data().decode(errors="replace")
    return key if is_offer(key) else ""
