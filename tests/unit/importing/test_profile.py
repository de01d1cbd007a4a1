"""A profile says exactly what a table holds, and how closely each column and the target go together."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.importing.profile import profile_frame, profile_table
from designer.importing.profiles import ColumnProfile, TableProfile, as_json
from designer.importing.relation import correlation_ratio, cramers_v, crossed, pearson
from designer.importing.sniff import Cancelled
from designer.importing.times import decimated
from designer.project.model import Column, Split, TableData
from designer.runtime.errors import DataError
from tests.helpers.rounds import rounds

ROWS = 300


def frame_of(seed: int = 0, rows: int = ROWS) -> pd.DataFrame:
    chance = np.random.default_rng(seed)
    numbers = np.round(chance.normal(50, 10, rows), 3)
    numbers[chance.random(rows) < 0.1] = np.nan
    words = chance.choice(["red", "green", "blue", "grey"], rows, p=[0.4, 0.3, 0.2, 0.1]).astype(object)
    words[chance.random(rows) < 0.05] = None
    return pd.DataFrame(
        {
            "number": numbers,
            "count": chance.integers(0, 6, rows).astype(float),
            "word": pd.Categorical(words),
            "flag": np.where(chance.random(rows) < 0.3, 1.0, 0.0),
            "answer": np.nan_to_num(numbers, nan=50.0) * 2 + chance.normal(0, 5, rows),
        },
        index=pd.RangeIndex(2, rows + 2, name="line"),
    )


COLUMNS = (
    Column("number"),
    Column("count"),
    Column("word", "category"),
    Column("flag", "boolean"),
    Column("answer", role="target"),
)


def column(profile: TableProfile, name: str) -> ColumnProfile:
    found = profile.column(name)
    assert found is not None
    return found


def of_words(**columns: list[str | None]) -> TableProfile:
    """A profile of columns of words, the last of which is the target."""
    frame = pd.DataFrame({name: pd.Categorical(words) for name, words in columns.items()})
    return profile_frame(frame, [Column(name, "category") for name in columns], list(columns)[-1])


def test_numbers_are_those_of_numpy():
    frame = frame_of()
    profile = profile_frame(frame, COLUMNS, "answer")
    known = frame["number"].dropna().to_numpy()
    found = column(profile, "number")
    assert found.numbers is not None
    assert (found.count, found.missing, found.unique) == (len(known), ROWS - len(known), len(set(known)))
    assert (found.numbers.minimum, found.numbers.maximum) == (known.min(), known.max())
    expected = [known.mean(), known.std(), *np.quantile(known, [0.25, 0.5, 0.75])]
    shown = found.numbers
    assert [shown.mean, shown.std, shown.lower, shown.median, shown.upper] == pytest.approx(expected)
    assert not shown.whole
    counted = column(profile, "count").numbers
    assert counted is not None and counted.whole


def test_histograms_hold_every_cell_once():
    frame = frame_of()
    profile = profile_frame(frame, COLUMNS, "answer")
    for name in ("number", "answer"):
        histogram, known = column(profile, name).histogram, frame[name].dropna()
        heights = np.histogram(known, np.array(histogram.edges))[0]
        assert len(histogram.counts) <= 20
        assert histogram.counts == tuple(heights.tolist())
        assert (histogram.edges[0], histogram.edges[-1]) == (known.min(), known.max())
    counted = column(profile, "count").histogram
    assert counted.edges == (-0.5, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5)
    assert counted.counts == tuple(frame["count"].value_counts().sort_index().tolist())
    words = column(profile, "word").histogram
    expected = frame["word"].value_counts()
    assert dict(zip(words.words, words.counts, strict=True)) == expected.to_dict()
    assert words.counts == tuple(sorted(words.counts, reverse=True))
    assert (column(profile, "flag").histogram.words, column(profile, "flag").unique) == (("no", "yes"), 2)


def test_many_words_are_counted_with_the_others():
    words = [f"w{place % 40}" for place in range(400)] + ["often"] * 50
    found = column(of_words(word=words, answer=["a", "b"] * 225), "word")
    assert found.unique == 41
    assert (found.histogram.words[0], found.histogram.counts[0]) == ("often", 50)
    assert sum(found.histogram.counts) + found.histogram.others == 450
    assert len(found.histogram.words) == 20


def brute_eta(words: np.ndarray, numbers: np.ndarray) -> float:
    """The correlation ratio as it is defined, with Kelley's correction."""
    groups = [numbers[words == word] for word in set(words.tolist())]
    within = sum(((group - group.mean()) ** 2).sum() for group in groups)
    total = ((numbers - numbers.mean()) ** 2).sum()
    rows = len(numbers)
    return float(max(0.0, 1 - (rows - 1) / (rows - len(groups)) * within / total) ** 0.5)


