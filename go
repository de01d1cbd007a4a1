#!/usr/bin/env python3
"""Sets Layerloom up on a machine that has only Python, then runs it.

./go                 opens the app, or with no screen trains a sample and shows how well it does
./go COMMAND …       runs a command of Layerloom, such as: ./go train iris.loom
./go test            runs all tests
./go test …          runs some of them; what follows goes to pytest
"""

import sys

if sys.version_info < (3, 11):
    # nothing above or below may need a newer Python to be parsed, or nobody would get to read this
    import os
    import shutil
    import subprocess

    for name in ("python3.14", "python3.13", "python3.12", "python3.11"):
        newer = shutil.which(name)
        check = [newer, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        if newer and subprocess.call(check, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
            if os.name == "nt":
                # there the shell would not wait for what takes this process's place
                sys.exit(subprocess.call([newer, *sys.argv]))
            os.execv(newer, [newer, *sys.argv])
    sys.exit(
        "Layerloom needs Python 3.11 or newer; this is Python %d.%d. Install a newer one and start this again with it,"
        " for instance: python3.12 go" % sys.version_info[:2]
    )

import ctypes
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
STAMP = VENV / "set-up.json"
FIRST_RUN = ROOT / "build" / "first-run"
SIDE_BY_SIDE = ["-n", "logical", "--maxprocesses", "4", "--dist", "worksteal"]
# a busy machine makes a test of time fail that is sound: it is run again before anybody believes it
AGAIN = ["--reruns", "2"]
TIMED_AGAIN = ["--reruns", "3", "--reruns-delay", "5"]
# pytest's exit status when somebody pressed Ctrl+C
INTERRUPTED = 2

# what Qt opens when a window is shown, and Debian's package of it
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")


def main(words: list[str]) -> int:
    """Set up what is missing, then do what ``words`` say; the exit status is that of what was run."""
    if words[:1] in (["-h"], ["--help"]):
        say((__doc__ or "").partition("\n\n")[2])
    testing = words[:1] == ["test"]
    set_up("dev" if testing else "app", needs_qt=testing or (opens_window(words) and has_screen()))
    if testing:
        os.environ.update(QT_QPA_PLATFORM="offscreen", OMP_NUM_THREADS="1")
        os.chdir(ROOT)
        return run([PYTHON, "-m", "pytest", *words[1:]]) if words[1:] else run_all_tests()
    if not words and not has_screen():
        return train_a_sample()
    return run([PYTHON, "-P", "-m", "designer", *words])


def opens_window(words: list[str]) -> bool:
    """Whether the app is meant: no words, or a project."""
    return not words or words[0].endswith(".loom")


def has_screen() -> bool:
    """Whether a window can be shown here."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run_all_tests() -> int:
    """All tests: most in several processes at once, then one after the other those that measure time."""
    pytest = [str(PYTHON), "-m", "pytest"]
    # hundreds of processes are started, each of which would compile all that it imports
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    say("First the tests that may run beside others, in as many processes as there are cores, but no more than four.")
    together = subprocess.run([*pytest, *SIDE_BY_SIDE, *AGAIN, "-m", "not alone"], check=False).returncode
    if together == INTERRUPTED:
        return together
    say("Now those that may not, because they measure time, one after the other.")
    files = holding("pytest.mark.alone")
    return subprocess.run([*pytest, *TIMED_AGAIN, *files, "-m", "alone"], check=False).returncode or together


def holding(mark: str) -> list[str]:
    """The files with tests of this mark: to look through all others would take longer than to run some of these."""
    paths = sorted((ROOT / "tests").rglob("test_*.py"))
    return [path.relative_to(ROOT).as_posix() for path in paths if mark in path.read_text(encoding="utf-8")]


def train_a_sample() -> int:
    """The main job without a screen: copy the iris sample out, train it, show the metrics and where the run is."""
    say("There is no screen, so no window opens. Layerloom trains a sample project instead.")
    folder = FIRST_RUN
    if layerloom("samples", "iris", "--to", str(folder), quiet=True):
        # what lies there was changed, perhaps by hand, and is left alone
        folder = Path(tempfile.mkdtemp(prefix=f"{FIRST_RUN.name}-", dir=FIRST_RUN.parent))
        if status := layerloom("samples", "iris", "--to", str(folder)):
            return status
    status = layerloom("train", str(folder / "iris.loom"))
    if status == 0:
        say("That is Layerloom at work. With a screen, ./go opens its window; ./go --help shows all commands.")
    return status


def layerloom(*words: str, quiet: bool = False) -> int:
    """Run a command of Layerloom, shown as one would type it; its exit status."""
    if not quiet:
        say(f"./go {' '.join(words)}")
    command = [str(PYTHON), "-P", "-m", "designer", *words]
    return subprocess.run(command, check=False, capture_output=quiet).returncode


# Setting up


def set_up(what: str, needs_qt: bool) -> None:
    """Make the environment and install ``what`` ("app" or "dev"), unless the stamp says that this was done."""
    wanted, done = fingerprint(), read_stamp()
    qt_missing = missing_packages() if needs_qt or is_root() else []
    if qt_missing:
        why = "Qt, which draws the window, needs system libraries that are not installed"
        install_system(qt_missing, why, needs_qt)
    if done.get(what) == wanted and PYTHON.exists():
        return
    if not runs(PYTHON):
        make_environment()
    extra = "[dev]" if what == "dev" else ""
    say("Installing what Layerloom is built on, with PyTorch and Qt. The first time this takes some minutes.")
    pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-c", "constraints.txt"]
    if subprocess.run([*map(str, pip), "-e", f".{extra}"], cwd=ROOT, check=False, stdout=sys.stderr).returncode:
        stop("The installation did not succeed; what pip says above tells why. Once mended, start this again.")
    done = {"app": wanted} if what == "app" else {"app": wanted, "dev": wanted}
    STAMP.write_text(json.dumps(done), encoding="utf-8")
    say("Layerloom is set up.")


def fingerprint() -> str:
    """Changes whenever the installation has to be done anew."""
    parts = [(ROOT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt")]
    return hashlib.sha256(b"\0".join([*parts, str(ROOT).encode()])).hexdigest()


def read_stamp() -> dict[str, str]:
    """What was installed, by the fingerprint of the time."""
    try:
        found = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def runs(python: Path) -> bool:
    """Whether this is the Python, new enough and with pip, of a sound environment."""
    check = "import sys, pip; sys.exit(sys.version_info < (3, 11) or sys.prefix == sys.base_prefix)"
    try:
        return subprocess.run([str(python), "-c", check], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make_environment() -> None:
    """Make .venv anew, with Debian's separate package for that installed first where it is lacking."""
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        install_system([package], "This Python cannot make environments yet", required=True)
    if VENV.exists():
        shutil.rmtree(VENV)
    say(f"Making an environment in {VENV.name}")
    if subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False, stdout=sys.stderr).returncode:
        stop("The environment could not be made; the lines above tell why.")


# System packages


def missing_packages() -> list[str]:
    """Debian's names of the system packages that Qt lacks on this Linux; none elsewhere."""
    if not sys.platform.startswith("linux"):
        return []
    missing = {package for library, package in LIBRARIES.items() if not opens(library)}
    if not any_font():
        missing.add("fonts-dejavu-core")
    return sorted(missing)


def opens(library: str) -> bool:
    """Whether the loader finds this library and all that it needs."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def any_font() -> bool:
    """Whether there is a single font; without one, windows show empty boxes for letters."""
    walks = (os.walk(Path(folder).expanduser()) for folder in FONT_FOLDERS)
    return any(name.endswith((".ttf", ".otf", ".ttc")) for walk in walks for _, _, names in walk for name in names)


def install_system(packages: list[str], why: str, required: bool) -> None:
    """Install Debian packages: at once as root, after a question where sudo can, else say the line that does it."""
    apt = shutil.which("apt-get")
    line = f"apt-get install --no-install-recommends {' '.join(packages)}"
    if apt and is_root():
        say(f"{why}. Installing: {' '.join(packages)}")
        if apt_install([], packages):
            return
    elif apt and shutil.which("sudo") and required and agreed(f"{why}. May this be run?\n  sudo {line}"):
        if apt_install(["sudo"], packages):
            return
    elif not required:
        return
    libraries = [library for library, package in LIBRARIES.items() if package in packages]
    message = f"{why}. Install what is missing, then start this again:\n  sudo {line}"
    if not apt and libraries:
        message = f"{why}. Install what holds these, then start this again:\n  {' '.join(libraries)}"
    elif not apt:
        message = f"{why}. Install Python's modules venv and ensurepip, then start this again."
    if required:
        stop(message)
    say(message)


def apt_install(prefix: list[str], packages: list[str]) -> bool:
    """Whether the packages got installed; the package lists are fetched first where they are missing or old."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [*prefix, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    if subprocess.run(install, env=environment, check=False, capture_output=True).returncode == 0:
        return True
    if subprocess.run([*prefix, "apt-get", "update", "-qq"], env=environment, check=False).returncode:
        return False
    return subprocess.run(install, env=environment, check=False, stdout=sys.stderr).returncode == 0


def is_root() -> bool:
    """Whether this process may install system packages by itself."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def agreed(question: str) -> bool:
    """Whether a person at the terminal says yes."""
    if not sys.stdin.isatty():
        return False
    return input(f"{question}\n[y/N] ").strip().lower() in ("y", "yes")


# Running and speaking


def run(command: list[str | Path]) -> int:
    """Run in this process's place where the system can do that, so that signals and exit status are its own."""
    words = [str(word) for word in command]
    sys.stdout.flush()
    if not WINDOWS:
        os.execv(words[0], words)
    with subprocess.Popen(words) as process:
        # Ctrl-C reaches what runs too, which ends in its own order and says so by its status
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return process.wait()


def say(text: str) -> None:
    """Tell the person at the terminal; standard output belongs to what is run."""
    print(text, file=sys.stderr, flush=True)


def stop(text: str) -> NoReturn:
    """End with a sentence."""
    say(text)
    sys.exit(1)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        say("Interrupted. Start this again to go on.")
        sys.exit(130)
