"""The script that sets Layerloom up: what it decides, with the installing itself left out."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

from tests.helpers.sources import ROOT

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="system packages are a matter of Linux")


@pytest.fixture
def go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, with a checkout of its own."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = SourceFileLoader("go", str(ROOT / "go"))
    spec = importlib.util.spec_from_loader("go", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    venv = tmp_path / ".venv"
    python = venv / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("")
    for name, value in {"ROOT": tmp_path, "VENV": venv, "PYTHON": python, "STAMP": venv / "set-up.json"}.items():
        monkeypatch.setattr(module, name, value)
    return module


class Installed:
    """Stands for subprocess: remembers what would have been run."""

    def __init__(self, statuses: tuple[int, ...] = ()) -> None:
        self.lines: list[list[str]] = []
        self._statuses = list(statuses)

    def __call__(self, command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        self.lines.append([str(word) for word in command])
        return subprocess.CompletedProcess(command, self._statuses.pop(0) if self._statuses else 0)


def test_what_is_installed_is_not_installed_again(go: ModuleType, monkeypatch: pytest.MonkeyPatch):
    ran = Installed()
    monkeypatch.setattr(go.subprocess, "run", ran)
    monkeypatch.setattr(go, "missing_packages", list)
    go.set_up("app", needs_qt=True)
    (pip,) = [line for line in ran.lines if "pip" in line]
    assert pip[-4:] == ["-c", "constraints.txt", "-e", "."]
    ran.lines.clear()
    go.set_up("app", needs_qt=True)
    assert ran.lines == []
    go.set_up("dev", needs_qt=True)
    assert [line[-1] for line in ran.lines if "pip" in line] == [".[dev]"]
    ran.lines.clear()
    go.set_up("dev", needs_qt=True)
    go.set_up("app", needs_qt=True)
    assert ran.lines == []


def test_another_list_of_versions_is_installed(go: ModuleType, monkeypatch: pytest.MonkeyPatch):
    ran = Installed()
    monkeypatch.setattr(go.subprocess, "run", ran)
    monkeypatch.setattr(go, "missing_packages", list)
    go.set_up("dev", needs_qt=True)
    (go.ROOT / "constraints.txt").write_text("torch==9.9\n")
    ran.lines.clear()
    go.set_up("app", needs_qt=True)
    assert [line[-1] for line in ran.lines if "pip" in line] == ["."]


def test_a_failed_installation_is_tried_again(go: ModuleType, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(go, "missing_packages", list)
    monkeypatch.setattr(go, "runs", lambda python: True)
    monkeypatch.setattr(go.subprocess, "run", Installed((1,)))
    with pytest.raises(SystemExit) as stopped:
        go.set_up("app", needs_qt=True)
    assert stopped.value.code == 1
    again = Installed()
    monkeypatch.setattr(go.subprocess, "run", again)
    go.set_up("app", needs_qt=True)
    assert len(again.lines) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", "\0"])
def test_a_damaged_stamp_counts_as_none(go: ModuleType, text: str):
    go.STAMP.write_text(text)
    assert go.read_stamp() == {}


@linux
def test_a_missing_library_is_found_by_opening_it(go: ModuleType, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(go, "LIBRARIES", {"libc.so.6": "libc6", "libmissing.so.9": "libmissing9"})
    monkeypatch.setattr(go, "any_font", lambda: True)
    assert go.missing_packages() == ["libmissing9"]


@linux
def test_a_font_is_asked_for_where_there_is_none(go: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(go, "LIBRARIES", {})
    monkeypatch.setattr(go, "FONT_FOLDERS", (str(tmp_path),))
    assert go.missing_packages() == ["fonts-dejavu-core"]
    (tmp_path / "some.ttf").touch()
    assert go.missing_packages() == []


def test_root_installs_after_fetching_the_lists_if_need_be(go: ModuleType, monkeypatch: pytest.MonkeyPatch):
    ran = Installed((100, 0, 0))
    monkeypatch.setattr(go.subprocess, "run", ran)
    monkeypatch.setattr(go.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(go, "is_root", lambda: True)
    go.install_system(["libegl1"], "Qt needs it", required=True)
    assert [line[:2] for line in ran.lines] == [["apt-get", "install"], ["apt-get", "update"], ["apt-get", "install"]]


def test_others_are_told_the_line(go: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(go.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(go, "is_root", lambda: False)
    monkeypatch.setattr(go, "agreed", lambda question: False)
    with pytest.raises(SystemExit):
        go.install_system(["libegl1", "libgl1"], "Qt needs them", required=True)
    assert "sudo apt-get install --no-install-recommends libegl1 libgl1" in capsys.readouterr().err


def test_others_are_asked_first(go: ModuleType, monkeypatch: pytest.MonkeyPatch):
    ran = Installed()
    monkeypatch.setattr(go.subprocess, "run", ran)
    monkeypatch.setattr(go.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(go, "is_root", lambda: False)
    monkeypatch.setattr(go, "agreed", lambda question: "libegl1" in question)
    go.install_system(["libegl1"], "Qt needs it", required=True)
    assert ran.lines[0][:3] == ["sudo", "apt-get", "install"]


def test_nobody_is_kept_from_what_needs_no_window(go: ModuleType, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(go.shutil, "which", lambda name: None)
    monkeypatch.setattr(go, "is_root", lambda: False)
    go.install_system(["libegl1"], "Qt needs it", required=False)


@pytest.mark.parametrize(
    ("words", "window"), [([], True), (["my.loom"], True), (["train", "my.loom"], False), (["--version"], False)]
)
def test_the_window_is_meant_without_a_command(go: ModuleType, words: list[str], window: bool):
    assert go.opens_window(words) is window


def test_commands_are_passed_on_as_they_are(go: ModuleType, monkeypatch: pytest.MonkeyPatch):
    passed = []
    monkeypatch.setattr(go, "set_up", lambda what, needs_qt: passed.append((what, needs_qt)))
    monkeypatch.setattr(go, "run", lambda command: passed.append(command) or 7)
    assert go.main(["train", "a b.loom", "--json"]) == 7
    assert passed == [("app", False), [go.PYTHON, "-P", "-m", "designer", "train", "a b.loom", "--json"]]


def test_the_tests_are_run_without_a_screen(go: ModuleType, monkeypatch: pytest.MonkeyPatch):
    passed = []
    monkeypatch.chdir(go.ROOT)
    for name in ("QT_QPA_PLATFORM", "OMP_NUM_THREADS"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(go, "set_up", lambda what, needs_qt: passed.append((what, needs_qt)))
    monkeypatch.setattr(go, "run", lambda command: passed.append(command) or 0)
    go.main(["test", "-k", "iris"])
    assert passed == [("dev", True), [go.PYTHON, "-m", "pytest", "-k", "iris"]]
    assert (os.environ["QT_QPA_PLATFORM"], os.environ["OMP_NUM_THREADS"]) == ("offscreen", "1")


@pytest.mark.parametrize(
    ("statuses", "passes", "status"), [((0, 0), 2, 0), ((1, 0), 2, 1), ((0, 1), 2, 1), ((2,), 1, 2)]
)
def test_all_tests_are_run_in_two_passes_that_both_count(
    go: ModuleType, monkeypatch: pytest.MonkeyPatch, statuses: tuple[int, ...], passes: int, status: int
):
    ran = Installed(statuses)
    monkeypatch.chdir(go.ROOT)
    for name in ("QT_QPA_PLATFORM", "OMP_NUM_THREADS", "PYTHONDONTWRITEBYTECODE"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(go, "set_up", lambda what, needs_qt: None)
    monkeypatch.setattr(go.subprocess, "run", ran)
    assert go.main(["test"]) == status
    assert [line[-2:] for line in ran.lines] == [["-m", "not alone"], ["-m", "alone"]][:passes]
    assert ["-n" in line for line in ran.lines] == [True, False][:passes]


def test_side_by_side_each_test_is_told_of_at_once(pytestconfig: pytest.Config):
    """Held back, as sockets do while they wait for more to send, thousands of quick tests would take 40 ms each."""
    if not (hasattr(pytestconfig, "workerinput") and pytestconfig.getoption("reruns")):
        pytest.skip("tests are told of where several processes run them, some again")
    told = pytestconfig.failures_db.sock
    assert told.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.skipif(os.name == "nt", reason="the system does not start scripts by their first line")
def test_the_script_can_be_started():
    assert os.access(ROOT / "go", os.X_OK)


class Leaving:
    """Stands for a process that Ctrl-C reaches as it reaches the one that waits for it, and that leaves in order."""

    def __init__(self, command: list[str]) -> None:
        self.killed = False

    def __enter__(self) -> Leaving:
        return self

    def __exit__(self, *_: object) -> None:
        assert not self.killed

    def wait(self, timeout: float | None = None) -> int:
        signal.raise_signal(signal.SIGINT)
        return 130

    def kill(self) -> None:
        self.killed = True


def test_on_windows_ctrl_c_is_left_to_what_runs(go: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """There nothing can take this process's place; it waits, and ends with the same status."""
    monkeypatch.setattr(go, "WINDOWS", True)
    monkeypatch.setattr(go.subprocess, "Popen", Leaving)
    heeded = signal.getsignal(signal.SIGINT)
    try:
        assert go.run(["layerloom"]) == 130
    finally:
        signal.signal(signal.SIGINT, heeded)
