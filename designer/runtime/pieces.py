"""Reads a text file piece by piece, as UTF-8 with plain line ends."""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from designer.runtime.errors import DataError

FIRST_BYTES = 1 << 18
MOST_BYTES = 3 << 18
USUAL_LINE = 1 << 16
LONGEST_LINE = 64 << 20


def read_pieces(file: Path) -> Iterator[bytes]:
    """The bytes of a file, a piece after the other, most of them up to a line's end.

    The first pieces are smaller, so that whoever works on them begins at once, and a small file is enough for several;
    a little that is left over goes with the last.
    """
    size = FIRST_BYTES
    with file.open("rb") as stream:
        whole, place = os.fstat(stream.fileno()).st_size, 0
        while True:
            if not size < whole - place <= size + size // 4:
                # where the line ends is looked up first: to put its end behind the piece would copy all of it
                stream.seek(place + size)
                rest = len(stream.readline(USUAL_LINE))
                stream.seek(place)
                piece = stream.read(size + rest)
            else:
                piece = stream.read()
            if not piece:
                return
            yield piece
            place, size = place + len(piece), min(2 * size, MOST_BYTES)


def text_pieces(
    path: str | Path, encoding: str, skip_rows: int = 0, read: Callable[[Path], Iterator[bytes]] = read_pieces
) -> Iterator[bytes]:
    """The text of a file, whose bytes ``read`` gets, as UTF-8 with plain line ends and without ``skip_rows`` lines.

    Each piece ends at a line's end, though perhaps inside a cell. What is no text is a DataError with its line.
    """
    file = Path(path)
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        begins, first, to_skip, rest = 0, True, skip_rows, list[bytes]()
        for raw in read(file):
            try:
                piece = plain_piece(raw, decoder, encoding)
            except UnicodeError as error:
                line = line_at(file, read, begins + getattr(error, "start", 0))
                what = f"this is not text in {encoding}; choose another encoding"
                raise DataError(f"{file.name}, line {line}: {what}") from error
            if b"\0" in piece:
                line = line_at(file, read, begins + raw.find(b"\0"))
                what = f"holds a zero byte; this is no text table, or not in {encoding}"
                raise DataError(f"{file.name}, line {line}: {what}")
            begins += len(raw)
            if first:
                piece, first = piece.removeprefix(codecs.BOM_UTF8), not piece
            if not (b"\n" in piece or b"\r" in piece or (rest and rest[-1].endswith(b"\r"))):
                rest.append(piece)
                refuse_long_line(file, rest)
                continue
            # one piece alone is not copied
            piece, beyond = whole_lines(b"".join([*rest, piece]))
            rest = [beyond] if beyond else []
            while to_skip and piece:
                piece, to_skip = piece[piece.index(b"\n") + 1 :], to_skip - 1
            if piece:
                yield piece
        decoder.decode(b"", True)
    except UnicodeError as error:
        raise DataError(f"{file.name} ends within a letter; it is not text in {encoding}, or not whole") from error
    except FileNotFoundError as error:
        raise DataError(f"there is no file {path}") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
    except LookupError as error:
        raise DataError(f"there is no text encoding called “{encoding}”") from error
    last = b"".join(rest)
    if last and not to_skip:
        yield last.removesuffix(b"\r") + b"\n"


def refuse_long_line(file: Path, pieces: list[bytes]) -> None:
    """Raise a DataError where ``pieces`` without any line end become longer than lines are."""
    if sum(len(piece) for piece in pieces) > LONGEST_LINE:
        raise DataError(f"{file.name} has a line of more than {LONGEST_LINE >> 20} MB: this is no text table")


def line_at(file: Path, read: Callable[[Path], Iterator[bytes]], place: int) -> int:
    """The line of the byte at ``place``."""
    line = 1
    for raw in read(file):
        line += raw.count(b"\n", 0, max(place, 0))
        place -= len(raw)
        if place <= 0:
            break
    return line


def plain_piece(raw: bytes, decoder: codecs.IncrementalDecoder, encoding: str) -> bytes:
    """The bytes of a piece as UTF-8; those that are ASCII already are so in UTF-8 too."""
    if raw.isascii() and encoding.lower() in ("utf-8", "utf-8-sig") and decoder.getstate()[0] == b"":
        return raw
    return decoder.decode(raw).encode("utf-8", "surrogatepass")


def whole_lines(text: bytes) -> tuple[bytes, bytes]:
    """The lines of ``text`` that have an end, with plain line ends, and the rest.

    A carriage return at the very end may be half a line end, so it belongs to the rest.
    """
    end = max(text.rfind(b"\n"), text.rfind(b"\r", 0, -1)) + 1
    lines, rest = text[:end], text[end:]
    if b"\r" in lines:
        lines = lines.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return lines, rest