def test_measures_are_those_of_their_definitions():
    chance = np.random.default_rng(1)
    first, second = chance.normal(size=100), chance.normal(size=100)
    assert pearson(first, second) == pytest.approx(np.corrcoef(first, second)[0, 1])
    codes = chance.integers(0, 4, 100)
    numbers = codes * 0.5 + chance.normal(size=100)
    assert correlation_ratio(codes, numbers) == pytest.approx(brute_eta(codes, numbers))
    table = np.array([[20, 5, 5], [4, 30, 2]])
    expected = np.outer(table.sum(1), table.sum(0)) / table.sum()
    phi = (((table - expected) ** 2) / expected).sum() / table.sum()
    phi = phi - 2 * 1 / (table.sum() - 1)
    least = min(2 - 1 / (table.sum() - 1), 3 - 4 / (table.sum() - 1)) - 1
    assert cramers_v(table) == pytest.approx((phi / least) ** 0.5)
    assert crossed(np.array([0, 1, 1]), np.array([2, 0, 0])).tolist() == [[0, 0, 1], [2, 0, 0]]


def test_each_pair_of_kinds_has_its_own_measure_and_picture():
    frame = frame_of()
    profile = profile_frame(frame, COLUMNS, "answer")
    number, word = column(profile, "number").relation, column(profile, "word").relation
    assert number is not None and word is not None
    both = frame[["number", "answer"]].dropna()
    assert (number.measure, number.sign) == ("pearson", 1)
    assert number.strength == pytest.approx(np.corrcoef(both["number"], both["answer"])[0, 1])
    assert sorted(number.points) == sorted(zip(both["number"], both["answer"], strict=True))
    assert (word.measure, word.of_target, len(word.groups)) == ("eta", True, 4)
    red = frame["answer"][frame["word"] == "red"]
    shown = next(group for group in word.groups if group.word == "red")
    assert (shown.count, shown.mean, shown.median) == pytest.approx((len(red), red.mean(), red.median()))
    assert column(profile, "answer").relation is None
    classes = profile_frame(frame, COLUMNS, "word")
    eta, table = column(classes, "number").relation, column(classes, "flag").relation
    assert eta is not None and table is not None
    assert (eta.measure, eta.of_target) == ("eta", False)
    assert table.measure == "cramers_v"
    assert sum(map(sum, table.counts)) == frame["word"].notna().sum()
    assert table.words == ("no", "yes")
    assert [count for _, count in classes.classes] == sorted(frame["word"].value_counts().tolist(), reverse=True)


def test_a_bent_relation_is_measured_by_ranks():
    x = np.linspace(0, 12, 200)
    profile = profile_frame(pd.DataFrame({"x": x, "y": -np.exp(x)}), [Column("x"), Column("y")], "y")
    relation = column(profile, "x").relation
    assert relation is not None
    assert (relation.measure, relation.strength, relation.sign) == ("spearman", pytest.approx(1.0), -1)
    assert relation.title == "Spearman’s ρ −1.00"


@pytest.mark.parametrize("target", ["answer", "word", "flag"])
def test_a_copy_of_the_target_has_strength_one(target):
    frame = frame_of()
    frame["copy"] = frame[target]
    kind = next(each.kind for each in COLUMNS if each.name == target)
    profile = profile_frame(frame, (*COLUMNS, Column("copy", kind)), target)
    found = column(profile, "copy")
    assert found.relation is not None and found.relation.strength == pytest.approx(1.0)
    assert found.answering is not None and found.answering.exact


CELLS = st.lists(st.tuples(st.floats(-1e9, 1e9) | st.none(), st.sampled_from("abc"), st.booleans()), max_size=60)


@settings(max_examples=60, deadline=None)
@given(CELLS, st.sampled_from(["n", "w", "b"]))
def test_strengths_lie_between_0_and_1_and_the_order_of_rows_does_not_matter(rows, target):
    frame = pd.DataFrame(
        {
            "n": np.array([np.nan if row[0] is None else row[0] for row in rows], dtype=np.float64),
            "w": pd.Categorical([row[1] for row in rows]),
            "b": np.array([row[2] for row in rows], dtype=np.float64),
        }
    )
    columns = [Column("n"), Column("w", "category"), Column("b", "boolean")]
    profile = profile_frame(frame, columns, target)
    shuffled = profile_frame(frame.sample(frac=1.0, random_state=1), columns, target)
    json.dumps(as_json(profile), allow_nan=False)
    for first, second in zip(profile.columns, shuffled.columns, strict=True):
        if first.relation is not None:
            assert 0 <= first.relation.strength <= 1
            assert second.relation is not None
            assert second.relation.strength == pytest.approx(first.relation.strength, abs=1e-6)
        if first.answering is not None:
            assert 0 <= first.answering.share <= 1
        same = [
            (each.count, each.missing, each.unique, each.histogram, each.examples, each.texts)
            for each in (first, second)
        ]
        assert same[0] == same[1]
        if first.numbers is not None and second.numbers is not None:
            shown = [replace(each, mean=0.0, std=0.0) for each in (first.numbers, second.numbers)]
            assert shown[0] == shown[1]
    assert (profile.repeated_rows, profile.classes) == (shuffled.repeated_rows, shuffled.classes)


