"""Hazard 3 and the rest of atomic writing: whatever fails, the old file stays byte for byte; the message says why."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from designer.project import atomic
from designer.project.atomic import atomic_file, atomic_write, remove_stale_temporaries
from designer.project.errors import ProjectError

ROOT = Path(__file__).parents[3]

FULL_DISK = """
import resource, sys
from pathlib import Path
from designer.project.edits import duplicate
from designer.project.errors import ProjectError
from designer.project.file import load_project, save_project, to_text
from tests.helpers.projects import sample

path = Path(sys.argv[1])
old, (new, _) = sample(), duplicate(sample(), list(sample().graph.nodes))
size = len(to_text(new).encode())
save_project(old, path)
before = path.read_bytes()
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
for limit in [*range(0, size, 16), size - 1]:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        save_project(new, path)
    except ProjectError as error:
        message = str(error)
    else:
        raise SystemExit(f"a save of {size} bytes did not fail at {limit}")
    assert "disk space" in message and str(path) in message, message
    assert path.read_bytes() == before, limit
    assert list(path.parent.iterdir()) == [path], limit
    assert load_project(path) == old
resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
save_project(new, path)
assert load_project(path) == new
print("done")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are of POSIX")
def test_a_disk_that_fills_at_any_byte_of_a_save(tmp_path: Path) -> None:
    path = tmp_path / "iris.loom"
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout == "done\n", done.stderr


@pytest.mark.parametrize("call", ["open", "fsync", "replace"])
@pytest.mark.parametrize(
    ("code", "words"), [(errno.ENOSPC, "disk space"), (errno.EIO, "error"), (errno.EROFS, "only be read")]
)
def test_an_error_at_any_call_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int, words: str
) -> None:
    path = tmp_path / "weights.bin"
    atomic_write(path, b"old")

    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patched:
        patched.setattr(atomic.os, call, fail)
        with pytest.raises(ProjectError, match=words) as found:
            atomic_write(path, b"new")
    # what happened comes first: a line that is cut shows it
    assert str(found.value).endswith(f"{path}).")
    assert str(found.value).startswith(
        "There is no space left" if code == errno.ENOSPC else "Cannot write “weights.bin”"
    )
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    atomic_write(path, "née")
    assert path.read_bytes() == "née".encode()


def test_an_exception_in_the_block_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    atomic_write(path, b"old")

    def interrupted() -> None:
        with atomic_file(path) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    with atomic_file(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


def test_links_are_followed_and_permissions_kept(tmp_path: Path) -> None:
    real, link = tmp_path / "real.loom", tmp_path / "link.loom"
    atomic_write(real, b"old")
    real.chmod(0o640)
    link.symlink_to(real)
    atomic_write(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert real.stat().st_mode & 0o777 == 0o640
    mask = os.umask(0o022)
    os.umask(mask)
    atomic_write(tmp_path / "fresh", b"")
    assert (tmp_path / "fresh").stat().st_mode & 0o777 == 0o666 & ~mask


def test_places_where_nothing_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    atomic_write(file, b"old")
    for path, words in (
        (tmp_path, "a folder of this name"),
        (tmp_path / "missing" / "a.loom", "no such file or folder"),
        (file / "a.loom", "a file, not a folder"),
        (tmp_path / ("x" * 300), "too long"),
    ):
        with pytest.raises(ProjectError, match=words) as found:
            atomic_write(path, b"new")
        assert str(path) in str(found.value)
    monkeypatch.setattr(atomic.os, "access", lambda *_: False)
    with pytest.raises(ProjectError, match="not allowed"):
        atomic_write(file, b"new")
    assert file.read_bytes() == b"old"


def test_what_the_system_refuses_is_said_before_the_place(tmp_path: Path) -> None:
    full = OSError(errno.ENOSPC, "No space left on device", str(tmp_path))
    assert atomic.refusal(full) == (
        f"There is no space left on the disk, or the quota is used up. Free some disk space and try again ({tmp_path})."
    )
    assert atomic.refusal(FileNotFoundError(errno.ENOENT, "No such file", "a.csv")) == (
        "There is no such file or folder (a.csv)."
    )
    assert atomic.io_words(tmp_path, "make", full, "a folder for the run") == (
        "There is no space left on the disk, or the quota is used up. Free some disk space and try again"
        f" (cannot make a folder for the run in {tmp_path})."
    )
    assert atomic.io_words(tmp_path, "make", PermissionError(errno.EACCES, "no"), "a folder for the run") == (
        f"Cannot make a folder for the run: this is not allowed for you here ({tmp_path})."
    )


def test_only_stale_temporaries_are_removed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    host, own = atomic._HOST, os.getpid()
    stale = [f".layerloom-{host}-{ended.pid}-00000000-0.tmp", f".layerloom-{host}-{own}-00000000-7.tmp"]
    old = f".layerloom-00000000-{own}-00000000-0.tmp"
    alive = [f".layerloom-{host}-{os.getppid()}-00000000-0.tmp", f".layerloom-00000000-{own}-00000000-1.tmp"]
    others = [".layerloom-notes.tmp", "a.tmp", ".layerloom"]
    for name in [*stale, old, *alive, *others]:
        (tmp_path / name).write_bytes(b"half")
    os.utime(tmp_path / old, (0, 0))
    with atomic_file(tmp_path / "new.loom") as file:
        file.write(b"new")
        assert remove_stale_temporaries(tmp_path) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["new.loom", *alive, *others])
    assert remove_stale_temporaries(tmp_path / "missing") == 0
