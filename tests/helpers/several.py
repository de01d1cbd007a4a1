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
import time
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any

from designer.__main__ import main as command

PATIENCE = 100.0
# for the port of a call: less than that, so that who waits in vain says for what
PORT_PATIENCE = 60.0
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


def be(place: int, calls: list[list[str]], answers: Path) -> None:
    """Make the calls as the process at ``place``; the first one says where they meet, and writes the answers."""
    os.environ |= {"RANK": str(place), "LOCAL_RANK": str(place)}
    found = []
    for number, words in enumerate(calls):
        # one that stands still says where, before whoever started it gives up
        faulthandler.dump_traceback_later(PATIENCE, exit=True)
        told = port_file(answers, number)
        os.environ["MASTER_PORT"] = tell_port(told) if place == 0 else heard_port(told)
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
    # what another start left beside the answers is none of these calls
    for number in range(len(calls)):
        port_file(answers, number).unlink(missing_ok=True)
    children = set()
    for place in range(count):
        child = os.fork()
        if child == 0:
            be(place, calls, answers)
            return 0
        children.add(child)
    return ended(children)


def port_file(answers: Path, number: int) -> Path:
    """Where the first process says at which port all meet for the call of this number.

    Each has its own: a quick process would else meet the others where they still part from the call before. It is
    chosen right before its call: what the calls before open by themselves could take one that was chosen sooner.
    """
    return answers.with_name(f"port-{number}")


def tell_port(told: Path) -> str:
    """A port of this computer that nobody has, which is written down for the others, whole or not at all."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    written = told.with_name(f"{told.name}.new")
    written.write_text(port)
    written.replace(told)
    return port


def heard_port(told: Path) -> str:
    """The port that the first process has written down, once it has; TimeoutError where it never does."""
    deadline = time.monotonic() + PORT_PATIENCE
    while not told.exists():
        if time.monotonic() > deadline:
            raise TimeoutError(f"the first process did not write {told} in {PORT_PATIENCE:.0f} s")
        time.sleep(0.005)
    return told.read_text()


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
