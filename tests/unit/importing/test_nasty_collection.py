"""A whole collection of nasty tables and pictures, which may not be passed on, is read as its manifests say.

``LAYERLOOM_NASTY`` names the folder that holds ``nasty_csv`` and ``nasty_images``, each with its ``MANIFEST.csv``.
"""

from __future__ import annotations

import csv
import os
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageOps

from designer.importing.sniff import sniff_table
from designer.runtime.errors import DataError
from designer.runtime.images import files_beneath, read_image
from designer.runtime.pictures import read_pictures
from designer.training.columns import read_columns

FOLDER = Path(os.environ.get("LAYERLOOM_NASTY", "nowhere"))

if "LAYERLOOM_NASTY" not in os.environ:
    pytest.skip("LAYERLOOM_NASTY names no folder of nasty files", allow_module_level=True)

# rows, columns, and cells by (row, column): what the manifest says, and what stands in the file
READ: dict[str, tuple[int, int, dict[tuple[int, str], object]]] = {
    "spectrum_comma_in_quotes.csv": (1, 5, {(0, "city"): "Anytown, WW", (0, "zip"): "08123"}),
    "spectrum_empty.csv": (2, 3, {(0, "b"): None, (1, "c"): 4.0}),
    "spectrum_empty_crlf.csv": (2, 3, {(0, "c"): None, (1, "b"): 3.0}),
    "spectrum_escaped_quotes.csv": (2, 2, {(0, "b"): 'ha "ha" ha', (1, "a"): 3.0}),
    "spectrum_json.csv": (1, 2, {(0, "val"): '{"type": "Point", "coordinates": [102.0, 0.5]}'}),
    "spectrum_newlines.csv": (3, 3, {(1, "a"): "Once upon \na time", (1, "c"): 6.0}),
    "spectrum_newlines_crlf.csv": (3, 3, {(1, "a"): "Once upon \na time", (2, "c"): 9.0}),
    "spectrum_quotes_and_newlines.csv": (2, 2, {(0, "b"): 'ha \n"ha" \nha'}),
    "spectrum_simple.csv": (1, 3, {(0, "a"): 1.0, (0, "c"): 3.0}),
    "spectrum_simple_crlf.csv": (1, 3, {(0, "a"): 1.0, (0, "c"): 3.0}),
    "spectrum_utf8.csv": (2, 3, {(1, "c"): "ʤ", (1, "b"): 5.0}),
    "messy_complex.csv": (3, 4, {(2, "temperature"): 6e6, (1, "temperature"): -1.0, (1, "place"): "Galway and more"}),
    "messy_excel_pasting.csv": (17, 9, {(0, "2000"): 2666.0, (3, "2007"): 22002.0, (0, "Year"): "Timber"}),
    "messy_long.csv": (4000, 1, {(3999, "column_1"): "foo"}),
    "messy_null.csv": (10, 4, {(0, "column_2"): None, (7, "column_4"): 0.0, (9, "column_1"): 10.0}),
    "messy_skip_initials.csv": (2, 2, {(0, "field2"): "goodbye"}),
    "messy_spanish_chars.csv": (116, 8, {(0, "Gasto total 2011"): 229932.5, (1, "F"): "Legislación"}),
    "messy_sparse_with_column_errors.csv": (2237, 4, {(2, "Kapitel/Titel"): "300368540", (3, "LP"): None}),
    "messy_utf-16le_encoded.csv": (327, 19, {(0, "Organisation_name"): "Enfield PCT", (1, "Part_II_patients"): 69.0}),
    "pandas_utf16_ex.txt": (50, 11, {(0, "Country"): "Venezuela", (0, "Wikipedia Election Page"): "Hugo Chávez"}),
    "pandas_tips.csv": (244, 7, {(0, "total_bill"): 16.99, (0, "smoker"): 0.0, (243, "day"): "Thur"}),
    "pandas_banklist.csv": (
        506,
        7,
        {(0, "Acquiring Institution"): "North Shore Bank, FSB", (1, "Closing Date"): pd.Timestamp(2013, 5, 14)},
    ),
    "papa_sample.csv": (1, 3, {(0, "A"): "X"}),
    "papa_utf-8-bom-sample.csv": (1, 3, {(0, "A"): "X"}),
    "papa_long-sample.csv": (8, 7, {(0, "column_4"): pd.Timestamp("2013-11-23T10:30:31"), (1, "column_1"): "Cherokee"}),
    "european_decimal_comma.csv": (4, 6, {(0, "shot_clock"): 10.8, (1, "shot_dis"): 28.2}),
}
REFUSED = {
    "messy_simple.unknown": "is empty",
    "messy_utf8bom.csv": "has a header but no rows: kitten, win",
    "messy_xls_renamed.csv": "is an old Excel or Word file",
    "pandas_tar_csv.tar": "is a tar archive",
    "uci_bank_rows_in_one_quoted_cell.csv": "line 1: each row is one cell in quotation marks",
}
# such brightness has no known range
NO_RANGE = ("10ct_32bit_128.tiff",)
# no format that Layerloom reads, although Pillow does
OTHER_FORMATS = (".ico", ".psd", ".tga")


