"""Files are read in pieces that grow, each up to the end of a line."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

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
    assert all(size <= MOST_BYTES + MOST_BYTES // 4 for size in sizes)
    assert all(later >= earlier for earlier, later in pairwise(sizes[:-1]))


@pytest.mark.parametrize(("more", "count"), [(0, 2), (8, 2), (FIRST_BYTES // 2, 2), (FIRST_BYTES // 2 + 8, 3)])
def test_a_little_that_is_left_over_is_no_piece_of_its_own(tmp_path: Path, more: int, count: int) -> None:
    """The second piece is of twice the bytes, and a quarter of it is little."""
    whole = b"1,2\n" * (3 * FIRST_BYTES // 4) + b"3" * more
    (tmp_path / "t.csv").write_bytes(whole)
    pieces = list(read_pieces(tmp_path / "t.csv"))
    assert b"".join(pieces) == whole
    assert len(pieces) == count


def test_long_lines_are_cut_and_an_empty_file_has_no_piece(tmp_path: Path) -> None:
    whole = b"x" * (3 * MOST_BYTES) + b"\ny\n"
    (tmp_path / "t.csv").write_bytes(whole)
    pieces = list(read_pieces(tmp_path / "t.csv"))
    assert b"".join(pieces) == whole
    assert all(len(piece) <= MOST_BYTES + MOST_BYTES // 4 for piece in pieces)
    (tmp_path / "t.csv").write_bytes(b"")
    assert list(read_pieces(tmp_path / "t.csv")) == []


def test_a_file_of_three_megabytes_is_enough_for_two_to_work_on(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"1,2\n" * 750_000)
    busy = [0, 0]
    for piece in read_pieces(tmp_path / "t.csv"):
        busy[busy.index(min(busy))] += len(piece)
    assert max(busy) < 0.6 * sum(busy)
