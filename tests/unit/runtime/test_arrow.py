"""Arrow's reader and pandas' come to the same tensors, bit for bit, and to the same messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from designer.layers.preparations import settings_of
from designer.project.model import Column, TableFormat
from designer.runtime import arrow, gathering
from designer.runtime.errors import DataError
from designer.runtime.rows import Cells
from designer.runtime.tables import read_table, to_numbers, to_words
from designer.training.columns import prepared_features, read_columns
from tests.helpers.learning import learn_preparation

pytest.importorskip("pyarrow")
CONVERT = {"number": to_numbers, "category": to_words}
NUMBERS = st.one_of(
    st.floats(allow_nan=False).map(repr),
    st.decimals(-1000, 1000, places=3).map(str),
    st.integers().map(str),
    st.from_regex(r"[-+ ]?[0-9]{1,25}\.?[0-9]{0,25}([eE][-+]?[0-9]{1,3})? ?", fullmatch=True),
)
ODD = ["", "NA", " NA", "NA ", "nan", "NAN", "-nan", "inf", "Infinity", "None", "-", "x", "1,5", '"1"', '" 1"', ' "1"']
WORDS = st.one_of(
    st.sampled_from(["", "a", "b ", " b", "é", "NA", "1.0", '"a,b"', '"a""b"', '"a"b', 'a"b', '"a\nb"', '"', '" a"']),
    st.text(st.characters(codec="utf-8", exclude_characters='\0\r"\n,;'), max_size=4),
)
LINES = st.one_of(
    st.tuples(NUMBERS, WORDS, NUMBERS).map(list),
    st.tuples(st.one_of(NUMBERS, st.sampled_from(ODD)), WORDS, WORDS).map(list),
    st.lists(WORDS, max_size=4),
)


@contextmanager
def without_arrow() -> Iterator[None]:
    """As where it is not installed."""

    def refuse(*given: object) -> None:
        return None

    patch = pytest.MonkeyPatch()
    patch.setattr(gathering, "arrow_cells", refuse)
    try:
        yield
    finally:
        patch.undo()


def outcome(read: Callable[[], pd.DataFrame]) -> tuple[object, ...]:
    """A frame's lines, its numbers as bytes and its words; or what is said instead."""
    try:
        frame = read()
    except DataError as error:
        return ("refused", str(error))
    cells = [
        ("words", frame[name].astype(object).where(frame[name].notna(), None).tolist())
        if isinstance(frame[name].dtype, pd.CategoricalDtype)
        else ("numbers", frame[name].to_numpy(np.float64).tobytes())
        for name in frame
    ]
    return (list(frame.columns), frame.index.tolist(), cells)


THREE = {"a": "number", "b": "category", "c": "number"}
WORDED = {"a": "number", "b": "category", "c": "category"}


@settings(max_examples=80, deadline=None)
@given(
    st.lists(LINES, min_size=1, max_size=8),
    st.sampled_from([THREE, WORDED, {"b": "category"}, {"a": "number", "c": "number"}]),
    st.sampled_from([".", ","]),
)
@example([["1", "x", "NAN"]], THREE, ".")
@example([["1", "x", "3"], [], ["4", "y", "6"]], THREE, ".")
@example([["1", "x", "3"], ["4", "y", '"6']], WORDED, ".")
@example([["1", '"x\ny"', "3"]] * 3, {"a": "number", "b": "category"}, ".")
@example([["1", ' "x"', "3"]] * 3, {"a": "number", "b": "category"}, ".")
def test_both_readers_find_the_same_cells_or_the_same_fault(tmp_path_factory, lines, columns, decimal) -> None:
    path = tmp_path_factory.mktemp("both") / "t.csv"
    delimiter = ";" if decimal == "," else ","
    text = "\n".join(["a,b,c".replace(",", delimiter), *(delimiter.join(line) for line in lines)]) + "\n"
    path.write_text(text, encoding="utf-8", newline="")

    def read() -> pd.DataFrame:
        return read_table(path, columns, CONVERT, delimiter=delimiter, decimal=decimal)

    quick = outcome(read)
    with without_arrow():
        assert outcome(read) == quick


def test_the_tensors_of_a_table_are_the_same_bit_for_bit(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    rows = 60_000
    path = tmp_path / "t.csv"
    table = pd.DataFrame(
        {
            "long": chance.normal(0, 1e6, rows),
            "short": chance.normal(0, 1, rows).round(2),
            "gaps": np.where(chance.random(rows) < 0.2, np.nan, chance.random(rows)),
            "word": np.array(["red", "green", "light blue", ""])[chance.integers(4, size=rows)],
            "answer": chance.random(rows),
        }
    )
    table.to_csv(path, index=False)
    kinds = {name: "category" if name == "word" else "number" for name in table}

    def tensors() -> tuple[bytes, bytes]:
        frame = read_columns(path, kinds, TableFormat())
        features = {name: settings_of(Column(name, kind)) for name, kind in kinds.items() if name != "answer"}
        learned = learn_preparation(frame, features, [Column("answer", role="target")], "number")
        return prepared_features(frame, learned).tobytes(), frame["answer"].to_numpy(np.float32).tobytes()

    quick = tensors()
    with without_arrow():
        assert tensors() == quick


def test_a_plain_table_goes_the_quick_way_and_an_odd_one_does_not(tmp_path: Path, monkeypatch) -> None:
    found: list[Cells | None] = []

    def watch(*given: object) -> Cells | None:
        found.append(arrow.arrow_cells(*given))  # type: ignore[arg-type]
        return found[-1]

    monkeypatch.setattr(gathering, "arrow_cells", watch)
    path = tmp_path / "t.csv"
    path.write_text("a,b,c\n" + '1.5,"x, y",2\n,z,3\n' * 4)
    assert len(read_table(path, THREE, CONVERT)) == 8
    assert [cells is not None for cells in found] == [True]
    found.clear()
    path.write_text("a,b,c\n" + "1.5,x,2\n" + '2,"x\ny",3\n')
    assert read_table(path, THREE, CONVERT)["b"].tolist() == ["x", "x\ny"]
    # the line break makes it irregular; whole rows are plain again
    assert [cells is not None for cells in found] == [False, True]


def test_a_limit_of_the_memory_leaves_the_work_to_pandas(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(arrow, "address_room", lambda: 1 << 30)
    path = tmp_path / "t.csv"
    path.write_text("a,b,c\n1.5,x,2\n")
    assert read_table(path, THREE, CONVERT)["a"].tolist() == [1.5]


@given(st.lists(st.lists(st.integers(-9, 9), max_size=9), max_size=9), st.integers(0, 20))
def test_an_array_filled_by_pieces_holds_them_all(pieces: list[list[int]], expected: int) -> None:
    filled = gathering.Filled(np.int32, expected)
    for piece in pieces:
        filled.add(np.array(piece, dtype=np.int32))
    assert filled.values().tolist() == [value for piece in pieces for value in piece]
    assert len(filled) == len(filled.values())
