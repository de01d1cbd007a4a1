"""Cross-validation as a person does it: each row is tested with once, a script does the same, a break is mended."""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from designer.__main__ import main
from designer.cli import training
from designer.project.file import load_project, save_project
from designer.project.model import Split
from designer.workspace.runs import list_runs
from designer.workspace.settings import set_settings
from tests.helpers.exported import assert_formatted, assert_same_weights, assert_tested_alike, run_scripts
from tests.helpers.mixed import house_columns, houses, merged, write_houses

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def iris(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of the iris table, in a folder of its own that is the working folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "iris.csv").write_bytes((DATA / "iris.csv").read_bytes())
    assert main(["new", "iris.csv", "--target", "species", "-o", "iris.loom"]) == 0
    return tmp_path / "iris.loom"


def test_three_folds_from_the_command_line(iris: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["train", "iris.loom", "--epochs", "3", "--folds", "3", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    scores = [fold["test"]["accuracy"] for fold in told["folds"]]
    assert told["mean"]["test"]["accuracy"] == pytest.approx(sum(scores) / 3)
    assert told["spread"]["test"]["accuracy"] >= 0
    runs = list_runs(iris)
    assert [Path(fold["run"]).name for fold in told["folds"]] == [run.name for run in runs]
    assert [load_project(run / "project.loom").data.split.fold for run in runs] == [1, 2, 3]  # type: ignore[union-attr]
    assert main(["train", "iris.loom", "--epochs", "2", "--folds", "3"]) == 0
    assert "±" in capsys.readouterr().out


@pytest.mark.parametrize(
    "settings",
    [[], ["data.split.by=group", "data.columns.petal_width.role=group"],
     ["data.split.by=time", "data.columns.sepal_length.role=time"]],
    ids=["share", "group", "time"],
)  # fmt: skip
def test_the_script_trains_the_same_folds(iris: Path, settings: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    folder = iris.parent
    project = set_settings(load_project(iris), [*settings, "data.split.folds=2", "training.epochs=2"])
    save_project(project, iris)
    capsys.readouterr()
    assert main(["train", "iris.loom", "--json"]) == 0
    runs = [Path(fold["run"]) for fold in json.loads(capsys.readouterr().out)["folds"]]
    assert main(["export", "iris.loom", "--to", "script", "-o", "all.py"]) == 0
    assert main(["export", str(runs[1]), "--to", "script", "-o", "second.py"]) == 0
    assert_formatted([folder / "all.py", folder / "second.py"])
    said = run_scripts([["all.py", "--out", "all.pt"], ["second.py", "--out", "second.pt"]], folder)
    assert "over 2 folds" in said
    for fold, run in enumerate(runs, start=1):
        assert_same_weights(run, folder / f"all-fold{fold}.pt")
    assert_same_weights(runs[1], folder / "second-fold2.pt")


def test_a_break_is_gone_on_with(
    iris: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object) -> object:
        if len(list_runs(iris)) == 2:
            raise KeyboardInterrupt
        return whole(*arguments)  # type: ignore[arg-type]

    whole = training._follow
    monkeypatch.setattr(training, "_follow", broken)
    assert main(["train", "iris.loom", "--epochs", "2", "--folds", "3"]) == 130
    monkeypatch.setattr(training, "_follow", whole)
    capsys.readouterr()
    assert main(["train", "iris.loom", "--epochs", "2", "--folds", "3", "--resume", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["folds"]) == 3
    assert [load_project(run / "project.loom").data.split.fold for run in list_runs(iris)] == [1, 2, 3]  # type: ignore[union-attr]


def homes(folder: Path) -> list[str]:
    """Rows with a category that a single row has; the words with which a project of them is begun."""
    towns = ["Ulm", "Bonn", "Köln", "Rare"]
    rows = [f"{row % 7},{towns[min(3, row % 40 // 13)]},{row % 5 + row % 7}" for row in range(41)]
    (folder / "told.csv").write_text("\n".join(["rooms,town,price", *rows]) + "\n", encoding="utf-8")
    return ["--target", "price"]


def streets(folder: Path) -> list[str]:
    """Rows with a column of so many words that they are learned as codes, most of them in one row alone."""
    rows = [f"{row % 7},street {row * row % 61},{row % 9 + row % 7 + 0.5}" for row in range(120)]
    (folder / "told.csv").write_text("\n".join(["rooms,street,price", *rows]) + "\n", encoding="utf-8")
    return ["--target", "price", "--template", "embeddings"]


def reviews(folder: Path) -> list[str]:
    """Sentences of words of which each fold learns its own."""
    with gzip.open(DATA / "sentiment_sentences.csv.gz", "rt", encoding="utf-8") as file:
        (folder / "told.csv").write_text("".join(itertools.islice(file, 91)), encoding="utf-8")
    return ["--target", "label"]


@pytest.mark.parametrize(
    ("made", "settings", "sizes"),
    [
        (homes, ["data.columns.town.role=feature"], "in_features"),
        (streets, [], "num_embeddings"),
        (reviews, [], "num_embeddings"),
    ],
    ids=["rare categories", "many words", "a text"],
)
def test_one_script_trains_folds_that_learn_unlike_words(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    made: Callable[[Path], list[str]],
    settings: list[str],
    sizes: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "told.csv", *made(tmp_path), "-o", "told.loom"]) == 0
    settings = ["data.split.folds=3", "training.epochs=2", "training.threads=1", *settings]
    save_project(set_settings(load_project(Path("told.loom")), settings), Path("told.loom"))
    capsys.readouterr()
    assert main(["train", "told.loom", "--device", "cpu", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    runs = [Path(fold["run"]) for fold in told["folds"]]
    assert main(["export", "told.loom", "--to", "script", "-o", "all.py"]) == 0
    assert main(["export", str(runs[1]), "--to", "script", "-o", "second.py"]) == 0
    assert_formatted([tmp_path / "all.py", tmp_path / "second.py"])
    assert f'{{"{sizes}": ' in (tmp_path / "all.py").read_text(encoding="utf-8").partition("SIZES = ")[2]
    assert "SIZES" not in (tmp_path / "second.py").read_text(encoding="utf-8")
    calls = [["all.py", "--out", "all.pt"], ["second.py", "--out", "second.pt"]]
    said = run_scripts([[*call, "--device", "cpu"] for call in calls], tmp_path)
    for fold, run in enumerate(runs, start=1):
        assert_same_weights(run, tmp_path / f"all-fold{fold}.pt")
        assert_tested_alike(run, said.split(f"fold {fold} of 3")[1])
    assert_same_weights(runs[1], tmp_path / "second-fold2.pt")
    for name, mean in told["mean"]["test"].items():
        assert f"{name} {mean:.4g} ± {told['spread']['test'][name]:.2g} over 3 folds\n" in said


def test_folds_that_lack_a_class_are_told_of_before_a_script_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [f"{row % 7},{row % 5},{'rare' if row == 17 else 'ab'[row % 2]}" for row in range(40)]
    (tmp_path / "few.csv").write_text("\n".join(["x,y,kind", *rows]) + "\n", encoding="utf-8")
    assert main(["new", "few.csv", "--target", "kind", "-o", "few.loom"]) == 0
    settings = ["data.split.folds=3", "training.epochs=1"]
    save_project(set_settings(load_project(Path("few.loom")), settings), Path("few.loom"))
    assert main(["export", "few.loom", "--to", "script", "-o", "all.py"]) == 1
    assert "no row of the training part is of class “rare”" in capsys.readouterr().err
    assert not (tmp_path / "all.py").exists()


def test_pictures_beside_columns_of_unlike_words_are_one_script_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    monkeypatch.chdir(tmp_path)
    write_houses(data, changed={(3, "garden"): "moor"})
    inputs = {"text_input": {"vocabulary": 40}, "table_input": {}, "image_input": {"height": 8, "width": 8}}
    columns = house_columns("price", "rooms", "garden", "note")
    made = replace(merged(inputs, {"price": (1, "mse")}), data=houses(columns, Split(folds=3)))
    # the trial before a run may find another format the faster one
    training = replace(made.training, epochs=2, batch_size=8, device="cpu", threads=1, memory_format="contiguous")
    save_project(replace(made, training=training), data / "p.loom")
    assert main(["train", "data/p.loom", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["folds"]
    assert main(["export", "data/p.loom", "--to", "script", "-o", "all.py"]) == 0
    assert_formatted([tmp_path / "all.py"])
    assert "Network(**SIZES[fold])" in (tmp_path / "all.py").read_text(encoding="utf-8")
    run_scripts([["all.py", "--out", "all.pt"]], tmp_path)
    for number, fold in enumerate(told, start=1):
        assert_same_weights(Path(fold["run"]), tmp_path / f"all-fold{number}.pt")
