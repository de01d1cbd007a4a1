"""Code of a project's own on the command line: nothing of it runs without ``--trust``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stdout, suppress
from pathlib import Path

from designer.compiler.trust import allow_only, allowed_now, digest_of
from designer.project.custom_layers import uses_of_layer
from designer.project.errors import LayerloomError
from designer.project.file import load_project
from designer.project.model import CustomLayer, Project
from designer.project.terminal import as_typed
from designer.training.run_files import COPY_NAME
from designer.workspace.runs import is_run, latest_run

# what these write needs no running
WITHOUT_RUNNING = ("svg", "png", "weights")
MOST_NAMED = 5


@contextmanager
def heeded(chosen: argparse.Namespace) -> Iterator[None]:
    """Within, the code of the projects that a command names may run where ``--trust`` says so, and nowhere else.

    Without it, a command that would have to run such code is refused with a LayerloomError; ``check`` goes on and says
    all that can be said without running it.
    """
    own = {layer.source: layer for project in _projects(chosen) for layer in project.layers.values()}
    if own and not chosen.trust:
        _tell(chosen, list(own.values()))
    before = allowed_now()
    allow_only(map(digest_of, own) if chosen.trust else ())
    try:
        yield
    finally:
        allow_only(before)


def off_output(chosen: argparse.Namespace) -> AbstractContextManager[object]:
    """Within, what a project's own code prints goes to standard error: standard output is for the answer alone."""
    return redirect_stdout(sys.stderr) if chosen.trust else nullcontext()


def _tell(chosen: argparse.Namespace, own: list[CustomLayer]) -> None:
    """Refuse, or where nothing would be run say what is left out."""
    if chosen.command == "check":
        print(f"layerloom: {_refusal(chosen, own)}", file=sys.stderr)
    elif getattr(chosen, "to", "") not in WITHOUT_RUNNING:
        raise LayerloomError(_refusal(chosen, own))


def show_layers(project: Project, path: Path) -> Iterator[str]:
    """The project's own layers with their code, as lines to read before one trusts them."""
    if not project.layers:
        yield f"{path} holds no layers of its own."
    for key, layer in project.layers.items():
        uses = uses_of_layer(project, key)
        yield f"# {_line(layer.name)} ({key}), used {'once' if uses == 1 else f'{uses} times'}"
        yield _printable(layer.source)


def layer_summary(project: Project) -> list[dict[str, object]]:
    """The project's own layers for ``--json``."""
    return [
        {"key": key, "name": layer.name, "summary": layer.summary, "source": layer.source}
        for key, layer in project.layers.items()
    ]


def _projects(chosen: argparse.Namespace) -> Iterator[Project]:
    """The projects whose code a command would run: that of a file, of a run, or of the run that goes on."""
    for name in ("project", "run", "source"):
        path = getattr(chosen, name, None)
        if path is not None:
            yield from _of(path, chosen)
    for path in getattr(chosen, "projects", ()):
        found: list[Project] = []
        # which of several cannot be read is said where the others are trained; no code of it can run
        with suppress(LayerloomError):
            found += _of(path, chosen)
        yield from found


def _of(path: Path, chosen: argparse.Namespace) -> Iterator[Project]:
    resuming = bool(getattr(chosen, "resume", False))
    if is_run(path):
        yield load_project(path / COPY_NAME)
    elif path.is_file():
        of_run = chosen.command in ("evaluate", "fork", "predict", "generate")
        if not of_run:
            yield load_project(path)
        latest = latest_run(path) if resuming or of_run else None
        if latest is not None:
            yield load_project(latest / COPY_NAME)


def _refusal(chosen: argparse.Namespace, layers: list[CustomLayer]) -> str:
    named = [getattr(chosen, name, None) for name in ("project", "run", "source")]
    path = next(path for path in (*named, *getattr(chosen, "projects", ())) if path is not None)
    names = [f"“{_line(layer.name)}” ({len(layer.source.splitlines())} lines)" for layer in layers[:MOST_NAMED]]
    more = f" and {len(layers) - MOST_NAMED} more" if len(layers) > MOST_NAMED else ""
    file = path / COPY_NAME if path.is_dir() else path
    read = as_typed(["layerloom", "layers", "--project", str(file)])
    what = "a layer" if len(layers) == 1 else "layers"
    return (
        f"{path} holds code of its own, {what} called {', '.join(names)}{more}; nothing of it was run. Read it with: "
        f"{read}. If you trust it, give --trust as well"
    )


def _line(text: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in " ".join(text.split()))[:80]


def _printable(text: str) -> str:
    """A source without the signs that could make a terminal show something else than what stands there."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else f"\\u{ord(sign):04x}" for sign in text)
