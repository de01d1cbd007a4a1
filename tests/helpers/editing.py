"""An editing session that works at random and writes down what it did, until somebody kills it.

Usage: python -m tests.helpers.editing PROJECT LOG SEED
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import sys
import time
from pathlib import Path

from designer.project.edits import duplicate, move, remove, rename
from designer.project.file import to_text
from designer.project.model import Project
from designer.workspace.autosave import Autosave
from designer.workspace.guard import ChangedOutside
from designer.workspace.recovery import list_recoverable, recover
from designer.workspace.session import Session


def digest(project: Project) -> str:
    """What tells one state from another."""
    return hashlib.sha256(to_text(project).encode()).hexdigest()


def edited(project: Project, chance: random.Random, number: int) -> Project:
    """The project after one edit."""
    nodes = list(project.graph.nodes)
    act = chance.choice(["move", "rename", "duplicate", "remove"])
    if act == "duplicate" and len(nodes) < 60:
        return duplicate(project, nodes[:10])[0]
    if act == "remove" and len(nodes) > 20:
        return remove(project, nodes[-3:])
    node = chance.choice(nodes)
    if act == "rename":
        return rename(project, node, f"layer{number}")
    return move(project, {node: (float(number), chance.uniform(0, 1000))})


def main(path: Path, log: Path, seed: int) -> None:
    """Open the project, take up what was lost, and go on editing."""
    chance = random.Random(seed)
    session = Session.open(path)
    autosave = Autosave(session)
    for work in list_recoverable():
        if not work.declined:
            recover(work, session, autosave.flush)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(began: float) -> None:
        """The state was on the screen from ``began`` (seconds) on."""
        line = json.dumps({"time": began, "state": digest(session.project)}) + "\n"
        os.write(descriptor, line.encode())
        os.fsync(descriptor)

    note(time.monotonic())
    number = seed * 1_000_000
    while True:
        number += 1
        began = time.monotonic()
        act = chance.random()
        if act < 0.15:
            session.undo()
        elif act < 0.25:
            session.redo()
        elif act < 0.32:
            try:
                session.save()
            except ChangedOutside:
                # killed between a save and its tidying up: the work taken up is older than the file
                session.save(overwrite=True)
        else:
            session.do(f"Edit {number}", edited(session.project, chance, number))
        note(began)
        # bursts as of a drag, and the pauses in which one thinks
        time.sleep(chance.choice([0.0, 0.01, 0.02, 0.1, 0.4]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
