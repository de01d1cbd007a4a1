"""Questions about a project that a process of its own works out, so that nobody waits and no crash does harm."""

from __future__ import annotations

import json
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from designer.compiler.trust import allowed_now, digests_of
from designer.project.errors import LayerloomError
from designer.project.model import Project
from designer.workspace.places import own_command, own_environment
from designer.workspace.trained_copy import save_trained_copy

Hear: TypeAlias = Callable[[Mapping[str, Any]], object]

LOOK_SECONDS = 0.1


class Inquiry:
    """One command of Layerloom at work on a copy of a project. ``unwanted``, once set from any thread, ends it."""

    def __init__(self, command: str, project: Project, base: Path) -> None:
        self.command, self.project, self.base = command, project, base
        self.unwanted = threading.Event()

    def run(self, hear: Hear = lambda event: None) -> Mapping[str, Any]:
        """Ask, and wait: what was said last, an empty answer where it was not wanted any more.

        ``hear`` is told all that is said, in this thread. LayerloomError where the project cannot be trained.
        """
        with tempfile.TemporaryDirectory(prefix="layerloom-", ignore_cleanup_errors=True) as folder:
            copy = save_trained_copy(self.project, self.base, Path(folder))
            trusted = ["--trust"] if self.project.layers and digests_of(self.project) <= allowed_now() else []
            last = self._asked([*own_command(), self.command, str(copy), "--events", *trusted], folder, hear)
        if self.unwanted.is_set():
            return {}
        if "error" in last:
            raise LayerloomError(str(last["error"]))
        return last

    def _asked(self, command: list[str], folder: str, hear: Hear) -> Mapping[str, Any]:
        """What the process of this command says last; of one that ends without a word, why."""
        last: Mapping[str, Any] = {}
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**own_environment(), "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
                cwd=folder,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
            ended = threading.Event()
            watch = threading.Thread(target=self._watch, args=(process, ended), name="inquiry watch", daemon=True)
            watch.start()
            # leaving closes its output and waits until it has ended
            with process:
                assert process.stdout is not None
                try:
                    for line in process.stdout:
                        event = _parsed(line)
                        if event is not None and not self.unwanted.is_set():
                            last = event
                            hear(event)
                finally:
                    process.kill()
                    ended.set()
                    watch.join()
            if not last:
                errors.seek(0)
                said = errors.read()[-2000:].decode(errors="replace").strip().splitlines()
                return {
                    "error": said[-1].removeprefix("layerloom: ") if said else "The process ended without an answer."
                }
        return last

    def _watch(self, process: subprocess.Popen[bytes], ended: threading.Event) -> None:
        while not ended.wait(LOOK_SECONDS):
            if self.unwanted.is_set():
                process.kill()
                return


def _parsed(line: bytes) -> Mapping[str, Any] | None:
    """What one line says; None where a library wrote something else."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None
