"""Reads gzipped files, within bounds."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from designer.runtime.errors import DataError
from designer.runtime.pieces import read_pieces


def unpack(file: Path) -> Iterator[bytes]:
    """The bytes of a file, a piece after the other, unpacked where its name ends in .gz.

    One that unpacks to a hundred times its size is refused in good time.
    """
    if file.suffix.lower() != ".gz":
        yield from read_pieces(file)
        return
    size = 0
    try:
        with file.open("rb") as packed, gzip.GzipFile(fileobj=packed) as unpacked:
            # the last four bytes say how much there is, unless they are something else: no byte makes more than 1032
            whole = packed.seek(0, 2)
            packed.seek(max(0, whole - 4))
            said = int.from_bytes(packed.read(4), "little")
            refuse_gzip_bomb(file, said if said <= 1032 * whole else 0, whole)
            packed.seek(0)
            while piece := unpacked.read(1 << 20 if size else 1 << 16):
                size += len(piece)
                refuse_gzip_bomb(file, size, packed.tell())
                yield piece
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{file.name} is no whole gzip file: {error}") from error


def refuse_gzip_bomb(file: Path, unpacked: int, packed: int) -> None:
    """Raise a DataError where bytes unpack to much more than text does."""
    if unpacked > max(32 << 20, 100 * packed):
        raise DataError(f"{file.name} is refused: it unpacks to more than a hundred times its size")
