"""Each oddity of data is warned of in plain words with its figures, and each answer offered puts an end to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from designer.importing.data_warnings import data_warnings
from designer.importing.examine import examine_file
from designer.importing.profile import profile_frame
from designer.importing.profiles import ImagesProfile
from designer.importing.warning_words import figure, listed, percent
from designer.project.model import Project, Split, TableData
from tests.helpers.warned import CHANCE, CLASSES, NOISE, ROWS, answered, column, only, warned, words

DATA = Path(__file__).parents[2] / "data"


def test_an_ordinary_table_has_no_warnings():
    assert warned({"word": words(CHANCE.choice(["a", "b", "c"], ROWS))})[0] == ()


def test_the_target_in_other_words():
    warnings, project, _ = warned({"wort": words(np.where(CLASSES == "yes", "ja", "nein"))})
    warning = only(warnings, "leak")
    assert warning.severity == "important"
    assert warning.sentence.startswith("“wort” says the same as the target “y” in other words")
    assert column(answered(warning, project), "wort").role == "ignored"
    warnings, _, _ = warned({"wort": words(np.where(CLASSES == "yes", "ja", "nein"))}, wort="ignored")
    assert only(warnings, "leak").settled


def test_a_column_that_nearly_repeats_the_target():
    score = CHANCE.normal(size=ROWS)
    passed = words(np.where(score > 0, "yes", "no"))
    warnings, project, _ = warned({"score": score, "y": passed})
    warning = only(warnings, "near_leak")
    assert "“score” alone tells " in warning.sentence
    assert column(answered(warning, project), "score").role == "ignored"
    price = CHANCE.normal(size=ROWS)
    warnings, _, _ = warned({"gross": price * 1.19 + CHANCE.normal(size=ROWS) * 0.01, "y": price})
    assert "of the variance in the rows held out" in only(warnings, "near_leak").sentence


def test_a_good_feature_is_no_leak():
    score = CHANCE.normal(size=ROWS)
    passed = words(np.where(score + CHANCE.normal(size=ROWS) * 0.3 > 0, "yes", "no"))
    assert warned({"score": score, "y": passed})[0] == ()


def test_a_rare_class_does_not_make_a_leak_of_chance():
    rare = words(["often"] * (ROWS - 3) + ["rare"] * 3)
    assert {each.code for each in warned({"y": rare})[0]} == {"imbalance", "rare_class"}


def test_repeated_rows():
    half = CHANCE.integers(0, 1000, ROWS // 2).astype(float)
    doubled = {"noise": np.tile(NOISE[: ROWS // 2], 2), "a": np.tile(half, 2), "y": words(np.tile(CLASSES[:100], 2))}
    warnings, project, _ = warned(doubled)
    warning = only(warnings, "repeated_rows")
    assert warning.sentence.startswith("100 rows of 200 (50 %) say the same as an earlier one in every column")
    assert "can be met while training" in warning.sentence
    assert answered(warning, project).drop_duplicates


def test_a_few_repeated_rows_are_told_where_they_are_much_of_the_test_part():
    rows = 2000
    noise = CHANCE.normal(size=rows)
    part = np.where(np.arange(rows) < rows - 40, "train", "test")
    # 4 of 2,000 rows are no news, but 4 of 40 test rows are
    noise[-4:] = noise[:4]
    classes = np.where(CHANCE.random(rows) < 0.4, "yes", "no")
    classes[-4:] = classes[:4]
    split = Split(by="column", column="part")
    columns = {"noise": noise, "part": words(part), "y": words(classes)}
    warnings, project, _ = warned(columns, split=split, part="ignored")
    warning = only(warnings, "repeated_rows")
    assert warning.severity == "important"
    assert warning.sentence.startswith(
        "4 of 40 test rows (10 %) say the same as one to train with in every column but “part”, so that the test looks"
        " better than it is. If they were copied by mistake"
    )
    assert answered(warning, project).drop_duplicates
    noise[-3:] += 1
    assert warned(columns, split=split, part="ignored")[0] == ()


def test_rows_without_a_target_are_said():
    cells = CLASSES.astype(object)
    cells[:7] = None
    warning = only(warned({"y": words(cells)})[0], "target_missing")
    assert warning.settled
    assert warning.sentence.startswith("7 rows of 200 have no “y”")


def test_an_uneven_target():
    warnings, project, _ = warned({"y": words(np.where(np.arange(ROWS) % 10 == 0, "ill", "well"))})
    warning = only(warnings, "imbalance")
    assert "90 % of the rows are of class “well”" in warning.sentence
    assert warning.answers[0].edit(project).training.metrics == ("accuracy", "f1")


def test_a_class_with_too_few_rows():
    cells = CLASSES.astype(object)
    cells[:4] = "perhaps"
    warning = only(warned({"y": words(cells)})[0], "rare_class")
    assert warning.sentence.startswith("“perhaps” of “y” has few rows, as few as 4")
    assert warning.answers == ()


def test_a_small_test_part():
    warnings, project, _ = warned({}, split=Split(test=0.04))
    warning = only(warnings, "small_test")
    assert "The test part has 8 rows" in warning.sentence
    assert answered(warning, project).split.folds == 5
    assert "each row is tested once" in warning.sentence
    assert "There is no test part" in only(warned({}, split=Split(test=0.0))[0], "small_test").sentence


def test_a_small_test_part_in_time():
    warnings, project, _ = warned({"day": days()}, {"day": "date"}, day="time", split=Split("time", test=0.04))
    warning = only(warnings, "small_test")
    assert warning.sentence.endswith("With 5 folds, five stretches of time are tested, each by what lies before it.")
    assert answered(warning, project).split == Split("time", test=0.04, folds=5)


def days(count: int = ROWS) -> pd.Categorical:
    return words(pd.date_range("2020-01-01", periods=count).strftime("%Y-%m-%d"))


def test_rows_in_the_order_of_time():
    warnings, project, _ = warned({"day": days()}, {"day": "date"}, day="ignored")
    assert [each.code for each in warnings] == ["time", "date"]
    assert "goes from 2020-01-01 to 2020-07-18, daily" in warnings[0].sentence
    data = answered(warnings[0], project)
    assert (data.split.by, column(data, "day").role) == ("time", "time")
    assert data.samples == "rows"
    years = {"year": np.arange(1800.0, 1800.0 + ROWS), "y": NOISE[::-1]}
    warnings, project, _ = warned(years, noise="ignored")
    assert answered(only(warnings, "time"), project).samples == "windows"


def test_dates_that_prove_no_order_are_told():
    def slashed(day: int, month: int) -> pd.Categorical:
        return words([f"{1 + row % day:02}/{1 + row // 12 % month:02}/2020" for row in range(ROWS)])

    def codes(cells: pd.Categorical) -> set[str]:
        return {each.code for each in warned({"day": cells}, {"day": "date"}, day="time", split=Split("time"))[0]}

    assert "date_order" in codes(slashed(12, 12))
    assert "date_order" not in codes(slashed(28, 12))
    assert "date_order" not in codes(words([word.replace("/", ".") for word in slashed(12, 12)]))
    warnings, project, frame = warned({"day": slashed(12, 12)}, {"day": "date"}, day="time", split=Split("time"))
    warning = only(warnings, "date_order")
    assert [answer.label for answer in warning.answers] == ["Month first", "Day first"]
    for answer, chosen in zip(warning.answers, ("no", "yes"), strict=True):
        changed = answer.edit(project)
        assert column(changed.data, "day").day_first == chosen
        profile = profile_frame(frame, changed.data.columns, "y")
        assert "date_order" not in {each.code for each in data_warnings(profile, changed)}
    warnings, _, _ = warned({"day": slashed(12, 12)}, {"day": "date"}, day="ignored")
    assert "date_order" not in {each.code for each in warnings}


def test_dates_become_parts():
    shuffled = words(np.asarray(days())[CHANCE.permutation(ROWS)])
    warnings, project, _ = warned({"day": shuffled}, {"day": "date"}, day="ignored")
    warning = only(warnings, "date")
    found = column(answered(warning, project), "day")
    assert (found.role, found.kind, found.parts) == ("feature", "date", ("month", "weekday", "elapsed"))


def test_several_rows_of_a_person():
    warnings, project, _ = warned({"patient_id": np.repeat(np.arange(40.0) + 500, 5)}, patient_id="ignored")
    warning = only(warnings, "group")
    assert "“patient_id” has 40 values with 5 rows each on average" in warning.sentence
    data = answered(warning, project)
    assert (data.split.by, column(data, "patient_id").role) == ("group", "group")


def test_test_rows_far_outside():
    part = words(["train"] * 150 + ["test"] * 50)
    far = np.where(np.arange(ROWS) < 150, NOISE, NOISE + 30)
    split = Split(by="column", column="part")
    warnings, project, _ = warned({"size": far, "part": part}, split=split, part="split")
    warning = only(warnings, "test_beyond")
    assert "“size” holds values that training never comes near: 50 rows of 50" in warning.sentence
    assert answered(warning, project).split.by == "share"
    near = np.where(np.arange(ROWS) < 150, NOISE, NOISE * 0.3 + 1.5)
    warnings, _, _ = warned({"size": near, "part": part}, split=split, part="split")
    assert "“size” the two distributions are" in only(warnings, "test_unlike").sentence


def test_an_answer_that_is_no_end_of_it_is_not_offered():
    warnings, project, frame = warned({"nr": np.arange(1.0, ROWS + 1)})
    assert only(warnings, "id").answers
    assert isinstance(project.data, TableData)
    stuck = replace(project, data=replace(project.data, path="\0"))
    profile = profile_frame(frame, project.data.columns, "y")
    assert only(data_warnings(profile, stuck), "id").answers == ()


@pytest.mark.parametrize("name", ["iris", "penguins", "moons"])
def test_sound_tables_give_no_alarm(name):
    assert examine_file(DATA / f"{name}.csv", None).warnings == ()


def test_the_columns_of_titanic_that_give_the_answer_away_or_repeat_others():
    found = examine_file(DATA / "titanic.csv", "survived")
    said = {each.columns: each for each in found.warnings}
    assert said["alive",].code == "leak"
    assert {("pclass", "class"), ("embarked", "embark_town"), ("who", "adult_male")} <= said.keys()
    assert found.warnings[0].columns == ("alive",)


def test_pictures():
    profile = ImagesProfile(
        ("cat", "dog", "eel"), {"train": {"cat": 200, "dog": 15, "eel": 0}}, 215, (), False,
        unreadable=(("cat/1.png", "no picture"),), looked_at=215,
    )  # fmt: skip
    codes = [each.code for each in data_warnings(profile, Project())]
    assert codes == ["unreadable", "empty_class", "rare_class", "imbalance"]


def test_words():
    assert listed(["a"]) == "“a”"
    assert listed(["a", "b", "c"]) == "“a”, “b” and “c”"
    assert [percent(share) for share in (0.5, 0.004, 0.00001, 0.9999, 1.0)] == [
        "50 %",
        "0.4 %",
        "under 0.1 %",
        "over 99.9 %",
        "100 %",
    ]
    assert [figure(value) for value in (-999.0, 12345.0, 0.123456)] == ["−999", "12,345", "0.1235"]


def test_parts_for_which_there_are_too_few_groups():
    who = words([f"p{row % 3}" for row in range(ROWS)])
    split = Split("group", 0.05, 0.05)
    warning = only(warned({"who": who}, split=split, who="group")[0], "empty_part")
    assert warning.sentence == (
        "The validation part and the test part have no rows: each of the 3 groups goes whole to one part, and none "
        "fits into their share of 5 %. Choose a larger share, another seed, or folds by group."
    )
    assert warning.severity == "warning" and not warning.answers
    six = words([f"p{row % 6}" for row in range(ROWS)])
    warnings, project, _ = warned({"who": six}, split=split, who="group")
    warning = only(warnings, "empty_part")
    assert "each of the 6 groups" in warning.sentence
    assert answered(warning, project).split.folds == 5
    # nothing is said of a part that shall have none
    warnings = warned({"who": who}, split=Split("group", 0.0, 0.5), who="group")[0]
    assert "empty_part" not in {each.code for each in warnings}
