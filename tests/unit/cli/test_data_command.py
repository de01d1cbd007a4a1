"""``layerloom data`` shows what is in data and warns of what is odd; ``layerloom new`` says what is gravely wrong."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from designer.__main__ import main
from designer.cli.data_text import bars
from designer.cli.text import size
from designer.importing.profiles import Histogram
from designer.layers.recipe import counted_steps, recipe_in
from designer.project.file import load_project, save_project
from designer.project.model import TableData

DATA = Path(__file__).parents[2] / "data"
Output = pytest.CaptureFixture[str]


def test_a_table_is_shown_column_by_column_with_warnings(capsys: Output) -> None:
    assert main(["data", str(DATA / "titanic.csv"), "--target", "survived"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("891 rows, 15 columns, 57 kB; the target is “survived”")
    assert lines[1].split() == [
        "column",
        "type",
        "role",
        "missing",
        "unique",
        "range",
        "or",
        "most",
        "frequent",
        "relation",
    ]
    age = next(line for line in lines if line.startswith("age "))
    assert age.split()[1:5] == ["number", "feature", "177", "88"]
    assert "0.42 – 80" in age
    assert any(line.startswith("important: “alive” says the same as the target “survived”") for line in lines)
    assert any("Answers: Leave “class” out; Leave “pclass” out." in line for line in lines)


def test_json_is_one_object_with_the_whole_profile(capsys: Output) -> None:
    assert main(["data", str(DATA / "penguins.csv"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {"profile", "recipe", "warnings", "notes", "tokens"}
    assert (found["profile"]["rows"], found["profile"]["target"]) == (344, "species")
    assert found["profile"]["columns"][0]["name"] == "species"
    assert found["warnings"] == []
    main(["data", str(DATA / "titanic.csv"), "--json"])
    warning = json.loads(capsys.readouterr().out)["warnings"][0]
    assert set(warning) == {"severity", "code", "columns", "sentence", "answers", "settled"}


def test_a_project_and_its_own_target(capsys: Output, tmp_path: Path) -> None:
    project = tmp_path / "p.loom"
    assert main(["new", str(DATA / "moons.csv"), "-o", str(project)]) == 0
    capsys.readouterr()
    assert main(["data", str(project)]) == 0
    assert "400 rows, 3 columns" in capsys.readouterr().out
    assert main(["data", str(project), "--target", "x1"]) == 1
    assert "leave out --target" in capsys.readouterr().err


def test_the_recipe_is_told_step_by_step_as_the_window_tells_it(capsys: Output, tmp_path: Path) -> None:
    path = tmp_path / "p.loom"
    assert main(["new", str(DATA / "penguins.csv"), "-o", str(path)]) == 0
    made = load_project(path)
    assert isinstance(made.data, TableData)
    columns = tuple(
        replace(each, off=("scale",)) if each.name == "bill_depth_mm" else each for each in made.data.columns
    )
    save_project(replace(made, data=replace(made.data, columns=columns)), path)
    steps = recipe_in(load_project(path))
    capsys.readouterr()
    assert main(["data", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    begin = lines.index(f"recipe: {counted_steps(steps)}")
    assert lines[begin].endswith(f"{len(steps)} steps, from the top down; 2 switched off")
    told = lines[begin + 1 : begin + 13]
    assert told == [
        "  All rows",
        "    Rows without “species” are left out",
        "    Rows that repeat another row are left out (switched off)",
        "  island",
        "    Gaps are filled with the most frequent value",
        "    Each word becomes an input of its own (one-hot)",
        "  bill_length_mm",
        "    Gaps are filled with the mean",
        "    Scaled to mean 0 and standard deviation 1",
        "  bill_depth_mm",
        "    Gaps are filled with the mean",
        "    Scaled to mean 0 and standard deviation 1 (switched off)",
    ]
    # every step is told, in its place and in its own words; neighbours alike stand together
    assert lines[begin + 13] == "  flipper_length_mm, body_mass_g"
    assert main(["data", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["recipe"] == [asdict(step) for step in steps]


def test_many_columns_alike_are_told_by_the_first_and_the_last(capsys: Output, tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    names = [f"x{number}" for number in range(12)]
    lines = [",".join(f"{value:.4f}" for value in row) for row in chance.normal(size=(60, 13))]
    (tmp_path / "t.csv").write_text(",".join([*names, "y"]) + "\n" + "\n".join(lines) + "\n")
    assert main(["data", str(tmp_path / "t.csv"), "--target", "y"]) == 0
    output = capsys.readouterr().out
    assert "\n  x0 … x11, 12 columns\n    Gaps are filled" in output and "  x5\n" not in output


def test_rows_of_a_test_file_that_are_in_the_table_are_warned_of(capsys: Output, tmp_path: Path) -> None:
    lines = (DATA / "moons.csv").read_text().splitlines()
    (tmp_path / "some.csv").write_text("\n".join(lines[:301]))
    (tmp_path / "tests.csv").write_text("\n".join([lines[0], *lines[271:331]]))
    project = tmp_path / "p.loom"
    assert main(["new", str(tmp_path / "some.csv"), "-o", str(project)]) == 0
    made = load_project(project)
    assert isinstance(made.data, TableData)
    assert "important" not in capsys.readouterr().out
    given = replace(made.data, split=replace(made.data.split, by="file", file="tests.csv"))
    save_project(replace(made, data=given), project)
    assert main(["data", str(project)]) == 0
    output = capsys.readouterr().out
    assert "split by file: 255 train, 45 validation, 60 test" in output
    assert "important: 30 of 60 test rows (50 %) say the same as a row of the table in every column" in output
    assert "Answers: Leave repeated rows out." in output
    (tmp_path / "tests.csv").unlink()
    assert main(["data", str(project)]) == 0
    assert "important" not in capsys.readouterr().out


def test_a_table_that_no_network_can_learn_from_is_shown_all_the_same(capsys: Output, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("name,answer\n" + "".join(f"w{row},{row % 2}\n" for row in range(30)))
    assert main(["data", str(tmp_path / "t.csv")]) == 0
    output = capsys.readouterr().out
    assert "30 rows, 2 columns" in output
    assert main(["data", str(tmp_path / "t.csv"), "--target", "anwser"]) == 1
    assert "Did you mean “answer”?" in capsys.readouterr().err


def test_pictures(capsys: Output, tmp_path: Path) -> None:
    for name, count in (("cat", 24), ("dog", 2)):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for place in range(count):
            Image.new("L", (16, 12)).save(tmp_path / "pets" / name / f"{place}.png")
    assert main(["data", str(tmp_path / "pets")]) == 0
    output = capsys.readouterr().out
    assert "26 pictures of 2 classes, grey; 16×12: 26" in output
    assert "warning: “dog” has few pictures" in output


def test_a_new_project_says_what_is_gravely_wrong(capsys: Output, tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    score = chance.normal(size=300)
    lines = [f"{each:.4f},{chance.normal():.4f},{'yes' if each > 0 else 'no'}" for each in score]
    (tmp_path / "t.csv").write_text("score,other,passed\n" + "\n".join(lines) + "\n")
    assert main(["new", str(tmp_path / "t.csv"), "--target", "passed", "-o", str(tmp_path / "p.loom"), "--json"]) == 0
    notes = json.loads(capsys.readouterr().out)["notes"]
    assert any(note.startswith("“score” alone tells ") for note in notes)


def test_bars_and_sizes() -> None:
    histogram = Histogram(edges=(0.0, 1.0, 2.0, 3.0), counts=(1, 0, 8))
    assert bars(histogram, "utf-8") == "▁ █"
    assert bars(histogram, "ascii") == "_ @"
    assert bars(Histogram(), "utf-8") == ""
    assert [size(count) for count in (7, 1234, 5_678_901, 2_000_000_000)] == ["7 bytes", "1.23 kB", "5.68 MB", "2 GB"]


def test_texts_are_shown_as_tokens(capsys: Output, tmp_path: Path) -> None:
    rows = [("the food was good and the place is nice", "yes"), ("a bad phone, I would not buy it again", "no")]
    path = tmp_path / "reviews.csv"
    path.write_text("review,liked\n" + "".join(f'"{text} {n}",{word}\n' for n in range(40) for text, word in rows))
    assert main(["data", str(path), "--target", "liked"]) == 0
    said = capsys.readouterr().out
    assert "“review” in words:" in said
    assert "frequent: the" in said
    assert main(["data", str(path), "--target", "liked", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)["tokens"]["review"]
    assert report["vocabulary"] > 10
    assert report["examples"][0][:2] in (["the", "food"], ["a", "bad"])
