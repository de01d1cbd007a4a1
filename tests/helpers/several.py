"""Runs calls in several processes that train together, forked once all is imported: sooner begun than by torchrun.

``python -m tests.helpers.several COUNT CALLS ANSWERS``: CALLS holds a list of calls as JSON, each a command of the
product or, where its first word ends in .py, an exported script. ANSWERS gets what the first process said to each.
"""

from __future__ import annotations

import faulthandler
import io
import json
import os
import runpy
import signal
import socket
import sys
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any

from designer.__main__ import main as command

PATIENCE = 100.0
IMPORTED = ("torch._dynamo", "torch.nn.parallel", "pandas", "PIL.Image", "designer.training.processes")


def answer(words: list[str]) -> dict[str, Any]:
    """The exit status of a call, and what it printed."""
    printed, errors = io.StringIO(), io.StringIO()
    # those that follow printed nothing before, and shall not now
    shown = printed if os.environ["RANK"] == "0" else sys.stdout
    with redirect_stdout(shown), redirect_stderr(errors):
        status = _run(words)
    return {"status": status, "stdout": printed.getvalue(), "stderr": errors.getvalue()}


def _run(words: list[str]) -> int | str | None:
    if not words[0].endswith(".py"):
        return command(words)
    sys.argv = words
    try:
        runpy.run_path(words[0], run_name="__main__")
    except SystemExit as error:
        return error.code
    return 0


def be(place: int, calls: list[list[str]], answers: Path, ports: list[int]) -> None:
    """Make the calls as the process at ``place``, which meet at these ports; the first one writes the answers."""
    os.environ |= {"RANK": str(place), "LOCAL_RANK": str(place)}
    found = []
    for words, port in zip(calls, ports, strict=True):
        os.environ["MASTER_PORT"] = str(port)
        # one that stands still says where, before whoever started it gives up
        faulthandler.dump_traceback_later(PATIENCE, exit=True)
        found.append(answer(words))
    faulthandler.cancel_dump_traceback_later()
    if place == 0:
        answers.write_text(json.dumps(found))
    else:
        sys.stderr.write("".join(each["stderr"] for each in found))


def start(count: int, calls: list[list[str]], answers: Path) -> int:
    """Fork so many processes and wait for them; the exit status."""
    # before torch, whose threads would else spin while they wait
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    for name in IMPORTED:
        import_module(name)
    os.environ |= {"WORLD_SIZE": str(count), "LOCAL_WORLD_SIZE": str(count), "MASTER_ADDR": "127.0.0.1"}
    # of their own for each call: a quick process would meet the others where they still part from the call before
    ports = free_ports(len(calls))
    children = set()
    for place in range(count):
        child = os.fork()
        if child == 0:
            be(place, calls, answers, ports)
            return 0
        children.add(child)
    return ended(children)


def free_ports(count: int) -> list[int]:
    """So many ports of this computer that nobody listens at."""
    with ExitStack() as held:
        found = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in found:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in found]


def ended(children: set[int]) -> int:
    """Wait until all have ended; the exit status of the first that failed, of which the others would wait in vain."""
    status = 0
    while children:
        child, left = os.wait()
        children.remove(child)
        if status == 0 and (status := os.waitstatus_to_exitcode(left)):
            for other in children:
                os.kill(other, signal.SIGKILL)
    return status


if __name__ == "__main__":
    sys.exit(start(int(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text()), Path(sys.argv[3])))
