"""The crash log: what a crash of this process leaves behind, and what the last one left."""

from __future__ import annotations

import faulthandler
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import IO

from designer.workspace.places import logs_folder

KEPT = 10


class CrashLog:
    """A file that is empty unless something goes badly wrong; it is removed when the app ends well."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or logs_folder()
        self.path = self.folder / f"window-{os.getpid()}.log"
        self._file: IO[str] | None = None

    def open(self) -> None:
        """Begin to catch crashes of native code and faults of the program, even where no file can be written."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("a", encoding="utf-8", errors="backslashreplace")
        except OSError:
            faulthandler.enable()
            return
        faulthandler.enable(self._file)
        sys.excepthook = self.note

    def note(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Write a fault of the program down; the window lives on."""
        import traceback

        text = "".join(traceback.format_exception(kind, error, trace))
        if self._file is not None and not self._file.closed:
            self._file.write(text + "\n")
            self._file.flush()
        if sys.stderr is not None:
            sys.stderr.write(text)

    def left_behind(self) -> Path | None:
        """The newest log of a window that did not end well; older ones are removed."""
        import psutil

        found = []
        for path in self.folder.glob("window-*.log"):
            number = path.stem.removeprefix("window-")
            try:
                if path == self.path or (number.isdigit() and psutil.pid_exists(int(number))):
                    continue
                if path.stat().st_size == 0:
                    path.unlink(missing_ok=True)
                else:
                    found.append((path.stat().st_mtime, path))
            except OSError:
                continue
        found.sort()
        for _, path in found[:-KEPT]:
            path.unlink(missing_ok=True)
        return found[-1][1] if found else None

    def seen(self, path: Path) -> Path:
        """The user is told of a log; it is kept under a name that is not told of again, which is the answer."""
        return path.replace(path.with_name(path.name.replace("window-", "crash-")))

    def close(self) -> None:
        """The app ends well."""
        faulthandler.disable()
        sys.excepthook = sys.__excepthook__
        if self._file is not None:
            self._file.close()
            if self.path.exists() and self.path.stat().st_size == 0:
                self.path.unlink(missing_ok=True)
