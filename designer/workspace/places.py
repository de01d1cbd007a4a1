"""Where things lie: what is installed with Layerloom, and what it remembers of a person on this computer."""

from __future__ import annotations

import os
import sys
from pathlib import Path

APP = "layerloom"
HOME_VARIABLE = "LAYERLOOM_HOME"


def package_root() -> Path:
    """The folder that holds the package ``designer``: the source checkout, or the folder of installed packages."""
    return Path(__file__).resolve().parents[2]


def _installed(name: str) -> Path:
    """A folder that is installed inside the package, or that stands beside it in a source checkout."""
    root = package_root()
    inside = root / "designer" / name
    return inside if inside.is_dir() else root / name


def resources_folder() -> Path:
    """Icons, themes and texts that come with Layerloom."""
    return _installed("resources")


def samples_folder() -> Path:
    """The sample projects that come with Layerloom, one folder each."""
    return _installed("sample_projects")


def memory_folder() -> Path:
    """What is remembered of this person: recent projects, preferences. ``LAYERLOOM_HOME`` names another place."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return Path(home)
    import platformdirs

    return Path(platformdirs.user_data_dir(APP, appauthor=False))


def logs_folder() -> Path:
    """Where the logs of trainer processes and of errors are kept."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return Path(home) / "logs"
    import platformdirs

    return Path(platformdirs.user_log_dir(APP, appauthor=False))


def locks_folder() -> Path:
    """Where the marks lie that say which projects are open."""
    return memory_folder() / "locks"


def recovery_folder() -> Path:
    """Where work lies that is not saved yet, so that it outlives a crash."""
    return memory_folder() / "recovery"


def own_command() -> list[str]:
    """The command line, without its arguments, that starts another Layerloom just like this one."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    # -P keeps the current folder off the module path: a file named torch.py there must never be imported
    return [sys.executable, "-P", "-m", "designer"]


def own_environment() -> dict[str, str]:
    """This process's environment, with what another Layerloom needs to find the package in a source checkout."""
    environment = dict(os.environ)
    root = package_root()
    if not getattr(sys, "frozen", False) and root.name not in ("site-packages", "dist-packages"):
        old = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = os.pathsep.join([str(root), old]) if old else str(root)
    return environment
