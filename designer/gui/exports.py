"""Exports: taking the script, the model, weights or a picture out of the window."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from designer.gui.dialogs import tell
from designer.gui.folders import remember_folder, start_folder
from designer.gui.tasks import Tasks
from designer.project.model import Project
from designer.workspace.session import Session

KINDS = {
    "script": ("Training script", "train.py", "Python files (*.py)"),
    "fast_script": ("Fast training script", "train.py", "Python files (*.py)"),
    "model": ("Model alone", "model.py", "Python files (*.py)"),
    "weights": ("Weights", "weights.safetensors", "Safetensors (*.safetensors)"),
    "svg": ("Picture (SVG)", "network.svg", "SVG pictures (*.svg)"),
    "png": ("Picture (PNG)", "network.png", "PNG pictures (*.png)"),
}
OF_DATA = ("script", "fast_script")
TIPS = {
    "script": "Reads the data, trains the network and measures it, in plain PyTorch and without Layerloom.",
    "fast_script": "With the step in it that trains small networks several times faster, to the same weights; many "
    "lines longer.",
    "model": "The network as a module of PyTorch, for code of your own.",
    "weights": "What the latest run has learned, to be loaded by the script or the model.",
    "svg": "The network as it is drawn, sharp at any size.",
    "png": "The network as it is drawn, in pixels.",
}


class Exports(QObject):
    """Writes what the user asks for; ``written`` carries a sentence once it is done."""

    written = Signal(str)

    def __init__(self, window: QWidget, session: Session, tasks: Tasks) -> None:
        super().__init__(window)
        self.window, self.session, self.tasks = window, session, tasks

    def choose(self, kind: str, run: Path | None = None) -> None:
        """Ask for a file and write ``kind`` there; weights are those of ``run``, else of the latest run."""
        if kind == "weights" and run is None and not self._trained():
            tell(self.window, "There are no weights yet.", "Train the network first; its latest run has them.")
            return
        if kind in OF_DATA and self.session.project.data is None:
            tell(self.window, "There is no data yet.", "A script reads data to train with: open a file or a folder.")
            return
        title, name, files = KINDS[kind]
        start = (self.session.path.parent if self.session.path else Path(start_folder())) / self._name(kind, name)
        path, _ = QFileDialog.getSaveFileName(self.window, f"Export: {title.lower()}", str(start), files)
        if not path:
            return
        out = Path(path)
        suffix = Path(name).suffix
        if out.suffix.lower() != suffix:
            out = out.with_name(out.name + suffix)
        remember_folder(out.parent)
        self.write(kind, out, run)

    def write(self, kind: str, out: Path, run: Path | None = None) -> None:
        """Write ``kind`` to ``out``, off the GUI thread."""
        project, base, own = self.session.project, self.session.base, self.session.path

        def work() -> None:
            from designer.workspace import verbs

            if kind == "weights":
                source = run or own
                assert source is not None
                verbs.export(source, "weights", out)
                return
            export_unsaved(project, base, kind, out)

        self.tasks.run(
            f"Writing {out.name}",
            work,
            lambda _: self.written.emit(f"{KINDS[kind][0]} written to {out}"),
            lambda sentence: tell(self.window, "This could not be exported", sentence),
        )

    def _trained(self) -> bool:
        """Whether a run of the project holds weights."""
        from designer.workspace.runs import latest_run

        return self.session.path is not None and latest_run(self.session.path) is not None

    def _name(self, kind: str, name: str) -> str:
        return f"{self.session.title}{Path(name).suffix}" if kind in ("svg", "png") else name


def export_unsaved(project: Project, base: Path, kind: str, out: Path) -> None:
    """Export a project as it is in the window, saved or not, by the same road as a saved one."""
    from designer.workspace import verbs
    from designer.workspace.trained_copy import save_trained_copy

    fast, kind = kind == "fast_script", kind.removeprefix("fast_")
    with tempfile.TemporaryDirectory(prefix="layerloom-", ignore_cleanup_errors=True) as folder:
        copy = save_trained_copy(project, base, Path(folder))
        verbs.export(copy, kind, out, fast)  # type: ignore[arg-type]
