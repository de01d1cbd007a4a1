"""Decoded pictures are remembered, within bounds, and never wrongly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from designer.runtime import pictures
from designer.runtime.errors import DataError
from designer.runtime.images import decode_image
from designer.training import picture_cache
from designer.training.picture_cache import cache_folder, decode_cached, open_cached
from designer.training.wanted import Unwanted, while_wanted
from tests.helpers.pictures import write_classes

SHAPE = (1, 16, 16)
READ = partial(decode_image, height=16, width=16, colour=False, resize="stretch", white=65535)


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    return sorted(write_classes(tmp_path / "pictures").rglob("*.png"))


def counted(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that are decoded from now on."""
    seen: list[Path] = []
    real = pictures.decode_into

    def note(pixels, peaks, reasons, paths, wanted, read) -> None:
        wanted = list(wanted)
        seen.extend(paths[place] for place in wanted)
        real(pixels, peaks, reasons, paths, wanted, read)

    monkeypatch.setattr(pictures, "decode_into", note)
    return seen


def test_what_was_decoded_is_not_decoded_again(paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    expected, _, _ = pictures.decode_all(paths, SHAPE, READ)
    seen = counted(monkeypatch)
    for _ in range(2):
        pixels, peaks, reasons = decode_cached(paths, SHAPE, READ)
        assert mapped(pixels)
        np.testing.assert_array_equal(pixels, expected)
        assert (peaks == 0).all()
        assert not reasons
    assert seen == paths
    decode_cached(paths, (3, 16, 16), partial(READ, colour=True))
    assert len(seen) == 2 * len(paths)


def test_what_nobody_waits_for_is_decoded_no_further(paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_cache, "AT_ONCE", 10)
    seen, left = counted(monkeypatch), iter(range(1))
    with while_wanted(lambda: next(left, None) is not None), pytest.raises(Unwanted):
        decode_cached(paths, SHAPE, READ)
    assert seen == paths[:10]
    # the next goes on from there
    decode_cached(paths, SHAPE, READ)
    assert seen == paths


def mapped(pixels: np.ndarray | None) -> bool:
    """Whether an array is a view of a file that is mapped into memory."""
    while isinstance(pixels, np.ndarray) and not isinstance(pixels, np.memmap):
        pixels = pixels.base  # type: ignore[assignment]
    return isinstance(pixels, np.memmap)


def read_by(path: Path, threads: set[int], **settings: Any) -> tuple[np.ndarray, int]:
    threads.add(threading.get_ident())
    return decode_image(path, **settings)


def test_pictures_are_decoded_in_other_threads_than_the_caller_s(paths: list[Path]) -> None:
    threads: set[int] = set()
    decode_cached(paths, SHAPE, partial(read_by, threads=threads, **READ.keywords))
    assert threads and threading.get_ident() not in threads


def test_a_changed_a_new_and_a_lost_file_cost_only_themselves(
    paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    decode_cached(paths, SHAPE, READ)
    Image.new("L", (16, 16), 200).save(paths[3])
    Image.new("L", (16, 16), 100).save(paths[0].with_name("new.png"))
    paths[7].unlink()
    now = sorted(paths[0].parents[1].rglob("*.png"))
    seen = counted(monkeypatch)
    pixels, _, _ = decode_cached(now, SHAPE, READ)
    assert sorted(seen) == sorted([paths[3], paths[0].with_name("new.png")])
    np.testing.assert_array_equal(pixels, pictures.decode_all(now, SHAPE, READ)[0])
    assert len(list(cache_folder().iterdir())) == 1


def test_spoiled_files_are_named_each_time(paths: list[Path]) -> None:
    paths[2].write_bytes(b"no picture")
    for _ in range(2):
        _, peaks, reasons = decode_cached(paths, SHAPE, READ)
        assert list(reasons) == [2]
        assert "no picture of a known format" in reasons[2]
        assert np.flatnonzero(peaks < 0).tolist() == [2]


def test_the_pictures_that_are_wanted_come_first(paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    seen = counted(monkeypatch)
    cached = open_cached(paths, SHAPE, READ)
    assert cached is not None
    cached.fill([5, 6])
    assert seen == [paths[5], paths[6]]
    np.testing.assert_array_equal(cached.pixels[5], READ(paths[5])[0])
    cached.fill()
    assert len(seen) == len(paths)


@pytest.mark.parametrize("spoiled", [b"", b"short", bytes(5000)])
def test_a_spoiled_cache_is_made_anew(paths: list[Path], spoiled: bytes) -> None:
    expected = np.array(decode_cached(paths, SHAPE, READ)[0])
    [file] = cache_folder().iterdir()
    file.write_bytes(spoiled)
    np.testing.assert_array_equal(decode_cached(paths, SHAPE, READ)[0], expected)


def test_what_another_start_of_the_computer_left_unfinished_is_not_trusted(
    paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    cached = open_cached(paths, SHAPE, READ)
    assert cached is not None
    cached.fill([0])
    monkeypatch.setattr(picture_cache, "_started", lambda: 12345)
    again = open_cached(paths, SHAPE, READ)
    assert again is not None
    assert (again.peaks == pictures.UNREAD).all()


@pytest.mark.parametrize("spoiled", [False, True])
def test_the_disk_has_what_is_whole_once_it_is_opened_again(
    paths: list[Path], monkeypatch: pytest.MonkeyPatch, spoiled: bool
) -> None:
    if spoiled:
        paths[2].write_bytes(b"no picture")
    decode_cached(paths, SHAPE, READ)
    [file] = cache_folder().iterdir()
    assert not is_whole(file)
    open_cached(paths, SHAPE, READ)
    assert is_whole(file)
    monkeypatch.setattr(picture_cache, "_started", lambda: 12345)
    again = open_cached(paths, SHAPE, READ)
    assert again is not None
    assert (again.peaks >= 0).sum() == len(paths) - spoiled


def test_the_end_of_a_program_waits_until_the_disk_has_what_is_whole(paths: list[Path]) -> None:
    for number, whole in ((1, False), (len(paths), True)):
        wanted = "range(1)" if number == 1 else "None"
        subprocess.run([sys.executable, "-c", ENDED, str(paths[0].parents[1]), wanted], cwd=ROOT, check=True)
        [file] = cache_folder().iterdir()
        assert is_whole(file) is whole


def is_whole(file: Path) -> bool:
    return bool(np.fromfile(file, dtype=np.int32, count=2)[1])


ROOT = Path(__file__).parents[3]
ENDED = """
import sys
from pathlib import Path
from tests.unit.training.test_picture_cache import READ, SHAPE
from designer.training.picture_cache import open_cached
open_cached(sorted(Path(sys.argv[1]).rglob("*.png")), SHAPE, READ).fill(eval(sys.argv[2]))
"""


def test_the_oldest_go_first(paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    each = len(paths) * 256
    monkeypatch.setattr(picture_cache, "MOST_CACHED", 3 * each)
    for side in (16, 15, 14, 13):
        decode_cached(paths, (1, side, side), partial(READ, height=side, width=side))
        for file in cache_folder().iterdir():
            os.utime(file, (file.stat().st_atime, file.stat().st_mtime - 100))
    sizes = sum(file.stat().st_size for file in cache_folder().iterdir())
    assert len(list(cache_folder().iterdir())) == 3
    assert sizes < 4 * each


def test_without_room_or_right_pictures_are_decoded_anyway(paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    expected, _, _ = pictures.decode_all(paths, SHAPE, READ)
    Path(os.environ["LAYERLOOM_HOME"]).write_text("a file where the folder should be")
    np.testing.assert_array_equal(decode_cached(paths, SHAPE, READ)[0], expected)


def test_more_than_the_disk_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_IN_MEMORY", 1000)
    with pytest.raises(DataError, match=r"need 4000000.0 GB of disk .* choose a smaller size"):
        pictures.room_for((4_000_000, 1_000_000_000))


def test_what_is_larger_than_memory_lies_on_disk(paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    expected, _, _ = pictures.decode_all(paths, SHAPE, READ)
    monkeypatch.setattr(pictures, "MOST_IN_MEMORY", 100)
    pixels, _, _ = pictures.decode_all(paths, SHAPE, READ)
    assert isinstance(pixels, np.memmap)
    np.testing.assert_array_equal(pixels, expected)


KILLED = """
import sys, time
from pathlib import Path
from tests.unit.training.test_picture_cache import READ, SHAPE
from designer.training.picture_cache import decode_cached
def slow(path, **values):
    print("one more", flush=True)
    time.sleep(0.005)
    return READ.func(path, **values)
slow.__name__ = READ.func.__name__
from functools import partial
decode_cached(sorted(Path(sys.argv[1]).rglob("*.png")), SHAPE, partial(slow, **READ.keywords))
"""


@pytest.mark.slow
def test_kills_leave_only_whole_pictures(paths: list[Path]) -> None:
    expected, _, _ = pictures.decode_all(paths, SHAPE, READ)
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    for number in range(1, 5):
        command = [sys.executable, "-c", KILLED, str(paths[0].parents[1])]
        process = subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE)
        assert process.stdout is not None
        # once two pictures more are begun than threads decode, two more are there at least
        for _ in range(pictures.DECODERS + 2):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        cached = open_cached(paths, SHAPE, READ)
        assert cached is not None
        there = np.flatnonzero(cached.peaks >= 0)
        np.testing.assert_array_equal(cached.pixels[there], expected[there])
        assert len(there) >= 2 * number
    np.testing.assert_array_equal(decode_cached(paths, SHAPE, READ)[0], expected)
