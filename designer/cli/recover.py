"""``layerloom recover``: lists the work that was not saved when a session ended without order, and writes it out."""

from __future__ import annotations

import argparse
import time

from designer.cli.commands import say_json
from designer.cli.text import columns
from designer.project.diff_words import counted
from designer.project.errors import ProjectError
from designer.project.model import Project
from designer.project.terminal import as_typed
from designer.workspace.recovery import Recoverable, list_recoverable, load_work, write_out


def recover(chosen: argparse.Namespace) -> int:
    """List unsaved work, or write one piece of it out; what a living window holds is not listed."""
    works = list_recoverable()
    if chosen.name:
        return _write(chosen, works)
    if chosen.json:
        say_json({"unsaved": [_record(work) for work in works]})
        return 0
    if not works:
        print("There is no unsaved work.")
        return 0
    print("\n".join(columns(["name", "from", "size", "project"], [_row(work) for work in works])))
    print("Write one out with: layerloom recover NAME -o OUT.loom")
    return 0


def _write(chosen: argparse.Namespace, works: tuple[Recoverable, ...]) -> int:
    named = {work.name: work for work in works}
    if chosen.name not in named:
        known = f"there is: {', '.join(named)}" if named else "there is none at all"
        raise ProjectError(f"there is no unsaved work called “{chosen.name}”; {known}")
    work = named[chosen.name]
    project: Project = load_work(work)
    write_out(work, chosen.output)
    if chosen.json:
        say_json({"project": str(chosen.output), **_size(project)})
    else:
        print(f"{chosen.output}: {_size_words(len(project.graph.nodes), len(project.graph.links))}")
        print(f"Next: {as_typed(['layerloom', str(chosen.output)])}")
    return 0


def _record(work: Recoverable) -> dict[str, object]:
    origin = work.origin
    return {
        "name": work.name,
        "project": origin.project or None,
        "time": time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(origin.time)),
        "label": origin.label,
        "layers": origin.layers,
        "links": origin.links,
        "declined": work.declined,
    }


def _row(work: Recoverable) -> list[str]:
    origin = work.origin
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(origin.time))
    project = origin.project or "never saved"
    declined = " (declined)" if work.declined else ""
    return [work.name, when, _size_words(origin.layers, origin.links), project + declined]


def _size(project: Project) -> dict[str, object]:
    return {"layers": len(project.graph.nodes), "links": len(project.graph.links)}


def _size_words(layers: int, links: int) -> str:
    return f"{counted(layers, 'layer')}, {counted(links, 'link')}"
