"""Decoded pictures that are remembered between runs: a file of bytes for each folder of pictures and each size."""

from __future__ import annotations

import atexit
import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.project.atomic import atomic_file, remove_stale_temporaries
from designer.project.errors import LayerloomError
from designer.training.wanted import refuse_unwanted

if TYPE_CHECKING:
    import numpy as np

    Read = Callable[[Path], tuple[np.ndarray, int]]

MOST_CACHED = 20 << 30
SUFFIX = ".pictures"
VERSION = 3
KEY_BYTES = 16
HEAD = 16
SAME_START = 120
# so many pictures are decoded before it is asked whether anybody waits for them
AT_ONCE = 512


@dataclass(frozen=True, eq=False)
class CachedPictures:
    """The pictures of ``paths`` in a memory-mapped file: ``peaks`` says of each whether it is there and what was found.

    A picture is marked only once all of its bytes are there, so that whatever ends the program spoils none.
    """

    paths: Sequence[Path]
    read: Read
    head: np.ndarray
    peaks: np.ndarray
    pixels: np.ndarray
    reasons: dict[int, str] = field(default_factory=dict)

    def fill(self, wanted: Iterable[int] | None = None) -> None:
        """Decode what is not there yet of the places ``wanted``, or of all, as long as somebody waits for it."""
        from designer.runtime.pictures import UNREAD, decode_into

        places = range(len(self.paths)) if wanted is None else wanted
        missing = [place for place in places if self.peaks[place] == UNREAD]
        for start in range(0, len(missing), AT_ONCE):
            refuse_unwanted()
            decode_into(self.pixels, self.peaks, self.reasons, self.paths, missing[start : start + AT_ONCE], self.read)
        if wanted is None and not self.head[1]:
            # training need not wait for the disk: the end of the program does, or whoever opens the file next
            file, shape = Path(self.pixels.filename), self.pixels.shape[1:]  # type: ignore[attr-defined]
            atexit.register(lambda: _keep(_opened(file, shape)))


def decode_cached(
    paths: Sequence[Path], shape: tuple[int, ...], read: Any
) -> tuple[np.ndarray, np.ndarray, dict[int, str]]:
    """As ``decode_all`` of the runtime, ``read`` being a partial call; what was decoded before is taken from disk."""
    import numpy as np

    from designer.runtime.pictures import decode_all
    from designer.training.pictures import silence_pillow

    silence_pillow()
    cached = open_cached(paths, shape, read)
    if cached is None:
        return decode_all(paths, shape, read)
    cached.fill()
    return cached.pixels, np.array(cached.peaks), cached.reasons


