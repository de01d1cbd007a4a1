"""Reads gzipped files, within bounds."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from designer.runtime.errors import DataError

LARGEST_UNPACKED = 2 << 30


def unpack(file: Path) -> bytes:
    """The bytes of a file, unpacked where its name ends in .gz.

    One that unpacks to a hundred times its size is refused in good time.
    """
    if file.suffix.lower() != ".gz":
        return file.read_bytes()
    pieces, size = [], 0
    try:
        with file.open("rb") as packed, gzip.GzipFile(fileobj=packed) as unpacked:
            while piece := unpacked.read(1 << 20):
                size += len(piece)
                if size > LARGEST_UNPACKED or size > max(32 << 20, 100 * packed.tell()):
                    raise DataError(f"{file.name} is refused: it unpacks to more than a hundred times its size")
                pieces.append(piece)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{file.name} is no whole gzip file: {error}") from error
    return b"".join(pieces)
