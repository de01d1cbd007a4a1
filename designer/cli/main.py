"""Where the command line begins: chooses the command, and turns every outcome into an exit status."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, TypeAlias

from designer.project.atomic import refusal
from designer.project.errors import LayerloomError
from designer.runtime.errors import DataError
from designer.runtime.failure import TrainingError

if TYPE_CHECKING:
    import argparse

App: TypeAlias = Callable[[list[str]], int]

DONE, PROBLEM, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None, app: App) -> int:
    """Run the command line; answers the exit status: 0 done, 1 a problem, 2 wrong usage, 130 interrupted.

    ``app`` opens the window, which lies above the command line and is handed down to it.
    """
    if argv is None:
        sys.excepthook = log_own_error
    say_all_signs()
    # has to be said before torch is imported: threads that spin while they wait slow everything else down
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    # and this, so that the processor does what PyTorch cannot do on Apple's GPUs yet
    os.environ.setdefault("PYTORCH_ENABLE_MPS_FALLBACK", "1")
    if sys.platform == "win32":
        # and that Ctrl-C is Python's own matter: else a library for Fortran ends the process, where one is loaded
        os.environ.setdefault("FOR_DISABLE_CONSOLE_CTRL_HANDLER", "1")
    words = list(sys.argv[1:] if argv is None else argv)
    heeded = signal.getsignal(signal.SIGINT)
    try:
        status = _status(words, app)
        # a process that ends right after an interruption stays deaf to more of them; who called this goes on
        if argv is not None and status == INTERRUPTED and heeded is signal.default_int_handler:
            signal.signal(signal.SIGINT, heeded)
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        # whoever read the output has left, or cannot take more of it; nothing more can be said there
        if sys.stdout is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            print(f"layerloom: the output cannot be written: {error.strerror or error}", file=sys.stderr)
        return PROBLEM
    return status


def say_all_signs() -> None:
    """Let no sign end a command because the other end of its output lacks it.

    On Windows a file or a program that reads the output gets UTF-8, as elsewhere, unless PYTHONIOENCODING wants another
    encoding: that of the country, which Python chooses there, has no arrow and few letters.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if sys.platform == "win32" and not stream.isatty() and "PYTHONIOENCODING" not in os.environ:
                stream.reconfigure(encoding="utf-8")
            if stream.errors == "strict":
                stream.reconfigure(errors="backslashreplace")


def _status(words: list[str], app: App) -> int:
    try:
        return _run(words, app)
    except LayerloomError as error:
        return _fail(f"{error} In a terminal: {error.commands}." if error.commands else str(error), words)
    except (DataError, TrainingError) as error:
        return _fail(str(error), words)
    except MemoryError:
        return _fail("there is not enough memory for this; a smaller batch, network or data set needs less", words)
    except KeyboardInterrupt:
        return _fail("interrupted", words, INTERRUPTED)
    except BrokenPipeError:
        raise
    except OSError as error:
        return _fail(refusal(error), words)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else WRONG_USAGE if end.code else DONE


def _run(words: list[str], app: App) -> int:
    from designer.cli.parser import COMMANDS, parse, wrong_command

    if not words or (words[0] not in COMMANDS and not words[0].startswith("-")):
        wrong = wrong_command(words[0]) if words else None
        if wrong or len(words) > 1:
            wrong = wrong or "one project at a time can be opened"
            print(f"layerloom: {wrong}\nSee: layerloom --help", file=sys.stderr)
            return WRONG_USAGE
        from designer.cli.opening import open_app

        return open_app(words, app)
    chosen = parse(words)
    if chosen.version or chosen.command is None:
        from designer import __version__

        print(f"layerloom {__version__}")
        return DONE
    if hasattr(chosen, "trust"):
        from designer.cli.trusting import heeded

        with heeded(chosen):
            return _do(chosen)
    return _do(chosen)


def _do(chosen: argparse.Namespace) -> int:
    """Do what a command says; answers the exit status."""
    match chosen.command:
        case "train":
            from designer.cli.together import started_together, train_together
            from designer.cli.training import train

            return train_together(chosen, train) if started_together() else train(chosen)
        case "order":
            from designer.cli.orders import order as do
        case "sweep":
            from designer.cli.sweep import sweep as do
        case "queue":
            from designer.cli.several import queue as do
        case "fork":
            from designer.cli.forks import fork as do
        case "runs":
            from designer.cli.forks import runs as do
        case "data":
            from designer.cli.data import data as do
        case "recover":
            from designer.cli.recover import recover as do
        case "find-lr":
            from designer.cli.rates import find_lr as do
        case "schedule":
            from designer.cli.rates import schedule as do
        case "forecast":
            from designer.cli.ahead import forecast as do
        case "overfit":
            from designer.cli.ahead import overfit as do
        case "templates":
            from designer.cli.templates import templates as do
        case "blocks":
            from designer.cli.blocks import blocks as do
        case command:
            from designer.cli.commands import COMMAND_FUNCTIONS

            return COMMAND_FUNCTIONS[command](chosen)
    return do(chosen)


def _fail(message: str, words: Sequence[str], status: int = PROBLEM) -> int:
    print(f"layerloom: {message}", file=sys.stderr)
    if "--json" in words:
        print(json.dumps({"error": message}))
    return status


def log_own_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Say in one line that Layerloom itself has failed, and keep the details in a log; for ``sys.excepthook``."""
    text = "".join(traceback.format_exception(kind, error, trace))
    from designer.workspace.places import logs_folder

    folder = logs_folder()
    path = folder / f"error-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        print(text, end="", file=sys.stderr)
        return
    first = str(error).strip().split("\n")[0][:200]
    print(f"layerloom: Layerloom itself met an error ({kind.__name__}: {first}). Details: {path}", file=sys.stderr)
