"""Files are read in pieces that grow, each up to the end of a line."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from designer.runtime.pieces import FIRST_BYTES, MOST_BYTES, read_pieces


def test_the_first_pieces_are_small_and_all_end_with_a_line(tmp_path: Path) -> None:
    line = b"1,2,3,4,5,6,7\n"
    whole = line * (5 * MOST_BYTES // len(line))
    (tmp_path / "t.csv").write_bytes(whole)
    pieces = list(read_pieces(tmp_path / "t.csv"))
    assert b"".join(pieces) == whole
    assert all(piece.endswith(b"\n") for piece in pieces)
    sizes = [len(piece) for piece in pieces]
    assert FIRST_BYTES <= sizes[0] < FIRST_BYTES + len(line)
    assert all(size <= MOST_BYTES + len(line) for size in sizes)
    assert all(later >= earlier for earlier, later in pairwise(sizes[:-1]))


def test_a_file_of_three_megabytes_is_enough_for_two_to_work_on(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"1,2\n" * 750_000)
    busy = [0, 0]
    for piece in read_pieces(tmp_path / "t.csv"):
        busy[busy.index(min(busy))] += len(piece)
    assert max(busy) < 0.6 * sum(busy)
