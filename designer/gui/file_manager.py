"""Shows folders in the file manager, or says where they are."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication


def show_folder(folder: Path) -> str:
    """Open a folder in the file manager; where there is none, a sentence says so, and the clipboard has the path."""
    if QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
        return ""
    QGuiApplication.clipboard().setText(str(folder))
    return f"No file manager was found to show {folder} with. Its path is in the clipboard."
