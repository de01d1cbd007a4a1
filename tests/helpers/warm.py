"""Starts Python programs as forks of a process that has PyTorch imported: a tenth of a second in place of three.

Commands of the product, started as the product itself starts them, come from one that has that imported as well.

While ``warm.on`` is set, ``subprocess.Popen`` takes such a fork for ``[sys.executable, "-c" | "-m" | script, ...]``
where a test or the product starts one with ordinary streams; everything else, and everything on other systems than
Linux, is started as always. A test with the mark ``cold``, or ``alone``, has fresh interpreters only.
"""

from __future__ import annotations

import atexit
import itertools
import json
import os
import select
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

on = False
STATUS = struct.Struct("!i")
ROOT = str(Path(__file__).resolve().parents[2])
FLAGS = {"-P", "-I", "-B", "-u"}
MODULES = ("designer", "tests.", "torch.distributed.run")
# these say how an interpreter is to be made, so that one that is there already will not do
MAKING = ("PYTHONHASHSEED", "PYTHONWARNINGS", "PYTHONSTARTUP", "PYTHONHOME", "PYTHONTRACEMALLOC", "PYTHONUTF8",
          "COVERAGE_PROCESS_START")  # fmt: skip
_lock = threading.Lock()
_address = ""
_Cold = subprocess.Popen
_ORDER = ("startupinfo", "creationflags", "shell", "p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite",
          "restore_signals", "gid", "gids", "uid", "umask", "start_new_session", "process_group")  # fmt: skip


class Popen(subprocess.Popen):  # type: ignore[type-arg]
    """As in the library; the process may be a fork of the warm one, which tells how it ended."""

    _said: socket.socket | None = None

    def _execute_child(self, args: Any, executable: Any, preexec_fn: Any, close_fds: Any, pass_fds: Any, cwd: Any,
                       env: Any, *others: Any) -> None:  # fmt: skip
        named = dict(zip(_ORDER, others, strict=True))
        plain = preexec_fn is None and not pass_fds and not named["shell"] and executable is None
        plain = plain and named["umask"] == -1 and named["uid"] is None and named["process_group"] in (None, -1)
        folder = os.path.abspath(os.fspath(cwd) if cwd is not None else os.getcwd())
        request = _request(args, os.environ if env is None else env, folder) if on and plain else None
        if request is None:
            super()._execute_child(  # type: ignore[misc]
                args, executable, preexec_fn, close_fds, pass_fds, cwd, env, *others
            )
            return
        request["cwd"] = folder
        if not os.path.isdir(folder):
            raise FileNotFoundError(2, os.strerror(2), cwd)
        request["session"] = bool(named["start_new_session"])
        sys.audit("subprocess.Popen", args[0], args, cwd, env)
        ends = [named["p2cread"], named["c2pwrite"], named["errwrite"]]
        streams = [place if end == -1 else end for place, end in enumerate(ends)]
        self._said = _asked(request, streams)
        self.pid = STATUS.unpack(self._said.recv(STATUS.size, socket.MSG_WAITALL))[0]
        self._child_created = True
        self._close_pipe_fds(*others[3:9])  # type: ignore[attr-defined]

    def _try_wait(self, wait_flags: int) -> tuple[int, int]:
        if self._said is None:
            return super()._try_wait(wait_flags)  # type: ignore[misc, no-any-return]
        if wait_flags and not select.select([self._said], [], [], 0)[0]:
            return 0, 0
        with self._said:
            found = self._said.recv(STATUS.size, socket.MSG_WAITALL)
        return self.pid, STATUS.unpack(found)[0] if found else 9

    def _internal_poll(self, _deadstate: int | None = None, *others: Any) -> int | None:
        if self._said is None:
            return super()._internal_poll(_deadstate, *others)  # type: ignore[misc, no-any-return]
        if self.returncode is None and self._waitpid_lock.acquire(False):  # type: ignore[attr-defined]
            try:
                if self.returncode is None:
                    pid, status = self._try_wait(os.WNOHANG)
                    if pid:
                        self._handle_exitstatus(status)  # type: ignore[attr-defined]
            finally:
                self._waitpid_lock.release()  # type: ignore[attr-defined]
        return self.returncode


def install() -> None:
    """Put the class in the place of the library's, for this process; it does nothing new until ``on`` is set."""
    if sys.platform == "linux" and sys.version_info[:2] <= (3, 14):
        subprocess.Popen = Popen  # type: ignore[misc]


def join(address: str) -> None:
    """Have what this process starts come from a warm process that is there already."""
    global on, _address
    on, _address = True, address
    install()


def _request(args: Any, env: Mapping[str, str], cwd: str) -> dict[str, Any] | None:
    """What is asked of the warm process for this command, or None where only a fresh one will do."""
    if isinstance(args, str | bytes | os.PathLike) or not args or args[0] != sys.executable:
        return None
    words = [os.fspath(word) for word in args[1:]]
    flags = list(itertools.takewhile(FLAGS.__contains__, words))
    kind, *rest = words[len(flags) :] or [""]
    if kind not in ("-c", "-m"):
        kind, rest = "", [kind, *rest]
    what = rest[0] if rest else ""
    known = kind == "-c" or (kind == "-m" and what.startswith(MODULES)) or (not kind and what.endswith(".py"))
    isolated = "-I" in flags
    safe = isolated or "-P" in flags or bool(env.get("PYTHONSAFEPATH"))
    made = not isolated and any(name in env for name in MAKING)
    if not known or made or env.get("OMP_NUM_THREADS") != "1" or "LD_PRELOAD" in env:
        return None
    return {
        "command": [str(args[0]), *words],
        "env": dict(env),
        "isolated": isolated,
        "safe": safe,
        "at_once": "-u" in flags,
        # with these words and this path it would be the product of this folder and no other
        "product": kind == "-m" and what == "designer" and not isolated and _first_folder(env, safe, cwd) == ROOT,
        "kind": kind,
        "what": what,
        "arguments": rest[1:],
    }


def _first_folder(env: Mapping[str, str], safe: bool, cwd: str) -> str:
    return env.get("PYTHONPATH", "").partition(os.pathsep)[0] if safe else cwd


def _asked(request: Mapping[str, Any], streams: Sequence[int]) -> socket.socket:
    """The connection to the keeper of a new program."""
    global _address
    with _lock:
        _address = _address or _started()
    connection = socket.socket(socket.AF_UNIX)
    connection.connect("\0" + _address + ("-designer" if request["product"] else ""))
    text = json.dumps({**request, "address": _address}).encode() + b"\n"
    sent = socket.send_fds(connection, [text], list(streams))
    connection.sendall(text[sent:])
    return connection


def _started() -> str:
    address = f"layerloom-tests-{os.getpid()}"
    code = Path(__file__).with_name("warm_server.py")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    server = _Cold([sys.executable, "-P", str(code), address], stdin=-1, stdout=-1, env=environment)
    assert server.stdout is not None
    assert server.stdin is not None
    assert server.stdout.readline() == b"ready\n"
    server.stdout.close()
    atexit.register(_end, server)
    return address


def _end(server: subprocess.Popen[bytes]) -> None:
    assert server.stdin is not None
    server.stdin.close()
    server.wait(10)
