"""Cross-validation as a person does it: each row is tested with once, a script does the same, a break is mended."""

from __future__ import annotations

import gzip
import itertools
import json
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from designer.__main__ import main
from designer.cli.progress import Progress
from designer.project.file import load_project, save_project
from designer.project.model import Split
from designer.training.prepare import facts_of
from designer.training.steering import Steering
from designer.workspace.folds import read_folds
from designer.workspace.places import own_environment
from designer.workspace.runs import list_runs
from designer.workspace.settings import set_settings
from tests.helpers.exported import assert_formatted, assert_same_weights, assert_tested_alike, run_scripts
from tests.helpers.left_folds import folded, leave_in, said, trained_folds
from tests.helpers.mixed import house_columns, houses, merged, write_houses
from tests.helpers.series import series_project, write_series
from tests.helpers.small import small_project

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


@pytest.mark.parametrize("epochs", [0, 3], ids=["between two folds", "within one"])
def test_a_break_is_gone_on_with_as_it_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], epochs: int
) -> None:
    """What the folds began with needs not be said again, and they say what unbroken ones do."""
    unbroken, broken = small_folds(tmp_path / "unbroken"), small_folds(tmp_path / "broken")
    given = ["--epochs", "4", "--folds", "3"]
    assert main(["train", str(unbroken), *given]) == 0
    leave_in(broken, monkeypatch, 2, epochs, given)
    # what the project asks for by now is a matter of the next training
    save_project(set_settings(load_project(broken), ["training.epochs=9"]), broken)
    assert shlex.split(capsys.readouterr().err.split("go on with: ")[1])[:4] == [
        "layerloom", "train", str(broken), "--resume",
    ]  # fmt: skip
    assert main(["train", str(broken), "--resume", "--epochs", "5"]) == 1
    assert "go on with the settings that they began with" in capsys.readouterr().err
    assert main(["train", str(broken), "--resume", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["folds"]) == 3 and {name: told[name] for name in ("mean", "spread")} == said(broken)
    assert trained_folds(broken) == [1, 2, 3]
    assert said(broken) == said(unbroken)
    assert main(["train", str(broken), "--resume"]) == 1


def small_folds(folder: Path) -> Path:
    return small_project(folder, threads=1, memory_format="contiguous")


def test_folds_in_a_named_folder_are_gone_on_with_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = small_folds(tmp_path)
    leave_in(project, monkeypatch, 2, 2, ["--folds", "3", "--run", str(tmp_path / "named")])
    words = shlex.split(capsys.readouterr().err.split("go on with: ")[1])
    assert words[-2:] == ["--run", str(tmp_path / "named" / "fold-2")]
    assert main(words[1:]) == 0
    assert {path.name for path in (tmp_path / "named").iterdir()} == {
        "fold-1", "fold-2", "fold-3", "fold-1.folds.json",
    }  # fmt: skip
    assert read_folds(tmp_path / "named" / "fold-1.folds.json")[1]["whole"]


def test_a_fold_that_is_stopped_by_an_order_is_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    unbroken, stopped = folded(tmp_path / "unbroken"), folded(tmp_path / "stopped")
    assert main(["train", str(unbroken)]) == 0
    epoch, order, taken = Progress.epoch, Steering.order, threading.Event()

    def heard(self: Progress, *arguments: Any) -> None:
        epoch(self, *arguments)
        if len(runs := list_runs(stopped)) == 2 and arguments[0] == 2:
            assert main(["order", str(runs[1]), "stop"]) == 0
            assert taken.wait(30)

    def ordered(self: Steering, word: str, *values: Any) -> None:
        order(self, word, *values)
        taken.set()

    with monkeypatch.context() as patched:
        patched.setattr(Progress, "epoch", heard)
        patched.setattr(Steering, "order", ordered)
        assert main(["train", str(stopped)]) == 130
    assert "go on with: layerloom train" in capsys.readouterr().err
    assert trained_folds(stopped) == [1, 2]
    assert main(["train", str(stopped), "--resume"]) == 0
    assert trained_folds(stopped) == [1, 2, 3]
    assert said(stopped) == said(unbroken)


def test_folds_gone_on_with_beside_a_copy_of_the_project_stay_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = folded(tmp_path)
    leave_in(project, monkeypatch, 2, 2)
    copy = project.with_name("copy.loom")
    shutil.copyfile(project, copy)
    assert main(["train", str(copy), "--resume", "--run", str(list_runs(project)[1])]) == 0
    assert trained_folds(project) == [1, 2, 3] and list_runs(copy) == []
    assert set(said(project)) == {"mean", "spread"}


def test_folds_of_a_series_in_time_broken_off_and_gone_on_with_are_those_of_the_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Windows over what lies before a stretch of time, tested with that stretch: each fold knows more."""
    monkeypatch.chdir(tmp_path)
    made = series_project(write_series(tmp_path / "sales.csv", 60, ("Bonn", "Ulm")), town="group")
    project = set_settings(made, ["data.split.folds=3", "training.threads=1", "training.device=cpu"])
    save_project(project, tmp_path / "sales.loom")
    leave_in(Path("sales.loom"), monkeypatch, 2, 1)
    capsys.readouterr()
    assert main(["train", "sales.loom", "--resume", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    runs = [Path(fold["run"]) for fold in told["folds"]]
    known = [trained_windows(run) for run in runs]
    assert known == sorted(known) and len(set(known)) == 3
    assert main(["export", "sales.loom", "--to", "script", "-o", "all.py"]) == 0
    assert_formatted([tmp_path / "all.py"])
    said_by_script = run_scripts([["all.py", "--out", "all.pt"]], tmp_path)
    for fold, run in enumerate(runs, start=1):
        assert_same_weights(run, tmp_path / f"all-fold{fold}.pt")
    mean, spread = (told[name]["test"]["rmse"] for name in ("mean", "spread"))
    assert f"rmse {mean:.4g} ± {spread:.2g} over 3 folds\n" in said_by_script


def trained_windows(run: Path) -> int:
    """How many windows a run is trained with."""
    rows = facts_of(load_project(run / "project.loom"), run).rows
    return rows["train"]


KILLED = """
import os, signal, sys
from designer.cli.progress import Progress
from designer.__main__ import main
count, epoch = 0, Progress.epoch
def heard(self, *arguments):
    global count
    epoch(self, *arguments)
    count += 1
    if count == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
Progress.epoch = heard
main(["train", sys.argv[1]])
"""


@pytest.mark.parametrize("epochs", [2, 8], ids=["in the first fold", "in the second"])
def test_a_kill_at_any_moment_costs_no_fold(tmp_path: Path, epochs: int) -> None:
    """Six epochs a fold: the process dies in the middle of one, and nobody is left to write anything down."""
    unbroken, killed = folded(tmp_path / "unbroken"), folded(tmp_path / "killed")
    assert main(["train", str(unbroken)]) == 0
    call = [sys.executable, "-c", KILLED, str(killed), str(epochs)]
    assert subprocess.run(call, env=own_environment(), capture_output=True, check=False).returncode == -signal.SIGKILL
    assert trained_folds(killed) == list(range(1, 2 + epochs // 6))
    assert main(["train", str(killed), "--resume"]) == 0
    assert trained_folds(killed) == [1, 2, 3]
    assert said(killed) == said(unbroken)


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
