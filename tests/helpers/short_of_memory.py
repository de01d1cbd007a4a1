"""A process to which memory is refused in the middle of a training, as a program: what happened goes to its output."""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

BLOCK, LEFT = 16_000_000, 4


def allow(more: int | None) -> None:
    """Let this process take ``more`` bytes of addresses than it has now; None: as many as it likes."""
    most = resource.RLIM_INFINITY if more is None else psutil.Process().memory_info().vms + more
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))


def take_all_but_little() -> list[Any]:
    """Take what there is, also what this process keeps for itself, up to a few blocks, and hold it."""
    import torch

    allow(BLOCK * LEFT)
    held: list[Any] = []
    try:
        while True:
            held.append(torch.empty(BLOCK, dtype=torch.uint8))
    except RuntimeError:
        return held[:-LEFT]


def small_large_small(folder: Path) -> dict[str, Any]:
    """Three jobs of one trainer: in the second, after two epochs, there is no room for a step any more."""
    from designer.training import record
    from designer.training.trainer import Job, do_job, warm_up

    record.SHORTEST_INTERVAL, record.WRITING_SHARE = 0.0, 1e9
    warm_up()
    found: dict[str, Any] = {"resident": [], "said": []}

    def do(name: str, run: str) -> None:
        held: list[Any] = []

        def say(line: Mapping[str, Any]) -> None:
            found["said"].append([run, line["event"], line.get("message", "")])
            if run == "large" and line["event"] == "epoch" and line["epoch"] == 2:
                gc.collect()
                held.extend(take_all_but_little())

        (folder / run).mkdir()
        do_job(Job(folder / f"{name}.loom", folder, folder / run, False), say)
        held.clear()
        found["resident"].append(psutil.Process().memory_info().rss)
        allow(None)

    do("small", "before")
    do("large", "large")
    do("small", "after")
    return found


def refused(project: Path, more: int) -> dict[str, Any]:
    """What comes of assembling a project with so much memory left: message, seconds of the processor, bytes grown."""
    from designer.project.errors import LayerloomError
    from designer.project.file import load_project
    from designer.training.assemble import assemble
    from designer.training.trainer import warm_up

    warm_up()
    loaded = load_project(project)
    allow(more)
    before, began = psutil.Process().memory_info().rss, time.process_time()
    try:
        assemble(loaded, project.parent)
        message = ""
    except LayerloomError as error:
        message = str(error)
    seconds = time.process_time() - began
    return {"message": message, "seconds": seconds, "grown": psutil.Process().memory_info().rss - before}


if __name__ == "__main__":
    place = Path(sys.argv[1])
    print(json.dumps(refused(place, int(sys.argv[2])) if len(sys.argv) > 2 else small_large_small(place)))
