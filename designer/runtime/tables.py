"""Reads text tables without ever shifting a cell, and turns their columns into what a network takes."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from designer.runtime.errors import DataError

MISSING = ("", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "?")
MISSING_NUMBER = (*MISSING, "None", "none", "-", "--", "—", ".", "na", "Null", "missing", "#VALUE!", "#DIV/0!")
TRUE_WORDS = ("true", "t", "yes", "y", "on", "1", "1.0")
FALSE_WORDS = ("false", "f", "no", "n", "off", "0", "0.0")
LARGEST_FILE = 2 << 30
LARGEST_NUMBER = 1e30


def read_table(
    path: str | Path,
    columns: Mapping[str, str],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    decimal: str = ".",
    thousands: str = "",
    skip_rows: int = 0,
    header: bool = True,
) -> pd.DataFrame:
    """Read the wanted ``columns``, each a name and a kind: number, boolean, category or text.

    Numbers become float64 and booleans 0.0 or 1.0, NaN where missing; categories and texts are stripped strings in
    columns of pandas' category dtype.
    The index holds the line of the file on which each row begins. A row with a cell more or less than the others,
    or a cell that does not hold its kind, is a DataError that names its line. The first ``skip_rows`` lines are
    passed over; a table without ``header`` has columns called column_1, column_2 and so on.
    """
    file = Path(path).name
    if len(delimiter) != 1 or len(decimal) != 1 or delimiter in (decimal, '"', "\n"):
        raise DataError(f"{file}: cells cannot be told apart by “{delimiter}” with “{decimal}” inside numbers")
    text = read_text(path, encoding, skip_rows)
    names, lines = check_rows(file, text, delimiter, skip_rows + 1, header)
    for name in columns:
        if name not in names:
            raise DataError(f"{file}: there is no column “{name}”; its columns are {listed(names)}")
    try:
        cells = pd.read_csv(
            io.StringIO(text),
            sep=delimiter,
            header=0 if header else None,
            names=names,
            usecols=list(columns),
            dtype={name: str for name, kind in columns.items() if kind != "number"},
            na_values={name: MISSING_NUMBER if kind == "number" else MISSING for name, kind in columns.items()},
            keep_default_na=False,
            decimal=decimal,
            skipinitialspace=True,
            low_memory=False,
        )
    except pd.errors.ParserError as error:
        raise DataError(f"{file}, line {lines[-1]}: a quotation mark is opened here and never closed") from error
    if len(cells) != len(lines):
        raise DataError(f"{file}: {len(lines)} rows were counted, but {len(cells)} were read; is a line of it blank?")
    cells.index = pd.Index(lines, name="line")
    convert = {"number": to_numbers, "boolean": to_booleans}
    return pd.DataFrame(
        {
            name: convert[kind](cells[name], file, decimal, thousands) if kind in convert else to_words(cells[name])
            for name, kind in columns.items()
        }
    )


def read_text(path: str | Path, encoding: str, skip_rows: int = 0) -> str:
    """The text of a file (also gzipped, by its name) after its first ``skip_rows`` lines, with plain line ends."""
    file = Path(path)
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise DataError(f"{file.name} is too large: {file.stat().st_size / 1e9:.1f} GB, at most 2 GB are read")
        data = unpack(file) if file.suffix.lower() == ".gz" else file.read_bytes()
        text = data.decode(encoding)
    except FileNotFoundError as error:
        raise DataError(f"there is no file {path}") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
    except LookupError as error:
        raise DataError(f"there is no text encoding called “{encoding}”") from error
    except UnicodeError as error:
        line = data[: getattr(error, "start", 0)].count(b"\n") + 1
        raise DataError(f"{file.name}, line {line}: this is not text in {encoding}; choose another encoding") from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise DataError(f"{file.name}, line {line}: holds a zero byte; this is no text table, or not in {encoding}")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    start = 1 if text.startswith("\ufeff") else 0
    for _ in range(skip_rows):
        start = text.find("\n", start) + 1
        if start == 0:
            return ""
    return text[start:]


def unpack(file: Path) -> bytes:
    """The bytes inside a gzipped file; one that unpacks to a hundred times its size is refused in good time."""
    pieces, size = [], 0
    try:
        with file.open("rb") as packed, gzip.GzipFile(fileobj=packed) as unpacked:
            while piece := unpacked.read(1 << 20):
                size += len(piece)
                if size > LARGEST_FILE or size > max(32 << 20, 100 * packed.tell()):
                    raise DataError(f"{file.name} is refused: it unpacks to more than a hundred times its size")
                pieces.append(piece)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{file.name} is no whole gzip file: {error}") from error
    return b"".join(pieces)


def check_rows(file: str, text: str, delimiter: str, first_line: int, header: bool) -> tuple[list[str], list[int]]:
    """The column names, and the line on which each row begins. All rows must have the same number of cells."""
    csv.field_size_limit(LARGEST_FILE - 1)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)
    names: list[str] = []
    lines: list[int] = []
    ragged: list[str] = []
    line = first_line
    for row in rows:
        if len(row) > 1 or (row and row[0].strip()):
            if not names:
                names = column_names(row, header)
            if len(row) != len(names):
                ragged.append(f"line {line} has {len(row)}")
            lines.append(line)
        line = first_line + rows.line_num
    if not lines:
        raise DataError(f"{file} holds no rows")
    if ragged:
        more = f" and {len(ragged) - 5} more lines" if len(ragged) > 5 else ""
        expected = f"line {lines[0]} has {len(names)} cells"
        raise DataError(f"{file}: rows of unequal length: {expected}, but {', '.join(ragged[:5])}{more}")
    return names, lines[1:] if header else lines


def column_names(first_row: list[str], header: bool) -> list[str]:
    """A name of its own for each column: the header's, numbered where it is blank or repeated."""
    names: list[str] = []
    taken = {cell.strip() for cell in first_row} if header else set()
    for number, cell in enumerate(first_row, start=1):
        name = cell.strip() if header else ""
        if not name or name in names:
            name = base = f"{name}_{number}" if name else f"column_{number}"
            while name in taken:
                name = f"{name}_{base}"
            taken.add(name)
        names.append(name)
    return names


