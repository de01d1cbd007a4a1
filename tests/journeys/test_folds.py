"""Cross-validation as a person does it: each row is tested with once, a script does the same, a break is mended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from designer.__main__ import main
from designer.cli import training
from designer.project.file import load_project, save_project
from designer.workspace.runs import list_runs
from designer.workspace.settings import set_settings
from tests.helpers.exported import assert_formatted, assert_same_weights, run_scripts

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


def test_folds_that_learn_unlike_words_need_a_script_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    towns = ["Ulm", "Bonn", "Köln", "Rare"]
    rows = [f"{row % 7},{towns[min(3, row % 40 // 13)]},{row % 5 + row % 7}" for row in range(41)]
    (tmp_path / "homes.csv").write_text("\n".join(["rooms,town,price", *rows]) + "\n", encoding="utf-8")
    assert main(["new", "homes.csv", "--target", "price", "-o", "homes.loom"]) == 0
    settings = ["data.split.folds=3", "training.epochs=1", "data.columns.town.role=feature"]
    save_project(set_settings(load_project(Path("homes.loom")), settings), Path("homes.loom"))
    assert main(["train", "homes.loom"]) == 0
    assert main(["export", "homes.loom", "--to", "script", "-o", "all.py"]) == 1
    assert "export the run of each fold" in capsys.readouterr().err
    runs = list_runs(Path("homes.loom"))
    for number, run in enumerate(runs, start=1):
        assert main(["export", str(run), "--to", "script", "-o", f"fold{number}.py"]) == 0
    run_scripts([[f"fold{number}.py", "--out", f"fold{number}.pt"] for number in (1, 2, 3)], tmp_path)
    for number, run in enumerate(runs, start=1):
        assert_same_weights(run, tmp_path / f"fold{number}-fold{number}.pt")
