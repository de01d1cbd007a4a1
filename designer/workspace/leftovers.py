"""What killed processes left in the folders of runs; it is cleared away before another run is begun beside them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from designer.project.atomic import remove_stale_temporaries
from designer.project.json_object import object_in
from designer.training.alive import LOCK, PASSING, claim, is_alive
from designer.training.checkpoint import CHECKPOINT, POSITION
from designer.training.errors import RunError
from designer.training.forked import FORKED, START, UNBEGUN
from designer.training.kept_end import BEFORE, tidy_end
from designer.training.run_files import COPY_NAME, ENVIRONMENT, HISTORY

# what a fork is given before the copy of the project, by which a folder is known as a run
BEFORE_ANY_RUN = {FORKED, ENVIRONMENT, CHECKPOINT, POSITION, HISTORY, LOCK, START, f"{START}/{CHECKPOINT}"}
# of a run that was killed as it went on the last waits until something new is saved
LEFT = (*PASSING, LOCK, COPY_NAME + BEFORE)


def tidy(folders: Iterable[Path]) -> None:
    """Clear away what killed processes left in folders of runs: nothing that a run is made of, or can go on with."""
    for folder in folders:
        remove_stale_temporaries(folder)
        if not (folder / COPY_NAME).exists():
            clear_unmade(folder)
        elif any((folder / name).exists() for name in LEFT) and not is_alive(folder):
            with suppress(RunError), claim(folder / LOCK, "", PASSING):
                tidy_end(folder)


def clear_unmade(folder: Path) -> None:
    """Remove a fork that was killed before it was a run: what it holds is the start of another run, and no more."""
    with suppress(OSError, RunError):
        for inner in (folder, folder / START):
            remove_stale_temporaries(inner)
        if not _is_unmade(folder) or is_alive(folder):
            return
        with claim(folder / LOCK, ""):
            if _is_unmade(folder):
                shutil.rmtree(folder / START, ignore_errors=True)
                for path in folder.iterdir():
                    if path.name != LOCK:
                        path.unlink()
        folder.rmdir()


def _is_unmade(folder: Path) -> bool:
    """Whether all that a folder holds was put there by the making of a fork, which did not come to its end."""
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    begun = found - {ENVIRONMENT, LOCK} and FORKED not in found
    unbegun = object_in(folder / POSITION).get("fingerprint", UNBEGUN) == UNBEGUN
    # who was killed at the making of a fork has left its lock behind, if not more
    made = found - {ENVIRONMENT}
    return bool(made) and found <= BEFORE_ANY_RUN and not begun and unbegun
