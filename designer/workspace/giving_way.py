"""A process that gives way: where processors are short, the system runs first what somebody sits before."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

# of the scale from 0 to 19 for those who yield: a third of the weight where something else wants the same processor,
# all of it where nothing does
NICE = 5


def yielding_flags() -> int:
    """What Windows is told of such a process when it is made; 0 elsewhere."""
    if sys.platform == "win32":
        return subprocess.BELOW_NORMAL_PRIORITY_CLASS
    return 0


def let_give_way(pid: int) -> None:
    """Have a process that has just been started give way, it and all threads to come; where it may not, it does not."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, max(NICE, os.getpriority(os.PRIO_PROCESS, pid)))
    if sys.platform == "linux":
        # on desktops Linux shares processors among sessions first, and looks at single processes only within one
        with suppress(OSError):
            Path(f"/proc/{pid}/autogroup").write_text(str(NICE), encoding="ascii")
