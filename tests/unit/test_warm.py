"""A program started from the warm process behaves as one that a fresh interpreter runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.helpers import warm

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks are started so on Linux alone")
IN_TURN = [pytest.param(True, id="warm"), pytest.param(False, id="cold")]


@pytest.fixture(params=IN_TURN, autouse=True)
def quick(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the programs of a test come from the warm process: each test runs in both ways."""
    monkeypatch.setattr(warm, "on", request.param)
    return bool(request.param)


def ran(*words: str, **named: object) -> subprocess.CompletedProcess[str]:
    found: subprocess.CompletedProcess[str] = subprocess.run(  # type: ignore[call-overload]
        [sys.executable, *words], capture_output=True, text=True, timeout=60, **named
    )
    return found


def test_what_is_written_is_seen_at_once_where_that_is_asked_for() -> None:
    code = "import os, sys; sys.stdout.write('seen'); os._exit(0)"
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    assert ran("-c", code, env=plain).stdout == ""
    assert ran("-u", "-c", code, env=plain).stdout == "seen"


def test_a_trainer_and_a_process_of_several_are_found_by_their_names(quick: bool) -> None:
    code = "import psutil; print(psutil.Process().name())"
    ranked = {**os.environ, "RANK": "1"}
    assert (ran("-c", code, "train", "--events").stdout == "trainer\n") == quick
    assert (ran("-c", code, env=ranked).stdout == "rank 1\n") == quick
    assert ran("-c", code, "train").stdout.startswith("python")


def test_words_folder_environment_and_streams(tmp_path: Path) -> None:
    code = "import os, sys; print(sys.argv, os.getcwd(), os.environ['MINE'], sys.stdin.read())"
    code += "; print('é', file=sys.stderr)"
    done = ran("-c", code, "a", "b c", cwd=tmp_path, env={**os.environ, "MINE": "x"}, input="said\n")
    assert done.stdout == f"['-c', 'a', 'b c'] {tmp_path} x said\n\n"
    assert (done.returncode, done.stderr) == (0, "é\n")


def test_it_is_a_fork_of_the_warm_process_where_that_is_wanted(quick: bool) -> None:
    done = ran("-c", "import sys; print('torch' in sys.modules, 'designer' in sys.modules)")
    assert done.stdout == f"{quick} False\n"


def test_a_command_that_the_product_starts_has_the_product_imported_and_no_other_has(
    quick: bool, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; print('designer' in sys.modules, file=sys.stderr)")
    reached = {**os.environ, "PYTHONPATH": f"{warm.ROOT}{os.pathsep}{tmp_path}"}
    version = ("-m", "designer", "--version")
    assert ran("-P", *version, env=reached).stderr == f"{quick}\n"
    assert ran(*version, env=reached, cwd=warm.ROOT).stderr == f"{quick}\n"
    assert ran(*version, env=reached, cwd=tmp_path).stderr == "False\n"
    reached["PYTHONPATH"] = f"{tmp_path}{os.pathsep}{warm.ROOT}"
    assert ran("-P", *version, env=reached).stderr == "False\n"


@pytest.mark.parametrize(
    ("code", "status", "last"),
    [
        ("import sys; sys.exit(3)", 3, ""),
        ("import sys; sys.exit('why')", 1, "why"),
        ("raise ValueError('wrong')", 1, "ValueError: wrong"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", -signal.SIGSEGV, ""),
        ("import atexit; atexit.register(print, 'ended'); 1 / 0", 1, "ZeroDivisionError: division by zero"),
        ("import threading, time; threading.Timer(0.05, print, ['ended']).start()", 0, ""),
        ("raise KeyboardInterrupt", -signal.SIGINT, "KeyboardInterrupt"),
        ("import os; print('lost'); os.close(1)", 120, "OSError: [Errno 9] Bad file descriptor"),
    ],
)
def test_ends(code: str, status: int, last: str) -> None:
    done = ran("-c", code, env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"})
    assert done.returncode == status
    assert (done.stderr.splitlines() or [""])[-1] == last
    assert done.stdout == ("ended\n" if "'ended'" in code else "")


def test_scripts_and_modules_find_what_lies_beside_them_unless_they_are_to_be_safe(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("import sys\nprint(__name__, sys.argv)\n")
    (tmp_path / "first.py").write_text("import beside\n")
    assert ran(str(tmp_path / "first.py"), "x").stdout == f"beside ['{tmp_path / 'first.py'}', 'x']\n"
    assert "No module named 'beside'" in ran("-P", str(tmp_path / "first.py")).stderr
    assert ran("-c", "import beside", cwd=tmp_path).stdout == "beside ['-c']\n"
    assert "No module named 'beside'" in ran("-I", "-c", "import beside", cwd=tmp_path).stderr
    reached = {**os.environ, "PYTHONPATH": str(tmp_path)}
    assert ran("-P", "-c", "import beside", env=reached).stdout == "beside ['-c']\n"
    assert "No module named 'beside'" in ran("-I", "-c", "import beside", env=reached).stderr


def test_it_can_be_waited_for_asked_and_killed() -> None:
    command = [sys.executable, "-c", "import time; print('on', flush=True); time.sleep(60)"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "on\n"
        assert os.getpgid(process.pid) == process.pid
        assert process.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.05)
        os.killpg(process.pid, signal.SIGKILL)
        assert process.wait(10) == -signal.SIGKILL
    assert process.poll() == -signal.SIGKILL


def test_ctrl_c_reaches_it() -> None:
    code = textwrap.dedent("""
        import time
        try:
            print("on", flush=True)
            time.sleep(60)
        except KeyboardInterrupt:
            print("interrupted")
    """)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=10)[0] == "interrupted\n"


def test_no_end_of_a_pipe_stays_open_elsewhere() -> None:
    """A reader ends when its writer does, though other programs were started meanwhile."""
    command = [sys.executable, "-c", "import sys; print(len(sys.stdin.read()))"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert ran("-c", "pass").returncode == 0
        assert reader.communicate("abc", timeout=20)[0] == "3\n"


def test_programs_that_it_starts_are_quick_too(quick: bool) -> None:
    inner = "import sys; print('torch' in sys.modules)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    assert ran("-c", code).stdout == f"{quick}\n"


def test_the_network_is_refused() -> None:
    done = ran("-c", "import socket; socket.create_connection(('192.0.2.1', 80), 1)")
    assert "does not use the network" in done.stderr


def test_nothing_waits_for_the_disk_and_what_is_no_open_file_is_refused() -> None:
    done = ran("-c", "import os; print(os.fsync.__name__, flush=True); os.fsync(99)")
    assert done.stdout == "written_soon\n"
    assert done.stderr.endswith("OSError: [Errno 9] Bad file descriptor\n")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ran("-c", "pass", cwd=tmp_path / "none")