def manifest(kind: str) -> list[dict[str, str]]:
    with (FOLDER / kind / "MANIFEST.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def tables() -> list[str]:
    return [row["file"] for row in manifest("nasty_csv") if row["source"] != "generated here"]


def test_every_table_is_known() -> None:
    assert set(tables()) == {*READ, *REFUSED}


@pytest.mark.parametrize("name", tables())
def test_tables(name: str) -> None:
    path = FOLDER / "nasty_csv" / name
    if name in REFUSED:
        with pytest.raises(DataError) as refused:
            sniff_table(path)
        assert REFUSED[name] in str(refused.value)
        assert name in str(refused.value)
        return
    rows, width, cells = READ[name]
    sniffed = sniff_table(path)
    assert (sniffed.rows, len(sniffed.columns)) == (rows, width)
    kinds = {column.name: column.kind for column in sniffed.columns}
    frame = read_columns(path, {name: kinds[name] for _, name in cells}, sniffed.format)
    assert len(frame) == rows
    found = {(row, column): frame[column].iloc[row] for row, column in cells}
    wrong = {place: each for place, each in found.items() if not (each == cells[place] or cells[place] is None)}
    assert wrong == {}
    assert all(pd.isna(found[place]) for place, wanted in cells.items() if wanted is None)


def test_rows_in_one_quoted_cell_once_saved_as_it_was_advised(tmp_path: Path) -> None:
    with (FOLDER / "nasty_csv" / "uci_bank_rows_in_one_quoted_cell.csv").open(newline="", encoding="utf-8") as file:
        text = "\n".join(row[0] for row in csv.reader(file)) + "\n"
    path = tmp_path / "unwrapped.csv"
    path.write_text(text, encoding="utf-8")
    sniffed = sniff_table(path)
    assert (sniffed.rows, len(sniffed.columns)) == (299, 21)
    assert [column.name for column in sniffed.columns][:2] == ["age", "job"]
    frame = read_columns(path, {"age": "number", "job": "category", "y": "category"}, sniffed.format)
    assert frame.iloc[0].tolist() == [30.0, "blue-collar", "no"]


def shown(path: Path) -> np.ndarray:
    """What Pillow sees (height, width, 3): turned upright, laid on white, and deep greys as a camera gives them."""
    with Image.open(path) as picture:
        upright = ImageOps.exif_transpose(picture)
        if upright.mode == "I;16":
            values = np.asarray(upright)
            white = next(white for white in (255, 1023, 4095, 16383, 65535) if values.max() <= white)
            grey = (values.astype(float) * 255 / white)[..., None]
            return np.where(values[..., None] == upright.info.get("transparency", -1), 255.0, grey).repeat(3, -1)
        if not upright.has_transparency_data:
            return np.asarray(upright.convert("RGB")).astype(float)
        layered = np.asarray(upright.convert("RGBA")).astype(float)
        opacity = layered[..., 3:] / 255 if layered[..., 3].any() else np.ones((*layered.shape[:2], 1))
        return layered[..., :3] * opacity + 255 * (1 - opacity)


def pictures() -> list[dict[str, str]]:
    return manifest("nasty_images")


def readable(row: dict[str, str]) -> bool:
    name = row["file"]
    return "load=ok" in row["pillow_result"] and name not in NO_RANGE and not name.endswith(OTHER_FORMATS)


@pytest.mark.parametrize("row", pictures(), ids=lambda row: row["file"])
@pytest.mark.filterwarnings("ignore")
def test_pictures(row: dict[str, str]) -> None:
    path = FOLDER / "nasty_images" / row["file"]
    if not readable(row):
        with pytest.raises(DataError) as refused:
            read_image(path, 24, 16, True)
        assert row["file"] in str(refused.value)
        return
    wanted = shown(path)
    height, width = wanted.shape[:2]
    read = read_pictures([path], np.array([0]), height, width, True)
    assert read.refused == []
    np.testing.assert_allclose(read.pixels[0].transpose(1, 2, 0), wanted, atol=1.01)
    grey = read_pictures([path], np.array([0]), height, width, False).pixels[0][0]
    np.testing.assert_allclose(grey, wanted @ np.array([0.299, 0.587, 0.114]), atol=4)


def test_a_folder_of_all_pictures() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        paths = [path for path in files_beneath(FOLDER / "nasty_images") if path.name != "MANIFEST.csv"]
        read = read_pictures(paths, np.arange(len(paths)), 24, 24, True)
    bad = {row["file"] for row in pictures() if not readable(row) and not row["file"].startswith(".")}
    assert {Path(path).name for path, _ in read.refused} == bad
    assert int(read.usable.sum()) == len(paths) - len(bad)