def test_a_column_of_chance_tells_nothing_and_a_threshold_tells_all():
    chance = np.random.default_rng(0)
    frame = pd.DataFrame({"noise": chance.normal(size=600), "score": chance.normal(size=600)})
    frame["passed"] = pd.Categorical(np.where(frame["score"] > 0.2, "yes", "no"))
    profile = profile_frame(frame, [Column("noise"), Column("score"), Column("passed", "category")], "passed")
    noise, score = column(profile, "noise").answering, column(profile, "score").answering
    assert noise is not None and score is not None
    assert noise.share < 0.65
    assert score.share > 0.98
    assert not score.exact


def test_repeating_columns_are_found_as_pairs():
    chance = np.random.default_rng(0)
    who = chance.choice(["man", "woman", "child"], 200)
    frame = pd.DataFrame(
        {
            "who": pd.Categorical(who),
            "man": (who == "man").astype(float),
            "wer": pd.Categorical([{"man": "Mann", "woman": "Frau", "child": "Kind"}[each] for each in who]),
            "metres": (metres := chance.normal(size=200)),
            "feet": metres * 3.28084 + 1,
            "near": metres + chance.normal(size=200) * 0.002,
            "other": chance.normal(size=200),
            "y": chance.normal(size=200),
        }
    )
    kinds = {"who": "category", "wer": "category", "man": "boolean"}
    columns = [Column(name, kinds.get(name, "number")) for name in frame]  # type: ignore[arg-type]
    pairs = {(pair.kept, pair.other): pair.how for pair in profile_frame(frame, columns, "y").pairs}
    assert pairs == {
        ("who", "wer"): "same",
        ("who", "man"): "follows",
        ("metres", "feet"): "same",
        ("metres", "near"): "nearly",
    }


def test_repeated_rows_and_test_rows_that_are_trained_with():
    frame = frame_of(rows=100)
    doubled = pd.concat([frame, frame], ignore_index=True)
    profile = profile_frame(doubled, COLUMNS, "answer", split=Split())
    assert profile.repeated_rows == 100
    assert profile.parts is not None
    assert profile.parts.rows == {"train": 140, "validation": 30, "test": 30}
    assert 10 < profile.parts.shared <= 30
    numbered = doubled.assign(id=np.arange(200.0))
    assert profile_frame(numbered, (Column("id"), *COLUMNS), "answer").repeated_rows == 100
    assert profile_frame(frame, COLUMNS, "answer", split=Split()).repeated_rows == 0


def test_rows_copied_over_both_words_of_a_split_column_are_shared():
    frame = frame_of(rows=100)
    parts = frame.assign(part=pd.Categorical(["train"] * 70 + ["test"] * 30))
    copied = pd.concat([parts, parts.iloc[:20].assign(part=pd.Categorical(["test"] * 20))], ignore_index=True)
    copied["part"] = copied["part"].astype("category")
    columns = (*COLUMNS, Column("part", "category", "ignored"))
    split = Split(by="column", column="part")
    profile = profile_frame(copied, columns, "answer", split=split)
    assert profile.parts is not None
    assert (profile.parts.rows, profile.parts.shared) == ({"train": 70, "validation": 0, "test": 50}, 20)
    apart = profile_frame(parts, columns, "answer", split=split).parts
    assert apart is not None
    assert apart.shared == 0


def test_dates_are_read_with_their_step_and_gaps():
    months = pd.period_range("2001-01", periods=48, freq="M").astype("str").delete(20)
    frame = pd.DataFrame({"month": pd.Categorical(months), "y": np.arange(47.0)})
    found = column(profile_frame(frame, [Column("month", "date"), Column("y")], "y"), "month").times
    assert found is not None
    assert (found.earliest, found.latest, found.step) == ("2001-01-01", "2004-12-01", "monthly")
    assert (found.gaps, found.repeats, found.ordered) == (1, 0, True)
    german = [f"{day:02}.03.2020" for day in range(1, 31)]
    frame = pd.DataFrame({"tag": pd.Categorical(german), "y": np.arange(30.0)})
    found = column(profile_frame(frame, [Column("tag", "date"), Column("y")], "y"), "tag").times
    assert found is not None
    assert (found.earliest, found.latest, found.step) == ("2020-03-01", "2020-03-30", "daily")


