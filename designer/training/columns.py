"""What the runtime does with a column of each kind: the one choice that training and exported scripts both follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from designer.layers.preparations import functions_of, in_use, settings_of
from designer.project.model import Column, Fields, TableFormat
from designer.training.errors import RunError
from designer.training.extras import byte_pairs
from designer.training.text_folders import TEXT, is_folder_of_texts, read_texts
from designer.training.wanted import refuse_unwanted, unpack_wanted

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


# functions of the runtime that read what is no text table, by the ending of the file's name
READERS = {
    ".parquet": "read_parquet_table",
    ".pq": "read_parquet_table",
    ".xlsx": "read_excel_table",
    ".xlsm": "read_excel_table",
    ".sqlite": "read_sqlite_table",
    ".sqlite3": "read_sqlite_table",
    ".db": "read_sqlite_table",
}
# names of functions in runtime.tables and runtime.preparation, as a script has them
CONVERT = {
    "number": "to_numbers",
    "boolean": "to_booleans",
    "category": "to_words",
    "codes": "to_words",
    "text": "to_words",
    "date": "to_dates",
}
ENCODE_TARGET = {
    "number": "number_targets",
    "binary": "binary_codes",
    "classes": "class_codes",
    "text": "text_codes",
}
# learns a target of which the logarithms are predicted
LEARN_LOGS = "learn_log_target"

Features = Mapping[str, Mapping[str, Any]]


def number_settings(column: Column, fields: Fields) -> dict[str, Any]:
    """What is said of a column that becomes numbers."""
    return settings_of(column)


def code_settings(column: Column, fields: Fields) -> dict[str, Any]:
    """What is said of a column that becomes codes."""
    return settings_of(column)


def text_settings(column: Column, fields: Fields) -> dict[str, Any]:
    """What is said of a column of text; the settings of its tokens are ``fields`` of the input that takes it."""
    return {
        "kind": "text",
        "encode": fields["by"],
        **{name: fields[name] for name in ("vocabulary", "length", "lowercase")},
    }


def format_keywords(table: TableFormat) -> dict[str, Any]:
    """The keywords of ``read_table`` that say how bytes become cells."""
    return {
        "delimiter": table.delimiter,
        "encoding": table.encoding,
        "decimal": table.decimal,
        "thousands": table.thousands,
        "skip_rows": table.skip_rows,
        "header": table.header,
    }


def reader_of(path: str | Path) -> str:
    """The function of the runtime that reads a table of this name: by its ending, a text table where none is known."""
    return READERS.get(Path(path).suffix.lower(), "read_table")


def reader_keywords(path: str | Path, table: TableFormat, sheet: str) -> dict[str, Any]:
    """The keywords for that function which say where and how the cells are written."""
    chosen = {"sheet": sheet} if sheet else {}
    match reader_of(path):
        case "read_excel_table":
            return {**chosen, "skip_rows": table.skip_rows, "header": table.header}
        case "read_sqlite_table":
            return chosen
        case "read_parquet_table":
            return {}
    return format_keywords(table)


def read_columns(
    path: str | Path,
    kinds: Mapping[str, str],
    table: TableFormat,
    sheet: str = "",
    read: Callable[[Path], Iterator[bytes]] | None = None,
    day_first: dict[str, bool] | None = None,
) -> pd.DataFrame:
    """The columns of a table, each of one of the kinds in ``CONVERT``.

    It is a text table, gzipped or not, a Parquet file, the ``sheet`` or table of that name in an Excel workbook or an
    SQLite database, or a folder of text files. ``read`` gives the bytes of a text table instead of ``unpack``.
    ``day_first`` is as with ``to_dates``. ``Unwanted`` where nobody waits for them any more.
    """
    from designer.runtime import databases, parquet, tables, times, workbooks
    from designer.runtime.gathering import listed

    if Path(path).is_dir() and TEXT not in kinds:
        raise RunError(f"{path} is a folder. Expected is a table with the columns {listed(list(kinds))}.")
    if is_folder_of_texts(Path(path), kinds):
        return read_texts(Path(path), kinds, table.encoding)
    convert: dict[str, Any] = {kind: getattr(tables, name) for kind, name in CONVERT.items() if kind != "date"}
    convert["date"] = partial(times.to_dates, day_first=day_first)
    convert = {kind: partial(_converted, function) for kind, function in convert.items()}
    keywords = reader_keywords(path, table, sheet)
    match reader_of(path):
        case "read_excel_table":
            return workbooks.read_excel_table(path, kinds, convert, **keywords)
        case "read_sqlite_table":
            return databases.read_sqlite_table(path, kinds, convert, **keywords)
        case "read_parquet_table":
            return parquet.read_parquet_table(path, kinds, convert, **keywords)
    return tables.read_table(path, kinds, convert, read=read or unpack_wanted, **keywords)


def _converted(convert: Callable[..., pd.Series], *cells: Any) -> pd.Series:
    refuse_unwanted()
    return convert(*cells)


def day_order(columns: Sequence[Column], learned: Mapping[str, Any] | None = None) -> dict[str, bool]:
    """Whether the day comes first in dates written in numbers, by column: as set, or as found and ``learned``."""
    dates = [each for each in columns if each.kind == "date" and each.day_first != "auto"]
    return {each.name: each.day_first == "yes" for each in dates} | dict((learned or {}).get("day_first", {}))


def needed(features: Features, targets: Sequence[str] = ()) -> list[str]:
    """The columns in which a row must not have a gap: targets, and those of which nothing fills the gaps."""
    return [*targets, *(name for name, column in features.items() if "missing" not in column and _has_gaps(column))]


def _has_gaps(column: Mapping[str, Any]) -> bool:
    """Whether missing cells of a column are gaps; a missing text is an empty one."""
    return str(column["kind"]) != "text"


def target_scale(target: Column) -> str:
    """The function that learns offset and scale of a target that is a number; empty where it stays as it is."""
    chosen = in_use(target, "scale")
    if chosen is None:
        return ""
    return LEARN_LOGS if chosen.key == "log" else chosen.learn


def target_encoder(kind: str, logs: bool) -> str:
    """The function that prepares a target of this kind; ``logs`` is whether some of its numbers are logarithms."""
    return "log_targets" if logs else ENCODE_TARGET[kind]


def encode_target(cells: pd.Series | pd.DataFrame, target: Mapping[str, Any]) -> np.ndarray:
    """The cells of a target as a loss takes them, by what was learned of it: see ``ENCODE_TARGET`` for each kind."""
    from designer.runtime import logarithms, targets

    module = logarithms if "log" in target else targets
    array: np.ndarray = getattr(module, target_encoder(target["kind"], "log" in target))(cells, target)
    return array


def learn_features(frame: pd.DataFrame, features: Features) -> dict[str, Any]:
    """What prepares features, learned from the rows to train with."""
    from designer.runtime import preparation

    return preparation.learn_features(frame, features, step_functions(features))


def learn_target(frame: pd.DataFrame, columns: Sequence[Column], kind: str) -> dict[str, Any]:
    """What prepares the target of one output, learned from the rows to train with."""
    from designer.runtime import logarithms, scaling, targets

    names = [column.name for column in columns]
    if kind == "text":
        return targets.learn_text_target(frame[names[0]])
    if kind != "number":
        return targets.learn_class_target(frame[names[0]], kind)
    functions = [target_scale(column) for column in columns]
    homes = [logarithms if function == LEARN_LOGS else scaling for function in functions]
    pairs = zip(homes, functions, strict=True)
    learn = [getattr(home, function) if function else None for home, function in pairs]
    if len(columns) == 1:
        return targets.learn_number_target(frame[names[0]], learn[0])
    return targets.learn_number_targets(frame[names], dict(zip(names, learn, strict=True)))


def step_functions(features: Features) -> dict[str, dict[str, tuple[Any, Any]]]:
    """The functions that learn and do each step of columns as they are set, or as they were learned."""
    from designer.runtime import moments, scaling, text, words

    modules: list[ModuleType] = [scaling, words, moments, text]
    named = functions_of(features)
    if "byte_pairs" in named.get("text", {}):
        modules.append(byte_pairs())
    known = {name: value for module in modules for name, value in vars(module).items()}
    return {
        kind: {way: (known[learn], known[apply]) for way, (learn, apply) in ways.items()}
        for kind, ways in named.items()
    }


def prepared_features(frame: pd.DataFrame, preparation: Mapping[str, Any]) -> np.ndarray:
    """The features as a network takes them: float32 of shape (rows, inputs)."""
    return input_array("prepare_features", frame, preparation["features"])


def input_array(prepare: str, frame: pd.DataFrame, learned: Features) -> np.ndarray:
    """What the function ``prepare`` of the runtime makes of a frame and of what was learned of its columns."""
    from designer.runtime import preparation

    array: np.ndarray = getattr(preparation, prepare)(frame, learned, step_functions(learned))
    return array


def target_array(frame: pd.DataFrame, target: Mapping[str, Any]) -> np.ndarray:
    """The targets of rows as a loss takes them."""
    return encode_target(frame[target.get("names", target["name"])], target)


def weight_array(cells: pd.Series) -> np.ndarray:
    """How much each row counts: float32 of shape (rows,)."""
    from designer.runtime import targets

    return targets.sample_weights(cells)


def feature_names(preparation: Mapping[str, Any]) -> list[str]:
    """The columns of the prepared matrix.

    Those of a category are called ``sex=female``, ``sex=male``, of a date ``born year``, of gaps ``age missing``.
    """
    names: list[str] = []
    for name, learned in preparation["features"].items():
        if learned["kind"] in ("codes", "text"):
            continue
        if "categories" in learned:
            names += [f"{name}={category}" for category in learned["categories"]]
        else:
            names += [f"{name} {part}" for part in learned["parts"]] if "parts" in learned else [name]
        names += [f"{name} missing"] if "indicator" in learned else []
    return names
