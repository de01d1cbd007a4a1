"""Each oddity of a column is warned of in plain words with its figures, and each answer puts an end to it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from designer.importing.data_warnings import data_warnings
from designer.importing.examine import examine_file
from designer.importing.profile import profile_table
from designer.importing.warning_words import figure, lines_of
from tests.helpers.series import sequences_project, write_sequences
from tests.helpers.training import write_csv
from tests.helpers.warned import CHANCE, NOISE, ROWS, answered, column, only, warned, words


@pytest.mark.parametrize(
    ("name", "cells"), [("nr", np.arange(1.0, ROWS + 1)), ("patient_id", CHANCE.permutation(ROWS) + 1000.0)]
)
def test_ids(name, cells):
    warnings, project, _ = warned({name: cells})
    warning = only(warnings, "id")
    assert warning.answers[0].label == "Mark as id and leave it out"
    assert column(answered(warning, project), name).role == "ignored"


def test_a_constant_and_an_empty_column():
    warnings, project, _ = warned({"same": np.ones(ROWS), "empty": np.full(ROWS, np.nan)})
    assert [each.sentence.partition(":")[0] for each in warnings] == [
        "“same” is the same in every row",
        "“empty” is empty in every row",
    ]
    assert column(answered(warnings[0], project), "same").role == "ignored"


def test_a_column_that_is_mostly_missing():
    cells = np.where(np.arange(ROWS) % 4, np.nan, NOISE)
    warnings, project, _ = warned({"gaps": cells})
    warning = only(warnings, "missing")
    assert "75 % of “gaps” is missing (150 of 200 cells)" in warning.sentence
    assert column(answered(warning, project), "gaps").role == "ignored"
    filled = column(answered(warning, project, 1), "gaps")
    assert (filled.missing, filled.indicator) == ("median", True)
    warnings, project, _ = warned({"gaps": cells}, gaps="ignored")
    assert column(answered(only(warnings, "missing"), project), "gaps").role == "feature"


def test_texts_and_many_words():
    texts = words([f"a sentence of its own about thing number {place}" for place in range(ROWS)])
    warnings, project, _ = warned({"review": texts}, {"review": "text"}, review="ignored")
    found = column(answered(only(warnings, "unique_text"), project), "review")
    assert (found.role, found.kind) == ("feature", "text")
    names = words([f"n{place:03}" for place in CHANCE.permutation(ROWS)])
    warnings, project, _ = warned({"name": names}, {"name": "text"})
    assert column(answered(only(warnings, "unique_text"), project), "name").role == "ignored"
    towns = words([f"town {place % 70}" for place in range(ROWS)])
    warnings, project, _ = warned({"town": towns}, {"town": "text"}, town="ignored")
    found = column(answered(only(warnings, "many_words"), project), "town")
    assert (found.role, found.kind, found.encode) == ("feature", "category", "codes")


def test_numbers_that_are_codes():
    warnings, project, _ = warned({"region_code": CHANCE.integers(1, 6, ROWS).astype(float)})
    found = column(answered(only(warnings, "codes"), project), "region_code")
    assert (found.kind, found.missing, found.scale) == ("category", "most_frequent", "none")
    assert warned({"children": CHANCE.integers(0, 6, ROWS).astype(float)})[0] == ()


def test_spoiled_numbers_are_named():
    cells = [f"{place * 1.5}" for place in CHANCE.permutation(ROWS)]
    cells[3] = "12 kg"
    warnings, _, _ = warned({"mass": words(cells)}, {"mass": "text"}, mass="ignored")
    warning = next(each for each in warnings if each.code == "spoiled_numbers")
    assert "“mass” holds numbers, but 1 cell is none: “12 kg” in line 3" in warning.sentence
    warnings, project, _ = warned({"mass": words(cells)}, {"mass": "number"})
    warning = only(warnings, "spoiled_numbers")
    assert column(answered(warning, project), "mass").role == "ignored"


def test_a_number_that_stands_for_missing():
    cells = np.where(np.arange(ROWS) % 20 == 0, -999.0, NOISE)
    warnings, project, _ = warned({"depth": cells})
    warning = only(warnings, "sentinel")
    assert "“depth” is −999 in 10 rows, far from all others" in warning.sentence
    assert column(answered(warning, project), "depth").role == "ignored"


def test_outliers_and_skew():
    cells = NOISE.copy()
    cells[5] = 500
    warnings, project, _ = warned({"size": cells})
    assert column(answered(only(warnings, "outliers"), project), "size").clip == "percentile"
    warnings, project, _ = warned({"income": np.exp(CHANCE.normal(size=ROWS) * 1.5 + 8)})
    assert column(answered(only(warnings, "skew"), project), "income").scale == "log"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (29_012.3, "29,012"), (-2_076.4, "−2,076"), (999.7, "1,000"), (123.456, "123.5"), (0.42, "0.42"),
        (1_500_000.5, "1,500,000"), (2_500.0, "2,500"), (1.234567e18, "1.235e+18"), (0.0, "0"),
    ],
)  # fmt: skip
def test_figures_from_the_data_are_written_as_people_write_them(value, said):
    assert figure(value) == said


def test_a_single_outlier_is_spoken_of_as_one():
    cells = NOISE.copy()
    cells[5] = 500
    said = only(warned({"size": cells})[0], "outliers").sentence
    assert (
        "1 cell, in line 5, lies far out. It squeezes the others together. Clip it, or take the logarithm, if it is not"
        in said
    )
    cells[6] = 400
    said = only(warned({"size": cells})[0], "outliers").sentence
    assert "2 cells, in lines 5 and 6, lie far out. They squeeze the others together. Clip them" in said


def test_what_is_to_be_predicted_and_lies_far_out_is_warned_of():
    """A comma in the wrong place makes the figures of a good network bad ones."""
    plain = 2_000 + 300 * np.random.default_rng(8).normal(size=ROWS)
    cells = plain.copy()
    cells[7] = 29_000
    warning = only(warned({"y": cells})[0], "odd_targets")
    assert warning.columns == ("y",) and warning.severity == "warning"
    assert "“y” reaches 29,000, while half of its numbers lie from" in warning.sentence
    assert "it outweighs hundreds of others in MSE, RMSE and R². If it is a slip of the pen" in warning.sentence
    assert "; 1 cell, in line 7, lies far out, and that of what is to be predicted" in warning.sentence
    assert not warned({"y": plain})[0]
    # many of them are what the target is like
    often = np.where(np.arange(ROWS) % 20 == 0, 90_000.0, plain)
    assert "odd_targets" not in [each.code for each in warned({"y": often})[0]]


def test_cells_that_lie_far_out_are_named_by_their_lines_in_the_file(tmp_path: Path):
    """Lines are those of the file, whatever stands in cells before them."""
    rows = [(f"{value:.3f}", "two\nlines" if place == 3 else "one") for place, value in enumerate(NOISE)]
    for place, cell in ((40, "700"), (90, ""), (120, "-650")):
        rows[place] = (cell, "one")
    path = write_csv(tmp_path / "t.csv", ("y", "note"), rows)
    written = path.read_text().splitlines()
    lines = [number for number, line in enumerate(written, start=1) if line.startswith(("700", "-650"))]
    assert lines == [43, 123]
    found = examine_file(path, "y").warnings
    said = next(each.sentence for each in found if each.code == "odd_targets")
    assert "2 cells, in lines 43 and 123, lie far out" in said


@pytest.mark.parametrize(
    ("lines", "count", "said"),
    [
        ((8,), 1, "in line 8"), ((8, 12), 2, "in lines 8 and 12"), ((1, 2, 3), 3, "in lines 1, 2 and 3"),
        ((1, 2, 3, 4, 5), 900, "first in lines 1, 2 and 3"),
    ],
)  # fmt: skip
def test_of_many_lines_the_first_are_told(lines, count, said):
    assert lines_of(lines, count) == said


def test_steps_of_many_files_have_no_line_to_be_named_by(tmp_path: Path):
    folder = write_sequences(tmp_path / "curves")
    first = next(folder.rglob("*.csv"))
    head, _, *others = first.read_text().splitlines()
    first.write_text("\n".join([head, "0,90000", *others]) + "\n")
    profile = profile_table(sequences_project(folder).data, tmp_path, "class")
    value = profile.column("value")
    assert value.numbers.far == 1 and value.far_lines == ()
    project = sequences_project(folder)
    said = [each.sentence for each in data_warnings(profile, project) if each.code == "outliers"]
    assert len(said) == 1 and "; 1 cell lies far out" in said[0]


def test_many_columns_with_outliers_are_one_warning():
    columns = {f"c{place}": np.where(np.arange(ROWS) == place, 900.0, CHANCE.normal(size=ROWS)) for place in range(6)}
    warnings, project, _ = warned(columns)
    warning = only(warnings, "outliers")
    assert "“c0”, “c1”, “c2”, “c3” and 2 more" in warning.sentence
    assert all(column(answered(warning, project), name).clip == "percentile" for name in columns)


def test_the_same_warning_of_many_columns_is_no_flood():
    columns = {f"c{place}": np.where(CHANCE.random(ROWS) < 0.7, np.nan, NOISE) for place in range(60)}
    warnings, _, _ = warned(columns)
    gaps = [each for each in warnings if each.code == "missing"]
    assert len(gaps) == 21
    assert "The same is to be said of 40 more columns as of “c0”: “c20”" in gaps[-1].sentence
    assert len(gaps[-1].columns) == 40


def test_spellings():
    cells = words(CHANCE.choice(["Berlin", "berlin", "Bonn"], ROWS))
    assert "“Berlin” and “berlin”" in only(warned({"town": cells})[0], "spelling").sentence


def test_a_column_of_the_wrong_kind():
    warnings, project, _ = warned({"town": words(CHANCE.choice(["Bonn", "Ulm"], ROWS))}, {"town": "number"})
    warning = only(warnings, "wrong_kind")
    assert column(answered(warning, project), "town").kind == "category"


def test_columns_that_repeat_each_other():
    letters = CHANCE.choice(["a", "b", "c"], ROWS)
    capitals = words([letter * 3 for letter in letters])
    warnings, project, _ = warned({"one": words(letters), "two": capitals})
    warning = only(warnings, "repeat")
    assert warning.columns == ("one", "two")
    assert column(answered(warning, project), "two").role == "ignored"
    assert column(answered(warning, project, 1), "one").role == "ignored"
    warnings, _, _ = warned({"one": words(letters), "is_a": (letters == "a").astype(float)}, {"is_a": "boolean"})
    assert "“is_a” follows from “one” in every row" in only(warnings, "repeat").sentence