def to_words(cells: pd.Series) -> pd.Series:
    """Categories without blanks around them, missing where nothing is said."""
    places, written = pd.factorize(cells)
    words = pd.Series(written, dtype="str").str.strip()
    codes, categories = pd.factorize(words.mask(words.isin(MISSING)), sort=True)
    stripped = pd.Categorical.from_codes(np.append(codes, -1)[places], categories=categories)
    return pd.Series(stripped, index=cells.index, name=cells.name)


def to_booleans(cells: pd.Series, file: str, decimal: str = ".", thousands: str = "") -> pd.Series:
    """1.0 for yes, 0.0 for no, NaN where missing."""
    words = to_words(cells)
    meanings = {**dict.fromkeys(TRUE_WORDS, 1.0), **dict.fromkeys(FALSE_WORDS, 0.0)}
    values = words.map(lambda word: meanings.get(word.lower(), np.nan), na_action="ignore").astype(np.float64)
    refuse_cells(cells, values.isna() & words.notna(), file, "neither yes nor no")
    return values


def to_numbers(cells: pd.Series, file: str, decimal: str = ".", thousands: str = "") -> pd.Series:
    """Numbers as float64, NaN where missing."""
    if pd.api.types.is_numeric_dtype(cells):
        values = cells.astype(np.float64)
    else:
        words = cells.astype("str").str.strip()
        words = words.mask(words.isin(MISSING_NUMBER))
        values = parse_numbers(words, decimal, thousands)
        refuse_cells(cells, values.isna() & words.notna(), file, "not a number")
    refuse_cells(cells, values.abs() > LARGEST_NUMBER, file, "too large a number to compute with")
    return values


