"""Opens the app, or says in a sentence why there can be no window here."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from designer.project.errors import LayerloomError

WITHOUT_SCREEN = ("offscreen", "minimal", "vnc", "linuxfb", "eglfs")
QT_WORDS = ("PySide6", "shiboken6", "cannot open shared object", "DLL load failed")


def open_app(words: Sequence[str], app: Callable[[list[str]], int]) -> int:
    """Open the app by calling ``app``, with the project, table or folder named in ``words`` if there is one.

    Answers the exit status.
    """
    if words and not Path(words[0]).exists():
        raise LayerloomError(f"{words[0]}: there is no such project, table or folder")
    missing = missing_screen(os.environ)
    if missing:
        raise LayerloomError(f"{missing}. The commands work without a window: layerloom --help")
    try:
        return app(list(words))
    except ImportError as error:
        if not _is_qt(error):
            raise
        raise LayerloomError(
            f"no window can be opened: Qt is missing or incomplete ({error})."
            " Install it with: pip install PySide6-Essentials. The commands work without it: layerloom --help"
        ) from error


def missing_screen(environment: Mapping[str, str]) -> str | None:
    """Why there is no screen to open a window on, as a sentence without its stop; None where there may be one.

    Qt itself would end the whole process with a core dump.
    """
    if not sys.platform.startswith("linux"):
        return None
    platform = environment.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform in WITHOUT_SCREEN or environment.get("WAYLAND_DISPLAY"):
        return None
    display = environment.get("DISPLAY", "")
    if not display:
        return "no window can be opened: there is no screen (DISPLAY and WAYLAND_DISPLAY are not set)"
    if not _answers(display):
        return f"no window can be opened: the screen {display} does not answer"
    return None


def _answers(display: str) -> bool:
    """Whether a local X server listens; displays elsewhere are left for Qt to find."""
    host, _, rest = display.rpartition(":")
    number = rest.partition(".")[0]
    if not number.isdigit():
        return False
    if host not in ("", "unix"):
        return True
    path = f"/tmp/.X11-unix/X{number}"
    for address in (path, f"\0{path}"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(2)
            try:
                probe.connect(address)
            except OSError:
                continue
            return True
    return False


def _is_qt(error: ImportError) -> bool:
    words = f"{error.name or ''} {error}"
    return any(word in words for word in QT_WORDS)