def open_cached(paths: Sequence[Path], shape: tuple[int, ...], read: Any) -> CachedPictures | None:
    """The remembered pictures of these files in this shape, as ``read`` makes them; None where no file can be kept."""
    import numpy as np

    from designer.runtime.errors import DataError
    from designer.runtime.pictures import REFUSED, UNREAD, check_disk

    if not paths:
        return None
    keys = np.frombuffer(b"".join(map(_key, paths)), dtype=f"V{KEY_BYTES}")
    words = [_common_folder(paths), read.func.__name__, sorted(read.keywords.items())]
    name = hashlib.sha256(repr([VERSION, *words, shape]).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    folder = cache_folder()
    file = folder / (name + SUFFIX)
    old = _opened(file, shape)
    if old is None or len(old[2]) != len(keys) or not (old[2] == keys).all():
        size = int(np.prod(shape)) * len(keys)
        # Windows replaces no file that is mapped into memory
        old = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            make_room(folder, size, file)
            check_disk(folder, size)
            _create(file, keys, shape)
        except (OSError, LayerloomError, DataError):
            return None
        old = _opened(file, shape)
    if old is None or len(old[2]) != len(keys):
        return None
    with suppress(OSError):
        os.utime(file)
    _keep(old)
    head, peaks, _, pixels = old
    # why a file was refused is not kept: it is soon refused again
    peaks[peaks == REFUSED] = UNREAD
    return CachedPictures(paths, read, head, peaks, pixels)


def cache_folder() -> Path:
    """Where decoded pictures are kept. ``LAYERLOOM_HOME`` names another place."""
    home = os.environ.get("LAYERLOOM_HOME")
    if home:
        return Path(home) / "pictures"
    import platformdirs

    return Path(platformdirs.user_cache_dir("layerloom", appauthor=False)) / "pictures"


def make_room(folder: Path, size: int, keep: Path) -> None:
    """Delete the files that were not used for longest until ``size`` bytes more make 20 GB at most."""
    remove_stale_temporaries(folder)
    found = []
    for entry in folder.iterdir():
        with suppress(OSError):
            if entry.suffix == SUFFIX and entry != keep:
                status = entry.stat()
                found.append((status.st_mtime, status.st_size, entry))
    total = size + sum(each[1] for each in found)
    for _, freed, entry in sorted(found):
        if total <= MOST_CACHED:
            return
        with suppress(OSError):
            entry.unlink()
            total -= freed


def _key(path: Path) -> bytes:
    """What a file must have kept for its picture still to be the same: path, size and time."""
    try:
        status = path.stat()
        words = f"{path}\0{status.st_size}\0{status.st_mtime_ns}"
    except OSError:
        words = f"{path}\0"
    return hashlib.blake2b(words.encode("utf-8", "surrogateescape"), digest_size=KEY_BYTES).digest()


def _common_folder(paths: Sequence[Path]) -> str:
    """The folder beneath which all paths lie; empty where they lie on different drives."""
    try:
        return os.path.commonpath([os.path.abspath(folder) for folder in {os.path.dirname(path) for path in paths}])
    except ValueError:
        return ""


def _started() -> int:
    """When this computer was started: what another start left unfinished may lack what was not on disk yet."""
    import psutil

    return int(psutil.boot_time())


def _create(file: Path, keys: np.ndarray, shape: tuple[int, ...]) -> None:
    """A new file without any picture but those that the old one has already."""
    import numpy as np

    from designer.runtime.pictures import UNREAD

    old = _opened(file, shape)
    count, each = len(keys), int(np.prod(shape))
    peaks = np.full(count, UNREAD, dtype=np.int32)
    known = {key: place for place, key in enumerate(old[2].tolist())} if old is not None else {}
    places = [known.get(key, -1) for key in keys.tolist()]
    with atomic_file(file) as stream:
        for place, before in enumerate(places):
            if before >= 0 and old is not None:
                peaks[place] = old[1][before]
        stream.write(np.array([count, 0, _started() >> 16, _started() & 0xFFFF], dtype=np.int32).tobytes())
        stream.write(peaks.tobytes())
        stream.write(keys.tobytes())
        start = stream.tell()
        if hasattr(os, "posix_fallocate"):
            # a disk that is full later would end the program in the midst of a mapped file
            os.posix_fallocate(stream.fileno(), 0, start + count * each)
        for place, before in enumerate(places):
            if before >= 0 and old is not None and peaks[place] != UNREAD:
                stream.seek(start + place * each)
                stream.write(old[3][before].tobytes())
        stream.seek(start + count * each - 1)
        last = old[3][places[-1]].tobytes()[-1:] if old is not None and places[-1] >= 0 else b"\0"
        stream.write(last)
        # it can be replaced now
        old = None


def _keep(found: tuple[np.ndarray, ...] | None) -> None:
    """Mark a file that has all of its pictures as whole, once they are on the disk: another start may then trust it."""
    from designer.runtime.pictures import UNREAD

    if found is not None and not found[0][1] and (found[1] != UNREAD).all():
        with suppress(OSError):
            found[3].flush()  # type: ignore[attr-defined]
            found[0][1] = 1


def _opened(file: Path, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray] | None:
    """Head, peaks, keys and pixels of a file that is whole; None where there is none, or none to be trusted."""
    import numpy as np

    try:
        size = file.stat().st_size
        if size < HEAD:
            return None
        head = np.memmap(file, dtype=np.int32, mode="r+", shape=(4,))
        count = int(head[0])
        start = HEAD + count * (4 + KEY_BYTES)
        if count <= 0 or size != start + count * int(np.prod(shape)):
            return None
        started = (int(head[2]) << 16) + int(head[3])
        if not head[1] and abs(started - _started()) > SAME_START:
            return None
        peaks = np.memmap(file, dtype=np.int32, mode="r+", offset=HEAD, shape=(count,))
        keys = np.memmap(file, dtype=f"V{KEY_BYTES}", mode="r", offset=HEAD + 4 * count, shape=(count,))
        pixels = np.memmap(file, dtype=np.uint8, mode="r+", offset=start, shape=(count, *shape))
    except (OSError, ValueError):
        return None
    return head, peaks, keys, pixels