def parse_numbers(words: pd.Series, decimal: str, thousands: str) -> pd.Series:
    """Numbers with thousands grouped or with a currency or percent sign, one sign for all; NaN for other words."""
    signs = "$€£¥₹%"
    spaced = words.str.replace("[\u00a0\u202f\u2009]", " ", regex=True).str.replace("−", "-")
    signed = spaced.str.replace(rf"^([-+])\s*([{signs}])", r"\2\1", regex=True)
    grouped = rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+|" if thousands else ""
    number = rf"[-+]?(?:{grouped}\d+|(?=\D\d))(?:{re.escape(decimal)}\d*)?(?:[eE][-+]?\d+)?"
    parts = signed.str.extract(rf"^([{signs}]?)\s*({number})\s*([{signs}]?)$")
    sign = parts[0] + parts[2]
    digits = parts[1].str.replace(thousands, "", regex=False) if thousands else parts[1]
    values = pd.to_numeric(digits.str.replace(decimal, ".", regex=False), errors="coerce").astype(np.float64)
    return values.where(sign == sign.dropna().iloc[0]) if sign.notna().any() else values


def refuse_cells(cells: pd.Series, bad: pd.Series, file: str, what: str) -> None:
    """Raise a DataError for the first cell where ``bad`` holds, naming its line and column."""
    if bad.any():
        line = cells.index[int(np.argmax(bad.to_numpy()))]
        more = f" ({int(bad.sum())} such cells)" if bad.sum() > 1 else ""
        cell = str(cells.loc[line])
        shown = cell if len(cell) <= 40 else cell[:40] + "…"
        raise DataError(f"{file}, line {line}, column “{cells.name}”: “{shown}” is {what}{more}")


def listed(names: list[str]) -> str:
    """Up to twenty names in a row, for messages."""
    shown = ", ".join(name if len(name) <= 40 else name[:40] + "…" for name in names[:20])
    return shown + (f" and {len(names) - 20} more" if len(names) > 20 else "")


def usable_rows(frame: pd.DataFrame, columns: Mapping[str, Mapping[str, Any]], target: str = "") -> np.ndarray:
    """A mask of the rows that can be used: those with a target, and without a gap where a column says to drop these."""
    kept = frame[target].notna().to_numpy() if target else np.ones(len(frame), dtype=bool)
    for name, column in columns.items():
        if column["missing"] == "drop":
            kept = kept & frame[name].notna().to_numpy()
    return kept


def learn_preparation(
    frame: pd.DataFrame, columns: Mapping[str, Mapping[str, str]], target: str, target_kind: str, target_scale: str
) -> dict[str, Any]:
    """Learn from the rows to train with what prepares features and target: means, fills, categories and classes.

    ``columns`` maps each feature to its ``kind``, ``missing`` (mean, median, most_frequent or drop) and ``scale``
    (standard, minmax or none); ``target_kind`` is number, binary or classes. The result holds nothing but
    what JSON can hold.
    """
    features: dict[str, Any] = {}
    for name, column in columns.items():
        learn = learn_categories if column["kind"] in ("category", "text") else learn_numbers
        features[name] = learn(frame[name], column)
    learned: dict[str, Any] = {"name": target, "kind": target_kind}
    if target_kind == "number":
        learned.update(learn_scale(frame[target].dropna(), target_scale))
    else:
        learned["classes"] = in_order(class_words(frame[target]).dropna().unique())
    return {"features": features, "target": learned}


def learn_numbers(cells: pd.Series, column: Mapping[str, str]) -> dict[str, Any]:
    """Fill and scale of a column of numbers, both learned from the cells that are not missing."""
    known = cells.dropna()
    fill = 0.0
    if len(known) and column["missing"] == "mean":
        fill = float(known.mean())
    elif len(known) and column["missing"] == "median":
        fill = float(known.median())
    elif len(known) and column["missing"] == "most_frequent":
        fill = float(known.mode().iloc[0])
    learned = {"kind": column["kind"], "missing": column["missing"], "fill": fill}
    return {**learned, **learn_scale(known if column["missing"] == "drop" else cells.fillna(fill), column["scale"])}


def learn_categories(cells: pd.Series, column: Mapping[str, str]) -> dict[str, Any]:
    """The categories of a column in order, and the most frequent one to fill gaps with."""
    known = cells.dropna()
    fill = str(known.mode().iloc[0]) if len(known) and column["missing"] != "drop" else ""
    return {"kind": column["kind"], "missing": column["missing"], "fill": fill, "categories": in_order(known.unique())}


