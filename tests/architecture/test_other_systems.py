"""What one system alone has is asked for first: on Windows there are no forks, few signals and other locks."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.test_writing import writing
from tests.helpers.sources import ROOT, STACK, Source, calls, product

pytestmark = pytest.mark.cold
OF_UNIX = {
    "os": "chown fork forkpty fchmod geteuid getgid getloadavg getpgid getpriority getuid kill killpg mkfifo nice"
    " O_CLOEXEC O_DIRECTORY O_NOFOLLOW O_NONBLOCK posix_fadvise posix_fallocate PRIO_PROCESS sched_getaffinity"
    " sched_setaffinity setpgid setpriority setsid statvfs sysconf uname wait waitpid WNOHANG",
    "signal": "alarm ITIMER_REAL pthread_kill pthread_sigmask SIGALRM SIGCONT SIGHUP SIGKILL SIGPIPE SIGSTOP SIGUSR1"
    " SIGUSR2 setitimer sigwait",
    "select": "epoll kqueue poll",
    "socket": "AF_UNIX",
    "time": "tzset",
}
NAMES = {f"{module}.{name}" for module, names in OF_UNIX.items() for name in names.split()}
MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"}
# by one of these it is asked, in the function itself, whether the system has it
ASKED = re.compile(r"sys\.platform|os\.name|hasattr\(|except ImportError")
# os.open and os.fdopen are for bytes, workbooks and archives open what lies in them
TEXT = re.compile(r"(^|\.)(open|read_text|write_text|fdopen|TemporaryFile|NamedTemporaryFile)$")
# the system's own lists of figures, which hold no letters
PLAIN = {"designer/runtime/room.py"}
# what a script writes nobody else knows of, nor a log of a window that is gone
IMPATIENT = {"designer/runtime/scripts.py", "designer/gui/crash_log.py"}
FOREIGN = {"os.open", "Image.open", "packed.open", "table.open", "zipfile.open", "gzip.open"}


def outermost(tree: ast.Module) -> Iterator[ast.stmt]:
    """The functions and methods of a module, and what stands outside of them."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from node.body
        else:
            yield node


def used(node: ast.AST) -> Iterator[tuple[str, int]]:
    """What a part of a module uses that Windows does not have, and the line."""
    for each in ast.walk(node):
        if isinstance(each, ast.Attribute) and ast.unparse(each) in NAMES:
            yield ast.unparse(each), each.lineno
        elif isinstance(each, ast.Import):
            yield from ((alias.name, each.lineno) for alias in each.names if alias.name in MODULES)
        elif isinstance(each, ast.ImportFrom) and each.module in (*MODULES, *OF_UNIX):
            names = {f"{each.module}.{alias.name}" for alias in each.names}
            yield from ((name, each.lineno) for name in names if each.module in MODULES or name in NAMES)


def unasked(source: Source) -> list[str]:
    """What a file uses of Unix without having asked."""
    called = {each.func.id for _, each in calls(source) if isinstance(each.func, ast.Name)}
    return [
        f"{source.name}:{line} {name}"
        for node in outermost(source.tree)
        if not (isinstance(node, ast.FunctionDef) and _is_asked(source, node, called))
        for name, line in used(node)
    ]


def _is_asked(source: Source, node: ast.FunctionDef, called: set[str]) -> bool:
    """Whether a function asks for the system, or is a private one of which each caller does."""
    if ASKED.search(ast.unparse(node)):
        return True
    callers = [
        other
        for other in outermost(source.tree)
        if isinstance(other, ast.FunctionDef) and other is not node and f"{node.name}(" in ast.unparse(other)
    ]
    private = node.name.startswith("_") and node.name in called
    return private and bool(callers) and all(ASKED.search(ast.unparse(other)) for other in callers)


def test_what_windows_lacks_is_asked_for_first():
    found = [line for source in product() for line in unasked(source)]
    assert not found, "\n".join(found)


def test_nobody_sends_signals_to_see_whether_a_process_lives():
    """On Windows ``os.kill(number, 0)`` ends the process."""
    found = [
        f"{source.name}:{node.lineno}" for source in product() for name, node in calls(source) if name == "os.kill"
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("import fcntl", 1),
        ("def f():\n    os.nice(5)", 1),
        ("def f():\n    if sys.platform != 'win32':\n        os.nice(5)", 0),
        ("def f():\n    from signal import SIGKILL", 1),
        ("class A:\n    def f(self):\n        os.killpg(1, signal.SIGKILL)", 2),
        ("def _g():\n    import fcntl\ndef f():\n    if sys.platform != 'win32':\n        _g()", 0),
        ("def _g():\n    import fcntl\ndef f():\n    _g()", 1),
    ],
)
def test_the_check_finds_what_it_looks_for(text: str, count: int):
    assert len(unasked(Source("some.py", "", text, ast.parse(text)))) == count


def test_texts_are_read_and_written_in_a_named_encoding():
    """Windows takes that of the country where none is named."""
    found = [
        f"{source.name}:{node.lineno} {name}"
        for source in product()
        for name, node in calls(source)
        if TEXT.search(name) and name not in FOREIGN and source.name not in PLAIN and _as_text(name, node)
        # projects are opened there too
        if not name.endswith(("documents.open", "self.open"))
    ]
    assert not found, "\n".join(found)


