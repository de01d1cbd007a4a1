"""What a drag from the palette carries."""

from __future__ import annotations

from PySide6.QtCore import QMimeData

from designer.layers.catalog import LAYERS

LAYER_MIME = "application/x-layerloom-layer"


def layer_mime(type_key: str) -> QMimeData:
    """The load of a drag that brings a layer type to the canvas."""
    data = QMimeData()
    data.setData(LAYER_MIME, type_key.encode())
    return data


def dragged_layer(data: QMimeData) -> str:
    """The key of the layer type that a drag brings; empty where it brings none that is known."""
    if not data.hasFormat(LAYER_MIME):
        return ""
    key = data.data(LAYER_MIME).data().decode(errors="replace")
    return key if key in LAYERS else ""
