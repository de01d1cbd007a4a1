"""Tells which bytes are text, and in which encoding."""

from __future__ import annotations

import codecs
from pathlib import Path

from designer.runtime.errors import DataError

SIGNATURES = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Word file"),
    (b"PK\x03\x04", "an Excel workbook or a zip archive"),
    (b"\x1f\x8b", "gzip-compressed"),
    (b"BZh", "bzip2-compressed"),
    (b"\xfd7zXZ\x00", "xz-compressed"),
    (b"\x28\xb5\x2f\xfd", "zstandard-compressed"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"\x89HDF", "an HDF5 file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x80\x04\x95", "a Python pickle"),
    (b"{\\rtf", "a rich text document"),
)
ENDINGS = {"gzip": ".csv.gz", "Excel workbook": ".xlsx if it is a workbook", "Parquet": ".parquet", "SQLite": ".sqlite"}
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
TEXT_CONTROLS = b"\t\n\r\x0b\x0c\x1a\x1b"
UNKNOWN_TO_CP1252 = b"\x81\x8d\x8f\x90\x9d"


HEAD = 4 << 20


def read_head(path: Path) -> tuple[bytes, bool]:
    """The first bytes of a text table, unpacked where its name ends in .gz, and whether these are all.

    A DataError where they are something else.
    """
    from designer.training.wanted import unpack_wanted

    data, whole = b"", True
    try:
        if path.is_dir():
            raise DataError(f"{path} is a folder, not a table")
        for piece in unpack_wanted(path):
            data += piece
            if len(data) >= HEAD:
                whole = False
                break
    except FileNotFoundError as error:
        raise DataError(f"there is no file {path}") from error
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if not data.strip():
        raise DataError(f"{path.name} is empty")
    _refuse_signatures(path.name, data)
    return data, whole


def _refuse_signatures(file: str, data: bytes) -> None:
    for signature, what in SIGNATURES:
        if data.startswith(signature):
            ending = next((ending for name, ending in ENDINGS.items() if name in what), "")
            advice = f"rename it to end in {ending}" if ending else "save the table as CSV and open that"
            raise DataError(f"{file} is {what}, not a text table; {advice}")
    if data[257:262] == b"ustar":
        raise DataError(f"{file} is a tar archive, not a text table; unpack it first")


def find_encoding(path: Path, data: bytes, whole: bool) -> str:
    """The encoding of a text by the mark, zero bytes and letters of its first bytes; a DataError where it is none."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return encoding
    start = data[: 1 << 16]
    if b"\0" in start:
        return _wide_encoding(path.name, data)
    if sum(start.count(byte) for byte in range(32) if byte not in TEXT_CONTROLS) > len(start) // 100:
        raise DataError(f"{path.name} is not a text table: it holds bytes that no text has")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, whole)
    except UnicodeDecodeError:
        return encoding_of_all(path)
    return "utf-8"


def encoding_of_all(path: Path) -> str:
    """The encoding of a text that is not UTF-8: cp1252, or latin-1 where it has letters that cp1252 has not.

    A DataError where nearly all of it is UTF-8 beyond doubt, with the line that is not.
    """
    from designer.training.wanted import unpack_wanted

    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    spoiled = special = line = lines = 0
    western = "cp1252"
    for piece in unpack_wanted(path):
        text = decoder.decode(piece)
        found = text.count("\ufffd")
        if found and not spoiled:
            line = lines + text[: text.index("\ufffd")].count("\n") + 1
        lines += text.count("\n")
        spoiled += found
        special += len(text) - len(text.encode("ascii", "ignore"))
        if western == "cp1252" and any(byte in piece for byte in UNKNOWN_TO_CP1252):
            western = "latin-1"
    if special - spoiled > 4 * spoiled:
        raise DataError(f"{path.name}, line {line}: the text is UTF-8 nearly throughout, but this line is spoiled")
    return western


def _wide_encoding(file: str, data: bytes) -> str:
    """UTF-16 without a mark shows as zeros in every second byte."""
    start = data[: 1 << 16]
    even, odd = start[::2].count(0) / len(start) * 2, start[1::2].count(0) / len(start) * 2
    for encoding, here, there in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if here > 0.4 and there < 0.05:
            return encoding
    line = data[: data.index(b"\0")].count(b"\n") + 1
    raise DataError(f"{file}, line {line}: holds zero bytes, so it is not a text table")
