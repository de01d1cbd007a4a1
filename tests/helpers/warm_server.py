"""A process that has PyTorch and pandas imported and forks itself for each Python program that a test starts.

``python -P warm_server.py ADDRESS`` listens at an abstract Unix socket until its standard input ends. A program is
asked for by a line of JSON with its standard streams as file descriptors (see ``tests.helpers.warm``); it begins as a
fresh interpreter would, only that third-party packages are imported already. Of the product, a second process at
ADDRESS-designer has imported what most commands do, and runs only these: exported scripts run where Layerloom cannot be
imported, and who must not import PyTorch is not started here at all.
"""

from __future__ import annotations

import atexit
import faulthandler
import gc
import importlib
import importlib.util
import io
import json
import os
import runpy
import select
import signal
import socket
import struct
import sys
import threading
import types
from pathlib import Path
from typing import Any

STATUS = struct.Struct("!i")
# what a training imports by itself, besides: what PyTorch puts off to the first step of an optimizer
IMPORTED = ("torch", "torch._dynamo", "torch.fx.experimental.proxy_tensor", "numpy", "pandas", "PIL.Image")
PRODUCT = ("designer.cli.training", "designer.cli.commands", "designer.training.steered", "designer.exporting.export",
           "designer.cli.main", "designer.cli.parser", "designer.workspace.queue", "designer.cli.together",
           "designer.importing.new", "designer.training.predict", "designer.training.processes",
           "designer.workspace.sweep_jobs", "designer.workspace.session",
           # and what is put off until data is read and weights are written
           "safetensors.torch", "pyarrow.csv", "pyarrow.pandas_compat", "numpy.ctypeslib", "encodings.utf_8_sig",
           "sqlite3", "PIL.ImageOps", "torch.utils.flop_counter", "torch.utils.serialization")  # fmt: skip


def serve(address: str) -> dict[str, Any]:
    """Fork a keeper for each request, and within it the program: returns there, with the request, and only there."""
    listener, of_product = listening(address), listening(f"{address}-designer")
    for name in IMPORTED:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    if os.fork() == 0:
        listener.close()
        listener = of_product
        import_product()
    else:
        of_product.close()
        os.write(1, b"ready\n")
    gc.collect()
    gc.freeze()
    while True:
        readable, _, _ = select.select([listener.fileno(), 0], [], [])
        if 0 in readable:
            os._exit(0)
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            return keep(connection)
        connection.close()


def listening(address: str) -> socket.socket:
    """An abstract Unix socket at which requests wait until there is somebody to take them."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("\0" + address)
    listener.listen(64)
    return listener


def import_product() -> None:
    """Have in memory what a training and an export would import, and read, of the product."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    for name in PRODUCT:
        importlib.import_module(name)
    functions = importlib.import_module("designer.compiler.functions")
    for module in functions.runtime_modules():
        functions.runtime_module(module)
        importlib.import_module(f"designer.runtime.{module}")
    del sys.path[0]