def test_a_series_is_drawn_with_its_peaks():
    values = np.zeros(10_000)
    values[1234], values[5678] = 9.0, -7.0
    line = decimated(np.arange(10_000.0), values)
    assert len(line) <= 500
    assert (1234.0, 9.0) in line
    assert (5678.0, -7.0) in line
    frame = pd.DataFrame({"year": np.arange(1900.0, 1960.0), "y": np.arange(60.0) % 7})
    series = profile_frame(frame, [Column("year"), Column("y")], "y").series
    assert series is not None
    assert (series.time, len(series.lines["y"])) == ("year", 60)


def test_texts_are_told_by_lengths_and_words():
    texts = ["The good food", "the bad food", "Good good service!", "It’s fine"]
    frame = pd.DataFrame({"text": pd.Categorical(texts), "y": pd.Categorical(["a", "b", "a", "b"])})
    found = column(profile_frame(frame, [Column("text", "text"), Column("y", "category")], "y"), "text")
    assert found.texts is not None
    assert (found.texts.shortest, found.texts.longest) == (9, 18)
    assert found.texts.frequent[:3] == (("good", 3), ("food", 2), ("the", 2))
    assert found.texts.words.counts == (1, 3)
    assert found.relation is None


def test_spoiled_cells_are_named_by_line():
    cells = [str(place * 3) for place in range(40)]
    cells[7], cells[20] = "12 kg", "about 60"
    frame = pd.DataFrame({"mass": pd.Categorical(cells), "y": np.arange(40.0)}, index=pd.RangeIndex(2, 42))
    found = column(profile_frame(frame, [Column("mass", "text", "ignored"), Column("y")], "y"), "mass")
    assert found.spoiled == ((9, "12 kg"), (22, "about 60"))
    assert found.spoiled_count == 2


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_the_smallest_tables_have_a_profile(rows):
    profile = profile_frame(frame_of().iloc[:rows], COLUMNS, "answer", split=Split(validation=0.0, test=0.0))
    assert profile.rows == rows
    json.dumps(as_json(profile), allow_nan=False)


def write(folder: Path, text: str) -> TableData:
    (folder / "t.csv").write_text(text)
    columns = (Column("a"), Column("b", "category"), Column("y", role="target"))
    return TableData("t.csv", columns=columns)


def test_a_table_is_read_as_its_project_says(tmp_path):
    data = write(tmp_path, "a,b,y\n" + "".join(f"{place},w{place % 3},{place * 2}\n" for place in range(30)))
    told: list[float] = []
    profile = profile_table(data, tmp_path, "y", told.append)
    assert (profile.rows, profile.bytes) == (30, (tmp_path / "t.csv").stat().st_size)
    assert [each.kind for each in profile.columns] == ["number", "category", "number"]
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] <= 1
    with pytest.raises(Cancelled):
        profile_table(data, tmp_path, "y", cancelled=lambda: True)
    with pytest.raises(DataError, match=r"none\.csv"):
        profile_table(replace(data, path="none.csv"), tmp_path, "y")


def test_a_column_of_the_wrong_kind_is_shown_as_words(tmp_path):
    data = write(tmp_path, "a,b,y\n" + "".join(f"x{place % 4},w,{place}\n" for place in range(30)))
    found = column(profile_table(data, tmp_path, "y"), "a")
    assert found.trouble == "its cells are not numbers; they are shown as words"
    assert found.unique == 4


def wide_table(rows: int) -> tuple[pd.DataFrame, list[Column]]:
    chance = np.random.default_rng(0)
    frame = pd.DataFrame({f"n{place}": chance.normal(size=rows) for place in range(16)})
    for place in range(3):
        frame[f"c{place}"] = pd.Categorical.from_codes(chance.integers(0, 12, rows), [f"w{word}" for word in range(12)])
    frame["y"] = frame["n0"] + chance.normal(size=rows)
    return frame, [Column(name, "category" if name[0] == "c" else "number") for name in frame]


@pytest.mark.slow
@pytest.mark.alone
def test_profiling_takes_no_more_than_a_few_times_what_pandas_takes_to_describe():
    frame, columns = wide_table(200_000)
    profile_frame(frame.iloc[:2000], columns, "y")
    ratios: list[float] = []
    for _ in rounds(3, lambda: min(ratios) < 5):
        begun = time.perf_counter()
        frame.describe(include="all")
        frame.nunique()
        described = time.perf_counter()
        profile_frame(frame, columns, "y", split=Split())
        ratios.append((time.perf_counter() - described) / (described - begun))
    assert min(ratios) < 5, ratios