def learn_scale(values: pd.Series, scale: str) -> dict[str, float]:
    """Mean and standard deviation, or minimum and range, that scale a column; a constant column becomes 0."""
    if scale == "none" or not len(values):
        return {}
    low, high = float(values.min()), float(values.max())
    if scale == "minmax":
        return {"minimum": low, "range": high - low if high > low else 1.0}
    return {"mean": float(values.mean()), "std": float(values.std(ddof=0)) if high > low else 1.0}


def scaled(values: pd.Series, learned: Mapping[str, Any]) -> np.ndarray:
    """Numbers brought to the scale that was learned, as float64 of shape (rows,)."""
    numbers: np.ndarray = values.to_numpy(dtype=np.float64)
    if "range" in learned:
        numbers = (numbers - learned["minimum"]) / learned["range"]
    elif "std" in learned:
        numbers = (numbers - learned["mean"]) / learned["std"]
    return numbers


def in_order(words: Any) -> list[str]:
    """Words in the order people expect: numbers by size, all else by the alphabet."""
    try:
        return sorted((str(word) for word in words), key=lambda word: (float(word), word))
    except ValueError:
        return sorted(str(word) for word in words)


def class_words(cells: pd.Series) -> pd.Series:
    """The classes of a target as strings, also where they were read as numbers."""
    if pd.api.types.is_numeric_dtype(cells):
        return cells.map("{:.15g}".format, na_action="ignore")
    return cells


def refuse_gaps(cells: pd.Series) -> None:
    """Raise a DataError for the first gap: rows with gaps in this column should have been dropped."""
    gaps = cells.isna().to_numpy()
    if gaps.any():
        line = cells.index[int(np.argmax(gaps))]
        raise DataError(f"line {line}, column “{cells.name}”: the cell is empty, and such rows are to be dropped")


def category_codes(cells: pd.Series, learned: Mapping[str, Any]) -> np.ndarray:
    """The place of each cell's category among those learned, gaps filled; -1 for a category that was not there."""
    words = cells.astype("category")
    found = pd.Index([*words.cat.categories, learned["fill"]])
    places = pd.Index([*learned["categories"], ""]).get_indexer(found)
    places[places == len(learned["categories"])] = -1
    codes: np.ndarray = places[words.cat.codes]
    return codes


def prepare_features(frame: pd.DataFrame, preparation: Mapping[str, Any]) -> np.ndarray:
    """The features as float32 of shape (rows, features): numbers filled and scaled, categories one-hot.

    A category that was not there to learn from becomes all zeros.
    """
    matrix = np.zeros((len(frame), len(feature_names(preparation))), dtype=np.float32)
    at = 0
    for name, learned in preparation["features"].items():
        if learned["missing"] == "drop":
            refuse_gaps(frame[name])
        if "categories" in learned:
            codes = category_codes(frame[name], learned)
            rows = np.flatnonzero(codes >= 0)
            matrix[rows, at + codes[rows]] = 1.0
            at += len(learned["categories"])
        else:
            matrix[:, at] = scaled(frame[name].fillna(learned["fill"]), learned)
            at += 1
    return matrix


def prepare_target(frame: pd.DataFrame, preparation: Mapping[str, Any]) -> np.ndarray:
    """The target: float32 of shape (rows, 1) for a number or two classes (0 and 1), int64 codes (rows,) for classes."""
    target = preparation["target"]
    if target["kind"] == "number":
        values: np.ndarray = scaled(frame[target["name"]], target).astype(np.float32)
        return values[:, None]
    words = class_words(frame[target["name"]])
    codes: np.ndarray = pd.Index(target["classes"]).get_indexer(words.astype("str")).astype(np.int64)
    if len(codes) and codes.min() < 0:
        row = int(np.argmin(codes))
        line, word = frame.index[row], words.iloc[row]
        raise DataError(f"line {line}, column “{target['name']}”: no row of the training part is of class “{word}”")
    if target["kind"] == "binary":
        codes = codes.astype(np.float32)[:, None]
    return codes


def feature_names(preparation: Mapping[str, Any]) -> list[str]:
    """The columns of the prepared matrix; those of a category are called ``sex=female``, ``sex=male``."""
    names: list[str] = []
    for name, learned in preparation["features"].items():
        names += [f"{name}={category}" for category in learned["categories"]] if "categories" in learned else [name]
    return names
