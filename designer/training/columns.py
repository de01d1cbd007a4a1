"""What the runtime does with a column of each kind: the one choice that training and exported scripts both follow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from designer.project.model import TableFormat

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from designer.runtime.batches import Part

# names of functions in runtime.tables and runtime.preparation, as a script has them
CONVERT = {"number": "to_numbers", "boolean": "to_booleans", "category": "to_words", "text": "to_words"}
LEARN = {
    "number": "learn_numbers",
    "boolean": "learn_numbers",
    "category": "learn_categories",
    "text": "learn_categories",
}
ENCODE = {
    "number": "encode_numbers",
    "boolean": "encode_numbers",
    "category": "encode_categories",
    "text": "encode_categories",
}
ENCODE_TARGET = {"number": "scaled", "binary": "binary_codes", "classes": "class_codes"}

Features = Mapping[str, Mapping[str, str]]


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


def read_columns(path: str | Path, kinds: Mapping[str, str], table: TableFormat) -> pd.DataFrame:
    """The columns of a text table, gzipped or not, each of one of the kinds number, boolean, category or text."""
    from designer.runtime import tables
    from designer.runtime.gzipped import unpack

    return tables.read_table(path, kinds, _functions(tables, CONVERT), read=unpack, **format_keywords(table))


def needed(features: Features, target: str = "") -> list[str]:
    """The columns in which a row must not have a gap: the target, and those that say that such rows are dropped."""
    dropped = [name for name, column in features.items() if column["missing"] == "drop"]
    return [target, *dropped] if target else dropped


def learn_preparation(
    frame: pd.DataFrame, features: Features, target: str, target_kind: str, target_scale: str
) -> dict[str, Any]:
    """What prepares features and target, learned from the rows to train with; ``target_scale`` is for numbers."""
    from designer.runtime import preparation

    if target_kind == "number":
        learned = preparation.learn_number_target(frame[target], target_scale)
    else:
        learned = preparation.learn_class_target(frame[target], target_kind)
    learn = _functions(preparation, LEARN)
    return {"features": preparation.learn_features(frame, features, learn), "target": learned}


def prepared_features(frame: pd.DataFrame, preparation: Mapping[str, Any]) -> np.ndarray:
    """The features as a network takes them: float32 of shape (rows, inputs)."""
    from designer.runtime import preparation as runtime

    return runtime.prepare_features(frame, preparation["features"], _functions(runtime, ENCODE))


def prepared_part(frame: pd.DataFrame, preparation: Mapping[str, Any]) -> Part:
    """Features and target of the rows of ``frame``."""
    from designer.runtime import preparation as runtime
    from designer.runtime.parts import table_part

    encode_target = getattr(runtime, ENCODE_TARGET[preparation["target"]["kind"]])
    return table_part(frame, preparation, _functions(runtime, ENCODE), encode_target)


def feature_names(preparation: Mapping[str, Any]) -> list[str]:
    """The columns of the prepared matrix; those of a category are called ``sex=female``, ``sex=male``."""
    names: list[str] = []
    for name, learned in preparation["features"].items():
        names += [f"{name}={category}" for category in learned["categories"]] if "categories" in learned else [name]
    return names


def _functions(module: ModuleType, names: Mapping[str, str]) -> dict[str, Any]:
    return {kind: getattr(module, name) for kind, name in names.items()}
