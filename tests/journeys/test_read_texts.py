"""Texts read off sequences by connectionist temporal classification: from the files to the words that are predicted."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from designer.compiler.analyse import analyse
from designer.project import edits
from designer.project.file import load_project, save_project
from designer.project.model import Column, ImageData, Link, Project, Split, TableData, Training, Windows
from designer.training.predict import predict_run
from designer.training.prepare import facts_of
from designer.training.results import evaluate_run
from tests.helpers.exported import assert_formatted, assert_same_weights, run_scripts, train_and_export
from tests.helpers.graphs import add, chain
from tests.helpers.training import write_csv

LETTERS = "abcd"
FONT = {"a": "010101111101", "b": "110101110111", "c": "011100100011", "d": "110101101110"}


def words(count: int) -> list[str]:
    chance = random.Random(3)
    return ["".join(chance.choices(LETTERS, k=chance.randint(1, 5))) for _ in range(count)]


def write_signals(folder: Path, count: int = 160) -> Path:
    """A file for each word: each letter sounds for two to four steps on a channel of its own, a pause between."""
    chance = random.Random(5)
    folder.mkdir()
    listed = []
    for number, word in enumerate(words(count)):
        steps: list[list[object]] = []
        for letter in word:
            for _ in range(chance.randint(2, 4)):
                steps.append([float(each == letter) + chance.gauss(0, 0.1) for each in LETTERS])
            steps.append([chance.gauss(0, 0.1) for _ in LETTERS])
        rows = [(place, *(round(float(str(value)), 3) for value in step)) for place, step in enumerate(steps)]
        write_csv(folder / f"{number:03}.csv", ("step", "p", "q", "r", "s"), rows)
        listed.append((f"{number:03}.csv", word))
    write_csv(folder / "labels.csv", ("file", "word"), listed)
    return folder


def signals(folder: Path) -> Project:
    """Files of signals through a GRU that looks both ways."""
    write_signals(folder / "signals")
    columns = (
        Column("step", role="time"),
        *(Column(name) for name in "pqrs"),
        Column("file", "category", "ignored"),
        Column("word", "text", "target"),
    )
    data = TableData("signals", columns=columns, split=Split(), samples="files", windows=Windows(30))
    project = chain(
        "sequence_input",
        ("gru", {"hidden_size": 24, "output": "sequence", "bidirectional": True}),
        ("linear", {"out_features": len(LETTERS) + 1}),
        ("output", {"loss": "ctc"}),
    )
    return replace(project, data=data, training=Training(epochs=15, batch_size=16, learning_rate=0.02, seed=2))


def pictures(folder: Path) -> Project:
    """Pictures of words in a tiny script, listed in a table: columns of pixels become the steps that are read."""
    (folder / "scans").mkdir()
    chance = random.Random(9)
    rows = []
    for number, word in enumerate(words(160)):
        image, left = Image.new("L", (32, 6), 0), chance.randint(0, 3)
        for letter in word:
            for place, bit in enumerate(FONT[letter]):
                image.putpixel((left + place % 3, 1 + place // 3), 255 if bit == "1" else 0)
            left += 4 + chance.randint(0, 1)
        image.save(folder / "scans" / f"{number:03}.png")
        rows.append((f"scans/{number:03}.png", word))
    write_csv(folder / "scans.csv", ("scan", "word"), rows)
    columns = (Column("scan", "image"), Column("word", "text", "target"))
    data = ImageData("scans.csv", split=Split(), layout="table", columns=columns)
    project = chain(
        ("image_input", {"height": 6, "width": 32, "mode": "grey"}),
        ("conv2d", {"out_channels": 12, "padding": 1}),
        "batch_norm2d",
        "relu",
        ("reshape", {"shape": (72, 32)}),
        ("permute", {"dims": (2, 1)}),
        ("gru", {"hidden_size": 24, "output": "sequence", "bidirectional": True}),
        ("linear", {"out_features": len(LETTERS) + 1}),
        ("output", {"loss": "ctc"}),
    )
    return replace(project, data=data, training=Training(epochs=15, batch_size=16, learning_rate=0.02, seed=2))


CASES: list[Callable[[Path], Project]] = [signals, pictures]
DATA = {"signals": "signals", "pictures": "scans.csv"}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    """Run and script of each case; all scripts ran in one process of their own."""
    found = {}
    for case in CASES:
        folder = tmp_path_factory.mktemp(case.__name__)
        save_project(case(folder), folder / "words.loom")
        project = load_project(folder / "words.loom")
        analysis = analyse(project, facts_of(project, folder))
        assert analysis.ok, analysis.problems
        found[case.__name__] = train_and_export(project, folder)
    calls = [[str(script), "--out", str(script.with_name("weights.pt"))] for _, script in found.values()]
    run_scripts(calls, tmp_path_factory.mktemp("empty"))
    return found


@pytest.mark.parametrize("case", [case.__name__ for case in CASES])
def test_script_and_app_agree_and_read_well(trained: dict[str, tuple[Path, Path]], case: str) -> None:
    run, script = trained[case]
    assert_same_weights(run, script.with_name("weights.pt"))
    assert_formatted([script])
    metrics = json.loads((run / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["test"].keys() == {"loss", "cer"}
    assert metrics["test"]["cer"] < 0.1
    texts = json.loads((run / "results.json").read_text(encoding="utf-8"))["texts"]
    assert len(texts["read"]) == len(texts["actual"]) == 24 and {*texts["actual"]} <= {*words(160)}
    text = script.read_text(encoding="utf-8")
    assert "loss = connectionist_loss\n" in text and '{"cer": character_error_rate}' in text
    assert "learn_text_target(" in text and "def learn_class_target" not in text


@pytest.mark.parametrize("case", [case.__name__ for case in CASES])
def test_words_are_predicted_as_people_write_them(
    trained: dict[str, tuple[Path, Path]], case: str, tmp_path: Path
) -> None:
    run, _ = trained[case]
    data = run.parent.parent / DATA[case]
    predict_run(run, data, tmp_path / "read.csv")
    with (tmp_path / "read.csv").open(encoding="utf-8", newline="") as file:
        read = [row["predicted_word"] for row in csv.DictReader(file)]
    wanted = words(160)
    assert len(read) == len(wanted)
    assert sum(one == other for one, other in zip(read, wanted, strict=True)) >= 140
    again = evaluate_run(run)
    assert again["test"] == pytest.approx(json.loads((run / "metrics.json").read_text(encoding="utf-8"))["test"])
    assert evaluate_run(run, data)["test"]["cer"] < 0.1


def test_two_outputs_of_which_one_reads(tmp_path: Path) -> None:
    """A word and its length from one row of a table."""
    rows = [(word, len(word), *(LETTERS.find(each) for each in word.ljust(5))) for word in words(60)]
    write_csv(tmp_path / "words.csv", ("word", "size", "a", "b", "c", "d", "e"), rows)
    features = tuple(Column(name) for name in "abcde")
    columns = (Column("word", "text", "target"), Column("size", role="target"), *features)
    project, first = add(Project(), "table_input", {"features": 5})
    project, hidden = add(project, "linear", {"out_features": 50})
    project, steps = add(project, "reshape", {"shape": (10, 5)})
    project, read = add(project, "output", {"loss": "ctc", "target": "word"})
    project, size = add(project, "linear", {"out_features": 1})
    project, other = add(project, "output", {"loss": "mse", "target": "size"})
    for source, target in ((first, hidden), (hidden, steps), (steps, read), (first, size), (size, other)):
        from designer.layers.catalog import ports_of

        project = edits.connect(project, Link(source, "out", target, "x"), ports_of)
    data = TableData("words.csv", columns=columns, split=Split())
    project = replace(project, data=data, training=Training(epochs=2, seed=1))
    run, script = train_and_export(project, tmp_path)
    run_scripts([[str(script), "--out", str(tmp_path / "w.pt")]], tmp_path)
    assert_same_weights(run, tmp_path / "w.pt")
    predict_run(run, tmp_path / "words.csv", tmp_path / "read.csv")
    head = (tmp_path / "read.csv").read_text(encoding="utf-8").splitlines()[0]
    assert "predicted_word" in head and "predicted_size" in head