def keep(connection: socket.socket) -> dict[str, Any]:
    """Start one program, say its number and then its exit status; a program runs on when nobody asks any more."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    text, streams, _, _ = socket.recv_fds(connection, 65536, 3)
    while not text.endswith(b"\n"):
        text += connection.recv(65536)
    request: dict[str, Any] = json.loads(text)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        if request["session"]:
            os.setsid()
        os.write(write, b".")
        for stream, place in zip(streams, range(3), strict=True):
            os.dup2(stream, place)
        connection.close()
        os.closerange(3, max([read, write, *streams]) + 1)
        return request
    os.read(read, 1)
    try:
        connection.sendall(STATUS.pack(child))
        null = os.open(os.devnull, os.O_RDWR)
        for place in range(3):
            os.dup2(null, place)
        os.closerange(3, connection.fileno())
        os.closerange(connection.fileno() + 1, max(streams) + 1)
        connection.sendall(STATUS.pack(os.waitpid(child, 0)[1]))
    finally:
        os._exit(0)


def begin(request: dict[str, Any]) -> None:
    """Make this process what a fresh interpreter with these words, this environment and this folder would be."""
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    said = {} if request["isolated"] else os.environ
    encoding = said.get("PYTHONIOENCODING", "utf-8")
    at_once = request["at_once"] or bool(said.get("PYTHONUNBUFFERED"))
    for place, name in enumerate(("stdin", "stdout", "stderr")):
        raw = os.fdopen(place, "wb" if place else "rb", 0 if place and at_once else -1, closefd=False)
        errors = "backslashreplace" if place == 2 else "strict"
        stream = io.TextIOWrapper(raw, encoding, errors, line_buffering=place == 2, write_through=at_once)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    if said.get("PYTHONFAULTHANDLER"):
        faulthandler.enable()
    if name := name_of(request):
        Path("/proc/self/comm").write_text(name)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folders = [folder for folder in said.get("PYTHONPATH", "").split(os.pathsep) if folder]
    sys.path[:0] = folders
    for folder in folders:
        if os.path.isfile(os.path.join(folder, "sitecustomize.py")):
            runpy.run_path(os.path.join(folder, "sitecustomize.py"))
    if not request["isolated"]:
        start_others_warm(request["address"])


def name_of(request: dict[str, Any]) -> str:
    """What tests find it by: from outside its words and its environment are those of what it was forked from."""
    if "RANK" in os.environ:
        return f"rank {os.environ['RANK']}"
    return "trainer" if {"train", "--events"} <= {*request["arguments"]} else ""


def start_others_warm(address: str) -> None:
    """Let the programs that this one starts be forks of the same process."""
    found = importlib.util.spec_from_file_location("layerloom_tests_warm", Path(__file__).with_name("warm.py"))
    assert found is not None
    assert found.loader is not None
    warm = importlib.util.module_from_spec(found)
    found.loader.exec_module(warm)
    warm.join(address)


def run(request: dict[str, Any]) -> None:
    """Run the program as Python's ``-c``, ``-m`` or the name of a script do."""
    kind, what, safe = request["kind"], request["what"], request["safe"]
    sys.argv = [{"-c": "-c", "-m": what}.get(kind, what), *request["arguments"]]
    sys.orig_argv = request["command"]
    if kind == "-c":
        if not safe:
            sys.path.insert(0, "")
        main = types.ModuleType("__main__")
        vars(main)["__builtins__"] = __builtins__
        sys.modules["__main__"] = main
        exec(compile(what, "<string>", "exec"), vars(main))
    elif kind == "-m":
        if not safe:
            sys.path.insert(0, os.getcwd())
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        if not safe:
            sys.path.insert(0, os.path.dirname(os.path.abspath(what)))
        runpy.run_path(what, run_name="__main__")


def ended(request: dict[str, Any]) -> int:
    """Run the program to its end; its exit status, below 0 where it was interrupted by Ctrl-C and says so itself."""
    try:
        run(request)
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return (end.code or 0) & 0xFF
        print(end.code, file=sys.stderr)
        return 1
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)
        return -signal.SIGINT if isinstance(error, KeyboardInterrupt) else 1
    return 0


def leave(status: int) -> None:
    """End as an interpreter does, but leave the memory to the system: to take it apart takes a third of a second."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except OSError as error:
            os.write(2, f"Exception ignored in: {stream!r}\n{type(error).__name__}: {error}\n".encode())
            status = 120
    if status < 0:
        signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)


def parts_in_order() -> bool:
    """Whether only the interpreter's end shows if something was not: of a window, of processes that train together."""
    return "PySide6.QtCore" in sys.modules or "RANK" in os.environ


if __name__ == "__main__":
    begun = serve(sys.argv[1])
    begin(begun)
    status = ended(begun)
    if parts_in_order() and status >= 0:
        sys.exit(status)
    leave(status)
