"""What holds for every test: no screen, no network, nothing of the person's own, no thread left behind."""

from __future__ import annotations

import gc
import os
import runpy
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.helpers import warm

HERE = Path(__file__).parent
OFFLINE = HERE / "helpers" / "offline"
OWN = Path(tempfile.mkdtemp(prefix="layerloom-tests-"))
# a thread may be at starting the warm process, which takes this long on a busy machine
PATIENCE = 30.0
# whose tests take longest: side by side, one of them at the end would keep a single core busy while the others rest
LONGEST = ("journeys", "benchmarks", "gui")

# before anything that reads them is imported, and for every process that a test starts
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["LAYERLOOM_HOME"] = str(OWN / "layerloom")
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(OFFLINE), os.environ.get("PYTHONPATH", "")]))
for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
    folder = OWN / variable.lower()
    folder.mkdir(mode=0o700)
    os.environ[variable] = str(folder)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # what a shell starts in the background does not hear of Ctrl-C, nor would all that a test starts
    signal.signal(signal.SIGINT, signal.default_int_handler)

OFFLINE_RULES = runpy.run_path(str(OFFLINE / "sitecustomize.py"))
WAITING_FSYNC = os.fsync

# the same examples each time, so that a push fails by what it changed; LAYERLOOM_CHANCE=1 looks for new ones
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("chance", derandomize=False, deadline=None)
settings.load_profile("chance" if os.environ.get("LAYERLOOM_CHANCE") else "repeatable")


warm.install()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the folders whose tests take longest where several processes share them; within one nothing moves."""
    if not hasattr(config, "workerinput"):
        return
    folders = {item.path: item.path.relative_to(HERE).parts[0] for item in items}
    places = {folder: place for place, folder in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(folders[item.path], len(LONGEST)))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let a test start its Python programs the quick way, unless it says that they are to be fresh interpreters.

    Only what measures time waits for the disk: no test takes the power away, and a kill loses nothing that was written.
    """
    measures = item.get_closest_marker("alone") is not None
    warm.on = not (measures or item.get_closest_marker("cold"))
    os.fsync = WAITING_FSYNC if measures else OFFLINE_RULES["written_soon"]
    os.environ["TESTS_LOSE_NO_POWER"] = "" if measures else "1"


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Tell of each test at once that it begins: held back for more to send, as sockets do, it is told 40 ms later."""
    told = getattr(getattr(config, "failures_db", None), "sock", None)
    if told is not None:
        told.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def pytest_unconfigure() -> None:
    """Take the folder away that stood for the person's own."""
    shutil.rmtree(OWN, ignore_errors=True)


@pytest.fixture(scope="module", autouse=True)
def the_collector_is_spared() -> None:
    """Keep what was imported so far out of its sight: after each test of the window it looks through all that is."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def nothing_goes_wrong_unheard() -> Iterator[None]:
    """Collect the last garbage within the last test: of what goes wrong later in a worker of xdist nobody hears."""
    yield
    gc.collect()


def _threads() -> set[threading.Thread]:
    # threads that others started, Qt's among them, show up as dummies for ever once they ran Python
    return {thread for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)}


@pytest.fixture(autouse=True)
def no_thread_left_behind() -> Iterator[None]:
    """Fail a test that leaves a thread running."""
    before = _threads()
    yield
    deadline = time.monotonic() + PATIENCE
    left = _threads() - before
    while left and time.monotonic() < deadline:
        time.sleep(0.01)
        left = {thread for thread in left if thread.is_alive()}
    assert not left, f"still running: {', '.join(thread.name for thread in left)}"
