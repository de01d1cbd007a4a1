"""Reads the columns of Parquet files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from designer.runtime.errors import DataError
from designer.runtime.room import free_memory
from designer.runtime.typed import converted, in_words, no_numbers, refuse_unknown


def read_parquet_table(
    path: str | Path, columns: Mapping[str, str], convert: Mapping[str, Callable[..., pd.Series]]
) -> pd.DataFrame:
    """Read the wanted ``columns``, each a name and a kind; ``convert`` says for each kind what becomes of its cells.

    The index counts the rows from 1. A DataError where the file is none, or where a column holds lists or bytes.
    """
    file = Path(path)
    data = open_parquet(file)
    refuse_unknown(file.name, columns, data.schema_arrow.names)
    words = no_numbers(columns)
    cells = {name: parquet_column(file.name, data, name, name in words) for name in columns}
    return converted(pd.DataFrame(cells, copy=False), file.name, columns, convert)


def open_parquet(file: Path) -> Any:
    """A Parquet file to read from."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise DataError(f"{file.name}: to read Parquet files, install pyarrow: pip install pyarrow") from error
    try:
        return pyarrow.parquet.ParquetFile(file)
    except FileNotFoundError as error:
        raise DataError(f"there is no file {file}") from error
    except (OSError, pyarrow.ArrowException) as error:
        raise DataError(f"{file.name} is no Parquet file that can be read: {error}") from error


def parquet_column(file: str, data: Any, name: str, as_words: bool) -> pd.Series:
    """A column: float64, or pandas' category dtype of what its values are in words."""
    import pyarrow
    from pyarrow import compute, types

    rows, free = data.metadata.num_rows, free_memory()
    if 24 * rows > 0.8 * free:
        raise DataError(
            f"{file} is too large for this machine's memory: {rows:,} rows of “{name}” take {24 * rows / 1e9:.1f} GB, "
            f"and {free / 1e9:.1f} GB are free"
        )
    kind = data.schema_arrow.field(name).type
    kind = kind.value_type if types.is_dictionary(kind) else kind
    if (
        types.is_nested(kind)
        or types.is_binary(kind)
        or types.is_large_binary(kind)
        or types.is_fixed_size_binary(kind)
    ):
        raise DataError(f"{file}, column “{name}” holds {kind}, not one value a row: it cannot be read")
    index = pd.RangeIndex(1, rows + 1, name="line")
    try:
        values = data.read(columns=[name]).column(name)
        number = types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind)
        if number and not as_words:
            numbers = compute.cast(values, pyarrow.float64(), safe=False)
            return pd.Series(np.asarray(numbers.to_numpy(), dtype=np.float64), index=index, name=name)
        if not types.is_dictionary(values.type):
            values = compute.dictionary_encode(values)
        values = values.unify_dictionaries().combine_chunks()
        values = values.chunk(0) if isinstance(values, pyarrow.ChunkedArray) else values
    except (OSError, pyarrow.ArrowException) as error:
        raise DataError(f"{file}, column “{name}” cannot be read: {error}") from error
    words = [in_words(value) for value in values.dictionary.to_pylist()]
    codes = np.asarray(values.indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)
    places, different = pd.factorize(np.array(words, dtype=object))
    codes = np.append(places, -1)[codes]
    return pd.Series(pd.Categorical.from_codes(codes, pd.Index(different, dtype=object)), index=index, name=name)