def _as_text(name: str, node: ast.Call) -> bool:
    """Whether a file is opened as text without an encoding."""
    given = [
        word.value for word in (*node.args, *(each.value for each in node.keywords)) if isinstance(word, ast.Constant)
    ]
    named = any(each.arg in ("encoding", None) for each in node.keywords) or {"utf-8", "utf-8-sig"} & set(given)
    binary = any(isinstance(word, str) and "b" in word and set(word) <= set("rwaxb+") for word in given)
    temporary = "Temporary" in name and not any(each.arg == "mode" for each in node.keywords)
    # what is called open without any argument is a method of something else
    own = name.endswith(".open") and not node.args and not node.keywords
    return not (named or binary or temporary or own)


def test_processes_are_started_without_a_window_of_their_own():
    """A window without a terminal would show one for each process on Windows."""
    found = [
        f"{source.name}:{node.lineno} {name}"
        for source in product()
        for name, node in calls(source)
        if name in ("subprocess.Popen", "subprocess.run", "subprocess.call", "subprocess.check_output")
        if not any(each.arg == "creationflags" or ast.unparse(each.value) == "_own_group()" for each in node.keywords)
    ]
    assert not found, "\n".join(found)


def test_folders_for_a_while_may_stay_where_the_system_still_looks_into_them():
    """Windows removes no file that another program, such as a virus scanner, has open."""
    found = [
        f"{source.name}:{node.lineno}"
        for source in product()
        for name, node in calls(source)
        if name.endswith("TemporaryDirectory")
        and not any(each.arg == "ignore_cleanup_errors" for each in node.keywords)
    ]
    assert not found, "\n".join(found)


def test_files_take_the_place_of_others_with_patience():
    """On Windows nothing takes the place of a file that anybody reads at that moment."""
    found = []
    for source in product():
        patient = [(node.lineno, node.end_lineno or 0) for name, node in calls(source) if name == "patiently"]
        found += [
            f"{source.name}:{line} {what}"
            for what, line in writing(source)
            if what in ("replace", "rename") and source.name not in IMPATIENT
            if not any(first <= line <= last for first, last in patient)
        ]
    assert not found, "\n".join(found)


def test_paths_on_two_drives_have_no_way_from_one_to_the_other():
    """``os.path.relpath`` and ``commonpath`` raise a ValueError there."""
    found = []
    for source in product():
        for node in outermost(source.tree):
            text = ast.unparse(node)
            if re.search(r"os\.path\.(relpath|commonpath)\(", text) and "except ValueError" not in text:
                found.append(f"{source.name}:{node.lineno}")
    assert not found, "\n".join(found)


LIKE_WINDOWS = """
import importlib, os, select, signal, socket, sys
for name in {foreign!r}:
    importlib.import_module(name)
names, modules = {names!r}, {modules!r}
for name in names:
    module, _, what = name.partition(".")
    if hasattr(sys.modules[module], what):
        delattr(sys.modules[module], what)

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name in modules:
            raise ModuleNotFoundError(f"{{name}} is not there on this system", name=name)

for name in modules:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Refuse())
"""
FOREIGN_MODULES = (
    "asyncio ctypes filelock msgspec networkx numpy pandas PIL.Image platformdirs psutil PySide6.QtWidgets"
    " PySide6.QtSvg safetensors.torch subprocess tempfile time torch torch.optim uuid"
)


def like_windows(program: str) -> str:
    """What a program says in which nothing is left that Windows lacks, once the libraries are imported."""
    before = LIKE_WINDOWS.format(foreign=FOREIGN_MODULES.split(), names=sorted(NAMES), modules=sorted(MODULES))
    done = subprocess.run(
        [sys.executable, "-c", before + program], cwd=ROOT, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_every_module_is_imported_without_what_windows_lacks():
    modules = [each.module for each in product() if each.package in ("", *STACK) and "__main__" not in each.name]
    program = f"for name in {modules!r}:\n    importlib.import_module(name)\nprint('done')\n"
    assert like_windows(program) == "done\n"


def test_a_training_and_what_follows_it_do_without_what_windows_lacks(tmp_path: Path):
    """Also where it takes the turns that are meant for Windows, but for the calls of Windows itself."""
    program = f"""
import filelock
from designer.__main__ import main
# its lock on Windows is Windows' own
filelock.FileLock = filelock.SoftFileLock
folder = {str(tmp_path)!r}
sys.platform = "win32"
project = os.path.join(folder, "iris.loom")
for words in (
    ["samples", "iris", "--to", folder],
    ["check", project],
    ["train", project, "--epochs", "2"],
    ["train", project, "--resume", "--epochs", "3"],
    ["evaluate", project],
    ["runs", project],
    ["export", project, "--to", "script", "-o", os.path.join(folder, "train.py")],
):
    assert main(words) == 0, words
"""
    assert "accuracy" in like_windows(program)
