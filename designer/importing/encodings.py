"""Tells which bytes are text, and in which encoding."""

from __future__ import annotations

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
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
TEXT_CONTROLS = b"\t\n\r\x0b\x0c\x1a\x1b"


def read_table_bytes(path: Path) -> bytes:
    """The bytes of a text table, unpacked where its name ends in .gz; a DataError where they are something else."""
    from designer.runtime.gzipped import unpack
    from designer.runtime.tables import LARGEST_FILE

    try:
        if path.is_dir():
            raise DataError(f"{path} is a folder, not a table")
        if path.stat().st_size > LARGEST_FILE:
            raise DataError(f"{path.name} is too large: {path.stat().st_size / 1e9:.1f} GB, at most 2 GB are read")
        data = unpack(path)
    except FileNotFoundError as error:
        raise DataError(f"there is no file {path}") from error
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if not data.strip():
        raise DataError(f"{path.name} is empty")
    _refuse_signatures(path.name, data)
    return data


def _refuse_signatures(file: str, data: bytes) -> None:
    for signature, what in SIGNATURES:
        if data.startswith(signature):
            advice = "rename it to end in .csv.gz" if what.startswith("gzip") else "save the table as CSV and open that"
            raise DataError(f"{file} is {what}, not a text table; {advice}")
    if data[257:262] == b"ustar":
        raise DataError(f"{file} is a tar archive, not a text table; unpack it first")


def find_encoding(file: str, data: bytes) -> str:
    """The encoding of a text by its mark, its zero bytes and what decodes; a DataError where it is no text."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            _refuse_spoiled(file, data, encoding)
            return encoding
    start = data[: 1 << 16]
    if b"\0" in start:
        return _wide_encoding(file, data)
    if sum(start.count(byte) for byte in range(32) if byte not in TEXT_CONTROLS) > len(start) // 100:
        raise DataError(f"{file} is not a text table: it holds bytes that no text has")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse_almost_utf8(file, data, error)
        return _western_encoding(data)
    return "utf-8"


def _refuse_spoiled(file: str, data: bytes, encoding: str) -> None:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise DataError(f"{file}, line {line}: the file says that it is {encoding}, but this is not") from error


def _wide_encoding(file: str, data: bytes) -> str:
    """UTF-16 without a mark shows as zeros in every second byte."""
    start = data[: 1 << 16]
    even, odd = start[::2].count(0) / len(start) * 2, start[1::2].count(0) / len(start) * 2
    for encoding, here, there in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if here > 0.4 and there < 0.05:
            _refuse_spoiled(file, data, encoding)
            return encoding
    line = data[: data.index(b"\0")].count(b"\n") + 1
    raise DataError(f"{file}, line {line}: holds zero bytes, so it is not a text table")


def _refuse_almost_utf8(file: str, data: bytes, error: UnicodeDecodeError) -> None:
    text = data.decode("utf-8", "replace")
    spoiled = text.count("\ufffd")
    if sum(1 for sign in text if ord(sign) > 127) - spoiled > 4 * spoiled:
        line = data[: error.start].count(b"\n") + 1
        raise DataError(
            f"{file}, line {line}: the text is UTF-8 nearly throughout, but this line is spoiled"
        ) from error


def _western_encoding(data: bytes) -> str:
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "cp1252"
